"""The day and the second of a serial number are those that were meant, however many of its digits were lost."""

from __future__ import annotations

from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.sheets import workbook_readers
from tests.unit.ingest.inbox.deliveries import HEADER, case

DAYS = ("申请时间", "受理时间", "承诺办结时间", "更新时间")
MEANT = {
    45035.99999999: "2023-04-20 00:00:00",
    45033.378472: "2023-04-17 09:05:00",
    45033 + 59.9995 / 86400: "2023-04-17 00:01:00",
    45033.5: "2023-04-17 12:00:00",
    45033 + 12.5 / 86400: "2023-04-17 00:00:12.5",
}


def workbook(path: Path, texts: tuple[str, ...] = ()) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    labels = HEADER.split(",")
    sheet.append(["省本级办件明细（2023年第15期）"])
    sheet.append(labels)
    for number, moment in enumerate([*MEANT, *texts]):
        cells: dict[str, object] = dict(zip(labels, case(f"A{number}").split(","), strict=True))
        sheet.append(list((cells | dict.fromkeys(DAYS, moment)).values()))
        for column, label in enumerate(labels, start=1):
            if label in DAYS:
                sheet.cell(sheet.max_row, column).number_format = "yyyy-mm-dd hh:mm:ss"
    book.save(path)


def accepted(con: duckdb.DuckDBPyConnection) -> list[str]:
    found = con.execute("SELECT accepted_at::VARCHAR FROM raw.case_detail ORDER BY case_no").fetchall()
    return [moment for (moment,) in found]


@pytest.mark.parametrize("is_large", [False, True])
def test_serial_numbers_are_rounded_to_their_second(
    quick_loader: Loader, monkeypatch: pytest.MonkeyPatch, is_large: bool
) -> None:
    if is_large:
        monkeypatch.setattr(workbook_readers, "BULK_ROWS", 1)
    workbook(quick_loader.settings.inbox / "办件明细.xlsx", texts=("2023-04-17 09:05:59.999",))
    load_inbox(quick_loader)
    assert accepted(quick_loader.con) == [*MEANT.values(), "2023-04-17 09:05:59.999"]
