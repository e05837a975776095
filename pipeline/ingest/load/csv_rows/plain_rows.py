"""Writes the SQL that tells the plain rows of a text: rows of data of which every cell stands for itself.

In: the columns of a table, and texts that a sample of it shows. Out: conditions and values over the columns c0, c1, …
of `read_csv`, all of them texts. A row of which they do not hold may be plain all the same: it is read by itself in
`csv_plain`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

from pipeline.common.quoting import quoted
from pipeline.contracts import Contract, Field, FieldType
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.load.sheet_tables.sheet_columns import (
    ISO_PATTERNS,
    SUSPECT,
    is_within_limits,
    special_texts,
)
from pipeline.ingest.load.sheet_tables.sheet_plan import begins_note_sql, may_tell_kind_sql, shape
from pipeline.ingest.tables.aggregate_words import aggregate_of
from pipeline.ingest.tables.headers.header import Column, Header
from pipeline.ingest.tables.rows import RowJudge
from pipeline.privacy.masking import MAY_BE_PERSONAL, mask_field

_MOST_WORDS = 500
"""So many words of a column are looked at here: a name of an item, of a department, a day."""
_FEW_WORDS = 50
_MOST_FORMS = 12
_MOST_COMBINED = 3
# 510000-00000017, U0001234, A/2023_15: what differs in it from row to row are the digits.
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z/_-]*")
_DIGIT = re.compile(r"[0-9]")
# So many digits of a code may be a person's number: a mobile one, with 86 before it, an identity number of 15 or 18.
_DIGITS_OF_PERSONS = frozenset({11, 13, 15, 16, 17, 18})
# A text with fewer digits holds no number of a person: `MAY_BE_PERSONAL` finds seven of them.
_FEWEST_DIGITS = 7
# 12, 12.5, 12.50; not 1e3 and not 12.: the second is kept as it was written, beside its value.
_NUMBER = r"-?(?:(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{0,5}[1-9])?|(?:0|[1-9][0-9]{0,5})\.[0-9]{0,5}0)"
_ISO_DAY = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class PlainRows:
    """SQL over the rows of a text.

    `casts` are the values of typed columns as further columns v2, v5, …, by their names; `condition` holds for plain
    rows and is never NULL, `values` has the value of each stored field, `as_written` the map of what was written
    differently.
    """

    casts: Mapping[str, str]
    condition: str
    values: Mapping[str, str]
    as_written: str


def plain_rows(header: Header, reader: RowReader, judge: RowJudge, texts: Mapping[int, set[str]]) -> PlainRows | None:
    """Returns the SQL for a table; None where its rows take more than SQL can say of them one by one.

    `texts` are the distinct texts of a sample by column. Without a column of numbers or days nothing would tell a
    header that is repeated among the rows.
    """
    contract = reader.contract
    stored = [column for column in header.columns if _is_stored(column)]
    typed = [column for column in stored if _type_of(column) is not FieldType.STRING]
    if not typed or not _can_be_told_alone(contract, stored):
        return None
    conditions = [_is_filled(header, typed)]
    for column in header.columns:
        if column in typed:
            conditions.append(_is_plain_value(column, contract, texts.get(column.index, set())))
        else:
            conditions.append(_is_plain_text(column, reader, judge, texts.get(column.index, set())))
    return PlainRows(
        casts={_cast(column): f"TRY_CAST({_cell(column)} AS {_field(column).type.sql})" for column in typed},
        condition=f"coalesce({' AND '.join(conditions)}, false)",
        values=_values(contract, stored, typed),
        as_written=_as_written(typed),
    )


def _can_be_told_alone(contract: Contract, stored: Iterable[Column]) -> bool:
    """Whether a row says by its own cells what it is, and each stored field what its text means."""
    layout = contract.layout
    depends_on_others = contract.unpivot is not None or layout.sheet_name is not None
    has_merged_cells = any(field.fill_down for field in contract.fields)
    if depends_on_others or has_merged_cells:
        return False
    return all(_is_read_by_sql(_field(column)) for column in stored)


def _is_read_by_sql(field: Field) -> bool:
    """Whether SQL can read a field: no digest of a person, no pattern of Python, no rounding, no other notation."""
    has_own_rule = field.personal is not None or field.constraints.pattern is not None or field.decimals is not None
    if has_own_rule or not set(field.formats) <= ISO_PATTERNS:
        return False
    return field.codes is None or field.type is FieldType.STRING


def _is_stored(column: Column) -> bool:
    return column.field is not None and column.field.personal != "drop"


def _field(column: Column) -> Field:
    if column.field is None:
        raise AssertionError(f"column {column.index} has no field")
    return column.field


def _type_of(column: Column) -> FieldType:
    return _field(column).type


def _cell(column: Column) -> str:
    """The column of the text as `read_csv` names it."""
    return f"c{column.index}"


def _cast(column: Column) -> str:
    """The column with the value of a typed cell."""
    return f"v{column.index}"


def _is_filled(header: Header, typed: Sequence[Column]) -> str:
    """Returns SQL that holds for a row with a number or day and one more cell: no note, no header, no blank row."""
    is_measured = " OR ".join(f"{_cast(column)} IS NOT NULL" for column in typed)
    has_sure_text = any(_is_sure_text(column) for column in header.columns)
    if has_sure_text:
        return f"({is_measured})"
    filled = " + ".join(f"({_cell(column)} IS NOT NULL)::TINYINT" for column in header.columns)
    return f"({is_measured}) AND ({filled}) > 1"


def _is_sure_text(column: Column) -> bool:
    """Whether a column of texts has one in each row that is plain."""
    field = column.field
    return field is not None and _is_stored(column) and field.type is FieldType.STRING and field.constraints.required


def _is_plain_value(column: Column, contract: Contract, texts: Collection[str]) -> str:
    """Returns SQL that a cell of numbers or days is written as its value is, or is empty where it may be."""
    field = _field(column)
    cell, value = _cell(column), _cast(column)
    conditions = [_has_form_of(field, cell, value, texts)]
    special = special_texts(field, contract)
    if special:
        conditions.append(f"{cell} NOT IN ({', '.join(map(quoted, special))})")
    conditions += is_within_limits(field, value)
    return _or_empty(f"({' AND '.join(conditions)})", cell, field, contract)


def _has_form_of(field: Field, cell: str, value: str, texts: Collection[str]) -> str:
    """Returns SQL that a text has the form of its value, which is not NULL then."""
    if field.type is FieldType.INTEGER:
        return f"{value}::VARCHAR = {cell}"
    if field.type is FieldType.NUMBER:
        return f"regexp_full_match({cell}, {quoted(_NUMBER)})"
    has_shape = shape(field.type, cell)
    days = list(filter(_ISO_DAY.fullmatch, texts))
    if field.type is not FieldType.DATE or not 0 < len(days) <= _FEW_WORDS:
        return has_shape
    return f"CASE WHEN {_is_one_of(cell, days)} THEN {value} IS NOT NULL ELSE {has_shape} END"


def _is_one_of(cell: str, words: Iterable[str]) -> str:
    """Returns SQL that a text is one of some words, of which there is at least one.

    The cast to an enumeration looks a text up: it costs the same for five words and for thousands.
    """
    return f"TRY_CAST({cell} AS ENUM({', '.join(map(quoted, sorted(words)))})) IS NOT NULL"


def _or_empty(condition: str, cell: str, field: Field, contract: Contract) -> str:
    """Returns SQL that a condition holds, or that the cell is empty and may be."""
    may_be_empty = not field.constraints.required and "" in contract.missing_of(field)
    return f"({cell} IS NULL OR {condition})" if may_be_empty else condition


def _is_plain_text(column: Column, reader: RowReader, judge: RowJudge, texts: Collection[str]) -> str:
    """Returns SQL that a text is read as it is and says nothing of what its row is.

    Words and forms of codes that the sample shows are looked at here, once; all other texts are tested in SQL.
    """
    contract = reader.contract
    cell = _cell(column)
    field = column.field if _is_stored(column) else None
    if field is None:
        words = set()
        if len(texts) <= _MOST_WORDS:
            words = {text for text in texts if not _tells_kind(judge, column.index, text)}
        return f"({cell} IS NULL OR {_any_of(cell, words, (), _tells_nothing_sql(column, contract, judge))})"
    if field.codes:
        labels = reader.codes.get(field.codes, frozenset())
        known = {label for label in labels if _stands_for_itself(column, reader, judge, label)}
        is_known = _is_one_of(cell, known) if known else "false"
        return _or_empty(is_known, cell, field, contract)
    forms = _forms_of_codes(column, reader, judge, texts) if len(texts) > _FEW_WORDS else frozenset()
    others = set() if forms else texts
    words = set()
    if len(others) <= _MOST_WORDS:
        words = {text for text in others if _stands_for_itself(column, reader, judge, text)}
    is_suspect = f"regexp_matches({cell}, {quoted(f'{SUSPECT}|{MAY_BE_PERSONAL}')})"
    otherwise = [f"NOT {is_suspect}", _tells_nothing_sql(column, contract, judge)]
    special = special_texts(field, contract)
    if special:
        otherwise.append(f"{cell} NOT IN ({', '.join(map(quoted, special))})")
    return _or_empty(_any_of(cell, words, forms, " AND ".join(otherwise)), cell, field, contract)


def _tells_kind(judge: RowJudge, index: int, text: str) -> bool:
    """Whether a text may make something else of its row than data: 合计, 上周, 其中, 注：…."""
    row = [None] * index + [text]
    if judge.is_note(row) or judge.begins_part(row) or judge.total(row) is not None:
        return True
    return aggregate_of(text) is not None


def _stands_for_itself(column: Column, reader: RowReader, judge: RowJudge, text: str) -> bool:
    """Whether a text is read as it is, tells nothing of its row and holds nothing of a person."""
    if _tells_kind(judge, column.index, text):
        return False
    reading = reader.cell(_field(column), text)
    return reading.value == text and reading.reason is None and mask_field(text) == text


def _tells_nothing_sql(column: Column, contract: Contract, judge: RowJudge) -> str:
    """Returns SQL that a text makes nothing else of its row than data."""
    cell = _cell(column)
    tells = [begins_note_sql(cell), *may_tell_kind_sql(column.index, contract, judge)]
    return f"NOT coalesce({' OR '.join(tells)}, false)"


def _any_of(cell: str, words: Collection[str], forms: Collection[str], otherwise: str) -> str:
    """Returns SQL that a text is one of some words, has one of some forms, or meets a condition."""
    cases = []
    if words:
        cases.append(f"WHEN {_is_one_of(cell, words)} THEN true")
    if forms:
        cases.append(f"WHEN regexp_full_match({cell}, {quoted('|'.join(sorted(forms)))}) THEN true")
    return f"CASE {' '.join(cases)} ELSE {otherwise} END" if cases else f"({otherwise})"


def _forms_of_codes(column: Column, reader: RowReader, judge: RowJudge, texts: Collection[str]) -> frozenset[str]:
    """Returns patterns of the codes among some texts, whatever their digits are: [0-9]{6}-[0-9]{8}.

    One code of each form is looked at: nothing that is known of a code asks which digits it has. None are returned
    where there are too many forms, or where a total has a name that a code may end with.
    """
    contract, field = reader.contract, _field(column)
    layout = contract.layout
    labels = [*(total.label for total in layout.totals), *layout.of_which, *layout.data_labels]
    if any(map(str.isascii, labels)):
        return frozenset()
    codes = {_form_of(text): text for text in texts if _is_code_of_nobody(text, is_masked=contract.is_masked(field))}
    marks = contract.missing_of(field) | set(field.zero_values)
    for form in map(_form_of, marks):
        codes.pop(form, None)
    if len(codes) > _MOST_FORMS:
        return frozenset()
    return frozenset(
        _pattern_of(form) for form, code in codes.items() if _stands_for_itself(column, reader, judge, code)
    )


def _is_code_of_nobody(text: str, *, is_masked: bool) -> bool:
    """Whether a text is a code of letters and digits, and no text of its form may be a person's number."""
    digits = len(_DIGIT.findall(text))
    if digits == 0 or _CODE.fullmatch(text) is None:
        return False
    if is_masked:
        return digits < _FEWEST_DIGITS
    has_check_letter = text.endswith(("x", "X"))
    return digits + has_check_letter not in _DIGITS_OF_PERSONS


