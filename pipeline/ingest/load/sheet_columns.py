"""Loads a large sheet in columns, with exactly the outcome that workbook has row by row.

Rows that may be other than data are found by SQL, generously, and judged one by one; what is left is data. Of
each column, the texts that stand for themselves are cast as they are; every other distinct text is read once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING

from pipeline.common.cell_marks import DAY_MARK, MARKS
from pipeline.common.characters import BLANKS, INVISIBLE
from pipeline.common.quoting import quoted
from pipeline.contracts import Contract, Field, FieldType
from pipeline.contracts.labels import label_key
from pipeline.ingest.cells.damage import DAMAGED
from pipeline.ingest.cells.read_cell import is_changed_by_days
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.load.fixes import QUARANTINED, REFUSED, Fix, read_fixes, write_fixes
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.note_lines import NOTE_PATTERN
from pipeline.ingest.reasons import MESSAGES
from pipeline.ingest.sheets.bulk_rows import BulkRows
from pipeline.ingest.sheets.sheet import DAY_PATTERN, Days, no_days
from pipeline.ingest.tables.control_totals import Printed, Segment, control_totals, printed_values, sums_of
from pipeline.ingest.tables.find import tables_at
from pipeline.ingest.tables.header import Header, Row, known_labels, names
from pipeline.ingest.tables.rows import NUMERIC, RowJudge, RowKind

if TYPE_CHECKING:
    import duckdb

_MOST_ODD = 20_000
_GAPS = BLANKS + INVISIBLE
_NOTE = "^" + NOTE_PATTERN.replace("{s}", f"[{BLANKS}]").replace("{d}", r"\p{Nd}")
_NUMBER_LIKE = re.compile(r"[\d\s.,:/年月日-]+")
# A text with none of these is read as itself: nothing to strip, no mark, no error, nothing lost.
_SUSPECT = (
    rf"^[{BLANKS}\x{{fdd0}}-\x{{fdd3}}\x27=#]|[{BLANKS}\"]$|[{INVISIBLE}]"
    rf"|{DAMAGED}|^-?\p{{Nd}}(?:\.\p{{Nd}}+)?[eE][+-]?\p{{Nd}}"
)
_MAY_BE_PERSONAL = r"\p{Nd}{11}"
_SHAPES = {
    FieldType.INTEGER: "coalesce(TRY_CAST({0} AS BIGINT)::VARCHAR = {0}, false)",
    FieldType.NUMBER: r"coalesce(regexp_full_match({0}, '-?(0|[1-9][0-9]{{0,17}})(\.[0-9]{{0,5}}[1-9])?'), false)",
    FieldType.DATE: (
        "coalesce((length({0}) = 10 AND TRY_CAST({0} AS DATE)::VARCHAR = {0}) OR (length({0}) = 19 AND "
        "{0} LIKE '____-__-__ 00:00:00' AND TRY_CAST({0} AS TIMESTAMP)::VARCHAR = {0}), false)"
    ),
    FieldType.DATETIME: "coalesce(length({0}) = 19 AND TRY_CAST({0} AS TIMESTAMP)::VARCHAR = {0}, false)",
}
_ISO = frozenset({"%Y-%m-%d", "%Y-%m-%d %H:%M:%S"})


@dataclass(frozen=True)
class Plan:
    """What the rows of a large sheet with one table are: by 0-based row those that are no data; how many are blank.

    `days` finds the numbers that the sheet shows as days.
    """

    header: Header
    kinds: Mapping[int, RowKind]
    rows: Mapping[int, Row]
    blank: int
    titles: Sequence[RowKind] = field(default=())
    days: Days = field(default=no_days)


def plan(rows: BulkRows, header: Header, contract: Contract) -> Plan | None:
    """What every row is, or None where the sheet has several tables or too many odd rows to be worth it."""
    found = rows.con.execute(
        f"SELECT rowid, * FROM cells WHERE rowid >= {header.below} AND rowid < {len(rows)} AND "
        f"({_may_be_odd(rows, header, contract)}) ORDER BY rowid LIMIT {_MOST_ODD + 1}"
    ).fetchall()
    if len(found) > _MOST_ODD:
        return None
    odd: dict[int, Row] = {row[0]: list(row[1:]) for row in found}
    known = known_labels(contract)
    tops = [at for at, row in odd.items() if names(row, known)]
    if len(tables_at(rows, header, contract, tops)) > 1:
        return None
    kinds = _judge(rows, RowJudge(rows, header, contract), header, odd)
    titles = [RowKind.TITLE if any(row) else RowKind.BLANK for row in rows[: header.top]]
    return Plan(header, kinds, {at: odd.get(at) or rows[at] for at in kinds}, _blank_rows(rows, header), titles)


def _judge(rows: BulkRows, judge: RowJudge, header: Header, odd: Mapping[int, Row]) -> dict[int, RowKind]:
    kinds: dict[int, RowKind] = {}
    waiting = {header.below - 1: RowKind.HEADER}
    for at, row in odd.items():
        kind = judge.kind(row, kinds.get(at - 1, waiting.get(at - 1, RowKind.DATA)))
        if kind is not RowKind.DATA:
            kinds[at] = kind
        if kind is RowKind.REPEATED_HEADER and at + 1 not in odd and at + 1 < len(rows):
            below = judge.kind(rows[at + 1], kind)
            if below not in (RowKind.DATA, RowKind.BLANK):
                kinds[at + 1] = below
        if kind is RowKind.OF_WHICH:
            kinds |= _further_parts(rows, judge, at, odd)
    return kinds


def _further_parts(rows: BulkRows, judge: RowJudge, first: int, odd: Mapping[int, Row]) -> dict[int, RowKind]:
    """The rows over which a 其中 is merged, as far as none of them is odd itself."""
    found: dict[int, RowKind] = {}
    at = first + 1
    while at < len(rows) and at not in odd and judge.kind(rows[at], RowKind.OF_WHICH, rows[first]) is RowKind.OF_WHICH:
        found[at] = RowKind.OF_WHICH
        at += 1
    return found


def _blank_rows(rows: BulkRows, header: Header) -> int:
    empty = " AND ".join(f"c{at} IS NULL" for at in range(rows.width))
    found = rows.con.execute(
        f"SELECT count(*) FROM cells WHERE rowid >= {header.below} AND rowid < {len(rows)} AND {empty}"
    ).fetchone()
    return int(found[0]) if found else 0


def _may_be_odd(rows: BulkRows, header: Header, contract: Contract) -> str:
    """SQL that holds for every row that is no data (and for some that are), but not for blank ones."""
    cells = [f"c{at}" for at in range(rows.width)]
    filled = " + ".join(f"({cell} IS NOT NULL)::TINYINT" for cell in cells)
    judge = RowJudge(rows, header, contract)
    conditions = [f"({filled}) = 1", f"regexp_matches(coalesce({', '.join([*cells, 'NULL'])}), {quoted(_NOTE)})"]
    conditions.append(f"rowid = {header.below}")
    places = chain(*judge.label_places) if contract.layout.totals else ()
    conditions += [_may_be_total(f"c{at}", contract) for at in places]
    conditions += [_may_be_part(f"c{at}", contract) for at in judge.part_places if contract.layout.of_which]
    conditions.append(_may_be_header(rows, header, contract))
    return f"({filled}) > 0 AND ({' OR '.join(f'coalesce({condition}, false)' for condition in conditions)})"


def _may_be_total(cell: str, contract: Contract) -> str:
    labels = "|".join(_spaced(total.label) for total in contract.layout.totals)
    behind = rf"[{_GAPS}]*数?[{_GAPS}:：]*(?:[(（\[【].*)?$"
    return _if_contains(cell, (total.label for total in contract.layout.totals), f"(?:{labels}){behind}")


def _may_be_part(cell: str, contract: Contract) -> str:
    words = "|".join(_spaced(word) for word in contract.layout.of_which)
    return _if_contains(cell, contract.layout.of_which, f"^[{_GAPS}(（—·-]*(?:{words})")


def _if_contains(cell: str, words: Iterable[str], pattern: str) -> str:
    """A pattern that is tried only where the last letter of a word stands: looking for a letter is far cheaper."""
    letters = sorted({word.strip()[-1] for word in words})
    any_letter = " OR ".join(f"contains({cell}, {quoted(letter)})" for letter in letters)
    return f"CASE WHEN {any_letter} THEN regexp_matches({cell}, {quoted(pattern)}) ELSE false END"


def _spaced(word: str) -> str:
    return f"[{_GAPS}]*".join(re.escape(letter) for letter in "".join(word.split()))


def _may_be_header(rows: BulkRows, header: Header, contract: Contract) -> str:
    """Where no number or date stands in the columns of such; without such columns, where two words may be labels."""
    keys = {label_key(cell) for row in rows[header.top : header.below] for cell in row if cell}
    keys = {key for key in keys | known_labels(contract) if key}
    typed = [one for one in header.columns if one.field and one.field.type in _SHAPES]
    if typed and not any(_NUMBER_LIKE.fullmatch(key) for key in keys):
        # Column after column, each only where those before it decided nothing: most rows are done with after the first.
        shapes = " ".join(f"WHEN {_shape(one.field.type, f'c{one.index}')} THEN false" for one in typed if one.field)
        return f"CASE {shapes} ELSE true END"
    starts = re.escape("".join(sorted({key[0] for key in keys} | {key[0].upper() for key in keys})))
    plain = r"^[0-9A-Za-z\x{3400}-\x{9fff}]"
    words = " + ".join(
        f"coalesce(NOT regexp_matches(c{at}, {quoted(plain)}) OR "
        f"regexp_matches(c{at}, {quoted(f'^[{starts}]')}), false)::TINYINT"
        for at in range(rows.width)
    )
    return f"({words}) > 1"


def _shape(kind: FieldType, cell: str) -> str:
    return _SHAPES[kind].format(cell)


def load(
    con: duckdb.DuckDBPyConnection,
    sheet: str,
    rows: BulkRows,
    found: Plan,
    reader: RowReader,
    account: Account,
    scales: Mapping[str, str],
) -> Segment:
    """Read the table into `incoming` and its odd rows into the account; returns the sums of what was loaded."""
    contract = reader.contract
    for kind in (*found.titles, *[RowKind.HEADER] * found.header.levels, *found.kinds.values()):
        account.add(sheet, "set_aside", kind.value)
    account.add(sheet, "set_aside", RowKind.BLANK.value, found.blank)
    printed = _printed(rows, found, contract, dict(scales))
    _make_body(rows, sheet, found, contract, [one.row_no for one in printed if one.covers != "of_which"])
    patched = _patch(rows.con, sheet, reader, scales)
    _move_rows(con, rows.con, sheet, contract, patched)
    _move_problems(con, rows.con, sheet, contract, patched)
    rows.con.execute("DROP TABLE body")
    segments = _segments(con, sheet, contract, [one.row_no for one in printed])
    account.totals += control_totals(sheet, printed, segments)
    return sums_of(segments)


def _printed(rows: BulkRows, found: Plan, contract: Contract, scales: dict[str, str]) -> list[Printed]:
    judge = RowJudge(rows, found.header, contract)
    printed = []
    for at, kind in sorted(found.kinds.items()):
        if kind in (RowKind.TOTAL, RowKind.OF_WHICH):
            row = found.rows[at]
            total = judge.total(row) if kind is RowKind.TOTAL else None
            label, covers = (total.label, total.covers) if total else (contract.layout.of_which[0], "of_which")
            printed.append(Printed(at + 1, label, covers, printed_values(row, found.header, scales)))
    return printed


def _make_body(rows: BulkRows, sheet: str, found: Plan, contract: Contract, totals: Sequence[int]) -> None:
    """Table `body`: row_no and the text of every stored field of the data rows, blanks filled down up to a total."""
    places = {one.field.name: one for one in found.header.columns if one.field}
    given = contract.layout.sheet_name
    columns = []
    for one in contract.stored_fields:
        place = places.get(one.name)
        text = f"c{place.index}" if place else (quoted(sheet) if one.name == given else "NULL")
        if place and is_changed_by_days(one):
            text = _days_marked(rows, text, place.index, found.days)
        if place and one.fill_down:
            text = f"last_value({text} IGNORE NULLS) OVER above"
        columns.append(f"{text}::VARCHAR AS {one.name}")
    odd = ", ".join(str(at) for at in found.kinds) or "-1"
    empty = " AND ".join(f"c{at} IS NULL" for at in range(rows.width))
    part = f"list_count(list_filter({list(totals)}::BIGINT[], lambda t: t <= rowid))" if totals else "0"
    rows.con.execute(
        f"CREATE OR REPLACE TABLE body AS SELECT rowid + 1 AS row_no, {', '.join(columns)} FROM cells "
        f"WHERE rowid >= {found.header.below} AND rowid < {len(rows)} AND rowid NOT IN ({odd}) AND NOT ({empty}) "
        + (f"WINDOW above AS (PARTITION BY {part} ORDER BY rowid ROWS UNBOUNDED PRECEDING)" if _fills(contract) else "")
    )


def _days_marked(rows: BulkRows, cell: str, column: int, days: Days) -> str:
    """SQL of a cell's text, marked where it is a number that the sheet shows as a day; few columns hold such texts."""
    is_day = f"regexp_full_match({cell}, {quoted(DAY_PATTERN)})"
    if not rows.con.execute(f"SELECT 1 FROM cells WHERE {is_day} LIMIT 1").fetchone():
        return cell
    rows.con.execute(
        f"CREATE OR REPLACE TABLE days_{cell} AS SELECT unnest($rows)::BIGINT AS place",
        {"rows": sorted(days().get(column, ()))},
    )
    return (
        f"CASE WHEN {is_day} AND rowid IN (SELECT place FROM days_{cell}) THEN {quoted(DAY_MARK)} || {cell} "
        f"ELSE {cell} END"
    )


