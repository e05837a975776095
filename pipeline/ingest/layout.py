"""Finds the table on a sheet and says what each row is; what a cell's text means belongs in values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from pipeline.contracts import Contract, Field, FieldType
from pipeline.contracts.model import Total

Row = Sequence[str | None]

_BRACKETS = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
_NOTE = re.compile(r"^\s*(注|说明|备注|制表|审核|打印|填报|数据来源|统计口径|负责人|联系人)[^a-zA-Z]{0,6}[:：人]")


class RowKind(StrEnum):
    """What a physical row is; all but DATA are set aside under this name."""

    TITLE = "title"
    HEADER = "header"
    NUMBERING = "numbering"
    DATA = "data"
    TOTAL = "total"
    REPEATED_HEADER = "repeated_header"
    BLANK = "blank"
    NOTE = "note"


@dataclass(frozen=True)
class Column:
    """One column of the table: its place, its header path, the field it holds, and a scale that its header names."""

    index: int
    label: str
    field: Field | None
    scale: str = ""


@dataclass(frozen=True)
class Header:
    """Where a table's header stands (0-based row, number of levels) and what each column is."""

    top: int
    levels: int
    columns: tuple[Column, ...]
    unknown: tuple[str, ...]
    missing: tuple[Field, ...]

    @property
    def matched(self) -> int:
        """How many fields of the contract have a column."""
        return sum(column.field is not None for column in self.columns)

    @property
    def is_complete(self) -> bool:
        """Whether every required field has a column."""
        return not any(field.constraints.required for field in self.missing)


@lru_cache(maxsize=20_000)
def label_key(text: str) -> str:
    """A header text reduced to what identifies it: NFKC, no blanks, no units or letters in brackets, no colon."""
    normal = _BRACKETS.sub("", unicodedata.normalize("NFKC", text))
    return "".join(normal.split()).strip(":*").lower()


def find_header(rows: Sequence[Row], contract: Contract) -> Header | None:
    """The best header of `contract` among the first rows: most fields, fewest unknown columns, fewest levels, topmost.

    None where no row holds at least half of the required fields.
    """
    labels = _labels(contract)
    ignored = {label_key(label) for label in contract.ignored_labels}
    known = {part for path in labels for part in (path.split("/")[0], path.split("/")[-1])}
    best: tuple[tuple[int, ...], Header] | None = None
    for top in range(min(len(rows), contract.layout.header_search_rows)):
        if not any(cell and label_key(cell) in known for cell in rows[top]):
            continue
        for levels in range(1, contract.layout.max_header_levels + 1):
            if top + levels > len(rows):
                break
            header = _read_header(rows, top, levels, labels, ignored, contract)
            rank = (header.matched, -len(header.unknown), -levels, -top)
            if best is None or rank > best[0]:
                best = (rank, header)
    required = sum(field.constraints.required for field in contract.fields)
    return best[1] if best and best[1].matched * 2 >= max(required, 2) else None


def _labels(contract: Contract) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for field in contract.fields:
        for label in field.all_labels:
            found.setdefault("/".join(label_key(part) for part in label.split("/")), field)
    return found


def _read_header(
    rows: Sequence[Row], top: int, levels: int, labels: dict[str, Field], ignored: set[str], contract: Contract
) -> Header:
    columns: list[Column] = []
    taken: set[str] = set()
    for index, parts in enumerate(flatten(rows[top : top + levels])):
        field = next((found for path in _suffixes(parts) if (found := labels.get(path))), None)
        if field is not None and field.name in taken:
            field = None
        if field is not None:
            taken.add(field.name)
        columns.append(Column(index, "/".join(parts), field, _scale(rows[top : top + levels], index)))
    unknown = tuple(
        column.label for column in columns if column.field is None and column.label and column.label not in ignored
    )
    missing = tuple(field for field in contract.fields if field.name not in taken)
    return Header(top, levels, tuple(columns), unknown, missing)


