"""Keeps the ledger: what arrived, what became of every row, what was quarantined.

How a file is read, the other modules of `pipeline.ingest.load` say; tables derived from the ledger are SQL models.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from datetime import time as clock
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, NamedTuple

from pipeline.common.clock import utc_now
from pipeline.common.quoting import identifier, quoted
from pipeline.contracts import Contract, Field, FieldType
from pipeline.hall.facts import HALL_OF_NO_CODE
from pipeline.ingest.load.columns_read import ColumnsRead
from pipeline.ingest.load.incoming import place_columns
from pipeline.ingest.load.key_spelling import folded_column, text_keys
from pipeline.ingest.reader_version import READER_VERSION
from pipeline.ingest.tables.control_totals import ControlTotal
from pipeline.privacy.masking import mask_name
from pipeline.state_tables.create import create_tables

if TYPE_CHECKING:
    import duckdb

    from pipeline.ingest.containers.identity import FileStamp


# Every delivery with its hall, and what counts now: views, so that they are made anew and need no migration.
# `period_id` is what a delivery reports: its week, or the month or quarter of its contract (2023-M05, 2023-Q2), which
# `week_id` tells.
_VIEWS = """
CREATE OR REPLACE VIEW ledger.known_delivery AS
SELECT {hall} AS hall_id, * FROM ledger.delivery;
CREATE OR REPLACE VIEW ledger.current_delivery AS
SELECT {hall} AS hall_id, delivery_id, source, week_id, period_start, period_end, as_of, scope, file_name,
    CASE WHEN source IN ({monthly}) THEN concat(year(period_end), '-M', lpad(month(period_end)::VARCHAR, 2, '0'))
        WHEN source IN ({quarterly}) THEN concat(year(period_end), '-Q', quarter(period_end))
        ELSE week_id END AS period_id
FROM ledger.delivery WHERE status = 'current';
"""


# A form says a few things; a file of a thousand odd rows is told in quarantine and account.
_MOST_REMARKS = 5
# How the sentence on a correction that a decision asked for ends.
AS_CORRECTION = "按退回后的更正采用"
# An export without a time of its own is taken for one of the last second of its period.
_END_OF_DAY = clock(23, 59, 59)


def end_of_period(period_end: date) -> datetime:
    """Returns the as-of of a file that names no time of export: 2023-04-21 → 2023-04-21 23:59:59."""
    return datetime.combine(period_end, _END_OF_DAY)


@dataclass(frozen=True)
class Delivery:
    """One file's identity and what it reports; `message` is what people have to know of how it was read.

    `answers` is the decision that sent back what this delivery corrects, where nothing but the decision says that it
    is the newer one.
    """

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
    message: str | None = None
    answers: str | None = None

    def __post_init__(self) -> None:
        """Takes persons out of the file's name: the ledger is read by people and published."""
        object.__setattr__(self, "file_name", mask_name(self.file_name))

    @property
    def place(self) -> Place:
        """Where it counts."""
        return Place(self.source, self.week_id, self.scope)


class Place(NamedTuple):
    """What a delivery reports: of the deliveries of one source, week and scope `succession` says which count."""

    source: str
    week_id: str
    scope: str


@dataclass
class Account:
    """The row account of a delivery: (sheet, disposition, reason) → rows, plus its control totals.

    `tables` say where the loaded rows stand in the file; they are used while it is loaded, and not stored. `remarks`
    are sentences on what was decided on evidence; they become part of the delivery's message.
    """

    rows: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    totals: list[ControlTotal] = field(default_factory=list)
    tables: list[ColumnsRead] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

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


def prepare(con: duckdb.DuckDBPyConnection, contracts: Collection[Contract], hall_id: str = HALL_OF_NO_CODE) -> None:
    """Creates the ledger, the quarantine and an empty `raw` table per contract where they are missing."""
    _prepare(con, contracts, quoted(hall_id))


def prepare_for_many_halls(con: duckdb.DuckDBPyConnection, contracts: Collection[Contract]) -> None:
    """The same for a warehouse with rows of several halls, where a delivery is called `<hall_id>-<delivery_id>`."""
    _prepare(con, contracts, "split_part(delivery_id, '-', 1)")


