"""Where a table stands and what each row is."""

from pathlib import Path

import pytest

from pipeline.contracts import load_contracts
from pipeline.contracts.labels import label_key
from pipeline.contracts.model import Contract
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.recognise.period import read_heading, scope_of
from pipeline.ingest.tables.find import find_tables, first_title_of, tables_at
from pipeline.ingest.tables.headers.header import find_header
from pipeline.ingest.tables.headers.paths import Row, flatten
from pipeline.ingest.tables.rows import RowKind, classify, kinds_of
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


@pytest.mark.parametrize(
    "text", ["受理(件)", "受 理", "受理（A）", " 受理\n", "受理：", "受理\u200b", "\ufeff受\xad理"]
)
def test_units_letters_and_blanks_do_not_change_a_header(text: str) -> None:
    assert label_key(text) == "受理"


def test_a_missing_required_column_is_known() -> None:
    rows = [[cell for index, cell in enumerate(row) if index != 1] for row in SHEET]
    header = find_header(rows, VOLUME)
    assert header is not None
    assert not header.is_complete
    assert [field.name for field in header.missing if field.constraints.required] == ["department"]


def test_a_sheet_of_something_else_has_no_header() -> None:
    assert find_header([["姓名", "成绩"], ["甲", "90"]], VOLUME) is None
    assert find_header([], VOLUME) is None


def test_a_row_of_ones_and_twos_is_data_unless_it_numbers_the_columns() -> None:
    header = find_header(SHEET, VOLUME)
    assert header is not None
    rows = [*SHEET[:5], ["1", "公安厅", "行政许可", "1", "2", "3", "4"]]
    assert classify(rows, header, VOLUME)[-1] is RowKind.DATA


def test_a_line_of_units_under_the_labels_is_no_part_of_them() -> None:
    rows: list[Row] = [
        ["日期", "窗口名称", "咨询", "受理"],
        [None, None, "人次", "万件"],
        ["2023-04-17", "甲", "1", "2"],
    ]
    header = find_header(rows, CONTRACTS["window_weekly"])
    assert header is not None and header.levels == 2
    assert [(column.field.name, column.scale) for column in header.columns if column.field] == [
        ("report_date", ""), ("window_name", ""), ("consulted", ""), ("accepted", "万"),
    ]  # fmt: skip


def test_a_unit_above_a_merged_label_counts_for_all_columns_below_it() -> None:
    rows: list[Row] = [["部门", "事项类型", "受理（万件）", None], [None, None, "本周", "累计"]]
    header = find_header(rows, VOLUME)
    assert header is not None
    assert [column.scale for column in header.columns] == ["", "", "万", "万"]


@pytest.mark.parametrize(
    ("label", "scale"),
    [("受理（计量单位：万件）", "万"), ("受理（含补录，万件）", "万"), ("受理（万笔）", "万"), ("受理【万件】", "万"),
     ("受理（十万件）", "十万"), ("受理（单位：件）", ""), ("受理（万 件）", "万"), ("受理（百姓窗口）", ""),
     ("受理(A)（万件）", "万")],
)  # fmt: skip
def test_a_unit_is_read_among_other_remarks(label: str, scale: str) -> None:
    header = find_header([["日期", "窗口名称", "咨询", label]], CONTRACTS["window_weekly"])
    assert header is not None
    assert (header.columns[3].scale, header.columns[3].unclear_unit) == (scale, "")


@pytest.mark.parametrize("remark", ["万余件", "以万件计", "含补录，万多件", "件、万元", "3万", "每百件", "十余件"])
def test_a_scale_that_is_no_unit_is_unclear(remark: str) -> None:
    header = find_header([["日期", "窗口名称", "咨询", f"受理（{remark}）"]], CONTRACTS["window_weekly"])
    assert header is not None
    assert header.columns[3].unclear_unit == remark


