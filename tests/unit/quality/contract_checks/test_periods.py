"""Of a monthly the delivery before is that of the month before; its rows keep their month."""

from __future__ import annotations

from pathlib import Path

from pipeline.reporting_calendar import ReportPeriod, load_calendar
from tests.unit.quality.contract_checks.small_hall import SmallHall

MONTHLY = """
name: rating
title: 好差评月报
version: 1
delivery: {kind: weekly, period: month}
titleWords: [好差评]
primaryKey: [district]
fields:
  - {name: district, title: 区县, constraints: {required: true}}
  - {name: carried_in, title: 上期结转, type: integer}
  - {name: received, title: 评价, type: integer, unit: 件}
  - {name: received_ytd, title: 累计评价, type: integer, unit: 件, cumulative: {of: received}}
  - {name: carried_out, title: 结转下期, type: integer}
  - {name: handled, title: 处理, type: integer}
checks:
  balance: [{opening: carried_in, in: [received], out: [handled], closing: carried_out, continues: true}]
  reporters: {field: district, from: previous}
"""
MONTHS = [ReportPeriod(2023, "month", number) for number in (1, 2, 3)]
WEEKS = [load_calendar().release_of(month).week_id for month in MONTHS]


def hall_of(home: Path, *received: tuple[int, int, int, int]) -> SmallHall:
    hall = SmallHall(home, MONTHLY)
    for month, row in zip(MONTHS, received, strict=False):
        hall.csv(f"2023-{month.number:02d}", [["东区", *row, 0]])
    return hall


def test_months_that_agree_are_silent(tmp_path: Path) -> None:
    assert hall_of(tmp_path, (0, 10, 10, 10), (10, 5, 15, 15), (15, 7, 22, 22)).check(WEEKS) == []


def test_a_year_to_date_that_does_not_go_on_from_the_month_before_is_found(tmp_path: Path) -> None:
    (found,) = hall_of(tmp_path, (0, 100, 100, 100), (100, 50, 150, 150), (150, 70, 230, 220)).check(WEEKS)
    assert (found.check, found.week_id) == ("cumulative_received_ytd", WEEKS[2])
    assert "累计评价印为 230" in found.evidence
    assert "上期累计 150 件加评价 70 件为 220，相差 10" in found.evidence


def test_a_month_that_does_not_begin_with_what_the_one_before_left_is_found(tmp_path: Path) -> None:
    found = hall_of(tmp_path, (0, 100, 100, 100), (90, 50, 150, 140)).check(WEEKS[:2])
    assert [(finding.check, finding.week_id) for finding in found] == [("continues_carried_out", WEEKS[1])]


def test_who_reported_in_the_month_before_is_missed(tmp_path: Path) -> None:
    hall = hall_of(tmp_path, (0, 100, 100, 100))
    hall.csv("2023-02", [["西区", 0, 5, 5, 5, 0]])
    assert "东区本期没有报送" in "".join(finding.evidence for finding in hall.check(WEEKS[:2]))


def test_an_average_over_working_days_is_over_those_of_the_month(tmp_path: Path) -> None:
    per_day = "  - {name: per_day, title: 日均, type: number, average: {of: received, over: working_days}}\nchecks:"
    hall = SmallHall(tmp_path, MONTHLY.replace("checks:", per_day))
    # February 2023 has twenty working days, the week in which it is told has five.
    hall.csv("2023-02", [["东区", 0, 100, 100, 100, 0, "5.0"]])
    assert hall.check(WEEKS[:2]) == []
    hall.csv("2023-03", [["东区", 100, 100, 200, 200, 0, "20.0"]])
    (found,) = hall.check(WEEKS)
    assert "日均印为 20.0" in found.evidence


def test_rows_know_their_month_beside_the_release_that_tells_it(tmp_path: Path) -> None:
    hall = hall_of(tmp_path, (0, 10, 10, 10), (10, 5, 15, 15))
    with hall.loaded(WEEKS) as con:
        assert hall.outcomes[0] == f"loaded: 统计的是2023年1月，放在 {WEEKS[0]} 期"
        rows = con.execute(
            "SELECT d.period_id, d.week_id, CAST(d.period_start AS VARCHAR), CAST(d.period_end AS VARCHAR), p.label"
            " FROM raw.rating AS r JOIN ledger.current_delivery AS d ON d.delivery_id = r.delivery_id"
            " JOIN core.report_period AS p ON p.period_id = d.period_id ORDER BY 1"
        ).fetchall()
    assert rows == [
        ("2023-M01", WEEKS[0], "2023-01-01", "2023-01-31", "2023年1月"),
        ("2023-M02", WEEKS[1], "2023-02-01", "2023-02-28", "2023年2月"),
    ]
