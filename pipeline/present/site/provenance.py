"""The provenance page of an issue: for each figure the files, sheets and rows, checks, decisions and revisions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.present.shared.findings import week_findings
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.shared.summary import week_summary
from pipeline.present.site.origins import (
    Origin,
    case_origins,
    checks_of,
    findings_of,
    origin_of,
    places,
    revisions,
    steps,
)
from pipeline.present.site.page import Page
from pipeline.present.site.published import Published

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FOLDER: Final = "provenance"
SOURCES: Final = {
    "window_weekly": "综窗办件周报",
    "case_detail": "办件明细",
    "item_volume": "事项受理办结统计",
    "item_catalogue": "事项目录",
    "department_register": "进驻及授权台账",
    "hall_inspection": "大厅巡查",
    "training_log": "业务培训",
    "activity_log": "窗口动态",
}
# What a panel's numbers rest on; a panel that is not named here shows cases.
ANCHORS: Final = {
    "authorization": "authorization-stationed",
    "authorization-share": "authorization-authorized",
    "training": "training-trainees",
    "activity": "file-activity_log",
    "inspection": "file-hall_inspection",
    "week-quality": "files",
}


def provenance_pages(published: Published) -> Iterator[Page]:
    """One page an issue, beside the issue's own."""
    for issue in published.issues:
        week_id = issue["week_id"]
        yield Page(
            f"{FOLDER}/{week_id}.html",
            "provenance.html.j2",
            "week",
            f"数字的出处：{week_id}",
            [issue, published.year_digests(week_id)],
            lambda issue=issue: provenance_content(published, issue),  # type: ignore[misc]
        )


def provenance_content(published: Published, issue: Row) -> dict[str, Any]:
    """Everything the provenance page shows, as plain values."""
    con, week_id = published.con, issue["week_id"]
    findings = week_findings(con, week_id)
    origins = [*(origin_of(row) for row in week_summary(con, week_id)), *case_origins(con, week_id)]
    figures = [_figure(con, week_id, origin, findings) for origin in origins]
    return {
        "issue": issue,
        "figures": figures,
        "files": files_by_source(con, week_id),
        "sources": SOURCES,
        "is_checked": any(figure["checks"] for figure in figures),
    }


def _figure(con: DuckDBPyConnection, week_id: str, origin: Origin, findings: list[Row]) -> dict[str, Any]:
    return {
        "origin": origin,
        "places": places(con, week_id, origin),
        "places_ytd": places(con, week_id, origin, is_ytd=True) if origin.is_flow else [],
        "steps": steps(con, origin),
        "checks": checks_of(con, week_id, origin),
        "findings": findings_of(findings, origin),
        "revisions": revisions(con, week_id, origin),
    }


def files_by_source(con: DuckDBPyConnection, week_id: str) -> dict[str, list[Row]]:
    """The files delivered for an issue, by source; a kind of export of which none came has an empty list."""
    found: dict[str, list[Row]] = {source: [] for source in SOURCES}
    if not has_table(con, "docs", "delivery"):
        return found
    for row in fetch(
        con, "SELECT * FROM docs.delivery WHERE week_id = ? ORDER BY source, as_of, delivery_id", [week_id]
    ):
        found.setdefault(row["source"], []).append(row)
    return found


def panel_anchor(key: str) -> str:
    """Where the provenance page explains a panel of the issue's page."""
    if key.startswith("window-"):
        return key
    if key.startswith("items-"):
        return f"{key}-accepted"
    return ANCHORS.get(key, "cases-accepted")