def test_the_innermost_unit_counts() -> None:
    rows: list[Row] = [
        ["日期", "窗口名称", "办件情况（万件）", None, "其他（件）", None],
        [None, None, "受理（件）", "颁发", "咨询（万人次）", "流转"],
    ]
    header = find_header(rows, CONTRACTS["window_weekly"])
    assert header is not None
    assert [column.scale for column in header.columns] == ["", "", "", "万", "万", ""]


@pytest.mark.parametrize(
    "numbering",
    [["1", "2", "3", "4", "5", "6", "7"], ["(1)", "(2)", "（3）", "(4)", "(5)", "(6)", "(7)"],
     ["甲", "乙", "丙", "1", "2", "3=1+2", "4"], ["栏次", "A", "B", "1", "2", "3", "4"]],
)  # fmt: skip
def test_a_row_that_numbers_the_columns_is_known_in_all_its_forms(numbering: list[str | None]) -> None:
    header = find_header(SHEET, VOLUME)
    assert header is not None
    assert classify([*SHEET[:5], numbering], header, VOLUME)[-1] is RowKind.NUMBERING


@pytest.mark.parametrize(
    ("text", "kind"),
    [("注：口径见通知", "note"), ("制表人：张三", "note"), ("审核人 李四", "note"), ("打印时间：2023-04-24", "note"),
     ("注册登记人员变更", "data"), ("统计局", "data"), ("说明会", "data")],
)  # fmt: skip
def test_only_what_begins_like_a_note_is_one(text: str, kind: str) -> None:
    header = find_header(SHEET, VOLUME)
    assert header is not None
    row: Row = [text, "公安厅", "行政许可", "1", "2", "3", "4"]
    assert classify([*SHEET[:5], row], header, VOLUME)[-1].value == kind


def test_the_lines_of_a_note_go_on_below_it() -> None:
    header = find_header(SHEET, VOLUME)
    assert header is not None
    rows = [*SHEET, ["2. 略", *[None] * 6], ["甲", "公安厅", *[None] * 5]]
    assert [kind.value for kind in classify(rows, header, VOLUME)[-2:]] == ["note", "data"]


def test_the_same_header_again_is_a_repetition_and_under_a_title_another_table() -> None:
    again = [*SHEET, *SHEET[2:5], SHEET[6]]
    titled = [*SHEET[:12], ["二、市州", *[None] * 6], *SHEET[2:5], SHEET[6]]
    assert len(find_tables(again, VOLUME)) == 1
    tables = find_tables(titled, VOLUME)
    assert [(table.first, table.last) for table in tables] == [(0, 12), (12, 17)]


def test_tables_cover_every_row() -> None:
    rows = [*SHEET, [None] * 7, *SHEET]
    tables = find_tables(rows, VOLUME)
    assert len(tables) == 2
    assert sum(len(kinds_of(rows, table, VOLUME)) for table in tables) == len(rows)


@pytest.mark.parametrize(
    ("line", "unit", "sender"),
    [("单位：件", "件", None), ("（单位：万件）", "万件", None), ("计量单位：件、人次", "件、人次", None),
     ("填报单位：公安厅", None, "公安厅"),
     ("填报单位：万源市政务中心 单位：万元", "万元", "万源市政务中心")],
)  # fmt: skip
def test_unit_and_sender_are_read_from_the_title_lines(line: str, unit: str | None, sender: str | None) -> None:
    heading = read_heading(["示例（2023年第15期）", line])
    assert (heading.unit, heading.reporting_unit) == (unit, sender)


def test_a_delivery_a_unit_needs_the_unit() -> None:
    by_unit = VOLUME.model_copy(update={"delivery": VOLUME.delivery.model_copy(update={"scope": "reporting_unit"})})
    assert scope_of(read_heading(["填报单位：公安厅"]), by_unit) == "公安厅"
    assert scope_of(read_heading(["填报单位：公安厅"]), VOLUME) == ""
    with pytest.raises(RefusedFileError, match="填报单位"):
        scope_of(read_heading(["单位：件"]), by_unit)


