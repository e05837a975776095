"""Loads the tables of a workbook's sheets, row by row; large sheets with one table are loaded by `sheet_columns`.

Elsewhere: what a row is in `tables.rows`, what a cell means in `cells`, sums of other sheets in `summary_sheets`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import chain, islice, tee
from operator import attrgetter
from typing import TYPE_CHECKING

from pipeline.common.cell_marks import DAY_MARK
from pipeline.common.characters import visible
from pipeline.contracts import Contract, Field
from pipeline.contracts.model import NUMERIC, Unpivot
from pipeline.ingest.cells.read_cell import is_changed_by_days
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.cells.typed_row import CellProblem, TypedRow
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.evidence import Sureness, decided
from pipeline.ingest.load.columns_read import columns_read
from pipeline.ingest.load.incoming import add_problems, add_rows, equals_sum, other_table, wrong_column_count
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.load.printed_lines import words_of_carried_stock
from pipeline.ingest.load.sheet_tables.hidden_rows import hidden_rows_of
from pipeline.ingest.load.sheet_tables.number_doubts import Doubts, doubts_of_rows, with_doubt
from pipeline.ingest.load.sheet_tables.scales import refuse_scale_below, scales_of, unit_above
from pipeline.ingest.load.sheet_tables.serial_days import rounded_serial
from pipeline.ingest.load.sheet_tables.sheet_columns import load_in_columns
from pipeline.ingest.load.sheet_tables.sheet_plan import SheetPlan, make_plan
from pipeline.ingest.load.sheet_tables.summary_sheets import LoadedSheet, summary_sheets, withdraw_rows
from pipeline.ingest.load.sheet_tables.wide_records import (
    Texts,
    WideRecord,
    after_period,
    records_of,
    says_nothing,
)
from pipeline.ingest.reasons import Disposition, RowReason
from pipeline.ingest.recognise.drift import refuse_drift, refuse_unlabelled
from pipeline.ingest.refusals.load import LoadRefusal
from pipeline.ingest.sheets.bulk_rows import BulkRows, TextRows
from pipeline.ingest.sheets.sheet import DAY_PATTERN, Days, Sheet, no_days
from pipeline.ingest.tables.aggregate_words import aggregate_of
from pipeline.ingest.tables.control_totals import (
    Printed,
    Segment,
    control_totals,
    printed_row,
    printed_total,
    reports_nothing,
    sums_of,
    unknown_blanks,
)
from pipeline.ingest.tables.fill_down import FilledDown, filled_down_columns
from pipeline.ingest.tables.find import find_tables
from pipeline.ingest.tables.headers.header import Header, Table, find_header
from pipeline.ingest.tables.headers.paths import Row, rows_between
from pipeline.ingest.tables.other_tables import with_other_tables
from pipeline.ingest.tables.rows import RowJudge, RowKind, judged, kinds_of
from pipeline.ingest.tables.sum_rows import FoundSum, sum_rows
from pipeline.privacy.masking import shown

if TYPE_CHECKING:
    import duckdb

_DAY = re.compile(DAY_PATTERN)  # 45033, which Excel may show as 2023-04-17
_ROWS_AT_ONCE = 20_000
_ROWS_LOOKED_AT = 200
_ZERO = Decimal(0)
# So many rows of a text too long to be read twice say how its numbers are written.
_ROWS_THAT_SHOW_NUMBERS = 200_000


@dataclass
class _Batch:
    """Rows and problems that wait to be written, of many tables together: one writing takes as long as 500 rows."""

    con: duckdb.DuckDBPyConnection
    contract: Contract
    rows: list[TypedRow] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)

    def write_when_full(self) -> None:
        """Writes where enough has come together."""
        if len(self.rows) + len(self.problems) >= _ROWS_AT_ONCE:
            self.write()

    def write(self) -> None:
        """Writes what has come together, and is empty again."""
        add_rows(self.con, self.contract, self.rows)
        add_problems(self.con, self.problems)
        self.rows.clear()
        self.problems.clear()


@dataclass
class _Reading:
    """One table on its way in, row by row: where it is, how it is read, and where its rows go.

    `doubts` are the numbers that can be read in two ways. `above` holds the last text of each merged column,
    `filled_down` says which blanks mean that text. `segments` are the sums between the `printed` totals, `sums`
    the rows whose numbers are sums of others.
    """

    sheet: str
    header: Header
    reader: RowReader
    scales: dict[str, str]
    batch: _Batch
    is_text: bool = False
    days: Days = no_days
    doubts: Doubts = field(default_factory=dict)
    above: dict[str, str] = field(default_factory=dict)
    filled_down: FilledDown = field(default_factory=FilledDown)
    sums: Mapping[int, FoundSum] = field(default_factory=dict)
    printed: list[Printed] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=lambda: [Segment()])

    @cached_property
    def records(self) -> list[WideRecord]:
        """The records that each row of a wide table gives; none where a row is one record."""
        return records_of(self.header, self.reader.contract, self.reader.context)

    @cached_property
    def shared_fields(self) -> Mapping[int, Field]:
        """The columns that all records of a row share: all but the labelled ones of a wide table."""
        fields = dict(self.header.fields_by_index)
        for record in self.records:
            for index in record.columns:
                del fields[index]
        return fields

    @cached_property
    def additive(self) -> tuple[str, ...]:
        """The fields that a printed total adds up, in the contract's order: messages name the first that differs."""
        summed = filter(_is_summed, self.reader.contract.stored_fields)
        return tuple(map(attrgetter("name"), summed))


