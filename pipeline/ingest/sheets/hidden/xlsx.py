"""Finds in an .xlsx workbook's own XML what its reader keeps silent about; what such a cell means, cells say.

Searching begins at a few bytes that odd cells have (`t="e"`, `<f`, a style, sixteen digits) and looks at these cells
only, so that a sheet of a million plain cells costs little more than unzipping it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from pipeline.common.cell_marks import ERROR_MARK, FORMULA_MARK
from pipeline.ingest.containers.archive import WORKBOOK, ZipArchive, open_zip
from pipeline.ingest.sheets.hidden.values import OddCells
from pipeline.ingest.sheets.hidden.xlsx_parts import Parts, read_parts
from pipeline.ingest.sheets.number_formats import NO_STYLES, Styles
from pipeline.ingest.sheets.number_texts import share_text, whole_number

_BLOCK = 4 << 20
_LONGEST_CELL = 16 << 20
_BEYOND_ALL_COLUMNS = 1 << 14

# <c r="B2" s="1" t="e"><v>#N/A</v></c> or <x:c r="B2"/>: attributes (1), end or content (2), content (3)
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(/>|>(.*?)</(?:\w+:)?c>)", re.S)
# What a cell holds that the reader keeps silent about: an error, a formula (<f> or <x:f>).
_SILENT = (b't="e"', b"<f", b":f")
# >510000202304170011< or >5.1E+17< : a value of sixteen digits and more
_WIDE = re.compile(rb">-?\d(?:\d{15}|[\d.]*[eE]\+)")
# r="AB12": the reference of a cell
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
# t="str": the type of a cell; without it a number
_TYPE = re.compile(rb'\bt="(\w+)"')
# s="3": the style of a cell
_STYLE = re.compile(rb'\bs="(\d+)"')
# <v>12</v>
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]*)</")
# <f>A1+1</f>, <f t="shared" si="0"/>
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)</)", re.S)
# A cell with its column that holds a value or a text, perhaps behind a formula: <c r="B2"><f>A1</f><v>1
_FILLED = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})\d+"[^>]*>(?:<(?:\w+:)?f\b.*?(?:</(?:\w+:)?f>|/>))?<(?:\w+:)?(?:v>[^<]|is>)',
    re.S,
)


class XlsxHidden:
    """The hidden values of one .xlsx: a sheet is searched when it is asked for. It is `HiddenValues`."""

    def __init__(self, path: Path) -> None:
        """Reads the list of sheets and the styles; raises RefusedFileError where these parts are damaged."""
        self._path = path
        with open_zip(path, WORKBOOK) as archive:
            self._parts: Parts = read_parts(archive)

    @property
    def is_1904(self) -> bool:
        """Whether serial numbers of days count from 1904."""
        return self._parts.is_1904

    def silent_cells(self, sheet: str) -> OddCells:
        """Errors, formulas without a value, shares. Costs about as much as unzipping, and may run beside the reader."""
        part = self._parts.sheets.get(sheet)
        return _find_silent_cells(self._path, part, self._parts.styles) if part else OddCells()

    def wide_cells(self, sheet: str) -> OddCells:
        """Whole numbers of more than fifteen digits; asked for sheets only where the reader shows such texts."""
        part = self._parts.sheets.get(sheet)
        return _find_wide_cells(self._path, part) if part else OddCells()

    def days(self, sheet: str) -> Mapping[int, frozenset[int]]:
        """The rows, by column, of numbers that are shown as days."""
        part = self._parts.sheets.get(sheet)
        return _find_days(self._path, part, self._parts.styles) if part else {}


@dataclass(slots=True)
class _Cell:
    """One cell of a sheet's XML as bytes: `AB` and `12` of its reference, its attributes and its content."""

    letters: bytes
    number: bytes
    attributes: bytes
    content: bytes

    @property
    def row(self) -> int:
        """Its 0-based row."""
        return int(self.number) - 1

    @property
    def column(self) -> int:
        """Its 0-based column."""
        return _column_number(self.letters.decode()) - 1

    @property
    def kind(self) -> bytes:
        """Its type: `n` a number, `s` a shared text, `str` the text of a formula, `e` an error."""
        kind = _TYPE.search(self.attributes)
        return kind[1] if kind else b"n"

    @property
    def value(self) -> str:
        """Its value as written, '' where it has none."""
        value = _VALUE.search(self.content)
        return unescape(value[1].decode("utf-8", "replace")) if value else ""

    @property
    def style(self) -> int:
        """The number of its style; -1 where it names none."""
        style = _STYLE.search(self.attributes)
        return int(style[1]) if style else -1


def _find_silent_cells(path: Path, part: str, styles: Styles = NO_STYLES) -> OddCells:
    """Finds the errors, formulas without a value and shares of one sheet."""
    shares = [b' s="%d"' % style for style in sorted(styles.shares)]
    needles = (*_SILENT, *shares)
    return _find(path, part, lambda block: _offsets_of(block, needles), lambda cell: _silent_text(cell, styles))


def _find_wide_cells(path: Path, part: str) -> OddCells:
    """Finds the whole numbers of more than fifteen digits of one sheet."""
    return _find(path, part, _offsets_of_wide, _wide_text)


