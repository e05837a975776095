"""What no original says is built anew from the journal: what a correction answers, and whose home it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.contracts import load_contracts
from pipeline.ingest.inbox.loader import Loader, make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.keeping.rebuild import rebuild
from pipeline.reporting_calendar import WeekRule, load_calendar
from pipeline.settings import Settings
from pipeline.warehouse.database import open_warehouse
from pipeline.warehouse.errors import OtherWeekRuleError
from tests.unit.ingest.inbox.test_succession import consulted, send_back, windows

STORED = (
    "SELECT file_name, status, superseded_by, as_of, answers, message FROM ledger.delivery ORDER BY file_name",
    "SELECT * FROM ledger.home_hall",
)


@contextmanager
def loader_of(settings: Settings) -> Iterator[Loader]:
    with open_warehouse(settings) as con:
        yield make_loader(con, settings, load_calendar(), load_contracts(settings.contracts))


@pytest.fixture
def lost(tmp_path: Path) -> tuple[Settings, list[object]]:
    """A home that has lost its warehouse, in which a correction was taken, and what stood there."""
    settings = Settings(home=tmp_path / "home", hall_name="甲大厅")
    with loader_of(settings) as loader:
        windows(loader, "a.xlsx", 10, "导出时间：2023-04-24 09:00")
        load_inbox(loader)
        send_back(loader, "a.xlsx")
        windows(loader, "b.xlsx", 500)
        load_inbox(loader)
        stored = [loader.con.execute(query).fetchall() for query in STORED]
        assert consulted(loader) == 1001
    settings.warehouse_path.unlink()
    return settings, stored


def test_the_correction_that_was_asked_for_counts_after_a_rebuild(lost: tuple[Settings, list[object]]) -> None:
    settings, stored = lost
    rebuild(settings, load_calendar(), load_contracts(settings.contracts))
    with loader_of(settings) as loader:
        assert [loader.con.execute(query).fetchall() for query in STORED] == stored
        assert consulted(loader) == 1001


def test_nothing_is_built_anew_by_another_week_rule(lost: tuple[Settings, list[object]]) -> None:
    settings, _ = lost
    other = settings.model_copy(update={"week_rule": WeekRule(first_day=1)})
    with pytest.raises(OtherWeekRuleError, match="自星期六起"):
        rebuild(other, load_calendar(rule=other.week_rule), load_contracts(settings.contracts))
    assert not settings.warehouse_path.exists()
