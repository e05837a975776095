"""Compares printed totals with the sums of their rows; which row is a total, rows says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pipeline.ingest.cells.numbers import parse_number
from pipeline.ingest.cells.row_reader import scaled
from pipeline.ingest.tables.header import Header, Row
from pipeline.ingest.tables.rows import NUMERIC


@dataclass
class Segment:
    """The loaded rows between two printed totals: how many, and their sums by field."""

    rows: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)

    def add(self, name: str, value: Decimal) -> None:
        """Add one value to a field's sum."""
        self.sums[name] = self.sums.get(name, Decimal(0)) + value


@dataclass(frozen=True)
class Printed:
    """A printed total (or part, 其中): its physical row, its label, what it covers, its values by field."""

    row_no: int
    label: str
    covers: str
    values: dict[str, Decimal]


def control_totals(sheet: str, printed: Sequence[Printed], segments: Sequence[Segment]) -> list[ControlTotal]:
    """Each printed value beside the sum of what it covers; `segments` are the rows before, between and after them.

    A total stands below its rows, or above them where there are none before it. `computed` is None where the rows are
    not all here (今年累计) or not all meant (其中).
    """
    found = []
    for place, one in enumerate(printed):
        covered = _covered(place, printed, segments)
        for name, value in one.values.items():
            computed = (
                None if covered is None else sum((part.sums.get(name, Decimal(0)) for part in covered), Decimal(0))
            )
            found.append(ControlTotal(sheet, one.row_no, one.label, one.covers, name, value, computed))
    return found


def _covered(place: int, printed: Sequence[Printed], segments: Sequence[Segment]) -> Sequence[Segment] | None:
    covers = printed[place].covers
    if covers not in ("group", "table"):
        return None
    if covers == "table":
        return segments[: place + 1] if any(part.rows for part in segments[: place + 1]) else segments
    groups = [at for at, one in enumerate(printed) if one.covers == "group"]
    stand_above = not any(part.rows for part in segments[: groups[0] + 1])
    if stand_above:
        following = next((at for at in groups if at > place), len(printed))
        return segments[place + 1 : following + 1]
    previous = max((at for at in groups if at < place), default=-1)
    return segments[previous + 1 : place + 1]


def sums_of(segments: Sequence[Segment]) -> Segment:
    """All segments as one."""
    total = Segment(sum(part.rows for part in segments))
    for part in segments:
        for name, value in part.sums.items():
            total.add(name, value)
    return total


def printed_values(row: Row, header: Header, scales: dict[str, str]) -> dict[str, Decimal]:
    """The numbers of a total's row by field, as exactly as they are printed; rates and shares are no sums."""
    found = {}
    for column in header.columns:
        if column.field is None or column.field.type not in NUMERIC or column.index >= len(row):
            continue
        if not column.field.additive:
            continue
        text = scaled(row[column.index], column.field, scales.get(column.field.name, ""))
        value = parse_number(text or "", column.field.unit)
        if value is not None:
            found[column.field.name] = value
    return found


@dataclass(frozen=True)
class ControlTotal:
    """A printed total beside what its rows add up to; `computed` is None where the rows are not all in this file."""

    sheet: str
    row_no: int
    label: str
    covers: str
    column_name: str
    printed: Decimal
    computed: Decimal | None
