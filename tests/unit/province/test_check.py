"""What a province makes of a folder of packages."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.province.check import Province, check_province
from pipeline.province.package import PackageError
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings
from pipeline.warehouse import load_models


def test_a_folder_without_a_package_is_answered(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    with duckdb.connect() as con, pytest.raises(PackageError, match="没有可以接收的上报包"):
        check_province(con, Province(settings, load_calendar(), [], load_models(settings.models)), tmp_path)
