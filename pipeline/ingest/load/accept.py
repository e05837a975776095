"""Decides which rows of a delivery count and writes them to `raw`, quarantine and ledger, all or nothing.

Reading the rows is done by `csv_rows` and `sheet_tables`; which delivery of a week counts, `succession` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.common.quoting import identifier
from pipeline.contracts import Contract, Field
from pipeline.ingest.load import ledger
from pipeline.ingest.load.incoming import close_incoming, place_names
from pipeline.ingest.load.key_spelling import (
    candidates_by_form,
    folded_column,
    keep_spellings,
    note_spellings,
    words_of_spellings,
)
from pipeline.ingest.load.pending import PendingRows
from pipeline.ingest.load.personal_left import note_personal_data_left
from pipeline.ingest.load.succession import leave_place, settle_arrival, settle_succession
from pipeline.ingest.reasons import MESSAGES, Disposition, RowReason
from pipeline.privacy.masking import shown
from pipeline.privacy.second_net import KnownPersons

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    from numpy.typing import NDArray

_HASHES_AT_ONCE = 8_000_000


def nothing_to_ask(delivery: ledger.Delivery) -> ledger.Delivery:
    """Stands for the question about a delivery that was taken before."""
    return delivery


@dataclass(frozen=True)
class Admission:
    """What a delivery brings along beside its rows.

    `ask` raises RefusedFileError where it is not clear which delivery counts, and returns the delivery as what it
    counts; it is called when all rows stand in `raw`. `contracts` are all there are: the delivery may have been read
    by another one before.
    """

    delivery: ledger.Delivery
    account: ledger.Account
    fingerprint: str
    contracts: Mapping[str, Contract]
    ask: Callable[[ledger.Delivery], ledger.Delivery] = nothing_to_ask


def admit(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    admission: Admission,
    rows: PendingRows,
    persons: KnownPersons,
) -> None:
    """Lets a delivery count: rows in `raw`, bad cells in quarantine, the row account in the ledger; all or nothing.

    Rows come from `incoming`, or stand in `raw` already where `rows` have begun; none is to name one of
    `persons` in a text. The temporary tables are dropped. Raises RefusedFileError where `ask` does.
    """
    delivery = admission.delivery
    con.execute(_candidates(contract, rows))
    respelled = note_spellings(con, contract)
    admission.account.remarks += words_of_spellings(con, respelled)
    if contract.primary_key:
        _exclude_duplicates(con, contract, respelled)
    note_personal_data_left(con, contract, persons)
    try:
        with rows.final():
            if rows.is_begun:
                _take_out_excluded(rows)
            else:
                rows.replace()
            _insert_incoming(con, contract, delivery)
            keep_spellings(con, contract, rows.mine, respelled)
            delivery = admission.ask(delivery)
            _count_rows(con, rows, admission.account)
            _insert_problems(con, delivery)
            former = ledger.place_of(con, delivery.delivery_id)
            ledger.record_delivery(con, delivery, "current", admission.account, admission.fingerprint)
            if former is None:
                settle_arrival(con, delivery.place, contract, delivery.delivery_id)
            else:
                settle_succession(con, delivery.place, contract)
                leave_place(con, delivery.delivery_id, former, delivery.place, admission.contracts)
    finally:
        con.execute("DROP VIEW IF EXISTS candidate")
        con.execute("DROP TABLE IF EXISTS key_spelling")
        close_incoming(con)


def _candidates(contract: Contract, rows: PendingRows) -> str:
    """Returns SQL that makes the view `candidate` of the rows that may be loaded.

    `incoming_rowid` tells them apart, whichever table they stand in.
    """
    columns = _columns_of_row(contract)
    stand_in_raw = rows.is_begun and not _is_filled(rows.con)
    if stand_in_raw:
        query = f"SELECT row_no AS incoming_rowid, {columns} FROM {rows.table} WHERE {rows.mine}"
    else:
        query = f"SELECT rowid AS incoming_rowid, {columns} FROM incoming"
    return f"CREATE OR REPLACE TEMP VIEW candidate AS {query}"


def _columns_of_row(contract: Contract) -> str:
    """Returns the columns that `incoming` and `raw` have in common: place, stored fields, the originals."""
    fields = (field.column for field in contract.stored_fields)
    return ", ".join([*place_names(contract), *fields, "as_written"])


def _is_filled(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether rows stand in `incoming`."""
    return con.execute("SELECT 1 FROM incoming LIMIT 1").fetchone() is not None


def _not_excluded() -> str:
    """Returns SQL that holds for candidates that nothing excludes."""
    return "incoming_rowid NOT IN (SELECT incoming_rowid FROM excluded WHERE incoming_rowid IS NOT NULL)"


