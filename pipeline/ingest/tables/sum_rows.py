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
from functools import cached_property, reduce
from itertools import pairwise
from math import log2
from operator import add, attrgetter, sub

from pipeline.contracts import Contract, FieldType
from pipeline.ingest.cells.code_lists import CodeLists
from pipeline.ingest.cells.numbers import parse_number
from pipeline.ingest.cells.row_reader import scaled
from pipeline.ingest.cells.units import PER_CENT
from pipeline.ingest.tables.aggregate_words import is_scope, stem
from pipeline.ingest.tables.headers.header import Column, Header
from pipeline.ingest.tables.headers.paths import Row, text_at
from pipeline.ingest.tables.rows import RowKind
from pipeline.ingest.tables.total_rows import is_numeric, label_places

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

    @cached_property
    def label(self) -> str:
        """The innermost label that is filled in."""
        filled = list(filter(None, self.labels))
        return filled[-1] if filled else ""

    @cached_property
    def stem(self) -> str:
        """The label without what may stand around its words."""
        return stem(self.label)

    @property
    def ending(self) -> str:
        """The last letter of the label; all digits are alike."""
        last = self.stem[-1:]
        return "0" if last.isdigit() else last


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
    if any(number_rows[match.place].stem in names for match in matches):
        matches = search.run(names)
    return search.found(matches)


def _summed_columns(header: Header) -> list[Column]:
    """Returns the columns that totals add up: the counts where there are two, else all numbers that are no shares."""
    numbers = list(filter(_is_added_up, header.columns))
    counts = list(filter(_is_count, numbers))
    has_several_counts = len(counts) >= _FEWEST
    return counts if has_several_counts else numbers


def _is_added_up(column: Column) -> bool:
    """Whether a column holds numbers that a total adds up: no shares."""
    field = column.field
    if field is None or not is_numeric(column):
        return False
    if field.unit in PER_CENT:
        return False
    return field.additive


def _is_count(column: Column) -> bool:
    return column.field is not None and column.field.type is FieldType.INTEGER


def _number_rows(
    rows: Iterable[tuple[int, Row, RowKind]],
    columns: Sequence[Column],
    near: Sequence[int],
    scales: Mapping[str, str],
) -> Iterator[_NumberRow]:
    """Yields the data rows as sums see them."""
    group, follows_total = "", False
    for row_no, row, kind in rows:
        if kind is RowKind.TOTAL:
            follows_total = True
        if kind is not RowKind.DATA:
            continue
        values: list[Decimal] = []
        filled: list[int] = []
        for place, column in enumerate(columns):
            number = _number_in(row, column, scales)
            values.append(number or _ZERO)
            if number is not None:
                filled.append(place)
        labels = tuple(text_at(row, place) for place in near)
        group = labels[0] or group
        yield _NumberRow(row_no, tuple(values), tuple(filled), labels, group, follows_total)
        follows_total = False


def _number_in(row: Row, column: Column, scales: Mapping[str, str]) -> Decimal | None:
    """Returns the number in a cell, or None where it holds none."""
    text = text_at(row, column.index)
    field = column.field
    if not text or field is None:
        return None
    scale = scales.get(field.name, "")
    if scale:
        text = scaled(text, field, scale) or ""
    # Most cells are plain digits, and need no reading in layers.
    is_plain = text.isascii() and text.isdigit()
    return Decimal(text) if is_plain else parse_number(text, field.unit)


