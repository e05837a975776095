"""The page of an issue: the week at a glance, in the order of the printed weekly.

Each figure's way to the files is on `pipeline.present.site.pages.provenance`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.present.charts.registry import PlacedPanel, Section, placed_panels
from pipeline.present.shared.documents import documents_of
from pipeline.present.shared.findings import check_counts, week_findings
from pipeline.present.shared.labels import NUMBERS_FIRST, with_words
from pipeline.present.shared.metrics import AUTHORIZATION, ITEMS, SECTIONS, TRAINING, WINDOW
from pipeline.present.shared.overview import by_section, largest_changes, week_glance, year_before
from pipeline.present.shared.rows import Row, fetch, in_order, rows_by
from pipeline.present.shared.summary import SummaryRow, absent_exports, item_note, sections_of_hall, week_summary
from pipeline.present.shared.withheld import as_printed, chart_rows
from pipeline.present.site.origins import findings_of, key_rows
from pipeline.present.site.page import Page
from pipeline.present.site.published import Published
from pipeline.release.revisions.activation import SHOWN

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# The category of activities that is printed with the training.
MOTION: Final = "推进情况"
# So many findings are named on the first screen; the section on quality has all.
MOST_FINDINGS: Final = 3
# So many differences of a revision are listed; the page of the release has the others.
MOST_DIFFERENCES: Final = 50


def week_pages(published: Published) -> Iterator[Page]:
    """Makes a page an issue, and the latest once more as the first page of the site."""
    weeks = [issue["week_id"] for issue in published.issues]
    # The newest issue comes first.
    newer_weeks = [None, *weeks[:-1]]
    older_weeks = [*weeks[1:], None]
    for issue, newer, older in zip(published.issues, newer_weeks, older_weeks, strict=True):
        is_latest = newer is None
        documents = documents_of(published.folder, issue["week_id"], issue["revision"])
        ways = {"older": older, "newer": newer, "is_latest": is_latest, "documents": documents}
        if is_latest:
            yield _week_page("index.html", published, issue, ways)
        yield _week_page(f"issue/{issue['week_id']}.html", published, issue, ways)


def _week_page(path: str, published: Published, issue: Row, ways: dict[str, Any]) -> Page:
    title = f"{published.title} {issue['year']} 年第 {issue['issue_no']} 期"
    week_id = issue["week_id"]
    made_from = [
        issue,
        ways,
        published.words,
        published.title,
        published.year_digests(week_id),
        published.year_digests(year_before(week_id)),
    ]
    return Page(path, "week.html.j2", "week", title, made_from, lambda: week_content(published, issue) | ways)


def week_content(published: Published, issue: Row) -> dict[str, Any]:
    """Returns everything the page of an issue shows, as plain values."""
    con, week_id = published.con, issue["week_id"]
    findings = week_findings(con, week_id)
    figures = _figures(published, week_id, findings)
    placed = placed_panels(con, week_id)
    glance = week_glance(con, week_id)
    sections = sections_of_hall(con)
    unsettled = [finding for finding in findings if not finding["is_settled"]]
    return {
        "issue": issue,
        "hall": published.words,
        "weekly_title": published.title,
        "glance": by_section(glance, sections),
        "year_on_year": {figure.row.anchor: figure.year_on_year for figure in glance},
        "changes": largest_changes(glance),
        "withheld": [figure.row for figure in glance if figure.row.withheld],
        "unreported": [figure.row for figure in glance if figure.printed is None],
        "unsettled": unsettled[:MOST_FINDINGS],
        "unsettled_count": len(unsettled),
        "motion": MOTION,
        "sections": {section.code for section in sections},
        "absent": absent_exports(con),
        "window": figures[WINDOW.code],
        "authorization": figures[AUTHORIZATION.code],
        "training": figures[TRAINING.code],
        "items": _by_group(con, week_id, figures[ITEMS.code]) if ITEMS in sections else [],
        "declared": _declared(figures),
        "pending": _rows(con, "authorization_pending", week_id, "sort_order"),
        "activities": _activities(con, week_id),
        "inspections": _rows(con, "inspection_weekly", week_id, "sort_order, inspection_item"),
        "findings": findings,
        "checks": check_counts(con, week_id),
        "deliveries": _deliveries(con, week_id),
        "differences": _differences(con, week_id),
        "shown_differences": MOST_DIFFERENCES,
        "panels": {drawn.panel.key: drawn.panel for drawn in placed},
        "charts": _keys_by_section(placed),
        "data_of": {drawn.panel.key: drawn.table for drawn in placed},
        "anchors": {drawn.panel.key: drawn.origin for drawn in placed},
    }


def _keys_by_section(placed: list[PlacedPanel]) -> dict[str, list[str]]:
    """Section of the page -> the keys of its panels; a section without panels has none."""
    keys: dict[str, list[str]] = {section.value: [] for section in Section}
    for drawn in placed:
        keys[drawn.section].append(drawn.panel.key)
    return keys


def _figures(published: Published, week_id: str, findings: list[Row]) -> dict[str, list[dict[str, Any]]]:
    """The weekly's figures by section, each with its place on the provenance page and the findings that concern it."""
    # A finding about a figure's source in general stands on the provenance page only.
    own_findings = list(filter(_names_figures, findings))
    figures: dict[str, list[dict[str, Any]]] = {section.code: [] for section in SECTIONS}
    for row in week_summary(published.con, week_id):
        origin = published.origins.origin_of(row)
        of_section = figures.setdefault(row.figure.section.code, [])
        of_section.append(_figure(row, findings_of(own_findings, origin)))
    return figures


