"""Tables that are sorted, copied and saved, and charts that are saved: in the reader's browser, without a network."""

from __future__ import annotations

import csv
import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.common.spreadsheet_text import FORMULA_STARTS
from pipeline.present.site.files import TEMPLATES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    context = browser.new_context(
        offline=True, viewport={"width": 1366, "height": 768}, accept_downloads=True, reduced_motion="reduce"
    )
    yield context
    context.close()


@pytest.fixture
def page(context: Any, page_path: Path) -> Any:
    page = context.new_page()
    page.goto(page_path.as_uri())
    page.wait_for_selector("html[data-drawn=yes]")
    return page


def figure(page: Any, key: str) -> Any:
    return page.locator("figure.chart").filter(has=page.locator(f"#plot-{key}"))


def saved(page: Any, button: Any) -> tuple[str, bytes]:
    with page.expect_download() as download:
        button.click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def column(table: Any, number: int) -> list[str]:
    return [cell.inner_text() for cell in table.locator(f"tbody tr > :nth-child({number})").all()]


def test_a_click_on_a_heading_sorts_by_size_and_the_third_restores_the_order(context: Any, page_path: Path):
    page = context.new_page()
    page.goto((page_path.parent / "department/index.html").as_uri())
    table = page.locator("main table").first
    heading = table.locator("thead th", has_text="累计受理")
    before = column(table, 5)
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert column(table, 5) == ["180,000", "46,230"]
    heading.locator("button").click()
    assert (heading.get_attribute("aria-sort"), column(table, 5)) == ("ascending", ["46,230", "180,000"])
    heading.locator("button").click()
    assert (heading.get_attribute("aria-sort"), column(table, 5)) == (None, before)


def test_what_is_missing_stands_last_whichever_way_a_column_is_sorted(page: Any):
    page.set_content(
        "<main><table><caption>x</caption><thead><tr><th scope=col>n</th></tr></thead><tbody>"
        "<tr><td>9</td></tr><tr><td>未报送</td></tr><tr><td>1,000</td></tr><tr><td>—</td></tr></tbody></table></main>"
    )
    page.evaluate((TEMPLATES / "tables.js").read_text(encoding="utf-8"))
    table, button = page.locator("table"), page.locator(".sort")
    button.click()
    assert column(table, 1) == ["1,000", "9", "未报送", "—"]
    button.click()
    assert column(table, 1) == ["9", "1,000", "未报送", "—"]


def test_a_table_is_saved_with_plain_numbers_and_nothing_that_a_spreadsheet_runs(page: Any):
    name, body = saved(page, page.locator("p.tools", has=page.locator("[aria-label^=本期问题]")).get_by_text("CSV"))
    assert name == "窗口工作周报 2023 年第 3 期：本期问题.csv"
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    words = [cell for row in rows for cell in row]
    assert any("HYPERLINK" in cell for cell in words)
    assert not any(cell.startswith(("=", "@", "+")) for cell in words)


def test_the_table_of_a_chart_is_saved_while_it_is_folded_away(page: Any):
    name, body = saved(page, figure(page, "window-consulted").get_by_role("button", name="CSV"))
    assert name.endswith("咨询逐周.csv")
    assert list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))) == [
        ["期", "咨询（人次）", "今年累计"],
        ["2023-01", "700", "700"],
        ["2023-02", "1400", "2100"],
        ["2023-03", "2100", "4200"],
    ]


def test_a_table_is_copied_as_cells(context: Any, page: Any):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    figure(page, "window-consulted").get_by_text("复制").click()
    figure(page, "window-consulted").get_by_text("已复制").wait_for()
    lines = page.evaluate("navigator.clipboard.readText()").split("\r\n")
    assert lines[-1].split("\t") == ["2023-03", "2100", "4200"]


def test_the_script_knows_the_starts_of_formulas_as_the_library_does():
    script = (TEMPLATES / "tables.js").read_text(encoding="utf-8")
    assert f"FORMULA_STARTS = {repr(FORMULA_STARTS).replace(chr(39), chr(34))};" in script


def test_a_chart_is_saved_as_a_picture_without_a_network(page: Any):
    name, body = saved(page, figure(page, "departments").get_by_text("存图"))
    assert name == "窗口工作周报 2023 年第 3 期：部门今年累计受理与办结（前 2 位）.png"
    # PNG, 11.2.2: width and height follow the signature, the chunk's length and its name.
    width, height = struct.unpack(">II", body[16:24])
    assert body.startswith(PNG_SIGNATURE) and width == 1800 and height > 400


def test_every_chart_says_its_unit_and_where_its_axis_begins(page: Any):
    words = page.evaluate(
        "[...document.querySelectorAll('figure.chart')].map(f => f.querySelector('.axis').textContent)"
    )
    assert len(words) > 12
    assert [text for text in words if "单位" not in text or "起" not in text] == []


def test_opening_a_data_table_moves_nothing(page: Any):
    places = "[...document.querySelectorAll('.card, h2, h3, footer')].map(e => e.getBoundingClientRect().toJSON())"
    card = figure(page, "window-accepted")
    card.scroll_into_view_if_needed()
    before = page.evaluate(places)
    card.get_by_text("数据表").click()
    assert card.locator("tbody tr").first.is_visible()
    assert page.evaluate(places) == before


def test_no_card_has_a_hole_above_its_chart_or_below_it(page: Any):
    holes = page.evaluate(
        """() => [...document.querySelectorAll('.card > figure.chart:has(.main-svg)')].map(f => {
          const card = f.closest('.card'), style = getComputedStyle(card);
          const bottom = card.getBoundingClientRect().bottom - parseFloat(style.paddingBottom);
          const drawing = f.querySelector('.main-svg').getBoundingClientRect();
          const before = f.previousElementSibling;
          const above = before ? f.getBoundingClientRect().top - before.getBoundingClientRect().bottom : 0;
          const below = bottom - f.getBoundingClientRect().bottom;
          const inside = f.querySelector('.foot').getBoundingClientRect().top - drawing.bottom;
          return [f.querySelector('.plot').id, Math.max(above, below, inside)];
        }).filter(([id, hole]) => hole > 24)"""
    )
    assert holes == []
