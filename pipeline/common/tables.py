"""Asks DuckDB which tables there are, counts, and inserts typed rows; what a table holds, its maker says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    from duckdb import DuckDBPyConnection


def has_table(con: DuckDBPyConnection, schema: str, table: str) -> bool:
    """Whether the current database has this table or view."""
    tables = single_number(
        con,
        "SELECT count(*) FROM information_schema.tables"
        " WHERE table_catalog = current_database() AND table_schema = ? AND table_name = ?",
        [schema, table],
    )
    return tables > 0


def single_number(con: DuckDBPyConnection, statement: str, parameters: object = None) -> int:
    """Returns the one number that a statement gives: of a count, or of the rows that an INSERT wrote."""
    row = con.execute(statement, parameters).fetchone()
    if row is None:
        raise ValueError(f"The statement gives no row: {statement}")
    return int(row[0])


# The type of a dataclass field, as it is written there → the SQL type of its column; every other is VARCHAR.
def has_column(con: DuckDBPyConnection, schema: str, table: str, column: str) -> bool:
    """Whether a table has this column; a warehouse of an earlier version may lack it."""
    row = con.execute(
        "SELECT count(*) FROM information_schema.columns"
        " WHERE table_catalog = current_database() AND table_schema = ? AND table_name = ? AND column_name = ?",
        [schema, table, column],
    ).fetchone()
    return bool(row and row[0])


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
