"""The page of an issue: the week at a glance, in the order of the printed weekly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from pipeline.present.figures import panels
from pipeline.present.findings import check_counts, week_findings
from pipeline.present.rows import Row, fetch
from pipeline.present.site.page import Page
from pipeline.present.site.published import Published
from pipeline.present.tables import AUTHORIZATION, GROUPS, ITEMS, TRAINING, WINDOW, item_note, week_summary
from pipeline.release.versions import has_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOTION: Final = "推进情况"


def week_pages(published: Published) -> Iterator[Page]:
    """The latest issue as the first page of the site."""
    issue = published.issues[0]
    title = f"窗口工作周报 {issue['year']} 年第 {issue['issue_no']} 期"
    yield Page("index.html", "week.html.j2", "week", title, [published.content], lambda: week_content(published, issue))


def week_content(published: Published, issue: Row) -> dict[str, Any]:
    """Everything the page of an issue shows, as plain values."""
    con, week_id = published.con, issue["week_id"]
    sections: dict[str, list[dict[str, Any]]] = {WINDOW: [], AUTHORIZATION: [], TRAINING: [], ITEMS: []}
    for row in week_summary(con, week_id):
        sections[row.section].append({name: getattr(row, name) for name in row.__dataclass_fields__})
    return {
        "issue": issue,
        "issues": published.issues,
        "motion": MOTION,
        "window": sections[WINDOW],
        "authorization": sections[AUTHORIZATION],
        "training": sections[TRAINING],
        "items": _by_group(con, week_id),
        "activities": _activities(con, week_id),
        "inspections": fetch(
            con,
            "SELECT * FROM charts.inspection_weekly WHERE week_id = ? ORDER BY sort_order, inspection_item",
            [week_id],
        ),
        "findings": week_findings(con, week_id),
        "checks": check_counts(con, week_id),
        "deliveries": _deliveries(con, week_id),
        "differences": _differences(con, week_id),
        "panels": {panel.key: panel for panel in panels(con, week_id)},
    }


def _by_group(con: DuckDBPyConnection, week_id: str) -> list[dict[str, Any]]:
    rows = fetch(con, "SELECT * FROM charts.item_ytd WHERE week_id = ? ORDER BY measure", [week_id])
    groups = []
    for group in GROUPS:
        measures = [row | {"note": item_note(row)} for row in rows if row["power_group"] == group]
        if measures:
            groups.append({"id": group, "label": measures[0]["power_group_label"], "measures": measures})
    return groups


def _activities(con: DuckDBPyConnection, week_id: str) -> dict[str, list[Row]]:
    grouped_rows: dict[str, list[Row]] = {}
    for row in fetch(con, "SELECT * FROM charts.activity WHERE week_id = ? ORDER BY seq", [week_id]):
        grouped_rows.setdefault(row["category"], []).append(row)
    return grouped_rows


def _deliveries(con: DuckDBPyConnection, week_id: str) -> list[Row]:
    if not has_table(con, "docs", "delivery"):
        return []
    return fetch(con, "SELECT * FROM docs.delivery WHERE week_id = ? ORDER BY source, as_of, delivery_id", [week_id])


def _differences(con: DuckDBPyConnection, week_id: str) -> list[Row]:
    return fetch(
        con,
        "SELECT * FROM release.revision_diff WHERE week_id = $1 AND revision ="
        " (SELECT max(revision) FROM release.issue WHERE week_id = $1) ORDER BY metric, keys",
        [week_id],
    )
