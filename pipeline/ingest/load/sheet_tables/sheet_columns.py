"""Loads a large sheet in columns, with exactly the outcome that `sheet_rows` has row by row.

Which rows are data, `sheet_plan` says. Of each column, the texts that stand for themselves are cast as they are; every
other distinct text is read once, by `fixes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from pipeline.common.cell_marks import DAY_MARK
from pipeline.common.characters import BLANKS, INVISIBLE
from pipeline.common.quoting import identifier, quoted
from pipeline.contracts import Contract, Field, FieldType
from pipeline.contracts.model import NUMERIC
from pipeline.ingest.cells.damage import DAMAGED
from pipeline.ingest.cells.read_cell import is_changed_by_days
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.load.fixes import (
    LOADED,
    QUARANTINED,
    REFUSED,
    Fix,
    as_written_sql,
    fix_joins,
    read_fixes,
    write_fixes,
)
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.load.printed_lines import words_of_carried_stock
from pipeline.ingest.load.sheet_tables.number_doubts import with_doubt_sql
from pipeline.ingest.load.sheet_tables.serial_days import round_serials
from pipeline.ingest.load.sheet_tables.sheet_plan import SheetPlan, is_blank_sql, shape
from pipeline.ingest.reasons import MESSAGES, Disposition
from pipeline.ingest.refusals.load import LoadRefusal
from pipeline.ingest.sheets.bulk_rows import BulkRows
from pipeline.ingest.sheets.sheet import DAY_PATTERN, Days
from pipeline.ingest.tables.control_totals import (
    Printed,
    Segment,
    control_totals,
    printed_row,
    sums_of,
    unknown_blanks,
)
from pipeline.ingest.tables.rows import RowJudge, RowKind
from pipeline.privacy.masking import MAY_BE_PERSONAL

if TYPE_CHECKING:
    import duckdb

SUSPECT = (
    # a blank, a reader's mark, an apostrophe ('0101), ="0101" or #N/A at the beginning
    rf"^[{BLANKS}\x{{fdd0}}-\x{{fdd5}}\x27=#]"
    # a blank or a quotation mark at the end, characters that nobody sees anywhere
    rf"|[{BLANKS}\"]$|[{INVISIBLE}]"
    # question marks in place of words; 5.1E+17
    rf"|{DAMAGED}|^-?\p{{Nd}}(?:\.\p{{Nd}}+)?[eE][+-]?\p{{Nd}}"
)
"""A text with none of these is read as itself: nothing to strip, no mark, no error, nothing lost."""
MOST_PERSONS = 200_000
# 9999, -1 or 0000-00-00 may stand for nothing, and so may a word; no number or day is written as —— or 无.
_LIKE_VALUE = re.compile(r"-?[0-9].*|true|false")
ISO_PATTERNS = frozenset({"%Y-%m-%d", "%Y-%m-%d %H:%M:%S"})


class _RefusedValue(NamedTuple):
    """The first row of a column with a value that refuses the file; the smallest is that of the first row."""

    row_no: int
    column: int
    title: str
    reason: str


def load_in_columns(
    con: duckdb.DuckDBPyConnection,
    sheet: str,
    rows: BulkRows,
    plan: SheetPlan,
    reader: RowReader,
    account: Account,
    scales: Mapping[str, str],
) -> Segment:
    """Reads the table into `incoming` and its odd rows into the account; returns the sums of what was loaded."""
    contract = reader.contract
    header_rows = [RowKind.HEADER] * plan.header.levels
    for kind in (*plan.titles, *header_rows, *plan.kinds.values()):
        account.add(sheet, Disposition.SET_ASIDE, kind.value)
    account.add(sheet, Disposition.SET_ASIDE, RowKind.BLANK.value, plan.blank)
    for at, kind in plan.kinds.items():
        if kind is RowKind.NOTE and contract.checks.flow:
            account.remarks += words_of_carried_stock(plan.rows[at])
    printed = _printed_rows(rows, plan, contract, dict(scales))
    ends_of_groups = [total.row_no for total in printed if total.covers != "of_which"]
    round_serials(rows, plan.header, plan.days)
    _make_body(rows, sheet, plan, contract, ends_of_groups)
    _meet_persons(rows.con, plan, reader)
    patched = _make_fixes(rows.con, sheet, reader, scales)
    _move_rows(con, rows.con, sheet, contract, patched)
    _move_problems(con, rows.con, sheet, patched)
    rows.con.execute("DROP VIEW body; DROP TABLE IF EXISTS filled_body")
    segments = segments_of(con, "incoming", sheet, contract, [total.row_no for total in printed])
    account.totals += control_totals(sheet, printed, segments, unknown_blanks(contract))
    return sums_of(segments)


def _meet_persons(scratch: duckdb.DuckDBPyConnection, plan: SheetPlan, reader: RowReader) -> None:
    """Tells the reader who stands in the personal columns that are not stored."""
    for index, field in plan.header.fields_by_index.items():
        if field.personal != "drop":
            continue
        below = f"FROM cells WHERE rowid >= {plan.header.below}"
        texts = scratch.execute(f"SELECT DISTINCT c{index}::VARCHAR {below} LIMIT {MOST_PERSONS}").fetchall()
        for (text,) in texts:
            reader.persons.add(text)


def _printed_rows(rows: BulkRows, plan: SheetPlan, contract: Contract, scales: dict[str, str]) -> list[Printed]:
    """Returns the totals and parts that the sheet prints, from top to bottom."""
    judge = RowJudge(rows, plan.header, contract)
    printed = []
    for at, kind in sorted(plan.kinds.items()):
        if kind in (RowKind.TOTAL, RowKind.OF_WHICH):
            row = plan.rows[at]
            total = judge.total(row) if kind is RowKind.TOTAL else None
            printed.append(printed_row(at + 1, row, total, contract, plan.header, scales))
    return printed


def _make_body(rows: BulkRows, sheet: str, plan: SheetPlan, contract: Contract, ends_of_groups: Sequence[int]) -> None:
    """Makes the view `body`: row_no and the text of every stored field of the data rows.

    Blanks of a merged column are filled from above, down to the next total in `ends_of_groups` (rows from 1), unless
    the plan says that they are gaps.
    """
    columns = [f"{_text_of(field, rows, sheet, plan, contract)}::VARCHAR AS {field.column}"
               for field in contract.stored_fields]  # fmt: skip
    not_data = ", ".join(map(str, plan.kinds)) or "-1"
    group = "0"
    if ends_of_groups:
        group = f"list_count(list_filter({list(ends_of_groups)}::BIGINT[], lambda t: t <= rowid))"
    window = ""
    if any(plan.filled_down.values()):
        window = f"WINDOW above AS (PARTITION BY {group} ORDER BY rowid ROWS UNBOUNDED PRECEDING)"
    body = (
        f"SELECT rowid + 1 AS row_no, {', '.join(columns)} FROM cells "
        f"WHERE rowid >= {plan.header.below} AND rowid < {len(rows)} AND rowid NOT IN ({not_data}) "
        f"AND NOT ({is_blank_sql(rows)}) {window}"
    )
    if window:
        # What is filled from above is computed once; texts as they stand in `cells` need no second copy.
        rows.con.execute(f"CREATE OR REPLACE TABLE filled_body AS {body}")
        body = "SELECT * FROM filled_body"
    rows.con.execute(f"CREATE OR REPLACE VIEW body AS {body}")


def _text_of(field: Field, rows: BulkRows, sheet: str, plan: SheetPlan, contract: Contract) -> str:
    """Returns SQL of a field's text: its column, the name of the sheet, or NULL."""
    index = plan.header.index_of(field)
    if index is None:
        return quoted(sheet) if field.name == contract.layout.sheet_name else "NULL"
    text = with_doubt_sql(f"c{index}", sorted(plan.doubts.get(field.name, ())))
    if is_changed_by_days(field):
        text = _with_day_marks(rows, text, index, plan.days)
    if plan.filled_down.get(field.name, False):
        text = f"last_value({text} IGNORE NULLS) OVER above"
    return text


