"""The archive: every issue and revision, each with its figures as they were printed then.

Today's figures are on `pipeline.present.site.pages.week`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from pipeline.present.shared.findings import SEVERITIES, STATES
from pipeline.present.shared.labels import NUMBERS_FIRST, with_words
from pipeline.present.shared.rows import Row, fetch, rows_by
from pipeline.present.shared.summary import week_summary
from pipeline.present.shared.withheld import notes_of, pending_of_revision
from pipeline.present.site.origins import Origin
from pipeline.present.site.page import Page, day_words
from pipeline.present.site.published import Published
from pipeline.quality.findings.faults import rest_of
from pipeline.release.revisions.activation import SHOWN, withdrawn
from pipeline.release.revisions.masks import PENDING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PATH: Final = "archive.html"
WEEKS: Final = "weeks.js"
KINDS: Final = {"changed": "改动", "added": "新增", "removed": "去掉"}
MOST_DIFFERENCES: Final = 500


def archive_pages(published: Published) -> Iterator[Page]:
    """Makes the list of issues, and a page for each release of each issue."""
    releases = all_releases(published.con)
    issues = _issues(published, releases)
    made_from = [releases, [issue["period_end"] for issue in issues.values()]]
    yield Page(
        path=PATH,
        template="archive.html.j2",
        section="archive",
        title="历期",
        made_from=made_from,
        content=lambda: archive_content(published, releases),
        beside={WEEKS: weeks_script(published)},
    )
    for release in releases:
        yield _printed_page(published, issues[release["week_id"]], release)


def weeks_script(published: Published) -> bytes:
    """Returns the script with the issues that every page offers: id, year and words, the newest first.

    It keeps its name, so that a new issue changes no page of another.
    """
    weeks = []
    for issue in published.issues:
        days = f"{day_words(issue['period_start'])}—{day_words(issue['period_end'])}"
        weeks.append((issue["week_id"], issue["year"], f"第 {issue['issue_no']} 期（{days}）"))
    return f"window.zhoubaoWeeks = {json.dumps(weeks, ensure_ascii=False)};\n".encode()


def _issues(published: Published, releases: list[Row]) -> dict[str, Row]:
    """Returns week_id → the issue that readers see, newest first; of a withdrawn one its last release and its days."""
    shown = {issue["week_id"]: issue for issue in published.issues}
    days = {row["week_id"]: row for row in fetch(published.con, "SELECT * FROM docs.report_week")}
    issues = {}
    for release in releases:
        week_id = release["week_id"]
        issues[week_id] = shown.get(week_id, days.get(week_id, {}) | release)
    return issues


def _printed_page(published: Published, issue: Row, release: Row) -> Page:
    week_id, revision = release["week_id"], release["revision"]
    return Page(
        path=printed_path(week_id, revision),
        template="printed.html.j2",
        section="archive",
        title=f"{week_id} 第 {revision} 次发布",
        made_from=[release, published.digests.get(week_id)],
        content=lambda: printed_content(published, issue, release),
    )


def printed_path(week_id: str, revision: int) -> str:
    """Returns where the figures of a release lie below the site."""
    return f"issue/{week_id}-r{revision}.html"


def all_releases(con: DuckDBPyConnection) -> list[Row]:
    """Reads every release (week_id, revision), newest issue first: whether it is shown, how much it changed.

    `withdrawn` says why it was withdrawn, None where it was not.
    """
    gone = withdrawn(con)
    rows = fetch(
        con,
        "SELECT i.* EXCLUDE (deliveries), coalesce(d.differences, 0) AS differences,"
        f" (i.week_id, i.revision) IN (SELECT (s.week_id, s.revision) FROM {SHOWN} AS s) AS is_shown"
        " FROM release.issue AS i"
        " LEFT JOIN (SELECT week_id, revision, count(*) AS differences FROM release.revision_diff GROUP BY ALL) AS d"
        " ON d.week_id = i.week_id AND d.revision = i.revision ORDER BY i.week_id DESC, i.revision",
    )
    return [row | {"withdrawn": gone.get((row["week_id"], row["revision"]))} for row in rows]


def archive_content(published: Published, releases: list[Row]) -> dict[str, Any]:
    """Returns the issues with their releases, by year; `is_shown` says whether the issue has a page."""
    releases_of = rows_by(releases, "week_id")
    years: dict[int, list[dict[str, Any]]] = {}
    for week_id, issue in _issues(published, releases).items():
        is_shown = any(release["is_shown"] for release in releases_of[week_id])
        entry = {"issue": issue, "releases": releases_of[week_id], "is_shown": is_shown}
        years.setdefault(issue["year"], []).append(entry)
    return {"years": years}


def printed_content(published: Published, issue: Row, release: Row) -> dict[str, Any]:
    """Returns the weekly's figures as this release froze them, its others by chart table, its changes and findings."""
    con = published.con
    key = [release["week_id"], release["revision"]]
    frozen = fetch(con, "SELECT * FROM release.figure WHERE week_id = ? AND revision = ? ORDER BY metric, keys", key)
    frozen_by_keys = {(row["metric"], _key_set(json.loads(row["keys"]))): row for row in frozen}
    figures = []
    for row in week_summary(con, release["week_id"]):
        origin = published.origins.origin_of(row)
        pending = pending_of_revision(con, row.figure.section.table, *key)
        values = _frozen_values(frozen_by_keys, origin)
        notes = notes_of({"week_id": key[0], **origin.keys}, pending)
        for name, column in (("value", row.figure.column), ("value_ytd", row.figure.column_ytd)):
            if column in notes:
                values[name] = PENDING
        figures.append({"section": row.section, "origin": origin, **values})
    return {
        "issue": issue,
        "release": release,
        "figures": figures,
        "counts": Counter(row["metric"].split(".")[0] for row in frozen),
        "differences": differences(con, *key),
        "findings": findings_then(con, *key),
        "kinds": KINDS,
    }


def _key_set(keys: Mapping[str, Any]) -> frozenset[tuple[str, Any]]:
    return frozenset(keys.items())


def _frozen_values(frozen: Mapping[tuple[str, frozenset[tuple[str, Any]]], Row], origin: Origin) -> dict[str, Any]:
    row = frozen.get((origin.released or "", _key_set(origin.keys)), {})
    return {"value": row.get("value"), "value_ytd": row.get("value_ytd")}


def findings_then(con: DuckDBPyConnection, week_id: str, revision: int) -> list[Row]:
    """Reads the findings of a release as they stood when it went out, in words, critical ones first."""
    rows = fetch(
        con,
        "SELECT *, severity = 'critical' AS is_critical FROM release.issue_finding"
        " WHERE week_id = ? AND revision = ? ORDER BY severity, title, finding_id",
        [week_id, revision],
    )
    for row in rows:
        row["rest"] = rest_of(row["title"], row["evidence"])
        row["severity"] = SEVERITIES.get(row["severity"], "")
        row["status"] = STATES.get(row["status"], row["status"])
    return rows


def differences(con: DuckDBPyConnection, week_id: str, revision: int) -> list[Row]:
    """Reads what a revision changed against the release before, at most MOST_DIFFERENCES: the file has all."""
    rows = fetch(
        con,
        "SELECT * FROM release.revision_diff WHERE week_id = ? AND revision = ?"
        f" ORDER BY {NUMBERS_FIRST}, metric, keys LIMIT ?",
        [week_id, revision, MOST_DIFFERENCES],
    )
    return with_words(con, rows)
