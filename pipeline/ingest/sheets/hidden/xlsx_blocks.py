"""Reads the XML of an .xlsx sheet in blocks of whole cells, and says where it is not written as usual.

In the usual form every cell and row begins with its place, `<row r="2">` and `<c r="B2">`, rows stand in their order,
and nothing stands between the tags that a search for bytes would misread. Excel, WPS, LibreOffice, openpyxl and POI
write so. Every other form is written anew by `pipeline.ingest.sheets.usual_form` before it is searched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from operator import lt

from pipeline.ingest.containers.archive import ZipArchive
from pipeline.ingest.sheets.hidden.xlsx_merged import MergedCells

_BLOCK = 4 << 20
_LONGEST_CELL = 16 << 20
# <c t="s" r="B2">, <c>, <c/>, <c r='B2'>, <c r="$B$2"> : a cell that does not begin with its place
_UNPLACED_CELL = re.compile(rb'<c(?! r="[A-Z]{1,3}[1-9])[\s/>]')
# <row r="12" spans="1:3" hidden="1">; <row r="7"/> holds no cell, however often it is repeated
_ROW = re.compile(rb'<row r="(\d+)"(?![^>]*/>)([^>]*)')
_ROW_NUMBER = re.compile(rb'<row r="(\d+)"(?![^>]*/>)')
# <row>, <row spans="1:3" r="12">
_UNNUMBERED_ROW = re.compile(rb'<row(?! r="\d)[\s>]')
# hidden="1", hidden="true"; LibreOffice writes hidden="false" in each row
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
# <c r="B2"> : where a cell stands
_PLACE = re.compile(rb'<c r="([A-Z]+[0-9]+)"')
# <x:row r="1"> or <x:c r="A1">
_PREFIXED = re.compile(rb"<\w+:(?:row|c)[\s/>]")
# <v>&#49;2</v> is 12
_NUMBERED_LETTER = re.compile(rb"<v>[^<]*&#")
_END_OF_CELLS = b"</sheetData>"


class UnusualFormError(Exception):
    """A workbook is written in another form than the usual one; it may be quite right."""


@dataclass
class RowTags:
    """What the tags of a sheet say: the last row number that was seen, which rows are hidden (from 0), what is merged.

    The merged cells stand behind all rows, and are known when the blocks have ended.
    """

    last: int = 0
    hidden: set[int] = field(default_factory=set)
    merged: MergedCells = field(default_factory=MergedCells)

    def take(self, block: bytes) -> None:
        """Takes in the rows of a block; raises UnusualFormError where they do not ascend."""
        numbers = list(map(int, _ROW_NUMBER.findall(block)))
        if not numbers:
            return
        are_ascending = all(map(lt, [self.last, *numbers], numbers))
        if not are_ascending:
            raise UnusualFormError("rows out of order")
        self.last = numbers[-1]
        self.note_hidden(block)

    def note_hidden(self, block: bytes) -> None:
        """Takes in which rows of a block are hidden, in whatever order they stand."""
        if not _holds(block, b"hidden=", rare=b"h"):
            return
        for row in _ROW.finditer(block):
            if _HIDDEN.search(row[2]):
                row_no = int(row[1])
                self.hidden.add(row_no - 1)


def usual_blocks(archive: ZipArchive, part: str, rows: RowTags) -> Iterator[bytes]:
    """Yields a sheet's cells in blocks that end with one, and tells `rows` what the tags of the rows say.

    Raises UnusualFormError where the sheet is not written in the usual form.
    """
    is_first = True
    for block in blocks_of_cells(archive, part, rows.merged.take):
        _refuse_unusual(block)
        if is_first:
            # A program writes all cells alike: what would take long to look for is looked for where they begin.
            _refuse_foreign(block)
            _refuse_repeated(block)
        is_first = False
        rows.take(block)
        yield block


def blocks_of_cells(
    archive: ZipArchive, part: str, take_behind: Callable[[bytes], None] | None = None
) -> Iterator[bytes]:
    """Yields a sheet's XML up to the end of its cells, in blocks that end with one, so that none is cut.

    `take_behind` is given what stands behind the cells, where somebody wants it.
    Where no cell ends for longer than one can be, what was read is no cell, and is let go.
    """
    rest = b""
    blocks = archive.blocks(part, _BLOCK)
    for fresh in blocks:
        block = rest + fresh
        last = block.find(_END_OF_CELLS, max(len(rest) - len(_END_OF_CELLS), 0))
        if last >= 0:
            yield block[:last]
            if take_behind is not None:
                take_behind(block[last:])
                for behind in blocks:
                    take_behind(behind)
            return
        end = max(_end_of(block, b"</row>"), _end_of(block, b"</c>"))
        if end:
            yield block[:end]
            rest = block[end:]
        else:
            rest = block if len(block) <= _LONGEST_CELL else block[-_BLOCK:]
    yield rest


def _refuse_unusual(block: bytes) -> None:
    """Raises UnusualFormError for a block that a search for bytes would misread."""
    if _UNPLACED_CELL.search(block):
        raise UnusualFormError("cells without a place")
    if _holds(block, b"<!", rare=b"!"):
        raise UnusualFormError("comments or CDATA")
    may_have_numbers = _holds(block, b"&#", rare=b"&")
    if may_have_numbers and _NUMBERED_LETTER.search(block):
        raise UnusualFormError("letters by number")
    if _holds(block, b"<rPr", rare=b"P"):
        raise UnusualFormError("texts of several looks")


def _holds(block: bytes, letters: bytes, *, rare: bytes) -> bool:
    """Whether a block holds these bytes, of which hardly any sheet holds the `rare` one.

    The search for one byte is by far the faster.
    """
    may_hold = rare in block
    return may_hold and letters in block


def _refuse_foreign(block: bytes) -> None:
    if _UNNUMBERED_ROW.search(block):
        raise UnusualFormError("rows without numbers")
    if b"<worksheet" not in block or _PREFIXED.search(block):
        raise UnusualFormError("another prefix or encoding")


def _refuse_repeated(block: bytes) -> None:
    places = _PLACE.findall(block)
    if len(set(places)) < len(places):
        raise UnusualFormError("a cell that is written twice")


def _end_of(block: bytes, closing: bytes) -> int:
    """Where the last `closing` tag of a block ends; 0 where there is none."""
    begin = block.rfind(closing)
    return begin + len(closing) if begin >= 0 else 0
