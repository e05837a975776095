"""A delivery that the fast readers got wrong is refused with the place; one that they got right is not."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.contracts import load_contracts
from pipeline.ingest.inbox import load_export
from pipeline.ingest.inbox.loader import FileEvent, Loader, make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.load.csv_rows import csv_file
from pipeline.ingest.load.pending import PendingRows
from pipeline.ingest.second_look import text_rows, workbook_rows
from pipeline.ingest.sheets import workbook_readers
from pipeline.ingest.sheets.sheet import Cells
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings
from tests.unit.ingest.exports import COUNTS, LABELS, SPAN, TITLE, weekly_text
from tests.unit.ingest.inbox.deliveries import case, case_file

CALENDAR = load_calendar()
CONTRACTS = load_contracts(Settings().contracts)
FIRST_ROW = 3  # of COUNTS, from 0
MANY = [(f"2023-04-{15 + at % 7}", f"综合窗口{at // 7}", str(at % 50), str(at % 13), "1", "0") for at in range(2_400)]

Rows = list[Cells]


def workbook(rows: Sequence[Sequence[Any]] = COUNTS) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "综窗"
    for row in ([TITLE], [SPAN], list(LABELS)):
        sheet.append(row)
    for day, window, *counts in rows:
        sheet.append([day, window, *(int(count) if str(count).isdecimal() else count for count in counts)])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def taken(loader: Loader, name: str, content: bytes) -> FileEvent:
    (loader.settings.inbox / name).write_bytes(content)
    return load_inbox(loader).events[0]


def drop_a_cell(rows: Rows) -> None:
    rows[FIRST_ROW + 1][3] = None


def multiply_by_ten(rows: Rows) -> None:
    rows[FIRST_ROW + 1][3] = f"{rows[FIRST_ROW + 1][3]}0"


def shift_a_column(rows: Rows) -> None:
    row = rows[FIRST_ROW + 1]
    row[2], row[3], row[4] = None, row[2], row[3]


def miss_a_row(rows: Rows) -> None:
    del rows[FIRST_ROW + 1]


def read_as_blank(rows: Rows) -> None:
    rows[FIRST_ROW + 1][:] = []


def lose_the_last(rows: Rows) -> None:
    rows.pop()


TAMPERED: list[tuple[Callable[[Rows], None], str, int, str]] = [
    (drop_a_cell, "loaded_differs_from_file", 5, "受理"),
    (multiply_by_ten, "loaded_differs_from_file", 5, "受理"),
    (shift_a_column, "loaded_differs_from_file", 5, "咨询"),
    (miss_a_row, "loaded_differs_from_file", 5, "咨询"),
    (read_as_blank, "row_not_loaded", 5, "咨询"),
    (lose_the_last, "row_not_loaded", 6, "咨询"),
]
BY_NAME = pytest.mark.parametrize(
    ("tamper", "code", "row", "column"), TAMPERED, ids=[case_of[0].__name__ for case_of in TAMPERED]
)


@BY_NAME
def test_a_workbook_that_was_read_wrong_is_refused_with_the_place(
    quick_loader: Loader,
    monkeypatch: pytest.MonkeyPatch,
    tamper: Callable[[Rows], None],
    code: str,
    row: int,
    column: str,
) -> None:
    read = workbook_readers._small_rows

    def read_wrong(sheet: Any, search: Any) -> Rows:
        rows = read(sheet, search)
        tamper(rows)
        return rows

    monkeypatch.setattr(workbook_readers, "_small_rows", read_wrong)
    event = taken(quick_loader, "综窗.xlsx", workbook())
    assert (event.outcome, event.code) == ("refused", code)
    assert event.place is not None
    assert (event.place.sheet, event.place.row, event.place.column) == ("综窗", row, column)
    assert quick_loader.con.execute("SELECT count(*) FROM raw.window_weekly").fetchone() == (0,)


@BY_NAME
def test_a_text_that_was_read_wrong_is_refused_with_the_place(
    quick_loader: Loader,
    monkeypatch: pytest.MonkeyPatch,
    tamper: Callable[[Rows], None],
    code: str,
    row: int,
    column: str,
) -> None:
    load_sheets = csv_file.load_sheets

    def load_wrong(con: Any, sheets: Any, *others: Any) -> None:
        rows = list(sheets[0].rows)
        tamper(rows)
        load_sheets(con, [csv_file.Sheet("csv", rows, lines=range(1, len(rows) + 1))], *others)

    monkeypatch.setattr(csv_file, "load_sheets", load_wrong)
    event = taken(quick_loader, "综窗.csv", weekly_text().encode("gb18030"))
    assert (event.outcome, event.code) == ("refused", code)
    assert event.place is not None
    assert (event.place.row, event.place.column) == (row, column)


def test_the_sentence_says_both_values_and_both_sums(quick_loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    read = workbook_readers._small_rows

    def read_wrong(sheet: Any, search: Any) -> Rows:
        rows = read(sheet, search)
        return [*rows[:FIRST_ROW], *([*row[:2], *row[3:4] * 4] for row in rows[FIRST_ROW:])]

    monkeypatch.setattr(workbook_readers, "_small_rows", read_wrong)
    event = taken(quick_loader, "综窗.xlsx", workbook())
    assert event.message == (
        "工作表“综窗”第 4 行“咨询”在文件中是 12，装载得到的是 3（这一列核对过的合计：文件 28，装载 9）；"
        "读取有误，整份文件未装载，请把文件交给平台维护人员"
    )


@pytest.mark.parametrize(
    ("wrong", "row"),
    [("case_no = 'B' || case_no", 5), ("row_no = row_no + 1", 6)],
    ids=["another key", "another row"],
)
def test_a_case_record_that_the_typed_pass_got_wrong_is_refused(
    quick_loader: Loader, monkeypatch: pytest.MonkeyPatch, wrong: str, row: int
) -> None:
    finish = csv_file.finish

    def finish_wrong(typed_pass: Any) -> None:
        finish(typed_pass)
        rows: PendingRows = typed_pass.rows
        rows.con.execute(f"UPDATE {rows.table} SET {wrong} WHERE {rows.mine} AND row_no >= 5")

    monkeypatch.setattr(csv_file, "finish", finish_wrong)
    text = case_file(case("A1"), case("A2"), case("A3"))
    event = taken(quick_loader, "a.csv", text.encode())
    assert event.place is not None
    assert (event.outcome, event.place.row, event.place.column) == ("refused", row, "办件编号")
    assert quick_loader.con.execute("SELECT count(*) FROM raw.case_detail").fetchone() == (0,)


def double_the_last(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last row of each delivery gets another number before it counts."""
    read = load_export._read

    def read_wrong(*of: Any) -> None:
        read(*of)
        loader.con.execute("UPDATE incoming SET accepted = 99 WHERE row_no = (SELECT max(row_no) FROM incoming)")

    monkeypatch.setattr(load_export, "_read", read_wrong)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_last_row_of_a_large_file_is_in_the_sample(
    quick_loader: Loader, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(text_rows, "_SMALL", 1_000)
    monkeypatch.setattr(workbook_rows, "_SMALL", 1_000)
    double_the_last(quick_loader, monkeypatch)
    content = workbook(MANY) if kind == "xlsx" else weekly_text(rows=MANY).encode()
    event = taken(quick_loader, f"综窗.{kind}", content)
    assert event.place is not None
    assert (event.code, event.place.row) == ("loaded_differs_from_file", len(MANY) + FIRST_ROW)


@pytest.mark.parametrize("kind", ["xlsx", "csv", "gb18030"])
def test_a_sample_of_a_large_file_raises_no_alarm(
    quick_loader: Loader, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(text_rows, "_SMALL", 1_000)
    monkeypatch.setattr(workbook_rows, "_SMALL", 1_000)
    encoding = "gb18030" if kind == "gb18030" else "utf-8"
    content = workbook(MANY) if kind == "xlsx" else weekly_text(rows=MANY).encode(encoding)
    event = taken(quick_loader, "综窗.xlsx" if kind == "xlsx" else "综窗.csv", content)
    assert (event.outcome, event.rows) == ("loaded", len(MANY))


def test_a_row_number_that_stands_twice_is_refused_for_one_of_the_rows_is_lost(quick_loader: Loader) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                for column in b"ABCDEF":
                    content = content.replace(b'r="%c6"' % column, b'r="%c5"' % column)
                content = content.replace(b'<row r="6"', b'<row r="5"')
            new.writestr(name, content)
    event = taken(quick_loader, "综窗.xlsx", made.getvalue())
    assert event.outcome == "refused"
    assert event.place is not None
    assert event.place.row == 5


# Layouts that load as they should: each is a table of cells below the titles.
def book_of(*rows: Sequence[Any], above: Sequence[Sequence[Any]] = ([TITLE], [SPAN])) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (*above, *rows):
        sheet.append(list(row))
    return book


def with_formats() -> openpyxl.Workbook:
    book = book_of(LABELS, *COUNTS, ["2023-04-19", "综合窗口3", 12, 3, 2, 1])
    sheet = book.active
    assert sheet is not None
    for at, code in enumerate(["0.0", "#,##0", '0"件"', "General"], start=3):
        sheet.cell(7, at).number_format = code
    return book


def with_hidden_rows() -> openpyxl.Workbook:
    book = book_of(LABELS, *COUNTS)
    sheet = book.active
    assert sheet is not None
    sheet.row_dimensions[5].hidden = True
    sheet.auto_filter.ref = "A3:F6"
    return book


def in_column_c() -> openpyxl.Workbook:
    return book_of(*([None, None, *row] for row in ([TITLE], [SPAN], LABELS, *COUNTS)), above=())


ODD_LAYOUTS = {
    "totals and notes": lambda: book_of(
        LABELS, *COUNTS, ["合计", None, 28, 9, 7, 1], ["注：本表为测试，共 3 行"], ["制表人：张三"]
    ),
    "units of ten thousand": lambda: book_of(
        ["日期", "窗口名称", "咨询（万人次）", "受理（件）", "颁发", "流转"], ["2023-04-17", "综合窗口1", 1.2, 3, 2, 0]
    ),
    "words and marks": lambda: book_of(
        LABELS,
        ["2023-04-17", "综合窗口1", "无业务", "-", "1,234", "3.5万"],
        ["2023-04-18", "综合窗口1", "12件", 1, 1, 1],
    ),
    "quarantined": lambda: book_of(LABELS, *COUNTS, ["2023-04-19", "综合窗口3", 12.5, 3, -2, "x"]),
    "header again": lambda: book_of(LABELS, COUNTS[0], LABELS, *COUNTS[1:]),
    "two tables": lambda: book_of(LABELS, COUNTS[0], [], [TITLE], LABELS, *COUNTS[1:]),
    "formats": with_formats,
    "hidden rows": with_hidden_rows,
    "columns further right": in_column_c,
    "blank rows": lambda: book_of([], LABELS, [], COUNTS[0], [], [], *COUNTS[1:], [], []),
    "duplicates": lambda: book_of(LABELS, *COUNTS, *COUNTS[:1], ["2023-04-17", "综合窗口1", 99, 3, 2, 0]),
    "merged days": lambda: book_of(LABELS, COUNTS[0], [None, *COUNTS[1][1:]], COUNTS[2]),
}


@pytest.mark.parametrize("layout", ODD_LAYOUTS)
def test_an_odd_layout_raises_no_alarm(quick_loader: Loader, layout: str) -> None:
    buffer = io.BytesIO()
    ODD_LAYOUTS[layout]().save(buffer)
    event = taken(quick_loader, "综窗.xlsx", buffer.getvalue())
    assert (event.outcome, event.message) == ("loaded", "")


windows = st.lists(st.sampled_from([f"窗口{at}" for at in range(9)]), unique=True, min_size=1, max_size=6)
counts = st.one_of(
    st.none(),
    st.integers(0, 10**9).map(str),
    st.sampled_from(["-", "—", "无业务", "1,234", "12件", "3.5万", "０12", "12.50", " 7 ", "007", "1e3", "五", "98%"]),
)


@settings(max_examples=12, deadline=None)
@given(
    rows=windows.flatmap(lambda names: st.tuples(*(st.tuples(st.just(name), *[counts] * 4) for name in names))),
    kind=st.sampled_from(["utf-8", "gb18030", "xlsx"]),
    has_numbers=st.booleans(),
)
def test_whatever_stands_in_a_small_table_raises_no_alarm(
    rows: Sequence[Sequence[str | None]], kind: str, has_numbers: bool
) -> None:
    table = [("2023-04-17", *(cell or "" for cell in row)) for row in rows]
    with TemporaryDirectory() as folder, duckdb.connect() as con:
        home = Settings(home=Path(folder), settle_seconds=0)
        home.inbox.mkdir()
        if kind == "xlsx":
            book = book_of(LABELS, *([_typed(cell) if has_numbers else cell for cell in row] for row in table))
            book.save(home.inbox / "综窗.xlsx")
        else:
            text = io.StringIO()
            csv.writer(text).writerows([[TITLE], [SPAN], LABELS, *table])
            (home.inbox / "综窗.csv").write_bytes(text.getvalue().encode(kind))
        event = load_inbox(make_loader(con, home, CALENDAR, CONTRACTS)).events[0]
    assert event.outcome == "loaded", event.message


def _typed(cell: str) -> object:
    return int(cell) if cell.isascii() and cell.isdecimal() else cell or None
