"""Reads the sheets of a small .ods once more: texts, and numbers that are shown as they are stored.

The document is held as a whole. Whatever takes more than its words, such as a share, a day, an error or a merged cell,
is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree.ElementTree import Element

from pipeline.ingest.containers.archive import WORKBOOK, open_zip
from pipeline.ingest.containers.xml_guard import whole_xml
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.second_look.seen import SeenRow, SeenRows, plain_number

_CONTENT = "content.xml"
_LARGEST = 4 << 20
# What is repeated more often fills a sheet up to its edge; that is not looked at.
_MOST_REPEATS = 2_000
_NO_COLUMN = 1 << 14
# Letters within these belong to the line around them: <text:p>综合<text:span>窗口</text:span></text:p>
_PARTS_OF_LINES = frozenset({"span", "a"})


@dataclass(frozen=True)
class OpenDocumentReader:
    """An .ods file."""

    path: Path

    @cached_property
    def _sheets(self) -> dict[str, Element]:
        """The sheets by name; none where the document is large or makes no sense."""
        try:
            with open_zip(self.path, WORKBOOK) as archive:
                sizes = [member.file_size for member in archive.members if member.filename == _CONTENT]
                if not sizes or sizes[0] > _LARGEST:
                    return {}
                document = whole_xml(archive.read(_CONTENT))
        except RefusedFileError:
            return {}
        spreadsheets = _all_named(document, "spreadsheet")
        tables = (table for spreadsheet in spreadsheets for table in spreadsheet if _local(table.tag) == "table")
        return {_attribute(table, "name"): table for table in tables}

    def rows(self, sheet: str, *, is_whole: bool) -> SeenRows | None:
        """Returns all rows of a sheet; None where there is no such sheet or it holds a table in a table."""
        table = self._sheets.get(sheet)
        if table is None or len(list(_all_named(table, "table"))) > 1:
            return None
        seen = list(_rows_of(table))
        columns = [min(row.cells) for row in seen if row.cells]
        return SeenRows(seen, min(columns, default=_NO_COLUMN))


def _rows_of(table: Element) -> Iterator[SeenRow]:
    row_no = 0
    for row in _all_named(table, "table-row"):
        times = _times(row, "number-rows-repeated")
        cells = _cells_of(row)
        if cells:
            for place in range(min(times, _MOST_REPEATS)):
                yield SeenRow(row_no + place + 1, cells)
        row_no += times


def _cells_of(row: Element) -> dict[int, str | None]:
    """Returns the cells of a row that hold anything, each in its columns."""
    cells: dict[int, str | None] = {}
    column = 0
    for cell in row:
        times = _times(cell, "number-columns-repeated")
        is_covered = _local(cell.tag) == "covered-table-cell"
        is_filled = bool(_attribute(cell, "value-type")) or bool(_attribute(cell, "formula"))
        if is_filled or is_covered:
            text = None if is_covered else _text_of(cell)
            columns = range(column, column + min(times, _MOST_REPEATS))
            cells.update(dict.fromkeys(columns, text))
        column += times
    return cells


def _text_of(cell: Element) -> str | None:
    """The text of a cell that stands for itself; None of every other."""
    kinds = {value for name, value in cell.attrib.items() if _local(name) == "value-type"}
    lines = [part for part in cell if _local(part.tag) == "p"]
    parts = [part for line in lines for part in line.iter() if part is not line]
    if not all(_local(part.tag) in _PARTS_OF_LINES for part in parts):
        return None
    shown = "\n".join("".join(line.itertext()) for line in lines)
    if kinds == {"string"}:
        return shown
    if kinds == {"float"}:
        stored = _attribute(cell, "value")
        is_shown_as_stored = shown.replace(",", "") == stored
        # 1.2E3 takes more than simple reading.
        return stored if is_shown_as_stored and plain_number(stored) is not None else None
    return None


def _times(element: Element, name: str) -> int:
    written = _attribute(element, name)
    return int(written) if written.isdecimal() else 1


def _all_named(element: Element, name: str) -> Iterator[Element]:
    return (part for part in element.iter() if _local(part.tag) == name)


def _attribute(element: Element, name: str) -> str:
    """The attribute of a name in whatever namespace, '' where there is none."""
    return next((value for key, value in element.attrib.items() if _local(key) == name), "")


def _local(name: str) -> str:
    """`{urn:…:table:1.0}table-row` without its namespace."""
    return name.rpartition("}")[2]
