"""Types of DuckDB in the words of Table Schema and of the Open Data Contract Standard."""

from __future__ import annotations

import pytest

from pipeline.release.published.papers.field_types import contract_type, schema_type


@pytest.mark.parametrize(
    ("sql_type", "name"),
    [
        ("VARCHAR", "string"),
        ("BIGINT", "integer"),
        ("INTEGER", "integer"),
        ("DECIMAL(18,1)", "number"),
        ("DOUBLE", "number"),
        ("DATE", "date"),
        ("TIMESTAMP", "datetime"),
        ("BOOLEAN", "boolean"),
        ("VARCHAR[]", "string"),
    ],
)
def test_a_type_of_duckdb_is_called_as_in_table_schema(sql_type: str, name: str) -> None:
    assert schema_type(sql_type) == name


def test_odcs_calls_a_moment_a_timestamp_and_the_rest_as_table_schema_does() -> None:
    assert contract_type("TIMESTAMP") == "timestamp"
    assert contract_type("DECIMAL(18,2)") == "number"
