"""What a suite may name is all of Great Expectations' own that runs inside DuckDB, with its parameters."""

from __future__ import annotations

import inspect
import json
from typing import Any

import duckdb
import pytest
import yaml

from pipeline.quality.checks.core_types import KWARGS_BY_TYPE, ROW_TYPES, UNIQUE
from pipeline.quality.run.validation import RESULT_FORMAT, data_source
from pipeline.settings import load_settings

# What belongs to every expectation and is none of its own parameters.
EVERY_ONES = {
    *("id", "meta", "notes", "result_format", "description", "catch_exceptions", "rendered_content", "severity"),
    *("windows", "batch_id", "condition_parser", "row_condition", "library_metadata"),
}
# What our SQL has no condition for.
NOT_OURS = {"mostly", "strict_min", "strict_max"}
SOME_KWARGS: dict[str, Any] = {
    "column": "n",
    "column_A": "m",
    "column_B": "n",
    "column_list": ["n", "m"],
    "column_set": ["n"],
    "value_set": [1, 2],
    "value_pairs_set": [[1, 2]],
    "min_value": 0,
    "max_value": 1000,
    "value": 1,
    "sum_total": 3,
    "threshold": 3,
    "double_sided": True,
    "column_index": 0,
    "regex": "a.*",
    "regex_list": ["a.*"],
    "like_pattern": "a%",
    "like_pattern_list": ["a%"],
    "type_": "BIGINT",
    "type_list": ["BIGINT"],
    "other_table_name": "o",
    "strftime_format": "%Y",
    "json_schema": {"type": "object"},
    "partition_object": {"values": [1, 2], "weights": [0.5, 0.5]},
    "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[0, 100]]},
    "unexpected_rows_query": "SELECT n FROM {batch} WHERE n < 0",
    "base_query": "SELECT n FROM {batch}",
    "comparison_query": "SELECT n FROM o",
    "comparison_data_source_name": "zhoubao",
    "method": "iqr",
    "multiplier": 1.5,
}


def _core() -> dict[str, Any]:
    from great_expectations.expectations import core

    classes = [cls for _, cls in inspect.getmembers(core, inspect.isclass) if hasattr(cls, "expectation_type")]
    return {cls.expectation_type: cls for cls in classes if cls.expectation_type}


def _own_kwargs(cls: Any) -> set[str]:
    return set(cls.__fields__) - EVERY_ONES


@pytest.mark.slow
def test_the_list_is_that_of_great_expectations_on_duckdb() -> None:
    import great_expectations as gx

    runs = set()
    with duckdb.connect() as con:
        con.execute("CREATE TABLE t AS SELECT i AS n, i + 1 AS m, 'a' || i AS s FROM range(1, 30) AS r (i)")
        con.execute("CREATE TABLE o AS FROM t")
        with data_source(con) as source:
            asset = source.add_query_asset("t", query="SELECT * FROM t")
            for kind, cls in _core().items():
                kwargs = {name: SOME_KWARGS[name] for name in _own_kwargs(cls) & SOME_KWARGS.keys()}
                if "length" in kind:
                    kwargs["column"] = "s"
                suite = gx.ExpectationSuite(name=kind, expectations=[{"type": kind, "kwargs": kwargs}])
                batch = asset.get_batch(asset.build_batch_request())
                (result,) = batch.validate(suite, result_format=RESULT_FORMAT).results
                if not _raised(result.exception_info):
                    runs.add(kind)
    assert runs == set(KWARGS_BY_TYPE)


def _raised(info: dict[str, Any]) -> bool:
    entries = [info] if "raised_exception" in info else list(info.values())
    return any(entry.get("raised_exception") for entry in entries)


def test_the_parameters_are_those_of_great_expectations_without_what_our_sql_cannot_say() -> None:
    core = _core()
    for kind, ours in KWARGS_BY_TYPE.items():
        left_out = NOT_OURS | {"ignore_row_if"} if kind == UNIQUE else NOT_OURS
        wanted = _own_kwargs(core[kind]) - (left_out if kind in ROW_TYPES else set())
        assert set(ours) == wanted, kind


def test_plain_great_expectations_opens_every_file_as_it_stands_with_the_right_severities() -> None:
    import great_expectations as gx

    opened = 0
    for path in load_settings().expectations:
        written = yaml.safe_load(path.read_text("utf-8"))
        suite = gx.ExpectationSuite(**written)
        severities = [expectation.severity.value for expectation in suite.expectations]
        assert severities == [entry["severity"] for entry in written["expectations"]], path.name
        assert all(len(expectation.notes) == 2 for expectation in suite.expectations), path.name
        opened += len(suite.expectations)
    assert opened > 120


def test_a_suite_is_json_as_well_as_yaml() -> None:
    for path in load_settings().expectations:
        assert json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8")))), path.name
