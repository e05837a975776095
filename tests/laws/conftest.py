"""One sample and one built hall for all laws: what they share is read, never written."""

from __future__ import annotations

import shutil

import pytest

from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from tests.hall import WEEKS, Hall


@pytest.fixture(scope="session")
def sample_hall(tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """A home whose inbox holds the small sample, untouched, and a person key."""
    hall = Hall(tmp_path_factory.mktemp("sample"))
    hall.write_sample()
    with hall.open() as con:
        hall.load(con, [])
    return hall


@pytest.fixture(scope="session")
def built_hall(sample_hall: Hall, tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """The same files, loaded and built once through the library."""
    hall = Hall(tmp_path_factory.mktemp("built"))
    shutil.copytree(sample_hall.settings.inbox, hall.settings.inbox, dirs_exist_ok=True)
    shutil.copy(sample_hall.settings.secret_path, hall.settings.secret_path)
    with hall.open() as con:
        hall.load(con)
        hall.build(con)
    return hall


@pytest.fixture(scope="session")
def published_hall(built_hall: Hall, tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """The built hall, checked, released and published."""
    hall = Hall(tmp_path_factory.mktemp("published") / "home")
    shutil.copytree(built_hall.settings.home, hall.settings.home)
    with hall.open() as con:
        hall.check(con)
        freeze(con, hall.settings, WEEKS)
        publish(con, hall.settings)
    return hall
