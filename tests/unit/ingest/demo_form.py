"""A small form, loaded from sheets made by hand: what the tests of loading and of reading workbooks share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import openpyxl

from pipeline.contracts.model import Contract
from pipeline.ingest.cells.dates import Context
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.load.incoming import open_incoming
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.load.sheet_tables.sheet_rows import load_sheets
from pipeline.ingest.sheets.sheet import Sheet

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
