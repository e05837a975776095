"""Refuses a text that was lost, or read in a wrong encoding; which contract a text fits, `fits` says.

Elsewhere: how an encoding is found, `pipeline.ingest.text.encoding`; what looks like writing at all, `text.legibility`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.refusals.recognise import RecogniseRefusal
from pipeline.ingest.refusals.text import TextRefusal
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.text import encoding
from pipeline.ingest.text.legibility import cells_of, is_lost, is_misread, label_hits, lost_share
from pipeline.ingest.text.undecodable import damage_of

FIRST_CHARACTERS = 16 << 10
"""How much of a text is looked at for its header."""
_LOST_SHARE = 0.5
_LOST_HEADER_LINES = 40
_MISREAD_LINES = 200
_ENOUGH_LABELS = 2  # known labels that show a text to be read rightly
_LOST_LABELS = 3  # labels of question marks that make a header a lost one
_ROUGH_CODECS = ("utf-8", "gb18030")
# The codec by which a text may have been read, and the one in which it was written; all but those of one family.
_MISREADINGS = (
    ("cp1252", "utf-8"), ("cp1252", "gb18030"), ("cp1252", "big5"),
    ("latin-1", "utf-8"), ("latin-1", "gb18030"), ("latin-1", "big5"),
    ("gb18030", "utf-8"), ("gb18030", "big5"),
    ("big5hkscs", "utf-8"), ("big5hkscs", "gb18030"),
)  # fmt: skip


class TextHeads:
    """The beginning of a text file, decoded once for each encoding that contracts ask for."""

    def __init__(self, path: Path, labels: frozenset[str]) -> None:
        self._path = path
        self._labels = labels
        self._heads: dict[str | None, tuple[str, str]] = {}
        self._refusals: dict[str | None, RefusedFileError] = {}

    def of(self, pinned: str | None) -> tuple[str, str] | None:
        """Codec and text by the encoding that a contract pins, or None where the file does not decode so."""
        is_known = pinned in self._heads or pinned in self._refusals
        if not is_known:
            try:
                self._heads[pinned] = encoding.read_head(self._path, pinned, self._labels)
            except RefusedFileError as error:
                self._refusals[pinned] = error
        return self._heads.get(pinned)

    def refuse_illegible(self, lines_above: int | None) -> None:
        """Refuse a file whose rows mostly lost their text; where no contract fits, say if the encoding is why.

        `lines_above` is where the rows of a known table begin, and None where no header is known.
        """
        if lines_above is None:
            self._refuse_illegible_header()
            return
        for _, head in self._heads.values():
            if lost_share(head) > _LOST_SHARE:
                raise RefusedFileError(TextRefusal.TEXT_LOST)
            _refuse_misread_rows(head, lines_above)

    def _refuse_illegible_header(self) -> None:
        """Refuse a file of which no header is known where that is because of its encoding or of lost characters."""
        self.of(None)
        refusal = self._refusals.get(None)
        if refusal:
            roughly = [encoding.read_roughly(self._path, codec) for codec in _ROUGH_CODECS]
            self._refuse_misread(roughly)
            raise refusal
        _, head = self._heads[None]
        first_lines = head[:FIRST_CHARACTERS].splitlines()[:_LOST_HEADER_LINES]
        self._refuse_damaged(first_lines)
        _refuse_lost(head, first_lines)
        self._refuse_misread([head])

    def _refuse_misread(self, texts: Iterable[str]) -> None:
        """Refuse a file whose known labels show in none of the texts, but do once a wrong reading is undone."""
        heads = [text[:FIRST_CHARACTERS] for text in texts]
        if any(map(self._shows_labels, heads)):
            return
        for head in heads:
            if any(map(self._shows_labels, _mended(head))):
                raise RefusedFileError(RecogniseRefusal.CONTENT_MISREAD)

    def _shows_labels(self, text: str) -> bool:
        return label_hits(text, self._labels) >= _ENOUGH_LABELS

    def _refuse_damaged(self, first_lines: list[str]) -> None:
        """Refuse a file where bytes that do not decode may be why no header is found: single ones cost only a cell."""
        has_replacements = "\ufffd" in "".join(first_lines)
        if not has_replacements:
            return
        codec, _ = self._heads[None]
        damage = damage_of(self._path, codec)
        is_in_header = damage.line <= _LOST_HEADER_LINES
        if damage.damaged and is_in_header:
            raise damage.refusal()


def _refuse_lost(head: str, first_lines: list[str]) -> None:
    """Refuse a text that is mostly question marks, in its rows or where its header must be."""
    header_text = "\n".join(first_lines)
    is_mostly_lost = max(lost_share(head), lost_share(header_text)) > _LOST_SHARE
    if is_mostly_lost or has_lost_header(first_lines):
        raise RefusedFileError(TextRefusal.TEXT_LOST)


def _refuse_misread_rows(head: str, lines_above: int) -> None:
    """Rows in another encoding than their header, or read wrongly before they came below it, though it reads well."""
    lines = head[:FIRST_CHARACTERS].splitlines()
    first_lines = lines[lines_above : lines_above + _MISREAD_LINES]
    # Numbers and codes read alike in every encoding and say nothing.
    cells = {cell for cell in cells_of(first_lines) if not cell.isascii()}
    misread = sum(is_misread(cell, _mended(cell)) for cell in cells)
    is_mostly_misread = misread > len(cells) * _LOST_SHARE
    if is_mostly_misread:
        row = lines_above + 1
        raise RefusedFileError(RecogniseRefusal.ROWS_MISREAD, place=RefusalPlace(row=row), row=row)


def _mended(text: str) -> Iterator[str]:
    """What a text may have been before it was read in a wrong encoding, once or twice: ×Û´° → 综窗."""
    for wrong, right in _MISREADINGS:
        once = text.encode(wrong, "replace").decode(right, "replace")
        yield once
        yield once.encode(wrong, "replace").decode(right, "replace")


def has_lost_header(lines: list[str]) -> bool:
    """A line of which several cells are question marks: the header, wherever it stands."""
    suspects = [line for line in lines if line.count("??") >= _LOST_LABELS]
    return any(map(is_lost, suspects))


def lines_of(sheet: Sheet) -> Iterator[str]:
    """The first rows of a sheet as lines, its cells parted by tabs: what the judges of lost text read."""
    first_rows = sheet.rows[:_LOST_HEADER_LINES]
    for row in first_rows:
        texts = [cell or "" for cell in row]
        yield "\t".join(texts)
