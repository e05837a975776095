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
    found = con.execute(
        "SELECT count(*) FROM information_schema.tables"
        " WHERE table_catalog = current_database() AND table_schema = ? AND table_name = ?",
        [schema, table],
    ).fetchone()
    return bool(found and found[0])


_SQL_TYPES = {"int": "BIGINT", "datetime": "TIMESTAMP", "date | None": "DATE"}


def insert_rows(con: duckdb.DuckDBPyConnection, table: str, row_type: type, rows: Sequence[Any]) -> None:
    """Insert dataclass rows by column name: one statement, types given, nothing guessed."""
    if not rows:
        return
    columns = fields(row_type)
    lists = ", ".join(f"unnest(?::{_SQL_TYPES.get(str(column.type), 'VARCHAR')}[])" for column in columns)
    names = ", ".join(column.name for column in columns)
    values = [list(column) for column in zip(*(astuple(row) for row in rows), strict=True)]
    con.execute(f"INSERT INTO {table} ({names}) SELECT {lists}", values)