def load_sheets(
    con: duckdb.DuckDBPyConnection,
    sheets: Iterable[Sheet],
    contract: Contract,
    reader: RowReader,
    account: Account,
    file_name: str = "",
) -> None:
    """Reads every sheet into `incoming`; each physical row is loaded, a problem, or set aside in the account.

    Hidden sheets and sheets that add up the others are set aside as the contract's layout says. Raises RefusedFileError
    where no sheet holds the table, or where a table lacks a required column.
    """
    tables: list[_SheetTable] = []
    for sheet in sheets:
        header = find_header(sheet.rows, contract)
        if header is None:
            account.add(sheet.name, Disposition.SET_ASIDE, RowReason.SHEET_WITHOUT_TABLE, len(sheet.rows))
        else:
            tables.append(_SheetTable(sheet, header))
    if not tables:
        raise RefusedFileError(LoadRefusal.NO_TABLE_IN_WORKBOOK, expected=contract.title, title=contract.title)
    loaded = []
    batch = _Batch(con, contract)
    for table in tables:
        reason = _why_set_aside(table, tables, contract)
        if reason is not None:
            account.add(table.sheet.name, Disposition.SET_ASIDE, reason, len(table.sheet.rows))
            continue
        _refuse_changed_header(table.sheet, table.header, contract, file_name)
        batch.problems.extend(hidden_rows_of(table.sheet, table.header))
        reader_of_sheet = reader.in_1904() if table.sheet.is_1904 else reader
        loaded.append(_load_sheet(batch, table.sheet, table.header, reader_of_sheet, account, file_name))
    batch.write()
    for summary in summary_sheets(loaded, contract):
        others = [sheet_read for sheet_read in loaded if sheet_read.name != summary.name]
        withdraw_rows(con, account, summary, others)


@dataclass(frozen=True)
class _SheetTable:
    """A sheet that holds the table, and where its header is."""

    sheet: Sheet
    header: Header


def _is_summed(field_read: Field) -> bool:
    return field_read.type in NUMERIC and field_read.additive


