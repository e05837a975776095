"""Keeps the ledger: what arrived, what became of every row, what was quarantined.

How a file is read, the other modules of `pipeline.ingest.load` say; tables derived from the ledger are SQL models.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeline.common.clock import utc_now
from pipeline.contracts import Contract, Field, FieldType
from pipeline.ingest.tables.control_totals import ControlTotal

if TYPE_CHECKING:
    import duckdb

    from pipeline.ingest.containers.identity import FileStamp


_DDL = """
CREATE SCHEMA IF NOT EXISTS ledger;
CREATE SCHEMA IF NOT EXISTS raw;
CREATE SCHEMA IF NOT EXISTS quarantine;
CREATE TABLE IF NOT EXISTS ledger.arrival (
    file_name VARCHAR, sha256 VARCHAR, size_bytes BIGINT, outcome VARCHAR, delivery_id VARCHAR, message VARCHAR,
    seen_at TIMESTAMP, code VARCHAR);
CREATE TABLE IF NOT EXISTS ledger.delivery (
    delivery_id VARCHAR PRIMARY KEY, sha256 VARCHAR, source VARCHAR, file_name VARCHAR, week_id VARCHAR,
    period_start DATE, period_end DATE, as_of TIMESTAMP, scope VARCHAR, status VARCHAR, superseded_by VARCHAR,
    message VARCHAR, container VARCHAR, encoding VARCHAR, size_bytes BIGINT, rows_physical BIGINT,
    contract_fingerprint VARCHAR, received_at TIMESTAMP, title VARCHAR, code VARCHAR);
CREATE TABLE IF NOT EXISTS ledger.row_account (
    delivery_id VARCHAR, sheet VARCHAR, disposition VARCHAR, reason VARCHAR, row_count BIGINT);
CREATE TABLE IF NOT EXISTS ledger.control_total (
    delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, label VARCHAR, covers VARCHAR, column_name VARCHAR,
    printed_value DECIMAL(38,6), computed_value DECIMAL(38,6), difference DECIMAL(38,6));
CREATE TABLE IF NOT EXISTS quarantine.cell (
    delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, column_name VARCHAR, reason VARCHAR, value VARCHAR,
    message VARCHAR, row_disposition VARCHAR);
CREATE TABLE IF NOT EXISTS ledger.pending_load (delivery_id VARCHAR, source VARCHAR);
CREATE OR REPLACE VIEW ledger.current_delivery AS
SELECT delivery_id, source, week_id, period_start, period_end, as_of, scope, file_name
FROM ledger.delivery WHERE status = 'current';
"""
_COMMENTS = {
    "ledger.arrival": "每次到达的文件（同一文件再来也记）| every file seen, repeated ones too",
    "ledger.delivery": "每份报送一行，以内容的 SHA-256 为准 | one row per delivery, known by its content",
    "ledger.row_account": "每份报送、每张表的行账：装载、隔离、搁置 | what became of every physical row",
    "ledger.control_total": "原表打印的小计、合计与逐行相加之比较 | printed totals beside the sum of their rows",
    "ledger.pending_load": "正在装载、尚不算数的报送 | deliveries being loaded; their rows do not count yet",
    "quarantine.cell": "读不进的单元格：文件、表、行、列、原因 | cells that could not be read, and why",
}
# Columns that warehouses of earlier versions lack. `code` is the refusal's code (docs/refusals.md), else NULL.
_ADDED_COLUMNS = (("arrival", "code", "VARCHAR"), ("delivery", "code", "VARCHAR"))


@dataclass(frozen=True)
class Delivery:
    """One file's identity and what it reports."""

    delivery_id: str
    sha256: str
    source: str
    file_name: str
    week_id: str
    period_start: date
    period_end: date
    as_of: datetime
    scope: str
    container: str
    encoding: str
    size_bytes: int
    title: str


@dataclass
class Account:
    """The row account of a delivery: (sheet, disposition, reason) → rows, plus its control totals."""

    rows: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    totals: list[ControlTotal] = field(default_factory=list)

    def add(self, sheet: str, disposition: str, reason: str, rows: int = 1) -> None:
        """Counts rows; a count of zero leaves no line."""
        if rows:
            self.rows[sheet, disposition, reason] += rows

    def count(self, disposition: str) -> int:
        """Returns the rows of one disposition over all sheets."""
        total = 0
        for (_, counted, _), rows in self.rows.items():
            if counted == disposition:
                total += rows
        return total

    @property
    def physical(self) -> int:
        """All rows of the file."""
        return sum(self.rows.values())


