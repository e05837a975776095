"""One clock serves the whole program, and a test sets it in one place."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.common.clock import (
    BEIJING,
    beijing_now,
    clock_set_to,
    epoch_seconds,
    file_moment,
    moment_in_beijing,
    utc_now,
)

ROOT = Path(__file__).parents[3]
# 2023-04-24 09:00:00.25 in Beijing is 01:00:00.25 in UTC.
MONDAY_MORNING = datetime(2023, 4, 24, 9, 0, 0, 250_000, tzinfo=BEIJING)


def test_a_set_clock_gives_the_same_moment_in_every_form() -> None:
    with clock_set_to(MONDAY_MORNING):
        assert moment_in_beijing() == MONDAY_MORNING
        assert beijing_now() == datetime(2023, 4, 24, 9)
        assert utc_now() == datetime(2023, 4, 24, 1, 0, 0, 250_000)
        assert epoch_seconds() == MONDAY_MORNING.timestamp()


def test_stored_moments_are_beijing_time_whatever_zone_the_clock_was_set_in() -> None:
    with clock_set_to(datetime(2023, 12, 31, 16, 30, tzinfo=UTC)):
        assert beijing_now() == datetime(2024, 1, 1, 0, 30)
        assert beijing_now().tzinfo is None


def test_the_systems_clock_counts_again_after_the_block_even_where_it_fails() -> None:
    with pytest.raises(ZeroDivisionError), clock_set_to(MONDAY_MORNING):
        raise ZeroDivisionError
    assert moment_in_beijing().year > 2023


def test_a_clock_cannot_be_set_to_a_moment_without_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"), clock_set_to(datetime(2023, 4, 24)):
        pass


def test_a_files_time_is_shown_in_beijing_time() -> None:
    assert file_moment(MONDAY_MORNING.timestamp()) == datetime(2023, 4, 24, 9, 0, 0, 250_000)


def test_no_other_module_asks_the_system_what_time_it_is() -> None:
    """`time.monotonic` and `time.perf_counter` measure how long something takes; they are no wall clock."""
    wall_clocks = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.localtime"}
    readings = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for folder in ("pipeline", "assets", "zhoubao")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path != ROOT / "pipeline/common/clock.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in wall_clocks
    ]
    assert readings == []
