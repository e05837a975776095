"""Brings a text of numbers and days into `raw` in one pass of DuckDB, and reads what is left by itself.

    a plain row → its values | any other row → sealed as a whole → judged and read as a row of a sheet is

Elsewhere: which rows are plain, `plain_rows` says; texts with a moment in each row take the typed pass (`csv_typed`).
Where many rows are left, or one of them changes what others mean, nothing is loaded here.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from pipeline.common.characters import visible
from pipeline.common.quoting import quoted
from pipeline.contracts import Contract, FieldType
from pipeline.contracts.model import NUMERIC
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.cells.separators import Separation, separation_of
from pipeline.ingest.cells.typed_row import CellProblem, TypedRow
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.load.columns_read import columns_read
from pipeline.ingest.load.csv_rows.csv_columns import UnevenTextError, is_even, lines_left_over, short_rows
from pipeline.ingest.load.csv_rows.csv_seals import sealed, unsealed
from pipeline.ingest.load.csv_rows.csv_typed import buffer_size, move_incoming
from pipeline.ingest.load.csv_rows.plain_rows import PlainRows, plain_rows
from pipeline.ingest.load.incoming import add_problems, add_rows
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.load.pending import PendingRows
from pipeline.ingest.load.printed_lines import words_of_carried_stock
from pipeline.ingest.load.sheet_tables.scales import scales_of, unit_above
from pipeline.ingest.load.sheet_tables.sheet_columns import MOST_PERSONS, segments_of
from pipeline.ingest.load.sheet_tables.sheet_plan import has_label_like_number, kind_above_header, label_keys
from pipeline.ingest.reasons import Disposition
from pipeline.ingest.recognise.drift import refuse_unlabelled
from pipeline.ingest.tables.control_totals import Printed, control_totals, printed_row, unknown_blanks
from pipeline.ingest.tables.csv_table import ENDS, SHEET, CsvTable, read_records
from pipeline.ingest.tables.headers.contract_labels import known_labels, names
from pipeline.ingest.tables.headers.header import Header, Table
from pipeline.ingest.tables.headers.paths import Row
from pipeline.ingest.tables.other_tables import is_other_header
from pipeline.ingest.tables.rows import RowJudge, RowKind
from pipeline.ingest.tables.sum_rows import MOST_ROWS
from pipeline.ingest.text.lines import sampled
from pipeline.ingest.text.transcode import TextFile

if TYPE_CHECKING:
    import duckdb

    from pipeline.ingest.text.lines import Numbers

_FEWEST_LINES = MOST_ROWS
"""A text with no more lines may be a form, whose numbers are added up by hand to find its totals."""
_MOST_LEFT = 20_000
"""With more rows to be read by themselves the text is read as a sheet is."""
_ROWS_TRIED, _MOST_LEFT_OF_TRIED = 2_048, 100
# Whole buffers are read, however few rows are asked for; none is smaller than the longest line that DuckDB takes.
_BYTES_TRIED = 2 << 20
_ROWS_LOOKED_AT = 300
_ROWS_WITHOUT_LABEL = 200
_SEAL = "zhoubao_seal_row"
# What a row is that is set aside, and changes nothing of what the rows around it are.
_STANDS_ALONE = frozenset(
    {RowKind.DATA, RowKind.BLANK, RowKind.NOTE, RowKind.TOTAL, RowKind.COMPARISON, RowKind.ONLY_NUMBERED}
)
_NO_DOUBT = frozenset({Separation.NONE, Separation.DECIMAL_DOT, Separation.OTHER})


class _NotPlainError(Exception):
    """The text has too many rows that are not plain, or one that has to be seen together with others."""


@dataclass(frozen=True)
class _PlainPass:
    """What one pass over a text knows: its table and first rows, the SQL of its plain rows, and where they go."""

    text: TextFile
    table: CsvTable
    head: Sequence[Row]
    judge: RowJudge
    plain: PlainRows
    reader: RowReader
    rows: PendingRows

    @property
    def header(self) -> Header:
        """What the columns are."""
        return self.table.header

    @property
    def contract(self) -> Contract:
        """What the fields are."""
        return self.reader.contract

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The warehouse."""
        return self.rows.con