def _why_set_aside(table: _SheetTable, tables: Sequence[_SheetTable], contract: Contract) -> RowReason | None:
    """Returns why a sheet is not read although it holds the table; None where it is read.

    A summary that lacks columns gives way to sheets that have them all, a hidden sheet to those that are visible.
    """
    layout = contract.layout
    is_partial_summary = layout.is_summary(table.sheet.name) and not table.header.is_complete
    if is_partial_summary and any(map(_is_complete, tables)):
        return RowReason.SUMMARY_SHEET
    is_left_out = layout.hidden_sheets == "set_aside" and table.sheet.is_hidden
    if is_left_out and any(map(_is_visible, tables)):
        return RowReason.HIDDEN_SHEET
    return None


def _is_complete(table: _SheetTable) -> bool:
    return table.header.is_complete


def _is_visible(table: _SheetTable) -> bool:
    return not table.sheet.is_hidden


def _refuse_changed_header(sheet: Sheet, header: Header, contract: Contract, file_name: str) -> None:
    """Refuses a header with columns too many or too few, and columns of data without a label."""
    refuse_drift(header, contract, file_name, sheet.title, sheet.row_no(header.top))
    first_rows = sheet.rows[header.below : header.below + _ROWS_LOOKED_AT]
    refuse_unlabelled(header, first_rows, contract, file_name, sheet.title)


def _load_sheet(
    batch: _Batch, sheet: Sheet, header: Header, reader: RowReader, account: Account, file_name: str
) -> LoadedSheet:
    """Loads all tables of a sheet, in columns where it is large and has only one."""
    contract = reader.contract
    if isinstance(sheet.rows, BulkRows) and not reader.corrections:
        plan = make_plan(sheet.rows, header, contract, sheet.days, sheet.merged)
        if plan is not None:
            batch.write()
            total = _load_by_plan(batch.con, sheet.name, sheet.rows, plan, reader, account)
            return LoadedSheet(sheet.name, total, header.below + 1)
    segments = []
    unit = ""  # that of the table above counts on where a table has none of its own
    for table in find_tables(sheet.rows, contract):
        refuse_drift(table.header, contract, file_name, sheet.title, sheet.row_no(table.header.top))
        unit = unit_above(sheet.rows, table) or unit
        segments += _load_table(batch, sheet, table, unit, reader, account)
    first_data_row = min(header.below, len(sheet.rows) - 1)
    return LoadedSheet(sheet.name, sums_of(segments), sheet.row_no(first_data_row))


def _load_by_plan(
    con: duckdb.DuckDBPyConnection, name: str, rows: BulkRows, plan: SheetPlan, reader: RowReader, account: Account
) -> Segment:
    """Loads the only table of a sheet in columns; returns the sums of what was loaded."""
    header = plan.header
    unit = unit_above(rows, Table(header, 0, len(rows)))
    scales = scales_of(header, reader.contract, unit, name)
    account.tables.append(columns_read(name, header, scales, header.below + 1))
    return load_in_columns(con, name, rows, plan, reader, account, scales)


def load_text_in_columns(
    con: duckdb.DuckDBPyConnection,
    name: str,
    text: TextRows,
    header: Header,
    reader: RowReader,
    account: Account,
    file_name: str,
) -> bool:
    """Loads a text of one table in columns; returns False, having loaded nothing, where it is to be read row by row.

    That is where `make_plan` says so, where a steward corrected cells, or where a line that lacks cells would
    count as data: in a text a delimiter too few moves every value that follows into another column.
    """
    rows = text.rows
    plan = None if reader.corrections else make_plan(rows, header, reader.contract)
    if plan is None or not plan.kinds.keys() >= text.odd:
        return False
    _refuse_changed_header(Sheet(name, rows, lines=range(1, len(rows) + 1)), header, reader.contract, file_name)
    _load_by_plan(con, name, rows, plan, reader, account)
    return True


