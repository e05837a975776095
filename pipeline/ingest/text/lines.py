"""Counts the physical lines of a UTF-8 text and finds those that begin no record; what a record says is elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

_BLOCK = 4 << 20
_STEP = 1 << 20
_PIECE, _PIECES = 64 << 10, 5
# What is compared at once: larger results come from fresh pages each time, whose first touch costs five times the work.
_SLICE = 128 << 10
_FEED, _RETURN, _QUOTE = 10, 13, 34


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
    """The lines below the first `skip` that begin no record.

    A line feed after an odd number of quotes is inside a field, as RFC 4180 has it. Where a stray quote breaks that
    rule, the numbers do not add up with those of the reader, which is how the caller notices.
    """
    import numpy as np

    blank, inside = [], []
    number, quotes = 0, 0
    for piece in _pieces(path):
        feeds = np.flatnonzero(piece == _FEED)
        marks = np.flatnonzero(piece == _QUOTE)
        is_open = ((quotes + np.searchsorted(marks, feeds)) & 1).astype(bool)
        begins = np.concatenate([[0], feeds[:-1] + 1]) if len(feeds) else feeds
        length = feeds - begins
        is_empty = (length == 0) | ((length == 1) & (piece[np.maximum(feeds - 1, 0)] == _RETURN))
        was_open = np.concatenate([[bool(quotes & 1)], is_open[:-1]]) if len(feeds) else is_open
        blank.append(np.flatnonzero(is_empty & ~was_open & ~is_open) + number + 1)
        inside.append(np.flatnonzero(is_open) + number + 2)
        number += len(feeds)
        quotes += len(marks)
    return Irregular(_below(blank, skip), _below(inside, skip), bool(quotes & 1))


def _below(found: list[Numbers], skip: int) -> Numbers:
    import numpy as np

    numbers = np.concatenate(found) if found else np.empty(0, dtype=np.int64)
    return numbers[numbers > skip]


def _pieces(path: Path) -> Iterator[NDArray[np.uint8]]:
    """Whole lines, and at the end what stands behind the last line feed."""
    import numpy as np

    rest = b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            block = rest + block
            cut = block.rfind(b"\n") + 1
            rest = block[cut:]
            yield np.frombuffer(block, dtype=np.uint8, count=cut)
    yield np.frombuffer(rest, dtype=np.uint8)


def lines_at(path: Path, positions: Numbers) -> Numbers:
    """The physical line (from 1) at each byte position; positions ascend, and what is behind the end is the last line.

    DuckDB counts bytes from 1, so that a last line of one byte without a line feed stands behind the end.
    """
    import numpy as np

    found = np.empty(len(positions), dtype=np.int64)
    done, offset, number = 0, 0, 1
    with path.open("rb") as file:
        while done < len(positions) and (block := file.read(_BLOCK)):
            feeds = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == _FEED) + offset
            upto = int(np.searchsorted(positions, offset + len(block)))
            found[done:upto] = number + np.searchsorted(feeds, positions[done:upto])
            done, offset, number = upto, offset + len(block), number + len(feeds)
    found[done:] = number
    return found


def starts_of(path: Path, lines: Numbers) -> Numbers:
    """The byte position at which each physical line (from 1, ascending) begins."""
    import numpy as np

    found = np.zeros(len(lines), dtype=np.int64)
    done, offset, number = int(np.searchsorted(lines, 1, side="right")), 0, 1
    with path.open("rb") as file:
        while done < len(lines) and (block := file.read(_BLOCK)):
            feeds = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == _FEED) + offset
            upto = int(np.searchsorted(lines, number + len(feeds), side="right"))
            found[done:upto] = feeds[lines[done:upto] - number - 1] + 1
            done, offset, number = upto, offset + len(block), number + len(feeds)
    return found


def sampled(path: Path) -> Iterator[bytes]:
    """A few pieces of a text, evenly spread, with its beginning and its end."""
    size = path.stat().st_size
    with path.open("rb") as file:
        for place in range(_PIECES):
            file.seek(max(size - _PIECE, 0) * place // (_PIECES - 1))
            yield file.read(_PIECE)


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
        """Count one more block."""
        import numpy as np

        # Which most texts have nowhere: this search is faster than comparing each byte.
        has_returns = _RETURN in block
        content = np.frombuffer(block, dtype=np.uint8)
        for start in range(0, len(content), _SLICE):
            self._add(content[start : start + _SLICE], has_returns)

    def _add(self, content: NDArray[np.uint8], has_returns: bool) -> None:
        import numpy as np

        is_feed = content == _FEED
        self.feeds += int(np.count_nonzero(is_feed))
        if self.last == _RETURN and is_feed[0]:
            self.lone_returns -= 1
        if has_returns:
            is_return = content == _RETURN
            paired = np.count_nonzero(is_return[:-1] & is_feed[1:])
            self.lone_returns += int(np.count_nonzero(is_return)) - int(paired)
        self.last = int(content[-1])


def count_lines(path: Path) -> LineCount:
    """The line ends of a whole file; another thread goes on meanwhile."""
    count = LineCount()
    buffer = bytearray(_STEP)
    with path.open("rb", buffering=0) as file:
        while filled := file.readinto(buffer):
            count.add(buffer if filled == len(buffer) else buffer[:filled])
    return count


def count_feeds(content: bytes) -> int:
    """Line feeds in a block of bytes."""
    count = LineCount()
    count.add(content)
    return count.feeds
