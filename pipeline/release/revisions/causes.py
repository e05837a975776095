"""Says why a figure differs from the release before: deliveries, corrections or code, as far as provenance tells.

A delivery that came or went is the cause of every figure whose metric it feeds; a correction of every figure of its
source. What neither explains is put down to the changed code, where the code has changed.
Which sources a figure rests on is read from the SQL in `basis`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.common.tables import has_table
from pipeline.release.revisions.delivery_changes import code_change, delivery_changes

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.warehouse.models import ModelGraph

UNKNOWN = "未能归于某份交付"
# (deciding keys, sources): rows with these values of their key columns rest on these sources.
Feed = tuple[Mapping[str, str], set[str]]


def write_causes(
    con: DuckDBPyConnection, graph: ModelGraph, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Fills `cause` in `release.revision_diff` (week_id, revision, metric, keys) of the revision `after`.

    `before` and `after` are rows of `release.issue`.
    """
    changes = [*delivery_changes(before, after), *corrections_since(con, before)]
    fallback = code_change(before, after) or UNKNOWN
    feeds = _feeds_of_figures(con, graph)
    issue_key = [after["week_id"], after["revision"]]
    rows = con.execute(
        "SELECT metric, keys FROM release.revision_diff WHERE week_id = ? AND revision = ?", issue_key
    ).fetchall()
    causes = []
    for metric, keys in rows:
        sources = _sources_of(feeds.get(metric, ()), json.loads(keys))
        causes.append(_cause(changes, sources) or fallback)
    metrics_of_rows = [metric for metric, _ in rows]
    keys_of_rows = [keys for _, keys in rows]
    con.execute(
        "UPDATE release.revision_diff AS d SET cause = c.cause FROM"
        " (SELECT unnest(?::VARCHAR[]) AS metric, unnest(?::VARCHAR[]) AS keys, unnest(?::VARCHAR[]) AS cause) AS c"
        " WHERE d.week_id = ? AND d.revision = ? AND d.metric = c.metric AND d.keys = c.keys",
        [metrics_of_rows, keys_of_rows, causes, *issue_key],
    )


def _cause(changes: Sequence[tuple[str, str]], sources: set[str]) -> str:
    """Returns the changes of these sources in words, each once.

    What counts deliveries themselves rests on no one source: every delivery that came or went is its cause.
    """
    causes: list[str] = []
    for source, words in changes:
        concerns_figure = not sources or source in sources
        if concerns_figure and words not in causes:
            causes.append(words)
    return "；".join(causes)


def _sources_of(feeds: Sequence[Feed], keys: Mapping[str, Any]) -> set[str]:
    """Returns the sources of a figure: of the parts of its column whose deciding keys are those of its row."""
    sources: set[str] = set()
    texts = {key: str(value) for key, value in keys.items()}
    for deciding, sources_of_part in feeds:
        if deciding.items() <= texts.items():
            sources |= sources_of_part
    return sources


def _feeds_of_figures(con: DuckDBPyConnection, graph: ModelGraph) -> dict[str, list[Feed]]:
    """Returns `table.column` as `release.figure` names it → the feeds of its value and of its year to date."""
    from pipeline.release.revisions.basis import figure_bases

    feeds: dict[str, list[Feed]] = {}
    source_of = _sources_of_metrics(con)
    for basis in figure_bases(con, graph):
        sources = {source_of[metric] for metric, _ in basis.metrics if metric in source_of}
        feed = (json.loads(basis.keys), sources or set(basis.sources))
        # A figure `x` has its year to date from the column `x_ytd`, which may also stand alone.
        for column in {basis.column, basis.column.removesuffix("_ytd")}:
            feeds.setdefault(f"{basis.table}.{column}", []).append(feed)
    return feeds


def _sources_of_metrics(con: DuckDBPyConnection) -> dict[str, str]:
    if not has_table(con, "core", "metric"):
        return {}
    return dict(con.execute("SELECT metric, source FROM core.metric").fetchall())


def corrections_since(con: DuckDBPyConnection, before: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns (source, in words) of the corrections that were made since the release before."""
    if not has_table(con, "quality", "correction"):
        return []
    rows = con.execute(
        "SELECT source, column_name, reason, correction_id FROM quality.correction"
        " WHERE status = 'active' AND decided_at >= ? ORDER BY decided_at, correction_id",
        [before["released_at"]],
    ).fetchall()
    corrections = []
    for source, column, reason, correction_id in rows:
        words = f"更正 {correction_id}（{column}）：{reason or '未写理由'}"
        corrections.append((source, words))
    return corrections
