"""Data Docs in a browser without a network: nothing is asked for elsewhere, nothing is missing, the tables are full."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser

from pipeline.quality.checks.suites import load_suites
from pipeline.quality.export.data_docs import write_data_docs
from pipeline.settings import Settings
from pipeline.warehouse.database import open_warehouse

pytestmark = pytest.mark.browser
SUITE = "charts.authorization_pending"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of one small suite over one week."""
    settings = Settings(home=tmp_path_factory.mktemp("docs"), memory_limit="300MB", threads=1)
    with open_warehouse(settings) as con:
        _one_row(con)
    suites = [suite for suite in load_suites(settings.expectations) if suite.table == SUITE]
    return write_data_docs(settings, ["2023-15"], suites).path.parent


def _one_row(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "CREATE TABLE charts.authorization_pending AS SELECT '2023-15' AS week_id, 'd1' AS department_id, "
        "'省教育厅' AS department_name"
    )


def test_every_kind_of_page_opens_whole(site: Path, browser: Browser) -> None:
    pages = sorted(site.rglob("*.html"))
    assert {path.relative_to(site).parts[0] for path in pages} == {"index.html", "expectations", "validations"}
    for path in pages:
        asked: list[str] = []
        faults: list[str] = []
        page = browser.new_page()
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("requestfailed", lambda request, faults=faults: faults.append(request.url))
        page.on("pageerror", lambda error, faults=faults: faults.append(str(error)))
        page.goto(path.as_uri())
        page.wait_for_selector("tbody tr")
        elsewhere = [url for url in asked if not url.startswith(("file:", "data:"))]
        assert elsewhere == [], path
        assert faults == [], path
        page.close()
