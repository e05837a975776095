"""A home remembers its hall: another week rule stops before anything is written, another name is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.reporting_calendar import WeekRule
from pipeline.settings import Settings
from pipeline.warehouse.database import accept_hall, open_warehouse, stored_hall
from pipeline.warehouse.errors import OtherWeekRuleError
from pipeline.warehouse.home_hall import hall_of_journal, renamed_words, rule_in_words
from pipeline.warehouse.journal import read_journal, rows_of

FROM_SATURDAY = WeekRule()
FROM_MONDAY = WeekRule(first_day=1)


def settings_of(home: Path, name: str = "甲大厅", rule: WeekRule = FROM_SATURDAY) -> Settings:
    return Settings(home=home, hall_name=name, week_rule=rule)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with open_warehouse(settings_of(tmp_path)):
        pass
    return tmp_path


def test_the_first_opening_for_writing_notes_the_hall(home: Path) -> None:
    stored = stored_hall(settings_of(home))
    assert stored is not None
    assert (stored.name, stored.week_rule) == ("甲大厅", FROM_SATURDAY)


def test_a_home_without_a_warehouse_has_no_hall(tmp_path: Path) -> None:
    assert stored_hall(settings_of(tmp_path)) is None


@pytest.mark.parametrize(
    "rule",
    [FROM_MONDAY, WeekRule(working_weekdays=(1, 2, 3, 4, 5, 6)), WeekRule(anchor_total=1), WeekRule(anchor_year=2022)],
    ids=["first_day", "working_weekdays", "anchor_total", "anchor_year"],
)
def test_another_week_rule_is_refused_before_anything_is_written(home: Path, rule: WeekRule) -> None:
    other = settings_of(home, "乙大厅", rule)
    before = other.warehouse_path.read_bytes()
    with pytest.raises(OtherWeekRuleError) as refused, open_warehouse(other):
        raise AssertionError("the warehouse was opened")
    sentence = str(refused.value)
    assert f"报告周是：{rule_in_words(FROM_SATURDAY)}（“甲大厅”）" in sentence
    assert f"现在的设置是：{rule_in_words(rule)}（“乙大厅”）" in sentence
    assert "请用另一个数据目录" in sentence
    assert "zhoubao hall --accept" in sentence
    assert other.warehouse_path.read_bytes() == before


def test_the_same_days_in_another_order_and_a_first_issue_are_no_other_rule(home: Path) -> None:
    rule = WeekRule(working_weekdays=(5, 4, 3, 2, 1), first_issue="2023-20")
    with open_warehouse(settings_of(home, rule=rule)) as con:
        assert con.execute("SELECT count(*) FROM ledger.home_hall").fetchall() == [(1,)]


def test_another_name_is_told_and_noted(home: Path) -> None:
    renamed = settings_of(home, "乙大厅")
    words = renamed_words(stored_hall(renamed), renamed)
    assert words is not None
    assert "为“甲大厅”建的，现在的设置是“乙大厅”" in words
    with open_warehouse(renamed):
        pass
    assert renamed_words(stored_hall(renamed), renamed) is None


def test_an_accepted_rule_has_every_delivery_read_again(home: Path) -> None:
    with open_warehouse(settings_of(home)) as con:
        con.execute(
            "INSERT INTO ledger.delivery (delivery_id, status, contract_fingerprint)"
            " VALUES ('a', 'current', 'x'), ('b', 'superseded', 'x'), ('c', 'refused', NULL)"
        )
    other = settings_of(home, rule=FROM_MONDAY)
    assert accept_hall(other) == 2
    with open_warehouse(other) as con:
        read_as = con.execute("SELECT contract_fingerprint FROM ledger.delivery ORDER BY 1 NULLS LAST").fetchall()
    assert read_as == [("",), ("",), (None,)]
    assert accept_hall(other) == 0
    kept = rows_of(read_journal(other.journal_path), "ledger.home_hall")
    assert [hall_of_journal(row).week_rule for row in kept] == [FROM_SATURDAY, FROM_MONDAY]


def test_the_rule_is_said_in_words() -> None:
    assert rule_in_words(FROM_SATURDAY) == "自星期六起统计七天，刊印星期一、二、三、四、五，2023 年第 1 期为总第 421 期"
