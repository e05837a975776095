"""A newcomer's next week: written by `zhoubao sample --next`, run, and released without a critical finding."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.runs import RunReport, materialize_weeks
from assets.weeks_to_run import weeks_to_run
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.sample import SampleWorld, write_later_weeks
from pipeline.sample.defects import DEFECTS, MOVABLE
from pipeline.sample.writer import DEFAULT_SEED
from pipeline.settings import Settings
from pipeline.warehouse.database import read_warehouse
from tests.hall import Hall
from tests.noise import CARRIED, findings_in
from tests.ready_homes import ReadyHomes
from zhoubao.commands.sample import next_sample_week

pytestmark = pytest.mark.slow
SCALE = 0.002
MADE_WITH = SampleWorld(DEFAULT_SEED, SCALE)
# Files that are not there, and defects that another one of the list covers up in the same cell, row or day.
NOT_AT_ONCE = {
    "statistics_not_delivered", "inspection_not_delivered", "day_missing", "error_cell", "volume_reexported",
    "former_name", "volume_disagrees", "window_spike",
}  # fmt: skip


@pytest.fixture(scope="module")
def next_week(
    small_home: Settings, calendar: ReportingCalendar, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Settings, RunReport]]:
    """The small home with issue 16, written behind what it knows and run as `zhoubao run` does."""
    home = tmp_path_factory.mktemp("next") / "home"
    shutil.copytree(small_home.home, home, ignore=shutil.ignore_patterns("dagster"))
    settings = small_home.model_copy(update={"home": home})
    week = next_sample_week(settings, calendar)
    write_later_weeks(settings.inbox, [week], MADE_WITH, calendar=calendar)
    weeks = weeks_to_run(settings, calendar, week.week_id)
    yield settings, materialize_weeks(settings, weeks.first, weeks.last)


def test_the_next_week_is_released_and_nothing_critical_is_found(next_week: tuple[Settings, RunReport]) -> None:
    settings, report = next_week
    assert (report.first_week, report.last_week) == ("2023-16", "2023-16")
    assert report.is_success, report.gate_message or report.failures
    with read_warehouse(settings) as con:
        findings = con.execute(
            "SELECT DISTINCT f.table_name, f.check_name, f.severity FROM quality.finding AS f "
            "JOIN quality.finding_week AS w ON w.finding_id = f.finding_id WHERE w.week_id = '2023-16'"
        ).fetchall()
        assert {(table, check) for table, check, _ in findings} <= CARRIED
        assert "critical" not in {severity for *_, severity in findings}
        assert con.execute("SELECT revision FROM release.issue WHERE week_id = '2023-16'").fetchall() == [(1,)]


def test_the_year_to_date_goes_on_from_the_issue_before(next_week: tuple[Settings, RunReport]) -> None:
    settings, _ = next_week
    with read_warehouse(settings) as con:
        rows = con.execute(
            "SELECT measure, n.value_ytd, b.value_ytd + n.value FROM charts.window_weekly AS n "
            "JOIN charts.window_weekly AS b USING (measure) WHERE n.week_id = '2023-16' AND b.week_id = '2023-15'"
        ).fetchall()
        restated = con.execute("SELECT max(revision) FROM release.issue WHERE week_id < '2023-16'").fetchone()
    assert len(rows) == 4
    assert all(to_date == expected for _, to_date, expected in rows)
    assert restated == (1,)


def test_the_week_behind_the_next_one_is_the_one_after_it(
    next_week: tuple[Settings, RunReport], calendar: ReportingCalendar
) -> None:
    settings, _ = next_week
    assert next_sample_week(settings, calendar).week_id == "2023-17"


def hall_with(home: Path, defects: set[str]) -> Hall:
    """The calibrated weeks without defects, and issue 16 with those."""
    hall = Hall(home)
    hall.write_sample(scale=0.01, defects=False)
    made_with = SampleWorld(DEFAULT_SEED, 0.01)
    week = hall.calendar.week("2023-16")
    write_later_weeks(hall.settings.inbox, [week], made_with, calendar=hall.calendar, defects=defects)
    return hall


def test_defects_of_the_next_week_are_found_as_in_their_own(tmp_path: Path) -> None:
    planted = set(MOVABLE) - NOT_AT_ONCE
    hall = hall_with(tmp_path, planted)
    weeks = [week.week_id for week in hall.calendar.weeks(2023)[:16]]
    found = {(one.table, one.check) for one in findings_in(hall, weeks) if one.week_id == "2023-16"}
    wanted = {
        defect.defect_id: {(expected.table, expected.check) for expected in defect.findings}
        for defect in DEFECTS
        if defect.defect_id in planted
    }
    assert {name for name, checks in wanted.items() if not checks <= found} == set()


def test_with_2022_a_figure_has_one_of_the_year_before_and_nothing_critical_is_found(
    ready_homes: ReadyHomes, tmp_path: Path
) -> None:
    hall = Hall(tmp_path)
    hall.write_sample(defects=False)
    shutil.copytree(ready_homes.year_before(), hall.settings.inbox, dirs_exist_ok=True)
    for path in hall.settings.inbox.glob("*_2023-*"):
        if path.stem.split("_")[1] not in ("2023-01", "2023-02"):
            path.unlink()
    weeks = [*(week.week_id for week in hall.calendar.weeks(2022)), "2023-01", "2023-02"]
    assert {(one.table, one.check) for one in findings_in(hall, weeks)} <= CARRIED
    with hall.open() as con:
        pairs = con.execute(
            "SELECT n.metric, n.value, b.value FROM marts.weekly_metric AS n JOIN marts.weekly_metric AS b "
            "USING (metric, department_id, power_type, channel) WHERE n.week_id = '2023-02' AND b.week_id = '2022-02' "
            "AND n.department_id = 'ALL' AND n.power_type = 'ALL' AND n.channel = 'ALL' AND b.value > 0"
        ).fetchall()
    assert {"window_consulted", "window_issued", "case_accepted", "case_completed"} <= {metric for metric, *_ in pairs}
