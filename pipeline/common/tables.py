"""Asks DuckDB which tables there are, counts, and inserts typed rows; what a table holds, its maker says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    import duckdb
    from duckdb import DuckDBPyConnection


# Tables and views (schema, name) by connection; None for one that may make and drop some.
_KEPT_TABLES: WeakKeyDictionary[DuckDBPyConnection, frozenset[tuple[str, str]] | None] = WeakKeyDictionary()


def has_table(con: DuckDBPyConnection, schema: str, table: str) -> bool:
    """Whether the current database has this table or view.

    A file that is open for reading keeps what it has, so its catalogue is read once: asking it takes longer than most
    queries of a page, and a site asks two thousand times.
    """
    if con not in _KEPT_TABLES:
        _KEPT_TABLES[con] = _tables(con) if _is_for_reading(con) else None
    kept = _KEPT_TABLES[con]
    if kept is not None:
        return (schema, table) in kept
    tables = single_number(
        con,
        "SELECT count(*) FROM information_schema.tables"
        " WHERE table_catalog = current_database() AND table_schema = ? AND table_name = ?",
        [schema, table],
    )
    return tables > 0


def _is_for_reading(con: DuckDBPyConnection) -> bool:
    statement = "SELECT count(*) FROM duckdb_databases() WHERE database_name = current_database() AND readonly"
    return single_number(con, statement) > 0


def _tables(con: DuckDBPyConnection) -> frozenset[tuple[str, str]]:
    rows = con.execute(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = current_database()"
    ).fetchall()
    return frozenset(rows)


def single_number(con: DuckDBPyConnection, statement: str, parameters: object = None) -> int:
    """Returns the one number that a statement gives: of a count, or of the rows that an INSERT wrote."""
    row = con.execute(statement, parameters).fetchone()
    if row is None:
        raise ValueError(f"The statement gives no row: {statement}")
    return int(row[0])


def has_column(con: DuckDBPyConnection, schema: str, table: str, column: str) -> bool:
    """Whether a table has this column; a warehouse of an earlier version may lack it."""
    row = con.execute(
        "SELECT count(*) FROM information_schema.columns"
        " WHERE table_catalog = current_database() AND table_schema = ? AND table_name = ? AND column_name = ?",
        [schema, table, column],
    ).fetchone()
    return bool(row and row[0])


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
