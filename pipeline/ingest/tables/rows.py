"""Says what each row of a table is: data, total, note, blank; where the table stands, find says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import islice

from pipeline.common.characters import visible
from pipeline.contracts import Contract, Field, FieldType
from pipeline.contracts.labels import BRACKETS
from pipeline.contracts.model import Total
from pipeline.ingest.note_lines import NOTE_LINE
from pipeline.ingest.tables.header import RUNNING, Header, Row, Table, is_blank_row, keys_of

NUMERIC = (FieldType.INTEGER, FieldType.NUMBER)
_LOOSE = re.compile(r"[()（）]")
_ITEM = re.compile(r"(\w{1,2})=.+")
_STEMS = "甲乙丙丁戊己庚辛"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CHINESE_DIGITS = "一二三四五六七八九十"
_ROW_LABELS = frozenset({"栏次", "行次", RUNNING, "列次"})
_LONG = 12
_MANY = 5
_LONGEST_TOTAL = 24


class RowKind(StrEnum):
    """What a physical row is; all but DATA are set aside under this name."""

    TITLE = "title"
    HEADER = "header"
    NUMBERING = "numbering"
    DATA = "data"
    TOTAL = "total"
    OF_WHICH = "of_which"
    REPEATED_HEADER = "repeated_header"
    BLANK = "blank"
    NOTE = "note"


def classify(rows: Sequence[Row], header: Header, contract: Contract) -> list[RowKind]:
    """What each row of a sheet with one table is, from the first to the last; the list is as long as `rows`."""
    return kinds_of(rows, Table(header, 0, len(rows)), contract)


def kinds_of(rows: Sequence[Row], table: Table, contract: Contract) -> list[RowKind]:
    """What each row of a table is, from its first title to its last row."""
    header = table.header
    kinds = [RowKind.BLANK if is_blank_row(row) else RowKind.TITLE for row in rows[table.first : header.top]]
    kinds += [RowKind.HEADER] * header.levels
    kinds += judged(RowJudge(rows, header, contract), islice(rows, header.below, table.last))
    return kinds


def judged(judge: RowJudge, rows: Iterable[Row]) -> Iterator[RowKind]:
    """The kinds of the rows below a header, one after the other."""
    kind, part = RowKind.HEADER, None
    for row in rows:
        kind = judge.kind(row, kind, part)
        if kind is not RowKind.OF_WHICH:
            part = None
        elif part is None or judge.begins_part(row):
            part = row
        yield kind


class RowJudge:
    """Says what the rows below a header are, each by its own cells and by what the row right above it is."""

    def __init__(self, rows: Sequence[Row], header: Header, contract: Contract) -> None:
        self._header, self._contract = header, contract
        self._header_rows = [keys_of(row) for row in rows[header.top : header.below]]
        self.label_places = label_places(header)
        self.part_places = _part_places(header)

    def kind(self, row: Row, previous: RowKind, part: Row | None = None) -> RowKind:
        """The kind of one row; `previous` is that of the row right above it, `part` the row of a 其中 that goes on."""
        if is_blank_row(row):
            return RowKind.BLANK
        if keys_of(row) in self._header_rows:
            return RowKind.REPEATED_HEADER
        if previous in (RowKind.HEADER, RowKind.REPEATED_HEADER) and _is_numbering(row) and self._is_no_data(row):
            return RowKind.NUMBERING
        if self.begins_part(row) or (previous is RowKind.OF_WHICH and part and self._is_under(row, part)):
            return RowKind.OF_WHICH
        if self.total(row) is not None:
            return RowKind.TOTAL
        return RowKind.NOTE if self.is_note(row) or self._is_prose(row, previous) else RowKind.DATA

    def _is_no_data(self, row: Row) -> bool:
        """Whether a row of 1 2 3 can be nothing else: it goes on too long, or a column takes no such value."""
        filled = [(at, cell.strip()) for at, cell in enumerate(row) if cell and cell.strip()]
        fields = [(self._header.columns[at].field, cell) for at, cell in filled if at < len(self._header.columns)]
        return len(filled) >= _MANY or any(field and not _may_hold(field, cell) for field, cell in fields)

    def total(self, row: Row) -> Total | None:
        """The contract's total that a row is, or None."""
        return _total_at(row, self.label_places, self._contract.layout.totals)

    def begins_part(self, row: Row) -> bool:
        """Whether a row says 其中 left of its numbers."""
        words = self._contract.layout.of_which
        return bool(words) and any(text.startswith(words) for _, text in self._part_texts(row))

    def _part_texts(self, row: Row) -> Iterator[tuple[int, str]]:
        return ((at, _squeezed(row[at]).strip("()（）-—·:：")) for at in self.part_places if at < len(row))

    def _is_under(self, row: Row, part: Row) -> bool:
        """Whether the cell that says only 其中 is merged over this row too: nothing stands there or left of it."""
        places = [at for at, text in self._part_texts(part) if text in self._contract.layout.of_which]
        return bool(places) and not any((cell or "").strip() for cell in row[: places[0] + 1])

    def is_note(self, row: Row) -> bool:
        """Whether a row begins as notes and signatures do."""
        first = next((cell for cell in row if cell and cell.strip()), "")
        return NOTE_LINE.match(first) is not None

    def _is_prose(self, row: Row, previous: RowKind) -> bool:
        """Whether a row is only a long text in the first column, or goes on with a note, and says no date or number."""
        filled = [(index, cell) for index, cell in enumerate(row) if cell and cell.strip()]
        place, first = filled[0]
        if len(filled) > 1 or place > 0 or self._header.matched <= 2 or self._is_value(place, first):
            return False
        return len(first) > _LONG or previous is RowKind.NOTE

    def _is_value(self, place: int, text: str) -> bool:
        """Whether the column is one of numbers or days and the text begins like one."""
        field = self._header.columns[place].field if place < len(self._header.columns) else None
        return field is not None and field.type is not FieldType.STRING and text.strip()[:1].isdigit()


