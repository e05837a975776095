"""Finds rows whose numbers are the sums of other rows, whatever they are called; totals by name are in `total_rows`.

In: the rows of one table with their kinds. Out: for each row that adds up others what it adds up, and how sure that is.
A row of two small numbers may equal two others by chance: how much of a chance there is, is counted in bits.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log2

from pipeline.contracts import Contract, FieldType
from pipeline.ingest.cells.code_lists import CodeLists
from pipeline.ingest.cells.numbers import parse_number
from pipeline.ingest.cells.row_reader import scaled
from pipeline.ingest.cells.units import PER_CENT
from pipeline.ingest.tables.aggregate_words import is_scope, stem
from pipeline.ingest.tables.header import Column, Header
from pipeline.ingest.tables.header_paths import Row
from pipeline.ingest.tables.rows import RowKind
from pipeline.ingest.tables.total_rows import NUMERIC, label_places

MOST_ROWS = 5_000
"""Tables of more rows are no forms that people add up by hand."""
_ENOUGH_FOR_A_BLOCK = 8.0
"""Bits of a row that adds up exactly the rows of its block or table: one of 256 rows does so by chance."""
_ENOUGH_FOR_ANY_ROWS = 12.0
"""Bits beyond those that the choice of any rows above takes away."""
_ENOUGH_FOR_A_SIBLING = 14.0
"""Bits where the row is called as its neighbours are: 丙窗口 below 甲窗口 and 乙窗口."""
_ENOUGH_FOR_ONE_COLUMN = 10.0
_ENOUGH_FOR_A_MEAN = 14.0
_FEWEST = 2
"""A sum has at least so many summands, and says so in as many columns; one more where it has a single column, or is a
mean."""

_ZERO = Decimal(0)
Values = tuple[Decimal, ...]


@dataclass(frozen=True)
class FoundSum:
    """A row that adds up the rows from `first_row` to `last_row`, or is their mean.

    `is_total` says that its label or its place agree; where the numbers alone say so, a person has to. `covers` is what
    its numbers are compared with as a control total: the rows of a group, of the table, or none (of_which).
    """

    row_no: int
    label: str
    first_row: int
    last_row: int
    is_mean: bool
    is_total: bool
    covers: str

    @property
    def words(self) -> str:
        """What the row equals, for people: 等于第 5 至 9 行之和."""
        how = "的平均" if self.is_mean else "之和"
        return f"等于第 {self.first_row} 至 {self.last_row} 行{how}"


@dataclass(frozen=True)
class _NumberRow:
    """A data row as sums see it: its numbers (nothing counts as zero), which of them are filled in, its labels.

    `group` is the text of the first label column, carried on over blanks; `follows_total` says that a named total
    stands right above it.
    """

    row_no: int
    values: Values
    filled: tuple[int, ...]
    labels: tuple[str, ...]
    group: str
    follows_total: bool

    @property
    def label(self) -> str:
        """The innermost label that is filled in."""
        return next((label for label in reversed(self.labels) if label), "")


@dataclass(frozen=True)
class _Match:
    """A row that equals the rows from `first` up to the one before `end` (places among the data rows)."""

    place: int
    first: int
    end: int
    is_mean: bool = False
    is_at_edge: bool = False


def sum_rows(
    rows: Iterable[tuple[int, Row, RowKind]],
    header: Header,
    contract: Contract,
    scales: Mapping[str, str],
    codes: CodeLists,
) -> dict[int, FoundSum]:
    """Returns the data rows of a table that add up others, by their physical row.

    `rows` are the physical row, cells and kind of each; `scales` and `codes` are those of the loader.
    """
    columns = _summed_columns(header)
    near, _ = label_places(header)
    if not columns or not near:
        return {}
    number_rows = list(_number_rows(rows, columns, near, scales))
    if not _FEWEST < len(number_rows) <= MOST_ROWS:
        return {}
    is_name = _name_test(header, near, contract, codes)
    search = _Search(number_rows, is_name)
    matches = search.run(frozenset())
    # 综合窗口1 adds up two others on Monday, but not on Tuesday: a window after all.
    names = search.frequent_names(matches)
    if any(stem(number_rows[match.place].label) in names for match in matches):
        matches = search.run(names)
    return search.found(matches)


def _summed_columns(header: Header) -> list[Column]:
    """Returns the columns that totals add up: the counts where there are two, else all numbers that are no shares."""
    numbers = []
    for column in header.columns:
        field = column.field
        if field is None or field.type not in NUMERIC:
            continue
        if field.additive and field.unit not in PER_CENT:
            numbers.append(column)
    counts = [column for column in numbers if column.field and column.field.type is FieldType.INTEGER]
    return counts if len(counts) >= _FEWEST else numbers


def _number_rows(
    rows: Iterable[tuple[int, Row, RowKind]],
    columns: Sequence[Column],
    near: Sequence[int],
    scales: Mapping[str, str],
) -> Iterator[_NumberRow]:
    group, follows_total = "", False
    for row_no, row, kind in rows:
        if kind is RowKind.TOTAL:
            follows_total = True
        if kind is not RowKind.DATA:
            continue
        numbers = [_number_in(row, column, scales) for column in columns]
        filled = tuple(at for at, number in enumerate(numbers) if number is not None)
        labels = tuple((row[at] or "").strip() if at < len(row) else "" for at in near)
        group = labels[0] or group
        values = tuple(number or _ZERO for number in numbers)
        yield _NumberRow(row_no, values, filled, labels, group, follows_total)
        follows_total = False


def _number_in(row: Row, column: Column, scales: Mapping[str, str]) -> Decimal | None:
    text = row[column.index] if column.index < len(row) else None
    field = column.field
    if text is None or field is None:
        return None
    scale = scales.get(field.name, "")
    is_plain = text.isascii() and text.isdigit() and not scale
    return Decimal(text) if is_plain else parse_number(scaled(text, field, scale) or "", field.unit)


def _name_test(
    header: Header, near: Sequence[int], contract: Contract, codes: CodeLists
) -> Callable[[_NumberRow], bool]:
    """Returns a test whether a row bears a name that is known: one of a code list, or one that the contract lists."""
    data_labels = frozenset(map(stem, contract.layout.data_labels))
    fields = [header.columns[at].field for at in near]
    known = [codes.get(field.codes or "", frozenset[str]()) if field else frozenset[str]() for field in fields]

    def is_name(row: _NumberRow) -> bool:
        if stem(row.label) in data_labels:
            return True
        innermost = row.labels[-1]
        return bool(innermost) and innermost in known[-1]

    return is_name


class _Search:
    """Looks for sums among the data rows of one table: first for those below their rows, then for those above."""

    def __init__(self, rows: Sequence[_NumberRow], is_name: Callable[[_NumberRow], bool]) -> None:
        self._rows = rows
        self._is_name = is_name
        self._nothing = (_ZERO,) * len(rows[0].values)
        self._block_starts = _block_starts(rows)
        self._below_totals = _places_below_totals(rows)

    def run(self, names: Collection[str]) -> list[_Match]:
        """Returns the rows that are sums and bear none of `names`."""
        values = [row.values for row in self._rows]
        matches = self._matches_below(values, names)
        matches += self._matches_above(values, names, {match.place for match in matches})
        return matches

    def _matches_below(self, values: list[Values], names: Collection[str]) -> list[_Match]:
        """Returns the rows that add up rows right above them; their values are set to zero, for they count no more."""
        matches: list[_Match] = []
        sums = [self._nothing]
        places_of_sums = {self._nothing: 0}
        below_match = 0
        for place, row in enumerate(self._rows):
            if self._may_be_sum(row, names):
                firsts = self._natural_firsts(place, below_match)
                match = self._sum_of_block(place, firsts, values, sums)
                match = match or self._sum_of_any(place, values, sums[place], places_of_sums)
                if match is not None:
                    matches.append(match)
                    values[place] = self._nothing
                    below_match = place + 1
            total = _added(sums[-1], values[place])
            sums.append(total)
            places_of_sums[total] = place + 1
        return matches

    def _may_be_sum(self, row: _NumberRow, names: Collection[str]) -> bool:
        if not any(row.values) or self._is_name(row):
            return False
        return stem(row.label) not in names

    def _natural_firsts(self, place: int, below_match: int) -> list[int]:
        """Returns where the rows may begin that a total covers, nearest first: its block, the last total, the table."""
        block = bisect_left(self._block_starts, place) - 1
        firsts = {0, below_match, self._below_totals[place]}
        if block >= 0:
            firsts.add(self._block_starts[block])
        return sorted(firsts, reverse=True)

    def _sum_of_block(
        self, place: int, firsts: Sequence[int], values: Sequence[Values], sums: Sequence[Values]
    ) -> _Match | None:
        """Returns the match of a row with all rows between one of `firsts` and it."""
        for first in firsts:
            of_block = tuple(below - above for below, above in zip(sums[place], sums[first], strict=True))
            match = self._match(place, first, place, of_block, values)
            if match is not None:
                return match
        return None

    def _sum_of_any(
        self, place: int, values: Sequence[Values], total: Values, places_of_sums: Mapping[Values, int]
    ) -> _Match | None:
        """Returns the match of a row with the rows above it from anywhere on; `total` is the sum of all above it.

        Where the sum of all rows above, less the row itself, was the sum of the rows down to some place, the row adds
        up those between.
        """
        rest = tuple(whole - value for whole, value in zip(total, self._rows[place].values, strict=True))
        first = places_of_sums.get(rest)
        if first is None:
            return None
        match = _Match(place, first, place)
        bits = self._bits(match, values) - log2(place + 1) - log2(len(self._rows))
        return match if bits >= _ENOUGH_FOR_ANY_ROWS else None

    def _matches_above(self, values: list[Values], names: Collection[str], found: Collection[int]) -> Iterator[_Match]:
        """Yields the rows at the beginning of a block or table that add up all that follows in it, the last first."""
        for place in reversed(self._block_starts):
            if place in found or not self._may_be_sum(self._rows[place], names):
                continue
            for end in self._natural_ends(place):
                of_block = self._nothing
                for summand in values[place + 1 : end]:
                    of_block = _added(of_block, summand)
                match = self._match(place, place + 1, end, of_block, values)
                if match is not None:
                    yield match
                    values[place] = self._nothing
                    break

    def _natural_ends(self, place: int) -> list[int]:
        """Returns where the rows may end that a total above them covers: its block, and for the first row the table."""
        following = bisect_right(self._block_starts, place)
        is_last = following == len(self._block_starts)
        end = len(self._rows) if is_last else self._block_starts[following]
        return [end] if place > 0 else sorted({end, len(self._rows)})

    def _match(self, place: int, first: int, end: int, of_block: Values, values: Sequence[Values]) -> _Match | None:
        """Returns the match of a row with the rows from `first` to `end`, whose sum is `of_block`: its sum or mean."""
        row = self._rows[place]
        if end - first < _FEWEST or not row.filled:
            return None
        is_sum = all(of_block[at] == row.values[at] for at in row.filled)
        is_mean = not is_sum and _is_mean(row, of_block, end - first)
        if not (is_sum or is_mean):
            return None
        match = _Match(place, first, end, is_mean, is_at_edge=self._is_at_edge(place, first, end))
        enough = _ENOUGH_FOR_A_MEAN if is_mean else _ENOUGH_FOR_A_BLOCK
        if self._is_sibling(match):
            enough = _ENOUGH_FOR_A_SIBLING
        return match if self._bits(match, values) >= enough else None

    def _bits(self, match: _Match, values: Sequence[Values]) -> float:
        """Returns how improbable the match is by chance, in bits; 0 where it says nothing.

        Columns that say the same count once. At least two rows that are not zero have to add up, and differ in a mean.
        """
        row = self._rows[match.place]
        summands = [summand for summand in values[match.first : match.end] if any(summand)]
        if len(summands) < _FEWEST:
            return 0.0
        if match.is_mean and len(set(summands)) < _FEWEST:
            return 0.0
        profiles: dict[tuple[Decimal, ...], Decimal] = {}
        for at in row.filled:
            if row.values[at]:
                profile = tuple(summand[at] for summand in summands)
                profiles[profile] = row.values[at]
        bits = sum(map(_bits_of, profiles.values()))
        has_several_columns = len(profiles) >= _FEWEST
        if has_several_columns:
            return bits
        is_certain = bits >= _ENOUGH_FOR_ONE_COLUMN and len(summands) > _FEWEST
        return bits if is_certain and match.is_at_edge else 0.0

    def _is_sibling(self, match: _Match) -> bool:
        """Whether a row is called as all those that it would add up: their names end with the same letter."""
        label = stem(self._rows[match.place].label)
        if is_scope(label):
            return False
        names = [stem(row.label) for row in self._rows[match.first : match.end]]
        if label[-1:].isdigit():
            return all(name[-1:].isdigit() for name in names)
        return all(name[-1:] == label[-1:] for name in names)

    def _is_at_edge(self, place: int, first: int, end: int) -> bool:
        """Whether a total stands at the very edge of what it covers: nothing more follows of that block or table."""
        if place < first:
            return True
        return self._ends_at(end + 1)

    def _ends_at(self, place: int) -> bool:
        """Whether a block or the table ends before a place."""
        if place >= len(self._rows):
            return True
        return place in self._block_starts or self._rows[place].follows_total

    def _closes(self, match: _Match, places: Collection[int]) -> bool:
        """Whether a total stands at the edge of its block, perhaps with other totals below it: 全部 below the last."""
        if match.is_at_edge:
            return True
        below = match.place + 1
        while below in places:
            below += 1
        return match.first in self._natural_firsts(match.place, 0) and self._ends_at(below)

    def frequent_names(self, matches: Sequence[_Match]) -> frozenset[str]:
        """Returns the labels that stand at more rows that add up nothing than at such that do."""
        found = {match.place for match in matches}
        counts = Counter[str]()
        for place, row in enumerate(self._rows):
            counts[stem(row.label)] += -1 if place in found else 1
        return frozenset(label for label, count in counts.items() if label and count >= 0)

    def found(self, matches: Sequence[_Match]) -> dict[int, FoundSum]:
        """Returns the matches by physical row, and the rows called as totals are that close block after block."""
        places = {match.place for match in matches}
        closing = {match.place for match in matches if self._closes(match, places)}
        labels = Counter(stem(self._rows[place].label) for place in closing)
        names_of_totals = {label for label, count in labels.items() if label and count >= _FEWEST}
        found = {}
        for match in matches:
            row = self._rows[match.place]
            found[row.row_no] = FoundSum(
                row.row_no,
                stem(row.label) or "合计",
                self._rows[match.first].row_no,
                self._rows[match.end - 1].row_no,
                match.is_mean,
                is_total=match.place in closing and self._is_total(match, names_of_totals),
                covers=self._covers(match, places),
            )
        for place, row in enumerate(self._rows):
            label = stem(row.label)
            if label in names_of_totals and place not in places:
                # Called as totals are, and yet no sum: a total that was added up wrongly.
                found[row.row_no] = FoundSum(row.row_no, label, row.row_no, row.row_no, False, True, "group")
        return found

    def _is_total(self, match: _Match, names_of_totals: Collection[str]) -> bool:
        """Whether more than the numbers tells a total: the row names nothing, or its label closes each block."""
        row = self._rows[match.place]
        summands = self._rows[match.first : match.end]
        lacks_innermost = not row.labels[-1] and all(summand.labels[-1] for summand in summands)
        return lacks_innermost or is_scope(row.label) or stem(row.label) in names_of_totals

    def _covers(self, match: _Match, totals: Collection[int]) -> str:
        """Returns what a total is compared with: the rows since the last total, all rows, or nothing (a mean)."""
        if match.is_mean:
            return "of_which"
        if match.place < match.first:
            return "table" if match.end == len(self._rows) else "group"
        is_below_total = match.first - 1 in totals or self._rows[match.first].follows_total
        if match.first > 0:
            return "group" if is_below_total else "of_which"
        has_totals_between = any(at < match.place for at in totals)
        return "table" if has_totals_between else "group"


def _block_starts(rows: Sequence[_NumberRow]) -> list[int]:
    """Returns the places where another group begins; only 0 in a table in which groups have hardly several rows."""
    starts = [0]
    for at in range(1, len(rows)):
        if rows[at].group != rows[at - 1].group:
            starts.append(at)
    have_several_rows = len(starts) * _FEWEST <= len(rows)
    return starts if have_several_rows else [0]


def _places_below_totals(rows: Sequence[_NumberRow]) -> list[int]:
    """Returns for each place the last one at or above it that stands below a named total, or 0."""
    places = []
    last = 0
    for at, row in enumerate(rows):
        if row.follows_total:
            last = at
        places.append(last)
    return places


def _is_mean(row: _NumberRow, of_block: Values, count: int) -> bool:
    """Whether a row is the mean of several rows, rounded to the places that it prints."""
    if count <= _FEWEST:
        return False
    for at in row.filled:
        half_a_step = Decimal(5).scaleb(_exponent(row.values[at]) - 1)
        if abs(of_block[at] / count - row.values[at]) > half_a_step:
            return False
    return True


def _bits_of(value: Decimal) -> float:
    """Returns the bits of a number's digits: 7 for 127, 10 for 102.3."""
    digits = value.scaleb(-_exponent(value))
    return log2(1 + abs(int(digits)))


def _added(sums: Values, values: Values) -> Values:
    return tuple(total + value for total, value in zip(sums, values, strict=True))


def _exponent(value: Decimal) -> int:
    """Returns the place of the last digit that is printed: -1 for 10.5, 0 for 12."""
    exponent = value.normalize().as_tuple().exponent
    return min(exponent, 0) if isinstance(exponent, int) else 0
