"""Reads what the published file says of its own tables: `docs."table"`, `docs."column"`, `docs."key"`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class DescribedColumn:
    """A column: its name, DuckDB's type, both halves of its meaning, and the unit that these name."""

    name: str
    sql_type: str
    meaning_zh: str
    meaning_en: str
    unit: str


@dataclass(frozen=True)
class DescribedTable:
    """A published table with the words of its comment, its columns in order and the columns of its key."""

    schema: str
    name: str
    description_zh: str
    description_en: str
    row_count: int
    columns: tuple[DescribedColumn, ...]
    key: tuple[str, ...]

    @property
    def full_name(self) -> str:
        """`schema.table`."""
        return f"{self.schema}.{self.name}"


def described_tables(con: DuckDBPyConnection, database: str) -> list[DescribedTable]:
    """Returns every table of the attached published file, ordered by schema and name."""
    columns = _columns(con, database)
    keys = _keys(con, database)
    rows = con.execute(
        f'SELECT schema_name, table_name, description, row_count FROM {database}.docs."table" ORDER BY 1, 2'
    ).fetchall()
    tables = []
    for schema, name, description, row_count in rows:
        chinese, _, english = (description or "").partition("\n")
        place = (schema, name)
        tables.append(
            DescribedTable(schema, name, chinese, english, row_count, tuple(columns[place]), tuple(keys[place]))
        )
    return tables


def _columns(con: DuckDBPyConnection, database: str) -> dict[tuple[str, str], list[DescribedColumn]]:
    columns: dict[tuple[str, str], list[DescribedColumn]] = defaultdict(list)
    rows = con.execute(
        "SELECT schema_name, table_name, column_name, data_type, coalesce(label_zh, ''), coalesce(label_en, ''),"
        f" coalesce(unit, '') FROM {database}.docs.\"column\" ORDER BY schema_name, table_name, position"
    ).fetchall()
    for schema, table, *column in rows:
        columns[schema, table].append(DescribedColumn(*column))
    return columns


def _keys(con: DuckDBPyConnection, database: str) -> dict[tuple[str, str], list[str]]:
    keys: dict[tuple[str, str], list[str]] = defaultdict(list)
    rows = con.execute(
        f'SELECT schema_name, table_name, column_name FROM {database}.docs."key" ORDER BY 1, 2, position'
    ).fetchall()
    for schema, table, column in rows:
        keys[schema, table].append(column)
    return keys
