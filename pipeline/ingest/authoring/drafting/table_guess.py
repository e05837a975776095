"""Finds the table in the sheets of a file that no contract describes, and what stands around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, takewhile
from operator import itemgetter

from pipeline.contracts import Contract, FieldType
from pipeline.ingest.authoring.drafting.header_guess import TOTALS, column_titles, provisional_contract
from pipeline.ingest.authoring.drafting.label_words import is_identifier, is_rate, is_row_number
from pipeline.ingest.authoring.drafting.row_cells import cell_at, filled_text
from pipeline.ingest.cells.day_notations import END_IN_TEXT, YEAR_IN_TEXT, any_day_with_year, plain
from pipeline.ingest.cells.numbers import parse_number
from pipeline.ingest.recognise.drift import counts_rows
from pipeline.ingest.recognise.period import Heading, read_heading
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.headers.header import Header, find_header
from pipeline.ingest.tables.headers.paths import Row
from pipeline.ingest.tables.other_tables import with_other_tables
from pipeline.ingest.tables.rows import RowKind, classify
from pipeline.ingest.tables.sum_rows import sum_rows
from pipeline.privacy.masking import shown

# Two letters or characters in a row: a line of words, not 2023-15 or —.
_WORD = re.compile(r"[^\W\d_]{2}")
# 表名：投诉登记表 → 投诉登记表
_TITLE_PREFIX = re.compile(r"^\s*(数据库|表名|标题|报表名称|title)\s*[:：]\s*", re.IGNORECASE)
# Where the words of a title end and its period begins, in a text that `plain` has prepared: any day as titles are read
# (2023/4/17, 20230417), a year (2023年第15期), a month (2023-04), or the mark of synthetic data.
_DAY = any_day_with_year(YEAR_IN_TEXT, END_IN_TEXT)
_WHOLE_DAY = re.compile(_DAY)
_PERIOD = re.compile(rf"\(?(?:{_DAY}|\d{{4}}\s*年|\d{{4}}-\d{{1,2}}|模拟数据).*$")
# 投诉登记表（第15期） → 投诉登记表
_NUMBERED_BRACKET = re.compile(r"[（(][^（）()]*\d[^（）()]*[)）]\s*$")
# So many rows below a header say which columns hold numbers and days.
_ROWS_FOR_TYPES = 300


PlacedRow = tuple[int, Row]
"""A row of a sheet behind its physical number, which counts from 1."""
_ROW_NO, _ROW = itemgetter(0), itemgetter(1)


@dataclass(frozen=True)
class TableGuess:
    """The table of a file: its sheet, header, titles of columns, data rows, and what stands around it.

    `titles` has one entry for each column of the sheet, "" for columns without a name; `row_nos` are the physical rows
    of `rows`; `totals` are the labels of printed totals, `summed` the indexes of columns that these add up;
    `prenumbered` counts the rows of a form that hold nothing but a number printed beforehand: they are none of `rows`;
    `total_rows` are the printed totals with their physical numbers.
    """

    sheet: Sheet
    header: Header
    titles: tuple[str, ...]
    rows: tuple[Row, ...]
    row_nos: tuple[int, ...]
    totals: tuple[str, ...]
    summed: frozenset[int]
    heading: Heading
    title: str
    prenumbered: int = 0
    total_rows: tuple[PlacedRow, ...] = ()


def count_named_cells(table: TableGuess) -> int:
    """How many cells of data stand below named columns."""
    named_columns = sum(map(bool, table.titles))
    return len(table.rows) * named_columns


def table_of(sheet: Sheet) -> TableGuess | None:
    """The first table of a sheet; None where no row looks like a header."""
    provisional = provisional_contract(sheet.rows)
    if provisional is None:
        return None
    header = find_header(sheet.rows, provisional)
    if header is None:
        return None
    kinds = _kinds_as_loaded(sheet.rows, header, provisional)
    data_rows = _rows_of(sheet, kinds, RowKind.DATA)
    numbered_rows = _rows_of(sheet, kinds, RowKind.ONLY_NUMBERED)
    # Where no row of a form holds more than its number, its numbers are all that there is to look at.
    placed_rows = data_rows or numbered_rows
    placed_totals = _rows_of(sheet, kinds, RowKind.TOTAL)
    total_rows = list(map(_ROW, placed_totals))
    titles = list(column_titles(sheet.rows[header.top : header.below]))
    rows = tuple(map(_ROW, placed_rows))
    for index, title in enumerate(titles):
        titles[index] = title or _title_by_number(index, rows)
    cells_above = chain.from_iterable(sheet.rows[: header.top])
    lines_above = list(filter(None, cells_above))
    return TableGuess(
        sheet=sheet,
        header=header,
        titles=tuple(titles),
        rows=rows,
        row_nos=tuple(map(_ROW_NO, placed_rows)),
        totals=_labels_of_totals(total_rows),
        summed=frozenset(index for index in range(len(titles)) if _is_summed(index, rows, total_rows)),
        heading=read_heading(lines_above),
        title=title_of(lines_above),
        prenumbered=len(numbered_rows) if data_rows else 0,
        total_rows=tuple(placed_totals),
    )


def _kinds_as_loaded(rows: Sequence[Row], header: Header, provisional: Contract) -> list[RowKind]:
    """Returns the kinds of all rows as a load finds them: totals by name and by their numbers, rows of another table.

    A load knows by its contract which columns hold numbers and days; here those do in which most values are such.
    受理小计 left of a number is a total, and so are 共计 and 全天 where their numbers are the sums of the rows above.
    """
    first_rows = rows[: header.below + _ROWS_FOR_TYPES]
    typed = _typed(provisional, header, _first_block(first_rows, classify(first_rows, header, provisional)))
    typed_header = find_header(rows, typed) or header
    below = typed_header.below
    kinds = classify(rows, typed_header, typed)
    kinds = [*kinds[:below], *with_other_tables(rows[below:], kinds[below:], typed_header, typed)]
    placed = [(place, row, kind) for place, (row, kind) in enumerate(zip(rows, kinds, strict=True))]
    for place, total in sum_rows(placed, typed_header, typed, {}, {}).items():
        kinds[place] = RowKind.TOTAL if total.is_total else kinds[place]
    return kinds


def _typed(provisional: Contract, header: Header, rows: Sequence[Row]) -> Contract:
    """Returns the contract of texts with the types that the columns seem to have in the first rows of data."""
    columns = {field.name: index for index, field in header.fields_by_index.items()}
    fields = []
    for field in provisional.fields:
        kind = _measured_type(field.title, columns.get(field.name), rows)
        additive = not is_rate(field.title, (), is_summed=False)
        fields.append(field.model_copy(update={"type": kind, "additive": additive}))
    return provisional.model_copy(update={"fields": tuple(fields)})


def _measured_type(title: str, index: int | None, rows: Sequence[Row]) -> FieldType:
    """The type of a column by most of its values; what numbers cases or rows is a text, as a draft has it."""
    if index is None or is_identifier(title) or is_row_number(title):
        return FieldType.STRING
    column = (filled_text(row, index) for row in rows)
    texts = list(filter(None, column))
    numbers = [text for text in texts if parse_number(text) is not None]
    days = [text for text in texts if _WHOLE_DAY.match(plain(text)) is not None]
    if len(days) * 2 > len(texts):
        return FieldType.DATE
    is_mostly_numbers = (len(numbers) + len(days)) * 2 > len(texts)
    return FieldType.NUMBER if is_mostly_numbers else FieldType.STRING


def _first_block(rows: Sequence[Row], kinds: Sequence[RowKind]) -> list[Row]:
    """Returns the first rows of data down to a row that is none: below it may stand another table."""
    first = kinds.index(RowKind.DATA) if RowKind.DATA in kinds else len(kinds)
    rows_from_there = zip(rows[first:], kinds[first:], strict=True)
    return [row for row, _ in takewhile(_is_data, rows_from_there)]


def _is_data(row_with_kind: tuple[Row, RowKind]) -> bool:
    return row_with_kind[1] is RowKind.DATA


def _rows_of(sheet: Sheet, kinds: Sequence[RowKind], kind: RowKind) -> list[PlacedRow]:
    rows: list[PlacedRow] = []
    for place, (row, row_kind) in enumerate(zip(sheet.rows, kinds, strict=True)):
        if row_kind is kind:
            rows.append((_row_no(sheet, place), row))
    return rows


def _row_no(sheet: Sheet, place: int) -> int:
    """The physical row of a row; of a text, whose lines are not known here, the number of its record."""
    return sheet.rows_above + place + 1


def _title_by_number(index: int, rows: Sequence[Row]) -> str:
    """What contracts call a column of data without a name: 第 4 列; nothing where it only counts the rows."""
    column = (filled_text(row, index) for row in rows)
    texts = list(filter(None, column))
    is_mostly_empty = len(texts) * 2 <= len(rows)
    if is_mostly_empty or counts_rows(texts):
        return ""
    return f"第 {index + 1} 列"


def _is_summed(index: int, rows: Sequence[Row], total_rows: Sequence[Row]) -> bool:
    """Whether a printed total adds up the column, so that its numbers are counted with whatever its name is."""
    printed_totals = _numbers_of(index, total_rows)
    if not printed_totals:
        return False
    computed = sum(_numbers_of(index, rows))
    return computed in printed_totals


def _numbers_of(index: int, rows: Sequence[Row]) -> list[Decimal]:
    """The numbers of a column; what is none is left out."""
    numbers = []
    for row in rows:
        number = parse_number(cell_at(row, index) or "")
        if number is not None:
            numbers.append(number)
    return numbers


def _labels_of_totals(rows: Sequence[Row]) -> tuple[str, ...]:
    """The labels of `TOTALS` with which any cell ends, however it is spaced: 合 计：, 大厅合计."""
    endings: set[str] = set()
    for cell in filter(None, chain.from_iterable(rows)):
        text = "".join(cell.split()).rstrip(":：")
        endings.update(filter(text.endswith, TOTALS))
    # In the order of TOTALS, not of the rows.
    return tuple(label for label in TOTALS if label in endings)


def title_of(lines: Sequence[str]) -> str:
    """The first line's words without issue and period: 大厅投诉登记表（2023年第15期） → 大厅投诉登记表.

    "" where no line above the table reads like a title; 填报单位： alone does not.
    """
    first = next(filter(_is_title, lines), "")
    words = " ".join(_TITLE_PREFIX.sub("", first).split())
    without_period = _without_period(words)
    bare = _NUMBERED_BRACKET.sub("", without_period)
    return shown(bare.strip(" （(")) or ""


def _without_period(words: str) -> str:
    """投诉登记表（2023年第15期） → 投诉登记表; 办件 2023.4.17-4.21 → 办件; a title without a period stays as it is."""
    read = plain(words)
    period = _PERIOD.search(read)
    return words if period is None else read[: period.start()]


def _is_title(line: str) -> bool:
    if _WORD.search(line) is None:
        return False
    return not line.strip().endswith((":", "："))
