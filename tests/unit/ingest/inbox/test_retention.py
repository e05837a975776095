"""Originals go when their time is over, a few at a time, and a clock that jumps empties no archive."""

from __future__ import annotations

import json
import logging
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.common.clock import BEIJING, clock_set_to
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.retention import expiry_of, last_backup, originals, remove, remove_expired
from pipeline.ingest.inbox.run import load_inbox
from pipeline.settings import Settings

NOW = datetime(2026, 11, 2, 9, tzinfo=BEIJING)
DAYS = 730


def keep(settings: Settings, *ages: float, now: datetime = NOW) -> list[Path]:
    """Originals of these ages in days, in the archive."""
    folder = settings.archive / "case_detail" / "2023-15"
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, age in enumerate(ages):
        path = folder / f"{number:04x}.csv"
        path.write_text("x", "utf-8")
        kept_since = (now - timedelta(days=age)).timestamp()
        os.utime(path, (kept_since, kept_since))
        paths.append(path)
    return paths


def receive(loader: Loader, moment: datetime) -> None:
    """The ledger's last delivery."""
    loader.con.execute(
        "INSERT INTO ledger.delivery (delivery_id, status, received_at) VALUES (?, 'current', ?)",
        [f"d{moment:%s}", moment.astimezone(tz=None).replace(tzinfo=None)],
    )


def back_up_on(settings: Settings, moment: datetime) -> None:
    settings.backup_record.write_text(json.dumps({"with_archive_at": moment.isoformat()}), "utf-8")


def test_the_oldest_go_and_each_leaves_a_line_in_the_log(loader: Loader, caplog: pytest.LogCaptureFixture) -> None:
    keep(loader.settings, DAYS + 1, *[1.0] * 20)
    back_up_on(loader.settings, NOW)
    with clock_set_to(NOW), caplog.at_level(logging.INFO, logger="pipeline"):
        assert remove_expired(loader.con, loader.settings) == []
    assert len(originals(loader.settings)) == 20
    assert caplog.messages == ["original 2023-15/0000.csv removed, kept since 2024-11-01"]


def test_a_clock_three_years_ahead_removes_nothing_and_is_told(loader: Loader) -> None:
    keep(loader.settings, *range(0, 300, 10))
    receive(loader, NOW)
    back_up_on(loader.settings, NOW)
    with clock_set_to(NOW + timedelta(days=3 * 365)):
        (sentence,) = remove_expired(loader.con, loader.settings)
    assert "本机时间比台账中最晚的收件晚 1095 天" in sentence
    assert len(originals(loader.settings)) == 30


def test_a_clock_that_was_wrong_while_files_came_removes_nothing_without_a_word(loader: Loader) -> None:
    keep(loader.settings, *range(0, 300, 10))
    wrong = NOW + timedelta(days=3 * 365)
    receive(loader, wrong)
    with clock_set_to(wrong):
        sentences = remove_expired(loader.con, loader.settings)
    assert len(originals(loader.settings)) == 30
    assert "30 份超过保存期限 730 天，多于一次运行自行删除的份数：一份也没有删除" in sentences[0]
    assert "没有比它们更晚的备份" in sentences[1]


def test_what_a_person_confirms_is_removed(loader: Loader) -> None:
    keep(loader.settings, *range(0, 300, 10))
    receive(loader, NOW)
    with clock_set_to(NOW + timedelta(days=3 * 365)):
        expiry = expiry_of(loader.con, loader.settings, is_clock_right=True)
        assert (len(expiry.expired), expiry.is_too_many) == (30, True)
        remove(expiry.expired)
    assert originals(loader.settings) == []


@pytest.mark.parametrize(
    ("days", "files", "expired", "is_too_many"),
    [(730, 832, 83, False), (730, 832, 84, True), (730, 3, 1, False), (730, 3, 2, True), (56, 64, 32, False),
     (28, 40, 40, False), (0, 7, 7, False)],
)  # fmt: skip
def test_four_weeks_worth_of_originals_or_a_tenth_go_at_once(
    loader: Loader, days: int, files: int, expired: int, is_too_many: bool
) -> None:
    settings = loader.settings.model_copy(update={"retention_days": days})
    keep(settings, *[days + 1.0] * expired, *[-1.0] * (files - expired))
    with clock_set_to(NOW):
        expiry = expiry_of(loader.con, settings)
    assert (len(expiry.expired), expiry.is_too_many) == (expired, is_too_many)


def test_the_journal_is_no_original(loader: Loader) -> None:
    loader.settings.journal_path.write_text("", "utf-8")
    os.utime(loader.settings.journal_path, (0, 0))
    with clock_set_to(NOW):
        assert expiry_of(loader.con, loader.settings).expired == ()


def test_originals_about_to_go_without_a_backup_are_told(loader: Loader) -> None:
    keep(loader.settings, DAYS - 10, *[1.0] * 5)
    with clock_set_to(NOW):
        (sentence,) = remove_expired(loader.con, loader.settings)
        assert "1 份原件已到或将在 30 天内到保存期限，而没有比它们更晚的备份" in sentence
        back_up_on(loader.settings, NOW - timedelta(days=DAYS - 20))
        assert remove_expired(loader.con, loader.settings) == []
        loader.settings.backup_record.write_text("broken", "utf-8")
        assert last_backup(loader.settings) == 0


def test_a_run_tells_it_among_its_files(loader: Loader) -> None:
    keep(loader.settings, *[DAYS + 1.0] * 5)
    with clock_set_to(NOW):
        events = load_inbox(loader).events
    assert [(event.file_name, event.outcome) for event in events] == [("归档", "remark"), ("归档", "remark")]
    assert len(originals(loader.settings)) == 5
