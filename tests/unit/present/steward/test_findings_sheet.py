"""A sheet of findings offers for each row only what can be chosen there."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import openpyxl
import pytest

from pipeline.present.steward.desk_rows import DeskRow, desk_rows
from pipeline.present.steward.findings_sheet import LIST_CHARACTERS, add_category
from pipeline.quality.schema import create_tables


@pytest.fixture
def row(con: duckdb.DuckDBPyConnection) -> DeskRow:
    create_tables(con)
    first, *_ = desk_rows(con, "2023-03", b"key")
    return first


def lists_of(rows: list[DeskRow], columns: list[dict[str, str]]) -> dict[str, str]:
    book = openpyxl.Workbook()
    add_category(book, "2023-03", "办件", rows, columns)
    rules = book["办件"].data_validations.dataValidation
    return {str(rule.sqref): rule.formula1 for rule in rules if rule.type == "list" and rule.sqref}


def test_a_decision_can_be_taken_back_only_where_there_is_one(row: DeskRow):
    fresh, decided = replace(row, can_withdraw=False), replace(row, can_withdraw=True)
    lists = lists_of([fresh, decided], [{}, {}])
    assert lists["H4"] == '"接受并说明,更正,登记名称,退回,暂缓至,带说明发布,待核实发布,同上"'
    assert lists["H5"] == '"接受并说明,更正,登记名称,退回,暂缓至,带说明发布,待核实发布,同上,撤回"'


def test_what_each_word_does_stands_beside_the_drop_down_and_personal_data_offers_no_word(row: DeskRow):
    book = openpyxl.Workbook()
    add_category(book, "2023-03", "个人信息", [row, replace(row, is_personal=True)], [{}, {}])
    rules = {str(rule.sqref): rule for rule in book["个人信息"].data_validations.dataValidation}
    assert rules["H4"].showInputMessage
    assert "退回：不发布，等更正的报送" in rules["H4"].prompt
    assert len(rules["H4"].prompt) <= LIST_CHARACTERS
    assert rules["H5"].type == "textLength"
    assert "任何处理意见都不能放行" in rules["H5"].error
    assert len(rules["H5"].error) <= LIST_CHARACTERS


def test_rows_of_one_source_share_the_list_of_their_columns(row: DeskRow):
    titles = {"a": "咨询", "b": "受理"}
    lists = lists_of([row, row], [titles, titles])
    (cells,) = [address for address, choices in lists.items() if choices == '"咨询,受理"']
    assert sorted(cells.split()) == ["L4", "L5"]


@pytest.mark.parametrize("titles", [{}, {"a": "甲" * (LIST_CHARACTERS + 1)}, {"a": '含"引号'}])
def test_columns_that_a_list_cannot_hold_are_written_by_hand(row: DeskRow, titles: dict[str, str]):
    assert not [address for address in lists_of([row], [titles]) if address.startswith("L")]
