"""The SQLAlchemy dialect that lets Great Expectations read DuckDB; `pipeline.quality.run.validation` connects it."""

from __future__ import annotations

from typing import Any

import duckdb_engine

NAME = "duckdb_zhoubao"


class ReadingDialect(duckdb_engine.Dialect):
    """duckdb-engine without transactions.

    Great Expectations fetches rows after it has given its connection back; SQLAlchemy's rollback at that moment drops
    DuckDB's pending result, and every expectation fails with "list index out of range". Checks only read, so there is
    nothing to commit or to roll back.
    """

    supports_statement_cache = False

    def do_begin(self, dbapi_connection: Any) -> None:
        """Does nothing: reads need no transaction."""

    def do_commit(self, dbapi_connection: Any) -> None:
        """Does nothing: nothing was written."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Does nothing: nothing was written, and a pending result must survive."""


def register() -> str:
    """Makes the dialect known to SQLAlchemy; returns the connection string to use together with a `creator`."""
    from sqlalchemy.dialects import registry

    registry.register(NAME, __name__, ReadingDialect.__name__)
    return f"{NAME}:///:memory:"
