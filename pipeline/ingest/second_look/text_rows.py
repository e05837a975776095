"""Reads a delimited text once more with Python's csv: whole, or blocks of lines of a large one."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.ingest.second_look.seen import SeenRow, SeenRows
from pipeline.ingest.text.lines import lines_at

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
        import numpy as np

        size = self.path.stat().st_size
        step = size // _BLOCKS + 1
        length = min(_SAMPLED, step)
        starts = sorted([*range(0, size, step), size - length])
        first_lines = lines_at(self.path, np.array(starts)).tolist()
        with self.path.open("rb") as file:
            for start, first_line in zip(starts, first_lines, strict=True):
                file.seek(start)
                block = file.read(length)
                is_end = start + len(block) == size
                if is_end:
                    # The last line may lack its line feed.
                    block = block.rstrip() + b"\n"
                # The first line of a block is cut, but that of the file.
                begin = block.find(b"\n") + 1 if start else 0
                is_cut = begin > 0
                yield from self._records_of(block[begin:], first_line + is_cut)

    def _records_of(self, block: bytes, first_line: int) -> Iterator[SeenRow]:
        """Yields the whole lines of a block as records; a line with a quotation mark may be part of a longer one."""
        lines = block.split(b"\n")
        for number, line in enumerate(lines[:-1], start=first_line):
            if b'"' in line or b"\r" in line[:-1]:
                continue
            text = line.decode(self.codec, "replace").rstrip("\r")
            yield _row(number, text.split(self.delimiter))


def _row(line: int, cells: Sequence[str]) -> SeenRow:
    return SeenRow(line, {at: cell for at, cell in enumerate(cells) if cell.strip()})
