"""Two small sample sets, made once: without defects and with all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.reporting_calendar import load_calendar
from pipeline.sample import write_sample

SCALE = 0.002


@pytest.fixture(scope="session")
def clean_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean_sample")
    write_sample(folder, scale=SCALE, defects=False, calendar=load_calendar())
    return folder


@pytest.fixture(scope="session")
def planted_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted_sample")
    write_sample(folder, scale=SCALE, calendar=load_calendar())
    return folder
