"""The provenance page of an issue: for each figure the files, sheets and rows, checks, decisions and revisions.

How a figure's origin is found is in `pipeline.present.site.origins`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.present.shared.findings import week_findings
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.shared.summary import week_summary
from pipeline.present.site.origins import Origin, checks_of, file_rows, findings_of, revisions
from pipeline.present.site.page import Page
from pipeline.present.site.published import Published

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FOLDER: Final = "provenance"


def provenance_pages(published: Published) -> Iterator[Page]:
    """Makes one page an issue, beside the issue's own."""
    for issue in published.issues:
        yield _provenance_page(published, issue)


def _provenance_page(published: Published, issue: Row) -> Page:
    week_id = issue["week_id"]
    return Page(
        path=f"{FOLDER}/{week_id}.html",
        template="provenance.html.j2",
        section="week",
        title=f"数字的出处：{week_id}",
        made_from=[issue, published.year_digests(week_id)],
        content=lambda: provenance_content(published, issue),
    )


def provenance_content(published: Published, issue: Row) -> dict[str, Any]:
    """Returns everything the provenance page shows, as plain values."""
    con, week_id = published.con, issue["week_id"]
    findings = week_findings(con, week_id)
    origins = list(map(published.origins.origin_of, week_summary(con, week_id)))
    origins += published.origins.case_totals(week_id)
    figures = [_figure(con, week_id, origin, findings) for origin in origins]
    titles = source_titles(con)
    return {
        "issue": issue,
        "figures": figures,
        "files": files_by_source(con, week_id, list(titles)),
        "sources": titles,
        "is_checked": any(figure["checks"] for figure in figures),
    }


def _figure(con: DuckDBPyConnection, week_id: str, origin: Origin, findings: list[Row]) -> dict[str, Any]:
    return {
        "origin": origin,
        "places": file_rows(con, week_id, origin),
        "places_ytd": file_rows(con, week_id, origin, is_ytd=True) if origin.is_flow else [],
        "steps": origin.steps,
        "checks": checks_of(con, week_id, origin),
        "findings": findings_of(findings, origin),
        "revisions": revisions(con, week_id, origin),
    }


def source_titles(con: DuckDBPyConnection) -> dict[str, str]:
    """Reads source -> title of the kinds of exports that tables are computed from, by source.

    In: `docs.source` (source), `docs.lineage`. The steward's workbook is a source too, but no figure rests on it; what
    the hall does not have is missed by nobody.
    """
    if not has_table(con, "docs", "source") or not has_table(con, "docs", "lineage"):
        return {}
    rows = fetch(
        con,
        "SELECT source, title FROM docs.source"
        " WHERE expected <> 'never' AND 'raw.' || source IN (SELECT from_table FROM docs.lineage) ORDER BY source",
    )
    return {row["source"]: row["title"] for row in rows}


def files_by_source(con: DuckDBPyConnection, week_id: str, sources: Sequence[str]) -> dict[str, list[Row]]:
    """Reads the files delivered for an issue, by source; one of `sources` of which none came has an empty list."""
    files: dict[str, list[Row]] = {source: [] for source in sources}
    if not has_table(con, "docs", "delivery"):
        return files
    rows = fetch(con, "SELECT * FROM docs.delivery WHERE week_id = ? ORDER BY source, as_of, delivery_id", [week_id])
    for row in rows:
        files.setdefault(row["source"], []).append(row)
    return files
