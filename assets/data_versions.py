"""Which content a table of exports has, in Dagster's words: the same deliveries of the same weeks are one version.

In: the ledger. Out: a DataVersion, by which Dagster knows what follows from a new delivery and was not made since.
What the builder does with new deliveries belongs in `pipeline.warehouse.fingerprints`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from pipeline.common.digests import digest

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Source → week → stamps of what counts, as the builder has them.
Stamps = Mapping[str, Mapping[str, Sequence[str]]]


def stamps_of(con: DuckDBPyConnection) -> Stamps:
    """Returns what counts by source and week: deliveries, and what a steward's corrections make of them."""
    from pipeline.warehouse.fingerprints import corrections, deliveries, tables_and_views

    stamps = deliveries(con)
    for (source, week), corrected in corrections(con, tables_and_views(con)).items():
        stamps[source][week].extend(corrected)
    return stamps


def delivered_version(stamps: Stamps, sources: Iterable[str], weeks: Sequence[str]) -> dg.DataVersion:
    """Returns the version of what these sources delivered for these weeks."""
    parts = []
    for source in sources:
        by_week = stamps.get(source, {})
        for week in weeks:
            parts += [f"{source}:{week}:{stamp}" for stamp in by_week.get(week, ())]
    return dg.DataVersion(digest(parts))


def reference_version(con: DuckDBPyConnection) -> dg.DataVersion:
    """Returns the version of code lists and calendar."""
    return dg.DataVersion(
        digest(con.execute("SELECT name, content_hash FROM ledger.reference ORDER BY ALL").fetchall())
    )
