"""What a workbook says of its cells and its reader does not tell; finding it belongs in the hidden_* beside this"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from pipeline.common.cell_marks import ERROR_MARK, NUMBER_MARK
from pipeline.ingest.sheets.number_formats import NO_STYLES, Styles, share_text


@dataclass
class Oddities:
    """Cells of one sheet by (0-based row, column letters' number): the marked or exact text that stands for each."""

    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    first_column: int = 0


_WIDE = 10.0**15


@dataclass
class Found:
    """One sheet's odd cells: those that the reader leaves empty or bare, and whole numbers beyond fifteen digits."""

    silent: Oddities = field(default_factory=Oddities)
    wide: Oddities = field(default_factory=Oddities)
    first_column: int = 1 << 14
    styles: Styles = NO_STYLES
    shown_as_day: dict[int, set[int]] = field(default_factory=dict)

    def note(
        self, row: int, column: int, number: float | None = None, error: str | None = None, style: int = -1
    ) -> None:
        """Take in one filled cell; `number` and `error` are its value where it has such a one."""
        self.first_column = min(self.first_column, column)
        if number is not None and style in self.styles.days:
            self.shown_as_day.setdefault(column, set()).add(row)
        if error is not None:
            self.silent.cells[row, column] = ERROR_MARK + error
        elif number is not None and style in self.styles.shares and (text := share_text(number)):
            self.silent.cells[row, column] = text
        elif number is not None and math.isfinite(number) and abs(number) >= _WIDE and number.is_integer():
            self.wide.cells[row, column] = NUMBER_MARK + str(int(number))

    def days(self) -> dict[int, frozenset[int]]:
        """The rows, by column, of the cells that show a number as a day or time, as the reader counts columns."""
        return {column - self.first_column: frozenset(rows) for column, rows in self.shown_as_day.items()}

    def placed(self) -> Found:
        """The same, once every cell is known: the reader counts columns from the first filled one."""
        self.silent.first_column = self.wide.first_column = self.first_column
        return self


@dataclass
class Book:
    """What a workbook without sheet XML says: odd cells by sheet name, and whether its serials count from 1904."""

    sheets: dict[str, Found] = field(default_factory=dict)
    is_1904: bool = False
