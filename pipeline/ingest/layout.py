"""Finds the table on a sheet and says what each row is; what a cell's text means belongs in values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import islice

from pipeline.common.characters import visible
from pipeline.contracts import Contract, Field, FieldType
from pipeline.contracts.model import Total
from pipeline.ingest.units import Unit, read_remark, read_unit

Row = Sequence[str | None]

NUMERIC = (FieldType.INTEGER, FieldType.NUMBER)
_BRACKETS = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
NOTE_PATTERN = (
    r"{s}*(?:(?:备{s}*)?注{s}*{d}{0,2}{s}*[:：、.．]|(?:填表|填报|编制|统计)?说{s}*明{s}*[:：]|"
    r"(?:数据来源|统计口径|指标解释){s}*[:：]|(?:单位|部门)?(?:制表|审核|填表|填报|复核|经办|负责|分管领导|打印|导出|联系|报送)"
    r"(?:人{s}|(?:人|单位|部门|时间|日期|电话|方式)?(?:[(（][^()（）]{1,8}[)）])?{s}*[:：])|"
    r"(?:制表|审核|填表|填报|复核|编制)人$|单位{s}*(?:[(（][^()（）]{1,8}[)）]){s}*[:：])"
)
"""How a note or a line of signatures begins; {s} is a blank and {d} a digit, which no two engines write alike."""
_NOTE = re.compile(NOTE_PATTERN.replace("{s}", r"\s").replace("{d}", r"\d"))
_LOOSE = re.compile(r"[()（）]")
_ITEM = re.compile(r"(\w{1,2})=.+")
_STEMS = "甲乙丙丁戊己庚辛"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CHINESE_DIGITS = "一二三四五六七八九十"
RUNNING = "序号"
_ROW_LABELS = frozenset({"栏次", "行次", RUNNING, "列次"})
_UNIT_LABELS = frozenset({"单位", "计量单位"})
# Words in brackets, or in a label above, that make another measure of the label that they stand with.
_OTHER_PERIOD = re.compile(
    "累计|上周|上期|上月|上年|去年|今年|本年|全年|本月|当月|同期|同比|环比|增减|增长|增幅|其中|占比|比重|排名|目标|计划"
)
_OTHER_MEASURE = re.compile(rf"{_OTHER_PERIOD.pattern}|网上|线上|线下|现场|窗口|电话|移动端|自助")
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


@dataclass(frozen=True)
class Column:
    """One column of the table: its place, its header path, the field it holds, and the unit that its header names.

    `label` is what identifies the path, `written` the path as people read it; `unclear_unit` is what names a scale in a
    way that is not understood.
    """

    index: int
    label: str
    field: Field | None
    scale: str = ""
    has_unit: bool = False
    written: str = ""
    unclear_unit: str = ""


@dataclass(frozen=True)
class Header:
    """Where a table's header stands (0-based row, number of levels) and what each column is."""

    top: int
    levels: int
    columns: tuple[Column, ...]
    unknown: tuple[str, ...]
    missing: tuple[Field, ...]

    @property
    def below(self) -> int:
        """The first row after the header."""
        return self.top + self.levels

    @property
    def matched(self) -> int:
        """How many fields of the contract have a column."""
        return sum(column.field is not None for column in self.columns)

    @property
    def is_complete(self) -> bool:
        """Whether every required field has a column."""
        return not any(field.constraints.required for field in self.missing)

    def is_repeated_by(self, cells: Sequence[str]) -> bool:
        """Whether a row further down says the same as this header of one level."""
        return len(cells) == len(self.columns) and all(
            label_key(cell) == column.label for cell, column in zip(cells, self.columns, strict=True)
        )


@dataclass(frozen=True)
class Table:
    """A table on a sheet: its header, its first row (of titles), and the row after its last."""

    header: Header
    first: int
    last: int


@lru_cache(maxsize=20_000)
def label_key(text: str) -> str:
    """A header text reduced to what identifies it: NFKC, no blanks, no units or letters in brackets, no colon.

    A bracket stays where it says that another thing is counted: 受理（累计）, 受理（其中网上）. Characters that show
    nothing do not count.
    """
    normal = _BRACKETS.sub(
        lambda found: found[0] if _OTHER_MEASURE.search(found[0]) else "",
        unicodedata.normalize("NFKC", visible(text)),
    )
    return "".join(normal.split()).strip(":*").lower()