def _with_day_marks(rows: BulkRows, cell: str, column: int, days: Days) -> str:
    """Returns SQL of a cell's text, marked where it is a number that the sheet shows as a day.

    Few columns hold texts that may be such numbers (45033): only for these are the days looked up.
    """
    is_day = f"regexp_full_match({cell}, {quoted(DAY_PATTERN)})"
    may_hold_days = rows.con.execute(f"SELECT 1 FROM cells WHERE {is_day} LIMIT 1").fetchone()
    if not may_hold_days:
        return cell
    rows.con.execute(
        f"CREATE OR REPLACE TABLE days_{cell} AS SELECT unnest($rows)::BIGINT AS place",
        {"rows": sorted(days().get(column, ()))},
    )
    return (
        f"CASE WHEN {is_day} AND rowid IN (SELECT place FROM days_{cell}) THEN {quoted(DAY_MARK)} || {cell} "
        f"ELSE {cell} END"
    )


def _make_fixes(
    scratch: duckdb.DuckDBPyConnection, sheet: str, reader: RowReader, scales: Mapping[str, str]
) -> list[str]:
    """Reads each distinct text that may not stand for itself; returns the fields for which it made `fix_<field>`.

    Raises RefusedFileError where the contract refuses the file for such a text, with the first row that holds one.
    """
    patched = []
    refused: list[_RefusedValue] = []
    for place, field in enumerate(reader.contract.stored_fields):
        scale = scales.get(field.name, "")
        stands_for_itself = "false" if scale else _stands_for_itself(field, reader.contract)
        ends_in_zeros = "false" if scale else _ends_in_zeros(field, reader.contract)
        texts = scratch.execute(
            f"SELECT DISTINCT {field.column} FROM body WHERE NOT ({stands_for_itself}) AND NOT ({ends_in_zeros})"
        ).fetchall()
        fixes = read_fixes(reader, field, (text for (text,) in texts), scale)
        write_fixes(scratch, field.name, field.type.sql, fixes)
        as_written = scratch.execute(
            f"INSERT INTO fix_{field.name} SELECT DISTINCT {field.column}, CAST({field.column} AS {field.type.sql}), "
            f"NULL, NULL, true, '{LOADED}', {field.column} FROM body WHERE {ends_in_zeros}"
        ).fetchall()
        if fixes or as_written[0][0]:
            patched.append(field.name)
            refused += _refused_values(scratch, place, field, fixes)
    if refused:
        _refuse(sheet, min(refused))
    return patched


