"""Loads CSV in one typed pass of DuckDB and explains, line by line, only what that pass rejects."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.contracts import Contract, Field, FieldType
from pipeline.ingest.decode import TextFile
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.incoming import CellProblem, TypedRow, add_problems, add_rows
from pipeline.ingest.layout import Header, find_header
from pipeline.ingest.ledger import Account
from pipeline.ingest.patches import REFUSED, Fix, read_fixes, write_fixes
from pipeline.ingest.reading import RowReader

if TYPE_CHECKING:
    import duckdb

SHEET = "csv"
_CHUNK = 20_000
_FEW = 64
# What a key may not contain if it is to be taken as it stands: anything that read_text would strip or refuse.
_SUSPECT = r"^[\s　\x27=]|[\s　\"]$|\?\?|�|^\d(\.\d+)?[eE]\+\d+$"


@dataclass(frozen=True)
class CsvTable:
    """A CSV's table: its header, the rows above it, and how many physical lines come before the first data row."""

    header: Header
    heading: tuple[str, ...]
    lines_above: int
    title_rows: int


def find_table(head: str, contract: Contract) -> CsvTable | None:
    """The table in the decoded beginning of a CSV, or None where no row is the contract's header."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=contract.csv.delimiter)
    rows: list[list[str | None]] = []
    ends: list[int] = []
    for row in reader:
        rows.append([cell or None for cell in row])
        ends.append(reader.line_num)
        if len(rows) > contract.layout.header_search_rows:
            break
    header = find_header(rows, contract)
    if header is None:
        return None
    heading = tuple(cell for row in rows[: header.top] for cell in row if cell)
    last = header.top + header.levels - 1
    return CsvTable(header, heading, ends[last], header.top)


def load_csv(
    con: duckdb.DuckDBPyConnection,
    text: TextFile,
    table: CsvTable,
    contract: Contract,
    reader: RowReader,
    account: Account,
) -> tuple[list[str], str]:
    """Read a CSV into `incoming`; returns the columns to patch (tables `fix_<column>`) and the SQL of the row number.

    The fast path is taken where its own account adds up: physical lines = above + loaded + rejected. Otherwise
    (line breaks inside quotes, blank lines, types that need reading) every record is read one by one.
    """
    account.add(SHEET, "set_aside", "title", table.title_rows)
    account.add(SHEET, "set_aside", "header", table.header.levels)
    if _is_fast(contract):
        rejected = _typed_pass(con, text, table, contract)
        loaded = _count(con)
        if table.lines_above + loaded + len(rejected) == text.physical_lines:
            patched = _patches(con, contract, reader)
            _explain(con, text, rejected, table, contract, reader)
            return patched, _row_number(con, [line for line, _ in rejected], table.lines_above)
        con.execute("DELETE FROM incoming")
    _read_all(con, text, table, contract, reader, account)
    return [], "i.row_no"


def _is_fast(contract: Contract) -> bool:
    # DuckDB reads one pattern a file; two would leave the second to its own notations, which may swap day and month.
    if len({pattern for one in contract.stored_fields for pattern in one.formats}) > 1:
        return False
    return all(
        (one.type is FieldType.STRING and one.personal is None)
        or (one.type is FieldType.DATETIME and len(one.formats) == 1)
        for one in contract.stored_fields
    )


def _typed_pass(
    con: duckdb.DuckDBPyConnection, text: TextFile, table: CsvTable, contract: Contract
) -> list[tuple[int, int]]:
    columns = {f"c{column.index}": _fast_type(column.field) for column in table.header.columns}
    places = {column.field.name: f"c{column.index}" for column in table.header.columns if column.field}
    selected = ", ".join(f"{places.get(one.name, 'NULL')}" for one in contract.stored_fields)
    formats = {one.formats[0] for one in contract.stored_fields if one.formats}
    options = f", timestampformat = '{formats.pop()}'" if len(formats) == 1 else ""
    con.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    con.execute(
        f"""
        INSERT INTO incoming SELECT NULL, NULL, {selected}, NULL
        FROM read_csv(
            $path, header = false, skip = {table.lines_above}, auto_detect = false, delim = $delimiter, quote = '"',
            escape = '"', columns = {columns}, nullstr = {sorted(contract.missing_values)},
            store_rejects = true{options})
        """,
        {"path": str(text.path), "delimiter": contract.csv.delimiter},
    )
    rejected: list[tuple[int, int]] = con.execute(
        "SELECT line, min(line_byte_position) FROM reject_errors GROUP BY line ORDER BY line"
    ).fetchall()
    con.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    return rejected


def _fast_type(field: Field | None) -> str:
    return "TIMESTAMP" if field and field.type is FieldType.DATETIME else "VARCHAR"


def _count(con: duckdb.DuckDBPyConnection) -> int:
    row = con.execute("SELECT count(*) FROM incoming").fetchone()
    return int(row[0]) if row else 0


def _row_number(con: duckdb.DuckDBPyConnection, lines: list[int], lines_above: int) -> str:
    """SQL of a row's physical line: its rowid, plus the lines above, plus one for each rejected line before it.

    Insertion order is file order, so no window is needed (a window would put the whole load on one thread).
    """
    con.execute("CREATE OR REPLACE TEMP TABLE shift (from_rowid BIGINT, lines BIGINT)")
    if not lines:
        return f"coalesce(i.row_no, i.rowid + {lines_above + 1})"
    shifts = [(line - lines_above - 1 - before, lines_above + 2 + before) for before, line in enumerate(lines)]
    if len(shifts) <= _FEW:
        steps = " ".join(f"WHEN i.rowid >= {first} THEN {lines}" for first, lines in reversed(shifts))
        return f"coalesce(i.row_no, i.rowid + CASE {steps} ELSE {lines_above + 1} END)"
    con.executemany("INSERT INTO shift VALUES (?, ?)", [(0, lines_above + 1), *shifts])
    return "coalesce(i.row_no, i.rowid + (SELECT max(lines) FROM shift WHERE from_rowid <= i.rowid))"


def _explain(
    con: duckdb.DuckDBPyConnection,
    text: TextFile,
    rejected: list[tuple[int, int]],
    table: CsvTable,
    contract: Contract,
    reader: RowReader,
) -> None:
    rows: list[TypedRow] = []
    problems: list[CellProblem] = []
    with text.path.open("rb") as file:
        for line, position in rejected:
            file.seek(position)
            record = file.readline().decode("utf-8", "replace")
            cells = next(csv.reader([record], delimiter=contract.csv.delimiter), [])
            _read_record(cells, line, table, reader, rows, problems)
    add_rows(con, contract, rows)
    add_problems(con, problems)


def _read_record(
    cells: list[str],
    line: int,
    table: CsvTable,
    reader: RowReader,
    rows: list[TypedRow],
    problems: list[CellProblem],
) -> None:
    if len(cells) != len(table.header.columns):
        counts = f"应有 {len(table.header.columns)} 列，实有 {len(cells)} 列"
        problems.append(CellProblem(SHEET, line, "", "wrong_column_count", counts, "quarantined"))
        return
    texts = {column.field.name: cells[column.index] or None for column in table.header.columns if column.field}
    typed, found = reader.row(SHEET, line, texts)
    problems.extend(found)
    if typed is not None:
        rows.append(typed)


def _read_all(
    con: duckdb.DuckDBPyConnection,
    text: TextFile,
    table: CsvTable,
    contract: Contract,
    reader: RowReader,
    account: Account,
) -> None:
    rows: list[TypedRow] = []
    problems: list[CellProblem] = []
    for line, cells in _records(text, table, contract):
        if not any(cell.strip() for cell in cells):
            account.add(SHEET, "set_aside", "blank")
            continue
        _read_record(cells, line, table, reader, rows, problems)
        if len(rows) >= _CHUNK:
            add_rows(con, contract, rows)
            rows.clear()
    add_rows(con, contract, rows)
    add_problems(con, problems)


def _records(text: TextFile, table: CsvTable, contract: Contract) -> Iterator[tuple[int, list[str]]]:
    with text.path.open(encoding="utf-8", newline="") as file:
        for _ in range(table.lines_above):
            file.readline()
        reader = csv.reader(file, delimiter=contract.csv.delimiter)
        begins = table.lines_above + 1
        for cells in reader:
            yield begins, cells
            begins = table.lines_above + reader.line_num + 1


def _patches(con: duckdb.DuckDBPyConnection, contract: Contract, reader: RowReader) -> list[str]:
    """Read each distinct text of the string columns once; those that read differently get a row in `fix_<column>`."""
    patched = []
    for one in contract.stored_fields:
        texts = con.execute(_distinct_texts(one, contract)).fetchall()
        fixes = read_fixes(reader, one, (text for (text,) in texts))
        refused = next((fix for fix in fixes if fix.disposition == REFUSED), None)
        if refused:
            raise RefusedFileError(f"“{one.title}”中有读不进的值（{refused.reason}）；请修正后重新导出")
        if fixes:
            _apply(con, one, fixes)
            patched.append(one.name)
    return patched


def _distinct_texts(field: Field, contract: Contract) -> str:
    where = "row_no IS NULL"
    if field.type is not FieldType.STRING:
        required = "true" if field.constraints.required else "false"
        return f"SELECT NULL FROM incoming WHERE {where} AND {required} AND {field.name} IS NULL LIMIT 1"
    if field.name in contract.primary_key:
        where += (
            f" AND ({field.name} IS NULL OR regexp_matches({field.name}, '{_SUSPECT.replace(chr(39), chr(39) * 2)}'))"
        )
    return f"SELECT DISTINCT {field.name} FROM incoming WHERE {where}"


def _apply(con: duckdb.DuckDBPyConnection, field: Field, fixes: list[Fix]) -> None:
    name = field.name
    write_fixes(con, name, field.type.sql, fixes)
    rows = f"FROM incoming i JOIN fix_{name} f ON i.{name} IS NOT DISTINCT FROM f.text WHERE i.row_no IS NULL"
    con.execute(
        f"INSERT INTO cell_problem SELECT i.rowid, NULL, NULL, '{name}', f.reason, f.shown, f.disposition "
        f"{rows} AND f.reason IS NOT NULL"
    )
    con.execute(
        f"INSERT INTO excluded SELECT i.rowid, NULL, NULL, 'quarantined', f.reason {rows} "
        "AND f.disposition = 'quarantined' AND i.rowid NOT IN "
        "(SELECT incoming_rowid FROM excluded WHERE incoming_rowid IS NOT NULL)"
    )