def find_header(rows: Sequence[Row], contract: Contract) -> Header | None:
    """The header of the contract's first table: of those that overlap, most fields, fewest unknown, fewest levels.

    A header further down that fits better is that of another table. None where no row of the first ones holds at
    least half of the required fields.
    """
    ranked = [
        ((header.matched, -len(header.unknown), -header.levels, -top), header)
        for top in _tops(rows, contract)
        for header in _headers_at(rows, top, contract)
    ]
    if not ranked:
        return None
    best = max(ranked, key=lambda one: one[0])[1]
    above = [one for one in ranked if one[1].below <= best.top and _is_table_above(rows, one[1], best, contract)]
    if above:
        first = min(one[1].top for one in above)
        reach = max(one[1].below for one in above if one[1].top == first)
        best = max((one for one in above if one[1].top < reach), key=lambda one: one[0])[1]
    return _finished(rows, best, contract) if _is_enough(best, contract) else None


def _tops(rows: Sequence[Row], contract: Contract) -> Iterator[int]:
    """The rows in which a header may begin."""
    known = known_labels(contract)
    for top in range(min(len(rows), contract.layout.header_search_rows)):
        if not any(cell and label_key(cell) in known for cell in rows[top]):
            continue
        block = rows[top : top + contract.layout.max_header_levels]
        labels = {key for row in block for cell in row if cell and (key := label_key(cell)) in known}
        if len(labels) >= min(2, len(contract.fields) - 1):  # else a row of data that holds one known word
            yield top


def _is_table_above(rows: Sequence[Row], one: Header, best: Header, contract: Contract) -> bool:
    """Whether a header above the best one is a table of its own, whole or with a column lost, and not mere words."""
    if not _is_enough(one, contract) or one.matched * 2 < best.matched or not (one.is_complete or not one.unknown):
        return False
    return any(not _is_blank(row) for row in rows[one.below : best.top])


def _finished(rows: Sequence[Row], header: Header, contract: Contract) -> Header:
    """The header with its line of units, and with its labels as they are written."""
    header = _with_units(rows, header, contract)
    block = rows[header.top : header.below]
    texts = written_labels(block)
    columns = tuple(
        replace(column, written="/".join(texts.get(part, part) for part in parts))
        for column, parts in zip(header.columns, flatten(block), strict=True)
    )
    return replace(header, columns=columns)


def written_labels(levels: Sequence[Row]) -> dict[str, str]:
    """The labels of a header as they are written, by what identifies them."""
    return {label_key(cell): _clean(cell) for row in levels for cell in row if cell and label_key(cell)}


def _clean(cell: str) -> str:
    return "".join(cell.split()) if re.search("[一-鿿]", cell) else " ".join(cell.split())


def _with_units(rows: Sequence[Row], header: Header, contract: Contract) -> Header:
    """The header with the line of units (人次, 万件) that stands right below it, if one does."""
    below = rows[header.below : header.below + 1]
    filled = [cell for row in below for cell in row if cell and cell.strip() and label_key(cell) not in _UNIT_LABELS]
    if not filled or not all(read_unit(cell.strip().strip("()（）[]【】")) for cell in filled):
        return header
    units = [None if cell and label_key(cell) in _UNIT_LABELS else cell for cell in below[0]]
    block = [*rows[header.top : header.below], units]
    read = _read_header(block, 0, len(block), _labels(contract), _ignored(contract), contract)
    return replace(read, top=header.top)


def _is_enough(header: Header, contract: Contract) -> bool:
    given = [field for field in contract.fields if field.name != contract.layout.sheet_name]
    required = sum(field.constraints.required for field in given)
    # One known word is no header: a row of data that holds it would be taken for one, and its cells named as columns.
    return header.matched >= min(2, len(given)) and header.matched * 2 >= required


def _headers_at(rows: Sequence[Row], top: int, contract: Contract) -> Iterator[Header]:
    labels, ignored = _labels(contract), _ignored(contract)
    for levels in range(1, contract.layout.max_header_levels + 1):
        if top + levels <= len(rows):
            yield _read_header(rows, top, levels, labels, ignored, contract)