def _refuse(sheet: str, value: _RefusedValue) -> None:
    raise RefusedFileError(
        LoadRefusal.ROW_UNREADABLE,
        place=RefusalPlace(sheet=sheet, row=value.row_no, column=value.title),
        sheet=sheet,
        row=value.row_no,
        column=value.title,
        reason=MESSAGES.get(value.reason, value.reason),
    )


def _refused_values(
    scratch: duckdb.DuckDBPyConnection, place: int, field: Field, fixes: Iterable[Fix]
) -> list[_RefusedValue]:
    """Returns the first value of a column that refuses the file, if there is one."""
    if not any(fix.disposition == REFUSED for fix in fixes):
        return []
    first = scratch.execute(
        f"SELECT min(row_no), arg_min(f.reason, row_no) FROM body b {_join_fix(field.name)} "
        f"WHERE f.disposition = '{REFUSED}'"
    ).fetchone()
    if first is None:
        return []
    row_no, reason = first
    return [_RefusedValue(row_no, place, field.title, reason)]


def _join_fix(name: str) -> str:
    return f"JOIN fix_{name} f ON b.{identifier(name)} IS NOT DISTINCT FROM f.text"


def _stands_for_itself(field: Field, contract: Contract) -> str:
    """Returns SQL that holds only for texts that `read_text` gives back as they are, without a reason."""
    rules = field.constraints
    if field.codes or field.personal:
        return "false"
    if rules.pattern is not None:
        return "false"
    if not set(field.formats) <= ISO_PATTERNS:
        return "false"
    conditions = [*_is_not_special(field, contract), _has_plain_form(field, contract), *is_within_limits(field)]
    itself = f"coalesce({' AND '.join(conditions)}, false)"
    if rules.required or "" not in contract.missing_of(field):
        return itself
    return f"{field.column} IS NULL OR {itself}"


def _is_not_special(field: Field, contract: Contract) -> list[str]:
    """Returns SQL that a text means neither "not reported" nor zero."""
    special = special_texts(field, contract)
    if not special:
        return []
    return [f"{field.column} NOT IN ({', '.join(map(quoted, special))})"]


def special_texts(field: Field, contract: Contract) -> list[str]:
    """Returns the texts of a field that mean "not reported" or zero, and may have the form of one of its values."""
    special = sorted(contract.missing_of(field) | set(field.zero_values))
    if field.type is FieldType.STRING:
        return special
    return list(filter(_LIKE_VALUE.fullmatch, special))


