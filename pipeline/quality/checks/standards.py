"""What a check looks at in the words of two standards: a dimension of data quality, and a level of validation.

The dimensions are those of GB/T 36344-2018 (信息技术 数据质量评价指标), the levels those of the European Statistical
System (Eurostat, "Definition of validation levels"): how far a rule has to look beyond the file that it checks. Both
stand in a check's `meta`; where the type of the expectation says as much, they need not be written. How they are
counted is in `pipeline.quality.run.score_rows`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

from pipeline.quality.checks.core_types import UNEXPECTED_ROWS, UNIQUE

Dimension = Literal["规范性", "完整性", "准确性", "一致性", "时效性", "可访问性"]
DIMENSIONS: Final[tuple[Dimension, ...]] = get_args(Dimension)
DIMENSION_MEANINGS: Final[Mapping[Dimension, str]] = {
    "规范性": "合乎格式、代码表、业务规则和安全规范",
    "完整性": "该有的文件、行和格都有",
    "准确性": "数不离谱、不重复、不是照抄的",
    "一致性": "合计与分项、前后各期、报表与明细相符",
    "时效性": "按时报送，日期在本期之内，先后合理",
    "可访问性": "文件能打开、能读取",
}
DIMENSIONS_ENGLISH: Final[Mapping[Dimension, str]] = {
    "规范性": "conformity",
    "完整性": "completeness",
    "准确性": "accuracy",
    "一致性": "consistency",
    "时效性": "timeliness",
    "可访问性": "accessibility",
}
Level = Literal[0, 1, 2, 3, 4, 5]
LEVEL_MEANINGS: Final[Mapping[int, str]] = {
    0: "文件的格式与结构",
    1: "同一份数据之内",
    2: "同一来源的其他期或其他版本",
    3: "同一领域的其他来源",
    4: "同一机构的其他领域",
    5: "其他机构的数据",
}
# A hall's own check that says nothing: it is a rule of the hall's business, seen within one set of data.
UNSAID_DIMENSION: Final[Dimension] = "规范性"
UNSAID_LEVEL: Final[Level] = 1
_COMPLETENESS: Final = frozenset(
    {
        "expect_column_values_to_not_be_null",
        "expect_column_proportion_of_non_null_values_to_be_between",
        "expect_table_row_count_to_be_between",
        "expect_table_row_count_to_equal",
        "expect_column_distinct_values_to_contain_set",
    }
)
_CONSISTENCY: Final = frozenset(
    {
        "expect_column_pair_values_a_to_be_greater_than_b",
        "expect_column_pair_values_to_be_equal",
        "expect_column_pair_values_to_be_in_set",
        "expect_multicolumn_sum_to_equal",
        "expect_multicolumn_values_to_be_equal",
    }
)
# The columns of a table, the length of a code, the values of a code list.
_CONFORMITY: Final = frozenset(
    {
        "expect_column_to_exist",
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_not_be_in_set",
        "expect_column_values_to_be_null",
        "expect_column_distinct_values_to_be_in_set",
        "expect_column_distinct_values_to_equal_set",
        "expect_column_most_common_value_to_be_in_set",
        "expect_column_value_lengths_to_be_between",
        "expect_column_value_lengths_to_equal",
        "expect_table_column_count_to_be_between",
        "expect_table_column_count_to_equal",
        "expect_table_columns_to_match_ordered_list",
        "expect_table_columns_to_match_set",
    }
)
# Of duplicates GB/T 36344 speaks under accuracy, as of values out of all proportion.
_ACCURACY: Final = frozenset(
    {
        UNIQUE,
        "expect_column_values_to_be_between",
        "expect_column_values_to_be_unique",
        "expect_select_column_values_to_be_unique_within_record",
        "expect_column_proportion_of_unique_values_to_be_between",
        "expect_column_unique_value_count_to_be_between",
        "expect_column_kl_divergence_to_be_less_than",
        "expect_column_max_to_be_between",
        "expect_column_mean_to_be_between",
        "expect_column_median_to_be_between",
        "expect_column_min_to_be_between",
        "expect_column_quantile_values_to_be_between",
        "expect_column_stdev_to_be_between",
        "expect_column_sum_to_be_between",
        "expect_column_value_z_scores_to_be_less_than",
    }
)
_TYPES_OF: Final[Mapping[Dimension, frozenset[str]]] = {
    "完整性": _COMPLETENESS,
    "一致性": _CONSISTENCY,
    "规范性": _CONFORMITY,
    "准确性": _ACCURACY,
}
# Of these only the query or the rows to compare with tell what they look at.
SAYS_NOTHING: Final = frozenset({UNEXPECTED_ROWS, "expect_query_results_to_match_comparison"})


def dimension_of_type(kind: str) -> Dimension | None:
    """Returns the dimension that a type of expectation looks at; None where only its author knows."""
    return next((dimension for dimension, kinds in _TYPES_OF.items() if kind in kinds), None)


def level_of_type(kind: str) -> Level | None:
    """Returns how far a type of expectation looks; None where only its author knows.

    A native type sees the rows of one table; what it says of the columns of a table is structure.
    """
    if kind in SAYS_NOTHING:
        return None
    is_structure = kind.startswith("expect_table_column") or kind == "expect_column_to_exist"
    return 0 if is_structure else 1
