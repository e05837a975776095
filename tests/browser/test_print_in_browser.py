"""The site on paper: charts stay in their cards, tables keep their heads, the first page has the figures."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# A4 less the margins of `@page`, in CSS pixels: 210 mm - 2 × 14 mm at 96 a inch.
PAPER_WIDTH = 688
OUTSIDE = """() => [...document.querySelectorAll('.plot')].filter(p => p.getClientRects().length).filter(p => {
  const card = (p.closest('.card') || p.closest('figure')).getBoundingClientRect();
  const drawing = p.querySelector('.main-svg').getBoundingClientRect();
  return drawing.left < card.left || drawing.right > card.right || drawing.bottom > card.bottom || !drawing.width;
}).map(p => p.id)"""


@pytest.fixture(params=["index.html", "department/shuili.html"])
def page(request: pytest.FixtureRequest, browser: Any, page_path: Path) -> Iterator[Any]:
    context = browser.new_context(offline=True, viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.goto((page_path.parent / request.param).as_uri())
    page.wait_for_selector("html[data-drawn=yes]")
    yield page
    context.close()


def pages_of(pdf: Path) -> list[str]:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True).stdout.decode()
    return text.split("\f")[:-1]


@pytest.mark.parametrize("width", [PAPER_WIDTH, 1010])
def test_charts_stay_in_their_cards_on_paper_of_any_width(page: Any, width: int):
    page.set_viewport_size({"width": width, "height": 1000})
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_after_printing_the_charts_fill_the_screen_again(page: Any):
    before = page.evaluate("document.querySelector('.main-svg').getBoundingClientRect().width")
    page.evaluate("window.dispatchEvent(new Event('beforeprint')); window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.querySelector('.main-svg').getBoundingClientRect().width") == before


def test_the_issue_prints_its_figures_on_the_first_page_and_the_heads_of_its_tables(
    browser: Any, page_path: Path, tmp_path: Path
):
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(page_path.as_uri())
    page.wait_for_selector("html[data-drawn=yes]")
    page.pdf(path=str(tmp_path / "issue.pdf"), prefer_css_page_size=True)
    context.close()
    pages = pages_of(tmp_path / "issue.pdf")
    for words in ("2,100", "变化最大", "需要留意", "其它9类行权事项"):
        assert words in pages[0]
    assert "责任单位" in "".join(pages) and "复制" not in "".join(pages)
