"""`zhoubao report` prints a home under the name of its own hall alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.reporting_calendar import WeekRule
from pipeline.settings import Settings
from pipeline.warehouse.database import open_warehouse

FROM_MONDAY = WeekRule(first_day=1)


def make_home(home: Path, rule: WeekRule) -> None:
    """A home that another hall made."""
    with open_warehouse(Settings(home=home, hall_name="甲大厅", week_rule=rule)):
        pass


@pytest.mark.parametrize("asked", [("--week", "2023-15"), ("--quarter", "2023Q2")], ids=["weekly", "quality"])
def test_the_home_of_a_hall_with_another_week_rule_is_not_printed(
    zhoubao: Callable[..., Result], home: Path, tmp_path: Path, asked: tuple[str, str]
) -> None:
    make_home(home, FROM_MONDAY)
    out = tmp_path / "out"
    result = zhoubao("report", *asked, "--out", out)
    said = "".join(result.output.split())
    assert result.exit_code == 1
    assert "报告周是：自星期一起统计七天" in said and "（“甲大厅”）" in said
    assert "请用另一个数据目录" in said
    assert not out.exists()


def test_the_home_of_a_hall_of_another_name_is_told(zhoubao: Callable[..., Result], home: Path) -> None:
    make_home(home, WeekRule())
    result = zhoubao("report", "--week", "2023-15")
    said = "".join(result.output.split())
    assert "这个数据目录是为“甲大厅”建的" in said
    # Nothing was published yet, which is all that stops this one.
    assert "报告周是" not in said


def test_the_template_belongs_to_no_home(zhoubao: Callable[..., Result], home: Path, tmp_path: Path) -> None:
    make_home(home, FROM_MONDAY)
    assert zhoubao("report", "--copy-template", tmp_path / "weekly.docx").exit_code == 0
