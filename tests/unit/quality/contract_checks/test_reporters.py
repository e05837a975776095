"""Who has a row in quarantine has reported, and one name is one reporter however it is spaced."""

from __future__ import annotations

from pathlib import Path

from tests.unit.quality.contract_checks.small_hall import Cell, SmallHall

REPORTS = """
name: unit_weekly
title: 各区报送周报
version: 1
delivery: {kind: weekly}
primaryKey: [unit]
fields:
  - {name: unit, title: 单位, constraints: {required: true}}
  - {name: cases, title: 件数, type: integer, unit: 件}
checks:
  reporters: {field: unit, from: previous}
"""
BEFORE: list[list[Cell]] = [["东城", 21], ["西城", 32], ["南城", 43]]


def told(home: Path, *rows: list[Cell]) -> list[str]:
    hall = SmallHall(home, REPORTS)
    hall.csv("2023-15", BEFORE)
    hall.csv("2023-16", rows)
    return [one.evidence for one in hall.check(["2023-15", "2023-16"])]


def test_who_stands_in_quarantine_has_reported(tmp_path: Path) -> None:
    assert told(tmp_path, ["东城", "廿几"], ["西城", 32], ["南城", 43]) == []


def test_where_more_are_missing_than_are_in_quarantine_nobody_is_said_to_be_silent(tmp_path: Path) -> None:
    found = told(tmp_path, ["东城", "廿几"], ["南城", 43])
    assert [one.partition("。")[0] for one in found] == ["东城本期没有读到", "西城本期没有读到"]
    assert "有 1 行被隔离，可能在其中" in found[0]


def test_a_name_is_compared_without_its_blanks(tmp_path: Path) -> None:
    assert told(tmp_path, ["东 城", 21], ["西城", 32], ["南\u3000城", 43]) == []


def test_who_is_not_there_is_missed(tmp_path: Path) -> None:
    assert [one.partition("。")[0] for one in told(tmp_path, ["东城", 21], ["西城", 32])] == ["南城本期没有报送"]
