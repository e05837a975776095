"""The first screen of an issue: figures, changes and what needs attention in one view; a revision opens with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREENS = {"wall": (1920, 1080), "laptop": (1366, 768), "phone": (390, 844)}


@pytest.fixture(params=list(SCREENS))
def screen(request: pytest.FixtureRequest, browser: Any, page_path: Path) -> Iterator[Any]:
    width, height = SCREENS[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    page = context.new_page()
    page.goto(page_path.as_uri())
    yield page
    context.close()


def test_figures_changes_and_what_needs_attention_fit_one_screen(screen: Any):
    assert screen.locator("#glance .tile .figure").count() == 16
    for words in ("变化最大", "需要留意", "2,100", "高于常值"):
        assert words in screen.inner_text("#glance")
    bottom = screen.evaluate("document.querySelector('#glance').getBoundingClientRect().bottom")
    assert bottom <= screen.viewport_size["height"]


def test_no_figure_is_cut_off_or_broken_into_two_lines(screen: Any):
    broken = screen.evaluate(
        "[...document.querySelectorAll('#glance .tile .figure')].filter(f => f.getClientRects().length !== 1"
        " || f.getBoundingClientRect().right > f.closest('.tile').getBoundingClientRect().right).map(f => f.innerText)"
    )
    assert broken == []
