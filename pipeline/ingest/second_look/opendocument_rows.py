"""Reads the sheets of a small .ods once more: texts, and numbers that are shown as they are stored.

The document is held as a whole. Whatever takes more than its words, such as a share, a day, an error or a merged cell,
is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree.ElementTree import Element

from pipeline.ingest.containers.archive import WORKBOOK, ZipArchive, open_zip
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
        sheets: dict[str, Element] = {}
        document = self._document()
        if document is None:
            return sheets
        for spreadsheet in _named(document.iter(), "spreadsheet"):
            for table in _named(spreadsheet, "table"):
                sheets[_attribute(table, "name")] = table
        return sheets

    def _document(self) -> Element | None:
        """The document; None where it is large or makes no sense."""
        try:
            with open_zip(self.path, WORKBOOK) as archive:
                if not _holds_small_document(archive):
                    return None
                content = archive.read(_CONTENT)
                return whole_xml(content)
        except RefusedFileError:
            return None

    def rows(self, sheet: str, *, is_whole: bool) -> SeenRows | None:
        """Returns all rows of a sheet; None where there is no such sheet or it holds a table in a table."""
        table = self._sheets.get(sheet)
        if table is None:
            return None
        # The first is the table itself.
        tables = _named(table.iter(), "table")
        if len(tables) > 1:
            return None
        seen = list(_rows_of(table))
        columns = [min(row.cells) for row in seen if row.cells]
        return SeenRows(seen, min(columns, default=_NO_COLUMN))


def _holds_small_document(archive: ZipArchive) -> bool:
    """Whether an archive has a document, and one that is small enough to be held as a whole."""
    sizes = [member.file_size for member in archive.members if member.filename == _CONTENT]
    if not sizes:
        return False
    first_size = sizes[0]
    return first_size <= _LARGEST


def _rows_of(table: Element) -> Iterator[SeenRow]:
    row_no = 0
    for row in _named(table.iter(), "table-row"):
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
    lines = _named(cell, "p")
    if not all(map(_holds_only_letters, lines)):
        return None
    shown = "\n".join(map(_letters_of, lines))
    kinds = _kinds_of(cell)
    if kinds == {"string"}:
        return shown
    if kinds == {"float"}:
        return _number_of(cell, shown)
    return None


def _kinds_of(cell: Element) -> set[str]:
    """The kinds of value that a cell says, one for each namespace: office:value-type, calcext:value-type."""
    return {value for name, value in cell.attrib.items() if _local(name) == "value-type"}


def _holds_only_letters(line: Element) -> bool:
    """Whether all that stands in a line are letters; a note or a picture in it is more."""
    _, *parts = line.iter()
    return _PARTS_OF_LINES.issuperset(map(_name_of, parts))


def _letters_of(line: Element) -> str:
    return "".join(line.itertext())


def _number_of(cell: Element, shown: str) -> str | None:
    """The number of a cell that is shown as it is stored; None of every other."""
    stored = _attribute(cell, "value")
    is_shown_as_stored = shown.replace(",", "") == stored
    if not is_shown_as_stored:
        return None
    # 1.2E3 takes more than simple reading.
    is_plain = plain_number(stored) is not None
    return stored if is_plain else None


def _times(element: Element, name: str) -> int:
    written = _attribute(element, name)
    return int(written) if written.isdecimal() else 1


def _named(elements: Iterable[Element], name: str) -> list[Element]:
    return [element for element in elements if _name_of(element) == name]


def _name_of(element: Element) -> str:
    return _local(element.tag)


def _attribute(element: Element, name: str) -> str:
    """The attribute of a name in whatever namespace, '' where there is none."""
    return next((value for key, value in element.attrib.items() if _local(key) == name), "")


def _local(name: str) -> str:
    """`{urn:…:table:1.0}table-row` without its namespace."""
    return name.rpartition("}")[2]
