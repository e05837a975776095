"""The pages beside the first one: each figure's origin, departments, the archive; and which pages are written again."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from pipeline.present.shared.findings import week_findings
from pipeline.present.shared.summary import week_summary
from pipeline.present.site import build_site
from pipeline.present.site.origins import file_rows, findings_of, revisions
from pipeline.present.site.pages.department import page_name
from pipeline.present.site.published import open_published
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.settings import Settings
from tests.unit.present.origins_hall import GRAINS, add_origins
from tests.unit.release.tiny_hall import WEEKS, hall_settings, open_hall


class Anchors(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "a":
            self.links.append(named.get("href") or "")
        if named.get("id"):
            self.ids.append(str(named["id"]))


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home whose weeks are released and whose site is built, made once. Read, don't write."""
    settings = hall_settings(tmp_path_factory.mktemp("pages") / "home")
    with open_hall(settings) as con:
        add_origins(con)
        freeze(con, settings, WEEKS, grains=GRAINS)
        publish(con, settings)
    build_site(settings)
    return settings


@pytest.fixture(scope="module")
def site(shown: Settings) -> Path:
    return shown.published / "site"


def revise(con: duckdb.DuckDBPyConnection, settings: Settings, change: str) -> Path:
    con.execute(change)
    freeze(con, settings, WEEKS, grains=GRAINS)
    publish(con, settings)
    return build_site(settings).parent


def test_there_is_a_page_for_every_issue_release_and_department(site: Path):
    assert sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html")) == sorted(
        ["index.html", "archive.html", "method.html", "search.html"]
        + ["department/index.html", "department/shuili.html", "department/haiguan.html"]
        + [f"issue/{week}.html" for week in WEEKS]
        + [f"issue/{week}-r1.html" for week in WEEKS]
        + [f"provenance/{week}.html" for week in WEEKS]
        + ["quality/index.html", "quality/2023-03.html"]
    )


