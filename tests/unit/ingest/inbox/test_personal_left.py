"""What a mask lets through is noted by the load, without its text."""

from __future__ import annotations

import pytest

from pipeline.ingest.cells import row_reader
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.load import csv_seals
from tests.unit.ingest.inbox.deliveries import case, case_file, put, rows

LEFT = "SELECT column_name, row_no, value FROM quarantine.cell WHERE reason = 'personal_data_left'"


def test_a_mask_that_is_switched_off_is_noticed(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (row_reader, csv_seals):
        monkeypatch.setattr(module, "mask_field", lambda text, *, keeps_names=False: text)
    put(loader, "cases.csv", case_file(case("A1", name="补证139-5000-0005"), case("A2")))
    load_inbox(loader)
    assert rows(loader, LEFT) == [("item_name", 4, None)]


def test_behind_the_mask_nothing_is_left(loader: Loader) -> None:
    put(loader, "cases.csv", case_file(case("13950000005", name="补证139-5000-0005"), case("A2")))
    load_inbox(loader)
    assert rows(loader, LEFT) == []
    assert rows(loader, "SELECT case_no FROM raw.case_detail WHERE row_no = 4") == [("13950000005",)]
