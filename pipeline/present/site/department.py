"""A page a department, and the list of them: what its people ask first, up to the latest issue."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.present.charts import one_department_panels
from pipeline.present.shared.findings import week_findings
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.site.origins import key_rows
from pipeline.present.site.page import Page
from pipeline.present.site.published import Published

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FOLDER: Final = "department"
SAFE_NAME: Final = re.compile(r"[0-9A-Za-z_-]{1,40}")


def department_pages(published: Published) -> Iterator[Page]:
    """The list of departments of the latest issue, and the page of each."""
    issue = published.issues[0]
    departments = department_rows(published.con, issue["week_id"])
    if not departments:
        return
    made_from = [issue, published.year_digests(issue["week_id"])]
    yield Page(
        f"{FOLDER}/index.html",
        "department_index.html.j2",
        "department",
        "部门（单位）",
        made_from,
        lambda: {"issue": issue, "departments": departments},
    )
    for row in departments:
        yield Page(
            f"{FOLDER}/{row['page']}",
            "department.html.j2",
            "department",
            row["department_name"],
            made_from,
            lambda row=row: department_content(published.con, issue, row),  # type: ignore[misc]
        )


def department_rows(con: DuckDBPyConnection, week_id: str) -> list[Row]:
    """The departments of an issue by rank, with how much was in time and whether authorised, and their page's name."""
    if not has_table(con, "charts", "department_volume"):
        return []
    rows = fetch(
        con, "SELECT * FROM charts.department_volume WHERE week_id = ? ORDER BY rank, department_id", [week_id]
    )
    timely = _by_department(con, "timeliness_weekly", week_id)
    pending = _by_department(con, "authorization_pending", week_id)
    return [
        row
        | {
            "page": page_name(row["department_id"]),
            "timely": timely.get(row["department_id"]),
            "pending": pending.get(row["department_id"]),
        }
        for row in rows
    ]


def _by_department(con: DuckDBPyConnection, table: str, week_id: str) -> dict[str, Row]:
    if not has_table(con, "charts", table):
        return {}
    rows = fetch(con, f"SELECT * FROM charts.{table} WHERE week_id = ?", [week_id])
    return {row["department_id"]: row for row in rows}


def page_name(department_id: str) -> str:
    """The file of a department's page; an identifier that is no plain word gives a digest, never a path."""
    plain = SAFE_NAME.fullmatch(department_id) and department_id.lower() != "index"
    return f"{department_id if plain else hashlib.sha256(department_id.encode()).hexdigest()[:16]}.html"


def department_content(con: DuckDBPyConnection, issue: Row, department: Row) -> dict[str, Any]:
    """Everything the page of a department shows, as plain values."""
    week_id, department_id = issue["week_id"], department["department_id"]
    panels = one_department_panels(con, week_id, department_id)
    findings = [row for row in week_findings(con, week_id) if _is_of(row, department)]
    return {
        "issue": issue,
        "department": department,
        "panels": {panel.key: panel for panel in panels},
        "findings": findings,
        "places": department_places(con, week_id, department_id),
    }


def _is_of(finding: Row, department: Row) -> bool:
    if finding["department"] == department["department_name"]:
        return True
    return any(row.get("department_id") == department["department_id"] for row in key_rows(finding))


def department_places(con: DuckDBPyConnection, week_id: str, department_id: str) -> list[Row]:
    """The files behind the department's cases of the week.

    Out, by file and sheet: file_name, sheet, accepted, completed, row_count, first_row_no, last_row_no.
    """
    if not has_table(con, "marts", "provenance"):
        return []
    return fetch(
        con,
        "SELECT d.file_name, p.delivery_id, p.sheet,"
        " CAST(coalesce(sum(p.value) FILTER (p.metric = 'case_accepted'), 0) AS BIGINT) AS accepted,"
        " CAST(coalesce(sum(p.value) FILTER (p.metric = 'case_completed'), 0) AS BIGINT) AS completed,"
        " min(p.first_row_no) AS first_row_no, max(p.last_row_no) AS last_row_no"
        " FROM marts.provenance AS p LEFT JOIN docs.delivery AS d ON d.delivery_id = p.delivery_id"
        " WHERE p.week_id = ? AND p.department_id = ? AND p.metric IN ('case_accepted', 'case_completed')"
        " GROUP BY ALL ORDER BY d.file_name, p.delivery_id, p.sheet",
        [week_id, department_id],
    )
