"""A workbook's sheets: which count, what their rows add up to, and the two ways of reading that must not differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.contracts.model import Contract
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.grid import Sheet, in_columns
from pipeline.ingest.incoming import open_incoming
from pipeline.ingest.ledger import Account
from pipeline.ingest.reading import RowReader
from pipeline.ingest.values import Context
from pipeline.ingest.workbook import load_sheets

Cell = str | None


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
    st.sampled_from(["1", "12", "0", "-3", "1,234", "12.7", "3.5万", "-", "无业务", "12.5%", "0.125", "1.50", "０１"]),
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
    unit=st.sampled_from(["单位：件", "单位：万件", None]),
)
def test_a_sheet_in_columns_gives_what_it_gives_row_by_row(body: list[list[Cell]], on_error: str, unit: Cell) -> None:
    rows: list[list[Cell]] = [
        ["示例统计表", *[None] * 5],
        [unit, *[None] * 5],
        HEADER,
        *body,
        ["公安厅", "x", *[None] * 3, "李四"],
    ]
    rows = [[cell if cell and cell.strip() else None for cell in row] for row in rows]
    one = contract(on_error=on_error)
    by_row, in_bulk = Loaded([Sheet("表", rows)], one), Loaded([Sheet("表", in_columns(rows))], one)
    if by_row.refusal:
        assert in_bulk.refusal == by_row.refusal
        return
    assert in_bulk.outcome == by_row.outcome
    assert by_row.physical == len(rows)
