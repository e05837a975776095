"""Says what the rows of a large sheet are without reading each of them: the plan by which `sheet_columns` loads it.

Rows that may be other than data are found by SQL, generously, and judged one by one as `tables.rows` judges them; what
is left is data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from pipeline.common.characters import BLANKS, INVISIBLE
from pipeline.common.quoting import quoted
from pipeline.contracts import Contract, FieldType
from pipeline.contracts.labels import label_key
from pipeline.ingest.load.sheet_tables.number_doubts import Doubts, doubts_of_columns
from pipeline.ingest.note_lines import NOTE_PATTERN
from pipeline.ingest.sheets.bulk_rows import BulkRows
from pipeline.ingest.sheets.sheet import Days, Merged, no_days, no_merged
from pipeline.ingest.tables.aggregate_words import aggregate_pattern
from pipeline.ingest.tables.fill_down import FilledDown, columns_to_fill_down, filled_down_columns
from pipeline.ingest.tables.find import tables_at
from pipeline.ingest.tables.headers.contract_labels import known_labels, names
from pipeline.ingest.tables.headers.header import Header
from pipeline.ingest.tables.headers.paths import Row
from pipeline.ingest.tables.other_tables import is_other_header
from pipeline.ingest.tables.rows import RowJudge, RowKind
from pipeline.ingest.tables.sum_rows import MOST_ROWS, sum_rows

_MOST_ODD = 20_000
_GAPS = BLANKS + INVISIBLE
_NOTE = "^" + NOTE_PATTERN.replace("{s}", f"[{BLANKS}]").replace("{d}", r"\p{Nd}")
_NUMBER_LIKE = re.compile(r"[\d\s.,:/年月日-]+")  # a label such as 2023年 or 1-3
_DAY = "[12][0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}}"
_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_FEW_TEXTS = 200
"""Of a column with so few texts each is tested once, and not each row."""
_ROWS_THAT_SHOW_TEXTS = 300
# SQL that holds for a text {0} that is written as a sheet's reader writes such a value, and so is read as itself.
_SHAPES = {
    # 12, -3; not 012, 12.0
    FieldType.INTEGER: "coalesce(TRY_CAST({0} AS BIGINT)::VARCHAR = {0}, false)",
    # 12, -0.5, 3.141593; not 12.50, 1e3
    FieldType.NUMBER: r"coalesce(regexp_full_match({0}, '-?(0|[1-9][0-9]{{0,17}})(\.[0-9]{{0,5}}[1-9])?'), false)",
    # 2023-04-17, 2023-04-17 00:00:00; a pattern and the cast cost a third of writing the day again
    FieldType.DATE: (
        f"coalesce(regexp_full_match({{0}}, '{_DAY}( 00:00:00)?') AND TRY_CAST({{0}} AS TIMESTAMP) IS NOT NULL, false)"
    ),
    FieldType.BOOLEAN: "{0} IN ('true', 'false')",
    # 2023-04-17 09:12:33
    FieldType.DATETIME: (
        f"coalesce(regexp_full_match({{0}}, '{_DAY} {_TIME}') AND TRY_CAST({{0}} AS TIMESTAMP) IS NOT NULL, false)"
    ),
}


@dataclass(frozen=True)
class SheetPlan:
    """Says what the rows of a large sheet with one table are.

    `kinds` and `rows` hold, by 0-based row, the rows that are neither data nor blank; `blank` counts the blank ones,
    `titles` are the rows above the header. `days` finds the numbers that the sheet shows as days, `doubts` are those
    that can be read in two ways. `filled_down` says of each merged column whether its blanks mean "as above".
    """

    header: Header
    kinds: Mapping[int, RowKind]
    rows: Mapping[int, Row]
    blank: int
    titles: Sequence[RowKind]
    days: Days
    filled_down: Mapping[str, bool]
    doubts: Doubts


def make_plan(
    rows: BulkRows, header: Header, contract: Contract, days: Days = no_days, merged: Merged = no_merged
) -> SheetPlan | None:
    """Says what every row is; None where the sheet has to be read row by row.

    That is where it has several tables, perhaps one under another header, rows that add up others or give several
    records, blanks of which only some mean "as above", or too many odd rows to be worth it.
    """
    if contract.unpivot is not None:
        return None
    judge = RowJudge(rows, header, contract)
    found = rows.con.execute(
        f"SELECT rowid, * FROM cells WHERE {_is_below(header, rows)} AND "
        f"({_may_be_odd(rows, header, contract, judge)}) ORDER BY rowid LIMIT {_MOST_ODD + 1}"
    ).fetchall()
    if len(found) > _MOST_ODD:
        return None
    odd: dict[int, Row] = {rowid: list(cells) for rowid, *cells in found}
    if _has_more_tables(rows, header, contract, odd):
        return None
    kinds = _kinds_of_odd(rows, judge, header, odd)
    has_unit_line = RowKind.UNIT_LINE in kinds.values()
    has_other_table = _has_other_table(header, contract, odd, kinds)
    if has_unit_line or has_other_table or _has_sums(rows, header, contract, kinds):
        return None
    filled_down = _filled_down_columns(rows, header, contract, kinds, odd, merged)
    if filled_down.is_divided:
        return None
    return SheetPlan(
        header,
        kinds,
        rows={at: odd.get(at) or rows[at] for at in kinds},
        blank=_count_blank(rows, header),
        titles=list(map(kind_above_header, rows[: header.top])),
        days=days,
        filled_down=filled_down.rules,
        doubts=doubts_of_columns(header, rows),
    )


def _is_below(header: Header, rows: BulkRows) -> str:
    """Returns SQL that holds for the rows below the header."""
    return f"rowid >= {header.below} AND rowid < {len(rows)}"


def _has_more_tables(rows: BulkRows, header: Header, contract: Contract, odd: Mapping[int, Row]) -> bool:
    known = known_labels(contract)
    possible_tops = [at for at, row in odd.items() if names(row, known)]
    return len(tables_at(rows, header, contract, possible_tops)) > 1


def _has_other_table(header: Header, contract: Contract, odd: Mapping[int, Row], kinds: Mapping[int, RowKind]) -> bool:
    """Whether another header may stand among the odd rows, as if a title were above it."""
    for at, row in odd.items():
        is_data = at not in kinds
        if is_data and is_other_header(row, RowKind.TITLE, header, contract):
            return True
    return False


def _has_sums(rows: BulkRows, header: Header, contract: Contract, kinds: Mapping[int, RowKind]) -> bool:
    """Whether the numbers of some row are the sums of others, in a table short enough to be added up by hand."""
    if len(rows) > MOST_ROWS:
        return False
    first = header.below
    rows_with_kinds = ((at, row, kinds.get(at, RowKind.DATA)) for at, row in enumerate(rows[first:], first))
    return bool(sum_rows(rows_with_kinds, header, contract, {}, {}))


def _kinds_of_odd(rows: BulkRows, judge: RowJudge, header: Header, odd: Mapping[int, Row]) -> dict[int, RowKind]:
    """Judges the odd rows, which ascend; returns those that are no data, and rows below them that belong to them."""
    kinds: dict[int, RowKind] = {header.below - 1: RowKind.HEADER}
    for at, row in odd.items():
        previous = kinds.get(at - 1, RowKind.DATA)
        kind = judge.kind(row, previous)
        if kind is not RowKind.DATA:
            kinds[at] = kind
        if kind is RowKind.REPEATED_HEADER and at + 1 not in odd:
            kinds |= _numbering_below(rows, judge, at)
        if kind is RowKind.OF_WHICH:
            kinds |= _further_parts(rows, judge, at, odd)
    del kinds[header.below - 1]
    return kinds


def _numbering_below(rows: BulkRows, judge: RowJudge, header_row: int) -> dict[int, RowKind]:
    """Returns the row below a repeated header if it is no data there, though it would be elsewhere: 1 2 3."""
    at = header_row + 1
    if at >= len(rows):
        return {}
    kind = judge.kind(rows[at], RowKind.REPEATED_HEADER)
    return {} if kind in (RowKind.DATA, RowKind.BLANK) else {at: kind}


def _further_parts(rows: BulkRows, judge: RowJudge, first: int, odd: Mapping[int, Row]) -> dict[int, RowKind]:
    """Returns the rows over which a 其中 is merged, as far as none of them is odd itself."""
    parts: dict[int, RowKind] = {}
    part = rows[first]
    for at in range(first + 1, len(rows)):
        if at in odd:
            break
        kind = judge.kind(rows[at], RowKind.OF_WHICH, part)
        if kind is not RowKind.OF_WHICH:
            break
        parts[at] = kind
    return parts


def _filled_down_columns(
    rows: BulkRows,
    header: Header,
    contract: Contract,
    kinds: Mapping[int, RowKind],
    odd: Mapping[int, Row],
    merged: Merged,
) -> FilledDown:
    """Returns for each field that the contract fills down which blanks of its column mean "as above"."""
    places = list(columns_to_fill_down(header))
    cells = [f"c{place}" for place in places]
    is_filled = f"{_is_below(header, rows)} AND NOT ({is_blank_sql(rows)})"
    any_blank = " OR ".join(f"{cell} IS NULL" for cell in cells) or "false"
    has_blanks = rows.con.execute(f"SELECT 1 FROM cells WHERE {is_filled} AND ({any_blank}) LIMIT 1").fetchone()
    # Most large sheets are flat: nothing is to be filled, and none of their cells has to be looked at here.
    if not has_blanks:
        return FilledDown()
    width = len(header.columns)
    found = rows.con.execute(f"SELECT rowid, {', '.join(cells)} FROM cells WHERE {is_filled} ORDER BY rowid").fetchall()
    rows_with_kinds = []
    for at, *texts in found:
        row = _row_of(texts, places, width)
        kind = kinds.get(at, RowKind.DATA)
        if kind is RowKind.TOTAL:
            row = odd.get(at, row)
        rows_with_kinds.append((at + 1, row, kind))
    return filled_down_columns(rows_with_kinds, header, contract, merged)


def _count_blank(rows: BulkRows, header: Header) -> int:
    counted = rows.con.execute(
        f"SELECT count(*) FROM cells WHERE {_is_below(header, rows)} AND {is_blank_sql(rows)}"
    ).fetchone()
    return int(counted[0]) if counted else 0


def is_blank_sql(rows: BulkRows) -> str:
    """Returns SQL that holds for a row of `cells` in which nothing stands."""
    return " AND ".join(f"c{at} IS NULL" for at in range(rows.width))


def _may_be_odd(rows: BulkRows, header: Header, contract: Contract, judge: RowJudge) -> str:
    """Returns SQL that holds for every row that is no data (and for some that are), but not for blank ones."""
    cells = [f"c{at}" for at in range(rows.width)]
    filled = " + ".join(f"({cell} IS NOT NULL)::TINYINT" for cell in cells)
    first_text = f"coalesce({', '.join([*cells, 'NULL'])})"
    conditions = [
        f"({filled}) = 1",  # a line of prose
        begins_note_sql(first_text),
        f"rowid = {header.below}",  # a line that numbers the columns
        *_may_tell_kinds(rows, header, contract, judge),
        _may_be_header(rows, header, contract),
    ]
    any_condition = " OR ".join(f"coalesce({condition}, false)" for condition in conditions)
    return f"({filled}) > 0 AND ({any_condition})"


def begins_note_sql(text: str) -> str:
    """Returns SQL that holds for a text that begins as notes and signatures do."""
    return f"regexp_matches({text}, {quoted(_NOTE)})"


def _may_tell_kinds(rows: BulkRows, header: Header, contract: Contract, judge: RowJudge) -> Iterator[str]:
    """Yields SQL for each column in which a word may say that its row is no data.

    Of a column with few texts these are tried, once each: the patterns know many words.
    """
    first_rows = rows[header.below : header.below + _ROWS_THAT_SHOW_TEXTS]
    for at in range(rows.width):
        conditions = may_tell_kind_sql(at, contract, judge)
        if not conditions:
            continue
        any_condition = " OR ".join(conditions)
        texts_shown = {row[at] for row in first_rows}
        is_repetitive = len(texts_shown) <= len(first_rows) // 2
        telling = _texts_with(rows, at, any_condition) if is_repetitive else None
        if telling is None:
            yield any_condition
        elif telling:
            yield f"c{at} IN ({', '.join(map(quoted, telling))})"


def _texts_with(rows: BulkRows, at: int, condition: str) -> list[str] | None:
    """Returns the distinct texts of a column for which a condition holds.

    None where there are more than a few, or one that has no place in a statement because it is not printable.
    """
    # In two statements, or the condition is pushed below the DISTINCT and tried for every row.
    rows.con.execute(f"CREATE OR REPLACE TABLE distinct_cell AS SELECT DISTINCT c{at} FROM cells")
    found = rows.con.execute(f"SELECT c{at} FROM distinct_cell WHERE {condition} LIMIT {_FEW_TEXTS + 1}").fetchall()
    rows.con.execute("DROP TABLE distinct_cell")
    texts = [text for (text,) in found]
    are_few = len(texts) <= _FEW_TEXTS
    return texts if are_few and all(map(str.isprintable, texts)) else None


def may_tell_kind_sql(at: int, contract: Contract, judge: RowJudge) -> list[str]:
    """Returns SQL for the words by which a text in a column may say that its row is no data; none where none counts.

    It is a total's name (合 计（件）：, 公安厅小计), a word such as 共计 or 上周, or 其中.
    """
    cell = f"c{at}"
    conditions = []
    labels = [total.label for total in contract.layout.totals]
    if labels and at in chain(*judge.label_places):
        conditions.append(_may_name_total(cell, labels))
    if at in judge.word_places:
        conditions.append(_may_be_aggregate(cell))
    parts = contract.layout.of_which
    if parts and at in judge.part_places:
        conditions.append(_may_begin_part(cell, parts))
    return conditions


def _may_be_aggregate(cell: str) -> str:
    """Returns SQL that a text may hold a word such as 共计, 上周 or Total, perhaps with blanks between its letters.

    No such word is written in ASCII and begins with a digit, as days, numbers and most keys do: 2023-04-17.
    """
    begins_with_digit = f"{cell} >= '0' AND {cell} < ':' AND strlen({cell}) = length({cell})"
    has_word = f"regexp_matches(lower({cell}), {quoted(aggregate_pattern(_GAPS))})"
    return f"CASE WHEN {begins_with_digit} THEN false ELSE {has_word} END"


def _may_name_total(cell: str, labels: Sequence[str]) -> str:
    """Returns SQL that a text may end with a total's name: 合计数, 合计：, 合计（件）."""
    names_of_totals = "|".join(map(_spaced, labels))
    behind = rf"[{_GAPS}]*数?[{_GAPS}:：]*(?:[(（\[【].*)?$"
    return _if_contains(cell, labels, f"(?:{names_of_totals}){behind}")


