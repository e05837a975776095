"""What becomes of figures in workbooks that other programs wrote: right, or in quarantine with a reason."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.ingest.sheets import workbook_readers
from tests.unit.ingest.forms import LABELS, TITLE, as_workbook, outcome

ROWS: list[list[object]] = [["2023-04-17", f"综合窗口{at}", 10 + at, 2, 3, 4] for at in range(1, 4)]


def changed(change: Callable[[Worksheet], None]) -> bytes:
    """A weekly of three windows in the rows 3 to 5, with a change."""
    book = openpyxl.load_workbook(io.BytesIO(as_workbook([TITLE, LABELS, *ROWS])))
    change(book.worksheets[0])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def rewritten(content: bytes, **changes: Callable[[bytes], bytes]) -> bytes:
    """A workbook with some parts changed: `sheet1`, `workbook`."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            stem = name.rpartition("/")[2].partition(".")[0]
            part = old.read(name)
            new.writestr(name, changes[stem](part) if stem in changes and name.endswith(".xml") else part)
    return made.getvalue()


def with_formulas(value: str, calculation: str) -> bytes:
    """The counts of the first column of numbers as formulas with a value."""

    def formulas(sheet: bytes) -> bytes:
        cell = rb'<c r="C(\d)"( t="n")?><v>1\d</v></c>'
        return re.sub(cell, rb'<c r="C\1"><f>SUM(K\1:L\1)</f><v>%s</v></c>' % value.encode(), sheet)

    def asks(workbook: bytes) -> bytes:
        return re.sub(rb"<calcPr[^>]*>", calculation.encode(), workbook)

    return rewritten(as_workbook([TITLE, LABELS, *ROWS]), sheet1=formulas, workbook=asks)


@pytest.mark.parametrize("value", ["0", "0.0"])
def test_formulas_that_nobody_calculated_have_no_value(value: str) -> None:
    found = outcome("a.xlsx", with_formulas(value, '<calcPr calcId="124519" fullCalcOnLoad="1"/>'))
    assert found["rows"] == []
    assert found["bad"] == [(row, "consulted", "formula_without_value", f"=SUM(K{row}:L{row})") for row in (3, 4, 5)]


def test_formulas_that_were_calculated_keep_their_values() -> None:
    found = outcome("a.xlsx", with_formulas("7", '<calcPr fullCalcOnLoad="1"/>'))
    assert [row[3] for row in found["rows"]] == [7, 7, 7]
    found = outcome("a.xlsx", with_formulas("0", '<calcPr calcId="191029"/>'))
    assert [row[3] for row in found["rows"]] == [0, 0, 0]


def superscript(text: str) -> TextBlock:
    return TextBlock(InlineFont(vertAlign="superscript"), text)


def struck(text: str) -> TextBlock:
    return TextBlock(InlineFont(strike=True), text)


def test_a_note_mark_is_no_digit_and_a_struck_word_no_word() -> None:
    def change(sheet: Worksheet) -> None:
        sheet["D2"] = CellRichText("受理", superscript("1"))
        sheet["C3"] = CellRichText("12", superscript("1"))
        sheet["B4"] = CellRichText("综合窗口2", superscript("注2"))
        sheet["C5"] = CellRichText(struck("14"), "15")

    found = outcome("a.xlsx", changed(change))
    assert [(row[2], row[3]) for row in found["rows"]] == [("综合窗口1", 12), ("综合窗口2", 12), ("综合窗口3", 15)]
    assert found["bad"] == []


@pytest.mark.parametrize("rows_in_bulk", [workbook_readers.BULK_ROWS, 0])
def test_what_is_struck_out_whole_is_asked_about(rows_in_bulk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(sheet: Worksheet) -> None:
        for cell in sheet[4]:
            cell.font = Font(strike=True)
        sheet["C5"] = CellRichText(struck("13"))

    monkeypatch.setattr(workbook_readers, "BULK_ROWS", rows_in_bulk)
    found = outcome("a.xlsx", changed(change))
    assert [row[2] for row in found["rows"]] == ["综合窗口1"]
    bad = {(row, column): value for row, column, reason, value in found["bad"] if reason == "struck_out"}
    assert {bad[4, "window_name"], bad[4, "consulted"], bad[5, "consulted"]} == {"综合窗口2", "12", "13"}


def formats(**codes: str) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        for place, code in codes.items():
            sheet[place].number_format = code

    return change


@pytest.mark.parametrize("rows_in_bulk", [workbook_readers.BULK_ROWS, 0])
def test_a_count_is_what_its_cell_shows(rows_in_bulk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_readers, "BULK_ROWS", rows_in_bulk)
    found = outcome("a.xlsx", changed(formats(C3='0.0"万件"', C4="0000", C5='0!.0,"万"')))
    assert [row[3] for row in found["rows"]] == [110_000, 12, 13]
    assert found["bad"] == []


def test_a_count_shown_smaller_than_it_is_is_asked_about_unless_the_header_says_why() -> None:
    def thousands(sheet: Worksheet) -> None:
        for row in (3, 4, 5):
            sheet.cell(row, 3, row * 1000).number_format = "#,##0,"

    found = outcome("a.xlsx", changed(thousands))
    assert [row[0] for row in found["rows"]] == []
    assert found["bad"] == [(row, "consulted", "scale_unclear", str(row)) for row in (3, 4, 5)]

    def explained(sheet: Worksheet) -> None:
        thousands(sheet)
        sheet["C2"] = "咨询（千人次）"

    found = outcome("a.xlsx", changed(explained))
    assert [row[3] for row in found["rows"]] == [3000, 4000, 5000]
    assert found["bad"] == []


def test_days_are_found_in_a_workbook_that_came_in_a_zip() -> None:
    def change(sheet: Worksheet) -> None:
        sheet["B3"] = 45033
        sheet["B3"].number_format = 'm"-"d'

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.xlsx", changed(change))
    found = outcome("a.zip", packed.getvalue())
    assert found["bad"] == [(3, "window_name", "identifier_as_day", "2023-04-17 00:00:00")]