def _prepare(con: duckdb.DuckDBPyConnection, contracts: Collection[Contract], hall: str) -> None:
    """`hall` is SQL that says whose a delivery is."""
    create_tables(con, "ledger")
    con.execute(_views(contracts, hall))
    con.execute("CREATE SCHEMA IF NOT EXISTS raw")
    for contract in contracts:
        make_raw_table(con, contract)
    _add_new_columns(con, contracts)
    clear_pending(con)


def _views(contracts: Collection[Contract], hall: str) -> str:
    sources: dict[str, list[str]] = {"week": [], "month": [], "quarter": []}
    for contract in contracts:
        sources[contract.delivery.period].append(contract.name)
    listed = {period: ", ".join(map(quoted, names)) or "NULL" for period, names in sources.items()}
    return _VIEWS.format(hall=hall, monthly=listed["month"], quarterly=listed["quarter"])


def make_raw_table(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Creates `raw.<source>` with the columns of its contract, where there is none."""
    con.execute(f"CREATE TABLE IF NOT EXISTS raw.{contract.name} ({raw_columns(contract)})")


def has_deliveries(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether anything was ever loaded; what was refused counted nobody."""
    return con.execute("SELECT 1 FROM ledger.delivery WHERE status <> 'refused' LIMIT 1").fetchone() is not None


def latest_arrival(con: duckdb.DuckDBPyConnection) -> datetime | None:
    """Returns when the last delivery came (UTC without a zone), or None where none ever did."""
    row = con.execute("SELECT max(received_at) FROM ledger.delivery").fetchone()
    return None if row is None else row[0]


def raw_columns(contract: Contract) -> str:
    """Returns the column list of `raw.<source>`: where a row stands, the stored fields, what was written differently.

    Behind them stands the folded form of each key that is a text, where it is not written in it.
    Grain: one data row of one delivery. Key: delivery_id, sheet, row_no; of a wide table one record of a row, and the
    key goes on with `source_column`, the label of its column.
    """
    fields = ", ".join(
        f"{field.column} {field.type.sql}{_compression(field, contract)}" for field in contract.stored_fields
    )
    forms = "".join(f", {identifier(folded_column(field))} VARCHAR" for field in text_keys(contract))
    return f"delivery_id VARCHAR, {place_columns(contract)}, {fields}, as_written MAP(VARCHAR, VARCHAR){forms}"


def _compression(field: Field, contract: Contract) -> str:
    """Says how a column is stored, where that is not best left to be found out from each 122,880 rows.

    Keys hardly repeat: looking for a dictionary of them costs twice the time that Zstandard takes for the same size.
    """
    is_key = field.type is FieldType.STRING and field.name in contract.primary_key
    return " USING COMPRESSION zstd" if is_key else ""


def _add_new_columns(con: duckdb.DuckDBPyConnection, contracts: Collection[Contract]) -> None:
    present = set(
        con.execute("SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'raw'").fetchall()
    )
    for contract in contracts:
        for stored in contract.stored_fields:
            if (contract.name, stored.name) not in present:
                con.execute(f"ALTER TABLE raw.{contract.name} ADD COLUMN {stored.column} {stored.type.sql}")
        if contract.unpivot is not None:
            con.execute(f"ALTER TABLE raw.{contract.name} ADD COLUMN IF NOT EXISTS source_column VARCHAR")
        for key in text_keys(contract):
            form = identifier(folded_column(key))
            con.execute(f"ALTER TABLE raw.{contract.name} ADD COLUMN IF NOT EXISTS {form} VARCHAR")


def arrival_of(con: duckdb.DuckDBPyConnection, delivery_id: str) -> datetime | None:
    """Returns when a loaded delivery came (UTC without a zone); None for one that was not loaded."""
    found = con.execute(
        "SELECT received_at FROM ledger.delivery WHERE delivery_id = ? AND status <> 'refused'", [delivery_id]
    ).fetchone()
    return None if found is None else found[0]


def as_it_was_taken(con: duckdb.DuckDBPyConnection, delivery: Delivery) -> Delivery:
    """Returns a delivery that is read again with what it was taken for: the correction that a decision asked for.

    The file does not say so, and the decision may have been answered since.
    """
    found = con.execute(
        "SELECT as_of, answers, message FROM ledger.delivery WHERE delivery_id = ? AND answers IS NOT NULL",
        [delivery.delivery_id],
    ).fetchone()
    if found is None:
        return delivery
    as_of, answers, message = found
    sentences = [sentence for sentence in message.split("；") if sentence.endswith(AS_CORRECTION)]
    told = "；".join(filter(None, [delivery.message, *sentences]))
    return replace(delivery, as_of=as_of, answers=answers, message=told)


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
        [mask_name(file_name), sha256, size, outcome, delivery_id, mask_name(message), utc_now(), code],
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
        [mark.delivery_id, mark.sha256, mask_name(file_name), mask_name(message), mark.size_bytes, utc_now(), code],
    )


