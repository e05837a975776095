"""Types of Spark as DuckDB calls them, as far as models and rows of exports may have them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pipeline.warehouse.engines.engine import EngineError

# Zoned timestamps are none of them: Spark would shift a time of day by the zone of the session.
_DUCKDB: Final = {
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "date": "DATE",
    "timestamp_ntz": "TIMESTAMP",
}
_SPARK: Final = {duckdb: spark for spark, duckdb in _DUCKDB.items()}
# Both spellings: `decimal(18,2)` of Spark, `DECIMAL(18, 2)` of sqlglot.
_DECIMAL: Final = re.compile(r"decimal\((\d+), ?(\d+)\)", re.IGNORECASE)
# As sqlglot writes what a model casts to → as DuckDB describes it.
_WRITTEN: Final = {"TEXT": "VARCHAR", "INT": "INTEGER"}


def duckdb_type(table: str, column: str, spark_type: str) -> str:
    """`decimal(18,2)` → `DECIMAL(18,2)`. Raises EngineError for a type that no table may have."""
    decimal = _DECIMAL.fullmatch(spark_type)
    if decimal is not None:
        return f"DECIMAL({decimal[1]},{decimal[2]})"
    if spark_type not in _DUCKDB:
        raise EngineError(
            f"{table} 的列 {column} 在 Spark 上的类型是 {spark_type}，两个引擎的数就可能不同："
            "请在 SQL 里写明 CAST(… AS …)，时间用不带时区的 TIMESTAMP。"
        )
    return _DUCKDB[spark_type]


def spark_type(table: str, column: str, duckdb_type: str) -> str:
    """`VARCHAR` → `string`. Raises EngineError for a type that Spark does not have."""
    decimal = _DECIMAL.fullmatch(duckdb_type)
    if decimal is not None:
        return f"decimal({decimal[1]},{decimal[2]})"
    if duckdb_type not in _SPARK:
        raise EngineError(
            f"{table} 的列 {column} 的类型 {duckdb_type} 是 Spark 没有的："
            "请换成 Spark 也有的类型，时间用不带时区的 TIMESTAMP。"
        )
    return _SPARK[duckdb_type]


def require_types(table: str, expected: Mapping[str, str], present: Mapping[str, str]) -> None:
    """Raises EngineError where columns are other than expected, in name, order or type (as DuckDB calls it).

    An expected type that is empty is not known, and any will do; one that Spark lacks is refused.
    """
    if list(expected) != list(present):
        raise EngineError(
            f"{table} 应有的列是 {'、'.join(expected)}，Spark 上是 {'、'.join(present)}：请让两边的版本一致后重新构建。"
        )
    for column, written in expected.items():
        wanted = _WRITTEN.get(written, written.replace(" ", ""))
        if not wanted:
            continue
        spark_type(table, column, wanted)
        if wanted != present[column]:
            raise EngineError(
                f"{table} 的列 {column} 应为 {wanted}，Spark 上是 {present[column]}："
                f"请在 SQL 里写明 CAST(… AS {wanted})。"
            )