@lru_cache(maxsize=64)
def _ignored(contract: Contract) -> frozenset[str]:
    """Labels of columns that are not needed; a column that only counts the rows says nothing anywhere."""
    return frozenset(map(label_key, (*contract.ignored_labels, RUNNING)))


@lru_cache(maxsize=64)
def known_labels(contract: Contract) -> frozenset[str]:
    """The outermost and innermost parts of every header that the contract knows."""
    return frozenset(part for path in _labels(contract) for part in (path.split("/")[0], path.split("/")[-1]))


@lru_cache(maxsize=64)
def _labels(contract: Contract) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for field in contract.fields:
        for label in field.all_labels:
            found.setdefault("/".join(label_key(part) for part in label.split("/")), field)
    return found


def _read_header(
    rows: Sequence[Row], top: int, levels: int, labels: dict[str, Field], ignored: frozenset[str], contract: Contract
) -> Header:
    columns: list[Column] = []
    taken: set[str] = set()
    block = rows[top : top + levels]
    for index, (texts, path) in enumerate(zip(_spanned(block), flatten(block), strict=True)):
        place = place_label(index)
        parts = (place,) if not path and (place in labels or place in ignored) else path
        field = _field_of(parts, labels)
        if field is not None and field.name in taken:
            field = None
        if field is not None:
            taken.add(field.name)
        unit = _unit_of(texts)
        columns.append(Column(index, "/".join(parts), field, unit.scale if unit else "", unit is not None))
        if unit and unit.unclear:
            columns[-1] = replace(columns[-1], unclear_unit=unit.unclear)
    unknown = tuple(
        column.label for column in columns if column.field is None and column.label and column.label not in ignored
    )
    given = contract.layout.sheet_name
    missing = tuple(field for field in contract.fields if field.name not in taken and field.name != given)
    return Header(top, levels, tuple(columns), unknown, missing)


def place_label(index: int) -> str:
    """What a contract calls a column without a label, reduced as labels are: 第 4 列."""
    return label_key(f"第 {index + 1} 列")


def field_of(label: str, contract: Contract) -> Field | None:
    """The field that a header path names, whether or not another column holds it already."""
    return _field_of(label.split("/"), _labels(contract))


def _field_of(parts: Sequence[str], labels: dict[str, Field]) -> Field | None:
    """The field of the longest end of a path that is known; a label above may only be left out if it says no period."""
    for start in range(len(parts)):
        found = labels.get("/".join(parts[start:]))
        if found:
            return None if any(_OTHER_PERIOD.search(part) for part in parts[:start]) else found
    return None


def flatten(levels: Sequence[Row]) -> list[tuple[str, ...]]:
    """Header paths by column: a label spans the blank cells to its right as long as its parent does.

    The last level never spans; a repeated label (a vertical merge written twice) counts once, a line of units (件,
    万件) under the labels not at all.
    """
    return [_distinct([label_key(text) for text in texts]) for texts in _spanned(levels)]


def _spanned(levels: Sequence[Row]) -> list[list[str]]:
    width = max((len(row) for row in levels), default=0)
    grid = [[(row[col] or "") if col < len(row) else "" for col in range(width)] for row in levels]
    keys = [[label_key(text) for text in row] for row in grid]
    for level in range(len(grid) - 1):
        for col in range(1, width):
            parents_equal = all(keys[upper][col] == keys[upper][col - 1] for upper in range(level))
            has_child = any(keys[lower][col] for lower in range(level + 1, len(grid)))
            if not keys[level][col] and has_child and parents_equal:
                keys[level][col], grid[level][col] = keys[level][col - 1], grid[level][col - 1]
    return [[row[col] for row in grid] for col in range(width)]


