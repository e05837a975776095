"""The cell that a steward means, and the value that he writes for it."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pytest

from pipeline.contracts import Contract
from pipeline.ingest.cells.code_lists import read_code_lists
from pipeline.quality.desk.cells import (
    Cell,
    LoadedSheet,
    correctable_fields,
    find_cell,
    same_value,
    value_to_read,
)
from pipeline.quality.desk.decisions import DecisionError
from pipeline.quality.findings.places import Place
from pipeline.settings import load_settings

APRIL = Place("巡查.xlsx", "四月", 7, 7, "i1")
BOTH_DAYS = Place("巡查.xlsx", "四月", 7, 8, "i1")


@pytest.mark.parametrize(
    ("row", "day"),
    [
        ("", "2023-04-17"),
        ("8", "2023-04-18"),
        ("第 8 行", "2023-04-18"),
        ("五月!7", "2023-04-19"),
        ("巡查.xlsx！五月！7", "2023-04-19"),
    ],
)
def test_a_row_may_be_named_by_its_number_with_its_sheet_and_file(
    delivered: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract], row: str, day: str
) -> None:
    found = find_cell(delivered, contracts, "2023-15", [APRIL], row, "问题数")
    assert (found.field.name, found.keys) == ("issues", {"inspected_on": day, "inspection_item": "工作纪律"})


@pytest.mark.parametrize(
    ("places", "row", "column", "words"),
    [
        ([BOTH_DAYS], None, "问题数", "没有写明行号"),
        ([], None, "问题数", "没有写明行号"),
        ([APRIL], "七", "问题数", "无法识别"),
        ([APRIL], "1234567890", "问题数", "无法识别"),
        ([APRIL], "甲!巡查.xlsx!四月!7", "问题数", "无法识别"),
        ([APRIL], "巡查.xlsx!7", "问题数", "有 2 张表符合"),
        ([APRIL], "六月!7", "问题数", "有效的报送中是这些表：巡查.xlsx!五月、巡查.xlsx!四月"),
        ([APRIL], "99", "问题数", "没有载入"),
        ([APRIL], "7", None, "没有写明是哪一列；可写：巡查日期"),
        ([APRIL], "7", "天气", "没有这一列"),
    ],
)
def test_what_is_not_clear_is_said_with_what_to_write(
    delivered: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    places: list[Place],
    row: str | None,
    column: str | None,
    words: str,
) -> None:
    with pytest.raises(DecisionError, match=words):
        find_cell(delivered, contracts, "2023-15", places, row, column)


def test_a_cell_and_a_sheet_are_said_as_people_name_them(cell: Cell) -> None:
    assert cell.words == "大厅巡查记录 2023-04-17、工作纪律 的发现问题数"
    assert LoadedSheet("i1", "hall_inspection", "四月", "巡查.xlsx").words == "巡查.xlsx!四月"


def test_a_value_is_read_as_an_export_would_be(cell: Cell) -> None:
    codes = read_code_lists(load_settings().reference)
    assert value_to_read(cell, " 3 ", codes) == "3"
    for text, words in (
        (None, "没有写“更正为”的值"),
        ("三三", "“更正为”写作“三三”"),
        ("13912345678", "不保存个人信息"),
    ):
        with pytest.raises(DecisionError, match=words):
            value_to_read(cell, text, codes)


def test_two_texts_of_one_number_are_the_same_value(delivered: duckdb.DuckDBPyConnection, cell: Cell) -> None:
    assert same_value(delivered, cell.field, "3", "03")
    assert same_value(delivered, cell.field, None, None)
    assert not same_value(delivered, cell.field, "3", "4")


def test_nothing_personal_can_be_corrected(contracts: Mapping[str, Contract]) -> None:
    names = [field.name for field in correctable_fields(contracts["training_log"])]
    assert "trainee" not in names
    assert "session_no" in names
