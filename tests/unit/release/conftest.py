"""Fixtures of the release tests; the hall itself is in tiny_hall."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.settings import Settings
from tests.unit.release.tiny_hall import hall_settings, open_hall


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return hall_settings(tmp_path / "home")


@pytest.fixture
def con(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_hall(settings) as connection:
        yield connection
