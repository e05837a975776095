"""Takes a delivery from `incoming` into `raw` and the ledger, in one transaction; reading files belongs elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.ingest import ledger
from pipeline.ingest.incoming import close_incoming
from pipeline.ingest.values import MESSAGES

if TYPE_CHECKING:
    import duckdb


def admit(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    delivery: ledger.Delivery,
    account: ledger.Account,
    fingerprint: str,
    patched: Sequence[str] = (),
    row_no: str = "i.row_no",
) -> None:
    """Write a delivery: rows to `raw`, bad cells to quarantine, the row account to the ledger; all or nothing.

    `patched` names the columns of `incoming` whose texts `fix_<column>` replaces, `row_no` is the SQL that gives the
    physical row number of a row of `incoming i`. The temporary tables are dropped at the end.
    """
    con.execute(_patched_view(contract, patched, row_no))
    if contract.primary_key:
        _exclude_duplicates(con, contract)
    con.execute("BEGIN")
    try:
        ledger.forget(con, delivery.delivery_id, contract.name)
        _insert_rows(con, contract, delivery, account)
        _insert_problems(con, delivery)
        ledger.record_delivery(con, delivery, "current", account, fingerprint)
        ledger.settle_succession(con, contract.name, delivery.week_id, delivery.scope)
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    finally:
        con.execute("DROP VIEW IF EXISTS patched")
        for name in patched:
            con.execute(f"DROP TABLE IF EXISTS fix_{name}")
        close_incoming(con)


def _patched_view(contract: Contract, patched: Sequence[str], row_no: str) -> str:
    fields = ", ".join(
        f"CASE WHEN f_{name}.keep IS NULL THEN i.{name} ELSE f_{name}.value END AS {name}"
        if name in patched
        else f"i.{name}"
        for name in (one.name for one in contract.stored_fields)
    )
    joins = " ".join(
        f"LEFT JOIN fix_{name} f_{name} ON i.{name} IS NOT DISTINCT FROM f_{name}.text AND i.row_no IS NULL"
        for name in patched
    )
    return (
        f"CREATE OR REPLACE TEMP VIEW patched AS SELECT i.rowid AS incoming_rowid, coalesce(i.sheet, 'csv') AS sheet, "
        f"{row_no} AS row_no, {fields}, {_as_written(patched)} AS as_written FROM incoming i {joins}"
    )


def _as_written(patched: Sequence[str]) -> str:
    if not patched:
        return "i.as_written"
    entries = ", ".join(
        f"CASE WHEN f_{name}.keep THEN {{'k': '{name}', 'v': i.{name}::VARCHAR}} END" for name in patched
    )
    any_kept = " OR ".join(f"coalesce(f_{name}.keep, false)" for name in patched)
    return (
        f"CASE WHEN {any_kept} THEN map_from_entries(list_filter([{entries}], lambda x: x IS NOT NULL)) "
        "ELSE i.as_written END"
    )


def _not_excluded() -> str:
    return "incoming_rowid NOT IN (SELECT incoming_rowid FROM excluded WHERE incoming_rowid IS NOT NULL)"


def _exclude_duplicates(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Rows of one key: the latest stays, its exact repetitions and older states are set aside, a tie is quarantined."""
    keys = ", ".join(contract.primary_key)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated_key AS SELECT {keys} FROM patched WHERE {_not_excluded()} "
        f"GROUP BY {keys} HAVING count(*) > 1"
    )
    found = con.execute("SELECT count(*) FROM repeated_key").fetchone()
    if found and found[0]:
        con.execute(_duplicate_verdicts(contract))
    con.execute("DROP TABLE repeated_key")


def _duplicate_verdicts(contract: Contract) -> str:
    keys = ", ".join(contract.primary_key)
    content = ", ".join(one.name for one in contract.stored_fields)
    latest = contract.latest_by or "NULL"
    shown_key = " || ' / ' || ".join(f"coalesce(CAST({name} AS VARCHAR), '')" for name in contract.primary_key)
    return f"""
        CREATE OR REPLACE TEMP TABLE verdict AS
        WITH candidate AS (
            SELECT incoming_rowid, row_no, {keys}, {shown_key} AS shown_key, {latest} AS latest,
                hash({content}) AS content, max({latest}) OVER same_key AS newest
            FROM patched JOIN repeated_key USING ({keys}) WHERE {_not_excluded()}
            WINDOW same_key AS (PARTITION BY {keys})
        ), ranked AS (
            SELECT *, row_number() OVER (PARTITION BY {keys} ORDER BY latest DESC NULLS LAST, row_no) AS place,
                min(content) FILTER (latest IS NOT DISTINCT FROM newest) OVER (PARTITION BY {keys}) AS least,
                max(content) FILTER (latest IS NOT DISTINCT FROM newest) OVER (PARTITION BY {keys}) AS most
            FROM candidate
        )
        SELECT incoming_rowid, shown_key,
            CASE WHEN least <> most THEN 'conflicting_duplicate' WHEN place = 1 THEN NULL
                WHEN content = least THEN 'duplicate_row' ELSE 'superseded_in_file' END AS reason
        FROM ranked;
        INSERT INTO excluded SELECT incoming_rowid, NULL, NULL,
            CASE reason WHEN 'conflicting_duplicate' THEN 'quarantined' ELSE 'set_aside' END, reason
        FROM verdict WHERE reason IS NOT NULL;
        INSERT INTO cell_problem SELECT incoming_rowid, NULL, NULL, '{contract.primary_key[0]}', reason, shown_key,
            'quarantined' FROM verdict WHERE reason = 'conflicting_duplicate';
        DROP TABLE verdict;
    """


def _insert_rows(
    con: duckdb.DuckDBPyConnection, contract: Contract, delivery: ledger.Delivery, account: ledger.Account
) -> None:
    fields = ", ".join(one.name for one in contract.stored_fields)
    con.execute(
        f"INSERT INTO raw.{contract.name} (delivery_id, sheet, row_no, {fields}, as_written) "
        f"SELECT ?, sheet, row_no, {fields}, as_written FROM patched WHERE {_not_excluded()}",
        [delivery.delivery_id],
    )
    for sheet, rows in con.execute(
        f"SELECT sheet, count(*) FROM raw.{contract.name} WHERE delivery_id = ? GROUP BY sheet", [delivery.delivery_id]
    ).fetchall():
        account.add(sheet, "loaded", "loaded", rows)
    for sheet, disposition, reason, rows in con.execute(
        "SELECT coalesce(e.sheet, i.sheet, 'csv'), e.disposition, e.reason, count(*) FROM excluded e "
        "LEFT JOIN incoming i ON i.rowid = e.incoming_rowid GROUP BY ALL"
    ).fetchall():
        account.add(sheet, disposition, reason, rows)


def _insert_problems(con: duckdb.DuckDBPyConnection, delivery: ledger.Delivery) -> None:
    con.execute(
        """
        INSERT INTO quarantine.cell
        SELECT $id, coalesce(c.sheet, p.sheet), coalesce(c.row_no, p.row_no), c.column_name, c.reason, c.value,
            coalesce(s.message, m.message, c.reason), c.row_disposition
        FROM cell_problem c
        LEFT JOIN patched p ON p.incoming_rowid = c.incoming_rowid
        LEFT JOIN cell_message s ON s.column_name = c.column_name AND s.value = c.value AND c.reason = 'unknown_code'
        LEFT JOIN (SELECT unnest($reasons) AS reason, unnest($messages) AS message) m ON m.reason = c.reason
        """,
        {"id": delivery.delivery_id, "reasons": list(MESSAGES), "messages": list(MESSAGES.values())},
    )