@dataclass
class _LeftOver:
    """The rows that the pass left, read by themselves: typed rows, problems, and what the others are."""

    typed: list[TypedRow]
    problems: list[CellProblem]
    kinds: list[RowKind]
    remarks: list[str]
    printed: list[Printed]


def load_plain(
    text: TextFile, table: CsvTable, reader: RowReader, account: Account, rows: PendingRows, file_name: str
) -> bool:
    """Loads a text with one table in one pass; returns False where it is to be read in another way.

    Then `rows` may have begun, and hold what the caller has to remove; `account` is as it was.
    """
    import duckdb

    try:
        plain_pass = _prepare(text, table, reader, rows, file_name)
        if plain_pass is None or _is_mostly_odd(plain_pass):
            return False
        rows.begin()
        rejected = _insert(plain_pass)
        left_over = _read_left_over(plain_pass, rejected)
    # A refusal is raised anew, in its own words, by the reader that sees the whole table.
    except (_NotPlainError, RefusedFileError, UnevenTextError, UnicodeDecodeError, csv.Error):
        return False
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        return False
    _replace_left_over(plain_pass, left_over)
    _add_to_account(plain_pass, left_over, account)
    return True


def _prepare(
    text: TextFile, table: CsvTable, reader: RowReader, rows: PendingRows, file_name: str
) -> _PlainPass | None:
    """Looks at the beginning of a text and at a sample of it; None where its table is none for this pass."""
    contract, header = reader.contract, table.header
    is_small = text.physical_lines <= _FEWEST_LINES
    if is_small or reader.corrections or not is_even(table):
        return None
    head = _first_rows(text, table, contract)
    below = head[header.below :]
    judge = RowJudge(head, header, contract)
    is_data_at_once = bool(below) and judge.kind(below[0], RowKind.HEADER) is RowKind.DATA
    is_scaled = bool(scales_of(header, contract, unit_above(head, Table(header, 0, len(head))), SHEET))
    has_odd_labels = has_label_like_number(label_keys(head, header, contract))
    if not is_data_at_once or is_scaled or has_odd_labels:
        return None
    refuse_unlabelled(header, below[:_ROWS_WITHOUT_LABEL], contract, file_name)
    plain = plain_rows(header, reader, judge, _texts_shown(text, contract, len(header.columns)))
    return None if plain is None else _PlainPass(text, table, head, judge, plain, reader, rows)


def _first_rows(text: TextFile, table: CsvTable, contract: Contract) -> list[Row]:
    """Returns the rows down to the end of the header and some below it, as wide as the table."""
    records = read_records(text, table, contract, from_top=True)
    width = len(table.header.columns)
    return [_as_row(cells, width) for _, cells in islice(records, table.header.below + _ROWS_LOOKED_AT)]


def _as_row(cells: Sequence[str | None], width: int) -> Row:
    """Returns a row of `width` cells, of which those that show nothing are None."""
    row = [cell if cell and visible(cell).strip() else None for cell in cells[:width]]
    return row + [None] * (width - len(row))


def _texts_shown(text: TextFile, contract: Contract, width: int) -> Mapping[int, set[str]]:
    """Returns by column the texts of whole lines, some from each part of the text."""
    texts: dict[int, set[str]] = {at: set() for at in range(width)}
    for piece in sampled(text.path):
        # The first and the last line of a piece are cut, or those of the text.
        lines = piece.decode("utf-8", "replace").split("\n")[1:-1]
        for cells in csv.reader(lines, delimiter=contract.csv.delimiter):
            if len(cells) != width:
                continue
            for at, cell in enumerate(cells):
                texts[at].add(cell)
    return texts


def _read_sql(plain_pass: _PlainPass, options: str) -> str:
    """Returns SQL of all rows of the text, its cells as they are, and the values of the typed ones beside them."""
    columns = {f"c{column.index}": "VARCHAR" for column in plain_pass.header.columns}
    casts = "".join(f", {sql} AS {name}" for name, sql in plain_pass.plain.casts.items())
    return (
        f"(SELECT *{casts} FROM read_csv($path, header = false, skip = {plain_pass.table.lines_above}, "
        f"auto_detect = false, delim = $delimiter, quote = '\"', escape = '\"', columns = {columns}, {options}))"
    )


