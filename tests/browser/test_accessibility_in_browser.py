"""No serious finding of axe-core on any kind of page, in light and dark, folded and unfolded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = (
    "index.html",
    "provenance/2023-03.html",
    "department/index.html",
    "department/shuili.html",
    "quality/2023-03.html",
    "quality/index.html",
    "archive.html",
    "issue/2023-03-r1.html",
    "method.html",
    "search.html#咨询",
)
SERIOUS = ("serious", "critical")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(browser: Any, page_path: Path, name: str, theme: str):
    context = browser.new_context(
        offline=True, color_scheme=theme, viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
    )
    page = context.new_page()
    file, _, words = name.partition("#")
    page.goto((page_path.parent / file).as_uri() + (f"#{words}" if words else ""))
    page.wait_for_timeout(300)
    # What lies over other things is looked at alone, further down.
    page.evaluate(
        "document.querySelectorAll('details:not(.picker, .foot details)').forEach(fold => { fold.open = true; })"
    )
    found = Axe().run(page).response["violations"]
    serious = {
        rule["id"]: [node["html"][:120] for node in rule["nodes"]] for rule in found if rule["impact"] in SERIOUS
    }
    context.close()
    assert serious == {}


def test_axe_finds_nothing_serious_where_a_data_table_and_the_picker_are_open(browser: Any, page_path: Path):
    context = browser.new_context(offline=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(page_path.as_uri())
    page.wait_for_selector("html[data-drawn=yes]")
    page.locator(".picker summary").press("Enter")
    page.locator(".foot summary").first.press("Enter")
    found = Axe().run(page).response["violations"]
    context.close()
    assert [rule["id"] for rule in found if rule["impact"] in SERIOUS] == []
