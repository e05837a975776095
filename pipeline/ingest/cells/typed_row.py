"""A row as it was read by contract, and what was wrong with its cells; `pipeline.ingest.load` keeps both."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class TypedRow:
    """One row read cell by cell: canonical texts by field name, and the original text where it differs.

    Key: sheet, row_no (counted from 1 as a spreadsheet does); of a wide table also `source_column`, the label of the
    column that the record stands in.
    """

    sheet: str
    row_no: int
    values: dict[str, str | None]
    as_written: dict[str, str] = field(default_factory=dict)
    source_column: str | None = None


@dataclass(frozen=True)
class CellProblem:
    """A cell that could not be read, and whether its row is loaded or quarantined; `value` may be shown to people.

    `reason` is one of `pipeline.ingest.reasons.Reason`, `row_disposition` one of its `Disposition`.
    """

    sheet: str
    row_no: int
    column_name: str
    reason: str
    value: str | None
    row_disposition: str
