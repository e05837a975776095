"""Gives the key by which this hall's persons are counted once, and makes one only where nobody was counted before.

How a key is read and made belongs in `pipeline.privacy.digest`; what the key is lost for, in docs/operations.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.ingest.load.ledger import has_deliveries
from pipeline.privacy.digest import kept_key, person_key

if TYPE_CHECKING:
    import duckdb


def hall_key(con: duckdb.DuckDBPyConnection, path: Path) -> bytes:
    """Returns the key at `path`. Raises PersonKeyError where a hall that has loaded something has lost it."""
    if has_deliveries(con):
        return kept_key(path)
    return person_key(path)