def _suffixes(parts: Sequence[str]) -> list[str]:
    return ["/".join(parts[start:]) for start in range(len(parts))]


def flatten(levels: Sequence[Row]) -> list[tuple[str, ...]]:
    """Header paths by column: a label spans the blank cells to its right as long as its parent does.

    The last level never spans; a repeated label (a vertical merge written twice) counts once.
    """
    width = max((len(row) for row in levels), default=0)
    grid = [[label_key(row[col] or "") if col < len(row) else "" for col in range(width)] for row in levels]
    for level in range(len(grid) - 1):
        for col in range(1, width):
            parents_equal = all(grid[upper][col] == grid[upper][col - 1] for upper in range(level))
            has_child = any(grid[lower][col] for lower in range(level + 1, len(grid)))
            if not grid[level][col] and has_child and parents_equal:
                grid[level][col] = grid[level][col - 1]
    return [_distinct(tuple(grid[level][col] for level in range(len(grid)))) for col in range(width)]


def _distinct(parts: tuple[str, ...]) -> tuple[str, ...]:
    kept: list[str] = []
    for part in parts:
        if part and (not kept or kept[-1] != part):
            kept.append(part)
    return tuple(kept)


def _scale(levels: Sequence[Row], index: int) -> str:
    texts = [row[index] or "" for row in levels if index < len(row)]
    bracketed = "".join(match for text in texts for match in _BRACKETS.findall(text))
    return "万" if "万" in bracketed else ""


def classify(rows: Sequence[Row], header: Header, contract: Contract) -> list[RowKind]:
    """What each row is, from the first row of the sheet to the last; the list is as long as `rows`."""
    below = header.top + header.levels
    kinds = [RowKind.BLANK if _is_blank(row) else RowKind.TITLE for row in rows[: header.top]]
    kinds += [RowKind.HEADER] * header.levels
    header_rows = [_keys(row) for row in rows[header.top : below]]
    for offset, row in enumerate(rows[below:]):
        kinds.append(_kind(row, offset, header, header_rows, contract))
    return kinds


def _kind(row: Row, offset: int, header: Header, header_rows: list[tuple[str, ...]], contract: Contract) -> RowKind:
    if _is_blank(row):
        return RowKind.BLANK
    if _keys(row) in header_rows:
        return RowKind.REPEATED_HEADER
    if offset == 0 and _is_numbering(row):
        return RowKind.NUMBERING
    if total_of(row, header, contract) is not None:
        return RowKind.TOTAL
    return RowKind.NOTE if _is_note(row, header) else RowKind.DATA


def total_of(row: Row, header: Header, contract: Contract) -> Total | None:
    """The contract's total that a row is by one of its label cells (合 计, 住房城乡建设厅小计), or None."""
    for column in header.columns:
        if column.index >= len(row) or (column.field and column.field.type in (FieldType.INTEGER, FieldType.NUMBER)):
            continue
        text = "".join((row[column.index] or "").split()).rstrip(":：")
        for total in contract.layout.totals:
            if text == total.label or (len(text) <= 24 and text.endswith(total.label)):
                return total
    return None


def _is_blank(row: Row) -> bool:
    return not any(cell and cell.strip() for cell in row)


def _keys(row: Row) -> tuple[str, ...]:
    return tuple(label_key(cell or "") for cell in row)


def _is_numbering(row: Row) -> bool:
    numbers = [label_key(cell).strip("()") for cell in row if cell]
    return len(numbers) > 1 and numbers == [str(place) for place in range(1, len(numbers) + 1)]


def _is_note(row: Row, header: Header) -> bool:
    filled = [(index, cell) for index, cell in enumerate(row) if cell and cell.strip()]
    first = filled[0][1]
    if _NOTE.match(first):
        return True
    return len(filled) == 1 and len(first) > 12 and filled[0][0] == 0 and header.matched > 2
