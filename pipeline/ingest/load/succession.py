"""Says which deliveries of one source, week and scope count: the latest export, and every other part of it.

In: rows in `raw`, deliveries in the ledger. Out: `status` and `superseded_by` of each delivery of the place. What
people are asked before a delivery counts belongs in `pipeline.ingest.inbox.succession`; what a replacement changed, the
views of `replacement` say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline.common.quoting import identifier
from pipeline.common.tables import has_table
from pipeline.contracts import Contract, Field
from pipeline.contracts.model import NUMERIC
from pipeline.ingest.load.key_spelling import compared_keys
from pipeline.ingest.load.ledger import Place

if TYPE_CHECKING:
    import duckdb

_FEWEST_EQUAL_ROWS = 3
"""Two or three windows may well have the same small figures; of more, half of a table does not."""


def settle_succession(con: duckdb.DuckDBPyConnection, place: Place, contract: Contract | None) -> None:
    """Lets the latest export of one place count, and with it what has no row in common with it: another part.

    Which deliveries count depends on the set of deliveries alone, never on the order in which they came. Of equal times
    the longest file counts first: others of one time than a text and its beginning are refused before. Without a
    contract, or a key in it, nothing tells a part from a correction: the latest alone counts.
    """
    counting: list[str] = []
    for delivery_id in _latest_first(con, place):
        successor = next((known for known in counting if takes_place(con, contract, known, delivery_id)), None)
        if successor is None:
            counting.append(delivery_id)
        status = "current" if successor is None else "superseded"
        con.execute(
            "UPDATE ledger.delivery SET status = ?, superseded_by = ? WHERE delivery_id = ?"
            " AND (status, superseded_by) IS DISTINCT FROM (?, ?)",
            [status, successor, delivery_id, status, successor],
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


def _latest_first(con: duckdb.DuckDBPyConnection, place: Place) -> list[str]:
    """The loaded deliveries of a place, the latest export first."""
    rows = con.execute(
        "SELECT delivery_id FROM ledger.delivery WHERE source = $source AND week_id = $week_id AND scope = $scope"
        " AND status IN ('current', 'superseded') ORDER BY as_of DESC, size_bytes DESC, delivery_id DESC",
        place._asdict(),
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


def takes_place(con: duckdb.DuckDBPyConnection, contract: Contract | None, newer: str, older: str) -> bool:
    """Whether a newer delivery replaces an older one of its place; else both are parts of one export.

    It does where a key stands in both, or most of the figures of one stand in the other under other keys: a window was
    renamed, not added. One without a row replaces nothing, and one without a row is replaced by any.
    """
    if contract is None or not contract.primary_key:
        return True
    if not _has_rows(con, contract, older):
        return True
    if not _has_rows(con, contract, newer):
        return False
    return _share_a_key(con, contract, newer, older) or _share_most_figures(con, contract, newer, older)


def _has_rows(con: duckdb.DuckDBPyConnection, contract: Contract, delivery_id: str) -> bool:
    if not has_table(con, "raw", contract.name):
        return False
    found = con.execute(f"SELECT 1 FROM raw.{contract.name} WHERE delivery_id = ? LIMIT 1", [delivery_id])
    return found.fetchone() is not None


def _share_a_key(con: duckdb.DuckDBPyConnection, contract: Contract, newer: str, older: str) -> bool:
    keys = ", ".join(compared_keys(contract))
    has_key = " AND ".join(f"{identifier(name)} IS NOT NULL" for name in contract.primary_key)
    keyed = f"SELECT hash({keys}) AS row_key FROM raw.{contract.name} WHERE {has_key} AND delivery_id = ?"
    found = con.execute(f"SELECT 1 FROM ({keyed}) SEMI JOIN ({keyed}) AS known USING (row_key) LIMIT 1", [older, newer])
    return found.fetchone() is not None


def counted_fields(contract: Contract) -> list[Field]:
    """The fields whose values add up: counts and amounts, not rates and no part of the key."""
    counted = []
    for field in contract.stored_fields:
        is_key = field.name in contract.primary_key
        is_number = field.type in NUMERIC
        if is_number and field.additive and not is_key:
            counted.append(field)
    return counted


def _share_most_figures(con: duckdb.DuckDBPyConnection, contract: Contract, newer: str, older: str) -> bool:
    """Whether at least half of the rows of one delivery have the figures of a row of the other.

    Rows without a figure, or with zeros alone, say nothing.
    """
    names = [identifier(field.name) for field in counted_fields(contract)]
    if not names:
        return False
    figures = ", ".join(names)
    says_something = " OR ".join(f"coalesce({name}, 0) <> 0" for name in names)
    counted = f"SELECT hash({figures}) AS figures FROM raw.{contract.name} WHERE delivery_id = ? AND ({says_something})"
    row = con.execute(
        f"SELECT count(*), count(*) FILTER (is_known), count(DISTINCT figures) FILTER (is_known) FROM ("
        f"SELECT o.figures, o.figures IN ({counted}) AS is_known FROM ({counted}) AS o)",
        [newer, older],
    ).fetchone()
    rows, known, distinct = row or (0, 0, 0)
    return bool(distinct >= _FEWEST_EQUAL_ROWS and known * 2 >= rows)
