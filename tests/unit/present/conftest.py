"""Fixtures of the presentation tests: the tiny hall of the release tests with its origins, released and published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.settings import Settings

# The tiny hall lies with the release tests; test folders are no packages.
from tests.unit.present.origins_hall import GRAINS, add_origins
from tests.unit.release.tiny_hall import WEEKS, hall_settings, open_hall


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return hall_settings(tmp_path / "home")


@pytest.fixture
def con(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_hall(settings) as connection:
        add_origins(connection)
        yield connection


@pytest.fixture
def released(con: duckdb.DuckDBPyConnection, settings: Settings) -> Settings:
    freeze(con, settings, WEEKS, grains=GRAINS)
    publish(con, settings)
    return settings