def _distinct(parts: Sequence[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for part in parts:
        if part and (not kept or (kept[-1] != part and read_unit(part) is None)):
            kept.append(part)
    return tuple(kept)


def _unit_of(texts: Sequence[str]) -> Unit | None:
    """The unit that a header path names, the innermost: in brackets, or as a level of its own below the label."""
    for level in range(len(texts) - 1, -1, -1):
        remarks = [match.strip("()（）[]【】") for match in _BRACKETS.findall(texts[level])]
        found = [unit for remark in remarks if (unit := read_remark(remark))]
        if level and (whole := read_unit(texts[level])):
            found.append(whole)
        if len({unit.scale for unit in found}) > 1:
            return Unit("", "", texts[level])
        if found:
            return next((unit for unit in found if unit.unclear), found[0])
    return None


def find_tables(rows: Sequence[Row], contract: Contract) -> tuple[Table, ...]:
    """All tables of the contract on a sheet, one below the other; together they cover every row of it.

    The rows are gone through in one go: a large sheet answers slowly to one question after the other.
    """
    header = find_header(rows, contract)
    if header is None:
        return ()
    known = known_labels(contract)
    below = islice(enumerate(rows), header.below, None)
    return tables_at(rows, header, contract, (at for at, row in below if names(row, known)))


def names(row: Row, known: frozenset[str]) -> bool:
    """Whether a row holds at least two known labels, as the top of a header does."""
    return sum(1 for cell in row if cell and label_key(cell) in known) > 1


def tables_at(rows: Sequence[Row], header: Header, contract: Contract, tops: Iterable[int]) -> tuple[Table, ...]:
    """The first table, and those that begin at one of `tops` with another header, or with the same under a title."""
    tables: list[Table] = []
    first, current = 0, header
    for top in tops:
        found = _next_header(rows, top, current, contract) if top >= current.below else None
        if found is None:
            continue
        begins = first_title_of(rows, top, current, contract)
        if begins == top and _same(rows, found, current):
            continue
        tables.append(Table(current, first, begins))
        first, current = begins, found
    return (*tables, Table(current, first, len(rows)))


def _next_header(rows: Sequence[Row], top: int, current: Header, contract: Contract) -> Header | None:
    found = whole_header_at(rows, top, contract)
    return _finished(rows, found, contract) if found and found.matched * 2 >= current.matched else None


def whole_header_at(rows: Sequence[Row], top: int, contract: Contract) -> Header | None:
    """The contract's header that begins in this very row with every required column, or None."""
    found = max(
        _headers_at(rows, top, contract), key=lambda one: (one.matched, -len(one.unknown), -one.levels), default=None
    )
    return found if found and found.is_complete and _is_enough(found, contract) else None


def _same(rows: Sequence[Row], one: Header, other: Header) -> bool:
    return [_keys(row) for row in rows[one.top : one.below]] == [_keys(row) for row in rows[other.top : other.below]]


def first_title_of(rows: Sequence[Row], top: int, header: Header, contract: Contract) -> int:
    """The first title line of the table whose header begins at `top`, below the table of `header`."""
    first = top
    for at in range(top - 1, header.below - 1, -1):
        row = rows[at]
        if _is_blank(row):
            continue
        filled = {cell.strip() for cell in row if cell and cell.strip()}
        if len(filled) > 1 or total_of(row, header, contract) or _NOTE.match(next(iter(filled))):
            break
        first = at
    return first


def classify(rows: Sequence[Row], header: Header, contract: Contract) -> list[RowKind]:
    """What each row of a sheet with one table is, from the first to the last; the list is as long as `rows`."""
    return kinds_of(rows, Table(header, 0, len(rows)), contract)


def kinds_of(rows: Sequence[Row], table: Table, contract: Contract) -> list[RowKind]:
    """What each row of a table is, from its first title to its last row."""
    header = table.header
    kinds = [RowKind.BLANK if _is_blank(row) else RowKind.TITLE for row in rows[table.first : header.top]]
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
        self._header_rows = [_keys(row) for row in rows[header.top : header.below]]
        self.label_places = label_places(header)
        self.part_places = _part_places(header)

    def kind(self, row: Row, previous: RowKind, part: Row | None = None) -> RowKind:
        """The kind of one row; `previous` is that of the row right above it, `part` the row of a 其中 that goes on."""
        if _is_blank(row):
            return RowKind.BLANK
        if _keys(row) in self._header_rows:
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
        return _NOTE.match(first) is not None

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
    return _squeezed(_BRACKETS.sub("", text)).rstrip(":：").removesuffix("数")


def _squeezed(cell: str | None) -> str:
    return "".join(visible(cell or "").split())


def _is_blank(row: Row) -> bool:
    return not any(cell and visible(cell).strip() for cell in row)


def _keys(row: Row) -> tuple[str, ...]:
    return tuple(label_key(cell or "") for cell in row)


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
