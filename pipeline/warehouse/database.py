"""Opens the warehouse, for writing or for reading; nowhere else is its file opened.

What stands in the tables is made in `pipeline.ingest.load`, `builder`, `pipeline.quality` and `pipeline.release`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.private_files import private_files, private_folder
from pipeline.settings import Settings
from pipeline.warehouse.errors import in_words_of_the_warehouse
from pipeline.warehouse.lock import writer_lock
from pipeline.warehouse.upgrade import Upgrade, upgrade_if_older
from pipeline.warehouse.versions import make_new, stored_version

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCHEMAS: Final = ("ledger", "raw", "staging", "quarantine", "core", "marts", "charts", "quality", "release")


@contextmanager
def open_warehouse(settings: Settings) -> Iterator[DuckDBPyConnection]:
    """Opens the one writing connection to the warehouse, closed and unlocked at the end.

    A new home gets the stored tables of now; one of an earlier version is upgraded first. Timestamps are stored
    without a time zone. Raises WarehouseError: somebody else is writing, the file is damaged, a later version wrote
    it. Nobody else may open the file in the meantime: readers use the published copy.
    """
    path = settings.warehouse_path
    private_folder(settings.review)
    with writer_lock(settings), private_files(), in_words_of_the_warehouse(path):
        upgrade_if_older(settings, lambda: _connect(settings))
        con = _connect(settings)
        try:
            if stored_version(con) is None:
                make_new(con)
            for schema in SCHEMAS:
                con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            yield con
        finally:
            con.close()


@contextmanager
def read_warehouse(settings: Settings) -> Iterator[DuckDBPyConnection]:
    """Opens the warehouse without the right to write, and upgrades nothing; raises WarehouseError as above.

    The tables of an earlier version may lack what a query asks for: a reader asks `has_table` first.
    """
    with read_database(settings.warehouse_path) as con:
        stored_version(con)
        yield con


@contextmanager
def read_database(path: Path) -> Iterator[DuckDBPyConnection]:
    """Opens a DuckDB file without the right to write, whatever is in it."""
    import duckdb

    with in_words_of_the_warehouse(path), duckdb.connect(str(path), read_only=True) as con:
        yield con


def upgrade_warehouse(settings: Settings) -> Upgrade | None:
    """Upgrades the home under the writer's lock; None where it is of this version already, or has no warehouse."""
    with writer_lock(settings), private_files(), in_words_of_the_warehouse(settings.warehouse_path):
        return upgrade_if_older(settings, lambda: _connect(settings))


def version_of_home(settings: Settings) -> int | None:
    """Returns the version of the stored tables of a home; None where nothing is stored yet."""
    if not settings.warehouse_path.exists():
        return None
    with read_database(settings.warehouse_path) as con:
        return stored_version(con)


def _connect(settings: Settings) -> DuckDBPyConnection:
    import duckdb

    spill = settings.home / "spill"
    spill.mkdir(mode=0o700, exist_ok=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "temp_directory": str(spill),
        "autoinstall_known_extensions": False,
    }
    con = duckdb.connect(str(settings.warehouse_path), config=config)
    # Earlier versions made the file readable by everybody.
    settings.warehouse_path.chmod(0o600)
    return con
