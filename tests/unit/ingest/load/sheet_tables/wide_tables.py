"""A wide table, loaded from sheets made by hand: what the tests of records and of whole files share."""

from __future__ import annotations

from typing import Any

import duckdb

from pipeline.contracts.model import Contract
from pipeline.ingest.cells.code_lists import CodeLists
from pipeline.ingest.cells.dates import Context
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.load.incoming import open_incoming
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.load.sheet_tables.sheet_rows import load_sheets
from pipeline.ingest.sheets.sheet import Sheet

Cells = list[str | None]
TYPES = {"year": "integer", "month": "string", "week": "string", "date": "date"}


def wide_contract(labels: str = "year", **changes: Any) -> Contract:
    """区域 beside columns of labels, the cells below which are 件数; 受理 may stand below a label, too."""
    when: dict[str, Any] = {"name": "period", "title": "时间", "type": TYPES.get(labels, "string")}
    if labels not in TYPES:
        when["codes"] = labels
    plain: dict[str, Any] = {
        "name": "wide", "title": "分地区统计表", "version": 1, "delivery": {"kind": "snapshot"},
        "unpivot": {"labels": labels, "into": "period", "value": "cases"},
        "primary_key": ["region", "period"],
        "fields": [
            {"name": "region", "title": "地区", "constraints": {"required": True}},
            when,
            {"name": "cases", "title": "件数", "type": "integer", "unit": "件"},
            {"name": "accepted", "title": "受理", "type": "integer"},
        ],
    }  # fmt: skip
    return Contract.model_validate(plain | changes)


class LoadedWide:
    """What one load of a sheet leaves behind: records by row and label, problems, and the row account."""

    def __init__(
        self, rows: list[Cells], one: Contract, context: Context | None = None, codes: CodeLists | None = None
    ) -> None:
        self.account, self.refusal = Account(), ""
        with duckdb.connect() as con:
            open_incoming(con, one)
            reader = RowReader(one, codes or {}, context or Context(2023), b"key")
            try:
                load_sheets(con, [Sheet("表", rows)], one, reader, self.account, "a.xlsx")
            except RefusedFileError as error:
                self.refusal = str(error)
            self.records = con.execute(
                "SELECT row_no, source_column, region, CAST(period AS VARCHAR), cases FROM incoming ORDER BY ALL"
            ).fetchall()
            self.accepted = con.execute(
                "SELECT region, CAST(period AS VARCHAR), accepted FROM incoming ORDER BY ALL"
            ).fetchall()
            self.problems = con.execute(
                "SELECT row_no, column_name, reason, value FROM cell_problem ORDER BY ALL"
            ).fetchall()

    @property
    def set_aside(self) -> dict[str, int]:
        return {reason: rows for (_, _, reason), rows in sorted(self.account.rows.items())}