def _name_test(
    header: Header, near: Sequence[int], contract: Contract, codes: CodeLists
) -> Callable[[_NumberRow], bool]:
    """Returns a test whether a row bears a name that is known: one of a code list, or one that the contract lists."""
    data_labels = frozenset(map(stem, contract.layout.data_labels))
    innermost = header.columns[near[-1]].field
    list_name = innermost.codes if innermost is not None else None
    known = codes.get(list_name or "", frozenset[str]())

    def is_name(row: _NumberRow) -> bool:
        is_listed = row.stem in data_labels
        return is_listed or row.labels[-1] in known

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
        places = {match.place for match in matches}
        matches += self._matches_above(values, names, places)
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
        if row.stem in names or self._is_name(row):
            return False
        return any(row.values)

    def _natural_firsts(self, place: int, below_match: int) -> list[int]:
        """Returns where the rows may begin that a total covers, nearest first: its block, the last total, the table."""
        block = bisect_left(self._block_starts, place) - 1
        begin_of_block = self._block_starts[max(block, 0)]
        firsts = {0, below_match, self._below_totals[place], begin_of_block}
        return sorted(firsts, reverse=True)

    def _sum_of_block(
        self, place: int, firsts: Sequence[int], values: Sequence[Values], sums: Sequence[Values]
    ) -> _Match | None:
        """Returns the match of a row with all rows between one of `firsts` and it."""
        for first in firsts:
            of_block = _less(sums[place], sums[first])
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
        rest = _less(total, self._rows[place].values)
        first = places_of_sums.get(rest)
        if first is None:
            return None
        match = _Match(place, first, place)
        bits = self._bits(match, values)
        by_chance = log2(place + 1) + log2(len(self._rows))
        return match if bits - by_chance >= _ENOUGH_FOR_ANY_ROWS else None

    def _matches_above(self, values: list[Values], names: Collection[str], found: Collection[int]) -> Iterator[_Match]:
        """Yields the rows at the beginning of a block or table that add up all that follows in it, the last first."""
        for place in reversed(self._block_starts):
            row = self._rows[place]
            if place in found or not self._may_be_sum(row, names):
                continue
            match = self._sum_below(place, values)
            if match is not None:
                values[place] = self._nothing
                yield match

    def _sum_below(self, place: int, values: Sequence[Values]) -> _Match | None:
        """Returns the match of a row with all rows of its block, or of the table, below it."""
        for end in self._natural_ends(place):
            of_block = reduce(_added, values[place + 1 : end], self._nothing)
            match = self._match(place, place + 1, end, of_block, values)
            if match is not None:
                return match
        return None

    def _natural_ends(self, place: int) -> list[int]:
        """Returns where the rows may end that a total above them covers: its block, and for the first row the table."""
        last = len(self._rows)
        ends_of_blocks = [*self._block_starts[1:], last]
        block = bisect_right(self._block_starts, place) - 1
        end = ends_of_blocks[block]
        return [end] if place > 0 else sorted({end, last})

    def _match(self, place: int, first: int, end: int, of_block: Values, values: Sequence[Values]) -> _Match | None:
        """Returns the match of a row with the rows from `first` to `end`, whose sum is `of_block`: its sum or mean."""
        row = self._rows[place]
        if end - first < _FEWEST or not row.filled:
            return None
        printed = [row.values[at] for at in row.filled]
        summed = [of_block[at] for at in row.filled]
        is_sum = printed == summed
        if not is_sum and not _are_means(printed, summed, end - first):
            return None
        match = _Match(
            place,
            first,
            end,
            is_mean=not is_sum,
            is_at_edge=self._is_at_edge(place, first, end),
        )
        bits = self._bits(match, values)
        return match if bits >= self._enough(match) else None

    def _enough(self, match: _Match) -> float:
        """Returns how many bits a match with a whole block has to have."""
        if self._is_sibling(match):
            return _ENOUGH_FOR_A_SIBLING
        return _ENOUGH_FOR_A_MEAN if match.is_mean else _ENOUGH_FOR_A_BLOCK

    def _bits(self, match: _Match, values: Sequence[Values]) -> float:
        """Returns how improbable the match is by chance, in bits; 0 where it says nothing.

        Columns that say the same count once. At least two rows that are not zero have to add up, and differ in a mean.
        """
        row = self._rows[match.place]
        summands = list(filter(any, values[match.first : match.end]))
        have_to_be_several = set(summands) if match.is_mean else summands
        if len(have_to_be_several) < _FEWEST:
            return 0.0
        columns = list(zip(*summands, strict=True))
        printed = {columns[at]: row.values[at] for at in row.filled}
        numbers = list(filter(None, printed.values()))
        bits = sum(map(_bits_of, numbers))
        if len(numbers) >= _FEWEST:
            return bits
        if not match.is_at_edge:
            return 0.0
        is_certain = bits >= _ENOUGH_FOR_ONE_COLUMN and len(summands) > _FEWEST
        return bits if is_certain else 0.0

    def _is_sibling(self, match: _Match) -> bool:
        """Whether a row is called as all those that it would add up: the names end with one letter, or with digits."""
        row = self._rows[match.place]
        if is_scope(row.label):
            return False
        summands = self._rows[match.first : match.end]
        endings = {summand.ending for summand in summands}
        return endings == {row.ending}

    def _is_at_edge(self, place: int, first: int, end: int) -> bool:
        """Whether a total stands at the very edge of what it covers: nothing more follows of that block or table."""
        stands_above = place < first
        return stands_above or self._ends_at(end + 1)

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
        begins_naturally = match.first in self._natural_firsts(match.place, 0)
        return begins_naturally and self._ends_at(below)

    def frequent_names(self, matches: Sequence[_Match]) -> frozenset[str]:
        """Returns the labels that stand at as many rows that add up nothing as at such that do, or at more."""
        all_rows = Counter(map(attrgetter("stem"), self._rows))
        sums = Counter(self._rows[match.place].stem for match in matches)
        frequent = [label for label, rows in all_rows.items() if rows >= 2 * sums[label]]
        return frozenset(frequent) - {""}

    def found(self, matches: Sequence[_Match]) -> dict[int, FoundSum]:
        """Returns the matches by physical row, and the rows called as totals are that close block after block."""
        places = {match.place for match in matches}
        closing = {match.place for match in matches if self._closes(match, places)}
        names_of_totals = self._names_of_totals(closing)
        found = {}
        for match in matches:
            row = self._rows[match.place]
            closes_as_total = match.place in closing and self._is_total(match, names_of_totals)
            found[row.row_no] = FoundSum(
                row.row_no,
                row.stem or "合计",
                self._rows[match.first].row_no,
                self._rows[match.end - 1].row_no,
                match.is_mean,
                is_total=closes_as_total,
                covers=self._covers(match, places),
            )
        # Called as totals are, and yet no sum: a total that was added up wrongly.
        for row in self._rows:
            if row.stem in names_of_totals:
                found.setdefault(row.row_no, _wrong_total(row))
        return found

    def _names_of_totals(self, closing: Iterable[int]) -> set[str]:
        """Returns the labels of which several rows close a block."""
        labels = Counter(self._rows[place].stem for place in closing)
        names = {label for label, count in labels.items() if count >= _FEWEST}
        return names - {""}

    def _is_total(self, match: _Match, names_of_totals: Collection[str]) -> bool:
        """Whether more than the numbers tells a total: the row names nothing, or its label closes each block."""
        row = self._rows[match.place]
        if is_scope(row.label) or row.stem in names_of_totals:
            return True
        summands = self._rows[match.first : match.end]
        innermost = [summand.labels[-1] for summand in summands]
        return row.labels[-1] == "" and all(innermost)

    def _covers(self, match: _Match, totals: Collection[int]) -> str:
        """Returns what a total is compared with: the rows since the last total, all rows, or nothing (a mean)."""
        if match.is_mean:
            return "of_which"
        is_below_total = match.first - 1 in totals or self._rows[match.first].follows_total
        if match.place < match.first:
            covers_all = match.end == len(self._rows)
        elif match.first > 0:
            return "group" if is_below_total else "of_which"
        else:
            covers_all = min(totals) < match.place
        return "table" if covers_all else "group"


