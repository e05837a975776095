"""The page of an issue: its ways to its neighbours, and its figures by section."""

from __future__ import annotations

import re

from pipeline.present.site import build_site
from pipeline.present.site.pages.week import week_content, week_pages
from pipeline.present.site.published import open_published
from pipeline.present.weekly import write_released_weeklies
from pipeline.settings import Settings


def test_each_issue_leads_to_the_one_before_and_after(released: Settings):
    with open_published(released) as published:
        ways = {page.path: dict(page.made_from[1]) for page in week_pages(published)}
    documents = [way.pop("documents") for way in ways.values()]
    assert documents == [[("数据工作簿", "metrics.xlsx")]] * 4
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


def test_an_issue_leads_to_its_documents_where_they_are(released: Settings):
    write_released_weeklies(released, ["2023-03"])
    site = build_site(released).parent
    html = (site / "issue" / "2023-03.html").read_text(encoding="utf-8")
    links = dict(re.findall(r'<a href="([^"]*)">(Word|PDF|演示一页|数据工作簿)</a>', html))
    assert {"Word", "演示一页", "数据工作簿"} <= set(links.values())
    assert [link for link in links if not (site / "issue" / link).is_file()] == []
