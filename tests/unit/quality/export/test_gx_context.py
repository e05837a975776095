"""A check as Great Expectations has it, and where an export may be written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.quality.checks.model import TableSuite
from pipeline.quality.export.gx_context import ExportError, export_gx, gx_expectation
from pipeline.settings import Settings

MakeCheck = Callable[..., dict[str, Any]]
SuiteOf = Callable[..., TableSuite]


def test_a_check_has_its_own_severity_and_notes_and_its_numbers_filled_in(
    make_check: MakeCheck, suite_of: SuiteOf
) -> None:
    limit = {"name": "least", "value": 3, "since": "2026-11-23", "reason_zh": "首次设定"}
    query = "SELECT week_id, k, n FROM {batch} WHERE n < {least}"
    check = make_check("unexpected_rows_expectation", {"unexpected_rows_query": query}, thresholds=[limit])
    check["example"] = {"sql": "UPDATE charts.t SET n = 0", "says_zh": "为 0"}
    written = gx_expectation(suite_of(check).expectations[0])
    assert written["severity"] == "critical"
    assert written["notes"] == ["只用于测试", "only for tests"]
    assert written["kwargs"]["unexpected_rows_query"].endswith("n < 3")
    assert written["meta"]["thresholds"][0]["since"] == "2026-11-23"
    assert "example" not in str(written)


def test_a_folder_with_something_else_in_it_is_left_alone(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "其他.txt").write_text("x", "utf-8")
    with pytest.raises(ExportError, match="里有别的文件，没有写入"):
        export_gx(settings, ["2023-01"], [], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["其他.txt"]


def test_without_any_week_there_is_nothing_to_write(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="还没有任何一期"):
        export_gx(settings, [], [], tmp_path / "new")
    assert not (tmp_path / "new").exists()
