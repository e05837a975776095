"""Reads the worksheets of a small Excel 2003 XML document once more: texts, and numbers in plain styles.

The document is held as a whole. One that is not quite XML, such as with a bare &, is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
        worksheets = _named(self._document, "Worksheet")
        of_this_name = [worksheet for worksheet in worksheets if _attribute(worksheet, "Name") == sheet]
        if len(of_this_name) != 1:
            return None
        worksheet = of_this_name[0]
        plain_styles = _plain_styles_of(self._document)
        seen = list(_rows_of(worksheet, plain_styles))
        # Its first reader counts columns as the document does.
        return SeenRows(seen)


def _plain_styles_of(document: Element) -> dict[str, bool]:
    """Says of each style of a document, by its ID, whether it is plain."""
    styles = _named(document.iter(), "Style")
    return {_attribute(style, "ID"): _is_plain(style) for style in styles}


def _is_plain(style: Element) -> bool:
    """Whether a style shows numbers as they are stored, and strikes nothing out."""
    parts = list(style.iter())
    if any(map(_says_more, parts)):
        return False
    formats = _named(parts, "NumberFormat")
    return all(map(_is_plain_format, formats))


def _says_more(part: Element) -> bool:
    return not _SAYS_MORE.isdisjoint(map(_local, part.attrib))


def _is_plain_format(number_format: Element) -> bool:
    return _attribute(number_format, "Format") in _PLAIN_FORMATS


def _rows_of(worksheet: Element, plain_styles: Mapping[str, bool]) -> Iterator[SeenRow]:
    row_no = 0
    for row in _named(worksheet.iter(), "Row"):
        row_no = _place(row, row_no)
        cells = _cells_of(row, plain_styles)
        if cells:
            yield SeenRow(row_no, cells)


def _cells_of(row: Element, plain_styles: Mapping[str, bool]) -> dict[int, str | None]:
    cells: dict[int, str | None] = {}
    column = 0
    for cell in _named(row, "Cell"):
        column = _place(cell, column)
        style = _attribute(cell, "StyleID") or _attribute(row, "StyleID")
        # A cell without a style is plain; one of an unknown style is not.
        is_plain = plain_styles.get(style, not style)
        text = _text_of_cell(cell, is_plain)
        if text != "":
            cells[column - 1] = text
        across = _attribute(cell, "MergeAcross")
        column += int(across) if across.isdecimal() else 0
    return cells


def _text_of_cell(cell: Element, is_plain: bool) -> str | None:
    """The text of a cell, "" of one without a value; None where that takes more than its value."""
    values = _named(cell, "Data")
    if not values:
        return ""
    is_only_value = len(values) == 1
    if is_only_value and is_plain:
        return _text_of(values[0])
    return None


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


def _named(elements: Iterable[Element], name: str) -> list[Element]:
    return [element for element in elements if _local(element.tag) == name]


def _attribute(element: Element, name: str) -> str:
    """The attribute of a name in whatever namespace, '' where there is none."""
    return next((value for key, value in element.attrib.items() if _local(key) == name), "")


def _local(name: str) -> str:
    """`{urn:…:spreadsheet}Row` without its namespace."""
    return name.rpartition("}")[2]
