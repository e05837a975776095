"""A loader over an empty home, for tests that take a file from the inbox to raw."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.contracts import load_contracts
from pipeline.ingest.inbox.loader import Loader, make_loader
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings
from tests.unit.ingest.exports import converted, weekly_workbook


@pytest.fixture
def quick_loader(tmp_path: Path) -> Iterator[Loader]:
    """Takes files as they stand, without the pause that fresh ones get."""
    settings = Settings(home=tmp_path / "home", settle_seconds=0, wait_seconds=0.3)
    settings.inbox.mkdir(parents=True)
    with duckdb.connect() as con:
        yield make_loader(con, settings, load_calendar(), load_contracts(settings.contracts))


@pytest.fixture(scope="session")
def by_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One small workbook as LibreOffice writes it in each of its formats."""
    folder = tmp_path_factory.mktemp("libreoffice")
    source = weekly_workbook(folder / "周报.xlsx")
    csv = "csv:Text - txt - csv (StarCalc):44,34"
    return {
        "xls": converted(source, "xls:MS Excel 97", folder),
        "ods": converted(source, "ods", folder),
        "html": converted(source, "html:HTML (StarCalc)", folder),
        "xlsm": converted(source, "xlsm:Calc MS Excel 2007 VBA XML", folder),
        "xlsx": converted(source, "xlsx:Calc MS Excel 2007 XML", folder),
        "gb18030": converted(source, f"{csv},85", folder),
        "utf-16": converted(source, f"{csv},65535", folder),
        "utf-8": converted(source, f"{csv},76", folder),
    }