def prepare(con: duckdb.DuckDBPyConnection, contracts: Collection[Contract]) -> None:
    """Creates the ledger, the quarantine and an empty `raw` table per contract where they are missing."""
    con.execute(_DDL)
    _add_ledger_columns(con)
    for table, comment in _COMMENTS.items():
        con.execute(f"COMMENT ON TABLE {table} IS '{comment}'")
    for contract in contracts:
        con.execute(f"CREATE TABLE IF NOT EXISTS raw.{contract.name} ({raw_columns(contract)})")
    _add_new_columns(con, contracts)
    clear_pending(con)


def raw_columns(contract: Contract) -> str:
    """Returns the column list of `raw.<source>`: where a row stands, the stored fields, what was written differently.

    Grain: one data row of one delivery. Key: delivery_id, sheet, row_no.
    """
    fields = ", ".join(
        f"{field.name} {field.type.sql}{_compression(field, contract)}" for field in contract.stored_fields
    )
    return f"delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, {fields}, as_written MAP(VARCHAR, VARCHAR)"


def _compression(field: Field, contract: Contract) -> str:
    """Says how a column is stored, where that is not best left to be found out from each 122,880 rows.

    Keys hardly repeat: looking for a dictionary of them costs twice the time that Zstandard takes for the same size.
    """
    is_key = field.type is FieldType.STRING and field.name in contract.primary_key
    return " USING COMPRESSION zstd" if is_key else ""


def _add_ledger_columns(con: duckdb.DuckDBPyConnection) -> None:
    for table, column, column_type in _ADDED_COLUMNS:
        con.execute(f"ALTER TABLE ledger.{table} ADD COLUMN IF NOT EXISTS {column} {column_type}")


def _add_new_columns(con: duckdb.DuckDBPyConnection, contracts: Collection[Contract]) -> None:
    present = set(
        con.execute("SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'raw'").fetchall()
    )
    for contract in contracts:
        for stored in contract.stored_fields:
            if (contract.name, stored.name) not in present:
                con.execute(f"ALTER TABLE raw.{contract.name} ADD COLUMN {stored.name} {stored.type.sql}")


def record_arrival(
    con: duckdb.DuckDBPyConnection,
    file_name: str,
    outcome: str,
    message: str,
    mark: FileStamp | None = None,
    code: str | None = None,
) -> None:
    """Note a file that was seen: outcome loaded, duplicate, refused or set_aside; `code` where it is refused."""
    sha256, size, delivery_id = (mark.sha256, mark.size_bytes, mark.delivery_id) if mark else (None, None, None)
    con.execute(
        "INSERT INTO ledger.arrival (file_name, sha256, size_bytes, outcome, delivery_id, message, seen_at, code) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [file_name, sha256, size, outcome, delivery_id, message, utc_now(), code],
    )


def record_refusal(
    con: duckdb.DuckDBPyConnection, mark: FileStamp, file_name: str, message: str, code: str | None = None
) -> None:
    """Keep a refused file as a delivery of status 'refused', with sentence and code, so that a check can report it.

    One that was loaded before, under the contracts of that day, goes on counting: its rows are still there.
    """
    con.execute(
        "INSERT INTO ledger.delivery (delivery_id, sha256, file_name, status, message, size_bytes, received_at, code) "
        "VALUES (?, ?, ?, 'refused', ?, ?, ?, ?) ON CONFLICT (delivery_id) DO UPDATE SET "
        "file_name = excluded.file_name, message = excluded.message, received_at = excluded.received_at, "
        "code = excluded.code WHERE status = 'refused'",
        [mark.delivery_id, mark.sha256, file_name, message, mark.size_bytes, utc_now(), code],
    )


def record_delivery(
    con: duckdb.DuckDBPyConnection, delivery: Delivery, status: str, account: Account, fingerprint: str
) -> None:
    """Writes a loaded delivery with its row account and control totals; call it inside the load's transaction."""
    con.execute("DELETE FROM ledger.delivery WHERE delivery_id = ?", [delivery.delivery_id])
    con.execute(
        """
        INSERT INTO ledger.delivery (
            delivery_id, sha256, source, file_name, week_id, period_start, period_end, as_of, scope, status,
            container, encoding, size_bytes, rows_physical, contract_fingerprint, received_at, title)
        VALUES (
            $delivery_id, $sha256, $source, $file_name, $week_id, $period_start, $period_end, $as_of, $scope, $status,
            $container, $encoding, $size_bytes, $rows_physical, $contract_fingerprint, $received_at, $title)
        """,
        {
            **asdict(delivery),
            "status": status,
            "rows_physical": account.physical,
            "contract_fingerprint": fingerprint,
            "received_at": utc_now(),
        },
    )
    _write_account(con, delivery.delivery_id, account)
    _write_totals(con, delivery.delivery_id, account.totals)


