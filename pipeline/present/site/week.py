"""The page of an issue: the week at a glance, in the order of the printed weekly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.present.charts import panels
from pipeline.present.shared.findings import check_counts, week_findings
from pipeline.present.shared.labels import with_words
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.shared.summary import AUTHORIZATION, GROUPS, ITEMS, TRAINING, WINDOW, item_note, week_summary
from pipeline.present.site.origins import anchor_of, findings_of, key_rows, origin_of
from pipeline.present.site.page import Page
from pipeline.present.site.provenance import panel_anchor
from pipeline.present.site.published import Published
from pipeline.release.revisions.activation import SHOWN

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOTION: Final = "推进情况"


def week_pages(published: Published) -> Iterator[Page]:
    """A page an issue, and the latest once more as the first page of the site."""
    newer = None
    for at, issue in enumerate(published.issues):
        older = published.issues[at + 1]["week_id"] if at + 1 < len(published.issues) else None
        ways = {"older": older, "newer": newer, "is_latest": at == 0}
        if at == 0:
            yield _week_page("index.html", published, issue, ways)
        yield _week_page(f"issue/{issue['week_id']}.html", published, issue, ways)
        newer = issue["week_id"]


def _week_page(path: str, published: Published, issue: Row, ways: dict[str, Any]) -> Page:
    title = f"窗口工作周报 {issue['year']} 年第 {issue['issue_no']} 期"
    made_from = [issue, ways, published.year_digests(issue["week_id"])]
    return Page(path, "week.html.j2", "week", title, made_from, lambda: week_content(published, issue) | ways)


def week_content(published: Published, issue: Row) -> dict[str, Any]:
    """Everything the page of an issue shows, as plain values."""
    con, week_id = published.con, issue["week_id"]
    findings = week_findings(con, week_id)
    sections = _sections(con, week_id, findings)
    drawn = {panel.key: panel for panel in panels(con, week_id)}
    return {
        "issue": issue,
        "motion": MOTION,
        "window": sections[WINDOW],
        "authorization": sections[AUTHORIZATION],
        "training": sections[TRAINING],
        "items": _by_group(con, week_id, sections[ITEMS]),
        "pending": _rows(con, "authorization_pending", week_id, "sort_order"),
        "activities": _activities(con, week_id),
        "inspections": _rows(con, "inspection_weekly", week_id, "sort_order, inspection_item"),
        "findings": findings,
        "checks": check_counts(con, week_id),
        "deliveries": _deliveries(con, week_id),
        "differences": _differences(con, week_id),
        "panels": drawn,
        "anchors": {key: panel_anchor(key) for key in drawn},
    }


def _sections(con: DuckDBPyConnection, week_id: str, findings: list[Row]) -> dict[str, list[dict[str, Any]]]:
    """The weekly's figures by section, each with its place on the provenance page and the findings that concern it."""
    sections: dict[str, list[dict[str, Any]]] = {WINDOW: [], AUTHORIZATION: [], TRAINING: [], ITEMS: []}
    for row in week_summary(con, week_id):
        plain = {name: getattr(row, name) for name in row.__dataclass_fields__}
        concerned = [finding for finding in findings_of(findings, origin_of(row)) if _is_own(finding)]
        sections[row.section].append(plain | {"anchor": anchor_of(row), "findings": concerned})
    return sections


def _is_own(finding: Row) -> bool:
    """Whether a finding names the figure itself; one about its source in general stands on the provenance page."""
    return finding["table_name"].split(".")[0] in ("charts", "marts") and bool(key_rows(finding))


def _rows(con: DuckDBPyConnection, table: str, week_id: str, order: str) -> list[Row]:
    if not has_table(con, "charts", table):
        return []
    return fetch(con, f"SELECT * FROM charts.{table} WHERE week_id = ? ORDER BY {order}", [week_id])


def _by_group(con: DuckDBPyConnection, week_id: str, figures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = fetch(con, "SELECT * FROM charts.item_ytd WHERE week_id = ? ORDER BY measure", [week_id])
    marks = {figure["key"]: {"anchor": figure["anchor"], "findings": figure["findings"]} for figure in figures}
    groups = []
    for group in GROUPS:
        measures = [
            row | {"note": item_note(row)} | marks[f"{group}/{row['measure']}"]
            for row in rows
            if row["power_group"] == group
        ]
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
    rows = fetch(
        con,
        f"SELECT d.* FROM release.revision_diff AS d JOIN {SHOWN} AS s"
        " ON s.week_id = d.week_id AND s.revision = d.revision WHERE d.week_id = ? ORDER BY d.metric, d.keys",
        [week_id],
    )
    return with_words(con, rows)
