"""The page of declared measures: how each is counted, since when, and what changed in its definition and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.contracts.measures import FOR_EVER, FROM_THE_BEGINNING
from pipeline.present.shared.declared import source_titles
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.site.page import Page
from pipeline.present.site.published import Published

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PATH: Final = "definitions.html"


def definition_pages(published: Published) -> Iterator[Page]:
    """Makes one page; none where no contract declares a measure."""
    if not has_table(published.con, "docs", "measure"):
        return
    content = definition_content(published.con)
    if content["measures"]:
        yield Page(PATH, "definitions.html.j2", "method", "指标口径与变更", [content], lambda: content)


def definition_content(con: DuckDBPyConnection) -> dict[str, Any]:
    """Returns the measures as they are counted now, and the changes of their definitions, the latest first.

    In: `docs.measure` (metric, valid_from).
    """
    titles = source_titles(con)
    rows = fetch(con, "SELECT * FROM docs.measure ORDER BY sort_order, valid_from")
    measures = [{**row, "source_label": titles.get(row["source"], row["source"])} for row in rows if _holds(row)]
    return {"measures": measures, "changes": _changes(rows)}


def _holds(row: Row) -> bool:
    return bool(row["valid_to"] == FOR_EVER)


def _changes(rows: list[Row]) -> list[Row]:
    """A row a change: how it was counted before, how since, and why; a measure that began late has nothing before."""
    before: dict[str, str] = {}
    changes = []
    for row in rows:
        metric = row["metric"]
        if row["valid_from"] != FROM_THE_BEGINNING:
            changes.append({**row, "before": before.get(metric, "（没有这个指标）")})
        before[metric] = row["definition_zh"]
    return sorted(changes, key=lambda row: (row["valid_from"], row["sort_order"]), reverse=True)
