"""However a program writes a workbook, the same table of values is read to the same rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.ingest.exports import read_sheets
from tests.unit.ingest.sheets.odd_workbooks import Oddity, Table, Value, odd_workbook

TABLE: Table = [
    ["综窗办件周报（2023年第15期）", None, None, None],
    [None, None, None, None],
    ["日期", "窗口名称", "咨询", "比率"],
    [date(2023, 4, 17), "综合窗口1", 12, 0.985],
    [date(2023, 4, 18), "综合窗口2", 510000202304170011, 1.5],
    [None, "甲<乙>&丙", None, -3],
]
ROWS = [
    ["综窗办件周报（2023年第15期）"],
    [],
    ["日期", "窗口名称", "咨询", "比率"],
    ["2023-04-17 00:00:00", "综合窗口1", "12", "0.985"],
    ["2023-04-18 00:00:00", "综合窗口2", "510000202304170011", "1.5"],
    [None, "甲<乙>&丙", None, "-3"],
]
LETTERS = st.text("窗口甲乙厅 <&>a1", min_size=1, max_size=6).filter(lambda text: text.strip() == text)
# The left column is filled: the reader counts columns from the first filled one.
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    LETTERS,
    st.integers(-(10**6), 10**18),
    st.decimals(-1000, 1000, places=2).map(float),
    st.dates(date(1990, 1, 1), date(2040, 12, 31)),
)
TABLES = st.lists(st.tuples(LETTERS, VALUES, VALUES, VALUES), min_size=1, max_size=6)
ODDITIES = st.sets(st.sampled_from(Oddity), max_size=8)


def read(folder: Path, table: Table, oddities: set[Oddity]) -> list[list[str | None]]:
    path = folder / "a.xlsx"
    path.write_bytes(odd_workbook(table, oddities))
    (sheet,) = read_sheets(path)
    # ISO 8601 writes a T between day and time.
    return [[cell and cell.replace("T00:00:00", " 00:00:00") for cell in row] for row in sheet.rows]


def test_the_plain_form_is_read_as_it_stands(tmp_path: Path) -> None:
    assert read(tmp_path, TABLE, set()) == ROWS


@pytest.mark.parametrize("oddity", Oddity)
def test_each_oddity_alone_changes_nothing(oddity: Oddity, tmp_path: Path) -> None:
    assert read(tmp_path, TABLE, {oddity}) == ROWS


def test_texts_whose_number_stands_in_cdata_are_read_though_the_reader_sees_none_of_them(tmp_path: Path) -> None:
    table: Table = [("窗口", "姓名", None, None), ("甲", "乙", None, None)]
    assert read(tmp_path, table, {Oddity.SHARED_TEXTS, Oddity.CDATA}) == [["窗口", "姓名"], ["甲", "乙"]]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=TABLES, oddities=ODDITIES)
def test_no_combination_of_oddities_changes_a_table(
    tmp_path: Path, table: list[tuple[Value, ...]], oddities: set[Oddity]
) -> None:
    assert read(tmp_path, table, oddities) == read(tmp_path, table, set())
