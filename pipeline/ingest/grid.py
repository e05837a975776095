"""Reads the sheets of a workbook as text cells; what the cells mean belongs in layout and values."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.ingest.errors import RefusedFileError

if TYPE_CHECKING:
    import duckdb

_MAX_CELLS = 40_000_000
_DIMENSION = re.compile(rb'<dimension[^>]*ref="([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?"')


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name and its rows from the first physical row on, each a list of texts or None."""

    name: str
    rows: list[list[str | None]]


def read_sheets(path: Path) -> Iterator[Sheet]:
    """The sheets of a workbook in order, hidden ones too, one at a time.

    Raises RefusedFileError where the workbook cannot be opened or a sheet claims more than forty million cells.
    """
    import fastexcel

    _refuse_huge_sheets(path)
    try:
        workbook = fastexcel.read_excel(path)
        for name in workbook.sheet_names:
            yield Sheet(name, _rows(workbook, name))
    except fastexcel.FastExcelError as error:
        raise RefusedFileError(f"工作簿打不开（{_cause(error)}）；请用表格软件打开并另存为 xlsx 后再试") from error


def _rows(workbook: object, name: str) -> list[list[str | None]]:
    sheet = workbook.load_sheet_by_name(name, header_row=None, skip_rows=0, dtypes="string")  # type: ignore[attr-defined]
    if sheet.width == 0 or sheet.height == 0:
        return []
    with _scratch().cursor() as scratch:
        scratch.register("sheet", sheet)
        rows = [list(row) for row in scratch.execute("SELECT * FROM sheet").fetchall()]
        scratch.unregister("sheet")
    while rows and not any(cell and cell.strip() for cell in rows[-1]):
        rows.pop()
    return rows


@cache
def _scratch() -> duckdb.DuckDBPyConnection:
    """One empty in-memory database that turns Arrow cells into Python texts; opening one a sheet costs more."""
    import duckdb

    return duckdb.connect()


def _refuse_huge_sheets(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with archive.open(name) as member:
                    _refuse_huge(member.read(4096))


def _refuse_huge(head: bytes) -> None:
    found = _DIMENSION.search(head)
    if found is None or found[3] is None:
        return
    cells = _column_number(found[3].decode()) * int(found[4])
    if cells > _MAX_CELLS:
        raise RefusedFileError(f"工作表声明了 {cells:,} 个单元格，超过上限；请删除表格下方和右侧的空白格式行列后另存")


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _cause(error: Exception) -> str:
    return str(error).splitlines()[0][:120]