def _fills(contract: Contract) -> bool:
    return any(one.fill_down for one in contract.stored_fields)


def _patch(scratch: duckdb.DuckDBPyConnection, sheet: str, reader: RowReader, scales: Mapping[str, str]) -> list[str]:
    """Read each distinct text that may not stand for itself; `fix_<field>` for those fields that have such texts."""
    patched = []
    refused: list[tuple[int, int, str]] = []
    for place, one in enumerate(reader.contract.stored_fields):
        scale = scales.get(one.name, "")
        itself = "false" if scale else _itself(one, reader.contract)
        texts = scratch.execute(f"SELECT DISTINCT {one.name} FROM body WHERE NOT ({itself})").fetchall()
        fixes = read_fixes(reader, one, (text for (text,) in texts), scale)
        if fixes:
            write_fixes(scratch, one.name, one.type.sql, fixes)
            patched.append(one.name)
            refused += _refusals(scratch, place, one, fixes)
    if refused:
        row_no, _, sentence = min(refused)
        raise RefusedFileError(f"{sheet} 第 {row_no} 行{sentence}")
    return patched


def _refusals(
    scratch: duckdb.DuckDBPyConnection, place: int, one: Field, fixes: Iterable[Fix]
) -> list[tuple[int, int, str]]:
    if not any(fix.disposition == REFUSED for fix in fixes):
        return []
    found = scratch.execute(
        f"SELECT min(row_no), arg_min(f.reason, row_no) FROM body b JOIN fix_{one.name} f "
        f"ON b.{one.name} IS NOT DISTINCT FROM f.text WHERE f.disposition = '{REFUSED}'"
    ).fetchone()
    return [(found[0], place, f"“{one.title}”{MESSAGES.get(found[1], found[1])}")] if found else []