def _write_account(con: duckdb.DuckDBPyConnection, delivery_id: str, account: Account) -> None:
    """Writes the row account; grain: one line a sheet, disposition and reason."""
    lines = sorted((*key, rows) for key, rows in account.rows.items())
    con.execute(
        "INSERT INTO ledger.row_account (delivery_id, sheet, disposition, reason, row_count) "
        "SELECT $id, unnest($sheets), unnest($dispositions), unnest($reasons), unnest($rows)",
        {
            "id": delivery_id,
            "sheets": [line[0] for line in lines],
            "dispositions": [line[1] for line in lines],
            "reasons": [line[2] for line in lines],
            "rows": [line[3] for line in lines],
        },
    )


def _write_totals(con: duckdb.DuckDBPyConnection, delivery_id: str, totals: Sequence[ControlTotal]) -> None:
    """Writes the printed totals; grain: one value of one printed row."""
    if not totals:
        return
    con.execute(
        """
        INSERT INTO ledger.control_total (
            delivery_id, sheet, row_no, label, covers, column_name, printed_value, computed_value, difference)
        SELECT $id, sheet, row_no, label, covers, column_name, printed, computed, printed - computed
        FROM (
            SELECT unnest($sheets) AS sheet, unnest($row_nos) AS row_no, unnest($labels) AS label,
                unnest($covers) AS covers, unnest($columns) AS column_name,
                CAST(unnest($printed) AS DECIMAL(38, 6)) AS printed,
                CAST(unnest($computed) AS DECIMAL(38, 6)) AS computed)
        """,
        {
            "id": delivery_id,
            "sheets": [total.sheet for total in totals],
            "row_nos": [total.row_no for total in totals],
            "labels": [total.label for total in totals],
            "covers": [total.covers for total in totals],
            "columns": [total.column_name for total in totals],
            "printed": [f"{total.printed:f}" for total in totals],
            "computed": [None if total.computed is None else f"{total.computed:f}" for total in totals],
        },
    )


def forget(con: duckdb.DuckDBPyConnection, delivery_id: str, source: str) -> None:
    """Removes a delivery's rows before it is read anew (its contract changed); the arrival log keeps its history."""
    con.execute(f"DELETE FROM raw.{source} WHERE delivery_id = ?", [delivery_id])
    for table in ("ledger.row_account", "ledger.control_total", "quarantine.cell"):
        con.execute(f"DELETE FROM {table} WHERE delivery_id = ?", [delivery_id])


def forget_pending(con: duckdb.DuckDBPyConnection, delivery_id: str) -> None:
    """Forgets that a delivery is being loaded: its rows count from now on, or are gone."""
    con.execute("DELETE FROM ledger.pending_load WHERE delivery_id = ?", [delivery_id])


def clear_pending(con: duckdb.DuckDBPyConnection) -> None:
    """Removes the rows of loads that did not come to their end, such as those of a run that was killed."""
    for delivery_id, source in con.execute("SELECT delivery_id, source FROM ledger.pending_load").fetchall():
        con.execute(f"DELETE FROM raw.{source} WHERE delivery_id = ?", [delivery_id])
        forget_pending(con, delivery_id)


def settle_succession(con: duckdb.DuckDBPyConnection, source: str, week_id: str, scope: str) -> None:
    """Lets the latest as-of count among the deliveries of a source, week and scope; the others point to it.

    Of equal times the longest file counts: others of one time than a text and its beginning are refused before.
    """
    con.execute(
        """
        UPDATE ledger.delivery AS old SET status = 'superseded', superseded_by = new.delivery_id
        FROM (
            SELECT arg_max(delivery_id, (as_of, size_bytes)) AS delivery_id FROM ledger.delivery
            WHERE source = $source AND week_id = $week_id AND scope = $scope AND status IN ('current', 'superseded')
        ) AS new
        WHERE old.source = $source AND old.week_id = $week_id AND old.scope = $scope
            AND old.status IN ('current', 'superseded') AND old.delivery_id <> new.delivery_id
        """,
        {"source": source, "week_id": week_id, "scope": scope},
    )
