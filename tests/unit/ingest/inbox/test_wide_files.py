"""Files with wide tables go from the inbox to `raw`: workbook and text alike, looked at twice, accounted by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipeline.ingest.inbox.loader import Loader, make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.second_look import loaded
from pipeline.quality.desk.cells import find_cell
from pipeline.quality.desk.decisions import DecisionError
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings
from tests.unit.ingest.inbox.deliveries import rows
from tests.unit.ingest.load.sheet_tables.wide_tables import wide_contract

TABLE = [
    ["分地区统计表（2023年第15期）", None, None, None],
    ["地区", "2021年", "2022年", "2023年"],
    ["甲市", 120, 131, 12],
    ["乙市", 70, "七", None],
    ["丙市", None, None, None],
    ["合计", 190, 131, 12],
]
RECORDS = [
    (3, "2021年", "甲市", 2021, 120),
    (3, "2022年", "甲市", 2022, 131),
    (3, "2023年", "甲市", 2023, 12),
    (4, "2021年", "乙市", 2021, 70),
]


@pytest.fixture
def wide_loader(tmp_path: Path, calendar: ReportingCalendar) -> Iterator[Loader]:
    settings = Settings(home=tmp_path / "home", settle_seconds=0, wait_seconds=0.3)
    settings.inbox.mkdir(parents=True)
    with duckdb.connect() as con:
        yield make_loader(con, settings, calendar, {"wide": wide_contract()})


def put_workbook(loader: Loader) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in TABLE:
        book.active.append(row)
    book.save(loader.settings.inbox / "分地区_2023-15.xlsx")


def put_text(loader: Loader) -> None:
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in TABLE]
    (loader.settings.inbox / "分地区_2023-15.csv").write_text("\n".join(lines) + "\n", "utf-8")


@pytest.mark.parametrize("put_table", [put_workbook, put_text], ids=["xlsx", "csv"])
def test_records_stand_in_raw_by_row_and_column_and_rows_are_accounted_for(
    wide_loader: Loader, put_table: Callable[[Loader], None]
) -> None:
    put_table(wide_loader)
    (event,) = load_inbox(wide_loader).events
    assert event.outcome == "loaded", event.message
    assert event.message == "宽表，2 行变为 4 条记录"
    found = rows(wide_loader, "SELECT row_no, source_column, region, period, cases FROM raw.wide ORDER BY ALL")
    assert found == RECORDS
    assert rows(wide_loader, "SELECT row_no, column_name, reason, value FROM quarantine.cell") == [
        (4, "2022年", "not_an_integer", "七")
    ]
    account = rows(wide_loader, "SELECT disposition, reason, row_count FROM ledger.row_account ORDER BY ALL")
    assert account == [
        ("loaded", "loaded", 2),
        ("set_aside", "header", 1),
        ("set_aside", "no_values", 1),
        ("set_aside", "title", 1),
        ("set_aside", "total", 1),
    ]
    assert rows(wide_loader, "SELECT rows_physical FROM ledger.delivery") == [(len(TABLE),)]


def test_a_record_that_was_loaded_otherwise_refuses_the_file_with_its_column(
    wide_loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = loaded._values

    def tampered(*arguments: object) -> object:
        values, unclear = honest(*arguments)  # type: ignore[arg-type]
        return {row: {**of_row, ('"cases"', "2022年"): "130"} for row, of_row in values.items()}, unclear

    monkeypatch.setattr(loaded, "_values", tampered)
    put_workbook(wide_loader)
    (event,) = load_inbox(wide_loader).events
    assert event.outcome == "refused"
    assert "第 3 行" in event.message
    assert "“2022年”" in event.message
    assert "131" in event.message


def test_a_steward_cannot_correct_one_of_several_cells_of_a_row(wide_loader: Loader) -> None:
    put_workbook(wide_loader)
    load_inbox(wide_loader)
    with pytest.raises(DecisionError, match="是宽表，一行有好几个数"):
        find_cell(wide_loader.con, {"wide": wide_contract()}, "2023-15", [], "分地区_2023-15.xlsx!3", "件数")