def _wrong_total(row: _NumberRow) -> FoundSum:
    """Returns a row that is a total by its label, and does not say what it adds up."""
    return FoundSum(
        row.row_no,
        row.stem,
        row.row_no,
        row.row_no,
        is_mean=False,
        is_total=True,
        covers="group",
    )


def _block_starts(rows: Sequence[_NumberRow]) -> list[int]:
    """Returns the places where another group begins; only 0 in a table in which groups have hardly several rows."""
    starts = [0]
    for at, (row, row_below) in enumerate(pairwise(rows), start=1):
        if row_below.group != row.group:
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


def _are_means(printed: Sequence[Decimal], summed: Sequence[Decimal], count: int) -> bool:
    """Whether numbers are the means of several rows with these sums, rounded to the places that they print."""
    if count <= _FEWEST:
        return False
    for value, total in zip(printed, summed, strict=True):
        half_a_step = Decimal(5).scaleb(_exponent(value) - 1)
        difference = abs(total / count - value)
        if difference > half_a_step:
            return False
    return True


def _bits_of(value: Decimal) -> float:
    """Returns the bits of a number's digits: 7 for 127, 10 for 102.3."""
    digits = value.scaleb(-_exponent(value))
    return log2(1 + abs(int(digits)))


def _added(sums: Values, values: Values) -> Values:
    return tuple(map(add, sums, values))


def _less(sums: Values, values: Values) -> Values:
    return tuple(map(sub, sums, values))


def _exponent(value: Decimal) -> int:
    """Returns the place of the last digit that is printed: -1 for 10.5, 0 for 12."""
    exponent = value.normalize().as_tuple().exponent
    return min(exponent, 0) if isinstance(exponent, int) else 0
