"""The quality page as a steward's browser shows it: offline, filtered by keyboard, on a phone and on a wall."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pipeline.quality.checks.library import write_library
from pipeline.quality.checks.suites import load_suites
from tests.browser.test_site_in_browser import CONTRAST, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDTHS = (390, 1920)
SHOWN = "[...document.querySelectorAll('[data-state]')].filter(e => e.offsetParent).length"


@pytest.fixture(scope="session")
def quality_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from pipeline.present.site import build_site
    from pipeline.release.freeze.issues import freeze
    from pipeline.release.published.publish import publish
    from tests.unit.present.origins_hall import GRAINS, add_origins
    from tests.unit.release.tiny_hall import WEEKS, hall_settings, open_hall

    settings = hall_settings(tmp_path_factory.mktemp("quality"))
    with open_hall(settings) as con:
        add_origins(con)
        suites = load_suites(settings.expectations)
        write_library(con, suites)
        for suite in suites:
            for check in suite.expectations:
                con.execute(
                    "INSERT INTO quality.check_result VALUES ('2023-03', ?, ?, ?, 'passed', 0, 9, '', '', '[]', now())",
                    [suite.table, check.name, check.meta.severity],
                )
        con.execute(
            "INSERT INTO quality.check_result VALUES ('2023-03', 'charts.window_weekly', 'volume_in_band', 'critical', "
            "'failed', 1, 9, '', 'x', '[]', now())"
        )
        con.execute("UPDATE quality.finding SET severity = 'critical' WHERE finding_id = 'f2'")
        freeze(con, settings, WEEKS, grains=GRAINS)
        publish(con, settings)
    return build_site(settings).parent / "quality" / "2023-03.html"


@pytest.fixture(
    params=[(width, theme) for width in WIDTHS for theme in ("light", "dark")], ids=lambda p: f"{p[0]}-{p[1]}"
)
def visit(request: pytest.FixtureRequest, browser: Any, quality_page: Path) -> Iterator[Visit]:
    width, theme = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, offline=True)
    visit = Visit(context.new_page())
    visit.page.on(
        "console", lambda message: visit.problems.append(message.text) if message.type in ("error", "warning") else None
    )
    visit.page.on("pageerror", lambda error: visit.problems.append(str(error)))
    visit.page.on("request", lambda sent: visit.requests.append(sent.url))
    visit.page.goto(quality_page.as_uri())
    visit.page.wait_for_selector("#filter:not([hidden])", timeout=5_000)
    yield visit
    context.close()


def says(page: Any, words: str) -> None:
    """Wait for what a screen reader is told; the page's policy forbids the script that waits otherwise."""
    from playwright.sync_api import expect

    expect(page.locator("#shown")).to_contain_text(words)


def test_the_page_is_whole_quiet_readable_and_fits(visit: Visit, quality_page: Path) -> None:
    page = visit.page
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert visit.problems == []
    folder = quality_page.parents[1].as_uri()
    assert [url for url in visit.requests if not url.startswith((folder, "data:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CONTRAST) == []


def test_the_filter_shows_what_is_asked_for_and_says_how_much(visit: Visit) -> None:
    page = visit.page
    every = page.evaluate(SHOWN)
    page.select_option("[name=state]", "阻止发布")
    assert page.evaluate(SHOWN) == 1
    assert page.text_content("#shown") == f"显示 1 项，共 {every} 项"
    assert not page.is_visible("#passed")
    page.click("button[type=reset]")
    says(page, f"显示 {every} 项，共 {every} 项")
    page.select_option("[name=category]", "办件")
    in_category = page.evaluate(SHOWN)
    assert 0 < in_category < every
    page.select_option("[name=owner]", "数据专员")
    assert page.evaluate(SHOWN) < in_category
    page.fill("[name=words]", "没有这样的检查")
    assert page.evaluate(SHOWN) == 0
    assert visit.problems == []


def test_it_can_be_used_without_eyes_or_mouse(browser: Any, quality_page: Path) -> None:
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(quality_page.as_uri())
    page.wait_for_selector("#filter:not([hidden])", timeout=5_000)
    assert page.get_attribute("html", "lang") == "zh-CN"
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.evaluate(
        "[...document.querySelectorAll('svg.trend')].every(s => s.getAttribute('aria-label').length > 4)"
    )
    assert page.evaluate(
        "[...document.querySelectorAll('table')].every(t => t.caption && t.querySelector('th[scope]'))"
    )
    assert page.get_attribute("#shown", "role") == "status"
    page.focus("[name=state]")
    for _ in range(page.locator("[name=state] option").count()):
        if page.input_value("[name=state]") != "阻止发布":
            page.keyboard.press("ArrowDown")
    says(page, "显示 1 项")
    page.locator("article details summary").first.press("Enter")
    assert page.locator("article details[open] pre").first.is_visible()
    context.close()


def test_without_a_script_every_check_is_shown(browser: Any, quality_page: Path) -> None:
    context = browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto(quality_page.as_uri())
    assert not page.is_visible("#filter")
    assert page.is_visible("article.check.red")
    assert page.is_visible("table.passed")
    context.close()


def test_hostile_text_of_a_finding_is_shown_and_never_run(visit: Visit) -> None:
    assert visit.page.locator("text=<script>alert(1)</script>").count() >= 1
    assert visit.page.evaluate("[...document.scripts].filter(script => !script.src).length") == 0


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_index_is_readable_fits_and_leads_to_its_weeks(
    browser: Any, quality_page: Path, width: int, theme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, offline=True)
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto((quality_page.parent / "index.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CONTRAST) == []
    page.locator("main a").first.click()
    assert page.url == quality_page.as_uri()
    assert problems == []
    context.close()
