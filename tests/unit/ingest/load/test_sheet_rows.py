"""A workbook's sheets: which count, what their rows add up to, and the two ways of reading that must not differ."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.common.characters import visible
from pipeline.contracts import load_contracts
from pipeline.contracts.model import Contract
from pipeline.ingest.cells.dates import Context
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.load.incoming import open_incoming
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.load.sheet_rows import load_sheets
from pipeline.ingest.sheets import hidden_xlsb, workbook_reader
from pipeline.ingest.sheets.bulk_rows import in_columns
from pipeline.ingest.sheets.number_formats import shows_share
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.sheets.workbook_reader import read_sheets
from pipeline.ingest.tables.header import flatten
from pipeline.settings import PROJECT_ROOT
from tests.unit.ingest.exports import converted

Cell = str | None
NHS = PROJECT_ROOT.parent / "shared/samples/uk-nhs-ae-2022-12/gh548_incorrect_sst_unique_count.xls"


def contract(**changes: Any) -> Contract:
    plain: dict[str, Any] = {
        "name": "demo", "title": "示例", "version": 1, "delivery": {"kind": "weekly"}, "ignored_labels": ["序号"],
        "layout": {"totals": [{"label": "小计", "covers": "group"}, {"label": "合计", "covers": "table"},
                              {"label": "今年累计", "covers": "year"}]},
        "fields": [
            {"name": "department", "title": "部门", "fill_down": True, "codes": "department",
             "constraints": {"required": True}},
            {"name": "item", "title": "事项", "free_text": True},
            {"name": "day", "title": "日期", "type": "date", "on_error": "null_and_flag"},
            {"name": "accepted", "title": "受理", "type": "integer", "unit": "件", "zero_values": ["无业务"],
             "constraints": {"minimum": 0}},
            {"name": "rate", "title": "办结率", "type": "number", "unit": "%"},
            {"name": "person", "title": "经办人", "personal": "hmac"},
        ],
    }  # fmt: skip
    return Contract.model_validate(plain | changes)


DEMO = contract()
CODES = {"department": frozenset({"公安厅", "司法厅", "水利厅"})}
TITLES: list[list[Cell]] = [["示例统计表（2023年第15期）"], ["单位：件"]]
HEADER: list[Cell] = ["部门", "事项", "日期", "受理", "办结率", "经办人"]


class Loaded:
    """What one load leaves behind, in an order that does not depend on how it was read."""

    def __init__(self, sheets: Sequence[Sheet], one: Contract = DEMO) -> None:
        self.account, self.refusal = Account(), ""
        with duckdb.connect() as con:
            open_incoming(con, one)
            reader = RowReader(one, CODES, Context(2023), b"key")
            try:
                load_sheets(con, sheets, one, reader, self.account, "a.xlsx")
            except RefusedFileError as error:
                self.refusal = str(error)
            self.rows = con.execute("SELECT * FROM incoming ORDER BY sheet, row_no").fetchall()
            self.problems = con.execute("SELECT * FROM cell_problem ORDER BY ALL").fetchall()
            self.excluded = con.execute("SELECT * FROM excluded ORDER BY ALL").fetchall()

    @property
    def set_aside(self) -> dict[str, int]:
        return {reason: rows for (_, _, reason), rows in sorted(self.account.rows.items())}

    @property
    def physical(self) -> int:
        return len(self.rows) + len(self.excluded) + self.account.count("set_aside")

    @property
    def outcome(self) -> tuple[object, ...]:
        totals = sorted(self.account.totals, key=repr)
        return self.refusal, self.rows, self.problems, self.excluded, self.account.rows, totals


def load(*rows: list[Cell], **changes: Any) -> Loaded:
    return Loaded([Sheet("表", [*TITLES, HEADER, *rows])], contract(**changes))


texts = st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=6)
CELLS = st.one_of(
    st.none(), texts,
    st.sampled_from(["1", "12", "0", "-3", "1,234", "12.7", "3.5万", "-", "无业务", "12.5%", "1.50", "０１"]),
    st.sampled_from(["98％", "0.125"]),
    st.sampled_from(["\u200b", "\u200b公安厅", "合\u200b计\ufeff", "甲\xad", "1\u200e2", "\u200e其中：网上"]),
    st.sampled_from(["4.2", "2023-04-17 24:00", "2023年4月17日（星期一）", "——", "…", "12千", "5个工作日", "3处"]),
    st.sampled_from(["#0", "×Û´°", "锟斤拷", "怎么??", "5.1E17", "1.0E7"]),
    st.sampled_from(["2023-04-17", "2023-04-17 00:00:00", "2023-04-17 09:05:00", "2023/4/17", "45033", "4月17日"]),
    st.sampled_from(["公安厅", "司法厅", "火星厅", "小计", "合 计", "公安厅小计", "今年累计：", "注：略"]),
    st.sampled_from(["部门", "受理", "事项", " 公安厅 ", "'0101", '="01"', "#REF!", "\ufdd0#N/A", "\ufdd1=A1", "  "]),
    st.sampled_from(["\ufdd2510000202304170000", "　", "13900001111", "510101199001011237", "四川??厅", "5.1E+17"]),
    st.sampled_from(["这一行是一段很长很长的说明文字", "制表人：张三", "2023-02-30", "12件", "其中：网上"]),
)  # fmt: skip
BODIES = st.lists(
    st.one_of(
        st.lists(CELLS, min_size=6, max_size=6),
        st.tuples(
            st.sampled_from(["公安厅", "司法厅", None]), st.sampled_from(["甲", "乙", None]),
            st.sampled_from(["2023-04-17", "2023-04-18 00:00:00", None]), st.integers(0, 99).map(str),
            st.sampled_from(["0.5", "1", None]), st.sampled_from(["张三", None]),
        ).map(list),
        st.just(list(HEADER)), st.just([str(at) for at in range(1, 7)]), st.just([None] * 6),
        st.sampled_from(["小计", "合计", "今年累计"]).map(lambda label: [label, None, None, "5", None, None]),
        st.just(["受理", "部门", "日期", "事项", "办结率", "经办人"]), st.just(["第二张表的标题", *[None] * 5]),
    ),
    max_size=14,
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=BODIES,
    on_error=st.sampled_from(["quarantine_row", "null_and_flag", "refuse_file"]),
    unit=st.sampled_from(["单位：件", "单 位：万件", "单位：万余件", None]),
)
def test_a_sheet_in_columns_gives_what_it_gives_row_by_row(body: list[list[Cell]], on_error: str, unit: Cell) -> None:
    rows: list[list[Cell]] = [
        ["示例统计表", *[None] * 5],
        [unit, *[None] * 5],
        HEADER,
        *body,
        ["公安厅", "x", *[None] * 3, "李四"],
    ]
    rows = [[cell if cell and visible(cell).strip() else None for cell in row] for row in rows]
    one = contract(on_error=on_error)
    by_row, in_bulk = Loaded([Sheet("表", rows)], one), Loaded([Sheet("表", in_columns(rows))], one)
    if by_row.refusal:
        assert in_bulk.refusal == by_row.refusal
        return
    assert in_bulk.outcome == by_row.outcome
    assert by_row.physical == len(rows)


def book(path: Path, **sheets: list[list[Any]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name.removeprefix("hidden_"))
        sheet.sheet_state = "hidden" if name.startswith("hidden_") else "visible"
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def case(department: Cell, accepted: object = "1") -> list[Any]:
    return [department, None, None, accepted, None, None]


def test_a_total_is_compared_whether_it_stands_below_its_rows_or_above_them() -> None:
    below = load(case("公安厅", "3"), case("司法厅", "4"), case("合计", "8"))
    above = load(case("合计", "7"), case("公安厅", "3"), case("司法厅", "4"))
    assert [(one.printed, one.computed) for one in below.account.totals] == [(8, 7)]
    assert [(one.printed, one.computed) for one in above.account.totals] == [(7, 7)]


def test_group_totals_above_their_rows_cover_what_follows() -> None:
    found = load(
        case("甲小计", "3"), case("公安厅", "3"), case("乙小计", "9"), case("司法厅", "4"), case("水利厅", "5")
    )
    assert [(one.printed, one.computed) for one in found.account.totals] == [(3, 3), (9, 9)]


def test_a_vertical_merge_is_filled_down_but_not_through_a_subtotal() -> None:
    found = load(case("公安厅"), case(None), case("小计", "2"), case(None))
    assert [row[2] for row in found.rows] == ["公安厅", "公安厅"]
    assert [(row[2], row[4]) for row in found.excluded] == [(7, "missing_required")]


def test_a_row_that_repeats_a_part_of_another_is_kept_as_evidence_only() -> None:
    found = load(case("公安厅", "3"), case("其中：网上", "2"), case("合计", "3"))
    assert found.set_aside["of_which"] == 1
    assert [(one.covers, one.printed, one.computed) for one in found.account.totals] == [
        ("of_which", 2, None), ("table", 3, 3),
    ]  # fmt: skip


def test_a_scale_in_the_header_counts_and_one_in_the_title_counts_where_the_header_names_none() -> None:
    header: list[Cell] = ["部门", "事项", "日期", "受理（件）", "办结率", "经办人"]
    titled = Loaded([Sheet("表", [["单位：万件"], HEADER, case("公安厅", "3.5"), case("合计", "3.5")])])
    own = Loaded([Sheet("表", [["单位：万件"], header, case("公安厅", "35")])])
    scaled = Loaded(
        [Sheet("表", [[*HEADER[:3], "受理\n(万件)", *HEADER[4:]], case("公安厅", "3.5"), case("司法厅", "-")])]
    )
    assert [row[5] for row in titled.rows] == [35000]
    assert [(one.printed, one.computed) for one in titled.account.totals] == [(35000, 35000)]
    assert titled.rows[0][-1] == {"accepted": "3.5"}, "what was written is kept"
    assert [row[5] for row in own.rows] == [35]
    assert [row[5] for row in scaled.rows] == [35000, None]


def test_a_title_unit_that_scales_something_else_is_a_question() -> None:
    found = Loaded([Sheet("表", [["单位：万人次"], HEADER, case("公安厅", "3")])])
    assert "万人次" in found.refusal and "受理" in found.refusal


def test_a_cell_with_a_scale_of_its_own_is_not_scaled_twice() -> None:
    cells = ["12千", "1.2百", "3.5万", "3.5"]
    found = Loaded([Sheet("表", [["单位：万件"], HEADER, *(case("公安厅", cell) for cell in cells)])])
    assert [row[5] for row in found.rows] == [12000, 120, 35000, 35000]


@pytest.mark.parametrize(
    "line", ["单 位：万件", "单位（万件）", "计量单位：万件", "单位：（万件）", "单位：万 件", "单\u200b位：万件"]
)
def test_a_unit_above_the_table_is_read_as_people_write_it(line: str) -> None:
    assert [row[5] for row in Loaded([Sheet("表", [[line], HEADER, case("公安厅", "3.5")])]).rows] == [35000]


@pytest.mark.parametrize("line", ["单位：万余件", "单位：件（部分为万件）", "单位（以万件计）", "单位：件、千余人"])
def test_a_scale_above_the_table_that_is_no_unit_is_refused(line: str) -> None:
    assert "看不出如何换算" in Loaded([Sheet("表", [[line], HEADER, case("公安厅", "3")])]).refusal


@pytest.mark.parametrize(
    "line", ["单位：万州区政务服务局", "填报单位：百姓办", "承办单位：千岛湖大厅", "单位：件 制表人：万千"]
)
def test_a_name_that_begins_like_a_scale_is_no_unit(line: str) -> None:
    assert [row[5] for row in Loaded([Sheet("表", [[line], HEADER, case("公安厅", "3")])]).rows] == [3]


def test_a_scale_in_the_header_that_is_no_unit_is_refused() -> None:
    header: list[Cell] = ["部门", "事项", "日期", "受理（万余件）", "办结率", "经办人"]
    found = Loaded([Sheet("表", [header, case("公安厅", "3")])])
    assert "“受理（万余件）”写的单位“万余件”看不出如何换算" in found.refusal
    named = Loaded([Sheet("表", [["部门（万人评议）", *HEADER[1:]], case("公安厅", "3")])])
    assert len(named.rows) == 1


def test_a_rate_of_a_formula_or_a_broken_one_costs_no_counts() -> None:
    volume = load_contracts(PROJECT_ROOT / "pipeline" / "contracts")["item_volume"]
    header: list[Cell] = ["部门", "事项类型", "本周受理", "累计受理", "本周办结", "累计办结", "办结率", "比重"]
    rates = ["98.522167488", "98.5221674876847%", "约98%", "#DIV/0!", "98.52", None]
    rows: list[list[Cell]] = [
        ["公安厅", f"类型{at}", "1", "203", "1", "200", rate, None] for at, rate in enumerate(rates)
    ]
    found = Loaded([Sheet("表", [header, *rows])], volume)
    assert [None if row[8] is None else str(row[8]) for row in found.rows] == [
        "98.520000", "98.520000", None, None, "98.520000", None,
    ]  # fmt: skip
    assert found.rows[0][-1] == {"completion_rate_pct": "98.522167488"}
    assert [(row[4], row[-1]) for row in found.problems] == [("not_a_number", "loaded"), ("error_cell", "loaded")]


def test_a_second_table_below_has_its_own_header_and_title() -> None:
    found = load(
        case("公安厅", "1"), case("合计", "1"), [None] * 6, ["第二部分"],
        ["受理", "部门", "日期", "事项", "办结率", "经办人"], ["2", "司法厅", None, None, None, None],
        ["2", "合计", None, None, None, None],
    )  # fmt: skip
    assert [(row[1], row[2], row[5]) for row in found.rows] == [(4, "公安厅", 1), (9, "司法厅", 2)]
    assert found.set_aside == {"blank": 1, "header": 2, "title": 3, "total": 2}
    assert found.physical == 10


def test_a_summary_sheet_by_name_is_compared_and_not_loaded() -> None:
    rows = [case("公安厅", "3")], [case("司法厅", "4")], [case("公安厅", "3"), case("司法厅", "5")]
    found = Loaded([Sheet(name, [HEADER, *body]) for name, body in zip(("一月", "二月", "汇总"), rows, strict=True)])
    assert [(row[0], row[5]) for row in found.rows] == [("一月", 3), ("二月", 4)]
    assert found.account.rows["汇总", "set_aside", "summary_sheet"] == 2
    assert [(one.sheet, one.printed, one.computed) for one in found.account.totals] == [("汇总", 8, 7)]


def test_a_summary_sheet_without_the_word_is_known_by_its_sums() -> None:
    def sheet(name: str, accepted: str, rate: str) -> Sheet:
        return Sheet(name, [HEADER, ["公安厅", None, None, accepted, rate, None]])

    found = Loaded([sheet("全部", "300", "3"), sheet("一月", "100", "1"), sheet("二月", "200", "2")])
    assert {row[0] for row in found.rows} == {"一月", "二月"}
    kept = Loaded([sheet("全部", "3", "3"), sheet("一月", "1", "1"), sheet("二月", "2", "2")])
    assert len(kept.rows) == 3, "so small a sum may be chance"


def test_a_workbook_that_holds_only_a_summary_is_loaded() -> None:
    assert len(Loaded([Sheet("汇总", [HEADER, case("公安厅")])]).rows) == 1


def test_a_hidden_sheet_counts_only_where_no_visible_one_holds_the_table(tmp_path: Path) -> None:
    table = [[*HEADER], case("公安厅", 1)]
    both = list(read_sheets(book(tmp_path / "a.xlsx", 一月=table, hidden_旧=table)))
    alone = list(read_sheets(book(tmp_path / "b.xlsx", 说明=[["说明"]], hidden_旧=table)))
    found = Loaded(both)
    assert [row[0] for row in found.rows] == ["一月"]
    assert found.account.rows["旧", "set_aside", "hidden_sheet"] == 2
    assert [row[0] for row in Loaded(alone).rows] == ["旧"]
    read = contract(layout={"hidden_sheets": "read"})
    assert [row[0] for row in Loaded(both, read).rows] == ["一月", "旧"]


def test_a_sheet_a_department_gives_the_department_where_no_column_does() -> None:
    by_sheet = contract(layout={"sheet_name": "department"})
    found = Loaded(
        [Sheet(name, [HEADER[1:], [None, None, "1", None, None]]) for name in ("公安厅", "司法厅")], by_sheet
    )
    assert [row[2] for row in found.rows] == ["公安厅", "司法厅"]


def odd_book(path: Path) -> Path:
    return book(
        path,
        表=[[*HEADER], ["公安厅", "510000202304170012", None, "=1/0", None, None],
            ["司法厅", 510000202304170011, None, 2], ["水利厅", 123456789012345, None, "=A1+1", None, None]],
    )  # fmt: skip


def test_formulas_without_a_value_and_rounded_identifiers_are_never_silent(tmp_path: Path) -> None:
    found = Loaded(list(read_sheets(odd_book(tmp_path / "a.xlsx"))))
    assert [(row[2], row[3], row[4], row[5]) for row in found.problems] == [
        (2, "accepted", "formula_without_value", "=1/0"),
        (3, "item", "identifier_as_number", "510000202304170000"),
        (4, "accepted", "formula_without_value", "=A1+1"),
    ]
    assert found.physical == 4


def test_a_large_sheet_finds_the_same_odd_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = odd_book(tmp_path / "a.xlsx")
    small = Loaded(list(read_sheets(path)))
    monkeypatch.setattr(workbook_reader, "BULK_ROWS", 0)
    assert Loaded(list(read_sheets(path))).outcome == small.outcome


def share_book(path: Path) -> Path:
    rows = [["公安厅", None, None, 1, 0.985, None], ["司法厅", None, None, 2, 98.5, None],
            ["水利厅", None, None, 3, "98.5%", None], ["公安厅", None, None, 4, 0.985, None]]  # fmt: skip
    made = openpyxl.load_workbook(book(path, 表=[[*HEADER], *rows]))
    for place, code in (("E2", "0.0%"), ("E3", '0.0"%"'), ("E5", "0.00%;[Red]-0.00%")):
        made["表"][place].number_format = code
    made.save(path)
    return path


@pytest.mark.parametrize("rows_in_bulk", [workbook_reader.BULK_ROWS, 0])
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_share_is_the_one_that_its_cell_shows(
    kind: str, rows_in_bulk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_reader, "BULK_ROWS", rows_in_bulk)
    path = share_book(tmp_path / "a.xlsx")
    found = Loaded(list(read_sheets(path if kind == "xlsx" else converted(path, kind, tmp_path))))
    assert [(row[5], float(row[6])) for row in found.rows] == [(1, 98.5), (2, 98.5), (3, 98.5), (4, 98.5)]
    assert found.rows[0][-1] == {"rate": "98.5%"}, "what the cell shows is kept as what was written"


def day_book(path: Path) -> Path:
    windows = [datetime(2023, 3, 1), "3-2", "2023-03-03 00:00:00", None, datetime(2023, 3, 5)]
    rows = [[None, one, "甲", datetime(2023, 4, 17), at, datetime(2023, 3, 1)] for at, one in enumerate(windows)]
    made = openpyxl.load_workbook(book(path, 表=[[None, "窗口", "事项", "日期", "受理", "说明"], *rows]))
    made["表"]["B2"].number_format = 'm"-"d'
    made["表"]["B6"].number_format = "h:mm"
    made.save(path)
    return path


@pytest.mark.parametrize("rows_in_bulk", [workbook_reader.BULK_ROWS, 0])
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_window_that_a_spreadsheet_made_a_day_is_told(
    kind: str, rows_in_bulk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_reader, "BULK_ROWS", rows_in_bulk)
    fields = [
        {"name": "window_name", "title": "窗口", "fill_down": True}, {"name": "item", "title": "事项"},
        {"name": "day", "title": "日期", "type": "date"}, {"name": "accepted", "title": "受理", "type": "integer"},
        {"name": "remark", "title": "说明", "free_text": True},
    ]  # fmt: skip
    path = day_book(tmp_path / "a.xlsx")
    found = Loaded(
        list(read_sheets(path if kind == "xlsx" else converted(path, kind, tmp_path))), contract(fields=fields)
    )
    assert [(row[2], row[3], row[4]) for row in found.problems] == [
        (2, "window_name", "identifier_as_day"), (6, "window_name", "identifier_as_day"),
    ]  # fmt: skip
    assert [row[2] for row in found.rows] == ["3-2", "2023-03-03 00:00:00", "2023-03-03 00:00:00"]
    assert {str(row[6])[:10] for row in found.rows} == {"2023-03-01"}, "prose may name a day"


def test_an_identifier_that_the_file_writes_out_in_full_is_read_exactly(tmp_path: Path) -> None:
    path = odd_book(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert b"5.1000020230417" in sheet, "the writer rounds, as spreadsheets do"
    parts["xl/worksheets/sheet1.xml"] = re.sub(rb"<v>5\.1000020230417\S*?</v>", b"<v>510000202304170011</v>", sheet)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert ("司法厅", "510000202304170011") in [row[2:4] for row in Loaded(list(read_sheets(path))).rows]


def test_serials_count_from_1904_where_the_workbook_says_so() -> None:
    rows: list[list[Cell]] = [HEADER, ["公安厅", None, "45033", "1", None, None]]
    days = [Loaded([Sheet("表", rows, is_1904=is_1904)]).rows[0][4] for is_1904 in (False, True)]
    assert [str(day) for day in days] == ["2023-04-17", "2027-04-18"]


@pytest.mark.parametrize(
    ("on_error", "loaded", "quarantined"), [("quarantine_row", 1, 1), ("null_and_flag", 2, 0), ("refuse_file", 0, 0)]
)
def test_a_bad_cell_does_to_its_row_what_the_contract_says(on_error: str, loaded: int, quarantined: int) -> None:
    found = load(case("公安厅", "12.7"), case("司法厅", "1"), on_error=on_error)
    if on_error == "refuse_file":
        assert "第 4 行“受理”" in found.refusal
        return
    assert (len(found.rows), len(found.excluded), len(found.problems)) == (loaded, quarantined, 1)


def test_thousands_of_formatted_empty_rows_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made = openpyxl.load_workbook(book(path, 表=[[*HEADER], case("公安厅", 1)]))
    for row in range(3, 5000):
        made["表"].cell(row, 1).style = "Percent"
    made.save(path)
    assert Loaded(list(read_sheets(path))).physical == 2


def nhs_contract(header: Sequence[str]) -> Contract:
    """Two identifiers, twelve counts, and nothing of the rest: titles are the flattened header's own."""
    numbers = [{"name": f"n{at}", "title": label, "type": "integer"} for at, label in enumerate(header[2:14])]
    code = {"name": "code", "title": "Code", "constraints": {"required": True}}
    fields = [code, {"name": "system", "title": "System"}]
    return Contract.model_validate(
        {
            "name": "nhs", "title": "A&E", "version": 1, "delivery": {"kind": "weekly"}, "ignored_labels": header[14:],
            "layout": {"totals": [{"label": "-", "covers": "table"}]}, "fields": [*fields, *numbers],
        }
    )  # fmt: skip


