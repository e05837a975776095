"""The archive of the tiny hall."""

from __future__ import annotations

from pipeline.present.site.pages.archive import (
    all_releases,
    archive_content,
    archive_pages,
    findings_then,
    printed_content,
    printed_path,
)
from pipeline.present.site.published import open_published
from pipeline.settings import Settings


def test_there_is_a_list_and_a_page_a_release(released: Settings):
    with open_published(released) as published:
        paths = [page.path for page in archive_pages(published)]
    assert paths == ["archive.html", *(printed_path(week, 1) for week in ("2023-03", "2023-02", "2023-01"))]


def test_issues_are_listed_by_year_with_their_releases(released: Settings):
    with open_published(released) as published:
        releases = all_releases(published.con)
        years = archive_content(published, releases)["years"]
    assert list(years) == [2023]
    assert [[release["revision"] for release in entry["releases"]] for entry in years[2023]] == [[1], [1], [1]]
    assert all(release["is_shown"] for release in releases)


def test_figures_are_those_that_the_release_froze(released: Settings):
    with open_published(released) as published:
        release = next(row for row in all_releases(published.con) if row["week_id"] == "2023-02")
        content = printed_content(published, published.issues[1], release)
    assert (content["figures"][0]["value"], content["figures"][0]["value_ytd"]) == (1400, 2100)
    assert content["counts"]["training_weekly"] > 0


def test_findings_stand_as_they_were_when_the_release_went_out(released: Settings):
    with open_published(released) as published:
        findings = findings_then(published.con, "2023-03", 1)
    assert {(row["severity"], row["status"], row["is_critical"]) for row in findings} >= {("提醒", "待处理", False)}
