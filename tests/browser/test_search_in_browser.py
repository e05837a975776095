"""Search and the week picker, in the reader's browser and without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def page(browser: Any, page_path: Path) -> Iterator[Any]:
    context = browser.new_context(offline=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    yield page
    assert page.problems == []
    context.close()


def test_words_lead_to_the_figure(page: Any, page_path: Path):
    page.goto((page_path.parent / "search.html").as_uri())
    page.keyboard.type("2023-03 咨询")
    assert "找到" in page.inner_text("#found")
    page.locator("#results a", has_text="综窗办件 咨询").first.click()
    page.wait_for_url("**/provenance/2023-03.html#window-consulted")
    page.go_back()
    page.locator("#results a").first.wait_for()
    assert page.input_value("#words") == "2023-03 咨询"


def test_what_is_found_is_shown_as_text_and_never_run(page: Any, page_path: Path):
    page.goto((page_path.parent / "search.html").as_uri() + "#alert")
    assert "<script>alert(1)</script>" in page.inner_text("#results")
    assert page.locator("#results script").count() == 0


def test_words_that_nobody_wrote_find_nothing(page: Any, page_path: Path):
    page.goto((page_path.parent / "search.html").as_uri() + "#%E6%B2%A1%E4%BA%BA%E5%86%99%E8%BF%87")
    assert (page.inner_text("#found"), page.locator("#results li").count()) == ("找到 0 条", 0)


def test_the_picker_leads_to_another_issue_by_keyboard(page: Any, page_path: Path):
    page.goto((page_path.parent / "provenance/2023-02.html").as_uri())
    page.locator(".picker summary").press("Enter")
    assert page.locator(".picker a[aria-current]").inner_text() == "第 2 期（1 月 9 日—1 月 13 日）"
    edges = page.evaluate(
        "(({ left, right }) => [left, right])(document.querySelector('.picker ul').getBoundingClientRect())"
    )
    assert edges[0] >= 0 and edges[1] <= 390
    page.locator(".picker a", has_text="第 1 期").press("Enter")
    page.wait_for_url("**/issue/2023-01.html")


def test_without_scripts_there_is_no_picker_and_the_list_of_issues_serves(browser: Any, page_path: Path):
    context = browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto(page_path.as_uri())
    assert not page.locator(".picker").is_visible()
    page.click("nav >> text=历期")
    page.click("text=第 1 期")
    page.wait_for_url("**/issue/2023-01.html")
    context.close()
