"""Finds in .ods what its reader keeps silent about, as hidden_xlsx does in .xlsx."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from xml.parsers import expat

from pipeline.ingest.sheets.hidden_values import Book, Found
from pipeline.ingest.sheets.number_formats import Styles

# An OpenDocument cell says itself what it shows, whatever its style is called.
_ODS_SHARE, _ODS_DAY = 0, 1
_DURATION = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]0+)?S")
_ODS_STYLES = Styles(shares=frozenset({_ODS_SHARE}), days=frozenset({_ODS_DAY}))


class _OdsCells:
    """Walks the cells of an OpenDocument file and notes its errors, whose text stands in the cell, and wide numbers."""

    def __init__(self) -> None:
        self.book, self.found = Book(), Found()
        self.row = self.column = self.columns = self.rows = 0
        self.error: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "table":
            self.found = self.book.sheets.setdefault(attributes.get("table:name", ""), Found(styles=_ODS_STYLES))
            self.row = 0
        elif local == "table-row":
            self.column, self.rows = 0, int(attributes.get("table:number-rows-repeated", 1))
        elif local in ("table-cell", "covered-table-cell"):
            self.columns = int(attributes.get("table:number-columns-repeated", 1))
            kind = attributes.get("calcext:value-type") or attributes.get("office:value-type")
            self.error = [] if kind == "error" else None
            if kind in ("float", "percentage", "currency"):
                style = _ODS_SHARE if kind == "percentage" else -1
                self._note(number=float(attributes.get("office:value", "0")), style=style)
            elif kind in ("date", "time"):
                self._note(number=0, style=_ODS_DAY)
                self._note_time(attributes.get("office:time-value", "") if kind == "time" else "")
            elif kind:
                self.found.first_column = min(self.found.first_column, self.column)

    def _note_time(self, written: str) -> None:
        """A time of day or a duration, which the reader leaves empty."""
        if written:
            parts = _DURATION.fullmatch(written)
            text = ":".join(part.zfill(2) for part in parts.groups()) if parts else written
            self.found.silent.cells.update(dict.fromkeys(self._places(), text))

    def text(self, text: str) -> None:
        if self.error is not None:
            self.error.append(text)

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local in ("table-cell", "covered-table-cell"):
            if self.error is not None:
                self._note(error="".join(self.error) or "#ERROR!")
            self.column += self.columns
            self.error = None
        elif local == "table-row":
            self.row += self.rows

    def _note(self, number: float | None = None, error: str | None = None, style: int = -1) -> None:
        for row, column in self._places():
            self.found.note(row, column, number, error, style)

    def _places(self) -> Iterator[tuple[int, int]]:
        """Where the cell stands: written once, it may be repeated over columns and rows."""
        for row in range(self.row, self.row + min(self.rows, 1000)):
            for column in range(self.column, self.column + min(self.columns, 1000)):
                yield row, column


def search_ods(archive: zipfile.ZipFile) -> Book:
    """Searches the content of an .ods for errors, rates and days that its reader tells wrongly."""
    cells, parser = _OdsCells(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = cells.start, cells.end
    parser.CharacterDataHandler = cells.text
    with archive.open("content.xml") as member:
        while block := member.read(1 << 20):
            parser.Parse(block)
    for found in cells.book.sheets.values():
        found.placed()
    return cells.book
