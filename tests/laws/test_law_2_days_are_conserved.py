"""Law 2: every calendar day belongs to exactly one week, so the weeks of a year add up to the year to date."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from pipeline.reporting_calendar import WeekRule, load_calendar
from tests.hall import Hall

WEEK_RULES = {
    "Saturday to Friday": WeekRule(),
    "Monday to Sunday": WeekRule(first_day=1),
    "Friday to Thursday": WeekRule(first_day=5),
}


@pytest.mark.parametrize("rule", WEEK_RULES.values(), ids=WEEK_RULES)
@pytest.mark.parametrize("year", range(2015, 2027))
def test_the_issues_of_a_year_cover_each_of_its_days_once(year: int, rule: WeekRule) -> None:
    days: Counter[date] = Counter()
    for week in load_calendar(rule=rule).weeks(year):
        length = (week.coverage_end - week.coverage_start).days + 1
        days.update(week.coverage_start + timedelta(days=offset) for offset in range(length))
    first, last = date(year, 1, 1), date(year, 12, 31)
    assert set(days) == {first + timedelta(days=offset) for offset in range((last - first).days + 1)}
    assert set(days.values()) == {1}


def test_for_every_flow_the_weeks_add_up_to_the_year_to_date(built_hall: Hall) -> None:
    with built_hall.open() as con:
        flows = con.execute(
            "SELECT count(*) FROM marts.weekly_metric WHERE basis = 'flow' AND value_ytd IS NOT NULL"
        ).fetchone()
        broken = con.execute(
            """
            SELECT week_id, metric, department_id, power_type, channel, value_ytd, running FROM (
                SELECT *, sum(coalesce(value, 0)) OVER (
                    PARTITION BY metric, department_id, power_type, channel ORDER BY week_id) AS running
                FROM marts.weekly_metric WHERE basis = 'flow' AND value_ytd IS NOT NULL)
            WHERE value_ytd IS DISTINCT FROM running
            """
        ).fetchall()
    assert flows and flows[0] > 1000
    assert broken == []
