"""Reads the worksheets of a small Excel 2003 XML document once more: texts, and numbers in plain styles.

The document is held as a whole. One that is not quite XML, such as with a bare &, is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree.ElementTree import Element

from pipeline.ingest.containers.xml_guard import whole_xml
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.second_look.seen import SeenRow, SeenRows, plain_number

_LARGEST = 4 << 20
# Formats that show a number as it is stored, or with separators only.
_PLAIN_FORMATS = frozenset({"", "General", "@", "0", "#,##0", "Standard"})
_SAYS_MORE = frozenset({"Parent", "StrikeThrough"})


@dataclass(frozen=True)
class SpreadsheetmlReader:
    """An Excel 2003 XML document, whatever its file is called."""

    path: Path

    @cached_property
    def _document(self) -> Element | None:
        """The document; None where it is large or no XML."""
        if self.path.stat().st_size > _LARGEST:
            return None
        try:
            return whole_xml(self.path.read_bytes().lstrip())
        except RefusedFileError:
            return None

    def rows(self, sheet: str, *, is_whole: bool) -> SeenRows | None:
        """Returns all rows of a worksheet; None where there is none of the name, or several."""
        if self._document is None:
            return None
        worksheets = [part for part in self._document if _local(part.tag) == "Worksheet"]
        named = [worksheet for worksheet in worksheets if _attribute(worksheet, "Name") == sheet]
        if len(named) != 1:
            return None
        plain_styles = {
            _attribute(style, "ID"): _is_plain(style) for style in self._document.iter() if _local(style.tag) == "Style"
        }
        seen = list(_rows_of(named[0], plain_styles))
        # Its first reader counts columns as the document does.
        return SeenRows(seen)


def _is_plain(style: Element) -> bool:
    """Whether a style shows numbers as they are stored, and strikes nothing out."""
    for part in style.iter():
        names = {_local(name) for name in part.attrib}
        if names & _SAYS_MORE:
            return False
        if _local(part.tag) == "NumberFormat" and _attribute(part, "Format") not in _PLAIN_FORMATS:
            return False
    return True


def _rows_of(worksheet: Element, plain_styles: Mapping[str, bool]) -> Iterator[SeenRow]:
    row_no = 0
    for row in worksheet.iter():
        if _local(row.tag) != "Row":
            continue
        row_no = _place(row, row_no)
        cells = _cells_of(row, plain_styles)
        if cells:
            yield SeenRow(row_no, cells)


def _cells_of(row: Element, plain_styles: Mapping[str, bool]) -> dict[int, str | None]:
    cells: dict[int, str | None] = {}
    column = 0
    for cell in row:
        if _local(cell.tag) != "Cell":
            continue
        column = _place(cell, column)
        style = _attribute(cell, "StyleID") or _attribute(row, "StyleID")
        values = [part for part in cell if _local(part.tag) == "Data"]
        if values:
            is_plain = len(values) == 1 and plain_styles.get(style, not style)
            text = _text_of(values[0]) if is_plain else None
            if text != "":
                cells[column - 1] = text
        across = _attribute(cell, "MergeAcross")
        column += int(across) if across.isdecimal() else 0
    return cells


def _text_of(value: Element) -> str | None:
    """The text of a value that stands for itself; None of a day, a yes or no, an error and a text of several looks."""
    if len(value):
        return None
    text = value.text or ""
    kind = _attribute(value, "Type")
    if kind == "String":
        return text
    # 1.2E3 takes more than simple reading.
    is_plain_numeral = kind == "Number" and plain_number(text) is not None
    return text if is_plain_numeral else None


def _place(element: Element, before: int) -> int:
    """The 1-based row or column: the one that the element names, else the next after the one `before` it."""
    index = _attribute(element, "Index")
    number = int(index) if index.isdecimal() else 0
    return max(number, before + 1)


def _attribute(element: Element, name: str) -> str:
    """The attribute of a name in whatever namespace, '' where there is none."""
    return next((value for key, value in element.attrib.items() if _local(key) == name), "")


def _local(name: str) -> str:
    """`{urn:…:spreadsheet}Row` without its namespace."""
    return name.rpartition("}")[2]
