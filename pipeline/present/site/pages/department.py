"""A page a department, and the list of them: what its people ask first, up to the latest issue.

All departments together are on `pipeline.present.site.pages.week`.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.contracts.measure_rules import DEPARTMENT_ID
from pipeline.present.charts import one_department_panels
from pipeline.present.shared.declared import declared_rows
from pipeline.present.shared.findings import week_findings
from pipeline.present.shared.rows import Row, fetch, rows_by
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
# What measures of contracts are split by where their field holds departments.
OF_DEPARTMENTS: Final = f"split = '{DEPARTMENT_ID}'"
# Which chart table each panel of a department is drawn from.
TABLES_OF_PANELS: Final = {
    "volume": "department_volume",
    "open": "department_volume",
    "timeliness": "timeliness_weekly",
    "overdue-weekly": "timeliness_weekly",
    "ageing": "department_ageing",
    "overdue": "overdue",
}


class IssueRows:
    """What the pages of all departments of an issue read in common, asked for once, when the first page needs it."""

    def __init__(self, con: DuckDBPyConnection, issue: Row) -> None:
        self.con = con
        self.issue = issue
        self.week_id: str = issue["week_id"]

    @cached_property
    def findings(self) -> list[Row]:
        """The findings of the issue, see `week_findings`."""
        return week_findings(self.con, self.week_id)

    @cached_property
    def places(self) -> dict[str, list[Row]]:
        """The files behind the cases of each department, see `file_rows_by_department`."""
        return file_rows_by_department(self.con, self.week_id)

    @cached_property
    def measures(self) -> dict[str, list[Row]]:
        """What the hall's own contracts count of each department, see `measures_by_department`."""
        return measures_by_department(self.con, self.week_id)


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
        content=lambda: {
            "issue": issue,
            "departments": departments,
            "has_cases": any(department["has_cases"] for department in departments),
        },
    )
    rows = IssueRows(published.con, issue)
    for department in departments:
        yield _department_page(rows, department, made_from)


def _department_page(rows: IssueRows, department: Row, made_from: Sequence[object]) -> Page:
    return Page(
        path=f"{FOLDER}/{department['page']}",
        template="department.html.j2",
        section="department",
        title=department["department_name"],
        made_from=made_from,
        content=lambda: department_content(rows, department),
    )


def department_rows(con: DuckDBPyConnection, week_id: str) -> list[Row]:
    """Reads the departments of an issue by rank.

    In: `charts.department_volume` (week_id, department_id). Added: `page`, the name of its page; `timely`, its row of
    charts.timeliness_weekly; `pending`, its row of charts.authorization_pending; None where it has no such row;
    `has_cases`, whether anything is known of its cases: a hall without case detail has neither figures nor ranks.
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
        department["has_cases"] = department["accepted_ytd"] is not None
        department["timely"] = timely.get(department_id) if department["has_cases"] else None
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


def department_content(rows: IssueRows, department: Row) -> dict[str, Any]:
    """Returns everything the page of a department shows, as plain values."""
    department_id = department["department_id"]
    panels = one_department_panels(rows.con, rows.week_id, department_id)
    return {
        "issue": rows.issue,
        "department": department,
        "panels": {panel.key: panel for panel in panels},
        "data_of": TABLES_OF_PANELS,
        "findings": [finding for finding in rows.findings if _is_of(finding, department)],
        "places": rows.places.get(department_id, []),
        "measures": rows.measures.get(department_id, []),
    }


def _is_of(finding: Row, department: Row) -> bool:
    """Whether the department has to settle the finding, or is named in its keys."""
    if finding["department"] == department["department_name"]:
        return True
    named = [row.get("department_id") for row in key_rows(finding)]
    return department["department_id"] in named


def measures_by_department(con: DuckDBPyConnection, week_id: str) -> dict[str, list[Row]]:
    """Reads what measures of contracts count of each department in the week, in the order of the contracts.

    In: `charts.measure_weekly` (week_id, metric, split, member). Withheld numbers are 【待核实】. Empty where no
    measure is split by departments.
    """
    rows = [as_printed(row) for row in declared_rows(con, week_id, OF_DEPARTMENTS)]
    return rows_by(rows, "member")


def file_rows_by_department(con: DuckDBPyConnection, week_id: str) -> dict[str, list[Row]]:
    """Reads the files behind the cases of the week, by department.

    In: `marts.provenance`. Out, by file and sheet: department_id, file_name, delivery_id, sheet, accepted, completed,
    first_row_no, last_row_no. Empty where the published file has no provenance.
    """
    if not has_table(con, "marts", "provenance"):
        return {}
    rows = fetch(
        con,
        "SELECT p.department_id, d.file_name, p.delivery_id, p.sheet,"
        " CAST(coalesce(sum(p.value) FILTER (p.metric = 'case_accepted'), 0) AS BIGINT) AS accepted,"
        " CAST(coalesce(sum(p.value) FILTER (p.metric = 'case_completed'), 0) AS BIGINT) AS completed,"
        " min(p.first_row_no) AS first_row_no, max(p.last_row_no) AS last_row_no"
        " FROM marts.provenance AS p LEFT JOIN docs.delivery AS d ON d.delivery_id = p.delivery_id"
        " WHERE p.week_id = ? AND p.metric IN ('case_accepted', 'case_completed')"
        " GROUP BY ALL ORDER BY d.file_name, p.delivery_id, p.sheet",
        [week_id],
    )
    by_department = defaultdict(list)
    for row in rows:
        by_department[row["department_id"]].append(row)
    return dict(by_department)
