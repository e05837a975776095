"""Refuses a text that was lost, or read in a wrong encoding; which contract a text fits, match says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.text import encoding
from pipeline.ingest.text.legibility import LOST, cells_of, is_lost, is_misread, label_hits, lost_share
from pipeline.ingest.text.undecodable import damage_of

FIRST_RECORDS = 16 << 10
_LOST_ROWS = 0.5
_LOST_HEADER_LINES = 40
_MISREAD_LINES = 200
_MISREAD = tuple(
    (wrong, right)
    for wrong in ("cp1252", "latin-1", "gb18030", "big5hkscs")
    for right in ("utf-8", "gb18030", "big5")
    if wrong[:4] != right[:4]
)


class TextHeads:
    """The beginning of a text file, decoded once for each encoding that contracts ask for."""

    def __init__(self, path: Path, labels: frozenset[str]) -> None:
        self._path, self._labels = path, labels
        self._heads: dict[str | None, tuple[str, str]] = {}
        self._refusals: dict[str | None, RefusedFileError] = {}

    def of(self, pinned: str | None) -> tuple[str, str] | None:
        """Codec and text, or None where the file does not decode so."""
        if pinned not in self._heads and pinned not in self._refusals:
            try:
                self._heads[pinned] = encoding.read_head(self._path, pinned, self._labels)
            except RefusedFileError as error:
                self._refusals[pinned] = error
        return self._heads.get(pinned)

    def refuse_illegible(self, lines_above: int | None) -> None:
        """Refuse a file whose rows mostly lost their text; where no contract fits, say if the encoding is why.

        `lines_above` is where the rows of a known table begin, and None where no header is known.
        """
        if lines_above is not None:
            for _, head in self._heads.values():
                if lost_share(head) > _LOST_ROWS:
                    raise RefusedFileError(LOST)
                _refuse_misread_rows(head, lines_above)
            return
        self.of(None)
        if None in self._refusals:
            self._refuse_misread(*(encoding.read_roughly(self._path, codec) for codec in ("utf-8", "gb18030")))
            raise self._refusals[None]
        head = self._heads[None][1]
        first = head[:FIRST_RECORDS].splitlines()[:_LOST_HEADER_LINES]
        self._refuse_damaged(first)
        if lost_share(head) > _LOST_ROWS or lost_share("\n".join(first)) > _LOST_ROWS or has_lost_header(first):
            raise RefusedFileError(LOST)
        self._refuse_misread(head)

    def _refuse_misread(self, *texts: str) -> None:
        """Refuse a file whose known labels show in none of the texts, but do once a wrong reading is undone."""
        if any(label_hits(text[:FIRST_RECORDS], self._labels) >= 2 for text in texts):
            return
        if any(label_hits(one, self._labels) >= 2 for text in texts for one in _mended(text[:FIRST_RECORDS])):
            raise RefusedFileError("文字曾按错误的编码打开后又保存，成了乱码；请从平台重新导出，不要用其他程序另存")

    def _refuse_damaged(self, first: list[str]) -> None:
        """Refuse a file where bytes that do not decode may be why no header is found: single ones cost only a cell."""
        if not any("\ufffd" in line for line in first):
            return
        damage = damage_of(self._path, self._heads[None][0])
        if damage.damaged and damage.line <= _LOST_HEADER_LINES:
            raise damage.refusal()


def _refuse_misread_rows(head: str, lines_above: int) -> None:
    """Rows in another encoding than their header, or read wrongly before they came below it, though it reads well."""
    lines = head[:FIRST_RECORDS].splitlines()[lines_above : lines_above + _MISREAD_LINES]
    cells = {cell for cell in cells_of(lines) if not cell.isascii()}
    if sum(is_misread(cell, _mended(cell)) for cell in cells) > len(cells) * _LOST_ROWS:
        raise RefusedFileError(
            f"表头读得通，但第 {lines_above + 1:,} 行起大多是乱码：编码与表头的不同，或曾按错误的编码打开后又保存；"
            "请从平台重新导出，不要用其他程序另存或拼接"
        )


def _mended(text: str) -> Iterator[str]:
    """What a text may have been before it was read in a wrong encoding, once or twice."""
    for wrong, right in _MISREAD:
        once = text.encode(wrong, "replace").decode(right, "replace")
        yield once
        yield once.encode(wrong, "replace").decode(right, "replace")


def has_lost_header(lines: list[str]) -> bool:
    """A line of which several cells are question marks: the header, wherever it stands."""
    return any(line.count("??") >= 3 and is_lost(line) for line in lines)


def lines_of(sheet: Sheet) -> Iterator[str]:
    """The first rows of a sheet as lines, its cells parted by tabs: what the judges of lost text read."""
    return ("\t".join(cell or "" for cell in row) for row in sheet.rows[:_LOST_HEADER_LINES])