def _parameters(plain_pass: _PlainPass) -> dict[str, str]:
    return {"path": str(plain_pass.text.path), "delimiter": plain_pass.contract.csv.delimiter}


def _is_mostly_odd(plain_pass: _PlainPass) -> bool:
    """Whether many of the first rows are not plain, so that a pass would be for nothing."""
    read = _read_sql(plain_pass, f"ignore_errors = true, buffer_size = {_BYTES_TRIED}")
    left = plain_pass.con.execute(
        f"SELECT count(*) FROM (SELECT * FROM {read} LIMIT {_ROWS_TRIED}) WHERE NOT {plain_pass.plain.condition}",
        _parameters(plain_pass),
    ).fetchall()
    return int(left[0][0]) > _MOST_LEFT_OF_TRIED


def _insert(plain_pass: _PlainPass) -> dict[int, Row]:
    """Appends every row: a plain one with its values, any other without a sheet and sealed; gives them their lines.

    Returns by line (from 1) the rows that DuckDB rejected, which are shorter than the others, and the blank lines.
    Raises UnevenTextError where the lines of the text are not its records.
    """
    con, rows, plain, text = plain_pass.con, plain_pass.rows, plain_pass.plain, plain_pass.text
    fields = plain_pass.contract.stored_fields
    columns = ", ".join(field.column for field in fields)
    values = "".join(f"CASE WHEN is_plain THEN {plain.values[field.name]} END, " for field in fields)
    cells = ", ".join(f"c{column.index}" for column in plain_pass.header.columns)
    left_as_it_is = f"MAP {{'': {_SEAL}(to_json([{cells}])::VARCHAR)}}"
    read = _read_sql(plain_pass, f"store_rejects = true, buffer_size = {buffer_size(text)}")
    con.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    lines_above = plain_pass.table.lines_above
    with _sealing(con), rows.step():
        loaded = con.execute(
            f"INSERT INTO {rows.table} (delivery_id, sheet, {columns}, as_written) "
            f"SELECT '{rows.delivery_id}', CASE WHEN is_plain THEN {quoted(SHEET)} END, {values}"
            f"CASE WHEN is_plain THEN {plain.as_written} ELSE {left_as_it_is} END "
            f"FROM (SELECT *, {plain.condition} AS is_plain FROM {read})",
            _parameters(plain_pass),
        ).fetchall()
    rejected_lines, blank_lines = lines_left_over(con, text, lines_above, int(loaded[0][0]))
    con.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    width = len(plain_pass.header.columns)
    rejected = short_rows(text, rejected_lines, width, plain_pass.contract.csv.delimiter)
    others: dict[int, Row] = dict(zip(map(int, rejected_lines), rejected, strict=True))
    others |= {int(line): [None] * width for line in blank_lines}
    rows.number(lines_above + 1, [_ascending(others)])
    return others


def _ascending(lines: Iterable[int]) -> Numbers:
    import numpy as np

    return np.array(sorted(lines), dtype=np.int64)


