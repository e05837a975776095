"""Code lists and calendar in the warehouse: exact, and left alone where nothing changed."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.hall.code_list import code_lists
from pipeline.hall.facts import PowerGroup
from pipeline.hall.files_in_force import FilesInForce
from pipeline.reporting_calendar import ReportingCalendar, WeekRule
from pipeline.settings import Settings
from pipeline.warehouse.reference import load_reference


class ShortSettings(Settings):
    """Two years and a folder of code lists of the test's own."""

    lists: Path

    @property
    def reference(self) -> FilesInForce:
        return FilesInForce((self.lists,), "*.csv")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "channel.csv").write_text("code,label\n01,窗口\n9,\n", encoding="utf-8-sig")
    return ShortSettings(home=tmp_path, lists=tmp_path, first_year=2023, last_year=2024)


def test_codes_stay_text_and_blanks_become_null(settings: Settings) -> None:
    con = duckdb.connect()
    load_reference(con, settings, ReportingCalendar())
    assert con.execute("SELECT code, label FROM raw.ref_channel").fetchall() == [("01", "窗口"), ("9", None)]


def test_every_day_of_the_years_has_one_week(settings: Settings) -> None:
    con = duckdb.connect()
    load_reference(con, settings, ReportingCalendar())
    assert con.execute("SELECT count(*), count(DISTINCT day), min(day)::VARCHAR FROM raw.calendar_day").fetchone() == (
        731,
        731,
        "2023-01-01",
    )
    assert con.execute("SELECT issue_no, working_days FROM raw.report_week WHERE week_id = '2023-15'").fetchone() == (
        15,
        5,
    )


def test_weeks_before_the_first_issue_of_the_hall_are_not_expected(settings: Settings) -> None:
    con = duckdb.connect()
    load_reference(con, settings, ReportingCalendar(rule=WeekRule(first_issue="2023-20")))
    rows = con.execute("SELECT is_expected, min(week_id), count(*) > 30 FROM raw.report_week GROUP BY 1 ORDER BY 1")
    assert rows.fetchall() == [(False, "2023-01", False), (True, "2023-20", True)]


def test_only_what_changed_is_written_again(settings: Settings, tmp_path: Path) -> None:
    con = duckdb.connect()
    assert set(load_reference(con, settings, ReportingCalendar())) == {
        "ref_channel",
        "ref_export",
        "ref_hall",
        "ref_measure",
        "report_week",
        "report_period",
        "calendar_day",
    }
    assert load_reference(con, settings, ReportingCalendar()) == ()
    (tmp_path / "channel.csv").write_text("code,label\n1,窗口\n", encoding="utf-8")
    assert load_reference(con, settings, ReportingCalendar()) == ("ref_channel",)
    assert con.execute("SELECT * FROM raw.ref_channel").fetchall() == [("1", "窗口")]


def test_lists_of_departments_say_whose_they_are_and_a_code_keeps_its_zero(tmp_path: Path) -> None:
    con = duckdb.connect()
    settings = Settings(home=tmp_path, hall_id="010100", hall_name="某厅", first_year=2023, last_year=2024)
    load_reference(con, settings, ReportingCalendar(rule=WeekRule(first_issue="2023-20")))
    assert con.execute("SELECT * FROM raw.ref_hall").fetchall() == [("010100", "某厅", "2023-20")]
    for table in ("ref_department", "ref_department_alias", "ref_export"):
        assert con.execute(f"SELECT DISTINCT hall_id FROM raw.{table}").fetchall() == [("010100",)]


def test_an_uneven_row_is_named(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "channel.csv").write_text("code,label\n1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"channel\.csv 第 2 行有 1 列，表头有 2 列"):
        load_reference(duckdb.connect(), settings, ReportingCalendar())


def test_what_the_hall_expects_is_a_table_that_follows_its_words(tmp_path: Path) -> None:
    query = "SELECT expected, required FROM raw.ref_export WHERE source = 'window_weekly'"
    con = duckdb.connect()
    (tmp_path / "hall").mkdir()
    settings = Settings(home=tmp_path, hall=tmp_path / "hall", first_year=2023, last_year=2024)
    load_reference(con, settings, ReportingCalendar())
    assert con.execute(query).fetchall() == [("weekly", "stops")]
    (tmp_path / "hall" / "hall.toml").write_text('[exports.window_weekly]\nexpected = "never"\n', "utf-8")
    without = Settings(home=tmp_path, hall=tmp_path / "hall", first_year=2023, last_year=2024)
    assert load_reference(con, without, ReportingCalendar()) == ("ref_export",)
    assert con.execute(query).fetchall() == [("never", "none")]


def test_the_hall_s_groups_are_those_of_its_power_types(tmp_path: Path) -> None:
    types = [record["label"] for record in code_lists(Settings(hall=None).reference)[-1].records]
    group = PowerGroup(code="all", label="全部", types=tuple(types))
    con = duckdb.connect()
    settings = Settings(home=tmp_path, hall=None, power_groups=(group,), first_year=2023, last_year=2024)
    load_reference(con, settings, ReportingCalendar())
    assert con.execute("SELECT DISTINCT power_group, power_group_label FROM raw.ref_power_type").fetchall() == [
        ("all", "全部")
    ]


def test_months_and_quarters_stand_beside_the_weeks(settings: Settings) -> None:
    con = duckdb.connect()
    load_reference(con, settings, ReportingCalendar(years=range(2023, 2025)))
    told = "SELECT kind, count(*), min(period_id), max(period_id) FROM raw.report_period GROUP BY 1 ORDER BY 1"
    # Of December 2024, and of its quarter, no issue is in the calendar yet.
    assert con.execute(told).fetchall() == [
        ("month", 23, "2023-M01", "2024-M11"),
        ("quarter", 7, "2023-Q1", "2024-Q3"),
    ]


def test_a_month_that_ends_before_the_first_issue_is_not_expected(settings: Settings) -> None:
    con = duckdb.connect()
    load_reference(con, settings, ReportingCalendar(rule=WeekRule(first_issue="2023-20")))
    first = "SELECT min(period_id) FROM raw.report_period WHERE is_expected AND kind = 'month'"
    assert con.execute(first).fetchall() == [("2023-M05",)]
