"""Guesses what each column of a table is: type, unit, code list, free text, persons; contract_yaml writes it down."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import lt, or_
from typing import Literal

from pipeline.common.cell_marks import unmarked
from pipeline.contracts import FieldType
from pipeline.contracts.labels import label_key
from pipeline.contracts.model import NUMERIC
from pipeline.ingest.authoring.drafting.column_names import ascii_name
from pipeline.ingest.authoring.drafting.column_types import TypeGuess, type_of
from pipeline.ingest.authoring.drafting.label_words import (
    is_count,
    is_prose,
    is_rate,
    is_row_number,
    unit_of,
    unit_of_rate,
)
from pipeline.ingest.authoring.drafting.row_cells import cell_at, filled_text, is_filled
from pipeline.ingest.cells.code_lists import CodeLists
from pipeline.ingest.tables.headers.paths import Row
from pipeline.privacy.guess import personal_kind
from pipeline.privacy.masking import shown

# Of a column with more different texts the most frequent of them are looked at.
_DISTINCT = 1_000
# A column with more different texts is no list of codes.
_CODE_LIMIT = 80
_CODE_SHARE = 0.6
# A column of merged cells shows at least this share of gaps.
_BLANK_SHARE = 0.2
# One group with gaps is a layout where it is most of the column; else more of them have to be seen.
_MOSTLY_BLANK = 0.5
_FEWEST_MERGED = 2
_EXAMPLE_LENGTH = 20
# Of the rows that do not fit so many are named, and so many of their texts quoted.
_ROWS_NAMED = 3
_TEXTS_NAMED = 2
TYPE_WORDS = {"integer": "整数", "number": "数字", "date": "日期", "datetime": "日期时间", "boolean": "是或否"}
"""Types in the words of a guess; a text is none."""
PlacedText = tuple[int, str]
"""The text of a filled cell behind the number of its row."""


@dataclass(frozen=True)
class DraftColumn:
    """One column as guessed: what the contract's line will say, and why; `index` counts columns from 0."""

    index: int
    title: str
    name: str
    guess: TypeGuess
    unit: str | None = None
    personal: Literal["drop", "hmac"] | None = None
    codes: str | None = None
    free_text: bool = False
    is_additive: bool = True
    fill_down: bool = False
    is_never_blank: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_numeric(self) -> bool:
        """Whether the column holds numbers to count with."""
        return self.guess.type in NUMERIC

    def noted(self, *notes: str) -> DraftColumn:
        """The same column with more to say about the guess; empty notes are left out."""
        return replace(self, notes=(*self.notes, *filter(None, notes)))


def guess_columns(
    titles: Sequence[str],
    rows: Sequence[Row],
    codes: CodeLists,
    is_text_file: bool,
    summed: Collection[int] = (),
    row_nos: Sequence[int] = (),
) -> tuple[DraftColumn, ...]:
    """What each named column seems to be; a column that repeats another's title is left out.

    `summed` are the indexes of columns that a printed total adds up, `row_nos` the physical rows of `rows` (without
    them, the rows are counted from 1).
    """
    numbers = row_nos or range(1, len(rows) + 1)
    columns: list[DraftColumn] = []
    known_titles: set[str] = set()
    known_names: set[str] = set()
    for index, title in enumerate(titles):
        key = label_key(title)
        if not title or key in known_titles:
            continue
        known_titles.add(key)
        cells = [(row_no, cell_at(row, index)) for row_no, row in zip(numbers, rows, strict=True)]
        column = _guess_column(
            index,
            title,
            cells,
            codes,
            is_text_file=is_text_file,
            is_summed=index in summed,
        )
        if column.name in known_names:
            # A name with a number behind it would seem to mean one.
            column = replace(column, name=_plain_name(index))
        known_names.add(column.name)
        columns.append(column)
    return tuple(columns) if is_text_file else _with_fill_down(columns, rows)


def _plain_name(index: int) -> str:
    return f"field_{index + 1}"


def _guess_column(
    index: int,
    title: str,
    cells: Sequence[tuple[int, str | None]],
    codes: CodeLists,
    *,
    is_text_file: bool,
    is_summed: bool,
) -> DraftColumn:
    placed = [(row_no, (unmarked(cell) or "").strip()) for row_no, cell in cells if is_filled(cell)]
    has_gaps = len(placed) < len(cells)
    counts = Counter(text for _, text in placed)
    texts = [text for text, _ in counts.most_common(_DISTINCT)]

    column = _named_column(index, title)
    personal, why = personal_kind(title, texts)
    if personal:
        return replace(column, personal=personal).noted(why)

    is_empty_count = not texts and bool(cells) and is_count(title)
    guess = TypeGuess(FieldType.INTEGER) if is_empty_count else type_of(title, texts, is_text_file, is_summed)
    column = replace(
        column,
        guess=guess,
        unit=unit_of(title),
        is_never_blank=bool(cells) and not has_gaps,
    )
    column = column.noted(*_type_notes(guess, placed))
    if guess.type is FieldType.STRING:
        return _guess_text_column(column, texts, placed, codes)
    if column.is_numeric and is_rate(title, texts, is_summed):
        unit = column.unit or unit_of_rate(title, texts)
        # Twelve means that happen to be whole do not make the next one, 5.5, a mistake.
        number = replace(guess, type=FieldType.NUMBER)
        return replace(column, guess=number, is_additive=False, unit=unit).noted("比率或平均，不能相加")
    return column


