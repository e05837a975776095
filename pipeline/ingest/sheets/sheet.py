"""A sheet as every reader gives it: rows of text cells, its days and its limits.

Reading one belongs in `workbook_readers`, `html`, `mhtml` and `spreadsheetml`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Cells = list[str | None]
Days = Callable[[], Mapping[int, frozenset[int]]]
Merged = Callable[[], Sequence["MergedRange"]]
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
"""What a sheet of a spreadsheet program can span."""
BULK_ROWS = 2_000
"""Sheets with more rows than this stay in columns; fewer are read faster row by row."""
DAY_PATTERN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9:.]+)?|[0-9]{2,}:[0-9]{2}:[0-9]{2}"
"""How the reader writes a number that its cell shows as a day or time."""


def no_days() -> Mapping[int, frozenset[int]]:
    """What a sheet says that has no numbers shown as days, or of which that is unknown."""
    return {}


class MergedRange(NamedTuple):
    """A merged cell: its first and last row and column, from 0; columns as the reader of the sheet counts them."""

    top: int
    bottom: int
    left: int
    right: int

    def counted_from(self, first_column: int) -> MergedRange:
        """The same cell, of a reader that counts columns from this one."""
        return self._replace(left=self.left - first_column, right=self.right - first_column)


def no_merged() -> Sequence[MergedRange]:
    """What a sheet says that has no merged cells, or of which that is unknown."""
    return ()


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, its rows as texts or None, and what the book says of it.

    The rows begin with the first physical one, or after `rows_above` where the sheet holds another table above; those
    of a text are records, of which `lines` are the physical lines where they begin. `days` finds the physical rows
    (0-based), by column, of the numbers that their cells show as days: their texts look like those of cells in which
    somebody wrote a day. `hidden_rows` are the physical rows (0-based) that the sheet hides or filters away.
    `merged` finds the merged cells, in physical rows too.
    """

    name: str
    rows: Sequence[Cells]
    is_hidden: bool = False
    is_1904: bool = False
    rows_above: int = 0
    lines: Sequence[int] | None = None
    hidden_rows: frozenset[int] = frozenset()
    days: Days = field(default=no_days, compare=False, repr=False)
    merged: Merged = field(default=no_merged, compare=False, repr=False)

    @property
    def title(self) -> str:
        """The sheet's name for people; a text has no sheets."""
        return self.name if self.lines is None else ""

    def row_no(self, place: int) -> int:
        """The 1-based physical row of the row at a 0-based place."""
        return self.rows_above + place + 1 if self.lines is None else self.lines[place]
