"""A row as it was read by contract, and what was wrong with its cells; where both are kept, load says."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class TypedRow:
    """One row read cell by cell: canonical texts, and the original text where it differs."""

    sheet: str
    row_no: int
    values: dict[str, str | None]
    as_written: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CellProblem:
    """A cell that could not be read, and whether its row is loaded or quarantined; `value` may be shown to people."""

    sheet: str
    row_no: int
    column_name: str
    reason: str
    value: str | None
    row_disposition: str
