"""A cell that could not be read is read as a steward corrected it, however its file is read; its row counts then."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.reread import reread_changed, weeks_read_otherwise
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.load.corrections import corrections_by_delivery
from pipeline.quality.schema import create_tables
from tests.unit.ingest.inbox.deliveries import case, case_file, put, rows, volume_file

COUNTED = "SELECT disposition, sum(row_count)::INT FROM ledger.row_account WHERE disposition <> 'set_aside' GROUP BY 1"


def correct(loader: Loader, column: str, text: str) -> None:
    """Corrects the only cell in quarantine, as the desk records it."""
    create_tables(loader.con)
    loader.con.execute(
        "INSERT INTO quality.correction (correction_id, source, keys, column_name, to_value, week_id, status,"
        " finding_id, decided_at, delivery_id, sheet, row_no)"
        " SELECT 'k1', 'x', '{}', column_name, ?, '2023-15', 'active', 'f1', now(), delivery_id, sheet, row_no"
        " FROM quarantine.cell WHERE column_name = ? AND row_disposition = 'quarantined'",
        [text, column],
    )


def test_a_record_of_a_large_text_is_read_as_corrected_and_the_others_as_before(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1"), case("A2", department="火星厅"), case("A3")))
    load_inbox(loader)
    assert rows(loader, "SELECT case_no FROM raw.case_detail ORDER BY 1") == [("A1",), ("A3",)]
    before = rows(loader, "SELECT * EXCLUDE (as_written) FROM raw.case_detail WHERE case_no <> 'A2' ORDER BY case_no")
    correct(loader, "department", "公安厅")
    assert weeks_read_otherwise(loader.con, loader.fingerprints()) == ["2023-15"]
    (event,) = reread_changed(loader)
    assert event.message == "按处理单登记的更正重读"
    assert (
        rows(loader, "SELECT * EXCLUDE (as_written) FROM raw.case_detail WHERE case_no <> 'A2' ORDER BY case_no")
        == before
    )
    corrected = "SELECT department, as_written['department'] FROM raw.case_detail WHERE case_no = 'A2'"
    assert rows(loader, corrected) == [("公安厅", "火星厅")]
    assert rows(loader, COUNTED) == [("loaded", 3)]
    assert rows(loader, "SELECT count(*) FROM quarantine.cell") == [(0,)]
    assert list(reread_changed(loader)) == [], "it is read so once"
    assert weeks_read_otherwise(loader.con, loader.fingerprints()) == []


def test_a_correction_that_is_taken_back_sends_the_row_to_quarantine_again(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1", department="火星厅")))
    load_inbox(loader)
    correct(loader, "department", "公安厅")
    list(reread_changed(loader))
    assert rows(loader, COUNTED) == [("loaded", 1)]
    loader.con.execute("UPDATE quality.correction SET status = 'withdrawn'")
    assert [event.outcome for event in reread_changed(loader)] == ["loaded"]
    assert rows(loader, COUNTED) == [("quarantined", 1)]
    assert corrections_by_delivery(loader.con) == {}


@pytest.mark.parametrize(("text", "loaded"), [("9", 2), ("说不清", 1)])
def test_the_totals_of_a_sheet_count_the_corrected_cell(loader: Loader, text: str, loaded: int) -> None:
    path = loader.settings.inbox / "v.xlsx"
    volume_file(path)
    with_cell(path, "F5", "约九件")
    load_inbox(loader)
    assert rows(loader, "SELECT count(*) FROM ledger.control_total WHERE difference <> 0") != [(0,)]
    correct(loader, "completed_week", text)
    list(reread_changed(loader))
    police = "SELECT count(*) FROM raw.item_volume WHERE department = '公安厅'"
    assert rows(loader, police) == [(loaded,)]
    is_right = loaded == 2
    assert (rows(loader, "SELECT count(*) FROM ledger.control_total WHERE difference <> 0") == [(0,)]) is is_right


def with_cell(path: Path, cell: str, value: str) -> None:
    book = openpyxl.load_workbook(path)
    book.worksheets[0][cell] = value
    book.save(path)


def test_only_the_corrections_of_a_delivery_are_its_own(loader: Loader) -> None:
    assert corrections_by_delivery(loader.con) == {}
    put(loader, "a.csv", case_file(case("A1", department="火星厅")))
    load_inbox(loader)
    correct(loader, "department", "公安厅")
    ((delivery_id,),) = rows(loader, "SELECT delivery_id FROM ledger.delivery")
    corrections = corrections_by_delivery(loader.con)
    assert list(corrections[str(delivery_id)].values()) == [{"department": "公安厅"}]
    assert set(corrections) == {delivery_id}
