"""Who has a row in quarantine has reported, one name is one reporter, and a copy is found beside a quarantined row."""

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


def test_a_day_that_was_copied_is_found_though_one_of_its_rows_is_in_quarantine(tmp_path: Path) -> None:
    fields = "  - {name: day, title: 日期, type: date}\n  - {name: more, title: 人次, type: integer, unit: 人次}\n"
    text = REPORTS.replace("checks:\n  reporters: {field: unit, from: previous}", f"{fields}checks:\n  copies: true")
    hall = SmallHall(tmp_path, text.replace("[unit]", "[unit, day]"))
    copied: list[list[Cell]] = [["东城", 21, "2023-04-12", 35], ["西城", 32, "2023-04-12", 47]]
    later: list[list[Cell]] = [[unit, cases, "2023-04-13", people] for unit, cases, _, people in copied]
    others: list[list[Cell]] = [["南城", 43, "2023-04-12", 51], ["南城", 43, "2023-04-13", 51]]
    copied[0][1] = "廿几"
    hall.csv("2023-15", [*copied, *later, *others])
    (found,) = [one for one in hall.check(["2023-15"]) if one.check == "not_copied"]
    assert "与 2023-04-12 完全相同" in found.evidence


def test_who_says_that_there_was_nothing_need_not_say_why(tmp_path: Path) -> None:
    fields = "件数, type: integer, unit: 件, zeroValues: [无业务], blank: unknown}\n"
    fields += "  - {name: people, title: 人次, type: integer, blank: unknown}\n"
    text = REPORTS.replace("件数, type: integer, unit: 件}\n", fields)
    text = text.replace("from: previous}", "from: previous, none: 无业务}\n  band: {of: [cases], by: [unit]}")
    hall = SmallHall(tmp_path, text)
    for week in range(10, 16):
        hall.csv(f"2023-{week}", [["东城", 210 + week, 30], ["西城", 320 + week, 40]])
    hall.csv("2023-16", [["东城", "无业务", None], ["西城", "0", 40]])
    (found,) = hall.check([f"2023-{week}" for week in range(10, 17)])
    assert (found.check, found.evidence.partition("。")[0]) == (
        "cases_in_proportion",
        "西城件数本期 0，只有往期的 0.0%",
    )