def _may_begin_part(cell: str, words: Sequence[str]) -> str:
    """Returns SQL that a text may begin with 其中: （其中）网上, —其中."""
    pattern = f"^[{_GAPS}(（—·-]*(?:{'|'.join(map(_spaced, words))})"
    return _if_contains(cell, words, pattern)


def _if_contains(cell: str, words: Iterable[str], pattern: str) -> str:
    """Returns SQL that tries a pattern only where the last letter of a word stands: looking for a letter is cheaper."""
    letters = sorted({word.strip()[-1] for word in words})
    any_letter = " OR ".join(f"contains({cell}, {quoted(letter)})" for letter in letters)
    return f"CASE WHEN {any_letter} THEN regexp_matches({cell}, {quoted(pattern)}) ELSE false END"


def _spaced(word: str) -> str:
    r"""Returns a pattern of a word with blanks between its letters: 合[\s]*计."""
    letters = "".join(word.split())
    return f"[{_GAPS}]*".join(map(re.escape, letters))


def kind_above_header(row: Row) -> RowKind:
    """Says what a row above a header is."""
    return RowKind.TITLE if any(row) else RowKind.BLANK


def _row_of(texts: Sequence[str | None], places: Sequence[int], width: int) -> Row:
    """Returns a row of `width` cells that are all empty but those at `places`."""
    row: list[str | None] = [None] * width
    for place, text in zip(places, texts, strict=True):
        row[place] = text
    return row