def test_every_link_of_every_page_leads_to_a_place_that_exists(site: Path):
    pages = {path: Anchors(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    lost = []
    for path, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), f"{path}: an id twice"
        for link in page.links:
            file, _, anchor = link.partition("#")
            target = (path.parent / file).resolve() if file else path
            # The documents of issues lie beside the site.
            is_document = target.suffix != ".html" and target.is_file()
            if not is_document and (target not in pages or (anchor and anchor not in pages[target].ids)):
                lost.append((path.name, link))
    assert lost == []


def test_every_figure_of_the_weekly_leads_to_its_origin(site: Path, shown: Settings):
    links = set(Anchors((site / "index.html").read_text(encoding="utf-8")).links)
    with open_published(shown) as published:
        figures = [published.origins.origin_of(row) for row in week_summary(published.con, "2023-03")]
    assert len(figures) == 16
    assert [one.anchor for one in figures if f"provenance/2023-03.html#{one.anchor}" not in links] == []


def test_the_places_of_a_figure_sum_to_it_for_the_week_and_the_year(shown: Settings):
    with open_published(shown) as published:
        con = published.con
        rows = [row for row in week_summary(con, "2023-03") if row.section in ("综窗办件", "事项受理办结")]
        origins = [*map(published.origins.origin_of, rows), *published.origins.case_totals("2023-03")]
        assert len(origins) == 12
        for origin in origins:
            assert sum(row["value"] for row in file_rows(con, "2023-03", origin)) == origin.value, origin.anchor
            assert sum(row["value"] for row in file_rows(con, "2023-03", origin, is_ytd=True)) == origin.value_ytd
        found = file_rows(con, "2023-03", origins[0])
    assert [(row["file_name"], row["sheet"], row["first_row_no"], row["last_row_no"]) for row in found] == [
        ("综窗办件周报_2023-03.xlsx", "周报", 4, 8)
    ]


def test_a_figure_has_the_findings_that_name_it_and_no_other(shown: Settings):
    with open_published(shown) as published:
        findings = week_findings(published.con, "2023-03")
        origins = {one.anchor: one for one in map(published.origins.origin_of, week_summary(published.con, "2023-03"))}
        of = {anchor: [row["finding_id"] for row in findings_of(findings, one)] for anchor, one in origins.items()}
    assert of["window-consulted"] == ["f2"] and of["window-accepted"] == []
    assert of["items-other_nine-completed"] == ["f1"] and of["items-licensing-completed"] == []


def test_each_finding_says_what_put_it_into_its_state(con: duckdb.DuckDBPyConnection):
    con.execute(
        "INSERT INTO quality.decision (decision_id, finding_id, kind, reason, until, decided_by, decided_at)"
        " VALUES ('x', 'f2', 'accept', '活动周，人数属实', '2023-03-31', '张三', '2023-02-01 10:00:00')"
    )
    con.execute(
        "UPDATE quality.finding SET status = 'waived', until = '2023-03-31', decision_id = 'x' WHERE finding_id = 'f2'"
    )
    why = {row["finding_id"]: row["why"] for row in week_findings(con, "2023-03")}
    assert why["f2"] == "接受并说明，到 2023-03-31：活动周，人数属实（张三，2023-02-01）"
    assert why["f1"] == "上年结转 60 件可以解释"


def test_a_released_issue_stays_as_it_was_printed_and_the_revision_says_what_differs(
    con: duckdb.DuckDBPyConnection, released: Settings
):
    build_site(released)
    site = revise(
        con, released, "UPDATE charts.window_weekly SET value = 999 WHERE week_id = '2023-02' AND measure = 'accepted'"
    )
    first, second = ((site / f"issue/2023-02-r{number}.html").read_text(encoding="utf-8") for number in (1, 2))
    assert '<td class="n">180</td>' in first and ">999<" not in first
    assert '<td class="n">999</td>' in second and "与上一次发布的不同" in second
    assert "（1 处不同）" in (site / "archive.html").read_text(encoding="utf-8")
    with open_published(released) as published:
        row = next(row for row in week_summary(published.con, "2023-02") if row.key == "accepted")
        assert [found["value"] for found in revisions(published.con, "2023-02", published.origins.origin_of(row))] == [
            180,
            999,
        ]


def test_a_change_of_one_week_leaves_the_pages_of_earlier_weeks_alone(
    con: duckdb.DuckDBPyConnection, released: Settings
):
    site = build_site(released).parent
    before = {path.relative_to(site).as_posix(): path.stat().st_ino for path in site.rglob("*.html")}
    revise(con, released, "UPDATE charts.training_weekly SET trainees = 7 WHERE week_id = '2023-02'")
    kept = {name for name, inode in before.items() if (site / name).stat().st_ino == inode}
    early = {"issue/2023-01.html", "issue/2023-01-r1.html", "provenance/2023-01.html", "method.html"}
    # Only the last week was checked, and nothing of it changed.
    assert kept == early | {"issue/2023-03-r1.html", "quality/2023-03.html"}


@pytest.mark.parametrize("text", ["../../x", "", "a/b", "index", "INDEX", "水利厅", "a.b", "x" * 99, "<script>"])
def test_no_path_is_made_from_an_identifier_that_is_no_plain_word(text: str):
    name = page_name(text)
    assert name.removesuffix(".html").isalnum() and len(name) == 21


def test_a_revised_issue_opens_with_its_figures_and_folds_the_differences_numbers_first(
    con: duckdb.DuckDBPyConnection, released: Settings
):
    site = revise(
        con,
        released,
        "UPDATE charts.authorization_status SET department_names = '水利厅、民政厅' WHERE week_id = '2023-03';"
        " UPDATE charts.window_weekly SET value = 999 WHERE week_id = '2023-03' AND measure = 'transferred'",
    )
    html = (site / "index.html").read_text(encoding="utf-8")
    assert html.index('id="glance"') < html.index('<details class="notice" id="revision">')
    folded = html[html.index('id="revision"') :]
    assert folded.index("999") < folded.index("水利厅、民政厅")
    assert 'href="issue/2023-03-r2.html#differences"' in folded
