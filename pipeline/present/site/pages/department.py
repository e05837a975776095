"""A page a department, and the list of them: what its people ask first, up to the latest issue.

All departments together are on `pipeline.present.site.pages.week`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.present.charts import one_department_panels
from pipeline.present.shared.findings import week_findings
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.shared.withheld import as_printed, chart_rows
from pipeline.present.site.origins import key_rows
from pipeline.present.site.page import Page
from pipeline.present.site.published import Published

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FOLDER: Final = "department"
# shuili, 51-0003: an identifier that can be a file's name as it is.
SAFE_NAME: Final = re.compile(r"[0-9A-Za-z_-]{1,40}")
INDEX: Final = "index"
# Which chart table each panel of a department is drawn from.
TABLES_OF_PANELS: Final = {
    "volume": "department_volume",
    "open": "department_volume",
    "timeliness": "timeliness_weekly",
    "overdue-weekly": "timeliness_weekly",
    "ageing": "department_ageing",
    "overdue": "overdue",
}


def department_pages(published: Published) -> Iterator[Page]:
    """Makes the list of departments of the latest issue, and the page of each."""
    issue = published.issues[0]
    departments = department_rows(published.con, issue["week_id"])
    if not departments:
        return
    made_from = [issue, published.year_digests(issue["week_id"])]
    yield Page(
        path=f"{FOLDER}/{INDEX}.html",
        template="department_index.html.j2",
        section="department",
        title="部门（单位）",
        made_from=made_from,
        content=lambda: {"issue": issue, "departments": departments},
    )
    for department in departments:
        yield _department_page(published, issue, department, made_from)


def _department_page(published: Published, issue: Row, department: Row, made_from: Sequence[object]) -> Page:
    return Page(
        path=f"{FOLDER}/{department['page']}",
        template="department.html.j2",
        section="department",
        title=department["department_name"],
        made_from=made_from,
        content=lambda: department_content(published.con, issue, department),
    )


def department_rows(con: DuckDBPyConnection, week_id: str) -> list[Row]:
    """Reads the departments of an issue by rank.

    In: `charts.department_volume` (week_id, department_id). Added: `page`, the name of its page; `timely`, its row of
    charts.timeliness_weekly; `pending`, its row of charts.authorization_pending; None where it has no such row.
    """
    if not has_table(con, "charts", "department_volume"):
        return []
    query = "SELECT * FROM charts.department_volume WHERE week_id = ? ORDER BY rank, department_id"
    departments = _printed_rows(con, "department_volume", query, week_id)
    timely = _by_department(con, "timeliness_weekly", week_id)
    pending = _by_department(con, "authorization_pending", week_id)
    for department in departments:
        department_id = department["department_id"]
        department["page"] = page_name(department_id)
        department["timely"] = timely.get(department_id)
        department["pending"] = pending.get(department_id)
    return departments


def _by_department(con: DuckDBPyConnection, table: str, week_id: str) -> dict[str, Row]:
    if not has_table(con, "charts", table):
        return {}
    rows = _printed_rows(con, table, f"SELECT * FROM charts.{table} WHERE week_id = ?", week_id)
    return {row["department_id"]: row for row in rows}


def _printed_rows(con: DuckDBPyConnection, table: str, query: str, week_id: str) -> list[Row]:
    return [as_printed(row) for row in chart_rows(con, table, query, [week_id], [week_id])]


def page_name(department_id: str) -> str:
    """Returns the file of a department's page: `shuili.html`.

    An identifier that is no plain word, such as `../x`, gives a digest, never a path.
    """
    is_plain = SAFE_NAME.fullmatch(department_id) is not None
    if is_plain and department_id.lower() != INDEX:
        return f"{department_id}.html"
    return f"{hashlib.sha256(department_id.encode()).hexdigest()[:16]}.html"


def department_content(con: DuckDBPyConnection, issue: Row, department: Row) -> dict[str, Any]:
    """Returns everything the page of a department shows, as plain values."""
    week_id, department_id = issue["week_id"], department["department_id"]
    panels = one_department_panels(con, week_id, department_id)
    return {
        "issue": issue,
        "department": department,
        "panels": {panel.key: panel for panel in panels},
        "data_of": TABLES_OF_PANELS,
        "findings": [finding for finding in week_findings(con, week_id) if _is_of(finding, department)],
        "places": department_file_rows(con, week_id, department_id),
    }


def _is_of(finding: Row, department: Row) -> bool:
    """Whether the department has to settle the finding, or is named in its keys."""
    if finding["department"] == department["department_name"]:
        return True
    named = [row.get("department_id") for row in key_rows(finding)]
    return department["department_id"] in named


def department_file_rows(con: DuckDBPyConnection, week_id: str, department_id: str) -> list[Row]:
    """Reads the files behind the department's cases of the week.

    In: `marts.provenance`. Out, by file and sheet: file_name, delivery_id, sheet, accepted, completed, first_row_no,
    last_row_no. Empty where the published file has no provenance.
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
