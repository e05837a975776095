"""Fixtures of the browser tests: a published site of the tiny hall, and Debian's Chromium with the network cut."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# The tiny hall lies with the release tests, what the site needs besides with those of presentation.
UNIT = Path(__file__).parents[1] / "unit"
sys.path += [str(UNIT / "release"), str(UNIT / "present")]

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def page_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from origins_hall import GRAINS, add_origins
    from tiny_hall import WEEKS, hall_settings, open_hall

    from pipeline.present.site import build_site
    from pipeline.release import freeze, publish

    settings = hall_settings(tmp_path_factory.mktemp("hall"))
    with open_hall(settings) as con:
        add_origins(con)
        freeze(con, settings, WEEKS, grains=GRAINS)
        publish(con, settings)
    return build_site(settings)


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is missing: install Debian's chromium where CI runs.")
        pytest.skip(f"{CHROMIUM} is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()