def _itself(one: Field, contract: Contract) -> str:
    """SQL that holds only for texts that read_text gives back as they are, without a reason."""
    rules = one.constraints
    if one.codes or one.personal or rules.pattern is not None or not set(one.formats) <= _ISO:
        return "false"
    missing = ", ".join(quoted(text) for text in sorted(contract.missing_of(one) | set(one.zero_values)))
    conditions = [f"{one.name} NOT IN ({missing})"] if missing else []
    if one.type is FieldType.STRING:
        suspect = _SUSPECT + (f"|{_MAY_BE_PERSONAL}" if one.free_text else "")
        conditions.append(f"NOT regexp_matches({one.name}, {quoted(suspect)})")
    else:
        conditions.append(_shape(one.type, one.name))
    for limit, sign in ((rules.minimum, ">="), (rules.maximum, "<=")):
        if limit is not None and one.type in NUMERIC:
            conditions.append(f"TRY_CAST({one.name} AS DECIMAL(38, 6)) {sign} {limit!r}::DOUBLE")
    text = " AND ".join(conditions)
    is_absent = f"{one.name} IS NULL OR " if not rules.required and "" in contract.missing_of(one) else ""
    return f"{is_absent}coalesce({text}, false)"


class _Stream:
    """A query's result as another database reads it: Arrow batches, without a copy in Python."""

    def __init__(self, con: duckdb.DuckDBPyConnection, query: str) -> None:
        self._con, self._query = con, query

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._con.sql(self._query).__arrow_c_stream__(requested_schema)


