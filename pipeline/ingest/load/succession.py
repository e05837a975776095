"""Says which deliveries of one source, week and scope count: the latest export, and every other part of it.

In: rows in `raw`, deliveries in the ledger. Out: `status` and `superseded_by` of each delivery of the place. What
people are asked before a delivery counts belongs in `pipeline.ingest.inbox.succession`; what a replacement changed, the
views of `replacement` say.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.ingest.load.ledger import Place
from pipeline.ingest.load.overtaking import holds_all_of, overtaken_by, overtakers_of

if TYPE_CHECKING:
    import duckdb


def settle_succession(con: duckdb.DuckDBPyConnection, place: Place, contract: Contract | None) -> None:
    """Lets the latest export of one place count, and with it what has no row in common with it: another part.

    Which deliveries count depends on the set of deliveries alone, never on the order in which they came. Of equal times
    the longest file counts first: others of one time than a text and its beginning are refused before.
    """
    undecided = _latest_first(con, place)
    while undecided:
        counting, *older = undecided
        overtaken = overtaken_by(con, contract, counting, older)
        _mark(con, [counting], "current", None)
        _mark(con, overtaken, "superseded", counting)
        undecided = [delivery_id for delivery_id in older if delivery_id not in overtaken]


def settle_arrival(con: duckdb.DuckDBPyConnection, place: Place, contract: Contract | None, delivery_id: str) -> None:
    """Does what `settle_succession` does, where this delivery is new and all others of the place are settled.

    It is compared with those that count, and with what one of them replaced that goes on counting. What a delivery
    replaced that is itself replaced now is not looked at where all of that delivery stands in the new one.
    """
    counting = _latest_first(con, place, status="current")
    at = counting.index(delivery_id)
    newer, older = counting[:at], counting[at + 1 :]
    takers = overtakers_of(con, contract, delivery_id, newer)
    if takers:
        latest = next(known for known in newer if known in takers)
        _mark(con, [delivery_id], "superseded", latest)
        return
    outdone = overtaken_by(con, contract, delivery_id, older)
    if not holds_all_of(con, contract, delivery_id, outdone):
        settle_succession(con, place, contract)
        return
    _hand_over(con, outdone, delivery_id)
    of_others = _superseded_by(con, [known for known in older if known not in outdone])
    _mark(con, outdone | overtaken_by(con, contract, delivery_id, of_others), "superseded", delivery_id)


def _hand_over(con: duckdb.DuckDBPyConnection, outdone: Collection[str], successor: str) -> None:
    """Lets what the outdone deliveries had replaced point to their successor."""
    con.execute(
        "UPDATE ledger.delivery SET superseded_by = $successor"
        " WHERE superseded_by IN (SELECT unnest($outdone::VARCHAR[]))",
        {"successor": successor, "outdone": sorted(outdone)},
    )


def _superseded_by(con: duckdb.DuckDBPyConnection, delivery_ids: Collection[str]) -> list[str]:
    rows = con.execute(
        "SELECT delivery_id FROM ledger.delivery WHERE superseded_by IN (SELECT unnest($ids::VARCHAR[]))",
        {"ids": sorted(delivery_ids)},
    ).fetchall()
    return [delivery_id for (delivery_id,) in rows]


def _mark(
    con: duckdb.DuckDBPyConnection, delivery_ids: Collection[str], status: str, superseded_by: str | None
) -> None:
    """Writes down where deliveries stand; those that stand there already are left alone."""
    con.execute(
        "UPDATE ledger.delivery SET status = $status, superseded_by = $superseded_by"
        " WHERE delivery_id IN (SELECT unnest($ids::VARCHAR[]))"
        " AND (status, superseded_by) IS DISTINCT FROM ($status, $superseded_by)",
        {"ids": sorted(delivery_ids), "status": status, "superseded_by": superseded_by},
    )


def settle_all(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Settles every place at which more than one delivery of this source was loaded."""
    places = con.execute(
        "SELECT source, week_id, scope FROM ledger.delivery WHERE source = ? AND status IN ('current', 'superseded')"
        " GROUP BY ALL HAVING count(*) > 1",
        [contract.name],
    ).fetchall()
    for place in places:
        settle_succession(con, Place(*place), contract)


def counting_at(con: duckdb.DuckDBPyConnection, place: Place) -> list[str]:
    """The deliveries that count at a place, the latest export first."""
    return _latest_first(con, place, status="current")


def _latest_first(con: duckdb.DuckDBPyConnection, place: Place, status: str | None = None) -> list[str]:
    """The loaded deliveries of a place, or those of one status, the latest export first."""
    rows = con.execute(
        "SELECT delivery_id FROM ledger.delivery"
        " WHERE source = $source AND week_id = $week_id AND scope = $scope"
        " AND status IN ('current', 'superseded') AND status = coalesce($status, status)"
        " ORDER BY as_of DESC, size_bytes DESC, delivery_id DESC",
        {**place._asdict(), "status": status},
    ).fetchall()
    return [delivery_id for (delivery_id,) in rows]


def leave_place(
    con: duckdb.DuckDBPyConnection,
    delivery_id: str,
    former: Place,
    place: Place,
    contracts: Mapping[str, Contract],
) -> None:
    """Takes a delivery that is read as another source or week today out of where it stood before.

    Its rows of the former source are gone, and what it had superseded there counts again.
    """
    if former == place:
        return
    if former.source != place.source:
        con.execute(f"DELETE FROM raw.{former.source} WHERE delivery_id = ?", [delivery_id])
    settle_succession(con, former, contracts.get(former.source))
