"""Single cells of rows whose lengths differ; what a cell means is told by header_guess and column_types."""

from __future__ import annotations

from pipeline.ingest.tables.headers.paths import Row


def cell_at(row: Row, index: int) -> str | None:
    """The cell in a column, counted from 0; None where the row ends before it."""
    return row[index] if index < len(row) else None


def is_filled(cell: str | None) -> bool:
    """Whether a cell holds more than blanks."""
    return cell is not None and cell.strip() != ""


def filled_text(row: Row, index: int) -> str:
    """The text in a column without blanks around it; "" where there is none."""
    return (cell_at(row, index) or "").strip()
