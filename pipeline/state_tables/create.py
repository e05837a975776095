"""Creates the tables of stored state as they are now; homes of earlier versions are brought up by migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from pipeline.state_tables.ledger import LEDGER, MODELS
from pipeline.state_tables.quality import QUALITY, WORDS
from pipeline.state_tables.release import release_ddl

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Part = Literal["ledger", "models", "quality", "words", "release"]
_DDL: Final[dict[Part, str]] = {
    "ledger": LEDGER,
    "models": MODELS,
    "quality": QUALITY,
    "words": WORDS,
    "release": release_ddl(),
}
# Part → the schemas that its tables stand in.
_SCHEMAS: Final[dict[Part, tuple[str, ...]]] = {
    "ledger": ("ledger", "quarantine"),
    "models": ("ledger",),
    "quality": ("quality",),
    "words": ("quality",),
    "release": ("release",),
}


def create_tables(con: DuckDBPyConnection, *parts: Part) -> None:
    """Creates the tables of these parts, or of all, where they are missing; a table that is there is left alone."""
    for part in parts or _DDL:
        for schema in _SCHEMAS[part]:
            con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        con.execute(_DDL[part])