def test_a_total_is_named_left_of_the_numbers_or_where_nothing_stands_there() -> None:
    fields = [
        {"name": "area", "title": "区划"}, {"name": "year", "title": "年度", "type": "integer"},
        {"name": "department", "title": "部门"}, {"name": "cases", "title": "件数", "type": "integer"},
        {"name": "remark", "title": "备注"},
    ]  # fmt: skip
    contract = Contract.model_validate(
        {"name": "t", "title": "表", "version": 1, "delivery": {"kind": "weekly"}, "fields": fields,
         "layout": {"totals": [{"label": "合计", "covers": "table"}]}}
    )  # fmt: skip
    rows: list[Row] = [
        ["区划", "年度", "部门", "件数", "备注"],
        ["成都", "2023", "公安厅", "1", "已并入合计"],
        [None, None, "合计", "1", None],
        ["合计", None, None, "1", None],
    ]
    header = find_header(rows, contract)
    assert header is not None
    assert [kind.value for kind in classify(rows, header, contract)] == ["header", "data", "total", "total"]


WINDOW_LABELS: Row = ["日期", "窗口名称", "咨询", "受理", "颁发", "流转"]
WINDOW: Row = ["2023-04-17", "甲", "1", "1", "1", "1"]
WINDOWS = CONTRACTS["window_weekly"]


def first_and_last(rows: list[Row], tops: list[int]) -> list[tuple[int, int]]:
    header = find_header(rows[:3], WINDOWS)
    assert header is not None
    return [(table.first, table.last) for table in tables_at(rows, header, WINDOWS, tops)]


def test_a_table_begins_at_the_titles_above_its_header_and_ends_where_the_next_begins() -> None:
    rows = [["综窗周报"], WINDOW_LABELS, WINDOW, [None], ["二、部门窗口"], [None], WINDOW_LABELS, WINDOW]
    assert first_and_last(rows, [6]) == [(0, 4), (4, 8)]
    assert first_and_last(rows, []) == [(0, 8)]


def test_the_same_header_again_without_a_title_begins_no_table_and_another_one_does() -> None:
    other = [*WINDOW_LABELS[:2], "颁发", "受理", "咨询", "流转"]
    assert first_and_last([["综窗周报"], WINDOW_LABELS, WINDOW, WINDOW_LABELS, WINDOW], [3]) == [(0, 5)]
    assert first_and_last([["综窗周报"], WINDOW_LABELS, WINDOW, other, WINDOW], [3]) == [(0, 3), (3, 5)]


def test_a_row_that_is_no_whole_header_begins_no_table() -> None:
    rows = [["综窗周报"], WINDOW_LABELS, WINDOW, ["标题"], ["咨询", "受理"], WINDOW]
    assert first_and_last(rows, [1, 2, 4]) == [(0, 6)]


@pytest.mark.parametrize(
    ("between", "first"),
    [
        ([], 3),
        ([[None]], 4),
        ([["二、部门窗口"], ["单位：件"]], 3),
        ([["二、部门窗口", None, " 二、部门窗口"]], 3),
        ([[None], ["二、部门窗口"], [None]], 4),
        ([["合计", None, "1", "1", "1", "1"], ["二、部门窗口"]], 4),
        ([["注：由平台导出。"], ["二、部门窗口"]], 4),
        ([["合计"]], 4),
        ([["甲", "乙"], ["二、部门窗口"]], 4),
    ],
    ids=["nothing", "blank", "two lines", "merged", "blanks around", "total", "note", "total alone", "two texts"],
)
def test_the_titles_of_a_table_are_the_single_texts_right_above_its_header(between: list[Row], first: int) -> None:
    rows = [["综窗周报"], WINDOW_LABELS, WINDOW, *between, WINDOW_LABELS, WINDOW]
    header = find_header(rows[:3], WINDOWS)
    assert header is not None
    assert first_title_of(rows, 3 + len(between), header, WINDOWS) == first
