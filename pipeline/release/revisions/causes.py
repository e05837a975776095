"""Why a figure differs from the release before: deliveries, corrections or code, as far as provenance tells.

A delivery that came or went is the cause of every figure whose metric it feeds; a correction of every figure of its
source. What neither explains is put down to the changed code, where the code has changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.common.tables import has_table
from pipeline.release.revisions.versions import code_change, delivery_changes

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.warehouse.models import ModelGraph

UNKNOWN = "未能归于某份交付"


def write_causes(
    con: DuckDBPyConnection, graph: ModelGraph, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Fill `cause` of the differences of the revision `after` against `before` (rows of release.issue)."""
    changes = delivery_changes(before, after)
    corrections = _corrections(con, before)
    fallback = code_change(before, after) or UNKNOWN
    feeds = _sources_of_figures(con, graph)
    key = [after["week_id"], after["revision"]]
    rows = con.execute(
        "SELECT metric, keys FROM release.revision_diff WHERE week_id = ? AND revision = ?", key
    ).fetchall()
    causes = []
    for metric, keys in rows:
        sources = _sources(feeds.get(metric, ()), json.loads(keys))
        # What counts deliveries themselves rests on no one source: every delivery that came or went is its cause.
        found = [words for source, words in (*changes, *corrections) if not sources or source in sources]
        causes.append("；".join(dict.fromkeys(found)) or fallback)
    con.execute(
        "UPDATE release.revision_diff AS d SET cause = c.cause FROM"
        " (SELECT unnest(?::VARCHAR[]) AS metric, unnest(?::VARCHAR[]) AS keys, unnest(?::VARCHAR[]) AS cause) AS c"
        " WHERE d.week_id = ? AND d.revision = ? AND d.metric = c.metric AND d.keys = c.keys",
        [[row[0] for row in rows], [row[1] for row in rows], causes, *key],
    )


def _sources(feeds: Sequence[tuple[dict[str, str], set[str]]], keys: Mapping[str, Any]) -> set[str]:
    """The sources of a figure: of the parts of its column whose deciding keys are those of its row."""
    fitting = [sources for given, sources in feeds if all(str(keys.get(key)) == value for key, value in given.items())]
    return set().union(*fitting)


def _sources_of_figures(con: DuckDBPyConnection, graph: ModelGraph) -> dict[str, list[tuple[dict[str, str], set[str]]]]:
    """`table.column` as release.figure names it → (deciding keys, sources) of its value and its year to date."""
    from pipeline.release.revisions.basis import figure_bases

    feeds: dict[str, list[tuple[dict[str, str], set[str]]]] = {}
    source_of: dict[str, str] = {}
    if has_table(con, "core", "metric"):
        source_of = dict(con.execute("SELECT metric, source FROM core.metric").fetchall())
    for basis in figure_bases(con, graph):
        metrics = {source_of[metric] for metric, _ in basis.metrics if metric in source_of}
        entry = (json.loads(basis.keys), metrics or set(basis.sources))
        for name in {basis.column, basis.column.removesuffix("_ytd")}:
            feeds.setdefault(f"{basis.table}.{name}", []).append(entry)
    return feeds


def _corrections(con: DuckDBPyConnection, before: Mapping[str, Any]) -> list[tuple[str, str]]:
    if not has_table(con, "quality", "correction"):
        return []
    rows = con.execute(
        "SELECT source, column_name, reason, correction_id FROM quality.correction"
        " WHERE status = 'active' AND decided_at >= ? ORDER BY decided_at, correction_id",
        [before["released_at"]],
    ).fetchall()
    return [
        (source, f"更正 {identity}（{column}）：{reason or '未写理由'}") for source, column, reason, identity in rows
    ]
