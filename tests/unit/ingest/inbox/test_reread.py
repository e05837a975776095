"""Originals are read again when their contract or code lists change."""

from __future__ import annotations

from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.reread import load_again, reread_changed
from pipeline.ingest.inbox.run import load_inbox
from tests.unit.ingest.inbox.deliveries import case, case_file, outcomes, put, rows


def test_a_changed_contract_reads_the_archive_again(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1", department="火星厅")))
    load_inbox(loader)
    wider = {**loader.codes, "department": loader.codes["department"] | {"火星厅"}}
    again = Loader(loader.con, loader.settings, loader.calendar, loader.contracts, wider, loader.person_key)
    assert [event.file_name for event in load_inbox(again).of("loaded")] == ["a.csv"]
    assert rows(loader, "SELECT count(*) FROM raw.case_detail") == [(1,)]
    assert rows(loader, "SELECT count(*) FROM quarantine.cell") == [(0,)]
    assert outcomes(load_inbox(again)) == []


def test_one_original_is_read_again_under_the_name_that_it_came_with(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1")))
    load_inbox(loader)
    assert list(reread_changed(loader)) == []
    stored = next(path for path in loader.settings.archive.rglob("*.csv"))
    event = load_again(loader, stored, "a.csv")
    assert (event.outcome, event.rows, event.message) == ("loaded", 1, "合同或代码表有更新，已按新合同重读")
    assert rows(loader, "SELECT file_name, status FROM ledger.delivery") == [("a.csv", "current")]


def test_an_original_that_the_archive_no_longer_keeps_stays_as_it_was_read(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1")))
    load_inbox(loader)
    loader.con.execute("UPDATE ledger.delivery SET contract_fingerprint = 'another'")
    for path in loader.settings.archive.rglob("*.csv"):
        path.unlink()
    assert list(reread_changed(loader)) == []
    assert rows(loader, "SELECT count(*) FROM raw.case_detail") == [(1,)]
