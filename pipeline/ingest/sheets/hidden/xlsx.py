"""Finds in an .xlsx workbook's own XML what its reader keeps silent about; what such a cell means, cells say.

Searching begins at a few bytes that odd cells have (`t="e"`, `<f`, a style, sixteen digits) and looks at these cells
only, so that a sheet of a million plain cells costs little more than unzipping it. That needs the usual form of
`xlsx_blocks`; a workbook in any other is written anew before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from pipeline.common.cell_marks import ERROR_MARK, FORMULA_MARK, STRUCK_MARK
from pipeline.ingest.containers.archive import WORKBOOK, ZipArchive, open_zip
from pipeline.ingest.containers.column_letters import column_letters, column_number
from pipeline.ingest.sheets.hidden.values import OddCells
from pipeline.ingest.sheets.hidden.xlsx_blocks import RowTags, UnusualFormError, blocks_of_cells, usual_blocks
from pipeline.ingest.sheets.hidden.xlsx_parts import Parts, read_parts
from pipeline.ingest.sheets.number_formats import Styles
from pipeline.ingest.sheets.number_texts import whole_number
from pipeline.ingest.sheets.sheet import MergedRange

_BEYOND_ALL_COLUMNS = 1 << 14
_BLOCK_OF_TEXTS = 1 << 20
# A run of a shared text that is raised or struck out: <vertAlign val="superscript"/>, <strike/>
_LOOKS = (b'"superscript"', b"<strike", b":strike", b"'superscript'")
_LONGEST_LOOK = 16

# <c r="B2" s="1" t="e"><v>#N/A</v></c> or <c r="B2"/>: attributes (1), end or content (2), content (3)
_CELL = re.compile(rb"<c\b([^>]*?)(/>|>(.*?)</c>)", re.S)
_BEGIN_OF_CELL = b'<c r="'
# What a cell holds that the reader keeps silent about: an error, a formula. Before each a letter of it that most sheets
# hold nowhere: the search for one byte is by far the faster.
_SILENT = ((b"e", re.compile(b't="e"')), (b"f", re.compile(b"<f")))
# >510000202304170011< or >5.1E+17< : a value of sixteen digits and more
_WIDE = re.compile(rb">-?\d(?:\d{15}|[\d.]*[eE]\+)")
# r="AB12": the reference of a cell
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
# t="str": the type of a cell; without it a number
_TYPE = re.compile(rb'\bt="(\w+)"')
# s="3": the style of a cell
_STYLE = re.compile(rb'\bs="(\d+)"')
# <v>12</v>
_VALUE = re.compile(rb"<v\b[^>]*>([^<]*)</")
# <f>A1+1</f>, <f t="shared" si="0"/>
_FORMULA = re.compile(rb"<f\b[^>]*?(?:/>|>([^<]*)</)", re.S)
# What stands behind `<c r="B2"` in a cell that holds a value or a text, perhaps behind a formula. It ends with the
# formula, or it would look through the whole sheet for each that has no value.
_IS_FILLED = rb'"[^>]*>(?:<f\b[^>]*(?:/>|>[^<]*</f>))?<(?:v>[^<]|is>)'
_FILLED = re.compile(rb'<c r="([A-Z]{1,3})\d+' + _IS_FILLED, re.S)
# 0, 0.0, -0, 0E0
_ZERO = re.compile(r"-?0+(?:\.0*)?(?:[eE][+-]?\d+)?")


class XlsxHidden:
    """The hidden values of one .xlsx: a sheet is searched when it is asked for. It is `HiddenValues`."""

    def __init__(self, path: Path, *, is_written_anew: bool = False) -> None:
        """Reads the list of sheets and the styles; raises RefusedFileError where these parts are damaged.

        What was written anew by `usual_form` is not looked at for its form again.
        """
        self._path = path
        self._is_written_anew = is_written_anew
        self._hidden_rows: dict[str, frozenset[int]] = {}
        self._merged: dict[str, Sequence[MergedRange]] = {}
        self._knows_texts = is_written_anew
        with open_zip(path, WORKBOOK) as archive:
            self._parts: Parts = read_parts(archive)

    @property
    def is_1904(self) -> bool:
        """Whether serial numbers of days count from 1904."""
        return self._parts.is_1904

    @property
    def is_usual(self) -> bool:
        """Whether names and links are written as the reader of sheets follows them."""
        return self._parts.is_usual or self._is_written_anew

    def silent_cells(self, sheet: str) -> OddCells:
        """Errors, formulas without a value, numbers shown otherwise than they are stored, cells struck out.

        Costs about as much as unzipping, and may run beside the reader. Raises UnusualFormError where the workbook has
        to be written anew before it is searched.
        """
        part = self._parts.sheets.get(sheet)
        if part is None:
            return OddCells()
        with open_zip(self._path, WORKBOOK) as archive:
            self._refuse_looks(archive)
            rows = RowTags()
            odd = _find_silent_cells(archive, part, self._parts, self._blocks(archive, part, rows))
        self._hidden_rows[sheet] = frozenset(rows.hidden)
        self._merged[sheet] = rows.merged.ranges
        return odd

    def _blocks(self, archive: ZipArchive, part: str, rows: RowTags) -> Iterator[bytes]:
        if not self._is_written_anew:
            yield from usual_blocks(archive, part, rows)
            return
        for block in blocks_of_cells(archive, part, rows.merged.take):
            rows.note_hidden(block)
            yield block

    def _refuse_looks(self, archive: ZipArchive) -> None:
        """Raises UnusualFormError where a shared text has raised or struck letters, which its reader reads along."""
        if self._knows_texts or self._parts.texts is None:
            return
        if has_looks(archive, self._parts.texts):
            raise UnusualFormError("texts of several looks")
        self._knows_texts = True

    def hidden_rows(self, sheet: str) -> frozenset[int]:
        """The 0-based rows that are hidden or filtered away; known once the silent cells were searched."""
        return self._hidden_rows.get(sheet, frozenset())

    def wide_cells(self, sheet: str) -> OddCells:
        """Whole numbers of more than fifteen digits; asked for sheets only where the reader shows such texts."""
        part = self._parts.sheets.get(sheet)
        return _find_wide_cells(self._path, part) if part else OddCells()

    def days(self, sheet: str) -> Mapping[int, frozenset[int]]:
        """The rows, by column, of numbers that are shown as days."""
        part = self._parts.sheets.get(sheet)
        return _find_days(self._path, part, self._parts.styles) if part else {}

    def merged_cells(self, sheet: str) -> Sequence[MergedRange]:
        """The merged cells, columns as the reader counts; known once the silent cells were searched."""
        ranges = self._merged.get(sheet)
        if not ranges:
            return ()
        with open_zip(self._path, WORKBOOK) as archive:
            first_column = _first_column(archive, self._parts.sheets[sheet])
        return [merged.counted_from(first_column) for merged in ranges]


def has_looks(archive: ZipArchive, texts: str) -> bool:
    """Whether any of the shared texts has letters that are raised or struck out."""
    before = b""
    for fresh in archive.blocks(texts, _BLOCK_OF_TEXTS):
        # A look may be cut in two between two blocks.
        block = before[-_LONGEST_LOOK:] + fresh
        if any(look in block for look in _LOOKS):
            return True
        before = fresh
    return False


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
        return column_number(self.letters.decode()) - 1

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

    @property
    def formula(self) -> str | None:
        """Its formula, '' where another cell has it written out; None where it has none."""
        formula = _FORMULA.search(self.content)
        return unescape((formula[1] or b"").decode("utf-8", "replace")) if formula else None


def _find_silent_cells(archive: ZipArchive, part: str, parts: Parts, blocks: Iterator[bytes]) -> OddCells:
    """Finds the cells of one sheet whose value the reader does not tell, or not as the cell shows it."""
    patterns_of_styles = _pattern_of(parts.styles.speaking)
    odd = OddCells()
    zeros: dict[tuple[int, int], str] = {}
    is_any_calculated = False
    for block in blocks:
        patterns = [pattern for letter, pattern in _SILENT if letter in block]
        for cell in _cells_at(block, _offsets_of(block, [*patterns, *patterns_of_styles])):
            text = _silent_text(cell, parts.styles)
            if text is not None:
                odd.cells[cell.row, cell.column] = text
            formula = cell.formula
            if formula is None:
                continue
            is_number = cell.kind == b"n"
            if is_number and _ZERO.fullmatch(cell.value):
                zeros[cell.row, cell.column] = FORMULA_MARK + "=" + formula
            elif cell.value:
                is_any_calculated = True
    # A program that cannot calculate writes 0 for every formula, and asks whoever opens the workbook to do it.
    if parts.asks_to_calculate and not is_any_calculated:
        odd.cells.update(zeros)
    if odd.cells:
        odd.first_column = _first_column(archive, part)
    return odd


def _find_wide_cells(path: Path, part: str) -> OddCells:
    """Finds the whole numbers of more than fifteen digits of one sheet."""
    odd = OddCells()
    with open_zip(path, WORKBOOK) as archive:
        for block in blocks_of_cells(archive, part):
            for cell in _cells_at(block, _offsets_of(block, [_WIDE])):
                text = whole_number(cell.value) if cell.kind == b"n" else None
                if text is not None:
                    odd.cells[cell.row, cell.column] = text
        if odd.cells:
            odd.first_column = _first_column(archive, part)
    return odd


def _find_days(path: Path, part: str, styles: Styles) -> dict[int, frozenset[int]]:
    """Returns the rows, by column, of the cells that show a number as a day or time; 0-based, as the reader counts."""
    if not styles.days:
        return {}
    patterns = _pattern_of(styles.days)
    rows_by_column: dict[int, set[int]] = {}
    with open_zip(path, WORKBOOK) as archive:
        for block in blocks_of_cells(archive, part):
            for cell in _cells_at(block, _offsets_of(block, patterns)):
                if _shows_day(cell, styles):
                    rows_of_column = rows_by_column.setdefault(cell.column, set())
                    rows_of_column.add(cell.row)
        if not rows_by_column:
            return {}
        first_column = _first_column(archive, part)
    return {column - first_column: frozenset(rows) for column, rows in rows_by_column.items()}


def _shows_day(cell: _Cell, styles: Styles) -> bool:
    # The bytes may stand in the tag of a row, and the cell before it then shows no day.
    if cell.style not in styles.days:
        return False
    is_number = cell.kind == b"n"
    return is_number and bool(cell.value)


def _pattern_of(styles: frozenset[int]) -> list[re.Pattern[bytes]]:
    """Returns a pattern that finds the cells of some styles in one pass, however many there are; none for no style."""
    if not styles:
        return []
    numbers = b"|".join(b"%d" % style for style in sorted(styles))
    return [re.compile(b' s="(?:%s)"' % numbers)]


def _silent_text(cell: _Cell, styles: Styles) -> str | None:
    """What stands for a cell whose value the reader does not tell; None where the reader tells it."""
    kind = cell.kind
    value = cell.value
    if kind == b"e":
        return ERROR_MARK + (value or "#ERROR!")
    if not value:
        return _text_without_value(cell, styles)
    if cell.style in styles.struck:
        return STRUCK_MARK
    if kind == b"n":
        with suppress(ValueError):
            return styles.text_of(float(value), cell.style)
    return None


def _text_without_value(cell: _Cell, styles: Styles) -> str | None:
    """What stands for a cell without `<v>`: its formula, or the mark of a text that is struck out."""
    formula = cell.formula
    # A formula whose text is empty is calculated: only numbers without a value are not.
    is_text = cell.kind == b"str"
    if formula is not None and not is_text:
        return FORMULA_MARK + "=" + formula
    is_struck = cell.style in styles.struck
    if is_struck and b"<is>" in cell.content:
        return STRUCK_MARK
    return None


def _offsets_of(block: bytes, patterns: Sequence[re.Pattern[bytes]]) -> list[int]:
    """Returns where in a block any of the patterns fits, in order."""
    offsets = [match.start() for pattern in patterns for match in pattern.finditer(block)]
    return sorted(offsets)


def _cells_at(block: bytes, offsets: Sequence[int]) -> Iterator[_Cell]:
    """Yields the cells that hold the bytes at `offsets`, which ascend, each cell once, if it has a reference.

    Looks back from each offset to the one before it at most: what began before that was seen with it.
    """
    seen_to = 0
    for offset in offsets:
        begin = block.rfind(_BEGIN_OF_CELL, seen_to, offset)
        seen_to = offset
        if begin < 0:
            continue
        cell = _CELL.match(block, begin)
        reference = _REFERENCE.search(cell[1]) if cell else None
        if cell and reference:
            yield _Cell(reference[1], reference[2], cell[1], cell[3] or b"")


def _first_column(archive: ZipArchive, part: str) -> int:
    """The first column of a sheet that holds anything, 0-based: the reader counts from there."""
    first = _BEYOND_ALL_COLUMNS
    for block in blocks_of_cells(archive, part):
        if first == 0:
            break
        is_one_known = first < _BEYOND_ALL_COLUMNS
        if is_one_known and not _has_filled_before(block, first):
            continue
        letters = map(bytes.decode, set(_FILLED.findall(block)))
        numbers = map(column_number, letters)
        first = min(numbers, default=first + 1) - 1
    return 0 if first == _BEYOND_ALL_COLUMNS else first


def _has_filled_before(block: bytes, column: int) -> bool:
    """Whether a block has a filled cell before a column: few columns stand there, so each is looked for."""
    for before in range(column):
        filled = rb'<c r="%s\d+' % column_letters(before + 1).encode() + _IS_FILLED
        if re.search(filled, block, re.S):
            return True
    return False
