"""The site as a reader's browser shows it: offline, complete, on a phone and on a wall."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES = {"phone": (390, 844), "laptop": (1280, 800), "wall": (1920, 1080)}
# Relative luminance contrast of every visible text against the nearest ground that is painted, after WCAG 2.
CONTRAST = """() => {
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const channel = v => v / 255 <= .04045 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
  const ground = node => {
    for (let n = node; n; n = n.parentElement) {
      const colour = rgb(getComputedStyle(n).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  document.querySelectorAll('body *').forEach(node => {
    const words = [...node.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent.trim()).join('');
    if (!words || !node.getClientRects().length || ['SCRIPT', 'STYLE'].includes(node.tagName)) return;
    const style = getComputedStyle(node);
    const a = light(rgb(node.namespaceURI.endsWith('svg') ? style.fill : style.color)), b = light(ground(node));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) poor.push([words.slice(0, 20), ratio.toFixed(2)]);
  });
  return poor;
}"""


@dataclass
class Visit:
    page: Any
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


OTHERS = (
    "provenance/2023-03.html",
    "department/index.html",
    "department/shuili.html",
    "archive.html",
    "issue/2023-03-r1.html",
    "method.html",
)
WITHOUT_CHARTS = {"method.html"}
VISITS = [("index.html", *look) for look in (("phone", "dark"), ("laptop", "light"))] + [
    (name, *look) for name in ("index.html", *OTHERS) for look in (("phone", "light"), ("wall", "dark"))
]


@pytest.fixture(params=VISITS, ids="-".join)
def visit(request: pytest.FixtureRequest, browser: Any, page_path: Path) -> Iterator[Visit]:
    name, size, theme = request.param
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, offline=True)
    visit = Visit(context.new_page())
    visit.page.on(
        "console", lambda message: visit.problems.append(message.text) if message.type in ("error", "warning") else None
    )
    visit.page.on("pageerror", lambda error: visit.problems.append(str(error)))
    visit.page.on("request", lambda sent: visit.requests.append(sent.url))
    visit.page.goto((page_path.parent / name).as_uri())
    if name not in WITHOUT_CHARTS:
        visit.page.wait_for_selector("html[data-drawn=yes]", timeout=30_000)
    visit.page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    visit.page.wait_for_timeout(200)
    yield visit
    context.close()


def test_the_page_is_whole_quiet_and_fits(visit: Visit, page_path: Path):
    page = visit.page
    assert visit.problems == []
    folder = page_path.parent.as_uri()
    assert [url for url in visit.requests if not url.startswith((folder, "data:", "blob:"))] == []
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]
    marks = page.evaluate(
        "[...document.querySelectorAll('.plot')].map(p => [p.id, p.querySelectorAll('.point path, path.point').length])"
    )
    assert [name for name, count in marks if not count] == []
    outside = page.evaluate(
        "[...document.querySelectorAll('.plot')].filter(p => p.querySelector('.main-svg').getBoundingClientRect().right"
        " > innerWidth + 1).map(p => p.id)"
    )
    assert outside == []
    assert page.evaluate(CONTRAST) == []


def test_hostile_text_of_a_finding_is_shown_and_never_run(browser: Any, page_path: Path):
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(page_path.as_uri())
    # Once on the first screen, once in the table of findings.
    assert page.locator("text=<script>alert(1)</script>").count() == 2
    plots = page.locator(".plot").count()
    assert plots >= 15
    # Besides the files there are the figures, which are data and never run.
    assert (
        page.evaluate("[...document.scripts].filter(script => !script.src).map(script => script.type)")
        == ["application/json"] * plots
    )
    context.close()


def test_a_click_on_a_figure_leads_to_its_files_rows_checks_and_releases(browser: Any, page_path: Path):
    context = browser.new_context(offline=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto(page_path.as_uri())
    page.click("#window a.figure >> nth=0")
    page.wait_for_url("**/provenance/2023-03.html#window-consulted")
    section = page.locator("#window-consulted")
    words = section.inner_text()
    for expected in ("综窗办件周报_2023-03.xlsx", "4—8", "2,100", "待处理", "首次发布"):
        assert expected in words
    assert section.evaluate("node => { const top = node.getBoundingClientRect().top; return top >= 0 && top < 200; }")
    section.locator("a", has_text="首次发布").click()
    assert "2,100" in page.locator("main").inner_text()
    context.close()


def test_from_a_figure_a_reader_gets_to_the_sql_that_made_it(browser: Any, page_path: Path):
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((page_path.parent / "provenance/2023-03.html").as_uri())
    page.click("#items-other_nine-completed .steps a >> nth=0")
    page.wait_for_selector("details[open] pre.sql")
    assert page.url.endswith("method.html#charts.item_ytd")
    assert "FROM marts.group_balance" in page.inner_text("details[open] pre.sql")
    context.close()


def test_a_chart_that_was_folded_away_is_drawn_when_it_is_unfolded(browser: Any, page_path: Path):
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(page_path.as_uri())
    page.wait_for_selector("html[data-drawn=yes]")
    marks = "document.querySelectorAll('#plot-training .point path').length"
    assert page.evaluate(marks) == 0
    page.locator("summary", has_text="业务培训逐周").press("Enter")
    page.locator("#plot-training .point path").last.wait_for()
    box = page.locator("#plot-training .main-svg").first.bounding_box()
    assert box and box["width"] > 400
    context.close()


def test_the_keyboard_alone_reaches_a_figure_its_origin_and_the_way_back(browser: Any, page_path: Path):
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(page_path.as_uri())
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('a.figure')"):
            break
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "咨询 2,100 人次，查看出处"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/provenance/2023-03.html#window-consulted")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#window-consulted').contains(document.activeElement)")
    page.go_back()
    assert page.url.endswith("/index.html")
    context.close()


@pytest.mark.parametrize("name", ["index.html", *OTHERS])
def test_a_reader_without_eyes_or_mouse_finds_the_numbers(browser: Any, page_path: Path, name: str):
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((page_path.parent / name).as_uri())
    assert page.get_attribute("html", "lang") == "zh-CN"
    assert page.locator("h1").count() == 1
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.evaluate(
        "[...document.querySelectorAll('table')].every(t => t.caption && t.querySelector('th[scope]'))"
    )
    assert page.evaluate("[...document.querySelectorAll('.plot')].every(p => p.getAttribute('aria-label').length > 8)")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    if page.locator("details summary").count():
        page.locator("details summary").first.press("Enter")
        assert page.locator("details[open] :is(td, li, pre)").first.is_visible()
    context.close()


def test_the_theme_button_changes_the_charts_too(browser: Any, page_path: Path):
    context = browser.new_context(offline=True, color_scheme="light")
    page = context.new_page()
    page.goto(page_path.as_uri())
    page.wait_for_selector("html[data-drawn=yes]")
    tick = "getComputedStyle(document.querySelector('.plot .xtick text')).fill"
    before = page.evaluate(tick)
    page.click("#theme")
    assert page.get_attribute("#theme", "aria-pressed") == "true"
    assert page.evaluate(tick) != before
    context.close()
