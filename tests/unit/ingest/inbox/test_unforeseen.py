"""An error that nobody foresaw refuses its file under a number, and the run goes on; a broken warehouse stops it."""

from __future__ import annotations

import errno
import logging
import re
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pytest

from assets.automation import Source, weeks_of_files
from pipeline.ingest.errors import RefusedFileError, WaitingFileError
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox, pending_weeks
from pipeline.ingest.inbox.unforeseen import (
    fault_number,
    is_fault_of_file,
    moved_away,
    recognise_or_refuse,
    refuse_unforeseen,
)
from pipeline.ingest.refusals.inbox import InboxRefusal
from tests.unit.ingest.inbox.deliveries import SECRETS, case, case_file, outcomes, put, rows, volume_file

READER = "pipeline.ingest.sheets.workbook_readers.read_sheets"
UNREADABLE = [ValueError(SECRETS[0]), ZeroDivisionError(), zipfile.BadZipFile(), MemoryError(), RecursionError()]


def broken(error: BaseException) -> object:
    """A part of the reader that raises this, whatever it is given."""

    def fails(*_: object, **__: object) -> object:
        raise error

    return fails


@pytest.fixture
def two_files(loader: Loader) -> Loader:
    """An inbox with a workbook and a text, in this order."""
    volume_file(loader.settings.inbox / "a.xlsx")
    put(loader, "b.csv", case_file(case("A1")))
    return loader


@pytest.mark.parametrize("error", UNREADABLE, ids=lambda error: type(error).__name__)
def test_a_reader_that_fails_refuses_its_file_and_the_other_file_is_loaded(
    two_files: Loader, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    monkeypatch.setattr(READER, broken(error))
    with caplog.at_level(logging.ERROR):
        report = load_inbox(two_files)
    assert outcomes(report) == ["refused", "loaded"]
    refused = report.events[0]
    assert (refused.code, refused.place and refused.place.file) == ("unforeseen", "a.xlsx")
    numbers = re.findall(r"编号 ([0-9a-f]{8})）", refused.message)
    assert numbers and f"编号 {numbers[0]}" in caplog.text
    assert type(error).__name__ in caplog.text
    assert SECRETS[0] not in caplog.text
    kept = "SELECT code, message FROM ledger.{} WHERE {} = 'refused'"
    assert rows(two_files, kept.format("delivery", "status")) == [("unforeseen", refused.message)]
    assert rows(two_files, kept.format("arrival", "outcome")) == [("unforeseen", refused.message)]
    assert not list(two_files.settings.inbox.iterdir())


@pytest.mark.parametrize(
    "step",
    [
        "pipeline.ingest.load.pending.PendingRows.number",
        "pipeline.ingest.inbox.load_export.propose_aliases",
        "pipeline.ingest.load.accept._insert_problems",
    ],
)
def test_of_a_file_that_fails_half_way_nothing_stays(
    loader: Loader, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    # The fast way rejects the second time, so that rows stand in raw already when the step fails.
    text = case_file(case("A1"), case("A2", "2023/4/17 9:05"))
    put(loader, "a.csv", text)
    with monkeypatch.context() as patch:
        patch.setattr(step, broken(ZeroDivisionError()))
        assert outcomes(load_inbox(loader)) == ["refused"]
    assert rows(loader, "SELECT count(*) FROM raw.case_detail") == [(0,)]
    assert rows(loader, "FROM ledger.pending_load") == []
    assert rows(loader, "FROM ledger.row_account") == []
    assert rows(loader, "FROM quarantine.cell") == []
    put(loader, "a.csv", text)
    assert outcomes(load_inbox(loader)) == ["loaded"]
    assert rows(loader, "SELECT code FROM ledger.delivery WHERE source = 'case_detail'") == [(None,)]


def test_a_reread_that_fails_keeps_the_rows_as_they_were_read(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    put(loader, "a.csv", case_file(case("A1")))
    load_inbox(loader)
    loader.con.execute("UPDATE ledger.delivery SET contract_fingerprint = 'another'")
    monkeypatch.setattr("pipeline.ingest.load.accept._insert_problems", broken(ValueError()))
    (event,) = load_inbox(loader).events
    assert (event.outcome, event.code) == ("refused", "unforeseen")
    assert event.message.startswith("合同更新后重读失败：读取时出现没有预料到的错误")
    assert rows(loader, "SELECT case_no FROM raw.case_detail JOIN ledger.current_delivery USING (delivery_id)") == [
        ("A1",)
    ]


@pytest.mark.parametrize(
    "error", [duckdb.IOException("disk"), duckdb.FatalException("broken"), OSError(errno.ENOSPC, "full")]
)
def test_what_ails_the_warehouse_or_the_disk_stops_the_run(
    two_files: Loader, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr("pipeline.ingest.inbox.load_export.admit", broken(error))
    with pytest.raises(type(error)):
        load_inbox(two_files)
    assert rows(two_files, "FROM ledger.delivery") == []
    assert len(list(two_files.settings.inbox.iterdir())) == 2


def test_a_lost_table_of_the_warehouse_stops_the_run(two_files: Loader) -> None:
    two_files.con.execute("DROP TABLE ledger.row_account")
    with pytest.raises(duckdb.CatalogException):
        load_inbox(two_files)


def test_an_interruption_is_no_refusal() -> None:
    with pytest.raises(KeyboardInterrupt), refuse_unforeseen("a.xlsx"):
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ValueError(), True),
        (duckdb.ConversionException("a value"), True),
        (duckdb.OutOfMemoryException("one file"), True),
        (OSError("no table"), True),
        (duckdb.CatalogException("no table"), False),
        (OSError(errno.EIO, "disk"), False),
        (SystemExit(), False),
    ],
)
def test_only_what_the_file_brings_about_is_held_against_it(error: BaseException, expected: bool) -> None:
    assert is_fault_of_file(error) is expected


def test_weeks_that_wait_are_told_though_one_file_fails(two_files: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(READER, broken(ValueError()))
    assert pending_weeks(two_files.settings, two_files.calendar, two_files.contracts) == ["2023-15"]
    source = Source(two_files.settings, two_files.calendar, two_files.contracts)
    assert weeks_of_files(source, ["a.xlsx", "b.csv"]) == ["2023-15"]
    with pytest.raises(RefusedFileError) as caught:
        recognise_or_refuse(two_files.settings.inbox / "a.xlsx", source.settings, source.calendar, source.contracts)
    assert caught.value.refusal is InboxRefusal.UNFORESEEN
    assert caught.value.found == "ValueError"


def test_equal_faults_have_equal_numbers_and_others_another(tmp_path: Path) -> None:
    def number(text: str) -> str:
        try:
            int(text)
        except ValueError as error:
            return fault_number(error)
        raise AssertionError(text)

    def number_of_missing() -> str:
        try:
            openpyxl.load_workbook(tmp_path / "none.xlsx")
        except FileNotFoundError as error:
            return fault_number(error)
        raise AssertionError

    assert number("x") == number("y") != number_of_missing()


def test_a_file_that_is_gone_waits_with_a_code() -> None:
    with pytest.raises(WaitingFileError, match="移走或改名") as caught, refuse_unforeseen("a.xlsx"):
        raise FileNotFoundError
    assert caught.value.code == moved_away("a.xlsx").code == "moved_away"
