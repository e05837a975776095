"""A table of the schema `docs`: declared once with key, types and words, and written from rows; no content is here."""

from __future__ import annotations

from collections.abc import Sequence
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
        """Create the table in the attached database with its comments and these rows, ordered by the key."""
        create_table(con, f"{database}.docs.{identifier(self.name)}", self.columns, self.key_columns)
        if rows:
            cells = ", ".join(f"unnest(CAST(? AS {kind}[]))" for kind, _ in self.columns.values())
            values = [list(column) for column in zip(*rows, strict=True)]
            order = ", ".join(str(place + 1) for place in range(self.key))
            target = f"{database}.docs.{identifier(self.name)}"
            con.execute(f"INSERT INTO {target} SELECT * FROM (SELECT {cells}) ORDER BY {order}", values)
        comment_table(
            con,
            f"{database}.docs.{identifier(self.name)}",
            self.comment,
            {column: meaning for column, (_, meaning) in self.columns.items()},
        )


def create_table(con: DuckDBPyConnection, target: str, columns: dict[str, tuple[str, str]], key: Sequence[str]) -> None:
    """Create `target`; key columns are NOT NULL. DuckDB 1.0 cannot open a file with a PRIMARY KEY written by 2.0."""
    body = ", ".join(
        f"{identifier(name)} {kind}{' NOT NULL' if name in key else ''}" for name, (kind, _) in columns.items()
    )
    con.execute(f"CREATE TABLE {target} ({body})")


def comment_table(con: DuckDBPyConnection, target: str, comment: str | None, columns: dict[str, str | None]) -> None:
    """Put the words on a table and its columns; what has none stays without."""
    if comment:
        con.execute(f"COMMENT ON TABLE {target} IS {quoted(comment)}")
    for column, meaning in columns.items():
        if meaning:
            con.execute(f"COMMENT ON COLUMN {target}.{identifier(column)} IS {quoted(meaning)}")
