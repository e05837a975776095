"""Holds what a workbook says of its cells and its reader does not tell; finding it belongs in the modules beside."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.common.cell_marks import ERROR_MARK, NUMBER_MARK
from pipeline.ingest.sheets.number_formats import NO_STYLES, Styles
from pipeline.ingest.sheets.number_texts import EXACT_DIGITS
from pipeline.ingest.sheets.sheet import MergedRange

# Whole numbers from here on have more digits than a spreadsheet keeps.
_WIDE = 10.0**EXACT_DIGITS
_BEYOND_ALL_COLUMNS = 1 << 14


@dataclass
class OddCells:
    """Cells of one sheet, by 0-based row and column: the marked or exact text that stands for each.

    The reader counts columns from the first filled one, which is `first_column` here.
    """

    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    first_column: int = 0


class HiddenValues(Protocol):
    """What one workbook hides. Sheets that it does not know have no odd cells and no days."""

    @property
    def is_1904(self) -> bool:
        """Whether serial numbers of days count from 1904."""

    def silent_cells(self, sheet: str) -> OddCells:
        """Cells that the reader leaves empty or bare: errors, formulas without a value, shares, struck-out texts."""

    def wide_cells(self, sheet: str) -> OddCells:
        """Whole numbers of more than fifteen digits."""

    def hidden_rows(self, sheet: str) -> frozenset[int]:
        """The 0-based rows that the sheet hides or filters away; known once the silent cells were asked for."""

    def days(self, sheet: str) -> Mapping[int, frozenset[int]]:
        """The 0-based rows, by column as the reader counts, of numbers that are shown as days or times."""

    def merged_cells(self, sheet: str) -> Sequence[MergedRange]:
        """The merged cells of a sheet, columns as the reader counts."""


@dataclass
class OddSheet:
    """One sheet's odd cells, as a search that sees every cell collects them."""

    silent: OddCells = field(default_factory=OddCells)
    wide: OddCells = field(default_factory=OddCells)
    first_column: int = _BEYOND_ALL_COLUMNS
    styles: Styles = NO_STYLES
    shown_as_day: dict[int, set[int]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    merged: list[MergedRange] = field(default_factory=list)

    def note_filled(self, column: int) -> None:
        """Takes in a filled cell that holds neither a number nor an error."""
        self.first_column = min(self.first_column, column)

    def note_error(self, row: int, column: int, error: str) -> None:
        """Takes in a cell that shows an error, such as `#DIV/0!`."""
        self.note_filled(column)
        self.silent.cells[row, column] = ERROR_MARK + error

    def note_number(self, row: int, column: int, number: float, style: int) -> None:
        """Takes in a cell with a number; its style says how it is shown, such as a share or a day."""
        self.note_filled(column)
        if style in self.styles.days:
            self.shown_as_day.setdefault(column, set()).add(row)
        shown = self.styles.text_of(number, style)
        if shown:
            self.silent.cells[row, column] = shown
        elif _is_wide(number):
            self.wide.cells[row, column] = NUMBER_MARK + str(int(number))

    def days(self) -> dict[int, frozenset[int]]:
        """The rows, by column, of the cells that show a number as a day or time, as the reader counts columns."""
        return {column - self.first_column: frozenset(rows) for column, rows in self.shown_as_day.items()}

    def finish(self) -> None:
        """Tells both kinds of odd cells the first filled column, once every cell is known."""
        self.silent.first_column = self.wide.first_column = self.first_column


def _is_wide(number: float) -> bool:
    return math.isfinite(number) and abs(number) >= _WIDE and number.is_integer()


@dataclass
class SearchedBook:
    """A workbook that was searched whole: odd cells by sheet name. It is `HiddenValues` as it stands."""

    sheets: dict[str, OddSheet] = field(default_factory=dict)
    is_1904: bool = False

    def silent_cells(self, sheet: str) -> OddCells:
        """Cells that the reader leaves empty or bare."""
        return self._sheet(sheet).silent

    def wide_cells(self, sheet: str) -> OddCells:
        """Whole numbers of more than fifteen digits."""
        return self._sheet(sheet).wide

    def hidden_rows(self, sheet: str) -> frozenset[int]:
        """The rows that the sheet hides."""
        return frozenset(self._sheet(sheet).hidden_rows)

    def days(self, sheet: str) -> Mapping[int, frozenset[int]]:
        """The rows, by column, of numbers shown as days."""
        return self._sheet(sheet).days()

    def merged_cells(self, sheet: str) -> Sequence[MergedRange]:
        """The merged cells."""
        found = self._sheet(sheet)
        return [merged.counted_from(found.first_column) for merged in found.merged]

    def _sheet(self, name: str) -> OddSheet:
        return self.sheets.get(name) or OddSheet()