def _find_days(path: Path, part: str, styles: Styles) -> dict[int, frozenset[int]]:
    """Returns the rows, by column, of the cells that show a number as a day or time; 0-based, as the reader counts."""
    if not styles.days:
        return {}
    needles = [b' s="%d"' % style for style in sorted(styles.days)]
    rows_by_column: dict[int, set[int]] = {}
    first_column = _BEYOND_ALL_COLUMNS
    with open_zip(path, WORKBOOK) as archive:
        for block in _blocks(archive, part):
            first_column = min(first_column, _first_column(block))
            for cell in _cells_at(block, _offsets_of(block, needles)):
                # A needle may stand in the tag of a row, and the cell before it then shows no day.
                if cell.style in styles.days and cell.kind == b"n" and cell.value:
                    rows_by_column.setdefault(cell.column, set()).add(cell.row)
    return {column - first_column: frozenset(rows) for column, rows in rows_by_column.items()}


def _find(
    path: Path,
    part: str,
    offsets_of: Callable[[bytes], list[int]],
    text_of: Callable[[_Cell], str | None],
) -> OddCells:
    """Collects the cells at `offsets_of` a block whose `text_of` is not None."""
    odd = OddCells()
    with open_zip(path, WORKBOOK) as archive:
        for block in _blocks(archive, part):
            for cell in _cells_at(block, offsets_of(block)):
                text = text_of(cell)
                if text is not None:
                    odd.cells[cell.row, cell.column] = text
        if odd.cells:
            odd.first_column = min((_first_column(block) for block in _blocks(archive, part)), default=0)
    return odd


def _silent_text(cell: _Cell, styles: Styles) -> str | None:
    """What stands for a cell whose value the reader does not tell; None where the reader tells it."""
    kind, value = cell.kind, cell.value
    if kind == b"e":
        return ERROR_MARK + (value or "#ERROR!")
    formula = _FORMULA.search(cell.content)
    # A formula whose text is empty is calculated: only numbers without a value are not.
    if formula is not None and not value and kind != b"str":
        return FORMULA_MARK + "=" + unescape((formula[1] or b"").decode("utf-8", "replace"))
    if kind == b"n" and cell.style in styles.shares:
        with suppress(ValueError):
            return share_text(float(value))
    return None


def _wide_text(cell: _Cell) -> str | None:
    return whole_number(cell.value) if cell.kind == b"n" else None


def _blocks(archive: ZipArchive, part: str) -> Iterator[bytes]:
    """Yields a sheet's XML in blocks that end with a row, or with a cell where a row is long, so that no cell is cut.

    Where no cell ends for longer than one can be, what was read is no cell, and is let go.
    """
    rest = b""
    for fresh in archive.blocks(part, _BLOCK):
        block = rest + fresh
        end = max(_end_of(block, b"</row>"), _end_of(block, b"</c>"), _end_of(block, b":c>"))
        if end:
            yield _double_quoted(block[:end])
            rest = block[end:]
        else:
            rest = block if len(block) <= _LONGEST_CELL else block[-_BLOCK:]
    yield _double_quoted(rest)


def _end_of(block: bytes, closing: bytes) -> int:
    """Where the last `closing` tag of a block ends; 0 where there is none."""
    begin = block.rfind(closing)
    return begin + len(closing) if begin >= 0 else 0


def _double_quoted(block: bytes) -> bytes:
    """The same XML with the quotes that all patterns here expect; few programs write r='A1'."""
    return block.replace(b"'", b'"') if b" r='" in block[:4096] else block


def _offsets_of(block: bytes, needles: Sequence[bytes]) -> list[int]:
    """Returns where in a block any of `needles` stands, in order."""
    offsets: list[int] = []
    for needle in needles:
        offset = block.find(needle)
        while offset >= 0:
            offsets.append(offset)
            offset = block.find(needle, offset + 1)
    return sorted(offsets)


def _offsets_of_wide(block: bytes) -> list[int]:
    return [match.start() for match in _WIDE.finditer(block)]


def _cells_at(block: bytes, offsets: Sequence[int]) -> Iterator[_Cell]:
    """Yields the cells that hold the bytes at `offsets`, which ascend, each cell once, if it has a reference."""
    last_begin = -1
    for offset in offsets:
        begin_of_name = max(block.rfind(b"<c ", 0, offset), block.rfind(b":c ", 0, offset))
        begin = block.rfind(b"<", 0, begin_of_name + 1)
        if begin <= last_begin:
            continue
        last_begin = begin
        cell = _CELL.match(block, begin)
        reference = _REFERENCE.search(cell[1]) if cell else None
        if cell and reference:
            yield _Cell(reference[1], reference[2], cell[1], cell[3] or b"")


def _first_column(block: bytes) -> int:
    """The first column of a block that holds anything, 0-based: the reader counts from there."""
    letters = set(_FILLED.findall(block))
    return min((_column_number(one.decode()) - 1 for one in letters), default=_BEYOND_ALL_COLUMNS)


def _column_number(letters: str) -> int:
    """Returns 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
