"""What goes back to a sender: a delivery with its bad cells; how they are told, words.py says."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.privacy.masking import MASK


@dataclass(frozen=True)
class Problem:
    """One bad cell: where it stands (row_no is the physical row, 1-based), what it held, and what to do."""

    sheet: str
    row_no: int
    column_name: str
    value: str | None
    message: str

    def without_value(self) -> Problem:
        """The same problem, told without what the cell held: a cell that is not shown is not quoted either."""
        if self.value is None:
            return self
        message = self.message.replace(f"“{self.value}”", f"“{MASK}”")
        return replace(self, value=MASK, message=message)


@dataclass(frozen=True)
class ReturnedDelivery:
    """A delivery that goes back: its identity in the ledger and its problems, of which there may be more than kept."""

    delivery_id: str
    source: str
    file_name: str
    week_id: str
    problems: tuple[Problem, ...]
    count: int

    def problems_by_sheet(self) -> dict[str, list[Problem]]:
        """The problems of each sheet, in their order."""
        by_sheet: dict[str, list[Problem]] = {}
        for problem in self.problems:
            by_sheet.setdefault(problem.sheet, []).append(problem)
        return by_sheet

    def problems_by_row(self) -> dict[int, list[Problem]]:
        """The problems of each physical row; for a text, which is one table."""
        by_row: dict[int, list[Problem]] = {}
        for problem in self.problems:
            by_row.setdefault(problem.row_no, []).append(problem)
        return by_row