def _may_be_header(rows: BulkRows, header: Header, contract: Contract) -> str:
    """Returns SQL for rows that may be labels: where a column of numbers or dates holds something else.

    Where there are no such columns, or a label itself looks like a number, it is SQL for rows with two such words.
    """
    keys = label_keys(rows, header, contract)
    typed = [(field.type, index) for index, field in header.fields_by_index.items() if field.type in _SHAPES]
    if not typed:
        return _has_two_possible_labels(rows, keys)
    # Column after column, each only where those before it decided nothing: most rows are done with after the first.
    cases = [f"WHEN {shape(kind, f'c{index}')} THEN false" for kind, index in typed]
    holds_something_else = f"CASE {' '.join(cases)} ELSE true END"
    if not has_label_like_number(keys):
        return holds_something_else
    return f"{holds_something_else} OR {_has_two_possible_labels(rows, keys)}"


def has_label_like_number(keys: Iterable[str]) -> bool:
    """Whether a label looks like a number or a day itself: 2023年."""
    return any(map(_NUMBER_LIKE.fullmatch, keys))


def label_keys(rows: Sequence[Row], header: Header, contract: Contract) -> set[str]:
    """Returns the keys of the labels that the contract knows, and of those that the header has."""
    keys = set(known_labels(contract))
    for row in rows[header.top : header.below]:
        keys.update(map(label_key, filter(None, row)))
    return keys - {""}


def _has_two_possible_labels(rows: BulkRows, keys: Iterable[str]) -> str:
    """Returns SQL for rows with two cells that begin as a label does, or with no plain letter or digit (（受理）)."""
    first_letters = {key[0] for key in keys}
    first_letters |= {letter.upper() for letter in first_letters}
    begins_as_label = f"^[{re.escape(''.join(sorted(first_letters)))}]"
    begins_plainly = r"^[0-9A-Za-z\x{3400}-\x{9fff}]"
    conditions = []
    for at in range(rows.width):
        is_odd = f"NOT regexp_matches(c{at}, {quoted(begins_plainly)})"
        is_label = f"regexp_matches(c{at}, {quoted(begins_as_label)})"
        conditions.append(f"coalesce({is_odd} OR {is_label}, false)::TINYINT")
    return f"({' + '.join(conditions)}) > 1"


def shape(kind: FieldType, text: str) -> str:
    """Returns SQL that holds where a text is written as a sheet's reader writes a value of this type."""
    return _SHAPES[kind].format(text)
