"""Where a table stands and what each row is."""

from pathlib import Path

import pytest

from pipeline.contracts import load_contracts
from pipeline.contracts.model import Contract
from pipeline.ingest.layout import Row, RowKind, classify, find_header, flatten, label_key
from pipeline.settings import PROJECT_ROOT

CONTRACTS = load_contracts(Path(PROJECT_ROOT / "pipeline" / "contracts"))
VOLUME = CONTRACTS["item_volume"]

SHEET: list[Row] = [
    ["省本级受理办结统计表（2023年第15期）", None, None, None, None, None, None],
    ["单位：件", None, None, None, None, None, None],
    ["序号", "部门", "事项类型", "办件情况", None, None, None],
    [None, None, None, "受理(件)", None, "办结\n(B)", None],
    [None, None, None, "本周", "累计", "本周", "累计"],
    ["1", "2", "3", "4", "5", "6", "7"],
    ["1", "公安厅", "行政许可", "1", "2", "3", "4"],
    [None, None, None, None, None, None, None],
    [None, "小 计", None, "1", "2", "3", "4"],
    ["序号", "部门", "事项类型", "办件情况", None, None, None],
    ["2", "司法厅", "公共服务", "5", "6", "7", "8"],
    ["合  计", None, None, "6", "8", "10", "12"],
    ["注：本表由平台导出。", None, None, None, None, None, None],
]


def names(contract: Contract, rows: list[Row]) -> list[str | None]:
    header = find_header(rows, contract)
    assert header is not None
    return [column.field.name if column.field else None for column in header.columns]


def test_a_three_level_merged_header_is_flattened_and_matched() -> None:
    assert names(VOLUME, SHEET) == [
        None, "department", "power_type", "accepted_week", "accepted_ytd", "completed_week", "completed_ytd",
    ]  # fmt: skip


def test_every_row_is_exactly_one_kind() -> None:
    header = find_header(SHEET, VOLUME)
    assert header is not None
    assert [kind.value for kind in classify(SHEET, header, VOLUME)] == [
        "title", "title", "header", "header", "header", "numbering", "data", "blank", "total", "repeated_header",
        "data", "total", "note",
    ]  # fmt: skip


def test_a_label_spans_the_blanks_to_its_right_but_not_beyond_its_parent() -> None:
    assert flatten([["甲", None, "乙", None], ["一", None, "二", None], ["x", "y", "x", "y"]]) == [
        ("甲", "一", "x"), ("甲", "一", "y"), ("乙", "二", "x"), ("乙", "二", "y"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["受理(件)", "受 理", "受理（A）", " 受理\n", "受理："])
def test_units_letters_and_blanks_do_not_change_a_header(text: str) -> None:
    assert label_key(text) == "受理"


def test_a_missing_required_column_is_known() -> None:
    rows = [[cell for index, cell in enumerate(row) if index != 1] for row in SHEET]
    header = find_header(rows, VOLUME)
    assert header is not None
    assert not header.is_complete
    assert [field.name for field in header.missing] == ["department"]


def test_a_sheet_of_something_else_has_no_header() -> None:
    assert find_header([["姓名", "成绩"], ["甲", "90"]], VOLUME) is None
    assert find_header([], VOLUME) is None


def test_a_row_of_ones_and_twos_is_data_unless_it_numbers_the_columns() -> None:
    header = find_header(SHEET, VOLUME)
    assert header is not None
    rows = [*SHEET[:5], ["1", "公安厅", "行政许可", "1", "2", "3", "4"]]
    assert classify(rows, header, VOLUME)[-1] is RowKind.DATA