def _exclude_duplicates(con: duckdb.DuckDBPyConnection, contract: Contract, respelled: Sequence[Field]) -> None:
    """Keeps the latest row of each key; exact repetitions and older states are set aside, a tie is quarantined.

    Keys of the `respelled` fields are compared in their folded form. All are compared by their hash first, which takes
    a fraction of the memory; rows without a key repeat nothing.
    """
    keys = ", ".join(_compared_names(contract, respelled))
    has_key = " AND ".join(f"{name} IS NOT NULL" for name in contract.key_columns)
    keyed = f"FROM {candidates_by_form(respelled)} WHERE {has_key}"
    hashes = _repeated_hashes(con, f"hash({keys})", keyed)
    if not len(hashes):
        return
    import pandas as pd

    con.register("repeated_hash", pd.DataFrame({"key_hash": hashes}))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT * {keyed} AND hash({keys}) IN "
        f"(SELECT key_hash FROM repeated_hash) AND {_not_excluded()}"
    )
    con.unregister("repeated_hash")
    # A name of a contract begins with a letter: none of its fields is called like the columns _key, _latest and so on.
    con.execute(_duplicate_verdicts(contract, respelled))
    _note_conflicts(con, contract)
    con.execute("DROP TABLE repeated")
    con.execute("DROP TABLE verdict")


def _repeated_hashes(con: duckdb.DuckDBPyConnection, key_hash: str, keyed: str) -> NDArray[np.uint64]:
    """Returns the hashes that more than one row has.

    They are found by sorting, a share at a time: that costs a third of a GROUP BY.
    """
    import numpy as np

    rows = con.execute(f"SELECT count(*) {keyed}").fetchall()[0][0]
    shares = rows // _HASHES_AT_ONCE + 1
    repeated = [np.empty(0, dtype=np.uint64)]
    for share in range(shares):
        some = f" AND {key_hash} % {shares} = {share}" if shares > 1 else ""
        hashes = np.asarray(con.execute(f"SELECT {key_hash} AS h {keyed}{some}").fetchnumpy()["h"])
        hashes.sort()
        is_as_before = hashes[1:] == hashes[:-1]
        repeated.append(np.unique(hashes[1:][is_as_before]))
    return np.concatenate(repeated)


def _compared_names(contract: Contract, respelled: Sequence[Field]) -> list[str]:
    """Returns the columns by which keys are compared: case_no, or case_no_folded where some are respelled."""
    forms = {field.name: folded_column(field) for field in respelled}
    return [identifier(forms.get(name, name)) for name in contract.primary_key]


def _duplicate_verdicts(contract: Contract, respelled: Sequence[Field]) -> str:
    """Returns SQL that judges the rows of the table `repeated` and notes those that do not count.

    Among the rows of a key with the latest `latest_by` all have to say the same, or the key is in conflict.
    """
    keys = ", ".join(_compared_names(contract, respelled))
    # Rows of one key say the same if all but the key is the same, however the key is written.
    content = ", ".join(field.column for field in contract.stored_fields if field not in respelled) or "1"
    latest = identifier(contract.latest_by) if contract.latest_by else "NULL"
    shown_key = " || ' / ' || ".join(f"coalesce(CAST({name} AS VARCHAR), '')" for name in contract.key_columns)
    return f"""
        CREATE OR REPLACE TEMP TABLE verdict AS
        WITH keyed AS (
            SELECT incoming_rowid, sheet, row_no, {keys}, {shown_key} AS _key, {latest} AS _latest,
                hash({content}) AS _content, max({latest}) OVER same_key AS _newest
            FROM repeated
            WINDOW same_key AS (PARTITION BY {keys})
            QUALIFY count(*) OVER same_key > 1
        ), ranked AS (
            SELECT *, row_number() OVER (PARTITION BY {keys} ORDER BY _latest DESC NULLS LAST, row_no) AS _place,
                min(_content) FILTER (_latest IS NOT DISTINCT FROM _newest) OVER (PARTITION BY {keys}) AS _least,
                max(_content) FILTER (_latest IS NOT DISTINCT FROM _newest) OVER (PARTITION BY {keys}) AS _most
            FROM keyed
        )
        SELECT incoming_rowid, sheet, row_no, _key AS shown_key,
            CASE WHEN _least <> _most THEN 'conflicting_duplicate' WHEN _place = 1 THEN NULL
                WHEN _content = _least THEN 'duplicate_row' ELSE 'superseded_in_file' END AS reason
        FROM ranked;
        INSERT INTO excluded (incoming_rowid, sheet, row_no, disposition, reason)
        SELECT incoming_rowid, sheet, row_no,
            CASE reason WHEN 'conflicting_duplicate' THEN 'quarantined' ELSE 'set_aside' END, reason
        FROM verdict WHERE reason IS NOT NULL;
    """


