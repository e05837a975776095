"""Compares printed totals with the sums of their rows; which row is a total, `total_rows` says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from pipeline.common.cell_marks import unmarked
from pipeline.contracts import Contract, Field
from pipeline.contracts.model import NUMERIC, Total
from pipeline.ingest.cells.numbers import parse_number, printed_step
from pipeline.ingest.cells.row_reader import scaled
from pipeline.ingest.tables.headers.header import Header
from pipeline.ingest.tables.headers.paths import Row
from pipeline.ingest.tables.total_rows import label_places
from pipeline.privacy.masking import shown

_ZERO = Decimal(0)


@dataclass
class Segment:
    """The loaded rows between two printed totals: how many, their sums by field, and how many have a number there.

    `unsure` is how far each sum may be off because numbers in it are rounded: 0.07万 is 650 to 750, so by 50.
    """

    rows: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    filled: Counter[str] = field(default_factory=Counter)
    unsure: dict[str, Decimal] = field(default_factory=dict)

    def add(self, name: str, value: Decimal, rows: int = 1) -> None:
        """Adds the value of one row, or the sum of several, to a field's sum."""
        self.sums[name] = self.sums.get(name, _ZERO) + value
        self.filled[name] += rows

    def note_rounding(self, name: str, written: str, value: Decimal, rows: int = 1) -> None:
        """Notes that one row, or several, print a number of a field rounded, as 0.07万 does; 732 and 85.2 are exact."""
        step = printed_step(written, value)
        if step > 1:
            self.unsure[name] = self.unsure.get(name, _ZERO) + rows * step / 2


@dataclass(frozen=True)
class PrintedNumber:
    """One number of a printed total as it stands there: 2.31万 is 23100, printed to a step of 100."""

    text: str
    value: Decimal
    step: Decimal


@dataclass(frozen=True)
class Printed:
    """A printed total (or part, 其中): its physical row, its label, what it covers, its values by field.

    `values` are those that add up, `others` the rates, shares and averages beside them. `numbers` are both as they are
    printed, `row_label` is what the row calls itself: 住房城乡建设厅 小 计.
    """

    row_no: int
    label: str
    covers: str
    values: dict[str, Decimal]
    others: dict[str, Decimal] = field(default_factory=dict)
    numbers: dict[str, PrintedNumber] = field(default_factory=dict)
    row_label: str = ""


@dataclass(frozen=True)
class ControlTotal:
    """A printed total beside what its rows add up to; `computed` is None where nobody knows that.

    So it is where the rows are not all in this file, where the column has rates, and where blanks or rounded rows may
    be any number.
    `number` is the value as it is printed, None where several columns of a wide table are added up, or where a sheet
    sums up the others. Grain: one value of one printed row. Key: sheet, row_no, column_name.
    """

    sheet: str
    row_no: int
    label: str
    covers: str
    column_name: str
    printed: Decimal
    computed: Decimal | None
    row_label: str = ""
    number: PrintedNumber | None = None


def control_totals(
    sheet: str, printed: Sequence[Printed], segments: Sequence[Segment], unknown: Collection[str] = ()
) -> list[ControlTotal]:
    """Returns each printed value beside the sum of what it covers.

    `segments` are the rows before, between and after the printed totals, so that there is one more of them.
    A total stands below its rows, or above them where there are none before it. `computed` is None where the rows are
    not all here (今年累计) or not all meant (其中), and where blanks leave it open: in one of the fields `unknown`, of
    which a blank may be any number. So it is where rows are rounded and may well add up to what is printed.
    """
    totals = []
    printed = _with_groups(printed, segments)
    for place, total in enumerate(printed):
        covered = _covered_segments(place, printed, segments)
        whole = sums_of(covered) if covered is not None else None
        for name, value in (*total.values.items(), *total.others.items()):
            computed = None
            number = total.numbers.get(name)
            if whole is not None and name in total.values and not _is_rounded(whole, name, value, number):
                computed = _known_sum(whole, name, value, is_unknown=name in unknown)
            totals.append(
                ControlTotal(
                    sheet, total.row_no, total.label, total.covers, name, value, computed, total.row_label, number
                )
            )
    return totals


def unknown_blanks(contract: Contract) -> frozenset[str]:
    """Returns the fields of which the contract says that a blank may be any number."""
    return frozenset(field.name for field in contract.fields if field.blank in ("unknown", "allowed"))


def reports_nothing(contract: Contract, texts: Mapping[str, object]) -> bool:
    """Whether a row says by a word that it reports nothing, as 水利厅 无业务 does: its blanks are zeros."""
    reporters = contract.checks.reporters
    return reporters is not None and reporters.none is not None and reporters.none in texts.values()


def _is_rounded(whole: Segment, name: str, printed: Decimal, number: PrintedNumber | None) -> bool:
    """Whether what is printed differs from its rows, and by no more than the rounding of the rows and of itself.

    Rows of 10177 and 0.07万 add up to 10827 to 10927: a total of 10909 may be right.
    """
    of_rows = whole.unsure.get(name, _ZERO)
    if not of_rows:
        return False
    step = number.step if number is not None else Decimal(1)
    of_total = step / 2 if step > 1 else _ZERO
    difference = abs(printed - whole.sums.get(name, _ZERO))
    return 0 < difference <= of_rows + of_total


def _known_sum(whole: Segment, name: str, printed: Decimal, *, is_unknown: bool) -> Decimal | None:
    """Returns the sum of a field over the rows that a total covers; None where blanks leave it open.

    A blank is zero unless the contract says that it is unknown: then a total may be larger than what the other rows
    give, and a column that no row fills in has no sum at all.
    """
    computed = whole.sums.get(name, _ZERO)
    filled = whole.filled[name]
    has_blanks = filled < whole.rows
    if not is_unknown or not has_blanks:
        return computed
    may_be_right = not filled or printed > computed
    return None if may_be_right else computed


