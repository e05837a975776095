"""Reads from the ledger with which code each file was refused; the codes are defined in pipeline.ingest.refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.common.tables import has_column

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_OF_DELIVERIES: Final = """
SELECT delivery_id, code FROM ledger.delivery WHERE status = 'refused' AND code IS NOT NULL
"""
_OF_ARRIVALS: Final = """
SELECT delivery_id, arg_max(code, seen_at) FROM ledger.arrival
WHERE outcome = 'refused' AND delivery_id IS NOT NULL AND code IS NOT NULL GROUP BY delivery_id
"""


def refusal_codes(con: DuckDBPyConnection) -> dict[str, str]:
    """Returns delivery_id → code, such as `too_large`.

    Files that an earlier version refused have no code, and its ledger has no such column: they are not in the answer.
    """
    codes: dict[str, str] = {}
    if has_column(con, "ledger", "arrival", "code"):
        codes.update(con.execute(_OF_ARRIVALS).fetchall())
    if has_column(con, "ledger", "delivery", "code"):
        codes.update(con.execute(_OF_DELIVERIES).fetchall())
    return codes
