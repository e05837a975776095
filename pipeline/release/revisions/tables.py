"""Lists columns and types of the tables of the schema `release`, which `pipeline.state_tables.release` declares.

They are filled by `pipeline.release.freeze.issues`, `pipeline.release.freeze.rollback` and `release_folders`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.state_tables.create import create_tables
from pipeline.state_tables.release import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Readers are told what was decided and why; the names of who decided stay with the hall.
STEWARDS_OWN: Final = frozenset({"decided_by", "approved_by", "withdrawn_by"})


def ensure_tables(con: DuckDBPyConnection) -> None:
    """Creates the tables of `release` where they are missing; what they hold stays.

    The warehouse of a home has them from its first opening on; a bare connection gets them here.
    """
    create_tables(con, "release")


def columns_of(table: str) -> tuple[str, ...]:
    """Returns the columns of a table of `release`, in order."""
    return tuple(TABLES[table][2])


def types_of(table: str) -> list[str]:
    """Returns the SQL types of these columns, without NOT NULL: `TIMESTAMP NOT NULL` → `TIMESTAMP`."""
    return [sql_type.removesuffix(" NOT NULL") for sql_type, _ in TABLES[table][2].values()]