def _load_table(
    batch: _Batch, sheet: Sheet, table: Table, unit: str, reader: RowReader, account: Account
) -> list[Segment]:
    """Loads one table of a sheet row by row; returns its sums between the printed totals."""
    contract = reader.contract
    scales = scales_of(table.header, contract, unit, sheet.name)
    if table.header.below < table.last:
        first_row, last_row = sheet.row_no(table.header.below), sheet.row_no(table.last - 1)
        account.tables.append(columns_read(sheet.name, table.header, scales, first_row, last_row))
    is_text = sheet.lines is not None
    judge = RowJudge(sheet.rows, table.header, contract, table.last)
    kinds = _kinds_with_other_tables(sheet.rows, table, contract)
    numbers = map(sheet.row_no, range(table.first, table.last))
    rows = rows_between(sheet.rows, table.first, table.last)
    rows_with_kinds = list(zip(numbers, rows, kinds, strict=True))
    sums = sum_rows(rows_with_kinds, table.header, contract, scales, reader.codes)
    reading = _Reading(
        sheet.name,
        table.header,
        reader,
        scales,
        batch,
        is_text=is_text,
        days=sheet.days,
        doubts=doubts_of_rows(table.header, rows_between(sheet.rows, table.header.below, table.last)),
        filled_down=filled_down_columns(_with_sums(rows_with_kinds, sums), table.header, contract, sheet.merged),
        sums=sums,
    )
    return _load_rows(reading, judge, rows_with_kinds, account)


def _kinds_with_other_tables(rows: Sequence[Row], table: Table, contract: Contract) -> list[RowKind]:
    """Returns the kinds of all rows of a table, with those of another table below it."""
    kinds = kinds_of(rows, table, contract)
    rows_below = list(rows_between(rows, table.header.below, table.last))
    above = len(kinds) - len(rows_below)
    return kinds[:above] + with_other_tables(rows_below, kinds[above:], table.header, contract)


def _with_sums(
    rows: Sequence[tuple[int, Row, RowKind]], sums: Mapping[int, FoundSum]
) -> Iterable[tuple[int, Row, RowKind]]:
    """Yields rows with their kinds, where those that are sums of others are totals."""
    for row_no, row, kind in rows:
        yield row_no, row, RowKind.TOTAL if row_no in sums else kind


def load_rows(
    con: duckdb.DuckDBPyConnection,
    name: str,
    head: Sequence[Row],
    header: Header,
    rows: Iterable[tuple[int, Row]],
    reader: RowReader,
    account: Account,
) -> None:
    """Reads a single table row by row, however long; `head` are its rows down to the end of the header.

    `rows` are the physical line and the cells of each row below it. In a table of so many rows totals are known by
    their words only.
    """
    table = Table(header, 0, len(head))
    scales = scales_of(header, reader.contract, unit_above(head, table), name)
    account.tables.append(columns_read(name, header, scales, header.below + 1))
    batch = _Batch(con, reader.contract)
    rows = iter(rows)
    first_rows = list(islice(rows, _ROWS_THAT_SHOW_NUMBERS))
    first = first_rows[:_ROWS_LOOKED_AT]
    judge = RowJudge([*head, *(row for _, row in first)], header, reader.contract)
    first_kinds = judged(judge, (row for _, row in first))
    first_with_kinds = [(line, row, kind) for (line, row), kind in zip(first, first_kinds, strict=True)]
    reading = _Reading(
        name,
        header,
        reader,
        scales,
        batch,
        is_text=True,
        doubts=doubts_of_rows(header, (row for _, row in first_rows)),
        filled_down=filled_down_columns(first_with_kinds, header, reader.contract),
    )
    for kind in kinds_of(head, table, reader.contract):
        account.add(name, Disposition.SET_ASIDE, kind.value)
    seen, below = tee(chain(first_rows, rows))
    kinds = judged(judge, (row for _, row in seen))
    rows_with_kinds = ((line, row, kind) for (line, row), kind in zip(below, kinds, strict=True))
    _load_rows(reading, judge, rows_with_kinds, account)
    batch.write()


