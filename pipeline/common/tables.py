"""Asks DuckDB which tables there are and inserts typed rows into one; what a table holds, its maker says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    from duckdb import DuckDBPyConnection


def has_table(con: DuckDBPyConnection, schema: str, table: str) -> bool:
    """Whether the current database has this table or view."""
    row = con.execute(
        "SELECT count(*) FROM information_schema.tables"
        " WHERE table_catalog = current_database() AND table_schema = ? AND table_name = ?",
        [schema, table],
    ).fetchone()
    return row is not None and row[0] > 0


# The type of a dataclass field, as it is written there → the SQL type of its column; every other is VARCHAR.
_SQL_TYPES = {"int": "BIGINT", "datetime": "TIMESTAMP", "date | None": "DATE"}


def insert_rows(con: duckdb.DuckDBPyConnection, table: str, row_type: type, rows: Sequence[Any]) -> None:
    """Insert dataclass rows by column name: one statement, types given, nothing guessed."""
    if not rows:
        return
    names: list[str] = []
    lists: list[str] = []
    for column in fields(row_type):
        sql_type = _SQL_TYPES.get(str(column.type), "VARCHAR")
        names.append(column.name)
        lists.append(f"unnest(?::{sql_type}[])")
    # One list a column: a statement a row would take seconds for thousands of rows.
    columns = zip(*map(astuple, rows), strict=True)
    con.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(lists)}", [*map(list, columns)])
