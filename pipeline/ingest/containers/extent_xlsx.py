"""Measures how many cells the XML of an .xlsx sheet spans; `extent_zip` says which parts are sheets.

Sheets are looked at twice at most: once for the numbers of rows and the width of references, which costs little and
gives an upper bound; and cell by cell only where that bound is beyond the limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from pipeline.ingest.containers.archive import Member, ZipArchive
from pipeline.ingest.containers.size_limits import blocks_of_whole_tags, refuse_far_column
from pipeline.ingest.containers.xml_guard import refuse_document_type

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# How many columns a sheet can have whose references have one letter (A-Z), two (AA-ZZ) or three.
_WIDTH_OF_ONE_LETTER, _WIDTH_OF_TWO, _WIDTH_OF_THREE = 26, 702, 16384
# <c r="AB12" s="1"><v> : a cell with a reference and something in it; <c r="AB12" s="1"/> and <c r="A1"></c> are blank.
_FILLED = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*?\s)?r=[\"']([A-Z]{1,3})(\d{1,9})[\"'][^>]*(?<!/)>\s*<(?!/)")
# <c r="ZZZZ4"><v> : a filled cell of a column with three letters and more
_FAR = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*?\s)?r=[\"']([A-Z]{3,})\d+[\"'][^>]*(?<!/)>\s*<(?!/)")
# <c s="1"><v> : a filled cell without a reference, which stands behind the one before it.
_UNPLACED = re.compile(rb"<(?:\w+:)?c(?=[\s>])(?![^>]*\sr=)[^>]*(?<!/)>\s*<(?!/)")


def xlsx_cells(archive: ZipArchive, member: Member, max_cells: int) -> int:
    """Returns rows x columns of a sheet: an upper bound where that is within `max_cells`, else exactly.

    Few bytes are worth a look at each cell: a sheet of 200,000 rows is measured by its row numbers.
    """
    row_count = last_row = 0
    width = _WIDTH_OF_ONE_LETTER
    is_first = True
    for block in blocks_of_whole_tags(archive, member):
        if is_first:
            refuse_document_type(block)
            is_first = False
        references = _references(block, max_cells)
        row_numbers = list(filter(bytes.isdigit, references))
        if len(row_numbers) < len(references):
            cell_references = [reference for reference in references if not reference.isdigit()]
            width_of_block = _width_of(cell_references)
            if width_of_block == _WIDTH_OF_THREE:
                _refuse_beyond_sheet(block)
            width = max(width, width_of_block)
            last_row = max(last_row, _last_far_row(cell_references))
        last_row = max(last_row, *map(int, row_numbers), 0)
        # Rows need not be numbered: <row spans="1:3"> or <x:row>; end tags count too, so this is an upper bound.
        row_count += len(row_numbers) or block.count(b"row>") + block.count(b"row ")
    bound = max(row_count, last_row) * width
    return bound if bound <= max_cells else _filled_cells(archive, member)


def _references(block: bytes, max_cells: int) -> list[bytes]:
    """Returns what stands behind `r=` in a block, as far as it tells something: see `_reference_pattern`."""
    # The search for a bare quote is by far the faster, and most files have none.
    has_single_quotes = b"'" in block and b"r='" in block
    return _reference_pattern(max_cells, b"[\"']" if has_single_quotes else b'"').findall(block)


@cache
def _reference_pattern(max_cells: int, quote: bytes) -> re.Pattern[bytes]:
    r"""Finds what stands behind `r="` and is not a cell of the columns A to Z in a near row.

    - `<row r="12">` gives `12`, the number of a row;
    - `<c r="AB12">` gives `AB1`, and `<c r="ABC12">` `ABC`: the first letters of a column behind Z (the third is a
      digit up to ZZ, a letter behind it);
    - `<c r="B999999">` gives `B999999`: its row may be beyond the limit, whatever row it stands in.
    `<c r="B12">`, as most cells are, is passed over first.
    """
    most_rows = str(max(max_cells // 26, 10))
    # For 384,615 rows: [A-Z][0-2]?[0-9]{1,5}, a letter and a row below 300,000.
    near = b"[A-Z][0-%d]?[0-9]{1,%d}" % (int(most_rows[0]) - 1, len(most_rows) - 1)
    return re.compile(
        rb"r=%(quote)s(?!%(near)s%(quote)s)"
        rb"([0-9]+(?=%(quote)s)|[A-Z](?:[A-Z][A-Z0-9]|[0-9]+(?=%(quote)s)))" % {b"quote": quote, b"near": near}
    )


def _width_of(references: Iterable[bytes]) -> int:
    """Returns the columns that a sheet may have with these references: `AB1` 702, `ABC` 16,384, `B999999` 26."""
    width = _WIDTH_OF_ONE_LETTER
    for reference in references:
        if reference.isalpha():
            return _WIDTH_OF_THREE
        if reference[:2].isalpha():
            width = _WIDTH_OF_TWO
    return width


def _refuse_beyond_sheet(block: bytes) -> None:
    """Refuses a block of a sheet with a filled cell beyond column XFD, such as ZZZZ4."""
    for letters in set(_FAR.findall(block)):
        refuse_far_column(_column_number(letters))


def _last_far_row(references: Iterable[bytes]) -> int:
    """Returns the largest row that a reference of one letter names: 999999 for `B999999`; 0 where none does."""
    rows = [int(reference.lstrip(_LETTERS)) for reference in references if not reference[:2].isalpha()]
    return max(rows, default=0)


def _filled_cells(archive: ZipArchive, member: Member) -> int:
    """Returns rows x columns from the first to the last cell that holds something; formatted blanks are no cells."""
    rows, columns = _Range(), _Range()
    widest_unplaced_row = unplaced_rows = 0
    for block in blocks_of_whole_tags(archive, member):
        for letters, number in set(_FILLED.findall(block)):
            rows.add(int(number))
            columns.add(_column_number(letters))
        if _UNPLACED.search(block):
            cells_by_row = [len(_UNPLACED.findall(row)) for row in block.split(b"row>")]
            widest_unplaced_row = max(widest_unplaced_row, *cells_by_row)
            unplaced_rows += sum(count > 0 for count in cells_by_row)
    return max(rows.length, unplaced_rows) * max(columns.length, widest_unplaced_row)


class _Range:
    """The numbers from the smallest to the largest that were added; 0 is none."""

    def __init__(self) -> None:
        self._first = self._last = 0

    def add(self, number: int) -> None:
        if number:
            self._first = min(self._first or number, number)
            self._last = max(self._last, number)

    @property
    def length(self) -> int:
        return self._last - self._first + 1 if self._last else 0


def _column_number(letters: bytes) -> int:
    """Returns 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
