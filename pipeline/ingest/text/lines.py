"""Counts the physical lines of a UTF-8 text and finds those that begin no record.

What a record says is read by `tables.csv_table`; records that DuckDB rejects are explained by `load.csv_rejects`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

# Larger blocks come from fresh pages each time, too.
_BLOCK = 1 << 20
_STEP = 1 << 20
_PIECE_BYTES, _PIECES = 64 << 10, 5
# What is compared at once: larger results come from fresh pages each time, whose first touch costs five times the work.
_SLICE = 128 << 10
_FEED, _RETURN, _QUOTE = 0x0A, 0x0D, 0x22  # \n, \r, "


@dataclass(frozen=True)
class Irregular:
    """Physical lines (from 1, ascending) that begin no record: blank ones, and those inside a quoted field.

    `is_open` says that the last quote has no second: where records end is then anybody's guess.
    """

    blank: Numbers
    inside: Numbers
    is_open: bool = False

    @property
    def both(self) -> Numbers:
        """All of them, ascending."""
        import numpy as np

        return np.sort(np.concatenate([self.blank, self.inside]))


def irregular_lines(path: Path, skip: int) -> Irregular:
    """Finds the lines below the first `skip` that begin no record.

    A line feed after an odd number of quotes is inside a field, as RFC 4180 has it. Where a stray quote breaks that
    rule, the numbers do not add up with those of the reader, which is how the caller notices.
    Example: 'a,"x\\ny"\\n\\nb,z\\n' has line 2 inside a field and line 3 blank.
    """
    import numpy as np

    blank, inside = [], []
    lines_before = quotes_before = 0
    for piece in _pieces_of_whole_lines(path):
        feeds = np.flatnonzero(piece == _FEED)
        quotes = np.flatnonzero(piece == _QUOTE)
        # By line: whether a quoted field is open where it ends, and whether one was where it began.
        ends_inside = ((quotes_before + np.searchsorted(quotes, feeds)) & 1).astype(bool)
        begins_inside = np.concatenate([[bool(quotes_before & 1)], ends_inside])[: len(feeds)]
        is_blank = _is_empty_line(piece, feeds) & ~begins_inside & ~ends_inside
        blank.append(np.flatnonzero(is_blank) + lines_before + 1)
        inside.append(np.flatnonzero(ends_inside) + lines_before + 2)  # the line after it begins inside the field
        lines_before += len(feeds)
        quotes_before += len(quotes)
    return Irregular(_beyond(blank, skip), _beyond(inside, skip), is_open=bool(quotes_before & 1))


def _is_empty_line(piece: NDArray[np.uint8], feeds: Numbers) -> NDArray[np.bool_]:
    """Returns for each line that ends with one of `feeds` whether it holds nothing, or a carriage return only."""
    import numpy as np

    begins = np.concatenate([[0], feeds + 1])[: len(feeds)]
    length = feeds - begins
    has_return = piece[np.maximum(feeds - 1, 0)] == _RETURN
    is_empty: NDArray[np.bool_] = (length == 0) | ((length == 1) & has_return)
    return is_empty


def _beyond(pieces: Sequence[Numbers], skip: int) -> Numbers:
    """Returns the line numbers of all pieces that are greater than `skip`."""
    import numpy as np

    none = np.empty(0, dtype=np.int64)
    numbers = np.concatenate([none, *pieces])
    return numbers[numbers > skip]


def _pieces_of_whole_lines(path: Path) -> Iterator[NDArray[np.uint8]]:
    """Yields whole lines, some MB at a time, and at the end what stands behind the last line feed."""
    import numpy as np

    rest = b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            block = rest + block
            cut = block.rfind(b"\n") + 1
            rest = block[cut:]
            yield np.frombuffer(block, dtype=np.uint8, count=cut)
    yield np.frombuffer(rest, dtype=np.uint8)


def _feeds_by_block(path: Path) -> Iterator[tuple[int, Numbers]]:
    """Yields the position behind each block of a file, and the positions of the line feeds in the block."""
    import numpy as np

    begin = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            content = np.frombuffer(block, dtype=np.uint8)
            feeds = np.flatnonzero(content == _FEED) + begin
            begin += len(block)
            yield begin, feeds


def lines_at(path: Path, positions: Numbers) -> Numbers:
    """Returns the physical line (from 1) at each byte position; positions ascend.

    What is behind the end is the last line: DuckDB counts bytes from 1, so that a last line of one byte without a
    line feed stands behind the end. Example: positions 0 and 3 of "ab\\ncd\\n" are in the lines 1 and 2.
    """
    import numpy as np

    lines = np.empty(len(positions), dtype=np.int64)
    if not len(positions):
        return lines
    done = begin = 0
    line = 1
    with path.open("rb") as file:
        while done < len(positions) and (block := file.read(_BLOCK)):
            upto = int(np.searchsorted(positions, begin + len(block)))
            # Where the feeds are is looked up only where it is asked for: counting them takes half the time.
            if upto > done:
                feeds = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == _FEED) + begin
                lines[done:upto] = line + np.searchsorted(feeds, positions[done:upto])
            done = upto
            begin += len(block)
            line += count_feeds(block)
    lines[done:] = line
    return lines


def starts_of(path: Path, lines: Numbers) -> Numbers:
    """Returns the byte position at which each physical line (from 1, ascending) begins.

    Example: the lines 1 and 2 of "ab\\ncd\\n" begin at 0 and 3.
    """
    import numpy as np

    starts = np.zeros(len(lines), dtype=np.int64)
    done = int(np.searchsorted(lines, 1, side="right"))  # the first line begins at 0
    if done == len(lines):
        return starts
    line = 1
    for _, feeds in _feeds_by_block(path):
        upto = int(np.searchsorted(lines, line + len(feeds), side="right"))
        starts[done:upto] = feeds[lines[done:upto] - line - 1] + 1
        done = upto
        line += len(feeds)
        if done == len(lines):
            break
    return starts


def sampled(path: Path) -> Iterator[bytes]:
    """Yields a few pieces of a text, evenly spread, with its beginning and its end."""
    last_start = max(path.stat().st_size - _PIECE_BYTES, 0)
    with path.open("rb") as file:
        for number in range(_PIECES):
            file.seek(last_start * number // (_PIECES - 1))
            yield file.read(_PIECE_BYTES)


@dataclass
class LineCount:
    """Line feeds, and carriage returns without one behind them, counted block by block.

    With numpy, which is several times faster here than bytes.count, made for bytes that are rare.
    """

    feeds: int = 0
    lone_returns: int = 0
    last: int = -1

    @property
    def physical_lines(self) -> int:
        """Lines, of which the last may lack its line feed."""
        return self.feeds + (self.last != _FEED)

    def add(self, block: bytes | bytearray) -> None:
        """Counts one more block."""
        import numpy as np

        # Which most texts have nowhere: this search is faster than comparing each byte.
        has_returns = _RETURN in block
        content = np.frombuffer(block, dtype=np.uint8)
        for start in range(0, len(content), _SLICE):
            self._add_slice(content[start : start + _SLICE], has_returns)

    def _add_slice(self, content: NDArray[np.uint8], has_returns: bool) -> None:
        import numpy as np

        is_feed = content == _FEED
        self.feeds += int(np.count_nonzero(is_feed))
        if self.last == _RETURN and is_feed[0]:
            self.lone_returns -= 1  # the return at the end of the slice before has its feed here
        if has_returns:
            is_return = content == _RETURN
            paired = np.count_nonzero(is_return[:-1] & is_feed[1:])
            self.lone_returns += int(np.count_nonzero(is_return)) - int(paired)
        self.last = int(content[-1])


def count_lines(path: Path) -> LineCount:
    """Counts the line ends of a whole file; another thread goes on meanwhile."""
    count = LineCount()
    buffer = bytearray(_STEP)
    with path.open("rb", buffering=0) as file:
        while filled := file.readinto(buffer):
            count.add(buffer if filled == len(buffer) else buffer[:filled])
    return count


def count_feeds(content: bytes) -> int:
    """Counts the line feeds in a block of bytes."""
    count = LineCount()
    count.add(content)
    return count.feeds
