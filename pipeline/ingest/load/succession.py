"""Says which deliveries of one source, week and scope count: the latest export, and every other part of it.

In: rows in `raw`, deliveries in the ledger. Out: `status` and `superseded_by` of each delivery of the place. What
people are asked before a delivery counts belongs in `pipeline.ingest.inbox.succession`; what a replacement changed, the
views of `replacement` say.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipeline.contracts import Contract
from pipeline.ingest.load.ledger import Place
from pipeline.ingest.load.overtaking import overtaken_by, overtakers_of

if TYPE_CHECKING:
    import duckdb


class Standing(NamedTuple):
    """Where a loaded delivery stands: it counts, or another one does in its place."""

    delivery_id: str
    is_counting: bool
    superseded_by: str | None


def settle_succession(con: duckdb.DuckDBPyConnection, place: Place, contract: Contract | None) -> None:
    """Lets the latest export of one place count, and with it what has no row in common with it: another part.

    Which deliveries count depends on the set of deliveries alone, never on the order in which they came. Of equal times
    the longest file counts first: others of one time than a text and its beginning are refused before.
    """
    undecided = [standing.delivery_id for standing in _latest_first(con, place)]
    while undecided:
        counting, *older = undecided
        overtaken = overtaken_by(con, contract, counting, older)
        _mark(con, [counting], "current", None)
        _mark(con, overtaken, "superseded", counting)
        undecided = [delivery_id for delivery_id in older if delivery_id not in overtaken]


def settle_arrival(con: duckdb.DuckDBPyConnection, place: Place, contract: Contract | None, delivery_id: str) -> None:
    """Does what `settle_succession` does, where this delivery is new and all others of the place are settled.

    It is compared with the others, and they are not compared with each other again.
    """
    standing = _latest_first(con, place)
    at = [known.delivery_id for known in standing].index(delivery_id)
    counting = [known.delivery_id for known in standing[:at] if known.is_counting]
    takers = overtakers_of(con, contract, delivery_id, counting)
    if takers:
        latest = next(known for known in counting if known in takers)
        _mark(con, [delivery_id], "superseded", latest)
        return
    older = standing[at + 1 :]
    overtaken = overtaken_by(con, contract, delivery_id, [known.delivery_id for known in older])
    if _is_somebody_freed(older, overtaken):
        settle_succession(con, place, contract)
        return
    of_newer = {known.delivery_id for known in older if known.superseded_by in counting}
    _mark(con, [delivery_id], "current", None)
    _mark(con, overtaken - of_newer, "superseded", delivery_id)


def _is_somebody_freed(older: Sequence[Standing], overtaken: set[str]) -> bool:
    """Whether a delivery that counted is overtaken, and one that it had superseded is not: that one may count again."""
    outdone = {known.delivery_id for known in older if known.is_counting} & overtaken
    return any(known.superseded_by in outdone and known.delivery_id not in overtaken for known in older)


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


def counting_at(con: duckdb.DuckDBPyConnection, place: Place) -> set[str]:
    """The deliveries that count at a place."""
    return {standing.delivery_id for standing in _latest_first(con, place) if standing.is_counting}


def _latest_first(con: duckdb.DuckDBPyConnection, place: Place) -> list[Standing]:
    """The loaded deliveries of a place, the latest export first."""
    rows = con.execute(
        "SELECT delivery_id, status = 'current', superseded_by FROM ledger.delivery"
        " WHERE source = $source AND week_id = $week_id AND scope = $scope"
        " AND status IN ('current', 'superseded') ORDER BY as_of DESC, size_bytes DESC, delivery_id DESC",
        place._asdict(),
    ).fetchall()
    return [Standing(*row) for row in rows]


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
