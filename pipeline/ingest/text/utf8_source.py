"""Hands a text export to DuckDB in UTF-8, piece by piece: one is decoded while the one before is being loaded.

How a piece is loaded, `load.csv_typed` says; a whole text is decoded by `transcode`.
"""

from __future__ import annotations

import codecs
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.ingest.text.lines import LineCount, count_feeds, count_lines
from pipeline.ingest.text.transcode import LoneReturns, TextFile, as_utf8, private_file
from pipeline.ingest.text.undecodable import is_whole

PART_CHARACTERS = 24 << 20
"""Size of the first part, so that loading soon begins; each is twice the one before, up to eight times the first,
because the table is written in pieces that end where a part ends."""
_MOST_DOUBLINGS = 3

# How many parts wait decoded at most: as many as one core decodes while another hashes the file.
_AHEAD = 3
_BLOCK = 256 << 10
_LONGEST_RECORD = 16 << 20
_UTF8 = ("utf-8", "utf-8-sig")


class TextSource:
    """A delimited text, and the folder for private working copies of it, which are gone when the block ends.

    What needs a core of its own begins at once, beside whatever the caller does before it asks for the text: the lines
    of UTF-8 are counted, any other text is decoded, a few parts ahead.
    """

    def __init__(self, path: Path, codec: str, work: Path, part_characters: int | None = None) -> None:
        self.path, self.codec, self.work = path, codec, work
        self._characters = part_characters or PART_CHARACTERS
        self._pool = ThreadPoolExecutor(1)
        self._lines = self._pool.submit(count_lines, path) if codec in _UTF8 else None
        self._writer = None if self._lines else self._decode_ahead()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def parts(self) -> Iterator[TextFile]:
        """Yields the text in UTF-8, as one or more pieces that end with a record.

        A copy is gone when the next is asked for. UTF-8 without lone carriage returns is handed out as it is. Raises
        UnicodeDecodeError where bytes do not decode.
        """
        lines = self._usual_lines()
        if lines is not None:
            yield TextFile(self.path, lines.physical_lines)
            return
        self._writer = self._writer or self._decode_ahead()
        while part := self._ahead.popleft().result():
            self._ahead.append(self._pool.submit(self._writer.next))
            yield part
            part.path.unlink(missing_ok=True)

    def _usual_lines(self) -> LineCount | None:
        """The lines of a text in UTF-8 that can be handed out as it is; None of every other."""
        if self._lines is None:
            return None
        lines = self._lines.result()
        return None if lines.lone_returns else lines

    def untouched(self) -> TextFile | None:
        """Returns the original itself where DuckDB can read it; whether all of its bytes decode, nobody knows yet."""
        lines = self._usual_lines()
        has_mark = self.codec != "utf-8"
        return None if lines is None or has_mark else TextFile(self.path, lines.physical_lines)

    def whole(self) -> Iterator[TextFile]:
        """Yields the text as one piece; a few bytes that do not decode are replaced, many refuse the file."""
        untouched = self.untouched()
        if untouched and is_whole(self.path, self.codec):
            yield untouched
            return
        self._stop()
        text = as_utf8(self.path, self.codec, self.work)
        try:
            yield text
        finally:
            text.path.unlink(missing_ok=True)

    def _decode_ahead(self) -> _PartWriter:
        writer = _PartWriter(self.path, self.codec, self.work / "text", self._characters)
        self._ahead = deque(self._pool.submit(writer.next) for _ in range(_AHEAD))
        return writer

    def _stop(self) -> None:
        """Ends the work in the background; working copies can only be removed when nothing writes any more."""
        if self._writer:
            self._writer.is_stopped = True
        self._pool.shutdown(cancel_futures=True)
        if self._writer:
            self._writer.remove()


@dataclass
class _PartWriter:
    """Decodes one part after the other; the rest of a block beyond the last whole record waits for the next part."""

    source: Path
    codec: str
    target: Path
    characters: int
    is_stopped: bool = False
    _rest: str = ""
    _quotes: int = 0
    _written: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._file = self.source.open("rb")
        self._decoder = codecs.getincrementaldecoder(self.codec)("strict")
        self._returns = LoneReturns()

    def next(self) -> TextFile | None:
        """Writes the next part, or returns None at the end of the file, after an error, and when stopped."""
        if self.is_stopped:
            return None
        try:
            return self._write_part()
        except BaseException:
            self.is_stopped = True
            raise

    def _write_part(self) -> TextFile | None:
        number = len(self._written)
        wanted = self.characters << min(number, _MOST_DOUBLINGS)
        path = self.target.with_suffix(f".part{number}")
        self._written.append(path)
        characters = line_feeds = 0
        last_byte = b""
        with os.fdopen(private_file(path), "wb") as out:
            while not self.is_stopped and characters < wanted:
                decoded = self._decoded_block()
                is_last_wanted = characters + _BLOCK >= wanted
                text = self._whole_records(decoded, is_last_wanted=is_last_wanted)
                content = text.encode("utf-8", "replace")
                out.write(content)
                characters += len(text)
                line_feeds += count_feeds(content)
                last_byte = content[-1:] or last_byte
        if characters == 0:
            return None
        is_last_line_open = last_byte not in (b"\n", b"")
        return TextFile(path, line_feeds + is_last_line_open)

    def remove(self) -> None:
        """Removes every working copy that is left; nothing may be writing any more."""
        self._file.close()
        for path in self._written:
            path.unlink(missing_ok=True)

    def _decoded_block(self) -> str:
        """Returns the text of the next block, with what is left of the one before in front of it."""
        block = self._file.read(_BLOCK)
        is_end = not block
        if is_end:
            self.is_stopped = True
        decoded = self._decoder.decode(block, final=is_end)
        text = self._rest + self._returns.mended(decoded, is_last=is_end)
        self._rest = ""
        return text

    def _whole_records(self, text: str, *, is_last_wanted: bool) -> str:
        """Returns the text up to where a part may end, if it is to end here; a feed inside quotes ends no record."""
        if is_last_wanted and not self.is_stopped:
            cut = self._end_of_record(text)
            self._rest, text = text[cut:], text[:cut]
            if len(self._rest) > _LONGEST_RECORD:  # a quote without its second: no telling where records end
                raise UnicodeDecodeError(self.codec, b"", 0, 0, "no record ends")
        if '"' in text:
            self._quotes += text.count('"')
        return text

    def _end_of_record(self, text: str) -> int:
        """Returns the position behind the last line feed that stands after an even number of quotes; 0 for none.

        Example: of 'a,b\\nc,"d\\n' it is 4, because the second line feed is inside a field.
        """
        end = text.rfind("\n")
        quotes = self._quotes + text.count('"', 0, max(end, 0))
        while end >= 0:
            is_inside_field = quotes % 2 == 1
            if not is_inside_field:
                break
            before = text.rfind("\n", 0, end)
            quotes -= text.count('"', max(before, 0), end)
            end = before
        return end + 1