def _load_rows(
    reading: _Reading,
    judge: RowJudge,
    rows: Iterable[tuple[int, Row, RowKind]],
    account: Account,
) -> list[Segment]:
    """Reads rows whose kind is known; returns the sums between the printed totals among them."""
    for row_no, row, kind in rows:
        found = reading.sums.get(row_no)
        if found is not None and found.is_total:
            _note_sum(reading, row, found)
            account.remarks += _words_of_sum(reading, found)
            account.add(reading.sheet, Disposition.SET_ASIDE, RowKind.TOTAL.value)
            continue
        if kind is RowKind.OTHER_TABLE:
            reading.batch.problems.append(other_table(reading.sheet, row_no))
            continue
        if kind is RowKind.DATA:
            holds_anything = _read_data(reading, row_no, row, found)
            if not holds_anything:
                account.add(reading.sheet, Disposition.SET_ASIDE, RowReason.NO_VALUES)
            reading.batch.write_when_full()
            continue
        if kind in (RowKind.TOTAL, RowKind.OF_WHICH):
            _read_total(reading, row_no, row, judge, kind)
        if kind is RowKind.NOTE and reading.reader.contract.checks.flow:
            account.remarks += words_of_carried_stock(row)
        if kind is RowKind.UNIT_LINE:
            refuse_scale_below(row, reading.header, reading.sheet)
        account.add(reading.sheet, Disposition.SET_ASIDE, kind.value)
    unknown = unknown_blanks(reading.reader.contract)
    account.totals += control_totals(reading.sheet, reading.printed, reading.segments, unknown)
    return reading.segments


def _read_data(reading: _Reading, row_no: int, row: Row, found: FoundSum | None) -> bool:
    """Reads one data row, unless its numbers are the sum of others: whether it is a total, a person has to say.

    Returns False for a row of a wide table that says nothing in any of its labelled columns.
    """
    if found is None:
        return _read_row(reading, row_no, row)
    reading.batch.problems.append(equals_sum(reading.sheet, row_no, found.words))
    return True


def _note_sum(reading: _Reading, row: Row, found: FoundSum) -> None:
    """Notes a row that its numbers and its place show to be a total, and begins a new segment."""
    printed = printed_total(found.row_no, found.label, found.covers, row, reading.header, reading.scales)
    reading.printed.append(printed)
    reading.segments.append(Segment())


def _words_of_sum(reading: _Reading, found: FoundSum) -> list[str]:
    """Says why a row was taken for a total of which no word says that it is one."""
    if aggregate_of(found.label) is not None:
        return []
    where = f"工作表“{reading.sheet}”" if not reading.is_text else ""
    what = f"{where}第 {found.row_no} 行“{shown(found.label) or ''}”当作合计，没有装载"
    return [decided(what, found.words, Sureness.LIKELY)]


def _read_row(reading: _Reading, row_no: int, row: Row) -> bool:
    """Reads one data row: adds its records and its problems; returns whether there is any of either."""
    columns = len(reading.header.columns)
    # In a text a delimiter too many or too few moves every value that follows into another column.
    if reading.is_text and (len(row) < columns or any(row[columns:])):
        reading.batch.problems.append(wrong_column_count(reading.sheet, row_no, expected=columns, actual=len(row)))
        return True
    given_by_sheet = reading.reader.contract.layout.sheet_name
    given: Texts = {given_by_sheet: reading.sheet} if given_by_sheet else {}
    texts = {**given, **_texts_of(reading, row_no, row, reading.shared_fields)}
    wide = reading.reader.contract.unpivot
    if wide is not None:
        return _read_wide_row(reading, row_no, row, texts, wide)
    typed, problems = reading.reader.row(reading.sheet, row_no, texts, reading.scales)
    reading.batch.problems.extend(problems)
    if typed is not None:
        reading.batch.rows.append(typed)
        _add_to_sums(reading, typed, reading.additive)
    return True


