"""Says which deliveries of one place replace each other, and which are parts of one export: by keys and by figures.

In: rows in `raw`. Out: ids of deliveries. Sets are compared with one delivery in a few statements, so that the
thousandth file of a week costs what the second did. What follows for the ledger, `succession` writes down.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from pipeline.common.quoting import identifier
from pipeline.common.tables import has_table
from pipeline.contracts import Contract, Field
from pipeline.contracts.model import NUMERIC
from pipeline.ingest.load.key_spelling import compared_keys

if TYPE_CHECKING:
    import duckdb

    Pair = tuple[str, str]
    """The ids of the newer and of the older delivery."""

_FEWEST_EQUAL_ROWS = 3
"""Two or three windows may well have the same small figures; of more, half of a table does not."""

_PAIRS = """pair AS (SELECT unnest($newer::VARCHAR[]) AS newer, unnest($older::VARCHAR[]) AS older),
compared AS (SELECT newer AS delivery_id FROM pair UNION SELECT older FROM pair)"""

_WITH_ROWS = """
WITH {pairs}
SELECT DISTINCT delivery_id FROM raw.{source} WHERE delivery_id IN (SELECT delivery_id FROM compared)
"""

_SHARED_KEYS = """
WITH {pairs},
keyed AS (
    SELECT delivery_id, hash({keys}) AS row_key FROM raw.{source}
    WHERE delivery_id IN (SELECT delivery_id FROM compared) AND {has_key}
)
SELECT DISTINCT p.newer, p.older
FROM pair AS p
INNER JOIN keyed AS n ON n.delivery_id = p.newer
INNER JOIN keyed AS o ON o.delivery_id = p.older AND o.row_key = n.row_key
"""

# Rows without a figure, or with zeros alone, say nothing.
_SHARED_FIGURES = """
WITH {pairs},
counted AS (
    SELECT delivery_id, hash({figures}) AS figures, count(*) AS row_count FROM raw.{source}
    WHERE delivery_id IN (SELECT delivery_id FROM compared) AND ({says_something})
    GROUP BY ALL
)
SELECT p.newer, p.older
FROM pair AS p
INNER JOIN counted AS o ON o.delivery_id = p.older
LEFT JOIN counted AS n ON n.delivery_id = p.newer AND n.figures = o.figures
GROUP BY p.newer, p.older
HAVING count(n.figures) >= {fewest} AND 2 * sum(o.row_count) FILTER (n.figures IS NOT NULL) >= sum(o.row_count)
"""

# Keys of the older deliveries, and rows of figures, that do not stand in the newer one.
_MISSING = """
SELECT 1 FROM (
    SELECT hash({values}) AS of_row FROM raw.{source}
    WHERE delivery_id IN (SELECT unnest($older::VARCHAR[])) AND ({says_something})
) AS o
ANTI JOIN (SELECT hash({values}) AS of_row FROM raw.{source} WHERE delivery_id = $newer) AS n ON n.of_row = o.of_row
LIMIT 1
"""


def overtaken_by(
    con: duckdb.DuckDBPyConnection, contract: Contract | None, newer: str, older: Collection[str]
) -> set[str]:
    """Returns those of the older deliveries of a place that a newer one replaces; the others are parts beside it.

    It replaces one where a key stands in both, or most of the figures of the older stand in the newer under other keys:
    a window was renamed, not added. One without a row replaces nothing but another such, and any replaces it. Without a
    contract, or a key in it, nothing tells a part from a correction: all are replaced.
    """
    return {taken for _, taken in _replacing(con, contract, {(newer, known) for known in older})}


def overtakers_of(
    con: duckdb.DuckDBPyConnection, contract: Contract | None, older: str, newer: Collection[str]
) -> set[str]:
    """Returns those of the newer deliveries of a place that replace an older one, as `overtaken_by` decides."""
    return {taker for taker, _ in _replacing(con, contract, {(known, older) for known in newer})}


def holds_all_of(con: duckdb.DuckDBPyConnection, contract: Contract | None, newer: str, older: Collection[str]) -> bool:
    """Whether every key and all figures of older deliveries stand in a newer one: it replaces whatever they replace."""
    if contract is None or not contract.primary_key or not older:
        return True
    if not has_table(con, "raw", contract.name):
        return True
    conditions = [(", ".join(compared_keys(contract)), _has_key(contract))]
    figures = _figures(contract)
    if figures:
        conditions.append((", ".join(figures), _says_something(figures)))
    for values, says_something in conditions:
        query = _MISSING.format(source=contract.name, values=values, says_something=says_something)
        if con.execute(query, {"newer": newer, "older": sorted(older)}).fetchone() is not None:
            return False
    return True


def _replacing(con: duckdb.DuckDBPyConnection, contract: Contract | None, pairs: set[Pair]) -> set[Pair]:
    """Returns the pairs of which the newer delivery replaces the older."""
    if contract is None or not contract.primary_key:
        return pairs
    with_rows = _with_rows(con, contract, pairs)
    replacing = {(newer, older) for newer, older in pairs if older not in with_rows}
    both_filled = {(newer, older) for newer, older in pairs - replacing if newer in with_rows}
    sharing_keys = _sharing_keys(con, contract, both_filled)
    return replacing | sharing_keys | _sharing_figures(con, contract, both_filled - sharing_keys)


def _with_rows(con: duckdb.DuckDBPyConnection, contract: Contract, pairs: set[Pair]) -> set[str]:
    if not pairs or not has_table(con, "raw", contract.name):
        return set()
    query = _WITH_ROWS.format(pairs=_PAIRS, source=contract.name)
    return {delivery_id for (delivery_id,) in con.execute(query, _as_lists(pairs)).fetchall()}


def _sharing_keys(con: duckdb.DuckDBPyConnection, contract: Contract, pairs: set[Pair]) -> set[Pair]:
    """Returns the pairs that have a row of the same key."""
    if not pairs:
        return set()
    query = _SHARED_KEYS.format(
        pairs=_PAIRS,
        source=contract.name,
        keys=", ".join(compared_keys(contract)),
        has_key=_has_key(contract),
    )
    return set(con.execute(query, _as_lists(pairs)).fetchall())


def _sharing_figures(con: duckdb.DuckDBPyConnection, contract: Contract, pairs: set[Pair]) -> set[Pair]:
    """Returns the pairs of which at least half of the older one's rows have the figures of a row of the newer."""
    figures = _figures(contract)
    if not pairs or not figures:
        return set()
    query = _SHARED_FIGURES.format(
        pairs=_PAIRS,
        source=contract.name,
        figures=", ".join(figures),
        says_something=_says_something(figures),
        fewest=_FEWEST_EQUAL_ROWS,
    )
    return set(con.execute(query, _as_lists(pairs)).fetchall())


def _has_key(contract: Contract) -> str:
    return " AND ".join(f"{identifier(name)} IS NOT NULL" for name in contract.primary_key)


def _figures(contract: Contract) -> list[str]:
    return [identifier(field.name) for field in counted_fields(contract)]


def _says_something(figures: Collection[str]) -> str:
    return " OR ".join(f"coalesce({name}, 0) <> 0" for name in figures)


def _as_lists(pairs: set[Pair]) -> dict[str, list[str]]:
    """Returns what the queries bind: the two sides of the pairs, in one order."""
    ordered = sorted(pairs)
    return {"newer": [newer for newer, _ in ordered], "older": [older for _, older in ordered]}


def counted_fields(contract: Contract) -> list[Field]:
    """The fields whose values add up: counts and amounts, not rates and no part of the key."""
    counted = []
    for field in contract.stored_fields:
        is_key = field.name in contract.primary_key
        is_number = field.type in NUMERIC
        if is_number and field.additive and not is_key:
            counted.append(field)
    return counted
