"""One sample and one built hall for all laws: what they share is read, never written."""

from __future__ import annotations

import pytest

from tests.hall import Hall
from tests.ready_homes import ReadyHomes


@pytest.fixture(scope="session")
def sample_hall(ready_homes: ReadyHomes, tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """A home whose inbox holds the small sample, untouched, and a person key."""
    return ready_homes.copy(tmp_path_factory.mktemp("sample"), "written")


@pytest.fixture(scope="session")
def built_hall(ready_homes: ReadyHomes, tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """The same files, loaded and built once through the library."""
    return ready_homes.copy(tmp_path_factory.mktemp("built"), "built")


@pytest.fixture(scope="session")
def published_hall(ready_homes: ReadyHomes, tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """The built hall, checked, released and published."""
    return ready_homes.copy(tmp_path_factory.mktemp("published"), "published")
