"""The archive: every issue and revision, each with its figures as they were printed then; today's are on the issue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from pipeline.present.shared.findings import SEVERITIES, STATES
from pipeline.present.shared.labels import with_words
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.shared.summary import week_summary
from pipeline.present.site.origins import Origin, origin_of
from pipeline.present.site.page import Page
from pipeline.present.site.published import Published
from pipeline.release.revisions.activation import SHOWN

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PATH: Final = "archive.html"
KINDS: Final = {"changed": "改动", "added": "新增", "removed": "去掉"}
MOST_DIFFERENCES: Final = 500


def archive_pages(published: Published) -> Iterator[Page]:
    """The list of issues, and a page for each release of each issue."""
    releases = all_releases(published.con)
    made_from = [releases, [issue["period_end"] for issue in published.issues]]
    yield Page(PATH, "archive.html.j2", "archive", "历期", made_from, lambda: archive_content(published, releases))
    issues = {issue["week_id"]: issue for issue in published.issues}
    for release in releases:
        week_id = release["week_id"]
        yield Page(
            printed_path(week_id, release["revision"]),
            "printed.html.j2",
            "archive",
            f"{week_id} 第 {release['revision']} 次发布",
            [release, published.digests.get(week_id)],
            lambda release=release: printed_content(published.con, issues[release["week_id"]], release),  # type: ignore[misc]
        )


def printed_path(week_id: str, revision: int) -> str:
    """Where the figures of a release lie below the site."""
    return f"issue/{week_id}-r{revision}.html"


def all_releases(con: DuckDBPyConnection) -> list[Row]:
    """Every release (week_id, revision), newest issue first: whether it is shown, how much it differs from its base."""
    return fetch(
        con,
        "SELECT i.* EXCLUDE (deliveries), coalesce(d.differences, 0) AS differences,"
        f" (i.week_id, i.revision) IN (SELECT (s.week_id, s.revision) FROM {SHOWN} AS s) AS is_shown"
        " FROM release.issue AS i"
        " LEFT JOIN (SELECT week_id, revision, count(*) AS differences FROM release.revision_diff GROUP BY ALL) AS d"
        " ON d.week_id = i.week_id AND d.revision = i.revision ORDER BY i.week_id DESC, i.revision",
    )


def archive_content(published: Published, releases: list[Row]) -> dict[str, Any]:
    """Issues with their releases, by year."""
    years: dict[str, list[dict[str, Any]]] = {}
    for issue in published.issues:
        own = [release for release in releases if release["week_id"] == issue["week_id"]]
        years.setdefault(issue["week_id"][:4], []).append({"issue": issue, "releases": own})
    return {"years": years}


def printed_content(con: DuckDBPyConnection, issue: Row, release: Row) -> dict[str, Any]:
    """The weekly's figures as this release froze them, its others by chart table, what it changed, its findings."""
    key = [release["week_id"], release["revision"]]
    frozen = fetch(con, "SELECT * FROM release.figure WHERE week_id = ? AND revision = ? ORDER BY metric, keys", key)
    origins = [(row.section, origin_of(row)) for row in week_summary(con, release["week_id"])]
    return {
        "issue": issue,
        "release": release,
        "figures": [{"section": section, "origin": one} | _frozen(frozen, one) for section, one in origins],
        "counts": _counts(frozen),
        "differences": differences(con, *key),
        "findings": findings_then(con, *key),
        "kinds": KINDS,
    }


def _frozen(frozen: list[Row], origin: Origin) -> dict[str, Any]:
    import json

    for row in frozen:
        if row["metric"] == origin.released and json.loads(row["keys"]) == origin.keys:
            return {"value": row["value"], "value_ytd": row["value_ytd"]}
    return {"value": None, "value_ytd": None}


def _counts(frozen: list[Row]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in frozen:
        table = row["metric"].split(".")[0]
        counts[table] = counts.get(table, 0) + 1
    return counts


def findings_then(con: DuckDBPyConnection, week_id: str, revision: int) -> list[Row]:
    """The findings of a release as they stood when it went out, in words, critical ones first."""
    rows = fetch(
        con,
        "SELECT * FROM release.issue_finding WHERE week_id = ? AND revision = ? ORDER BY severity, title, finding_id",
        [week_id, revision],
    )
    return [
        {**row, "is_critical": row["severity"] == "critical", "severity": SEVERITIES.get(row["severity"], ""),
         "status": STATES.get(row["status"], row["status"])}
        for row in rows
    ]  # fmt: skip


def differences(con: DuckDBPyConnection, week_id: str, revision: int) -> list[Row]:
    """What a revision changed against the release before, at most a few hundred: the file has all."""
    rows = fetch(
        con,
        "SELECT * FROM release.revision_diff WHERE week_id = ? AND revision = ? ORDER BY metric, keys LIMIT ?",
        [week_id, revision, MOST_DIFFERENCES],
    )
    return with_words(con, rows)