def _with_groups(printed: Sequence[Printed], segments: Sequence[Segment]) -> Sequence[Printed]:
    """Returns the totals; those are of groups that are called as one that adds up only the rows since the last.

    当日合计 and 共计 stand below each day, though their words may mean the whole table.
    """
    names_of_groups: set[str] = set()
    last: int | None = None
    for place, total in enumerate(printed):
        if total.covers not in ("group", "table"):
            continue
        if last is not None and _adds_up_only(total, segments, last + 1, place + 1):
            names_of_groups.add(total.label)
        last = place
    return [_as_group(total, names_of_groups) for total in printed]


def _adds_up_only(total: Printed, segments: Sequence[Segment], first: int, end: int) -> bool:
    """Whether a total of the table is the sum of the segments from `first` to `end`, and not of all before `end`."""
    since_last = segments[first:end]
    if total.covers != "table" or not _have_rows(since_last):
        return False
    is_of_all = _is_sum_of(total, segments[:end])
    return _is_sum_of(total, since_last) and not is_of_all


def _as_group(total: Printed, names_of_groups: Collection[str]) -> Printed:
    is_of_group = total.covers == "table" and total.label in names_of_groups
    return replace(total, covers="group") if is_of_group else total


def _is_sum_of(total: Printed, segments: Sequence[Segment]) -> bool:
    """Whether each value that a total prints is the sum of the rows of some segments."""
    sums = sums_of(segments).sums
    return bool(total.values) and all(sums.get(name, _ZERO) == value for name, value in total.values.items())


def _covered_segments(place: int, printed: Sequence[Printed], segments: Sequence[Segment]) -> Sequence[Segment] | None:
    """Returns the rows that the total number `place` covers; None where they are not all here or not all meant."""
    covers = printed[place].covers
    if covers == "table":
        above = segments[: place + 1]
        return above if _have_rows(above) else segments
    if covers == "group":
        return _segments_of_group(place, printed, segments)
    return None


def _segments_of_group(place: int, printed: Sequence[Printed], segments: Sequence[Segment]) -> Sequence[Segment]:
    """Returns the rows between a subtotal and the one before it, or the one after it where subtotals stand above."""
    groups = [at for at, total in enumerate(printed) if total.covers == "group"]
    number = groups.index(place)
    stand_above = not _have_rows(segments[: groups[0] + 1])
    if stand_above:
        is_last = number + 1 == len(groups)
        following = len(printed) if is_last else groups[number + 1]
        return segments[place + 1 : following + 1]
    previous = groups[number - 1] if number > 0 else -1
    return segments[previous + 1 : place + 1]


def _have_rows(segments: Sequence[Segment]) -> bool:
    return sum(segment.rows for segment in segments) > 0


def sums_of(segments: Sequence[Segment]) -> Segment:
    """Adds up all segments as one."""
    total = Segment()
    for segment in segments:
        total.rows += segment.rows
        for name, value in segment.sums.items():
            total.add(name, value, segment.filled[name])
        for name, unsure in segment.unsure.items():
            total.unsure[name] = total.unsure.get(name, _ZERO) + unsure
    return total


def printed_row(
    row_no: int, row: Row, total: Total | None, contract: Contract, header: Header, scales: dict[str, str]
) -> Printed:
    """Returns what a row of a total prints; `total` is None for a row that says 其中."""
    label, covers = (total.label, total.covers) if total else (contract.layout.of_which[0], "of_which")
    return printed_total(row_no, label, covers, row, header, scales)


def printed_total(row_no: int, label: str, covers: str, row: Row, header: Header, scales: dict[str, str]) -> Printed:
    """Returns the numbers of a total's row by field, as exactly as they are printed.

    `scales` are the scales of the fields as `sheet_tables.scales` finds them, such as 万 by the name of the field.
    """
    printed = Printed(row_no, label, covers, {}, row_label=_row_label(row, header))
    for index, column_field in header.fields_by_index.items():
        if index >= len(row):
            break
        if column_field.type not in NUMERIC:
            continue
        name = column_field.name
        number = _printed_number(row[index], column_field, scales.get(name, ""))
        if number is None:
            continue
        if not _is_summed(column_field):
            printed.others.setdefault(name, number.value)
            printed.numbers.setdefault(name, number)
            continue
        # Of a wide table several columns hold one field: their rows are added up as one, and so is what is printed.
        is_alone = name not in printed.values
        printed.values[name] = printed.values.get(name, _ZERO) + number.value
        if is_alone:
            printed.numbers[name] = number
        else:
            printed.numbers.pop(name, None)
    return printed


def _printed_number(cell: str | None, column_field: Field, scale: str) -> PrintedNumber | None:
    """Returns the number in a cell of a total, or None: 2.31 under 受理（万件） is 2.31万."""
    text = scaled(cell, column_field, scale) or ""
    value = parse_number(text, column_field.unit)
    if value is None:
        return None
    written = unmarked(text) or ""
    return PrintedNumber(written.strip(), value, printed_step(written, value))


def _row_label(row: Row, header: Header) -> str:
    """Returns what a total's row calls itself, without persons: its label cells left of the first number."""
    near, _ = label_places(header)
    cells = [(row[place] or "").strip() for place in near if place < len(row)]
    return shown(" ".join(filter(None, cells))) or ""


def _is_summed(column_field: Field) -> bool:
    """Whether a printed total adds up the column of a field: it holds numbers, and no rates."""
    return column_field.type in NUMERIC and column_field.additive