@contextmanager
def _sealing(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Lends the connection the function that seals the rows that are left."""
    left = 0

    def seal(row: str) -> str:
        nonlocal left
        left += 1
        if left > _MOST_LEFT:
            raise _NotPlainError
        return sealed(row)

    con.create_function(_SEAL, seal, ["VARCHAR"], "VARCHAR")
    try:
        yield
    finally:
        con.remove_function(_SEAL)


def _read_left_over(plain_pass: _PlainPass, rejected: Mapping[int, Row]) -> _LeftOver:
    """Judges and reads the rows that were left, from top to bottom.

    Raises _NotPlainError where one may change what others are: a second header, units, a part of a total, a number
    with a decimal comma; and where a short one would count as data, for a delimiter is missing in it.
    """
    contract, header, reader = plain_pass.contract, plain_pass.header, plain_pass.reader
    by_line = {**_sealed_rows(plain_pass), **rejected}
    known = known_labels(contract)
    left_over = _LeftOver([], [], [], [], [])
    previous_line, previous = plain_pass.table.lines_above, RowKind.HEADER
    for line in sorted(by_line):
        row = by_line[line]
        is_next = line == previous_line + 1
        kind = plain_pass.judge.kind(row, previous if is_next else RowKind.DATA)
        previous_line, previous = line, kind
        if kind not in _STANDS_ALONE or names(row, known) or _has_doubtful_number(header, row):
            raise _NotPlainError
        if kind is not RowKind.DATA:
            _set_aside(plain_pass, left_over, line, kind, row)
            continue
        if line in rejected or is_other_header(row, RowKind.TITLE, header, contract):
            raise _NotPlainError
        texts = {field.name: row[index] for index, field in header.fields_by_index.items()}
        typed, problems = reader.row(SHEET, line, texts)
        left_over.problems += problems
        if typed is not None:
            left_over.typed.append(typed)
    return left_over


def _sealed_rows(plain_pass: _PlainPass) -> dict[int, Row]:
    """Returns by line the rows that stand in `raw` without a sheet."""
    rows = plain_pass.rows
    found = plain_pass.con.execute(
        f"SELECT row_no, as_written[''] FROM {rows.table} WHERE {rows.mine} AND sheet IS NULL"
    ).fetchall()
    width = len(plain_pass.header.columns)
    left = {}
    for line, row in found:
        cells = json.loads(unsealed(row))
        left[line] = [None] * width if cells[:1] == [ENDS] else _as_row(cells, width)
    return left


def _has_doubtful_number(header: Header, row: Row) -> bool:
    """Whether a number of a row has separators that other numbers may have to explain: 1,234 or 12.000."""
    for index, field in header.fields_by_index.items():
        text = row[index]
        if text is None or field.type not in NUMERIC:
            continue
        separation = separation_of(text)
        is_decimal = separation is Separation.EITHER_DOT and field.type is FieldType.NUMBER
        if separation not in _NO_DOUBT and not is_decimal:
            return True
    return False


def _set_aside(plain_pass: _PlainPass, left_over: _LeftOver, line: int, kind: RowKind, row: Row) -> None:
    """Notes a row that is no data, and what it prints."""
    contract = plain_pass.contract
    left_over.kinds.append(kind)
    if kind is RowKind.NOTE and contract.checks.flow:
        left_over.remarks += words_of_carried_stock(row)
    if kind is RowKind.TOTAL:
        total = plain_pass.judge.total(row)
        left_over.printed.append(printed_row(line, row, total, contract, plain_pass.header, {}))


def _replace_left_over(plain_pass: _PlainPass, left_over: _LeftOver) -> None:
    """Puts the rows that were read by themselves in the place of the sealed ones."""
    con, rows = plain_pass.con, plain_pass.rows
    _meet_persons(plain_pass)
    with rows.step():
        con.execute(f"DELETE FROM {rows.table} WHERE {rows.mine} AND sheet IS NULL")
    add_rows(con, plain_pass.contract, left_over.typed)
    add_problems(con, left_over.problems)
    move_incoming(rows)


def _meet_persons(plain_pass: _PlainPass) -> None:
    """Tells the reader who stands in the personal columns that are not stored."""
    read = _read_sql(plain_pass, "ignore_errors = true")
    for index, field in plain_pass.header.fields_by_index.items():
        if field.personal != "drop":
            continue
        texts = plain_pass.con.execute(
            f"SELECT DISTINCT c{index} FROM {read} LIMIT {MOST_PERSONS}", _parameters(plain_pass)
        ).fetchall()
        for (text,) in texts:
            plain_pass.reader.persons.add(text)


def _add_to_account(plain_pass: _PlainPass, left_over: _LeftOver, account: Account) -> None:
    """Counts the rows that are no data, and compares the printed totals with the rows that they cover."""
    header, contract = plain_pass.header, plain_pass.contract
    kinds = [*map(kind_above_header, plain_pass.head[: header.top]), *[RowKind.HEADER] * header.levels]
    for kind in (*kinds, *left_over.kinds):
        account.add(SHEET, Disposition.SET_ASIDE, kind.value)
    account.remarks += left_over.remarks
    account.tables.append(columns_read(SHEET, header, {}, header.below + 1))
    if not left_over.printed:
        return
    boundaries = [total.row_no for total in left_over.printed]
    loaded = f"(SELECT * FROM {plain_pass.rows.table} WHERE {plain_pass.rows.mine})"
    segments = segments_of(plain_pass.con, loaded, SHEET, contract, boundaries)
    account.totals += control_totals(SHEET, left_over.printed, segments, unknown_blanks(contract))