def _copy(con: duckdb.DuckDBPyConnection, stream: _Stream, target: str, columns: str) -> None:
    con.register("arriving", stream)
    con.execute(f"INSERT INTO {target} SELECT {columns} FROM arriving")
    con.unregister("arriving")


def _joins(patched: Iterable[str]) -> str:
    return " ".join(f"LEFT JOIN fix_{name} f_{name} ON b.{name} IS NOT DISTINCT FROM f_{name}.text" for name in patched)


def _is_quarantined(patched: Iterable[str]) -> str:
    return " OR ".join(f"coalesce(f_{name}.disposition = '{QUARANTINED}', false)" for name in patched) or "false"


def _move_rows(
    con: duckdb.DuckDBPyConnection,
    scratch: duckdb.DuckDBPyConnection,
    sheet: str,
    contract: Contract,
    patched: Sequence[str],
) -> None:
    values = ", ".join(
        f"CASE WHEN f_{one.name}.keep IS NULL THEN CAST(b.{one.name} AS {one.type.sql}) ELSE f_{one.name}.value END "
        f"AS {one.name}"
        if one.name in patched
        else f"CAST(b.{one.name} AS {one.type.sql}) AS {one.name}"
        for one in contract.stored_fields
    )
    stream = _Stream(
        scratch,
        f"SELECT b.row_no, {values}, {_as_written(patched)} AS as_written FROM body b {_joins(patched)} "
        f"WHERE NOT ({_is_quarantined(patched)})",
    )
    fields = ", ".join(one.name for one in contract.stored_fields)
    _copy(con, stream, "incoming", f"{quoted(sheet)}, row_no, {fields}, as_written")


