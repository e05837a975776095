"""The page: what it says, that hostile text stays text, and that it is written whole or not at all."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.present.site import build_site
from pipeline.present.site.files import Files
from pipeline.present.site.page import Frame, Page, render
from pipeline.present.site.pages.week import week_content
from pipeline.present.site.published import open_published
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.settings import Settings
from tests.unit.present.origins_hall import GRAINS
from tests.unit.release.tiny_hall import WEEKS


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.scripts = 0
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(html: str) -> Elements:
    elements = Elements()
    elements.feed(html)
    return elements


def test_the_page_shows_the_latest_issue_and_loads_nothing_from_outside(released: Settings):
    page = build_site(released)
    html = page.read_text(encoding="utf-8")
    elements = parsed(html)
    for words in (
        "2023 年第 3 期（总第 423 期）",
        "1 月 16 日—1 月 20 日",
        "2,100",
        "成都海关",
        "办结超出受理 60 件",
        "模拟数据",
    ):
        assert words in html
    local = [link for link in elements.links if not link.startswith(("#", "data:"))]
    assert [link for link in local if not (page.parent / link.split("#")[0]).is_file()] == []
    assert {Path(link).suffix for link in local} >= {".css", ".js"}
    assert elements.handlers == []


def test_each_figure_is_data_that_a_script_element_can_hold(released: Settings):
    html = build_site(released).read_text(encoding="utf-8")
    found = re.findall(r'<script type="application/json" data-plot="plot-([a-z_-]+)">(.*?)</script>', html, re.DOTALL)
    assert len(found) == html.count('class="plot"') > 12
    assert all(json.loads(body)["data"] for _, body in found)


HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "</script><script>alert(1)</script>",
            "<!--<script>",
            '"><img src=x onerror=alert(1)>',
            "{{ 7 * 7 }}",
            "' onmouseover='alert(1)",
            "javascript:alert(1)",
        ]
    ),
)


@pytest.fixture
def content(released: Settings) -> dict[str, object]:
    with open_published(released) as published:
        return week_content(published, published.issues[0]) | {
            "older": "2023-02",
            "newer": None,
            "is_latest": True,
            "documents": [],
        }


def html_of(
    content: dict[str, object], label: str | None = None, sections: tuple[tuple[str, str, str], ...] = ()
) -> str:
    page = Page("index.html", "week.html.j2", "week", "周报", [], lambda: content)
    return render(page, Frame(sections, label, Files("a.css", "a.js", "plotly.js", "b.js", "t.js")), "")


def test_the_page_leads_to_the_checks_of_its_week_where_the_site_has_such_pages(content: dict[str, object]):
    quality = ("quality", "数据质量", "quality/index.html")
    assert "quality/2023-03.html" in parsed(html_of(content, sections=(quality,))).links
    assert "quality/2023-03.html" not in parsed(html_of(content)).links


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=HOSTILE)
def test_hostile_text_stays_text_wherever_it_comes_from(content: dict[str, object], text: str):
    from dataclasses import replace

    plain = parsed(html_of(content))
    finding = {**content["findings"][0], "evidence": text, "owner": text, "check_name": text}  # type: ignore[index]
    panels = dict(content["panels"])  # type: ignore[call-overload]
    panel = panels["departments"]
    figure = type(panel.figure)(panel.figure)
    figure.data[0].y = (text, *figure.data[0].y[1:])
    panels["departments"] = replace(panel, description=text, rows=((text,),), figure=figure)
    hostile = {**content, "findings": [finding], "activities": {text: [{"content": text, "department": text}]}}
    elements = parsed(html_of({**hostile, "panels": panels}, text))
    assert (elements.scripts, elements.handlers) == (plain.scripts, [])
    assert [link for link in elements.links if "alert" in link] == []


def test_an_unchanged_site_is_not_written_again(released: Settings):
    page = build_site(released)
    before = {path: path.stat().st_ino for path in page.parent.rglob("*.*")}
    build_site(released)
    assert {path: path.stat().st_ino for path in page.parent.rglob("*.*")} == before


def test_a_page_or_file_that_is_no_longer_made_goes(released: Settings):
    folder = build_site(released).parent
    stale = [folder / "old.html", folder / "assets" / "site-000000000000.css"]
    for path in stale:
        path.write_text("old")
    build_site(released)
    assert [path for path in stale if path.exists()] == []


def test_two_builds_give_the_same_bytes(released: Settings):
    folder = build_site(released).parent
    before = {path: path.read_bytes() for path in folder.rglob("*.html")}
    for path in before:
        path.unlink()
    build_site(released)
    assert {path: path.read_bytes() for path in folder.rglob("*.html")} == before


def test_a_site_that_fails_leaves_the_old_page(released: Settings, monkeypatch: pytest.MonkeyPatch):
    page = build_site(released)
    before = page.read_bytes()
    page.write_bytes(before.replace(b'name="made-from"', b'name="other"'))
    before = page.read_bytes()
    monkeypatch.setattr("pipeline.present.site.build.render", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(OSError, match="full"):
        build_site(released)
    assert page.read_bytes() == before
    assert not list(page.parent.glob(".*"))


def test_a_revision_says_what_it_changed(con: duckdb.DuckDBPyConnection, released: Settings):
    con.execute("UPDATE charts.training_weekly SET sessions = 5 WHERE week_id = '2023-03'")
    freeze(con, released, WEEKS, grains=GRAINS)
    publish(con, released)
    html = build_site(released).read_text(encoding="utf-8")
    assert "第 2 次发布（修订）" in html
    assert "本期为修订，与上一次发布有 1 处不同" in html


def test_real_data_carry_no_label(con: duckdb.DuckDBPyConnection, settings: Settings):
    con.execute("UPDATE ledger.delivery SET title = '综窗办件周报'")
    freeze(con, settings, WEEKS, grains=GRAINS)
    publish(con, settings)
    assert "模拟数据" not in build_site(settings).read_text(encoding="utf-8")


def test_without_a_publication_there_is_a_sentence_and_no_page(settings: Settings):
    with pytest.raises(FileNotFoundError, match="release an issue first"):
        build_site(settings)
    assert not (settings.published / "site").exists()