def _read_wide_row(reading: _Reading, row_no: int, row: Row, shared: Texts, wide: Unpivot) -> bool:
    """Reads one row of a wide table: a record for each labelled column that holds something."""
    contract = reading.reader.contract
    problems: list[CellProblem] = []
    additive = reading.additive
    is_any_read = False
    for record in reading.records:
        texts = _texts_of(reading, row_no, row, record.columns)
        if says_nothing(record, texts, contract):
            continue
        if record.is_ahead:
            problems += after_period(reading.sheet, row_no, record, texts)
            continue
        whole = {**shared, **texts, wide.into: record.value}
        typed, found = reading.reader.row(reading.sheet, row_no, whole, reading.scales)
        problems += map(record.with_place, found)
        if typed is None:
            continue
        typed.source_column = record.label.written
        reading.batch.rows.append(typed)
        _add_to_sums(reading, typed, additive)
        # What all records of a row share is printed once, and so it is added up once.
        additive = tuple(filter(record.titles.__contains__, reading.additive))
        is_any_read = True
    # A cell that they share would be told with each of them.
    reading.batch.problems.extend(dict.fromkeys(problems))
    return is_any_read or bool(problems)


def _texts_of(reading: _Reading, row_no: int, row: Row, columns: Mapping[int, Field]) -> dict[str, str | None]:
    """Returns the texts of some cells of a row as their fields read them."""
    texts = {}
    for index, field_read in columns.items():
        text = row[index] if index < len(row) else None
        texts[field_read.name] = _text_of_field(reading, text, row_no, index, field_read)
    return texts


def _text_of_field(reading: _Reading, text: str | None, row_no: int, column: int, field: Field) -> str | None:
    """Returns the text of a cell as its field reads it: marked as a day, filled where it is merged."""
    if text is not None and _DAY.fullmatch(text):
        text = _text_of_possible_day(reading, text, row_no, column, field)
    if field.fill_down:
        return _filled_down(reading, text, row_no, field)
    return with_doubt(text, field, reading.doubts)


def _with_day_mark(reading: _Reading, text: str, row_no: int, column: int) -> str:
    """Returns a number marked as a day if the sheet shows it as one; the days of a sheet count rows from 0."""
    rows_with_days = reading.days().get(column, ())
    return DAY_MARK + text if row_no - 1 in rows_with_days else text


def _text_of_possible_day(reading: _Reading, text: str, row_no: int, column: int, field: Field) -> str:
    """Returns a number that Excel may show as a day: marked for a field that reads days, else as the sheet shows it."""
    if is_changed_by_days(field):
        return _with_day_mark(reading, text, row_no, column)
    return rounded_serial(text, field, (row_no - 1, column), reading.days)


def _filled_down(reading: _Reading, text: str | None, row_no: int, field: Field) -> str | None:
    """Returns the text of a merged cell: its own, or that of the cell above where it shows nothing."""
    is_blank = text is None or not visible(text).strip()
    if is_blank and reading.filled_down.fills(field.name, row_no):
        text = reading.above.get(field.name)
    if text is not None:
        reading.above[field.name] = text
    return text


def _add_to_sums(reading: _Reading, typed: TypedRow, names: Collection[str]) -> None:
    """Adds the numbers of a loaded record in some fields to those since the last printed total."""
    segment = reading.segments[-1]
    segment.rows += 1
    is_nothing = reports_nothing(reading.reader.contract, typed.values)
    for name in names:
        value = typed.values.get(name)
        if value is not None:
            number = Decimal(value)
            segment.add(name, number)
            segment.note_rounding(name, typed.as_written.get(name, value), number)
        elif is_nothing:
            segment.add(name, _ZERO)


def _read_total(reading: _Reading, row_no: int, row: Row, judge: RowJudge, kind: RowKind) -> None:
    """Notes a printed total or part, and begins a new segment; a total also ends the merged cells above it."""
    total = judge.total(row) if kind is RowKind.TOTAL else None
    contract = reading.reader.contract
    reading.printed.append(printed_row(row_no, row, total, contract, reading.header, reading.scales))
    reading.segments.append(Segment())
    if total is not None:
        reading.above.clear()
