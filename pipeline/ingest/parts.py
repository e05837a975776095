"""Hands a text export to DuckDB in UTF-8, piece by piece: one is decoded while the one before is being loaded."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pipeline.ingest.decode import TextFile, as_utf8
from pipeline.ingest.lines import count_feeds
from pipeline.ingest.sniff import FileStamp

PART_CHARACTERS = 24 << 20
"""Size of the first part, so that loading soon begins; each is twice the one before, up to eight times the first,
because the table is written in pieces that end where a part ends."""

_BLOCK = 256 << 10
_LONGEST_RECORD = 16 << 20
_UTF8 = ("utf-8", "utf-8-sig")
# In these no byte of a longer character is a line feed, so that lines are the same before and after.
_LINEWISE = frozenset({*_UTF8, "gb18030", "big5hkscs", "cp950", "cp932", "euc_jp", "cp949", "cp1252"})


@dataclass(frozen=True)
class TextSource:
    """A delimited text and the folder for private working copies of it."""

    path: Path
    codec: str
    stamp: FileStamp
    work: Path
    part_characters: int | None = None

    def parts(self) -> Iterator[TextFile]:
        """The text in UTF-8, as one or more pieces that end with a line; each copy is gone when the next is asked for.

        UTF-8 without lone carriage returns is handed out as it is. Raises UnicodeDecodeError where bytes do not decode.
        """
        if self.codec not in _LINEWISE or self.stamp.lone_returns:
            yield from self.whole()
        elif self.codec in _UTF8:
            lines = self.stamp.line_feeds + (not self.stamp.ends_with_line_feed)
            yield TextFile(self.path, "utf-8", lines)
        else:
            yield from self._decoded()

    def whole(self) -> Iterator[TextFile]:
        """The text as one piece; a few bytes that do not decode are replaced, many refuse the file."""
        text = as_utf8(self.path, self.codec, self.stamp, self.work)
        try:
            yield text
        finally:
            if text.path != self.path:
                text.path.unlink(missing_ok=True)

    def _decoded(self) -> Iterator[TextFile]:
        with self.path.open("rb") as file, ThreadPoolExecutor(1) as pool:
            writer = _Writer(
                file, self.codec, self.work / f"{self.stamp.delivery_id}.part", self.part_characters or PART_CHARACTERS
            )
            ahead = pool.submit(writer.next)
            try:
                while part := ahead.result():
                    ahead = pool.submit(writer.next)
                    yield part
                    part.path.unlink(missing_ok=True)
            finally:
                ahead.exception()
                writer.remove()


@dataclass
class _Writer:
    """Decodes one part after the other; the rest of a block beyond the last whole record waits for the next part."""

    file: BinaryIO
    codec: str
    target: Path
    characters: int
    _rest: str = ""
    _quotes: int = 0
    _is_done: bool = False
    _written: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder(self.codec)("strict")

    def next(self) -> TextFile | None:
        """Write the next part, or None at the end of the file."""
        if self._is_done:
            return None
        wanted = self.characters << min(len(self._written), 3)
        path = self.target.with_suffix(f".part{len(self._written)}")
        self._written.append(path)
        handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        size, lines, last = 0, 0, b""
        with os.fdopen(handle, "wb") as out:
            while not self._is_done and size < wanted:
                text = self._whole_records(self._decode(), is_last_wanted=size + _BLOCK >= wanted)
                content = text.encode("utf-8")
                out.write(content)
                size += len(text)
                lines += count_feeds(content)
                last = content[-1:] or last
        return TextFile(path, self.codec, lines + (last not in (b"\n", b""))) if size else None

    def remove(self) -> None:
        """Take away every working copy that is left."""
        for path in self._written:
            path.unlink(missing_ok=True)

    def _decode(self) -> str:
        block = self.file.read(_BLOCK)
        self._is_done = not block
        text = self._rest + self._decoder.decode(block, final=not block)
        self._rest = ""
        return text

    def _whole_records(self, text: str, *, is_last_wanted: bool) -> str:
        """The text up to where a part may end, if it is to end here; a line feed inside quotes ends no record."""
        if is_last_wanted and not self._is_done:
            cut = self._end_of_record(text)
            self._rest, text = text[cut:], text[:cut]
            if len(self._rest) > _LONGEST_RECORD:  # a quote without its second: no telling where records end
                raise UnicodeDecodeError(self.codec, b"", 0, 0, "no record ends")
        if '"' in text:
            self._quotes += text.count('"')
        return text

    def _end_of_record(self, text: str) -> int:
        end = text.rfind("\n")
        quotes = self._quotes + text.count('"', 0, max(end, 0))
        while end >= 0 and quotes % 2:
            before = text.rfind("\n", 0, end)
            quotes -= text.count('"', max(before, 0), end)
            end = before
        return end + 1