@pytest.mark.skipif(not NHS.exists(), reason="the samples are not here")
def test_an_official_workbook_with_its_total_before_the_detail_adds_up() -> None:
    sheet = next(sheet for sheet in read_sheets(NHS) if sheet.name == "System Level Data")
    labels = ["/".join(parts) for parts in flatten(sheet.rows[14:16])]
    found = Loaded([sheet], nhs_contract(labels))
    assert len(found.rows) == 42
    assert [one.printed for one in found.account.totals][:4] == [1437681, 36592, 819806, 2294079]
    assert len(found.account.totals) == 12
    assert all(one.printed == one.computed for one in found.account.totals)
    assert found.physical == len(sheet.rows) == 60


@pytest.mark.skipif(not NHS.exists(), reason="the samples are not here")
def test_error_cells_of_an_xls_are_found() -> None:
    marked = [cell for sheet in read_sheets(NHS) for row in sheet.rows for cell in row if cell and cell[0] == "\ufdd0"]
    assert marked == ["\ufdd0#VALUE!"] * 56


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("kind", ["xls", "ods", "xlsx"])
def test_errors_and_wide_numbers_are_found_in_files_of_another_program(kind: str, tmp_path: Path) -> None:
    row = [None, "公安厅", 510000202304170011, None, "=1/0"]
    made = book(tmp_path / "a.xlsx", 说明=[["略"]], 表=[[None, *HEADER], row])
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(tmp_path / "out"), str(made)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    rows = list(read_sheets(tmp_path / "out" / f"a.{kind}"))[1].rows
    assert rows[1][0] == "公安厅"
    assert [str(cell)[0] for cell in (rows[1][1], rows[1][3])] == ["\ufdd2", "\ufdd0"]
    assert str(rows[1][3])[1:] == "#DIV/0!"


