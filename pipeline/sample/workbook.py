"""How a made-up export looks on a sheet: banners, merged headers, formats, borders; what it says does not.

The same content gives the same bytes: openpyxl's clock is taken out of the archive when it is saved.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.sample.calibration import LABEL

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | None
HeaderPath = tuple[str, ...]
SheetEdit = Callable[["Workbook"], None]

PROVIDER: Final = "四川省政府政务服务和公共资源交易服务中心"
_ZIP_TIME: Final = (2023, 4, 24, 9, 12, 32)
_CORE: Final = "docProps/core.xml"
_CLOCK: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:(?:created|modified)>)")


class SheetWriter:
    """Writes one sheet from the top down; columns are given by the header's paths, the leaf last."""

    def __init__(self, sheet: Worksheet, widths: Sequence[int]) -> None:
        from openpyxl.styles import Alignment, Border, Font, Side
        from openpyxl.utils import get_column_letter

        self.sheet, self.columns, self.row = sheet, len(widths), 0
        side = Side(style="thin")
        boxed = {"border": Border(left=side, right=side, top=side, bottom=side)}
        centred = {"alignment": Alignment(horizontal="center", vertical="center", wrap_text=True)}
        bold = {"font": Font(name="宋体", bold=True)}
        self._title = self._style(centred | {"font": Font(name="宋体", size=16, bold=True)})
        self._text, self._number = self._style(boxed), self._style(boxed | {"number_format": "#,##0"})
        self._shared, self._label = self._style(boxed | centred), self._style(boxed | centred | bold)
        for i, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(i)].width = width

    def _style(self, parts: dict[str, Any]) -> Any:
        """openpyxl's compact form of a style: setting fonts and borders cell by cell takes most of the time."""
        from openpyxl.cell.cell import Cell

        cell = Cell(self.sheet, row=1, column=1)
        for name, part in parts.items():
            setattr(cell, name, part)
        return cell._style

    def title(self, text: str) -> None:
        """A merged, centred title over all columns."""
        self._banner(text)._style = self._title

    def banner(self, text: str) -> None:
        """A merged line over all columns: unit, period, provider, note."""
        self._banner(text)

    def header(self, paths: Sequence[HeaderPath]) -> None:
        """A header of one to three levels; equal beginnings are merged, short paths reach down."""
        depth = max(map(len, paths))
        top = self.row + 1
        for level in range(depth):
            for first, last in _spans(paths, level):
                is_leaf = len(paths[first]) == level + 1
                bottom = top + depth - 1 if is_leaf else top + level
                self._block(top + level, first + 1, bottom, last + 1, paths[first][level])
        self.row += depth

    def numbering(self) -> None:
        """The row 1 2 3 … that some forms print under the header."""
        self.values(list(range(1, self.columns + 1)))

    def values(self, values: Sequence[Value]) -> int:
        """A bordered row; returns its number. Whole numbers show thousands separators by format."""
        self.row += 1
        for column, value in enumerate(values, start=1):
            cell = self.sheet.cell(self.row, column, value)
            cell._style = self._number if isinstance(value, int) else self._text
        return self.row

    def total(self, label: str, values: Sequence[Value], span: int) -> None:
        """A row whose label is merged over the first `span` columns: 小计, 合计, 今年累计."""
        row = self.values([label, *[None] * (span - 1), *values])
        if span > 1:
            self.sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=span)
        self.sheet.cell(row, 1)._style = self._label

    def merge_down(self, column: int, first_row: int, last_row: int) -> None:
        """Merge a column over rows that share its value, as people do by hand."""
        if last_row > first_row:
            self.sheet.merge_cells(start_row=first_row, start_column=column, end_row=last_row, end_column=column)
        self.sheet.cell(first_row, column)._style = self._shared

    def _banner(self, text: str) -> Cell:
        self.row += 1
        cell: Cell = self.sheet.cell(self.row, 1, text)
        if self.columns > 1:
            self.sheet.merge_cells(start_row=self.row, start_column=1, end_row=self.row, end_column=self.columns)
        return cell

    def _block(self, top: int, left: int, bottom: int, right: int, text: str) -> None:
        self.sheet.cell(top, left, text)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                self.sheet.cell(row, column)._style = self._label
        if (top, left) != (bottom, right):
            self.sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)


def _spans(paths: Sequence[HeaderPath], level: int) -> list[tuple[int, int]]:
    """Runs of neighbouring columns that share their path down to this level."""
    spans: list[tuple[int, int]] = []
    for i, path in enumerate(paths):
        if len(path) <= level:
            continue
        if spans and spans[-1][1] == i - 1 and paths[i - 1][: level + 1] == path[: level + 1]:
            spans[-1] = (spans[-1][0], i)
        else:
            spans.append((i, i))
    return spans


def new_workbook(sheet_name: str) -> tuple[Workbook, Worksheet]:
    """A workbook with one empty sheet."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = sheet_name
    return book, sheet


def preamble(writer: SheetWriter, title: str, period: str, exported: datetime, unit: str = "") -> None:
    """Title, provider with period and unit, and the export time with the words that say what this is."""
    writer.title(title)
    unit_text = f"    单位：{unit}" if unit else ""
    writer.banner(f"填报单位：{PROVIDER}    统计时间：{period}{unit_text}")
    writer.banner(f"导出时间：{exported:%Y-%m-%d %H:%M:%S}    {LABEL}")


def save(book: Workbook, path: Path, edits: Sequence[SheetEdit] = ()) -> None:
    """Write the workbook, after the planted defects, so that its bytes depend on its content alone."""
    for edit in edits:
        edit(book)
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, _ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            content = source.read(name)
            if name == _CORE:
                content = _CLOCK.sub(rb"\g<1>2023-04-24T01:12:33Z\g<3>", content)
            target.writestr(info, content)
