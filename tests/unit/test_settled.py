"""A run is left out only where nothing that it rests on has changed; whatever has, makes it run again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline import settled
from pipeline.common.clock import beijing_now
from pipeline.settings import Settings
from pipeline.settled import record_settled, settled_run


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """A home after a run of 2023-14 and 2023-15 that left nothing undone."""
    settings = Settings(home=tmp_path)
    for folder in (settings.inbox, settings.published / "site", settings.review, settings.archive):
        folder.mkdir(parents=True)
    (settings.published / "site" / "index.html").write_text("一", "utf-8")
    settings.warehouse_path.write_bytes(b"warehouse")
    record_settled(settings, "2023-14", "2023-15")
    return settings


def test_without_a_change_there_is_nothing_to_do_for_the_weeks_of_the_run(home: Settings) -> None:
    run = settled_run(home, "2023-15")
    assert run is not None
    assert (run.first_week, run.last_week) == ("2023-14", "2023-15")
    assert settled_run(home, "2023-14") == run


@pytest.mark.parametrize("week", ["2023-13", "2023-16"])
def test_another_week_than_those_of_the_run_is_run(home: Settings, week: str) -> None:
    assert settled_run(home, week) is None


def deliver(home: Settings) -> None:
    (home.inbox / "周报.xlsx").write_bytes(b"")


def write_into_the_warehouse(home: Settings) -> None:
    home.warehouse_path.write_bytes(b"warehouse, decided upon")


def lose_the_warehouse(home: Settings) -> None:
    home.warehouse_path.unlink()


def change_a_page(home: Settings) -> None:
    (home.published / "site" / "index.html").write_text("另一个", "utf-8")


def delete_a_page(home: Settings) -> None:
    (home.published / "site" / "index.html").unlink()


def hand_in_decisions(home: Settings) -> None:
    (home.review / "findings.xlsx").write_bytes(b"decided")


def damage_the_record(home: Settings) -> None:
    home.settled_record.write_text("{", "utf-8")


CHANGES = (
    deliver,
    write_into_the_warehouse,
    lose_the_warehouse,
    change_a_page,
    delete_a_page,
    hand_in_decisions,
    damage_the_record,
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_whatever_changes_in_the_home_makes_the_week_run_again(
    home: Settings, change: Callable[[Settings], None]
) -> None:
    change(home)
    assert settled_run(home, "2023-15") is None


def test_a_new_day_makes_the_week_run_again(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    tomorrow = beijing_now() + timedelta(days=1)
    monkeypatch.setattr(settled, "beijing_now", lambda: tomorrow)
    assert settled_run(home, "2023-15") is None


def test_another_setting_makes_the_week_run_again(home: Settings) -> None:
    assert settled_run(home.model_copy(update={"retention_days": 1}), "2023-15") is None


def test_other_sql_makes_the_week_run_again(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", hall=tmp_path)
    settings.home.mkdir()
    model = tmp_path / "sql" / "core" / "one.sql"
    model.parent.mkdir(parents=True)
    model.write_text("SELECT 1", "utf-8")
    record_settled(settings, "2023-15", "2023-15")
    assert settled_run(settings, "2023-15") is not None
    model.write_text("SELECT 22", "utf-8")
    assert settled_run(settings, "2023-15") is None
