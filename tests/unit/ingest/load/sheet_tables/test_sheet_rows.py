"""A workbook's sheets: which count, what their rows add up to, and the two ways of reading that must not differ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.common.characters import visible
from pipeline.contracts import load_contracts
from pipeline.contracts.model import Contract
from pipeline.ingest.cells.dates import Context
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.load.incoming import open_incoming
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.load.sheet_tables.sheet_rows import load_rows
from pipeline.ingest.sheets.bulk_rows import in_columns
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.headers.header import find_header
from pipeline.ingest.tables.headers.paths import flatten
from pipeline.settings import PROJECT_ROOT
from tests.many_examples import examples
from tests.unit.ingest.demo_form import CODES, DEMO, HEADER, TITLES, Cell, Loaded, book, case, contract, load
from tests.unit.ingest.exports import read_sheets

NHS = PROJECT_ROOT.parent / "shared/samples/uk-nhs-ae-2022-12/gh548_incorrect_sst_unique_count.xls"


texts = st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=6)


CELLS = st.one_of(
    st.none(), texts,
    st.sampled_from(["1", "12", "0", "-3", "1,234", "12.7", "3.5万", "-", "无业务", "12.5%", "1.50", "０１"]),
    st.sampled_from(["98％", "0.125", "93,33", "0,611", "97,205", "12.000", "1.234"]),
    st.sampled_from(["\u200b", "\u200b公安厅", "合\u200b计\ufeff", "甲\xad", "1\u200e2", "\u200e其中：网上"]),
    st.sampled_from(["4.2", "2023-04-17 24:00", "2023年4月17日（星期一）", "——", "…", "12千", "5个工作日", "3处"]),
    st.sampled_from(["#0", "×Û´°", "锟斤拷", "怎么??", "5.1E17", "1.0E7"]),
    st.sampled_from(["2023-04-17", "2023-04-17 00:00:00", "2023-04-17 09:05:00", "2023/4/17", "45033", "4月17日"]),
    st.sampled_from(["公安厅", "司法厅", "火星厅", "小计", "合 计", "公安厅小计", "今年累计：", "注：略"]),
    st.sampled_from(["共计", "上 周", "Total", "各窗口汇总", "全部", "咨询", "停电", "1"]),
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
        st.sampled_from(["共计", "平均"]).map(lambda label: [label, None, None, "5", None, None]),
        st.just(["部门", "咨询", "登记日", "投诉", "回访", None]),
        st.just(["地区", None, "四川", "四川", "四川", None]),
        st.just(["甲", "乙", "丙", "1", "2", "3"]),
        st.just(["受理", "部门", "日期", "事项", "办结率", "经办人"]), st.just(["第二张表的标题", *[None] * 5]),
    ),
    max_size=14,
)  # fmt: skip


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
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


def test_a_long_text_is_read_row_by_row_as_a_single_table_with_its_own_lines() -> None:
    head = [*TITLES, HEADER]
    header = find_header(head, DEMO)
    assert header is not None
    below: list[tuple[int, list[Cell]]] = [
        (4, case("公安厅", "3")),
        (6, case(None, "1.5万")),
        (7, case("合计", "15003")),
        (8, ["注：略"]),
        (9, ["公安厅", None, None, "1"]),
    ]
    account = Account()
    with duckdb.connect() as con:
        open_incoming(con, DEMO)
        load_rows(con, "csv", head, header, below, RowReader(DEMO, CODES, Context(2023), b"key"), account)
        rows = con.execute("SELECT row_no, department, accepted FROM incoming ORDER BY row_no").fetchall()
        problems = con.execute("SELECT row_no, reason FROM cell_problem").fetchall()
    assert rows == [(4, "公安厅", 3), (6, "公安厅", 15_000)]
    assert problems == [(9, "wrong_column_count")]
    assert [(one.row_no, one.printed, one.computed) for one in account.totals] == [(7, 15_003, 15_003)]
    assert {reason: count for (_, _, reason), count in account.rows.items()} == {
        "title": 2, "header": 1, "total": 1, "note": 1,
    }  # fmt: skip


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