def _declared(figures: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The figures that contracts declare, by what their exports are called."""
    known = {section.code for section in SECTIONS}
    return {rows[0]["section"]: rows for code, rows in figures.items() if code not in known}


def _names_figures(finding: Row) -> bool:
    schema = finding["table_name"].split(".")[0]
    return schema in ("charts", "marts") and bool(key_rows(finding))


def _figure(row: SummaryRow, findings: list[Row]) -> dict[str, Any]:
    return {
        "section": row.section,
        "label": row.label,
        "unit": row.unit,
        "value": row.printed("value"),
        "value_ytd": row.printed("value_ytd"),
        "change_pct": row.printed("change_pct"),
        "flag": row.flag,
        "note": row.note,
        "key": row.key,
        "anchor": row.anchor,
        "is_headline": row.figure.is_headline,
        "findings": findings,
    }


def _by_group(con: DuckDBPyConnection, week_id: str, figures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The groups of power types, each with its measures as the chart has them, their origins and findings."""
    figure_of = {figure["key"]: figure for figure in figures}
    query = "SELECT * FROM charts.item_ytd WHERE week_id = ?"
    rows = in_order(chart_rows(con, "item_ytd", query, [week_id], [week_id]))
    groups = []
    for group, group_rows in rows_by(rows, "power_group").items():
        measures = []
        for row in group_rows:
            figure = figure_of[f"{group}/{row['measure']}"]
            measures.append(
                as_printed(row) | {"note": item_note(row), "anchor": figure["anchor"], "findings": figure["findings"]}
            )
        groups.append({"id": group, "label": group_rows[0]["power_group_label"], "measures": measures})
    return groups


def _rows(con: DuckDBPyConnection, table: str, week_id: str, order: str) -> list[Row]:
    if not has_table(con, "charts", table):
        return []
    query = f"SELECT * FROM charts.{table} WHERE week_id = ? ORDER BY {order}"
    return [as_printed(row) for row in chart_rows(con, table, query, [week_id], [week_id])]


def _activities(con: DuckDBPyConnection, week_id: str) -> dict[str, list[Row]]:
    """Category -> the activities adopted, in the order of the record."""
    return rows_by(fetch(con, "SELECT * FROM charts.activity WHERE week_id = ? ORDER BY seq", [week_id]), "category")


def _deliveries(con: DuckDBPyConnection, week_id: str) -> list[Row]:
    if not has_table(con, "docs", "delivery"):
        return []
    return fetch(con, "SELECT * FROM docs.delivery WHERE week_id = ? ORDER BY source, as_of, delivery_id", [week_id])


def _differences(con: DuckDBPyConnection, week_id: str) -> list[Row]:
    """What the shown revision of the issue changed, in words: numbers come before texts."""
    rows = fetch(
        con,
        f"SELECT d.* FROM release.revision_diff AS d JOIN {SHOWN} AS s"
        " ON s.week_id = d.week_id AND s.revision = d.revision WHERE d.week_id = ?"
        f" ORDER BY {NUMBERS_FIRST}, d.metric, d.keys",
        [week_id],
    )
    return with_words(con, rows)