def _has_plain_form(field: Field, contract: Contract) -> str:
    """Returns SQL that a text is written as its value is."""
    if field.type is FieldType.NUMBER and field.decimals is not None:
        # 0.9812 of which the contract keeps two decimals is 0.98.
        has_few_decimals = f"regexp_full_match({field.column}, '[^.]*(\\.[0-9]{{0,{field.decimals}}})?')"
        return f"{shape(field.type, field.column)} AND {has_few_decimals}"
    if field.type is not FieldType.STRING:
        return shape(field.type, field.column)
    suspect = f"{SUSPECT}|{MAY_BE_PERSONAL}" if contract.is_masked(field) else SUSPECT
    return f"NOT regexp_matches({field.column}, {quoted(suspect)})"


def _ends_in_zeros(field: Field, contract: Contract) -> str:
    """Returns SQL for numbers such as 12.50, whose value is plain and whose text is kept as it was written.

    Amounts of money are written so, and there are too many of them to read each by itself. One with as many digits
    before the dot as a telephone has is read by itself, as a person's number may be in it.
    """
    has_own_rule = field.decimals is not None or field.constraints.pattern is not None or field.codes is not None
    if field.type is not FieldType.NUMBER or has_own_rule:
        return "false"
    is_plain = rf"regexp_full_match({field.column}, '-?(0|[1-9][0-9]{{0,5}})\.[0-9]{{0,5}}0')"
    conditions = [is_plain, *_is_not_special(field, contract), *is_within_limits(field)]
    return f"coalesce({' AND '.join(conditions)}, false)"


def is_within_limits(field: Field, value: str | None = None) -> list[str]:
    """Returns SQL that a number is not below its minimum nor above its maximum; `value` is SQL of the number."""
    if field.type not in NUMERIC:
        return []
    number = value or f"TRY_CAST({field.column} AS DECIMAL(38, 6))"
    conditions = []
    if field.constraints.minimum is not None:
        conditions.append(f"{number} >= {field.constraints.minimum!r}::DOUBLE")
    if field.constraints.maximum is not None:
        conditions.append(f"{number} <= {field.constraints.maximum!r}::DOUBLE")
    return conditions


class _Stream:
    """A query's result as another database reads it: Arrow batches, without a copy in Python."""

    def __init__(self, con: duckdb.DuckDBPyConnection, query: str) -> None:
        self._con, self._query = con, query

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._con.sql(self._query).__arrow_c_stream__(requested_schema)


def _copy(con: duckdb.DuckDBPyConnection, stream: _Stream, target: str, values: Mapping[str, str]) -> None:
    """Appends a stream to a table; `values` gives for each column of the table its SQL over the stream."""
    con.register("arriving", stream)
    con.execute(f"INSERT INTO {target} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM arriving")
    con.unregister("arriving")


def _is_quarantined(patched: Iterable[str]) -> str:
    """Returns SQL that holds for rows of which a cell sends them to quarantine."""
    conditions = [f"coalesce(f_{name}.disposition = '{QUARANTINED}', false)" for name in patched]
    return " OR ".join(conditions) or "false"


def _move_rows(
    con: duckdb.DuckDBPyConnection,
    scratch: duckdb.DuckDBPyConnection,
    sheet: str,
    contract: Contract,
    patched: Sequence[str],
) -> None:
    """Moves the rows that are not quarantined to `incoming`, typed, with the corrected texts."""
    fields = contract.stored_fields
    values = [_typed_value(field, is_patched=field.name in patched) for field in fields]
    stream = _Stream(
        scratch,
        f"SELECT b.row_no, {', '.join(values)}, {as_written_sql(patched)} AS as_written "
        f"FROM body b {fix_joins('b', patched)} WHERE NOT ({_is_quarantined(patched)})",
    )
    moved = ["row_no", *(field.column for field in fields), "as_written"]
    _copy(con, stream, "incoming", {"sheet": quoted(sheet)} | {name: name for name in moved})


def _typed_value(field: Field, *, is_patched: bool) -> str:
    """Returns SQL of a field's value: that of its Fix where there is one, else its text cast to the type."""
    cast = f"CAST(b.{field.column} AS {field.type.sql})"
    if is_patched:
        cast = f"CASE WHEN f_{field.name}.keep IS NULL THEN {cast} ELSE f_{field.name}.value END"
    return f"{cast} AS {field.column}"


