"""Finds in .ods what its reader keeps silent about; `xlsx` beside this does it for .xlsx."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from pipeline.ingest.containers.archive import WORKBOOK, open_zip
from pipeline.ingest.containers.xml_guard import event_parser
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.sheets.hidden.values import OddSheet, SearchedBook
from pipeline.ingest.sheets.number_formats import Styles
from pipeline.ingest.sheets.sheet import MergedRange

_CONTENT = "content.xml"
_BLOCK = 1 << 20
_CELLS = frozenset({"table-cell", "covered-table-cell"})
_NUMBERS = frozenset({"float", "percentage", "currency"})
# A cell says itself what it shows, whatever its style is called; these numbers stand for what a style would say.
_AS_NUMBER, _AS_SHARE, _AS_DAY = -1, 0, 1
_STYLES = Styles(shares=frozenset({_AS_SHARE}), days=frozenset({_AS_DAY}))
# PT09H05M00S, PT26H00M00,000S : an ISO 8601 duration without a part of a second.
_DURATION = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]0+)?S")
# A cell that says that it is repeated to the end of the sheet is noted so often at most, each way.
_MOST_REPEATS = 1000


class _OdsSearch:
    """Walks the cells of an OpenDocument file and notes errors, whose text stands in the cell, shares and days."""

    def __init__(self) -> None:
        self.book = SearchedBook()
        self._sheet = OddSheet()
        self._row = self._column = 0
        self._row_repeats = self._column_repeats = 0
        self._error_text: list[str] | None = None
        self._is_in_comment = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begins a sheet, a row, a cell or the comment on one."""
        local = name.rpartition(":")[2]
        if local in _CELLS:
            self._begin_cell(attributes)
        elif local == "table-row":
            self._column = 0
            self._row_repeats = int(attributes.get("table:number-rows-repeated", 1))
            if attributes.get("table:visibility", "visible") != "visible":
                self._sheet.hidden_rows.update(range(self._row, self._row + min(self._row_repeats, _MOST_REPEATS)))
        elif local == "annotation":
            self._is_in_comment = True
        elif local == "table":
            sheet_name = attributes.get("table:name", "")
            self._sheet = self.book.sheets.setdefault(sheet_name, OddSheet(styles=_STYLES))
            self._row = 0

    def text(self, text: str) -> None:
        """Takes in the characters of a cell, which say which error it shows; a comment and its author do not."""
        if self._error_text is not None and not self._is_in_comment:
            self._error_text.append(text)

    def end(self, name: str) -> None:
        """Finishes a cell, a comment or a row."""
        local = name.rpartition(":")[2]
        if local in _CELLS:
            self._end_cell()
        elif local == "annotation":
            self._is_in_comment = False
        elif local == "table-row":
            self._row += self._row_repeats

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._column_repeats = int(attributes.get("table:number-columns-repeated", 1))
        # LibreOffice writes office:value-type="string" beside calcext:value-type="error".
        kind = attributes.get("calcext:value-type") or attributes.get("office:value-type")
        self._error_text = [] if kind == "error" else None
        self._note_merged(attributes)
        if kind in _NUMBERS:
            style = _AS_SHARE if kind == "percentage" else _AS_NUMBER
            self._note_number(float(attributes.get("office:value", "0")), style)
        elif kind == "date":
            self._note_number(0, _AS_DAY)
        elif kind == "time":
            self._note_number(0, _AS_DAY)
            self._note_time(attributes.get("office:time-value", ""))
        elif kind:
            self._sheet.note_filled(self._column)

    def _end_cell(self) -> None:
        if self._error_text is not None:
            error = "".join(self._error_text) or "#ERROR!"
            for row, column in self._positions():
                self._sheet.note_error(row, column, error)
        self._error_text = None
        self._column += self._column_repeats

    def _note_merged(self, attributes: dict[str, str]) -> None:
        """Notes a cell that is merged: `table:number-rows-spanned="3"`."""
        down = int(attributes.get("table:number-rows-spanned", 1))
        across = int(attributes.get("table:number-columns-spanned", 1))
        if down > 1 or across > 1:
            bottom = self._row + down - 1
            right = self._column + across - 1
            self._sheet.merged.append(MergedRange(self._row, bottom, self._column, right))

    def _note_number(self, number: float, style: int) -> None:
        for row, column in self._positions():
            self._sheet.note_number(row, column, number, style)

    def _note_time(self, written: str) -> None:
        """Notes a time of day or a duration, which the reader leaves empty: `PT9H05M00S` is 09:05:00."""
        if not written:
            return
        duration = _DURATION.fullmatch(written)
        text = ":".join(part.zfill(2) for part in duration.groups()) if duration else written
        for position in self._positions():
            self._sheet.silent.cells[position] = text

    def _positions(self) -> Iterator[tuple[int, int]]:
        """Where the cell stands: written once, it may be repeated over columns and rows."""
        for row in range(self._row, self._row + min(self._row_repeats, _MOST_REPEATS)):
            for column in range(self._column, self._column + min(self._column_repeats, _MOST_REPEATS)):
                yield row, column


def hidden_in_ods(path: Path) -> SearchedBook:
    """Searches the content of an .ods; raises RefusedFileError where it is damaged.

    Of XML that makes no sense nothing is known; its reader refuses it.
    """
    search = _OdsSearch()
    parser = event_parser()
    parser.StartElementHandler = search.start
    parser.EndElementHandler = search.end
    parser.CharacterDataHandler = search.text
    with open_zip(path, WORKBOOK) as archive:
        try:
            for block in archive.blocks(_CONTENT, _BLOCK):
                parser.Parse(block)
        except RefusedFileError:
            raise
        except (expat.ExpatError, LookupError, ValueError):
            return SearchedBook()
    for sheet in search.book.sheets.values():
        sheet.finish()
    return search.book
