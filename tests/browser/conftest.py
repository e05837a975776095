"""Fixtures of the browser tests: a published site of the tiny hall, and Debian's Chromium with the network cut."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

# The tiny hall lies with the release tests, what the site needs besides with those of presentation.

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
    from pipeline.present.site import build_site
    from pipeline.release.freeze.issues import freeze
    from pipeline.release.published.publish import publish
    from tests.unit.present.origins_hall import GRAINS, add_origins
    from tests.unit.release.tiny_hall import WEEKS, hall_settings, open_hall

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