def _move_problems(
    con: duckdb.DuckDBPyConnection, scratch: duckdb.DuckDBPyConnection, sheet: str, patched: Sequence[str]
) -> None:
    """Moves the cell problems to `cell_problem`, and the rows that they send to quarantine to `excluded`.

    A quarantined row takes all its cells along, under the first reason that sends it there.
    """
    if not patched:
        return
    _make_trouble(scratch, patched)
    each_problem = "SELECT row_no, unnest(problems, recursive := true), is_quarantined FROM trouble ORDER BY row_no"
    _copy(
        con,
        _Stream(scratch, each_problem),
        "cell_problem",
        {
            "incoming_rowid": "NULL",
            "sheet": quoted(sheet),
            "row_no": "row_no",
            "column_name": "name",
            "reason": "reason",
            "value": "shown",
            "row_disposition": f"CASE WHEN is_quarantined THEN '{QUARANTINED}' ELSE disposition END",
        },
    )
    first_cause = f"list_filter(problems, lambda x: x.disposition = '{QUARANTINED}')[1].reason"
    left_out = f"SELECT row_no, {first_cause} AS reason FROM trouble WHERE is_quarantined"
    _copy(
        con,
        _Stream(scratch, left_out),
        "excluded",
        {
            "incoming_rowid": "NULL",
            "sheet": quoted(sheet),
            "row_no": "row_no",
            "disposition": f"'{QUARANTINED}'",
            "reason": "reason",
        },
    )
    scratch.execute("DROP TABLE trouble")


def _make_trouble(scratch: duckdb.DuckDBPyConnection, patched: Sequence[str]) -> None:
    """Makes the table `trouble`: one row a row of `body` with problems, which are a list in the order of columns."""
    entries = ", ".join(
        f"CASE WHEN f_{name}.reason IS NOT NULL THEN {{'name': '{name}', 'reason': f_{name}.reason, "
        f"'shown': f_{name}.shown, 'disposition': f_{name}.disposition}} END"
        for name in patched
    )
    any_reason = " OR ".join(f"f_{name}.reason IS NOT NULL" for name in patched)
    scratch.execute(
        f"""
        CREATE OR REPLACE TABLE trouble AS
        SELECT b.row_no, {_is_quarantined(patched)} AS is_quarantined,
            list_filter([{entries}], lambda x: x IS NOT NULL) AS problems
        FROM body b {fix_joins("b", patched)}
        WHERE {any_reason}
        """
    )


def _says_nothing_sql(contract: Contract) -> str:
    """Returns SQL that holds for a row with the word for nothing in one of its texts: its blanks are zeros."""
    reporters = contract.checks.reporters
    if reporters is None or reporters.none is None:
        return "false"
    texts = [field.column for field in contract.stored_fields if field.type is FieldType.STRING]
    return f"coalesce({quoted(reporters.none)} IN ({', '.join(texts)}), false)" if texts else "false"


def segments_of(
    con: duckdb.DuckDBPyConnection, loaded: str, sheet: str, contract: Contract, boundaries: Sequence[int]
) -> list[Segment]:
    """Returns the sums of the loaded rows before, between and after the printed totals (their rows, from 1).

    `loaded` is SQL of the table where they stand.
    """
    numbers = [field.name for field in contract.stored_fields if field.type in NUMERIC]
    nothing = _says_nothing_sql(contract)
    sums = "".join(
        f", coalesce(sum({column}::DECIMAL(38, 6)), 0), count(*) FILTER (WHERE {column} IS NOT NULL OR {nothing})"
        for column in map(identifier, numbers)
    )
    part = "0"
    if boundaries:
        part = f"list_count(list_filter({list(boundaries)}::BIGINT[], lambda t: t < row_no))"
    segments = [Segment() for _ in range(len(boundaries) + 1)]
    summed = con.execute(
        f"SELECT {part} AS part, count(*){sums} FROM {loaded} WHERE sheet = ? GROUP BY part", [sheet]
    ).fetchall()
    for place, rows, *sums_and_counts in summed:
        segment = segments[place]
        segment.rows = rows
        values, filled = sums_and_counts[::2], sums_and_counts[1::2]
        for name, value, count in zip(numbers, values, filled, strict=True):
            if count:
                segment.add(name, Decimal(value), count)
    if boundaries:
        for name in numbers:
            written = f"as_written[{quoted(name)}]"
            value = f"CAST({identifier(name)} AS DECIMAL(38, 6))"
            # What is not written otherwise than it is, as most numbers are, is not rounded: 700 is, as 0.07万.
            texts = con.execute(
                f"SELECT {part}, {written}, {value}, count(*) FROM {loaded} "
                f"WHERE sheet = ? AND {written} IS NOT NULL AND {value} IS NOT NULL GROUP BY ALL",
                [sheet],
            ).fetchall()
            for place, text, number, count in texts:
                segments[place].note_rounding(name, text, number, count)
    return segments