def record_delivery(
    con: duckdb.DuckDBPyConnection, delivery: Delivery, status: str, account: Account, fingerprint: str
) -> None:
    """Writes a loaded delivery with its row account and control totals; call it inside the load's transaction.

    One that is read again keeps the moment at which it arrived.
    """
    arrived = arrival_of(con, delivery.delivery_id)
    con.execute("DELETE FROM ledger.delivery WHERE delivery_id = ?", [delivery.delivery_id])
    con.execute(
        """
        INSERT INTO ledger.delivery (
            delivery_id, sha256, source, file_name, week_id, period_start, period_end, as_of, scope, status,
            container, encoding, size_bytes, rows_physical, contract_fingerprint, received_at, title,
            message, answers, reader_version)
        VALUES (
            $delivery_id, $sha256, $source, $file_name, $week_id, $period_start, $period_end, $as_of, $scope, $status,
            $container, $encoding, $size_bytes, $rows_physical, $contract_fingerprint, $received_at, $title,
            $message, $answers, $reader_version)
        """,
        {
            **asdict(delivery),
            "message": "；".join(filter(None, [delivery.message, *account.remarks[:_MOST_REMARKS]])) or None,
            "status": status,
            "rows_physical": account.physical,
            "contract_fingerprint": fingerprint,
            "received_at": arrived or utc_now(),
            "reader_version": READER_VERSION,
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
            "sheets": list(map(itemgetter(0), lines)),
            "dispositions": list(map(itemgetter(1), lines)),
            "reasons": list(map(itemgetter(2), lines)),
            "rows": list(map(itemgetter(3), lines)),
        },
    )


def _write_totals(con: duckdb.DuckDBPyConnection, delivery_id: str, totals: Sequence[ControlTotal]) -> None:
    """Writes the printed totals; grain: one value of one printed row."""
    if not totals:
        return
    con.execute(
        """
        INSERT INTO ledger.control_total (
            delivery_id, sheet, row_no, label, covers, column_name, printed_value, computed_value, difference,
            row_label, printed_text, printed_step)
        SELECT $id, sheet, row_no, label, covers, column_name, printed, computed, printed - computed,
            row_label, printed_text, printed_step
        FROM (
            SELECT unnest($sheets) AS sheet, unnest($row_nos) AS row_no, unnest($labels) AS label,
                unnest($covers) AS covers, unnest($columns) AS column_name,
                CAST(unnest($printed) AS DECIMAL(38, 6)) AS printed,
                CAST(unnest($computed) AS DECIMAL(38, 6)) AS computed,
                unnest($row_labels) AS row_label, unnest($texts) AS printed_text,
                CAST(unnest($steps) AS DECIMAL(38, 12)) AS printed_step)
        """,
        {
            "id": delivery_id,
            "sheets": list(map(attrgetter("sheet"), totals)),
            "row_nos": list(map(attrgetter("row_no"), totals)),
            "labels": list(map(attrgetter("label"), totals)),
            "covers": list(map(attrgetter("covers"), totals)),
            "columns": list(map(attrgetter("column_name"), totals)),
            "printed": [f"{total.printed:f}" for total in totals],
            "computed": list(map(_computed_digits, totals)),
            "row_labels": [total.row_label or None for total in totals],
            "texts": [total.number and total.number.text for total in totals],
            "steps": [total.number and f"{total.number.step:f}" for total in totals],
        },
    )


def _computed_digits(total: ControlTotal) -> str | None:
    return None if total.computed is None else f"{total.computed:f}"


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


def place_of(con: duckdb.DuckDBPyConnection, delivery_id: str) -> Place | None:
    """Returns where a loaded delivery counts, or would if no later one did; None for one that was not loaded."""
    found = con.execute(
        "SELECT source, week_id, scope FROM ledger.delivery WHERE delivery_id = ? AND status <> 'refused'",
        [delivery_id],
    ).fetchone()
    return None if found is None else Place(*found)
