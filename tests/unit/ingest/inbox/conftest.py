"""A loader over an empty home with an inbox, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.contracts import load_contracts
from pipeline.ingest.inbox.loader import Loader, make_loader
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "home")
    made.inbox.mkdir(parents=True)
    return made


@pytest.fixture
def loader(settings: Settings) -> Iterator[Loader]:
    with duckdb.connect() as con:
        yield make_loader(con, settings, load_calendar(), load_contracts(settings.contracts))
