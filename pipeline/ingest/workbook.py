"""Loads the tables of a workbook's sheets row by row; which cell is which, layout decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from pipeline.contracts import Contract, FieldType
from pipeline.ingest.drift import refuse_drift
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.grid import Sheet
from pipeline.ingest.incoming import CellProblem, TypedRow, add_problems, add_rows
from pipeline.ingest.layout import Header, Row, RowKind, classify, find_header, total_of
from pipeline.ingest.ledger import Account, ControlTotal
from pipeline.ingest.reading import RowReader, scaled
from pipeline.ingest.values import parse_number

if TYPE_CHECKING:
    import duckdb

_NUMERIC = (FieldType.INTEGER, FieldType.NUMBER)


@dataclass
class _Table:
    """The state of one table while its rows are read from top to bottom."""

    sheet: str
    header: Header
    contract: Contract
    reader: RowReader
    account: Account
    rows: list[TypedRow] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    above: dict[str, str] = field(default_factory=dict)
    group_sums: dict[str, Decimal] = field(default_factory=dict)
    table_sums: dict[str, Decimal] = field(default_factory=dict)


def load_sheets(
    con: duckdb.DuckDBPyConnection,
    sheets: Iterable[Sheet],
    contract: Contract,
    reader: RowReader,
    account: Account,
    file_name: str = "",
) -> None:
    """Read every sheet into `incoming`; each physical row is loaded, a problem, or set aside in the account.

    Raises RefusedFileError where no sheet holds the table, or where a table lacks a required column.
    """
    found = 0
    for sheet in sheets:
        header = find_header(sheet.rows, contract)
        if header is None:
            account.add(sheet.name, "set_aside", "sheet_without_table", len(sheet.rows))
            continue
        refuse_drift(header, contract, file_name, sheet.name)
        found += 1
        table = _Table(sheet.name, header, contract, reader, account)
        _read_table(table, sheet.rows)
        add_rows(con, contract, table.rows)
        add_problems(con, table.problems)
    if not found:
        raise RefusedFileError(f"工作簿中没有“{contract.title}”的表头；请确认导出的是这张表")


def _read_table(table: _Table, rows: Sequence[Row]) -> None:
    kinds = classify(rows, table.header, table.contract)
    for number, (row, kind) in enumerate(zip(rows, kinds, strict=True), start=1):
        if kind is RowKind.DATA:
            _read_row(table, number, row)
            continue
        if kind is RowKind.TOTAL:
            _read_total(table, number, row)
        table.account.add(table.sheet, "set_aside", kind.value)


def _read_row(table: _Table, number: int, row: Row) -> None:
    texts: dict[str, str | None] = {}
    for column in table.header.columns:
        if column.field is None:
            continue
        text = row[column.index] if column.index < len(row) else None
        text = scaled(text, column.field, column.scale)
        if column.field.fill_down:
            text = table.above.get(column.field.name) if text is None or not text.strip() else text
            if text is not None:
                table.above[column.field.name] = text
        texts[column.field.name] = text
    typed, problems = table.reader.row(table.sheet, number, texts)
    table.problems.extend(problems)
    if typed is not None:
        table.rows.append(typed)
        _add_to_sums(table, typed)


def _add_to_sums(table: _Table, typed: TypedRow) -> None:
    for one in table.contract.stored_fields:
        value = typed.values.get(one.name)
        if one.type in _NUMERIC and value is not None:
            for sums in (table.group_sums, table.table_sums):
                sums[one.name] = sums.get(one.name, Decimal(0)) + Decimal(value)


def _read_total(table: _Table, number: int, row: Row) -> None:
    total = total_of(row, table.header, table.contract)
    if total is None:
        return
    sums = {"group": table.group_sums, "table": table.table_sums, "year": None}[total.covers]
    for column in table.header.columns:
        if column.field is None or column.field.type not in _NUMERIC or column.index >= len(row):
            continue
        printed = parse_number(scaled(row[column.index], column.field, column.scale) or "")
        if printed is not None:
            computed = None if sums is None else sums.get(column.field.name, Decimal(0))
            table.account.totals.append(
                ControlTotal(table.sheet, number, total.label, total.covers, column.field.name, printed, computed)
            )
    table.above.clear()
    if total.covers == "group":
        table.group_sums.clear()