def _note_conflicts(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Writes the keys in conflict down as people may see them: a case number may be somebody's mobile number."""
    in_conflict = "FROM verdict WHERE reason = 'conflicting_duplicate'"
    keys = [key for (key,) in con.execute(f"SELECT DISTINCT shown_key {in_conflict}").fetchall()]
    con.execute(
        "INSERT INTO cell_problem (incoming_rowid, sheet, row_no, column_name, reason, value, row_disposition) "
        "SELECT incoming_rowid, sheet, row_no, $column, reason, s.masked, 'quarantined' "
        "FROM (SELECT unnest($keys::VARCHAR[]) AS shown_key, unnest($masked::VARCHAR[]) AS masked) AS s "
        "JOIN verdict USING (shown_key) WHERE reason = 'conflicting_duplicate'",
        {"column": contract.primary_key[0], "keys": keys, "masked": list(map(shown, keys))},
    )


def _take_out_excluded(rows: PendingRows) -> None:
    """Removes from `raw` the rows that stand there already and do not count; what names a person in them is sealed."""
    is_any_excluded = rows.con.execute("SELECT 1 FROM excluded WHERE incoming_rowid IS NOT NULL LIMIT 1").fetchone()
    if not is_any_excluded:
        return
    is_left_out = f"{rows.mine} AND row_no IN (SELECT incoming_rowid FROM excluded WHERE incoming_rowid IS NOT NULL)"
    rows.con.execute(f"DELETE FROM {rows.table} WHERE {is_left_out}")


def _insert_incoming(con: duckdb.DuckDBPyConnection, contract: Contract, delivery: ledger.Delivery) -> None:
    """Adds the candidates that stand in `incoming` to `raw`."""
    if not _is_filled(con):
        return
    columns = _columns_of_row(contract)
    con.execute(
        f"INSERT INTO raw.{contract.name} (delivery_id, {columns}) "
        f"SELECT ?, {columns} FROM candidate WHERE {_not_excluded()}",
        [delivery.delivery_id],
    )


def _count_rows(con: duckdb.DuckDBPyConnection, rows: PendingRows, account: ledger.Account) -> None:
    """Adds the loaded and the excluded rows to the account, by sheet and reason.

    Of a wide table rows are counted, too, and not their records: one is loaded if any of them is.
    """
    if rows.contract.unpivot is not None:
        _count_wide_rows(con, rows, account)
        return
    loaded = con.execute(f"SELECT sheet, count(*) FROM {rows.table} WHERE {rows.mine} GROUP BY sheet").fetchall()
    for sheet, count in loaded:
        account.add(sheet, Disposition.LOADED, RowReason.LOADED, count)
    excluded = con.execute(
        "SELECT coalesce(e.sheet, i.sheet), e.disposition, e.reason, count(*) FROM excluded e "
        "LEFT JOIN incoming i ON e.sheet IS NULL AND i.rowid = e.incoming_rowid GROUP BY ALL"
    ).fetchall()
    for sheet, disposition, reason, count in excluded:
        account.add(sheet, disposition, reason, count)


def _count_wide_rows(con: duckdb.DuckDBPyConnection, rows: PendingRows, account: ledger.Account) -> None:
    loaded = f"SELECT DISTINCT sheet, row_no FROM {rows.table} WHERE {rows.mine}"
    for sheet, count in con.execute(f"SELECT sheet, count(*) FROM ({loaded}) GROUP BY sheet").fetchall():
        account.add(sheet, Disposition.LOADED, RowReason.LOADED, count)
    # quarantined comes before set_aside, and of several reasons a row has the first.
    excluded = con.execute(
        "WITH placed AS ("
        " SELECT coalesce(e.sheet, i.sheet) AS sheet, coalesce(e.row_no, i.row_no) AS row_no, e.disposition, e.reason"
        " FROM excluded e LEFT JOIN incoming i ON e.row_no IS NULL AND i.rowid = e.incoming_rowid"
        "), first_reason AS ("
        " SELECT DISTINCT ON (sheet, row_no) sheet, row_no, disposition, reason FROM placed"
        " ORDER BY sheet, row_no, disposition, reason)"
        f" SELECT sheet, disposition, reason, count(*) FROM first_reason ANTI JOIN ({loaded}) USING (sheet, row_no)"
        " GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    for sheet, disposition, reason, count in excluded:
        account.add(sheet, disposition, reason, count)


def _insert_problems(con: duckdb.DuckDBPyConnection, delivery: ledger.Delivery) -> None:
    """Writes the cell problems to quarantine with their sentences; an unknown code may have one of its own."""
    con.execute(
        """
        INSERT INTO quarantine.cell (
            delivery_id, sheet, row_no, column_name, reason, value, message, row_disposition)
        SELECT $id, coalesce(c.sheet, i.sheet), coalesce(c.row_no, i.row_no), c.column_name, c.reason, c.value,
            coalesce(s.message, m.message, c.reason), c.row_disposition
        FROM cell_problem c
        LEFT JOIN incoming i ON c.row_no IS NULL AND i.rowid = c.incoming_rowid
        LEFT JOIN cell_message s ON s.column_name = c.column_name AND s.value = c.value AND c.reason = 'unknown_code'
        LEFT JOIN (SELECT unnest($reasons) AS reason, unnest($messages) AS message) m ON m.reason = c.reason
        """,
        {"id": delivery.delivery_id, "reasons": list(MESSAGES), "messages": list(MESSAGES.values())},
    )
