"""Reads a delimited text once more with Python's csv: whole, or blocks of lines of a large one."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.ingest.second_look.seen import SeenRow, SeenRows

_SMALL = 256 << 10
_BLOCKS = 16
_SAMPLED = 12 << 10
# Of UTF-16 and UTF-32 a line feed is no single byte, so that lines cannot be found without decoding what is above them.
_WIDE = ("utf-16", "utf-32", "utf_16", "utf_32")


@dataclass(frozen=True)
class TextReader:
    """A delimited text: the file as it was delivered, its encoding and its delimiter."""

    path: Path
    codec: str
    delimiter: str

    def rows(self, sheet: str, *, is_whole: bool) -> SeenRows | None:
        """Returns the records by the physical line (from 1) where they begin; `sheet` is the only one there is."""
        del sheet
        is_small = self.path.stat().st_size <= _SMALL
        if is_whole or is_small:
            return SeenRows(self._all_records())
        if self.codec.startswith(_WIDE):
            return None
        return SeenRows(self._sampled_records(), is_whole=False)

    def _all_records(self) -> Iterator[SeenRow]:
        """Yields every record down to the first that is no CSV."""
        with self.path.open(encoding=self.codec, errors="replace", newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter)
            first_line = 1
            try:
                for cells in reader:
                    yield _row(first_line, cells)
                    first_line = reader.line_num + 1
            except csv.Error:
                return

    def _sampled_records(self) -> Iterator[SeenRow]:
        """Yields the records of one block of whole lines in each sixteenth of the file, and of the last lines."""
        step = self.path.stat().st_size // _BLOCKS + 1
        lines_above = 0
        tail = b""
        with self.path.open("rb") as file:
            while part := file.read(step):
                begin = part.find(b"\n") + 1 if lines_above else 0
                line = lines_above + (1 if begin else 0)
                yield from self._records_of(part[begin : begin + _SAMPLED], line)
                lines_above += part.count(b"\n")
                # A part is a sixteenth of the file: only its end is put together with what came before.
                tail = (tail + part[-_SAMPLED:])[-_SAMPLED:]
        # The first line of the tail is cut; the last may lack its line feed.
        line = lines_above - tail.count(b"\n") + 1
        yield from self._records_of(tail[tail.find(b"\n") + 1 :].rstrip() + b"\n", line)

    def _records_of(self, block: bytes, lines_above: int) -> Iterator[SeenRow]:
        """Yields the whole lines of a block as records; a line with a quotation mark may be part of a longer one."""
        lines = block.split(b"\n")
        for number, line in enumerate(lines[:-1], start=lines_above + 1):
            if b'"' in line or b"\r" in line[:-1]:
                continue
            text = line.decode(self.codec, "replace").rstrip("\r")
            yield _row(number, text.split(self.delimiter))


def _row(line: int, cells: Sequence[str]) -> SeenRow:
    return SeenRow(line, {at: cell for at, cell in enumerate(cells) if cell.strip()})