def test_errors_of_an_xlsb_are_found() -> None:
    def record(kind: int, content: bytes) -> bytes:
        return bytes([kind, len(content)]) + content

    def cell(kind: int, column: int, value: bytes) -> bytes:
        return record(kind, struct.pack("<II", column, 0) + value)

    sheet = record(0, struct.pack("<I", 4) + bytes(13)) + cell(7, 1, struct.pack("<I", 0)) + cell(3, 2, bytes([42]))
    sheet += cell(5, 3, struct.pack("<d", 5.1e17)) + cell(11, 4, bytes([7]) + bytes(10))
    found = hidden_xlsb._search_xlsb_sheet(sheet)
    assert found.silent.cells == {(4, 2): "\ufdd0#N/A", (4, 4): "\ufdd0#DIV/0!"}
    assert found.wide.cells == {(4, 3): "\ufdd2510000000000000000"}
    assert found.silent.first_column == 1


def test_shares_of_an_xlsb_are_found() -> None:
    def record(kind: int, content: bytes) -> bytes:
        number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        return number + bytes([len(content)]) + content

    code = "0.0%".encode("utf-16-le")
    styles = record(44, struct.pack("<HI", 164, 4) + code) + record(47, struct.pack("<HH", 0, 164))
    styles += record(617, b"") + record(47, bytes(4)) + record(47, struct.pack("<HH", 0, 164)) + record(618, b"")
    sheet = record(0, struct.pack("<I", 1)) + record(5, struct.pack("<IId", 2, 1, 0.985))
    sheet += record(5, struct.pack("<IId", 3, 0, 0.985))
    found = hidden_xlsb._search_xlsb_sheet(sheet, hidden_xlsb._xlsb_styles(styles))
    assert found.silent.cells == {(1, 2): "98.5%"}


@pytest.mark.parametrize(
    ("code", "is_share"),
    [
        ("0%", True), ("0.00%", True), ("0.0%;-0.0%", True), ('0.0%;-0.0%;"-"', True), ("[Red]#,##0.0 %", True),
        ("General", False), ('0.0"%"', False), ("0.0\\%", False), ("0.0%;0.00", False), ("@", False), ("", False),
    ],
)  # fmt: skip
def test_a_format_shows_a_share_by_its_own_sign_only(code: str, is_share: bool) -> None:
    assert shows_share(code) == is_share
