"""The page of an issue: its ways to its neighbours, and its figures by section."""

from __future__ import annotations

from pipeline.present.site.pages.week import week_content, week_pages
from pipeline.present.site.published import open_published
from pipeline.settings import Settings


def test_each_issue_leads_to_the_one_before_and_after(released: Settings):
    with open_published(released) as published:
        ways = {page.path: page.made_from[1] for page in week_pages(published)}
    assert ways == {
        "index.html": {"older": "2023-02", "newer": None, "is_latest": True},
        "issue/2023-03.html": {"older": "2023-02", "newer": None, "is_latest": True},
        "issue/2023-02.html": {"older": "2023-01", "newer": "2023-03", "is_latest": False},
        "issue/2023-01.html": {"older": None, "newer": "2023-02", "is_latest": False},
    }


def test_figures_stand_in_their_section_with_the_findings_that_name_them(released: Settings):
    with open_published(released) as published:
        content = week_content(published, published.issues[0])
    assert [row["key"] for row in content["window"]] == ["consulted", "accepted", "issued", "transferred"]
    assert [row["finding_id"] for row in content["window"][0]["findings"]] == ["f2"]
    assert [group["id"] for group in content["items"]] == ["licensing", "public_service", "other_nine"]
    assert content["charts"]["timing"] == ["timeliness", "overdue-weekly", "late-departments"]
    assert content["anchors"]["items-licensing"] == "items-licensing-accepted"
