"""The page on which a reader searches the site, and the index beside it; the search itself is `search.js`.

The index is loaded by this page alone and named by what it is made from: a new issue changes no other page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from pipeline.common.tables import has_table
from pipeline.present.shared.findings import week_findings
from pipeline.present.shared.rows import Row, fetch, grouped, reported
from pipeline.present.shared.summary import SummaryRow, week_summary
from pipeline.present.site.digests import digest_of, program_digest
from pipeline.present.site.page import Page, day_words
from pipeline.present.site.pages.department import FOLDER, department_rows
from pipeline.present.site.pages.week import MOTION
from pipeline.present.site.published import Published

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PATH: Final = "search.html"
# So much of a text is searched and shown: activities are paragraphs.
MOST_CHARACTERS: Final = 160

BEFORE: Final = "window.zhoubaoIndex = (window.zhoubaoIndex || []).concat("
BEHIND: Final = ");\n"
# Kind, title, words, where it leads: what the script searches and shows, all of it plain text.
Entry = tuple[str, str, str, str]


def search_pages(published: Published) -> Iterator[Page]:
    """Makes one page, and beside it the index: what issues say, a file a year, and one of what is not of an issue.

    A new issue changes the file of its year: those of ten years before stay as they are.
    """
    common = _script(common_entries(published))
    beside = {f"search-{digest_of(common)[:12]}.js": common}
    made_once = {}
    for year, issues in groupby(published.issues, key=itemgetter("year")):
        weeks = [issue["week_id"] for issue in issues]
        made_from = digest_of(program_digest(), published.year_digests(max(weeks)), weeks)
        made_once[f"search-{year}-{made_from[:12]}.js"] = partial(_script_of_issues, published.con, weeks)
    indexes = [*beside, *made_once]
    content = {"indexes": indexes}
    yield Page(PATH, "search.html.j2", "search", "查找", [indexes], lambda: content, beside, made_once)


def _script_of_issues(con: DuckDBPyConnection, weeks: Sequence[str]) -> bytes:
    entries: list[Entry] = []
    for week_id in weeks:
        entries += entries_of_issue(con, week_id)
    return _script(entries)


def _script(entries: Iterable[Entry]) -> bytes:
    """Returns a script that adds entries to the index; the page loads several."""
    body = json.dumps(list(entries), ensure_ascii=False)
    return f"{BEFORE}{body}{BEHIND}".encode()


def common_entries(published: Published) -> Iterator[Entry]:
    """Lists what is not of one issue alone: the issues themselves, the departments of the latest, terms and tables."""
    con = published.con
    for issue in published.issues:
        yield _issue_entry(issue)
    for row in department_rows(con, published.week_id):
        yield "部门", row["department_name"], _department_words(row), f"{FOLDER}/{row['page']}"
    yield from _terms(con)


def _department_words(row: Row) -> str:
    """Says how many cases a department has; nothing in a hall without case detail."""
    if not row["has_cases"]:
        return ""
    return f"今年累计受理 {grouped(row['accepted_ytd'])} 件、办结 {grouped(row['completed_ytd'])} 件"


def _issue_entry(issue: Row) -> Entry:
    title = f"{issue['year']} 年第 {issue['issue_no']} 期（总第 {issue['total_issue_no']} 期）"
    words = f"{issue['week_id']}，{day_words(issue['period_start'])}—{day_words(issue['period_end'])}"
    return "期", title, words, f"issue/{issue['week_id']}.html"


def entries_of_issue(con: DuckDBPyConnection, week_id: str) -> Iterator[Entry]:
    """Lists what an issue says: its figures, findings and activities."""
    for row in week_summary(con, week_id):
        title = f"{week_id} {row.section} {row.label}"
        yield "数字", title, _figure_words(row), f"provenance/{week_id}.html#{row.anchor}"
    for finding in week_findings(con, week_id):
        words = f"{finding['severity']}，{finding['status']}，{finding['owner'] or ''}"
        yield "问题", f"{week_id} {finding['title']}", words, f"issue/{week_id}.html#quality"
    activities = fetch(con, "SELECT category, content FROM charts.activity WHERE week_id = ? ORDER BY seq", [week_id])
    for activity in activities:
        anchor = "motion" if activity["category"] == MOTION else "activity"
        words = activity["content"][:MOST_CHARACTERS]
        yield "动态", f"{week_id} {activity['category']}", words, f"issue/{week_id}.html#{anchor}"


def _figure_words(row: SummaryRow) -> str:
    words = f"{reported(row.printed('value'))} {row.unit}"
    if row.figure.column_ytd is None:
        return words
    return f"{words}，今年累计 {reported(row.printed('value_ytd'))}"


def _terms(con: DuckDBPyConnection) -> Iterator[Entry]:
    """What the page of methods explains; nothing where the published file has no such tables."""
    if not has_table(con, "docs", "model") or not has_table(con, "docs", "glossary"):
        return
    for row in fetch(con, "SELECT term, meaning_zh FROM docs.glossary ORDER BY term"):
        yield "术语", row["term"], row["meaning_zh"][:MOST_CHARACTERS], "method.html#h-terms"
    for row in fetch(con, "SELECT table_name, description FROM docs.model ORDER BY table_name"):
        words = (row["description"] or "").split("\n")[0]
        yield "算法", row["table_name"], words[:MOST_CHARACTERS], f"method.html#{row['table_name']}"
