"""A notebook as an analyst opens it: marimo serves it here, its pictures show, and no other machine is asked."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.settings import PROJECT_ROOT, Settings


@pytest.fixture
def served(small_home: Settings) -> Iterator[str]:
    """The address of the tour, served as `marimo run` does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "marimo", "-q", "run", "notebooks/tour.py", "--headless", "--no-token"]
    with subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=PROJECT_ROOT,
        env=os.environ | {"ZHOUBAO_HOME": str(small_home.home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        yield f"http://127.0.0.1:{port}/"
        server.terminate()


def opened(page: Any, address: str) -> None:
    """Open the page as soon as the server answers."""
    from playwright.sync_api import Error

    for _ in range(60):
        try:
            page.goto(address)
            return
        except Error:
            page.wait_for_timeout(500)
    raise AssertionError(f"{address} did not answer")


def test_the_tour_shows_its_pictures_and_asks_no_other_machine(browser: Any, served: str) -> None:
    page = browser.new_page()
    answered: list[str] = []
    page.on("requestfinished", lambda request: answered.append(request.url))
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    opened(page, served)
    page.locator(".js-plotly-plot .bars .point").first.wait_for(timeout=60_000)
    page.locator(".js-plotly-plot .waterfalllayer .point").first.wait_for(timeout=60_000)
    page.locator(".js-plotly-plot").nth(2).wait_for(timeout=60_000)  # all of them: cells are drawn one by one
    assert [url for url in answered if not url.startswith((served, "data:", "blob:"))] == []
    outside = [text for text in refused if re.search(r"https?://(?!127\.0\.0\.1)", text)]
    assert all("Content Security Policy" in text for text in outside)
    page.close()
