"""Settings of an empty home, for the tests of looks and drafts."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")
