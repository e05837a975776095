"""Measures how many cells the XML of an .xlsx sheet spans; `extent_zip` says which parts are sheets.

Sheets are looked at twice at most: once for the numbers of rows and for references that are out of the ordinary, which
costs little; and cell by cell only where a sheet is wide, or may span more than the limit. A row says nothing of the
cells in it: `<row r="7"><c r="XFD1048576">` is a sheet to the very last cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import filterfalse

from pipeline.ingest.containers.archive import Member, ZipArchive
from pipeline.ingest.containers.column_letters import column_number
from pipeline.ingest.containers.size_limits import blocks_of_whole_tags, refuse_far_column
from pipeline.ingest.containers.xml_guard import refuse_document_type

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# How many columns a sheet can have whose references have one letter.
_WIDTH_OF_ONE_LETTER = 26
# <c r="AB12" s="1"><v> : a cell with a reference and something in it; <c r="AB12" s="1"/> and <c r="A1"></c> are blank.
_FILLED = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*[\"']([A-Za-z]{1,7})(\d{1,10})[\"'][^>]*(?<!/)>\s*<(?!/)")
# <c s="1"><v> : a filled cell without a reference, which stands behind the one before it.
_UNPLACED = re.compile(rb"<(?:\w+:)?c(?=[\s>])(?![^>]*\sr\s*=)[^>]*(?<!/)>\s*<(?!/)")
# <row r="12" spans="1:3">
_ROW_NUMBER = re.compile(rb"<(?:\w+:)?row\s(?:[^>]*?\s)?r\s*=\s*[\"'](\d{1,10})[\"']")
# r = "A1": hardly any program writes blanks there, so that the search for most references goes without them.
_SPACED = re.compile(rb"r(?:\s+=|=\s)")


def xlsx_cells(archive: ZipArchive, member: Member, max_cells: int) -> int:
    """Returns rows x columns of a sheet: exactly where it may span more than `max_cells`, else a number within that.

    Few bytes are worth a look at each cell: a sheet of 200,000 rows is measured by its row numbers.
    """
    row_count = last_row = 0
    is_first = True
    for block in blocks_of_whole_tags(archive, member):
        if is_first:
            refuse_document_type(block)
            is_first = False
        references = _references(block, max_cells)
        row_numbers = list(filter(bytes.isdigit, references))
        if len(row_numbers) < len(references):
            cell_references = list(filterfalse(bytes.isdigit, references))
            if any(map(_is_wide, cell_references)):
                return _filled_cells(archive, member)
            last_row = max(last_row, _last_far_row(cell_references))
        if _SPACED.search(block):
            return _filled_cells(archive, member)
        last_row = max(last_row, *map(int, row_numbers), 0)
        # Rows need not be numbered: <row spans="1:3"> or <x:row>; end tags count too, so this is an upper bound.
        row_count += len(row_numbers) or block.count(b"row>") + block.count(b"row ")
    bound = max(row_count, last_row) * _WIDTH_OF_ONE_LETTER
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
    - `<c r="AB12">` gives `AB`, the first letters of a column behind Z;
    - `<c r="B999999">` gives `B999999`: its row may be beyond the limit, whatever row it stands in.
    `<c r="B12">`, as most cells are, is passed over first.
    """
    most_rows = str(max(max_cells // _WIDTH_OF_ONE_LETTER, 10))
    # For 384,615 rows: [A-Z][0-2]?[0-9]{1,5}, a letter and a row below 300,000.
    near = b"[A-Z][0-%d]?[0-9]{1,%d}" % (int(most_rows[0]) - 1, len(most_rows) - 1)
    return re.compile(
        rb"r=%(quote)s(?!%(near)s%(quote)s)([0-9]+(?=%(quote)s)|[A-Za-z](?:[A-Za-z]|[0-9]+(?=%(quote)s)))"
        % {b"quote": quote, b"near": near}
    )


def _is_wide(reference: bytes) -> bool:
    """Whether a reference is one of a column behind Z: `AB` is, `B999999` is not."""
    return reference.isalpha()


def _last_far_row(references: Iterable[bytes]) -> int:
    """Returns the largest row that a reference of one letter names: 999999 for `B999999`."""
    return max(int(reference.lstrip(_LETTERS)) for reference in references)


def _filled_cells(archive: ZipArchive, member: Member) -> int:
    """Returns rows x columns from the first to the last cell that holds something; formatted blanks are no cells."""
    rows, columns = _Range(), _Range()
    widest_unplaced_row = unplaced_rows = 0
    open_row = b""
    for block in blocks_of_whole_tags(archive, member):
        for letters, number in set(_FILLED.findall(block)):
            rows.add(int(number))
            columns.add(column_number(letters.decode()))
        if _UNPLACED.search(block):
            # A row may have begun in the block before.
            for row in (open_row + block).split(b"row>"):
                cells = len(_UNPLACED.findall(row))
                if cells:
                    widest_unplaced_row = max(widest_unplaced_row, cells)
                    unplaced_rows += 1
                    numbered = _ROW_NUMBER.search(row)
                    rows.add(int(numbered[1]) if numbered else 0)
        open_row = _last_row_tag(block) or open_row
    refuse_far_column(max(columns.last, widest_unplaced_row))
    return max(rows.length, unplaced_rows) * max(columns.length, widest_unplaced_row)


def _last_row_tag(block: bytes) -> bytes:
    """Returns the last `<row …>` of a block, `b""` where there is none."""
    begin = block.rfind(b"<", 0, max(block.rfind(b"<row "), block.rfind(b":row ")) + 1)
    return block[begin : block.find(b">", begin) + 1] if begin >= 0 else b""


class _Range:
    """The numbers from the smallest to the largest that were added; 0 is none."""

    def __init__(self) -> None:
        self._first = self.last = 0

    def add(self, number: int) -> None:
        if number:
            self._first = min(self._first or number, number)
            self.last = max(self.last, number)

    @property
    def length(self) -> int:
        return self.last - self._first + 1 if self.last else 0
