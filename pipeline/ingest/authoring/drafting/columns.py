"""Guesses what each column of a table is: type, unit, code list, free text, persons; contract_yaml writes it down."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.common.cell_marks import unmarked
from pipeline.contracts import FieldType
from pipeline.contracts.labels import label_key
from pipeline.ingest.authoring.drafting.column_names import ascii_name
from pipeline.ingest.authoring.drafting.column_types import TypeGuess, type_of
from pipeline.ingest.authoring.drafting.label_words import is_prose, is_rate, is_row_number, unit_of
from pipeline.ingest.authoring.drafting.row_cells import cell_at, is_filled
from pipeline.ingest.cells.code_lists import CodeLists
from pipeline.ingest.tables.header_paths import Row
from pipeline.privacy.guess import personal_kind
from pipeline.privacy.masking import shown

# Of a column with more different texts the most frequent of them are looked at.
_DISTINCT = 1_000
# A column with more different texts is no list of codes.
_CODE_LIMIT = 80
_CODE_SHARE = 0.6
# A column of merged cells shows at least this share of gaps.
_BLANK_SHARE = 0.2
_EXAMPLE_LENGTH = 20
_TYPE_WORDS = {"integer": "整数", "number": "数字", "date": "日期", "datetime": "日期时间"}


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
        return self.guess.type in (FieldType.INTEGER, FieldType.NUMBER)

    def noted(self, *notes: str) -> DraftColumn:
        """The same column with more to say about the guess; empty notes are left out."""
        return replace(self, notes=(*self.notes, *filter(None, notes)))


def guess_columns(
    titles: Sequence[str],
    rows: Sequence[Row],
    codes: CodeLists,
    is_text_file: bool,
    summed: Collection[int] = (),
) -> tuple[DraftColumn, ...]:
    """What each named column seems to be; a column that repeats another's title is left out.

    `summed` are the indexes of columns that a printed total adds up.
    """
    columns: list[DraftColumn] = []
    known_titles: set[str] = set()
    known_names: set[str] = set()
    for index, title in enumerate(titles):
        key = label_key(title)
        if not title or key in known_titles:
            continue
        known_titles.add(key)
        cells = [cell_at(row, index) for row in rows]
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
    cells: Sequence[str | None],
    codes: CodeLists,
    *,
    is_text_file: bool,
    is_summed: bool,
) -> DraftColumn:
    filled_cells = list(filter(is_filled, cells))
    has_gaps = len(filled_cells) < len(cells)
    bare = map(unmarked, filled_cells)
    counts = Counter((text or "").strip() for text in bare)
    texts = [text for text, _ in counts.most_common(_DISTINCT)]

    column = _named_column(index, title)
    personal, why = personal_kind(title, texts)
    if personal:
        return replace(column, personal=personal).noted(why)

    guess = type_of(title, texts, is_text_file, is_summed)
    column = replace(
        column,
        guess=guess,
        unit=unit_of(title),
        is_never_blank=bool(cells) and not has_gaps,
    )
    column = column.noted(*_type_notes(guess, texts))
    if guess.type is FieldType.STRING:
        return _guess_text_column(column, texts, codes)
    if column.is_numeric and is_rate(title, texts, is_summed):
        return replace(column, is_additive=False).noted("比率或平均，不能相加")
    return column


def _named_column(index: int, title: str) -> DraftColumn:
    """The column under the name that its title gives, or under a plain number where that names only a part."""
    name, is_whole = ascii_name(title)
    text = TypeGuess(FieldType.STRING)
    if name and is_whole:
        return DraftColumn(index, title, name, text)
    return DraftColumn(index, title, _plain_name(index), text, notes=("英文名请改",))


def _guess_text_column(column: DraftColumn, texts: Sequence[str], codes: CodeLists) -> DraftColumn:
    """The column with its code list, or known as free text."""
    list_name = _code_list_of(texts, codes)
    if list_name:
        note = f"写法取自代码表 {list_name}"
        unknown = [text for text in texts if text not in codes[list_name]]
        if unknown:
            note += f"，{len(unknown)} 种写法不在其中，如“{_in_comment(unknown[0])}”"
        return replace(column, codes=list_name).noted(note)
    if is_prose(column.title, texts):
        return replace(column, free_text=True).noted("自由文字，遮盖其中的身份证号和手机号")
    return column


def _type_notes(guess: TypeGuess, texts: Sequence[str]) -> list[str]:
    if not texts:
        return ["这一列都是空的，类型未知"]
    notes = []
    type_word = _TYPE_WORDS.get(guess.type.value)
    if type_word:
        notes.append(f"{len(texts) - len(guess.misfits)} 种值像{type_word}")
    if guess.doubt:
        notes.append(guess.doubt)
    if guess.misfits:
        examples = "、".join(f"“{_in_comment(text)}”" for text in guess.misfits[:2])
        notes.append(f"{len(guess.misfits)} 种值读不进，如{examples}")
    return notes


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
    for position, column in enumerate(columns):
        if is_row_number(column.title):
            continue
        cells = [cell_at(row, column.index) for row in rows]
        is_filled_down = column.personal is None and _is_merged(cells)
        if not is_filled_down:
            break
        filled = replace(column, fill_down=True, is_never_blank=True)
        marked[position] = filled.noted("上下合并的单元格，向下填充")
    return tuple(marked)


def _is_merged(cells: Sequence[str | None]) -> bool:
    """Whether a column looks merged downwards: it begins with a value, and has gaps, but more than one value."""
    if not cells or not is_filled(cells[0]):
        return False
    values = sum(map(is_filled, cells))
    gap_share = (len(cells) - values) / len(cells)
    return values > 1 and gap_share >= _BLANK_SHARE
