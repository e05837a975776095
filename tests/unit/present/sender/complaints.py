"""A small register of complaints with persons in it, as sheets, as a workbook and as an export that was recognised."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl

from pipeline.contracts import Contract
from pipeline.ingest.containers.container import Container
from pipeline.ingest.recognise.match import Recognised
from pipeline.ingest.recognise.period import Heading
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.csv_table import find_table
from pipeline.present.sender.problems import Problem, ReturnedDelivery
from pipeline.reporting_calendar import load_calendar

CONTRACT = Contract.model_validate(
    {
        "name": "complaint",
        "title": "投诉登记",
        "version": 1,
        "delivery": {"kind": "weekly"},
        "primaryKey": ["complaint_no"],
        "layout": {"totals": [{"label": "合计", "covers": "table"}]},
        "fields": [
            {"name": "complaint_no", "title": "登记编号", "constraints": {"required": True}},
            {"name": "caller", "title": "来电人", "personal": "drop"},
            {"name": "words", "title": "诉求", "freeText": True},
            {"name": "cases", "title": "件数", "type": "integer"},
        ],
    }
)
TITLE = "投诉登记表（2023年第15期）"
LABELS = ["序号", "登记编号", "来电人", "诉求", "件数"]
Row = list[str | None]
TABLE: list[Row] = [
    [TITLE, None, None, None, None],
    [*LABELS],
    ["1", "T-7", "张三丰", "请尽快办理", "2"],
    ["2", "T-8", "李小红", "电话13900001234", "一百"],
]


def problem(row_no: int, column: str, value: str | None, message: str, sheet: str = "表一") -> Problem:
    return Problem(sheet, row_no, column, value, message)


BAD_COUNT = problem(4, "cases", "一百", "“一百”不是整数；请改为整数")


def delivery(*problems: Problem, count: int | None = None, file_name: str = "投诉.xlsx") -> ReturnedDelivery:
    number = len(problems) if count is None else count
    return ReturnedDelivery("d1", "complaint", file_name, "2023-15", problems, number)


def export(
    *sheets: Sheet, path: Path = Path("投诉.xlsx"), container: Container = Container.XLSX, text: str = ""
) -> Recognised:
    """The recognised export; `text` is its table where it is a CSV."""
    return Recognised(
        path=path,
        container=container,
        contract=CONTRACT,
        heading=Heading(),
        week=load_calendar().week("2023-15"),
        encoding="utf-8" if text else "",
        csv_table=find_table(text, CONTRACT) if text else None,
        sheets=sheets,
    )


def workbook(path: Path, rows: Sequence[Sequence[object]], name: str = "表一") -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path
