"""Writes the SQL that tells the plain rows of a text: rows of data of which every cell stands for itself.

In: the columns of a table, and texts that a sample of it shows. Out: conditions and values over the columns c0, c1, …
of `read_csv`, all of them texts. A row of which they do not hold may be plain all the same: it is read by itself in
`csv_plain`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from operator import attrgetter

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
_DIGITS = re.compile(r"[0-9]+")
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


@dataclass(frozen=True)
class _Cells:
    """One column of the text: its field, whose values are stored, or None where nothing of it is."""

    column: Column
    field: Field | None

    @property
    def name(self) -> str:
        """The column as `read_csv` names it."""
        return f"c{self.column.index}"

    @property
    def value(self) -> str:
        """The column beside it with the value of a typed cell."""
        return f"v{self.column.index}"

    @property
    def stored(self) -> Field:
        """The field of a column of which there is one."""
        if self.field is None:
            raise AssertionError(f"column {self.column.index} has no field")
        return self.field

    @property
    def is_typed(self) -> bool:
        """Whether it holds numbers, days or answers."""
        return self.field is not None and self.field.type is not FieldType.STRING

    @property
    def is_sure(self) -> bool:
        """Whether each plain row has a text there."""
        return self.field is not None and not self.is_typed and self.field.constraints.required


@dataclass(frozen=True)
class _Texts:
    """Looks at texts of one column: what they are read as, and whether they say what their row is."""

    cells: _Cells
    reader: RowReader
    judge: RowJudge

    def tells_nothing(self, text: str) -> bool:
        """Whether a text leaves its row one of data: not 合计, 上周, 其中 or 注：…."""
        row = [None] * self.cells.column.index + [text]
        tells = [
            self.judge.is_note(row),
            self.judge.begins_part(row),
            self.judge.total(row),
            aggregate_of(text),
        ]
        return not any(tells)

    def stand_for_themselves(self, text: str) -> bool:
        """Whether a text is read as it is, tells nothing of its row and holds nothing of a person."""
        reading = self.reader.cell(self.cells.stored, text)
        is_read_as_it_is = (reading.value, reading.reason) == (text, None)
        return is_read_as_it_is and mask_field(text) == text and self.tells_nothing(text)

    def tells_nothing_sql(self) -> str:
        """SQL that a text leaves its row one of data."""
        tells = may_tell_kind_sql(self.cells.column.index, self.reader.contract, self.judge)
        any_telling = " OR ".join([begins_note_sql(self.cells.name), *tells])
        return f"NOT coalesce({any_telling}, false)"


def plain_rows(header: Header, reader: RowReader, judge: RowJudge, texts: Mapping[int, set[str]]) -> PlainRows | None:
    """Returns the SQL for a table; None where its rows take more than SQL can say of them one by one.

    `texts` are the distinct texts of a sample by column. Without a column of numbers or days nothing would tell a
    header that is repeated among the rows.
    """
    contract = reader.contract
    all_cells = list(map(_cells_of, header.columns))
    stored = list(filter(attrgetter("field"), all_cells))
    typed = list(filter(attrgetter("is_typed"), stored))
    if not typed or not _can_be_told_alone(contract, stored):
        return None
    conditions = [_is_filled(all_cells, typed)]
    for cells in all_cells:
        shown = texts.get(cells.column.index, set())
        if cells.is_typed:
            conditions.append(_is_plain_value(cells, contract, shown))
        elif cells.field is None:
            conditions.append(_is_plain_beside(_Texts(cells, reader, judge), shown))
        else:
            conditions.append(_is_plain_text(_Texts(cells, reader, judge), shown))
    return PlainRows(
        casts=dict(map(_cast_of, typed)),
        condition=f"coalesce({' AND '.join(conditions)}, false)",
        values=dict.fromkeys(map(attrgetter("name"), contract.stored_fields), "NULL") | dict(map(_value_of, stored)),
        as_written=_as_written(typed),
    )


def _cells_of(column: Column) -> _Cells:
    field = column.field
    is_dropped = field is not None and field.personal == "drop"
    return _Cells(column, None if is_dropped else field)


def _cast_of(cells: _Cells) -> tuple[str, str]:
    """Returns the name and the SQL of the value of a typed column."""
    return cells.value, f"TRY_CAST({cells.name} AS {cells.stored.type.sql})"


def _value_of(cells: _Cells) -> tuple[str, str]:
    """Returns a stored field and the column with its value: the cast one, or the text itself."""
    return cells.stored.name, cells.value if cells.is_typed else cells.name


def _can_be_told_alone(contract: Contract, stored: Iterable[_Cells]) -> bool:
    """Whether a row says by its own cells what it is, and each stored field what its text means."""
    is_wide = contract.unpivot is not None
    is_named_by_sheet = contract.layout.sheet_name is not None
    has_merged_cells = any(map(attrgetter("fill_down"), contract.fields))
    if any([is_wide, is_named_by_sheet, has_merged_cells]):
        return False
    return all(map(_is_read_by_sql, stored))


def _is_read_by_sql(cells: _Cells) -> bool:
    """Whether SQL can read a field: no digest of a person, no pattern of Python, no rounding, no other notation."""
    field = cells.stored
    own_rules = [field.personal, field.constraints.pattern, field.decimals]
    has_own_rule = own_rules.count(None) < len(own_rules)
    has_other_notation = not set(field.formats) <= ISO_PATTERNS
    has_codes_of_numbers = cells.is_typed and field.codes is not None
    return not any([has_own_rule, has_other_notation, has_codes_of_numbers])


def _is_filled(all_cells: Sequence[_Cells], typed: Iterable[_Cells]) -> str:
    """Returns SQL that holds for a row with a number or day and one more cell: no note, no header, no blank row."""
    is_measured = " OR ".join(map("{0.value} IS NOT NULL".format, typed))
    has_sure_text = any(map(attrgetter("is_sure"), all_cells))
    if has_sure_text:
        return f"({is_measured})"
    filled = " + ".join(map("({0.name} IS NOT NULL)::TINYINT".format, all_cells))
    return f"({is_measured}) AND ({filled}) > 1"


def _is_plain_value(cells: _Cells, contract: Contract, shown: Collection[str]) -> str:
    """Returns SQL that a cell of numbers or days is written as its value is, or is empty where it may be."""
    field = cells.stored
    conditions = [
        _has_form_of(cells, shown),
        *_is_none_of(cells, special_texts(field, contract)),
        *is_within_limits(field, cells.value),
    ]
    return _or_empty(" AND ".join(conditions), cells, contract)


def _has_form_of(cells: _Cells, shown: Collection[str]) -> str:
    """Returns SQL that a text has the form of its value, which is not NULL then."""
    kind = cells.stored.type
    if kind is FieldType.INTEGER:
        return f"{cells.value}::VARCHAR = {cells.name}"
    if kind is FieldType.NUMBER:
        return f"regexp_full_match({cells.name}, {quoted(_NUMBER)})"
    has_shape = shape(kind, cells.name)
    days = list(filter(_ISO_DAY.fullmatch, shown))
    if kind is not FieldType.DATE or not 0 < len(days) <= _FEW_WORDS:
        return has_shape
    return f"CASE WHEN {_is_one_of(cells, days)} THEN {cells.value} IS NOT NULL ELSE {has_shape} END"


def _is_one_of(cells: _Cells, words: Iterable[str]) -> str:
    """Returns SQL that a text is one of some words, of which there is at least one.

    The cast to an enumeration looks a text up: it costs the same for five words and for thousands.
    """
    return f"TRY_CAST({cells.name} AS ENUM({', '.join(map(quoted, sorted(words)))})) IS NOT NULL"


def _is_none_of(cells: _Cells, words: Collection[str]) -> list[str]:
    """Returns SQL that a text is none of some words; nothing where there are none."""
    return [f"{cells.name} NOT IN ({', '.join(map(quoted, words))})"] if words else []


def _or_empty(condition: str, cells: _Cells, contract: Contract) -> str:
    """Returns SQL that a condition holds, or that the cell is empty and may be."""
    field = cells.stored
    may_be_empty = not field.constraints.required and "" in contract.missing_of(field)
    return f"({cells.name} IS NULL OR ({condition}))" if may_be_empty else f"({condition})"


def _is_plain_beside(texts: _Texts, shown: Collection[str]) -> str:
    """Returns SQL that a cell of which nothing is stored says nothing of what its row is."""
    words = _words_among(shown, texts.tells_nothing)
    name = texts.cells.name
    return f"({name} IS NULL OR {_any_of(texts.cells, words, (), texts.tells_nothing_sql())})"


def _is_plain_text(texts: _Texts, shown: Collection[str]) -> str:
    """Returns SQL that a text is read as it is and says nothing of what its row is.

    Words and forms of codes that the sample shows are looked at here, once; all other texts are tested in SQL.
    """
    cells, contract = texts.cells, texts.reader.contract
    field = cells.stored
    if field.codes:
        labels = texts.reader.codes.get(field.codes, frozenset())
        known = set(filter(texts.stand_for_themselves, labels))
        return _or_empty(_any_of(cells, known, (), "false"), cells, contract)
    forms = _forms_of_codes(texts, shown)
    words = set() if forms else _words_among(shown, texts.stand_for_themselves)
    is_suspect = f"regexp_matches({cells.name}, {quoted(f'{SUSPECT}|{MAY_BE_PERSONAL}')})"
    otherwise = [
        f"NOT {is_suspect}",
        texts.tells_nothing_sql(),
        *_is_none_of(cells, special_texts(field, contract)),
    ]
    return _or_empty(_any_of(cells, words, forms, " AND ".join(otherwise)), cells, contract)


def _words_among(shown: Collection[str], is_plain: Callable[[str], bool]) -> set[str]:
    """Returns the plain ones among the texts of a sample; none where there are too many to look at each.

    What is not printable, such as a NUL, has no place in a statement.
    """
    if len(shown) > _MOST_WORDS:
        return set()
    return set(filter(is_plain, filter(str.isprintable, shown)))


def _any_of(cells: _Cells, words: Collection[str], forms: Collection[str], otherwise: str) -> str:
    """Returns SQL that a text is one of some words, has one of some forms, or meets a condition."""
    cases = []
    if words:
        cases.append(f"WHEN {_is_one_of(cells, words)} THEN true")
    if forms:
        cases.append(f"WHEN regexp_full_match({cells.name}, {quoted('|'.join(sorted(forms)))}) THEN true")
    if not cases:
        return f"({otherwise})"
    return f"CASE {' '.join(cases)} ELSE {otherwise} END"


def _forms_of_codes(texts: _Texts, shown: Collection[str]) -> frozenset[str]:
    """Returns patterns of the codes among many texts, whatever their digits are: [0-9]{6}-[0-9]{8}.

    One code of each form is looked at: nothing that is known of a code asks which digits it has. None are returned
    where there are too many forms, or where a total has a name that a code may end with.
    """
    contract, field = texts.reader.contract, texts.cells.stored
    layout = contract.layout
    labels = chain(map(attrgetter("label"), layout.totals), layout.of_which, layout.data_labels)
    if len(shown) <= _FEW_WORDS or any(map(str.isascii, labels)):
        return frozenset()
    is_nobodys = _is_masked_code if contract.is_masked(field) else _is_code_of_nobody
    codes = {_form_of(text): text for text in filter(is_nobodys, shown)}
    for mark in special_texts(field, contract):
        codes.pop(_form_of(mark), None)
    if len(codes) > _MOST_FORMS:
        return frozenset()
    plain = filter(texts.stand_for_themselves, codes.values())
    return frozenset(map(_pattern_of, plain))


def _is_masked_code(text: str) -> bool:
    """Whether a text is a code of letters and a few digits, so that no text of its form is a person's number."""
    is_code = _CODE.fullmatch(text) is not None
    return is_code and 0 < len(_DIGIT.findall(text)) < _FEWEST_DIGITS


