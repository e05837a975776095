"""Finds the header of a table and says which column is which field; what a row below it is, rows says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.common.characters import visible
from pipeline.contracts import Contract, Field
from pipeline.contracts.labels import BRACKETS, OTHER_PERIOD, label_key
from pipeline.ingest.cells.units import Unit, read_remark, read_unit

Row = Sequence[str | None]
RUNNING = "序号"
_UNIT_LABELS = frozenset({"单位", "计量单位"})


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
    return finished_header(rows, best, contract) if _is_enough(best, contract) else None


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
    return any(not is_blank_row(row) for row in rows[one.below : best.top])


def finished_header(rows: Sequence[Row], header: Header, contract: Contract) -> Header:
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
            return None if any(OTHER_PERIOD.search(part) for part in parts[:start]) else found
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
        remarks = [match.strip("()（）[]【】") for match in BRACKETS.findall(texts[level])]
        found = [unit for remark in remarks if (unit := read_remark(remark))]
        if level and (whole := read_unit(texts[level])):
            found.append(whole)
        if len({unit.scale for unit in found}) > 1:
            return Unit("", "", texts[level])
        if found:
            return next((unit for unit in found if unit.unclear), found[0])
    return None


def names(row: Row, known: frozenset[str]) -> bool:
    """Whether a row holds at least two known labels, as the top of a header does."""
    return sum(1 for cell in row if cell and label_key(cell) in known) > 1


def whole_header_at(rows: Sequence[Row], top: int, contract: Contract) -> Header | None:
    """The contract's header that begins in this very row with every required column, or None."""
    found = max(
        _headers_at(rows, top, contract), key=lambda one: (one.matched, -len(one.unknown), -one.levels), default=None
    )
    return found if found and found.is_complete and _is_enough(found, contract) else None


def is_blank_row(row: Row) -> bool:
    """Whether no cell of the row shows anything."""
    return not any(cell and visible(cell).strip() for cell in row)


def keys_of(row: Row) -> tuple[str, ...]:
    """The label key of each cell of a row."""
    return tuple(label_key(cell or "") for cell in row)