def _may_hold(field: Field, text: str) -> bool:
    """Whether a plain number or letter may be a value of a field."""
    if field.type is FieldType.STRING:
        return not (field.codes or field.constraints.pattern)
    return field.type in NUMERIC and text.isdigit()


def label_places(header: Header) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Where a total's name may stand: left of the first number; where nothing is filled there, in any other column."""
    numbers = [one.index for one in header.columns if one.field and one.field.type in NUMERIC]
    others = tuple(one.index for one in header.columns if one.index not in numbers)
    near = tuple(at for at in others if numbers and at < numbers[0])
    return near, others[len(near) :]


def _part_places(header: Header) -> tuple[int, ...]:
    """Where 其中 may stand: left of the first number, and not in prose."""
    numbers = [one.index for one in header.columns if one.field and one.field.type in NUMERIC]
    return tuple(
        one.index
        for one in header.columns
        if numbers and one.index < numbers[0] and not (one.field and one.field.free_text)
    )


def total_of(row: Row, header: Header, contract: Contract) -> Total | None:
    """The contract's total that a row is by one of its label cells (合 计, 住房城乡建设厅小计), or None."""
    return _total_at(row, label_places(header), contract.layout.totals)


def _total_at(row: Row, places: tuple[Sequence[int], Sequence[int]], totals: Sequence[Total]) -> Total | None:
    near, further = places
    is_named = any((row[place] or "").strip() for place in near if place < len(row))
    for place in (near if is_named else further) if totals else ():
        if place >= len(row):
            break
        text = _total_label(row[place] or "")
        for total in totals:
            if text == total.label or (near and len(text) <= _LONGEST_TOTAL and text.endswith(total.label)):
                return total
    return None


def _total_label(text: str) -> str:
    """A total's name without what may follow it: 合 计（件）, 合计：, 合计数."""
    return _squeezed(BRACKETS.sub("", text)).rstrip(":：").removesuffix("数")


def _squeezed(cell: str | None) -> str:
    return "".join(visible(cell or "").split())


def _is_numbering(row: Row) -> bool:
    """Whether a row numbers the columns: 1 2 3, (1) (2), 甲 乙 A B, 一 二 三, 3=1+2, with or without 栏次 before it."""
    items = ["".join(_LOOSE.sub("", unicodedata.normalize("NFKC", cell)).split()).lower() for cell in row if cell]
    items = [item for item in items if item]
    if items and items[0] in _ROW_LABELS:
        items = items[1:]
    stems = 0
    while stems < min(len(items), len(_STEMS)) and items[stems] == _STEMS[stems]:
        stems += 1
    numbers = [match[1] if (match := _ITEM.fullmatch(item)) else item for item in items[stems:]]
    letters = 0
    while letters < min(len(numbers), len(_LETTERS)) and numbers[letters] == _LETTERS[letters]:
        letters += 1
    return len(items) > 1 and any(
        numbers[letters:] == list(islice(counted, len(numbers) - letters))
        for counted in (map(str, range(1, len(numbers) + 1)), _CHINESE_DIGITS)
    )
