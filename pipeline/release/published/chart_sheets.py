"""The charts as sheets: what they and their columns are called, and their rows; writing files is in spreadsheets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.quoting import identifier

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Excel's own limit for the name of a sheet, and what it does not allow in one.
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
    """Every table of `charts` in the attached published file, in the order of names, its rows in the order of the key.

    Reads `docs."table"`, `docs."column"` and `docs."key"` of that file.
    """
    tables = con.execute(
        f"SELECT table_name, description FROM {database}.docs.\"table\" WHERE schema_name = 'charts' ORDER BY 1"
    ).fetchall()
    titles = _unique([_title(description or table) for table, description in tables])
    return [
        ChartSheet(table, title, (description or "").split("\n")[0], *_content(con, database, table))
        for title, (table, description) in zip(titles, tables, strict=True)
    ]


def _content(
    con: DuckDBPyConnection, database: str, table: str
) -> tuple[tuple[SheetColumn, ...], tuple[tuple[Any, ...], ...]]:
    found = con.execute(
        f'SELECT column_name, label_zh, label_en, unit FROM {database}.docs."column"'
        " WHERE schema_name = 'charts' AND table_name = ? ORDER BY position",
        [table],
    ).fetchall()
    headings = _unique([_heading(label or name) for name, label, _, _ in found])
    columns = tuple(
        SheetColumn(name, heading, unit or "", label or "", label_en or "")
        for heading, (name, label, label_en, unit) in zip(headings, found, strict=True)
    )
    return columns, tuple(con.execute(_query(con, database, table, [one.name for one in columns])).fetchall())


def _query(con: DuckDBPyConnection, database: str, table: str, columns: Sequence[str]) -> str:
    keys = con.execute(
        f"SELECT column_name FROM {database}.docs.\"key\" WHERE schema_name = 'charts' AND table_name = ?"
        " ORDER BY position",
        [table],
    ).fetchall()
    order = ["week_id"] if "week_id" in columns else []
    order += ["sort_order"] if "sort_order" in columns else []
    order += [key for (key,) in keys if key not in order]
    ordered = ", ".join(identifier(one) for one in order) or "ALL"
    picks = ", ".join(identifier(one) for one in columns)
    return f"SELECT {picks} FROM {database}.charts.{identifier(table)} ORDER BY {ordered}"


def _title(description: str) -> str:
    words = re.split("[：，。\n]", description, maxsplit=1)[0]
    return NOT_IN_NAMES.sub("", words)[:SHEET_CHARACTERS]


def _heading(label: str) -> str:
    return re.split("[：，]", label, maxsplit=1)[0]


def _unique(names: Sequence[str]) -> list[str]:
    """The names, a number behind those that were there before."""
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        number = f" {seen[name]}" if seen[name] > 1 else ""
        unique.append(f"{name[: SHEET_CHARACTERS - len(number)]}{number}" if number else name)
    return unique
