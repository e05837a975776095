"""Fixtures of the presentation tests: the tiny hall of the release tests with its origins, released and published."""

from __future__ import annotations

import shutil
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


@pytest.fixture(scope="session")
def released_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the tiny hall, released and published once; `released` begins with a copy of it."""
    settings = hall_settings(tmp_path_factory.mktemp("released") / "home")
    with open_hall(settings) as con:
        add_origins(con)
        freeze(con, settings, WEEKS, grains=GRAINS)
        publish(con, settings)
    return settings.home


@pytest.fixture
def con(settings: Settings, request: pytest.FixtureRequest) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of the tiny hall: nothing is released yet, but for tests that ask for `released`."""
    is_released = "released" in request.fixturenames
    if is_released:
        shutil.copytree(request.getfixturevalue("released_home"), settings.home)
    with open_hall(settings) as connection:
        if not is_released:
            add_origins(connection)
        yield connection


@pytest.fixture
def released(con: duckdb.DuckDBPyConnection, settings: Settings) -> Settings:
    """The tiny hall, released and published, with its warehouse open as `con`."""
    return settings
