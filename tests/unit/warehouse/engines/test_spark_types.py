"""Types go to Spark and come back the same; one that engines treat differently is refused."""

from __future__ import annotations

import pytest

from pipeline.settings import PROJECT_ROOT
from pipeline.warehouse import load_models
from pipeline.warehouse.engines import EngineError
from pipeline.warehouse.engines.spark_types import duckdb_type, require_types, spark_type


@pytest.mark.parametrize(
    "name", ["VARCHAR", "BOOLEAN", "INTEGER", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "DECIMAL(18,2)", "DECIMAL(38,6)"]
)
def test_a_type_comes_back_as_it_went(name: str) -> None:
    assert duckdb_type("core.item", "a", spark_type("core.item", "a", name)) == name


@pytest.mark.parametrize("name", ["timestamp", "void", "binary", "array<string>", "float"])
def test_a_type_that_would_change_values_is_refused_by_name(name: str) -> None:
    with pytest.raises(EngineError, match=r"core\.item 的列 a"):
        duckdb_type("core.item", "a", name)


@pytest.mark.parametrize("name", ["HUGEINT", "TIMESTAMP WITH TIME ZONE", "UBIGINT", "TIME"])
def test_a_type_that_spark_lacks_is_not_handed_over(name: str) -> None:
    with pytest.raises(EngineError, match=r"core\.item 的列 a 的类型"):
        spark_type("core.item", "a", name)


def test_what_a_model_casts_to_is_compared_as_duckdb_describes_it() -> None:
    declared = {"a": "DECIMAL(18, 2)", "b": "TEXT", "c": "", "d": "INT"}
    require_types("core.item", declared, {"a": "DECIMAL(18,2)", "b": "VARCHAR", "c": "DATE", "d": "INTEGER"})


def test_another_type_or_other_columns_are_refused() -> None:
    with pytest.raises(EngineError, match="应为 BIGINT，Spark 上是 INTEGER"):
        require_types("core.item", {"a": "BIGINT"}, {"a": "INTEGER"})
    with pytest.raises(EngineError, match="应有的列是 a、b，Spark 上是 b、a"):
        require_types("core.item", {"a": "", "b": ""}, {"b": "BIGINT", "a": "BIGINT"})


def test_a_model_casts_to_nothing_that_spark_lacks() -> None:
    with pytest.raises(EngineError, match="类型 TIMESTAMPTZ 是 Spark 没有的"):
        require_types("core.item", {"a": "TIMESTAMPTZ"}, {"a": "TIMESTAMP"})


def test_whatever_the_models_cast_to_spark_has() -> None:
    for model in load_models(PROJECT_ROOT / "sql"):
        declared = {column.name: column.type for column in model.columns}
        written = {"TEXT": "VARCHAR", "INT": "INTEGER"}
        present = {name: written.get(kind, kind.replace(" ", "")) for name, kind in declared.items()}
        require_types(model.name, declared, present)
