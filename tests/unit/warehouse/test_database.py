"""Opening the warehouse: one writer, a sentence for the second, and a configuration that holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.common.transaction import transaction
from pipeline.settings import Settings
from pipeline.warehouse import WarehouseBusyError, open_warehouse
from pipeline.warehouse.database import SCHEMAS


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
