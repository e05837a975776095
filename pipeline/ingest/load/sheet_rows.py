"""Loads the tables of a workbook's sheets, row by row or in columns; what a row is, tables say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice, tee
from typing import TYPE_CHECKING

from pipeline.common.cell_marks import DAY_MARK
from pipeline.common.characters import visible
from pipeline.contracts import Contract
from pipeline.ingest.cells.read_cell import is_changed_by_days
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.cells.typed_row import CellProblem, TypedRow
from pipeline.ingest.cells.units import scale_for, units_of_line
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.load import sheet_columns
from pipeline.ingest.load.incoming import add_problems, add_rows
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.load.summary_sheets import LoadedSheet, summary_sheets, withdraw_rows
from pipeline.ingest.recognise.drift import refuse_drift, refuse_unlabelled
from pipeline.ingest.recognise.period import read_heading
from pipeline.ingest.sheets.bulk_rows import BulkRows
from pipeline.ingest.sheets.sheet import DAY_PATTERN, Days, Sheet, no_days
from pipeline.ingest.tables.control_totals import Printed, Segment, control_totals, printed_values, sums_of
from pipeline.ingest.tables.find import find_tables
from pipeline.ingest.tables.header import Header, Row, Table, find_header
from pipeline.ingest.tables.rows import NUMERIC, RowJudge, RowKind, judged, kinds_of

if TYPE_CHECKING:
    import duckdb


_DAY = re.compile(DAY_PATTERN)
_FLUSH = 20_000
_LOOKED_AT = 200


@dataclass
class _Reading:
    """One table on its way in, row by row: where it is, how it is read, and what has been read."""

    sheet: str
    header: Header
    reader: RowReader
    scales: dict[str, str]
    is_text: bool = False
    days: Days = no_days
    rows: list[TypedRow] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    above: dict[str, str] = field(default_factory=dict)
    printed: list[Printed] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=lambda: [Segment()])


def load_sheets(
    con: duckdb.DuckDBPyConnection,
    sheets: Iterable[Sheet],
    contract: Contract,
    reader: RowReader,
    account: Account,
    file_name: str = "",
) -> None:
    """Read every sheet into `incoming`; each physical row is loaded, a problem, or set aside in the account.

    Hidden sheets and sheets that add up the others are set aside as the contract's layout says. Raises RefusedFileError
    where no sheet holds the table, or where a table lacks a required column.
    """
    found = [(sheet, find_header(sheet.rows, contract)) for sheet in sheets]
    if not any(header for _, header in found):
        raise RefusedFileError(f"工作簿中没有“{contract.title}”的表头；请确认导出的是这张表")
    is_any_visible = any(header and not sheet.is_hidden for sheet, header in found)
    has_whole = any(header and header.is_complete for _, header in found)
    loaded = []
    for sheet, header in found:
        if header is None:
            account.add(sheet.name, "set_aside", "sheet_without_table", len(sheet.rows))
        elif not header.is_complete and has_whole and contract.layout.is_summary(sheet.name):
            account.add(sheet.name, "set_aside", "summary_sheet", len(sheet.rows))
        elif sheet.is_hidden and is_any_visible and contract.layout.hidden_sheets == "set_aside":
            account.add(sheet.name, "set_aside", "hidden_sheet", len(sheet.rows))
        else:
            refuse_drift(header, contract, file_name, sheet.title, sheet.row_no(header.top))
            below = sheet.rows[header.below : header.below + _LOOKED_AT]
            refuse_unlabelled(header, below, contract, file_name, sheet.title)
            one = reader.in_1904() if sheet.is_1904 else reader
            loaded.append(_load_sheet(con, sheet, header, one, account, file_name))
    for summary in summary_sheets(loaded, contract):
        withdraw_rows(con, account, summary, [one for one in loaded if one.name != summary.name])


def _load_sheet(
    con: duckdb.DuckDBPyConnection, sheet: Sheet, header: Header, reader: RowReader, account: Account, file_name: str
) -> LoadedSheet:
    contract = reader.contract
    if isinstance(sheet.rows, BulkRows):
        plan = sheet_columns.plan(sheet.rows, header, contract)
        if plan is not None:
            scales = _scales(header, contract, _unit_of(sheet.rows, Table(header, 0, len(sheet.rows))))
            plan = replace(plan, days=sheet.days)
            total = sheet_columns.load(con, sheet.name, sheet.rows, plan, reader, account, scales)
            return LoadedSheet(sheet.name, total, header.below + 1)
    segments = []
    unit = ""
    for table in find_tables(sheet.rows, contract):
        refuse_drift(table.header, contract, file_name, sheet.title, sheet.row_no(table.header.top))
        unit = _unit_of(sheet.rows, table) or unit
        segments += _load_table(con, sheet, table, unit, reader, account)
    return LoadedSheet(sheet.name, sums_of(segments), sheet.row_no(min(header.below, len(sheet.rows) - 1)))


def _unit_of(rows: Sequence[Row], table: Table) -> str:
    """The unit in the lines above a table; that of the table above it on the sheet counts on where there is none."""
    lines = [cell for row in rows[table.first : table.header.top] for cell in row if cell]
    return read_heading(lines).unit or ""


def _scales(header: Header, contract: Contract, unit: str) -> dict[str, str]:
    """The scale of each numeric field: that of its own header, else of the unit in the title lines.

    Raises RefusedFileError where the title's unit scales, but not what the field counts.
    """
    units = units_of_line(unit)
    scales = {}
    for column in header.columns:
        if column.field is None or column.field.type not in NUMERIC:
            continue
        if column.unclear_unit:
            raise RefusedFileError(
                f"表头“{column.written}”写的单位“{column.unclear_unit}”看不出如何换算；请改写为“（件）”或“（万件）”这样的写法"
            )
        scale = column.scale if column.has_unit else scale_for(units, column.field.unit)
        if scale is None:
            raise RefusedFileError(
                f"标题写的单位是“{unit}”，合同中“{column.field.title}”的单位是“{column.field.unit}”，"
                "无法判断这一列是否要换算；请在表头写明各列的单位，如“受理（件）”"
            )
        if scale:
            scales[column.field.name] = scale
    return scales


def _load_table(
    con: duckdb.DuckDBPyConnection, sheet: Sheet, table: Table, unit: str, reader: RowReader, account: Account
) -> list[Segment]:
    contract = reader.contract
    scales = _scales(table.header, contract, unit)
    reading = _Reading(sheet.name, table.header, reader, scales, is_text=sheet.lines is not None, days=sheet.days)
    judge = RowJudge(sheet.rows, table.header, contract)
    kinds = kinds_of(sheet.rows, table, contract)
    numbers = map(sheet.row_no, range(table.first, table.last))
    rows = islice(sheet.rows, table.first, table.last)
    return _load_rows(con, reading, judge, zip(numbers, rows, kinds, strict=True), account)


def load_rows(
    con: duckdb.DuckDBPyConnection,
    name: str,
    head: Sequence[Row],
    header: Header,
    rows: Iterable[tuple[int, Row]],
    reader: RowReader,
    account: Account,
) -> None:
    """Read a single table row by row, however long; `head` are its rows down to the end of the header."""
    table = Table(header, 0, len(head))
    scales = _scales(header, reader.contract, _unit_of(head, table))
    reading = _Reading(name, header, reader, scales, is_text=True)
    judge = RowJudge(head, header, reader.contract)
    for kind in kinds_of(head, table, reader.contract):
        account.add(name, "set_aside", kind.value)
    seen, below = tee(rows)
    kinds = judged(judge, (row for _, row in seen))
    _load_rows(con, reading, judge, ((*row, kind) for row, kind in zip(below, kinds, strict=True)), account)


def _load_rows(
    con: duckdb.DuckDBPyConnection,
    reading: _Reading,
    judge: RowJudge,
    rows: Iterable[tuple[int, Row, RowKind]],
    account: Account,
) -> list[Segment]:
    for number, row, kind in rows:
        if kind is RowKind.DATA:
            _read_row(reading, number, row)
            if len(reading.rows) + len(reading.problems) >= _FLUSH:
                _flush(con, reading)
            continue
        if kind in (RowKind.TOTAL, RowKind.OF_WHICH):
            _read_total(reading, number, row, judge, kind)
        account.add(reading.sheet, "set_aside", kind.value)
    _flush(con, reading)
    account.totals += control_totals(reading.sheet, reading.printed, reading.segments)
    return reading.segments


def _flush(con: duckdb.DuckDBPyConnection, reading: _Reading) -> None:
    add_rows(con, reading.reader.contract, reading.rows)
    add_problems(con, reading.problems)
    reading.rows.clear()
    reading.problems.clear()


def _read_row(reading: _Reading, number: int, row: Row) -> None:
    columns = len(reading.header.columns)
    # In a text a delimiter too many or too few moves every value that follows into another column.
    if reading.is_text and (len(row) < columns or any(row[columns:])):
        counts = f"应有 {columns} 列，实有 {len(row)} 列"
        reading.problems.append(CellProblem(reading.sheet, number, "", "wrong_column_count", counts, "quarantined"))
        return
    given = reading.reader.contract.layout.sheet_name
    texts: dict[str, str | None] = {given: reading.sheet} if given else {}
    for column in reading.header.columns:
        if column.field is None:
            continue
        text = row[column.index] if column.index < len(row) else None
        if text and _DAY.fullmatch(text) and is_changed_by_days(column.field):
            text = DAY_MARK + text if number - 1 in reading.days().get(column.index, ()) else text
        if column.field.fill_down:
            text = reading.above.get(column.field.name) if text is None or not visible(text).strip() else text
            if text is not None:
                reading.above[column.field.name] = text
        texts[column.field.name] = text
    typed, problems = reading.reader.row(reading.sheet, number, texts, reading.scales)
    reading.problems.extend(problems)
    if typed is not None:
        reading.rows.append(typed)
        _add_to_sums(reading, typed)


def _add_to_sums(reading: _Reading, typed: TypedRow) -> None:
    segment = reading.segments[-1]
    segment.rows += 1
    for one in reading.reader.contract.stored_fields:
        value = typed.values.get(one.name)
        if one.type in NUMERIC and one.additive and value is not None:
            segment.add(one.name, Decimal(value))


def _read_total(reading: _Reading, number: int, row: Row, judge: RowJudge, kind: RowKind) -> None:
    total = judge.total(row) if kind is RowKind.TOTAL else None
    label, covers = (total.label, total.covers) if total else (reading.reader.contract.layout.of_which[0], "of_which")
    reading.printed.append(Printed(number, label, covers, printed_values(row, reading.header, reading.scales)))
    reading.segments.append(Segment())
    if total:
        reading.above.clear()
