"""Reads one export into an Arrow table, as a good engineer would who knows how these files look.

The contract gives names and types; where the header stands and which rows are totals is known by heart. Nothing is
counted, refused or kept aside: a file that looks otherwise ends the run.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv
from python_calamine import CalamineWorkbook

Contract = dict[str, Any]
Field = dict[str, Any]

TITLE_ROWS = 3
HEADER_ROWS = {"window_weekly": 2, "item_volume": 3}
# A column 序号 stands before those of the contract.
NUMBERED = frozenset({"item_volume", "department_register"})
TOTALS = frozenset({"小计", "合计", "总计", "累计", "今年累计"})
TRUE_WORDS = frozenset({"是", "采用", "已采用"})
TYPES = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.decimal128(38, 6),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
    "boolean": pa.bool_(),
}
READERS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "integer": lambda text: int(float(text.replace(",", ""))),
    "number": Decimal,
    "date": date.fromisoformat,
    "boolean": lambda text: text in TRUE_WORDS,
}
SALT = b"peers"


@dataclass(frozen=True)
class Export:
    """One file: its rows for the table of its contract, and its row of the table of deliveries."""

    table: str
    rows: pa.Table
    delivery: dict[str, Any]


def read_export(path: Path, contracts: dict[str, Contract], hall_id: str) -> Export:
    """Reads a file whose name begins with the title of its contract: 综窗办件周报_2023-01.xlsx."""
    title, _, _ = path.stem.partition("_")
    contract = next(one for one in contracts.values() if one["title"] == title)
    delivery_id = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    above, rows = _of_csv(path, contract) if path.suffix == ".csv" else _of_workbook(path, contract)
    rows = rows.add_column(0, "delivery_id", pa.array([delivery_id] * len(rows), pa.string()))
    # The spelling of a key that a file writes in two ways; these never do.
    for field in _kept(contract):
        rows = rows.append_column(f"{field['name']}_folded", pa.nulls(len(rows), pa.string()))
    known = {"hall_id": hall_id, "delivery_id": delivery_id, "source": contract["name"], "file_name": path.name}
    return Export(contract["name"], rows, {**known, **_said_above(above), "rows_physical": len(rows)})


def _said_above(text: str) -> dict[str, Any]:
    """Finds （2023年第1期）, 统计时间：2023-01-01 至 2023-01-06 and 导出时间：2023-01-09 09:31:18 in the title."""
    issue = re.search(r"（(\d{4})年第(\d+)期）", text)
    period = re.search(r"统计时间：(\S+) 至 ([\d-]+)", text)
    exported = re.search(r"导出时间：([\d-]+ [\d:]+)", text)
    assert issue and period and exported, text
    week_id = f"{issue[1]}-{int(issue[2]):02}"
    return {
        "week_id": week_id,
        "period_id": week_id,
        "period_start": date.fromisoformat(period[1]),
        "period_end": date.fromisoformat(period[2]),
        "as_of": datetime.fromisoformat(exported[1]),
        "status": "current",
    }


def _kept(contract: Contract) -> list[Field]:
    return [field for field in contract["fields"] if field.get("personal") != "drop"]


def _of_csv(path: Path, contract: Contract) -> tuple[str, pa.Table]:
    """Two lines of title, the header, then a case a line."""
    kept = {field["title"]: field for field in _kept(contract)}
    with path.open(encoding="gb18030") as file:
        above = file.readline() + file.readline()
    table = csv.read_csv(
        path,
        csv.ReadOptions(encoding="gb18030", skip_rows=2),
        convert_options=csv.ConvertOptions(
            column_types={title: _type(field) for title, field in kept.items()},
            include_columns=list(kept),
            timestamp_parsers=["%Y-%m-%d %H:%M:%S"],
            strings_can_be_null=True,
        ),
    )
    table = table.rename_columns([field["name"] for field in kept.values()])
    return above, _placed(table, ["csv"] * len(table), range(4, len(table) + 4))


def _of_workbook(path: Path, contract: Contract) -> tuple[str, pa.Table]:
    """Three rows of title, one to three of header, then rows with totals among them and notes below."""
    workbook = CalamineWorkbook.from_path(str(path))
    first = 1 if contract["name"] in NUMBERED else 0
    fields = contract["fields"]
    above, sheets, row_numbers, records = "", [], [], []
    for sheet in workbook.sheet_names:
        rows = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        above = above or "".join(str(row[0]) for row in rows[:TITLE_ROWS])
        for row_no, cells in _rows_of_data(rows, HEADER_ROWS.get(contract["name"], 1)):
            sheets.append(sheet)
            row_numbers.append(row_no)
            records.append(cells[first : first + len(fields)])
    columns = {}
    for position, field in enumerate(fields):
        if field.get("personal") != "drop":
            cells = [record[position] for record in records]
            columns[field["name"]] = pa.array(list(_values(cells, field)), _type(field))
    return above, _placed(pa.table(columns), sheets, row_numbers)


def _rows_of_data(rows: list[list[Any]], header_rows: int) -> Iterator[tuple[int, list[Any]]]:
    """Leaves out title and header, totals, parts of the row above (其中：跨省通办), notes and the numbering of columns.

    A note is a cell alone in its row, the numbering is 1, 2, 3 …; a total may be written 合  计.
    """
    above = TITLE_ROWS + header_rows
    for row_no, cells in enumerate(rows[above:], start=above + 1):
        is_total = "".join(str(cells[0]).split()) in TOTALS
        is_part = any(str(cell).startswith("其中") for cell in cells)
        is_note = not any(cell != "" for cell in cells[1:])
        is_numbering = cells[:3] == [1, 2, 3]
        if not (is_total or is_part or is_note or is_numbering):
            yield row_no, cells


def _placed(table: pa.Table, sheets: list[str], row_numbers: Any) -> pa.Table:
    table = table.append_column("sheet", pa.array(sheets, pa.string()))
    return table.append_column("row_no", pa.array(row_numbers, pa.int64()))


def _type(field: Field) -> pa.DataType:
    return TYPES[field.get("type", "string")]


def _values(cells: list[Any], field: Field) -> Iterator[Any]:
    """Yields the cells of a column by the type of its field; a merged cell counts for the rows that it spans."""
    before = ""
    zero_words = field.get("zeroValues", ())
    for cell in cells:
        text = str(cell).strip()
        if field.get("fillDown"):
            text = before = text or before
        yield _value(text, field, zero_words)


def _value(text: str, field: Field, zero_words: Any) -> Any:
    if text in {"", "—"}:
        return None
    if field.get("personal") == "hmac":
        return hashlib.blake2b(text.encode(), key=SALT, digest_size=16).hexdigest()
    kind = field.get("type", "string")
    if kind == "integer" and text in zero_words:
        return 0
    return READERS[kind](text)
