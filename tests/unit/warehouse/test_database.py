"""Opening the warehouse: one writer, a sentence for the second, and a configuration that holds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.common.transaction import transaction
from pipeline.settings import Settings
from pipeline.warehouse import WarehouseBusyError, open_warehouse
from pipeline.warehouse.database import SCHEMAS

# Another program that looks into the file: for as many seconds as it is told.
LOOK = """
import sys, time
import duckdb
with duckdb.connect(sys.argv[1], read_only=True):
    print("open", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@contextmanager
def somebody_looking(path: Path, seconds: float) -> Iterator[int]:
    """Another process has the warehouse open for reading; gives its number."""
    look = subprocess.Popen([sys.executable, "-c", LOOK, str(path), str(seconds)], stdout=subprocess.PIPE, text=True)
    assert look.stdout is not None
    assert look.stdout.readline() == "open\n"
    try:
        yield look.pid
    finally:
        look.kill()
        look.communicate()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", memory_limit="200MB", threads=1)


def test_a_fresh_warehouse_has_its_schemas_and_limits(settings: Settings) -> None:
    with open_warehouse(settings) as con:
        found = {row[0] for row in con.execute("SELECT schema_name FROM duckdb_schemas()").fetchall()}
        limits = con.execute("SELECT current_setting('threads'), current_setting('memory_limit')").fetchone()
    assert set(SCHEMAS) <= found
    assert limits == (1, "190.7 MiB")


def test_a_second_writer_is_told_who_holds_the_warehouse(settings: Settings) -> None:
    busy = pytest.raises(WarehouseBusyError, match=r"进程 \d+.*请等它结束后再试")
    with open_warehouse(settings), busy, open_warehouse(settings):
        pass


def test_a_writer_waits_for_a_look_that_lasts_a_moment(settings: Settings) -> None:
    with open_warehouse(settings):
        pass
    with somebody_looking(settings.warehouse_path, 1), open_warehouse(settings) as con:
        assert con.execute("SELECT 1").fetchone() == (1,)


def test_whoever_looks_longer_than_a_writer_waits_is_named(settings: Settings) -> None:
    with open_warehouse(settings):
        pass
    hurried = settings.model_copy(update={"reader_wait_seconds": 0.3})
    with (
        somebody_looking(settings.warehouse_path, 60) as reader,
        pytest.raises(WarehouseBusyError, match=f"进程 {reader}.*打开着数据仓库"),
        open_warehouse(hurried),
    ):
        pass


def test_the_lock_is_free_again_after_a_failure(settings: Settings) -> None:
    with pytest.raises(ZeroDivisionError), open_warehouse(settings):
        raise ZeroDivisionError
    with open_warehouse(settings) as con:
        assert con.execute("SELECT 1").fetchone() == (1,)


def test_a_transaction_is_all_or_nothing(settings: Settings) -> None:
    with open_warehouse(settings) as con:
        with pytest.raises(ZeroDivisionError), transaction(con):
            con.execute("CREATE TABLE raw.x (n BIGINT)")
            raise ZeroDivisionError
        assert con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'x'").fetchone() == (0,)
