"""Which expectations a suite may name: all of Great Expectations' own that run inside DuckDB, with their parameters.

Two kinds: those that look at rows, whose failing rows our SQL finds too (`pipeline.quality.run.batches`), and those
that look at a week as a whole, such as its mean or its number of rows. A test asks Great Expectations for the list.
Not here: regular expressions, LIKE and column types, which it does not do on DuckDB (write a query); what needs pandas.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

UNEXPECTED_ROWS: Final = "unexpected_rows_expectation"
UNIQUE: Final = "expect_compound_columns_to_be_unique"

ROW_TYPES: Final[Mapping[str, frozenset[str]]] = {
    UNEXPECTED_ROWS: frozenset({"unexpected_rows_query"}),
    "expect_column_values_to_not_be_null": frozenset({"column"}),
    "expect_column_values_to_be_in_set": frozenset({"column", "value_set"}),
    "expect_column_values_to_be_between": frozenset({"column", "min_value", "max_value"}),
    "expect_column_pair_values_a_to_be_greater_than_b": frozenset(
        {"column_A", "column_B", "or_equal", "ignore_row_if"}
    ),
    UNIQUE: frozenset({"column_list"}),
}

# What a failing row of a check of the second kind has: there is one a week.
WEEK_COLUMNS: Final = frozenset({"week_id", "observed", "unexpected_count"})
_BOUNDS: Final = frozenset({"min_value", "max_value", "strict_min", "strict_max"})
_COLUMN_BOUNDS: Final = _BOUNDS | {"column"}
_PAIR: Final = frozenset({"column_A", "column_B", "ignore_row_if", "mostly"})
_COLUMNS: Final = frozenset({"column_list", "ignore_row_if", "mostly"})

WEEK_TYPES: Final[Mapping[str, frozenset[str]]] = {
    "expect_column_distinct_values_to_be_in_set": frozenset({"column", "value_set"}),
    "expect_column_distinct_values_to_contain_set": frozenset({"column", "value_set"}),
    "expect_column_distinct_values_to_equal_set": frozenset({"column", "value_set"}),
    "expect_column_kl_divergence_to_be_less_than": frozenset(
        {
            *("column", "partition_object", "threshold", "internal_weight_holdout", "tail_weight_holdout"),
            *("bucketize_data", "min_value", "max_value"),
        }
    ),
    "expect_column_max_to_be_between": _COLUMN_BOUNDS,
    "expect_column_mean_to_be_between": _COLUMN_BOUNDS,
    "expect_column_median_to_be_between": _COLUMN_BOUNDS,
    "expect_column_min_to_be_between": _COLUMN_BOUNDS,
    "expect_column_most_common_value_to_be_in_set": frozenset({"column", "value_set", "ties_okay"}),
    "expect_column_pair_values_to_be_equal": _PAIR,
    "expect_column_pair_values_to_be_in_set": _PAIR | {"value_pairs_set"},
    "expect_column_proportion_of_non_null_values_to_be_between": _COLUMN_BOUNDS,
    "expect_column_proportion_of_unique_values_to_be_between": _COLUMN_BOUNDS,
    "expect_column_quantile_values_to_be_between": frozenset({"column", "quantile_ranges", "allow_relative_error"}),
    "expect_column_stdev_to_be_between": _COLUMN_BOUNDS,
    "expect_column_sum_to_be_between": _COLUMN_BOUNDS,
    "expect_column_to_exist": frozenset({"column", "column_index"}),
    "expect_column_unique_value_count_to_be_between": _COLUMN_BOUNDS,
    "expect_column_value_lengths_to_be_between": _COLUMN_BOUNDS | {"mostly"},
    "expect_column_value_lengths_to_equal": frozenset({"column", "value", "mostly"}),
    "expect_column_value_z_scores_to_be_less_than": frozenset({"column", "threshold", "double_sided", "mostly"}),
    "expect_column_values_to_be_null": frozenset({"column", "mostly"}),
    "expect_column_values_to_be_unique": frozenset({"column", "mostly"}),
    "expect_column_values_to_not_be_in_set": frozenset({"column", "value_set", "mostly"}),
    "expect_multicolumn_sum_to_equal": _COLUMNS | {"sum_total"},
    "expect_multicolumn_values_to_be_equal": _COLUMNS,
    "expect_query_results_to_match_comparison": frozenset(
        {"base_query", "comparison_data_source_name", "comparison_query", "mostly"}
    ),
    "expect_select_column_values_to_be_unique_within_record": _COLUMNS,
    "expect_table_column_count_to_be_between": frozenset({"min_value", "max_value"}),
    "expect_table_column_count_to_equal": frozenset({"value"}),
    "expect_table_columns_to_match_ordered_list": frozenset({"column_list"}),
    "expect_table_columns_to_match_set": frozenset({"column_set", "exact_match"}),
    "expect_table_row_count_to_be_between": _BOUNDS,
    "expect_table_row_count_to_equal": frozenset({"value"}),
}
KWARGS_BY_TYPE: Final[Mapping[str, frozenset[str]]] = {**ROW_TYPES, **WEEK_TYPES}


def counts_rows(kind: str) -> bool:
    """Whether an expectation says something of a week without rows: how many there are, which columns a table has."""
    return kind.startswith("expect_table_") or kind == "expect_column_to_exist"
