"""Finds where a table ends because another one, under another header, begins below it.

In: the rows below a header with their kinds. Out: the same kinds, where rows of the other table are of the kind
`OTHER_TABLE`. Elsewhere: further tables of the same contract in `find`, tables of other contracts in
`recognise.split_sheet`; what is left then fits no contract.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.contracts import Contract, FieldType
from pipeline.contracts.labels import label_key
from pipeline.ingest.cells.numbers import parse_number
from pipeline.ingest.tables.headers.contract_labels import known_labels, names
from pipeline.ingest.tables.headers.header import Column, Header
from pipeline.ingest.tables.headers.paths import Row, text_at
from pipeline.ingest.tables.rows import RowKind

_MEASURED = (FieldType.INTEGER, FieldType.NUMBER, FieldType.DATE, FieldType.DATETIME)
_HAS_LETTER = re.compile(r"[^\W\d_]")
_LIKE_DAY = re.compile(r"\d{2,4}\s*[-/.年]\s*\d")  # 2023-04-17, 2023年4月
_LONGEST_LABEL = 40
_ABOVE_A_TABLE = (RowKind.BLANK, RowKind.NOTE, RowKind.TITLE)
_COUNTED_AS_BEFORE = (RowKind.BLANK, RowKind.NOTE)


def with_other_tables(
    rows: Sequence[Row], kinds: Sequence[RowKind], header: Header, contract: Contract
) -> list[RowKind]:
    """Returns the kinds of the rows below a header, with `OTHER_TABLE` from another header on.

    The other table goes on to the end, or until the own header stands there again. Blank rows and notes stay what they
    are.
    """
    marked: list[RowKind] = []
    is_other = False
    above = RowKind.HEADER
    for row, kind in zip(rows, kinds, strict=True):
        if kind is RowKind.REPEATED_HEADER:
            is_other = False
        if kind is RowKind.DATA and not is_other:
            is_other = is_other_header(row, above, header, contract)
            if is_other:
                _mark_titles(marked, rows)
        above = RowKind.TITLE if _is_single(row) else kind
        belongs_to_other = is_other and kind not in _COUNTED_AS_BEFORE
        marked.append(RowKind.OTHER_TABLE if belongs_to_other else kind)
    return marked


def _mark_titles(marked: list[RowKind], rows: Sequence[Row]) -> None:
    """Makes titles of the lines right above another header; blank rows may stand between."""
    for at in range(len(marked) - 1, -1, -1):
        if marked[at] is RowKind.BLANK:
            continue
        if marked[at] is not RowKind.DATA or not _is_single(rows[at]):
            break
        marked[at] = RowKind.TITLE


def is_other_header(row: Row, above: RowKind, header: Header, contract: Contract) -> bool:
    """Whether a row is the header of another table: words where the table has numbers and days, and more that says so.

    More is a label of this table in its column (名称 above other words), several labels of the contract, or a blank
    row or title right `above`. Words alone may be a row of data: 公安厅 | 停电 | 停电.
    """
    words = _words_under_measures(row, header, contract)
    if not words or _is_single(row):
        return False
    if _repeats_a_label(row, header):
        return True
    if names(row, known_labels(contract)):
        return True
    if above not in _ABOVE_A_TABLE:
        return False
    are_distinct = len(set(words)) == len(words)
    return are_distinct and len(words) > 1


def _words_under_measures(row: Row, header: Header, contract: Contract) -> list[str]:
    """Returns the labels in the columns of numbers and days; none where one of them holds a value, or a word for it."""
    words = []
    for index, field in header.fields_by_index.items():
        if field.type not in _MEASURED:
            continue
        text = text_at(row, index)
        if not text:
            continue
        meaningful = contract.missing_of(field).union(field.zero_values)
        if text in meaningful or not _is_word(text):
            return []
        words.append(label_key(text))
    return words


def _is_word(text: str) -> bool:
    """Whether a text may be a label and is no value: 咨询, 2023年, not 3件, 4月17日 or #REF!."""
    if len(text) > _LONGEST_LABEL or not _HAS_LETTER.search(text):
        return False
    if _LIKE_DAY.search(text) or text.startswith("#"):
        return False
    return parse_number(text) is None


def _repeats_a_label(row: Row, header: Header) -> bool:
    """Whether a cell says what the header says above it."""
    for column in filter(_has_label, header.columns):
        key = label_key(text_at(row, column.index))
        labels = column.label.split("/")
        if key in labels:
            return True
    return False


def _has_label(column: Column) -> bool:
    return column.label != ""


def _is_single(row: Row) -> bool:
    """Whether one text is all that a row says, as a title does."""
    texts = set(map(str.strip, filter(None, row)))
    texts.discard("")
    return len(texts) == 1
