"""Originals are read again when their contract or code lists change."""

from __future__ import annotations

from pipeline.ingest.inbox.loader import Loader
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