def _form_of(text: str) -> str:
    """Returns a text with a zero for each digit: U0001234 → U0000000."""
    return _DIGIT.sub("0", text)


def _pattern_of(form: str) -> str:
    """Returns a pattern of all texts of a form: 000000-00 → [0-9]{6}-[0-9]{2}."""
    return "".join(_pieces_of_pattern(form))


def _pieces_of_pattern(form: str) -> Iterator[str]:
    for letter, repeated in groupby(form):
        if letter == "0":
            yield f"[0-9]{{{len(list(repeated))}}}"
        else:
            yield re.escape(letter) * len(list(repeated))


def _values(contract: Contract, stored: Iterable[Column], typed: Collection[Column]) -> dict[str, str]:
    """Returns by field the SQL of its value: the text itself, the cast one, or NULL where there is no column."""
    columns = {_field(column).name: column for column in stored}
    values = {}
    for field in contract.stored_fields:
        column = columns.get(field.name)
        if column is None:
            values[field.name] = "NULL"
        else:
            values[field.name] = _cast(column) if column in typed else _cell(column)
    return values


def _as_written(typed: Iterable[Column]) -> str:
    """Returns SQL of the map from field to text of the numbers of a row that end in zeros: {amount: 12.50}."""
    ends: dict[str, str] = {}
    cells: dict[str, str] = {}
    for column in typed:
        if _type_of(column) is FieldType.NUMBER:
            name, cell = quoted(_field(column).name), _cell(column)
            cells[name] = cell
            ends[name] = f"(suffix({cell}, '0') AND contains({cell}, '.'))"
    if not ends:
        return "NULL::MAP(VARCHAR, VARCHAR)"
    if len(ends) > _MOST_COMBINED:
        entries = [f"CASE WHEN {ends[name]} THEN {{'k': {name}, 'v': {cell}}} END" for name, cell in cells.items()]
        as_map = f"map_from_entries(list_filter([{', '.join(entries)}], lambda x: x IS NOT NULL))"
        return f"CASE WHEN {' OR '.join(ends.values())} THEN {as_map} ELSE NULL::MAP(VARCHAR, VARCHAR) END"
    # A map of known keys costs half of one that is made of a list: one branch for each combination, the whole first.
    branches = []
    for size in range(len(ends), 0, -1):
        for together in combinations(ends, size):
            condition = " AND ".join(ends[name] for name in together)
            texts = ", ".join(cells[name] for name in together)
            branches.append(f"WHEN {condition} THEN map([{', '.join(together)}], [{texts}])")
    return f"CASE {' '.join(branches)} ELSE NULL::MAP(VARCHAR, VARCHAR) END"