def _is_code_of_nobody(text: str) -> bool:
    """Whether a text is a code of letters and digits, and no text of its form may be a person's number."""
    digits = len(_DIGIT.findall(text))
    is_code = digits > 0 and _CODE.fullmatch(text) is not None
    has_check_letter = text.endswith(("x", "X"))
    return is_code and digits + has_check_letter not in _DIGITS_OF_PERSONS


def _form_of(text: str) -> str:
    """Returns a text with a zero for each digit: U0001234 → U0000000."""
    return _DIGIT.sub("0", text)


def _pattern_of(code: str) -> str:
    """Returns a pattern of all texts of a code's form: 510000-17 → [0-9]{6}-[0-9]{2}."""
    return _DIGITS.sub(_as_many_digits, code)


def _as_many_digits(digits: re.Match[str]) -> str:
    return f"[0-9]{{{len(digits[0])}}}"


def _as_written(typed: Iterable[_Cells]) -> str:
    """Returns SQL of the map from field to text of the numbers of a row that end in zeros: {amount: 12.50}."""
    numbers = [cells for cells in typed if cells.stored.type is FieldType.NUMBER]
    if not numbers:
        return "NULL::MAP(VARCHAR, VARCHAR)"
    if len(numbers) > _MOST_COMBINED:
        is_any = " OR ".join(map(_ends_in_zero, numbers))
        entries = ", ".join(map(_entry_of, numbers))
        as_map = f"map_from_entries(list_filter([{entries}], lambda x: x IS NOT NULL))"
        return f"CASE WHEN {is_any} THEN {as_map} ELSE NULL::MAP(VARCHAR, VARCHAR) END"
    # A map of known keys costs half of one that is made of a list: one branch for each combination, the whole first.
    sizes = range(len(numbers), 0, -1)
    together = chain.from_iterable(combinations(numbers, size) for size in sizes)
    return f"CASE {' '.join(map(_branch_of, together))} ELSE NULL::MAP(VARCHAR, VARCHAR) END"


def _branch_of(numbers: Sequence[_Cells]) -> str:
    """Returns the branch of a CASE for the rows in which all of these numbers end in zeros."""
    condition = " AND ".join(map(_ends_in_zero, numbers))
    keys = ", ".join(map(_key_of, numbers))
    texts = ", ".join(map(attrgetter("name"), numbers))
    return f"WHEN {condition} THEN map([{keys}], [{texts}])"


def _ends_in_zero(cells: _Cells) -> str:
    return f"(suffix({cells.name}, '0') AND contains({cells.name}, '.'))"


def _entry_of(cells: _Cells) -> str:
    return f"CASE WHEN {_ends_in_zero(cells)} THEN {{'k': {_key_of(cells)}, 'v': {cells.name}}} END"


def _key_of(cells: _Cells) -> str:
    return quoted(cells.stored.name)
