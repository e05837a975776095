"""Declares a table of the schema `docs` once, with key, types and words, and writes it from rows.

The tables themselves are declared in `schema`, `macros`, `figure_origins` and `definitions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.common.quoting import identifier, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class DocsTable:
    """`columns` are name → (SQL type, meaning as 中文 | English) in order; the first `key` columns are the key."""

    name: str
    comment: str
    key: int
    columns: dict[str, tuple[str, str]]

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The columns that no two rows share."""
        return tuple(self.columns)[: self.key]

    def write(self, con: DuckDBPyConnection, database: str, rows: Sequence[Sequence[Any]]) -> None:
        """Creates the table in the attached database with its comments and these rows, ordered by the key."""
        target = f"{database}.docs.{identifier(self.name)}"
        types = {name: sql_type for name, (sql_type, _) in self.columns.items()}
        meanings = {name: meaning for name, (_, meaning) in self.columns.items()}
        create_table(con, target, types, self.key_columns)
        if rows:
            self._insert(con, target, rows)
        comment_table(con, target, self.comment, meanings)

    def _insert(self, con: DuckDBPyConnection, target: str, rows: Sequence[Sequence[Any]]) -> None:
        names = ", ".join(map(identifier, self.columns))
        lists = ", ".join(f"unnest(CAST(? AS {sql_type}[]))" for sql_type, _ in self.columns.values())
        # "1, 2, 3": the key columns stand first.
        order = ", ".join(map(str, range(1, self.key + 1)))
        columns = list(map(list, zip(*rows, strict=True)))
        con.execute(f"INSERT INTO {target} ({names}) SELECT * FROM (SELECT {lists}) ORDER BY {order}", columns)


def create_table(con: DuckDBPyConnection, target: str, types: Mapping[str, str], key: Sequence[str]) -> None:
    """Creates `target` with these columns (name → SQL type); key columns are NOT NULL.

    DuckDB 1.0 cannot open a file with a PRIMARY KEY written by 2.0.
    """
    declarations = []
    for name, sql_type in types.items():
        constraint = " NOT NULL" if name in key else ""
        declarations.append(f"{identifier(name)} {sql_type}{constraint}")
    con.execute(f"CREATE TABLE {target} ({', '.join(declarations)})")


def comment_table(
    con: DuckDBPyConnection, target: str, comment: str | None, meanings: Mapping[str, str | None]
) -> None:
    """Puts the words on a table and its columns; what has none stays without."""
    if comment:
        con.execute(f"COMMENT ON TABLE {target} IS {quoted(comment)}")
    for column, meaning in meanings.items():
        if not meaning:
            continue
        con.execute(f"COMMENT ON COLUMN {target}.{identifier(column)} IS {quoted(meaning)}")