def _named_column(index: int, title: str) -> DraftColumn:
    """The column under the name that its title gives, or under a plain number where that names only a part."""
    name, is_whole = ascii_name(title)
    text = TypeGuess(FieldType.STRING)
    if name and is_whole:
        return DraftColumn(index, title, name, text)
    return DraftColumn(index, title, _plain_name(index), text, notes=("英文名请改",))


def _guess_text_column(
    column: DraftColumn, texts: Sequence[str], placed: Sequence[PlacedText], codes: CodeLists
) -> DraftColumn:
    """The column with its code list, or known as free text."""
    list_name = _code_list_of(texts, codes)
    if list_name:
        unknown = set(texts).difference(codes[list_name])
        note = _misfit_note(_rows_with(unknown, placed))
        return replace(column, codes=list_name).noted(f"写法取自代码表 {list_name}", note)
    if is_prose(column.title, texts):
        return replace(column, free_text=True).noted("自由文字，遮盖其中的身份证号和手机号")
    return column


def _type_notes(guess: TypeGuess, placed: Sequence[PlacedText]) -> list[str]:
    if not placed:
        return ["这一列都是空的，类型未知"]
    misfit_rows = _rows_with(guess.misfits, placed)
    fitting = len(placed) - len(misfit_rows)
    type_word = TYPE_WORDS.get(guess.type.value)
    note = f"{fitting:,} 行像{type_word}" if type_word else ""
    return [note, guess.doubt, _misfit_note(misfit_rows)]


def _rows_with(texts: Collection[str], placed: Sequence[PlacedText]) -> list[PlacedText]:
    """The rows that hold one of the texts."""
    wanted = set(texts)
    return [(row_no, text) for row_no, text in placed if text in wanted]


def _misfit_note(rows: Sequence[PlacedText]) -> str:
    """Which rows do not fit, counted one by one: 3 行不合：第 5、9、12 行，如“暂缺”; "" where all do."""
    if not rows:
        return ""
    row_nos, texts = zip(*rows, strict=True)
    first_numbers = map(str, row_nos[:_ROWS_NAMED])
    and_more = "等" if len(rows) > _ROWS_NAMED else ""
    first_texts = list(dict.fromkeys(texts))[:_TEXTS_NAMED]
    examples = map(_quoted, first_texts)
    return f"{len(rows):,} 行不合：第 {'、'.join(first_numbers)} 行{and_more}，如{'、'.join(examples)}"


def _quoted(text: str) -> str:
    return f"“{_in_comment(text)}”"


def _in_comment(text: str) -> str:
    """A value as it may stand in a comment: short, on one line, numbers of persons masked."""
    return (shown(text, _EXAMPLE_LENGTH) or "").replace("\n", " ")


def _code_list_of(texts: Sequence[str], codes: CodeLists) -> str | None:
    """The reference list that most of the different labels come from, the shortest of equals; None where few do."""
    if not texts or len(texts) > _CODE_LIMIT:
        return None
    best_name = None
    best = (_CODE_SHARE, -math.inf)
    for name, labels in codes.items():
        share = sum(map(labels.__contains__, texts)) / len(texts)
        rank = (share, -len(labels))
        if rank > best:
            best_name = name
            best = rank
    return best_name


def _with_fill_down(columns: Sequence[DraftColumn], rows: Sequence[Row]) -> tuple[DraftColumn, ...]:
    """The leading columns of a sheet are merged downwards where they leave gaps; further right a gap is a blank."""
    marked = list(columns)
    # Where a column further left begins a new group, so does each one right of it.
    begins_group = [False] * len(rows)
    for position, column in enumerate(columns):
        if is_row_number(column.title):
            continue
        texts = list(map(partial(filled_text, index=column.index), rows))
        is_filled_down = column.personal is None and _is_merged(texts, begins_group)
        if not is_filled_down:
            break
        filled = replace(column, fill_down=True, is_never_blank=True)
        marked[position] = filled.noted("上下合并的单元格，向下填充")
        begins_group = list(map(or_, begins_group, map(bool, texts)))
    return tuple(marked)


def _is_merged(texts: Sequence[str], begins_group: Sequence[bool]) -> bool:
    """Whether a column looks merged downwards: each value begins a group, and several groups go on below it.

    公安厅, "", 司法厅, "" does. 教育厅, 教育厅, "", 教育厅 does not: who writes a value again in the next row merges no
    cells, and one gap among single values is a value that was forgotten.
    """
    above = next(iter(texts), "")
    if not above:
        return False
    group_sizes = [0]
    for text, is_new_group in zip(texts, begins_group, strict=True):
        is_first = group_sizes == [0]
        if text == "" and is_new_group:
            return False
        if text == "" or is_first:
            group_sizes[-1] += 1
            continue
        if text == above and not is_new_group:
            return False
        above = text
        group_sizes.append(1)
    gap_share = 1 - len(group_sizes) / len(texts)
    merged_groups = sum(map(partial(lt, 1), group_sizes))
    is_layout = merged_groups >= _FEWEST_MERGED or gap_share >= _MOSTLY_BLANK
    signs = (len(group_sizes) > 1, is_layout, gap_share >= _BLANK_SHARE)
    return all(signs)
