"""One check of a week as the quality pages show it."""

from __future__ import annotations

import shutil

import duckdb

from pipeline.present.site.build import build_site
from pipeline.present.site.pages.quality import index_content, quality_pages, week_content
from pipeline.present.site.pages.quality_checks import (
    check_row,
    findings_by_check,
    lights_by_check,
    read_corrections,
    read_rules,
    state_words,
    trend_picture,
)
from pipeline.present.site.published import open_published
from pipeline.quality.checks.vocabulary import read_words
from pipeline.quality.findings.lights import Light, lights
from pipeline.settings import Settings


def light(week: str, colour: str, state: str, count: int = 0) -> Light:
    return Light(week, "core.toy", "is_toy", colour, state, count, 9, "", "[]", "")  # type: ignore[arg-type]


def test_a_light_says_whether_it_stops_the_release():
    states = [("red", "open"), ("yellow", "waived"), ("green", "passed")]
    assert [state_words(light("2023-01", *state)) for state in states] == ["阻止发布", "已接受", "通过"]


def test_a_check_shows_its_weeks_up_to_now():
    history = [
        light("2023-01", "green", "passed"),
        light("2023-02", "yellow", "open", 2),
        light("2023-03", "red", "open", 3),
    ]
    row = check_row(history[1], {"title": "玩具"}, history, [])
    assert (row["id"], row["title"], row["weeks_known"]) == ("c-core-toy-is_toy", "玩具", 2)
    assert "近 2 期：2023-02 不符 2 处" in row["trend"]
    assert "近 1 期：都通过" in trend_picture(history[:1])
    assert lights_by_check(history) == {("core.toy", "is_toy"): history}


def test_findings_of_a_week_stand_under_their_check(con: duckdb.DuckDBPyConnection):
    findings = findings_by_check(con, "2023-03", read_words(con))
    (finding,) = findings["charts.window_weekly", "volume_in_band"]
    assert (finding["finding_id"], finding["colour"], finding["trail"]) == ("f2", "yellow", [])
    assert len(finding["failing"]["rows"]) == 1


def test_without_rules_and_corrections_the_pages_are_made_all_the_same(con: duckdb.DuckDBPyConnection):
    assert read_rules(con) == {}
    assert read_corrections(con, "2023-03", read_words(con)) == []
    content = week_content(con, lights(con), "2023-03", [])
    assert content["total"] == 2 and content["counts"]["通过"] == 1
    assert [row["last"] for row in index_content(con, lights(con))["failing"]] == ["2023-03"]


def test_every_week_that_was_checked_has_a_page_beside_the_list(released: Settings):
    with open_published(released) as published:
        paths = [page.path for page in quality_pages(published)]
    assert paths == ["quality/index.html", "quality/2023-03.html"]


def test_the_pages_lead_to_data_docs_where_somebody_made_them(released: Settings):
    link = "../../data_docs/index.html"
    build_site(released)
    pages = [released.published / "site" / "quality" / name for name in ("index.html", "2023-03.html")]
    assert [link in page.read_text("utf-8") for page in pages] == [False, False]
    docs = released.published / "data_docs" / "index.html"
    docs.parent.mkdir()
    docs.write_text("<html></html>", "utf-8")
    build_site(released)
    assert [link in page.read_text("utf-8") for page in pages] == [True, True]
    assert all((page.parent / link).resolve() == docs.resolve() for page in pages)
    shutil.rmtree(docs.parent)
