"""The search: what its index lists, and that a new one replaces the old."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from pipeline.present.site import build_site
from pipeline.present.site.pages import search
from pipeline.present.site.pages.archive import weeks_script
from pipeline.present.site.pages.search import BEFORE, BEHIND, Entry, common_entries, entries_of_issue, search_pages
from pipeline.present.site.published import open_published
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.settings import Settings
from tests.unit.present.origins_hall import GRAINS
from tests.unit.release.tiny_hall import WEEKS


def entries_of(settings: Settings) -> list[Entry]:
    with open_published(settings) as published:
        entries = list(common_entries(published))
        for issue in published.issues:
            entries += entries_of_issue(published.con, issue["week_id"])
    return entries


def scripts(site: Path) -> list[str]:
    return sorted(path.name for path in site.glob("*.js"))


def test_the_index_lists_issues_departments_figures_findings_activities_and_terms(released: Settings):
    entries = entries_of(released)
    assert {kind for kind, *_ in entries} == {"期", "部门", "数字", "问题", "动态", "术语", "算法"}
    assert (
        "数字",
        "2023-03 综窗办件 咨询",
        "2,100 人次，今年累计 4,200",
        "provenance/2023-03.html#window-consulted",
    ) in entries
    assert [title for kind, title, *_ in entries if kind == "部门"] == ["水利厅", "成都海关"]


def test_every_entry_leads_to_a_page_that_exists(released: Settings):
    site = build_site(released).parent
    paths = {path.split("#")[0] for *_, path in entries_of(released)}
    assert [path for path in paths if not (site / path).is_file()] == []


def test_a_missing_figure_is_found_as_a_word(con: duckdb.DuckDBPyConnection, settings: Settings):
    con.execute("UPDATE charts.window_weekly SET value = NULL WHERE week_id = '2023-03' AND measure = 'consulted'")
    freeze(con, settings, WEEKS, grains=GRAINS)
    publish(con, settings)
    (words,) = [words for _, title, words, _ in entries_of(settings) if title == "2023-03 综窗办件 咨询"]
    assert words.startswith("未报送 人次")


def indexes(site: Path) -> set[str]:
    return {name for name in scripts(site) if name.startswith("search-")}


def test_a_new_figure_replaces_the_index_of_its_year_alone(con: duckdb.DuckDBPyConnection, released: Settings):
    site = build_site(released).parent
    before = indexes(site)
    assert {name[:12] for name in before} >= {"search-2023-"}
    assert all(name in (site / "search.html").read_text(encoding="utf-8") for name in before)
    con.execute("UPDATE charts.window_weekly SET value = 999 WHERE week_id = '2023-03' AND measure = 'issued'")
    freeze(con, released, WEEKS, grains=GRAINS)
    publish(con, released)
    build_site(released)
    after = indexes(site)
    assert len(after) == len(before)
    (replaced,) = before - after
    (new,) = after - before
    assert replaced.startswith("search-2023-")
    assert "999 件" in (site / new).read_text(encoding="utf-8")
    assert new in (site / "search.html").read_text(encoding="utf-8")


def test_an_index_made_from_the_same_is_not_made_again(released: Settings, monkeypatch: pytest.MonkeyPatch):
    site = build_site(released).parent
    monkeypatch.setattr(search, "entries_of_issue", None)  # not even for one issue
    before = indexes(site)
    build_site(released)
    assert indexes(site) == before


def test_hostile_text_in_the_index_is_data(released: Settings):
    with open_published(released) as published:
        (page,) = search_pages(published)
        bodies = [body.decode() for body in (*page.beside.values(), *(make() for make in page.made_once.values()))]
    entries = [entry for body in bodies for entry in json.loads(body.removeprefix(BEFORE).removesuffix(BEHIND))]
    assert any("<script>alert(1)</script>" in title for _, title, *_ in entries)


def test_the_weeks_to_pick_from_are_those_shown_newest_first(released: Settings):
    with open_published(released) as published:
        script = weeks_script(published).decode()
    weeks = json.loads(script.removeprefix("window.zhoubaoWeeks = ").removesuffix(";\n"))
    assert [week for week, *_ in weeks] == ["2023-03", "2023-02", "2023-01"]
    assert weeks[0][1:] == [2023, "第 3 期（1 月 16 日—1 月 20 日）"]