def _as_written(patched: Sequence[str]) -> str:
    if not patched:
        return "NULL::MAP(VARCHAR, VARCHAR)"
    entries = ", ".join(
        f"CASE WHEN f_{name}.keep THEN {{'k': '{name}', 'v': ltrim(b.{name}, '{MARKS}')}} END" for name in patched
    )
    is_any = " OR ".join(f"coalesce(f_{name}.keep, false)" for name in patched)
    return (
        f"CASE WHEN {is_any} THEN map_from_entries(list_filter([{entries}], lambda x: x IS NOT NULL)) "
        "ELSE NULL::MAP(VARCHAR, VARCHAR) END"
    )


def _move_problems(
    con: duckdb.DuckDBPyConnection,
    scratch: duckdb.DuckDBPyConnection,
    sheet: str,
    contract: Contract,
    patched: Sequence[str],
) -> None:
    """Cell problems; a quarantined row takes all its cells along, under the first reason that sends it there."""
    if not patched:
        return
    entries = ", ".join(
        f"CASE WHEN f_{name}.reason IS NOT NULL THEN {{'name': '{name}', 'reason': f_{name}.reason, "
        f"'shown': f_{name}.shown, 'disposition': f_{name}.disposition}} END"
        for name in patched
    )
    any_reason = " OR ".join(f"f_{name}.reason IS NOT NULL" for name in patched)
    scratch.execute(
        f"CREATE OR REPLACE TABLE trouble AS SELECT b.row_no, {_is_quarantined(patched)} AS is_quarantined, "
        f"list_filter([{entries}], lambda x: x IS NOT NULL) AS problems FROM body b {_joins(patched)} "
        f"WHERE {any_reason}"
    )
    each = "SELECT row_no, unnest(problems, recursive := true), is_quarantined FROM trouble ORDER BY row_no"
    disposition = f"CASE WHEN is_quarantined THEN '{QUARANTINED}' ELSE disposition END"
    _copy(con, _Stream(scratch, each), "cell_problem",
          f"NULL, {quoted(sheet)}, row_no, name, reason, shown, {disposition}")  # fmt: skip
    cause = f"list_filter(problems, lambda x: x.disposition = '{QUARANTINED}')[1].reason"
    left_out = f"SELECT row_no, {cause} AS reason FROM trouble WHERE is_quarantined"
    _copy(con, _Stream(scratch, left_out), "excluded", f"NULL, {quoted(sheet)}, row_no, '{QUARANTINED}', reason")
    scratch.execute("DROP TABLE trouble")


def _segments(
    con: duckdb.DuckDBPyConnection, sheet: str, contract: Contract, boundaries: Sequence[int]
) -> list[Segment]:
    """The sums of the loaded rows before, between and after the printed totals."""
    numbers = [one.name for one in contract.stored_fields if one.type in NUMERIC]
    sums = "".join(f", sum({name}::DECIMAL(38, 6)), count({name})" for name in numbers)
    part = f"list_count(list_filter({list(boundaries)}::BIGINT[], lambda t: t < row_no))" if boundaries else "0"
    segments = [Segment() for _ in range(len(boundaries) + 1)]
    for place, rows, *found in con.execute(
        f"SELECT {part} AS part, count(*){sums} FROM incoming WHERE sheet = ? GROUP BY part", [sheet]
    ).fetchall():
        segments[place].rows = rows
        for name, value, filled in zip(numbers, found[::2], found[1::2], strict=True):
            if filled:
                segments[place].add(name, Decimal(value))
    return segments
