"""The site of a hall that has exports of its own alone: its measures first, and no section of what it does not have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ready_homes import ReadyHomes

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECTIONS = ["12345热线办理周报", "取号叫号周报", "好差评评价明细", "好差评汇总周报"]
HEADLINES = {
    "热线受理数",
    "热线按时办结率",
    "热线满意率",
    "取号数",
    "平均等候",
    "主动评价数",
    "好差评满意率",
    "主动评价率",
}
# Measures that rates are computed of.
PARTS = ("热线按时办结数", "弃号数", "满意评价数")
ABSENT = ("综窗", "进驻", "业务培训", "受理办结", "大厅巡查", "窗口动态", "未报送", "本期无数据")


@pytest.fixture(scope="module")
def first_page(ready_homes: ReadyHomes) -> Path:
    """The first page of the site after four weeks."""
    return ready_homes.example_hall() / "published" / "site" / "index.html"


@pytest.fixture
def page(browser: Any, first_page: Path) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, offline=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(first_page.as_uri())
    yield page
    assert errors == []
    context.close()


def test_the_first_screen_has_the_measures_of_its_exports(page: Any) -> None:
    assert page.locator("h1").inner_text() == "政务服务周报"
    assert page.locator("#glance .board h2").all_inner_texts() == SECTIONS
    labels = page.locator("#glance .tile dt").all_inner_texts()
    assert set(labels) >= HEADLINES
    assert set(labels).isdisjoint(PARTS)
    bottom = page.evaluate("document.querySelector('#glance').getBoundingClientRect().bottom")
    assert bottom <= 1.1 * page.viewport_size["height"]


def test_it_has_no_section_of_exports_that_the_hall_does_not_have(page: Any) -> None:
    assert page.locator(".contents a").all_inner_texts() == ["一屏", "各项指标", "数据质量"]
    text = page.inner_text("main")
    assert [word for word in ABSENT if word in text] == []


def test_each_measure_is_drawn_and_the_parts_of_rates_are_folded_away(page: Any) -> None:
    cards = page.locator("#measures .cards.four h4").all_inner_texts()
    assert set(cards) >= HEADLINES | set(PARTS)
    by_window = page.locator("#measures article", has_text="平均等候：按窗口")
    assert by_window.is_visible()
    folded = page.locator("#measures article", has_text="弃号数：按窗口")
    assert not folded.is_visible()
    page.locator("#measures summary", has_text="弃号数").first.click()
    assert folded.is_visible()


def test_a_figure_leads_to_its_files(page: Any) -> None:
    page.locator("#glance .tile", has_text="热线受理数").locator("a").click()
    assert "12345热线办理周报_2024-04.csv" in page.inner_text("main")


def test_the_page_of_definitions_says_how_each_is_counted(page: Any) -> None:
    page.locator("#measures .more a").click()
    text = page.inner_text("main")
    ways = ("“平均等候”的平均，按“办理数”加权", "只计“满意度”为 不满意、非常不满意 的", "最后报送的“结转下期”")
    for words in ways:
        assert words in text


def test_a_department_has_its_measures_and_no_cases(page: Any, first_page: Path) -> None:
    page.goto((first_page.parent / "department" / "index.html").as_uri())
    assert "受理" not in page.inner_text("main")
    page.get_by_role("link", name="市医保局").click()
    page.locator("h1", has_text="市医保局").wait_for()
    rows = page.locator("tbody tr").all_inner_texts()
    # 3 of 4 ratings were good.
    assert any("好差评满意率" in row and "75.00" in row for row in rows)
    assert "未报送" not in page.inner_text("main")
