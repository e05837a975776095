"""Reads the charts as sheets: what they and their columns are called, and their rows; `spreadsheets` writes them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.quoting import identifier
from pipeline.release.revisions.masks import PENDING, WithheldCell, shown_cells

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Excel's own limits: 31 characters for the name of a sheet, and none of the characters of the class below in it.
SHEET_CHARACTERS: Final = 31
NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class SheetColumn:
    """A column: its name in the file, what heads it, its unit, and both halves of its meaning."""

    name: str
    heading: str
    unit: str
    meaning_zh: str
    meaning_en: str


@dataclass(frozen=True)
class ChartSheet:
    """A chart table as a sheet: `title` is unique among all and fit for a sheet's name."""

    table: str
    title: str
    description: str
    columns: tuple[SheetColumn, ...]
    rows: tuple[tuple[Any, ...], ...]


def chart_sheets(con: DuckDBPyConnection, database: str) -> list[ChartSheet]:
    """Returns every table of `charts` in the attached published file by name, its rows in the order of the key.

    Reads `docs."table"`, `docs."column"` and `docs."key"` of that file. A cell that the shown revision withholds is the
    words 【待核实】: an empty one would say that nothing was delivered.
    """
    tables = con.execute(
        f"SELECT table_name, description FROM {database}.docs.\"table\" WHERE schema_name = 'charts' ORDER BY 1"
    ).fetchall()
    titles = _unique([_title(description or table) for table, description in tables])
    withheld = shown_cells(con)
    sheets = []
    for title, (table, description) in zip(titles, tables, strict=True):
        columns = _columns(con, database, table)
        rows = con.execute(_query(con, database, table, [column.name for column in columns])).fetchall()
        rows = _with_words(rows, columns, [cell for cell in withheld if cell.table_name == f"charts.{table}"])
        chinese, _, _ = (description or "").partition("\n")
        sheets.append(ChartSheet(table, title, chinese, columns, tuple(rows)))
    return sheets


def _with_words(
    rows: list[tuple[Any, ...]], columns: Sequence[SheetColumn], withheld: Sequence[WithheldCell]
) -> list[tuple[Any, ...]]:
    """Returns the rows with 【待核实】 in the place of every withheld cell."""
    if not withheld:
        return rows
    names = [column.name for column in columns]
    worded = []
    for row in rows:
        by_name = dict(zip(names, row, strict=True))
        pending = {cell.column_name for cell in withheld if cell.is_in(by_name)}
        worded.append(tuple(PENDING if name in pending else value for name, value in by_name.items()))
    return worded


def _columns(con: DuckDBPyConnection, database: str, table: str) -> tuple[SheetColumn, ...]:
    rows = con.execute(
        f'SELECT column_name, label_zh, label_en, unit FROM {database}.docs."column"'
        " WHERE schema_name = 'charts' AND table_name = ? ORDER BY position",
        [table],
    ).fetchall()
    headings = _unique([_heading(label_zh or name) for name, label_zh, _, _ in rows])
    columns = []
    for heading, row in zip(headings, rows, strict=True):
        name, *words = row
        label_zh, label_en, unit = (word or "" for word in words)
        columns.append(SheetColumn(name, heading, unit, label_zh, label_en))
    return tuple(columns)


def _query(con: DuckDBPyConnection, database: str, table: str, columns: Sequence[str]) -> str:
    picks = ", ".join(map(identifier, columns))
    order = row_order(con, database, table, columns)
    return f"SELECT {picks} FROM {database}.charts.{identifier(table)} ORDER BY {order}"


def row_order(con: DuckDBPyConnection, database: str, table: str, columns: Sequence[str]) -> str:
    """Returns the ORDER BY of a chart's rows: by week, then as charts show them, then by the rest of the key.

    Reads `docs."key"` of the attached published file.
    """
    keys = con.execute(
        f"SELECT column_name FROM {database}.docs.\"key\" WHERE schema_name = 'charts' AND table_name = ?"
        " ORDER BY position",
        [table],
    ).fetchall()
    order = [name for name in ("week_id", "sort_order") if name in columns]
    for (key,) in keys:
        if key not in order:
            order.append(key)
    return ", ".join(map(identifier, order)) or "ALL"


def _title(description: str) -> str:
    """窗口办件：咨询、受理，四项互不相比 → 窗口办件, without what Excel forbids in a name."""
    words = re.split("[：，。\n]", description, maxsplit=1)[0]
    return NOT_IN_NAMES.sub("", words)[:SHEET_CHARACTERS]


def _heading(label: str) -> str:
    """部门（单位）：进驻的 → 部门（单位）."""
    return re.split("[：，]", label, maxsplit=1)[0]


def _unique(names: Sequence[str]) -> list[str]:
    """Returns the names, a number behind those that were there before: 办件, 办件 → 办件, 办件 2."""
    times: Counter[str] = Counter()
    unique = []
    for name in names:
        times[name] += 1
        if times[name] == 1:
            unique.append(name)
            continue
        number = f" {times[name]}"
        unique.append(name[: SHEET_CHARACTERS - len(number)] + number)
    return unique
