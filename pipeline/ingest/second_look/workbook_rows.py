"""Reads the sheets of an .xlsx once more from their XML: whole, or blocks of rows of a large one.

Cells are taken as they follow each other, with or without references, repeated or not. Where the styles and the texts
of a workbook stand, `workbook_parts` says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from xml.parsers.expat import ExpatError

from pipeline.ingest.containers.archive import WORKBOOK, ZipArchive, open_zip
from pipeline.ingest.containers.xml_guard import event_parser
from pipeline.ingest.second_look.seen import SeenRow, SeenRows
from pipeline.ingest.second_look.workbook_parts import WorkbookParts, read_workbook_parts

_SMALL = 512 << 10
_BLOCKS = 8
_SAMPLED = 6 << 10
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_LAST_ROW_ENDS = re.compile(rb".*</(?:\w+:)?row\s*>", re.S)
# <row r="12" or <x:row spans="1:9" r='12'
_NUMBERED_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\sr=")
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")  # AB12
_MERGED = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")  # A1:B7
_MOST_MERGED_COLUMNS = 256
_LARGEST_EXPONENT = 308


@dataclass(frozen=True)
class WorkbookReader:
    """An .xlsx or .xlsm file."""

    path: Path

    @cached_property
    def _parts(self) -> WorkbookParts:
        with open_zip(self.path, WORKBOOK) as archive:
            return read_workbook_parts(archive)

    def rows(self, sheet: str, *, is_whole: bool) -> SeenRows | None:
        """Returns the rows of a sheet that is named as the ledger names it; None where there is no such sheet."""
        part = self._parts.sheets.get(sheet)
        if part is None:
            return None
        with open_zip(self.path, WORKBOOK) as archive:
            size = next(member.file_size for member in archive.members if member.filename == part)
            is_small = size <= _SMALL
            events = _Events(self._parts)
            with suppress(ExpatError):
                if is_whole or is_small:
                    events.read(archive.blocks(part, _SMALL))
                else:
                    _read_sample(archive, part, size, events)
        events.leave_merged_cells_alone()
        return SeenRows(events.rows, events.first_column, is_whole=is_whole or is_small)


def _read_sample(archive: ZipArchive, part: str, size: int, events: _Events) -> None:
    """Reads some rows of each eighth of a sheet, and its last ones."""
    rows_above = 0
    cut_tag = tail = b""
    for block in archive.blocks(part, size // _BLOCKS + 1):
        joined = cut_tag + block
        _read_rows(joined, rows_above, events)
        rows_above += _count_unnumbered(joined)
        cut_tag = block[-3:]  # <ro|w
        tail = (tail[-_SAMPLED:] + block)[-_SAMPLED:]
    _read_rows(tail, rows_above - _count_unnumbered(tail), events)


def _count_unnumbered(block: bytes) -> int:
    """Counts the rows of a block, where they have no numbers of their own: counting takes as long as unpacking."""
    if _NUMBERED_ROW.search(block):
        return 0
    return block.count(b"<row")


def _read_rows(block: bytes, rows_above: int, events: _Events) -> None:
    """Reads the first whole rows of a block; `rows_above` number those that have no number of their own."""
    begin = _ROW.search(block)
    if begin is None:
        return
    sample = _LAST_ROW_ENDS.match(block[begin.start() : begin.start() + _SAMPLED])
    if sample is None:
        return
    events.row_no = rows_above
    # A prefix needs no declaration here: names are compared without it.
    events.read([b"<sheetData>", sample[0], b"</sheetData>"])


@dataclass
class _Events:
    """Collects the rows of a sheet while expat goes through its XML."""

    parts: WorkbookParts
    rows: list[SeenRow] = field(default_factory=list)
    first_column: int = 1 << 14
    row_no: int = 0
    _cells: dict[int, str | None] = field(default_factory=dict)
    _column: int = -1
    _type: str = "n"
    _style: str = ""
    _text: list[str] = field(default_factory=list)
    _collects: bool = False
    _is_inline: bool = False
    _is_rich: bool = False
    _has_formula: bool = False
    _merged: list[tuple[str, ...]] = field(default_factory=list)

    def read(self, blocks: Iterator[bytes] | list[bytes]) -> None:
        """Goes through the blocks of one document; raises ExpatError where it is no XML."""
        parser = event_parser()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        for block in blocks:
            parser.Parse(block)
        parser.Parse(b"", True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        begin = _BEGINNINGS.get(name.rpartition(":")[2])
        if begin is not None:
            begin(self, attributes)

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local in ("v", "t"):
            self._collects = False
        elif local == "c":
            self._end_cell()
        elif local == "row":
            self.rows.append(SeenRow(self.row_no, self._cells))

    def _characters(self, text: str) -> None:
        if self._collects:
            self._text.append(text)

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        self.row_no = int(number) if number.isdecimal() else self.row_no + 1
        self._cells = {}
        self._column = -1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = _REFERENCE.fullmatch(attributes.get("r", ""))
        self._column = _column_of(reference[1]) if reference else self._column + 1
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "0")
        self._text = []
        self._is_inline = self._is_rich = self._has_formula = False

    def _start_merged(self, attributes: dict[str, str]) -> None:
        merged = _MERGED.fullmatch(attributes.get("ref", ""))
        if merged:
            self._merged.append(merged.groups())

    def leave_merged_cells_alone(self) -> None:
        """Lets nothing be known of the cells that a merged one covers: some readers fill them, others empty them."""
        by_row_no: dict[int, list[dict[int, str | None]]] = {}
        for row in self.rows:
            copied = dict(row.cells)
            by_row_no.setdefault(row.row_no, []).append(copied)
        for left, top, right, bottom in self._merged:
            first = _column_of(left)
            last = min(_column_of(right), first + _MOST_MERGED_COLUMNS)
            first_row_no = int(top)
            last_row_no = min(int(bottom), self.row_no)
            for row_no in range(first_row_no, last_row_no + 1):
                # The first cell of the range holds what the merged cell shows.
                first_covered = first + 1 if row_no == first_row_no else first
                nothing_known = dict.fromkeys(range(first_covered, last + 1))
                for cells in by_row_no.get(row_no, ()):
                    cells.update(nothing_known)
        self.rows = [SeenRow(row_no, cells) for row_no, same in by_row_no.items() for cells in same]

    def _start_text(self, _: dict[str, str]) -> None:
        self._collects = True

    def _start_inline(self, _: dict[str, str]) -> None:
        self._is_inline = True

    def _start_rich(self, _: dict[str, str]) -> None:
        self._is_rich = True

    def _start_formula(self, _: dict[str, str]) -> None:
        self._has_formula = True

    def _end_cell(self) -> None:
        text = "".join(self._text)
        if not text and not self._is_inline:
            # A formula without a value holds something, though nobody knows what.
            if self._has_formula:
                self._cells[self._column] = None
            return
        self.first_column = min(self.first_column, self._column)
        seen = self._seen(text)
        if self._column in self._cells:
            # Two cells in one place: nobody can say which of them counts.
            seen = None
        if seen != "":
            self._cells[self._column] = seen

    def _seen(self, text: str) -> str | None:
        """The text of a cell as people see it; None where that takes more than its value."""
        if self._is_rich:
            return None
        if self._type == "s":
            return self.parts.shared_text(text)
        if self._type in ("str", "inlineStr"):
            has_escapes = "_x" in text
            return None if has_escapes else text
        is_number = self._type == "n"
        if is_number and self._style in self.parts.plain_styles:
            return _number_text(text)
        return None


_BEGINNINGS: dict[str, Callable[[_Events, dict[str, str]], None]] = {
    "row": _Events._start_row,
    "c": _Events._start_cell,
    "v": _Events._start_text,
    "t": _Events._start_text,
    "is": _Events._start_inline,
    "r": _Events._start_rich,
    "rPh": _Events._start_rich,
    "f": _Events._start_formula,
    "mergeCell": _Events._start_merged,
}


def _column_of(letters: str) -> int:
    """Returns 0 for A, 26 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _number_text(raw: str) -> str | None:
    """Writes a number without an exponent and without zeros at its end: 1.2E2 and 120.0 are 120."""
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > _LARGEST_EXPONENT:
        return None
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
