"""Quality over several weeks; what is counted here in SQL is worked out once more in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from statistics import median

import duckdb
import pytest

from pipeline.present.shared.quality_figures import (
    Revisions,
    has_quality_charts,
    punctuality,
    revision_sizes,
    revisions,
    scores_by_department,
    scores_by_dimension,
    settlements,
    triangle,
)

WEEKS = ["2023-01", "2023-02"]
# week, department, dimension, rows checked, rows held.
SCORES = [
    ("2023-01", "ALL", "ALL", 1000, 0),
    ("2023-01", "ALL", "完整性", 1000, 0),
    ("2023-01", "ALL", "可访问性", 0, 0),
    ("2023-02", "ALL", "ALL", 10, 5),
    ("2023-02", "ALL", "完整性", 10, 5),
    ("2023-02", "ALL", "可访问性", 0, 0),
    ("2023-02", "shuili", "ALL", 6, 5),
    ("2023-02", "shuili", "完整性", 6, 5),
    ("2023-02", "gongan", "ALL", 4, 0),
    ("2023-09", "ALL", "ALL", 7, 7),
]
# finding, week, department, days to the answer, days until settled.
WAITS: list[tuple[str, str, str, int | None, int | None]] = [
    ("a", "2023-01", "水利厅", 1, 2),
    ("b", "2023-01", "水利厅", 4, None),
    ("c", "2023-02", "水利厅", 2, 7),
    ("d", "2023-02", "公安厅", None, None),
    ("e", "2023-09", "公安厅", 90, 90),
]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("""
            CREATE SCHEMA charts;
            CREATE TABLE charts.quality_score (week_id VARCHAR, department_id VARCHAR, dimension VARCHAR,
                department_name VARCHAR, dimension_label VARCHAR, rows_checked BIGINT, rows_held BIGINT,
                sort_order BIGINT);
            CREATE TABLE charts.quality_settlement (finding_id VARCHAR, week_id VARCHAR, department VARCHAR,
                answered_on DATE, settled_on DATE, is_open BOOLEAN, days_to_answer BIGINT, days_to_settle BIGINT);
            CREATE TABLE charts.window_weekly (week_id VARCHAR, measure VARCHAR, measure_label VARCHAR, value BIGINT);
            COMMENT ON TABLE charts.window_weekly IS '综窗办件：四项';
            COMMENT ON COLUMN charts.window_weekly.value IS '本期数 | value of the week';
            INSERT INTO charts.window_weekly VALUES ('2023-01', 'issued', '颁发', 7);
            CREATE TABLE charts.revision_size (week_id VARCHAR, revision BIGINT, metric VARCHAR, part VARCHAR,
                figures BIGINT, figures_revised BIGINT);
            INSERT INTO charts.revision_size VALUES ('2023-01', 1, 'ALL', 'ALL', 30, 0),
                ('2023-01', 2, 'ALL', 'ALL', 30, 2), ('2023-01', 3, 'ALL', 'ALL', 31, 1),
                ('2023-01', 3, 'window_weekly.value', 'week', 1, 1), ('2023-01', 3, 'other.n', 'week', 30, 0),
                ('2023-02', 1, 'ALL', 'ALL', 69, 0);
            CREATE TABLE charts.revision_triangle (week_id VARCHAR, metric VARCHAR, keys VARCHAR, part VARCHAR,
                revision BIGINT, value DECIMAL(38, 6));
            INSERT INTO charts.revision_triangle VALUES
                ('2023-01', 'window_weekly.value', '{"measure":"issued"}', 'week', 1, 5),
                ('2023-01', 'window_weekly.value', '{"measure":"issued"}', 'week', 3, 7),
                ('2023-02', 'other.n', '{}', 'ytd', 1, 9), ('2023-02', 'other.n', '{}', 'ytd', 2, 8);
            CREATE TABLE charts.punctuality (week_id VARCHAR, days_late BIGINT);
            INSERT INTO charts.punctuality VALUES ('2023-01', 0), ('2023-02', 3), ('2023-09', 1);
        """)
        for week, department, dimension, checked, held in SCORES:
            connection.execute(
                "INSERT INTO charts.quality_score VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [week, department, dimension, department, dimension, checked, held, 0 if dimension == "ALL" else 1],
            )
        for finding, week, department, answer, settle in WAITS:
            connection.execute(
                "INSERT INTO charts.quality_settlement SELECT $f, $w, $d,"
                " CASE WHEN $a IS NOT NULL THEN DATE '2023-01-09' END,"
                " CASE WHEN $s IS NOT NULL THEN DATE '2023-01-09' END, $s IS NULL, $a, $s",
                {"f": finding, "w": week, "d": department, "a": answer, "s": settle},
            )
        yield connection


def test_a_score_of_two_weeks_is_that_of_their_rows_and_no_mean_of_scores(con: duckdb.DuckDBPyConnection) -> None:
    scores = {row["dimension"]: row for row in scores_by_dimension(con, WEEKS)}
    # The mean of 100 % and 50 % would be 75 %; 5 of 1,010 rows are held.
    assert scores["完整性"]["score_pct"] == Decimal("99.50")
    assert (scores["完整性"]["rows_checked"], scores["完整性"]["rows_held"]) == (1010, 5)
    assert scores["可访问性"]["score_pct"] is None
    assert scores_by_dimension(con, ["2023-05"]) == []


def test_departments_stand_with_the_lowest_score_first(con: duckdb.DuckDBPyConnection) -> None:
    shuili, gongan = scores_by_department(con, WEEKS)
    assert (shuili["department_name"], shuili["score_pct"]) == ("shuili", Decimal("16.66"))
    assert shuili["by_dimension"] == {"ALL": Decimal("16.66"), "完整性": Decimal("16.66")}
    assert (gongan["department_name"], gongan["score_pct"]) == ("gongan", Decimal("100.00"))


def test_waits_are_medians_with_the_number_still_open(con: duckdb.DuckDBPyConnection) -> None:
    rows = {row["department"]: row for row in settlements(con, WEEKS)}
    for name, row in rows.items():
        own = [wait for wait in WAITS if wait[2] == name and wait[1] in WEEKS]
        answers = [wait[3] for wait in own if wait[3] is not None]
        days = [wait[4] for wait in own if wait[4] is not None]
        assert (row["findings"], row["answered"], row["settled"]) == (len(own), len(answers), len(days))
        assert row["still_open"] == len(own) - len(days)
        assert row["median_days_to_answer"] == (median(answers) if answers else None)
        assert row["median_days_to_settle"] == (Decimal(str(median(days))) if days else None)


def test_the_last_release_of_each_issue_is_compared(con: duckdb.DuckDBPyConnection) -> None:
    assert revisions(con, WEEKS) == Revisions(issues=2, revised_issues=1, figures=100, figures_revised=1)
    assert revisions(con, WEEKS).revised_pct == "1.00%"
    assert revisions(con, ["2023-05"]).revised_pct == "—"
    (size,) = revision_sizes(con, WEEKS)
    assert (size["figure"], size["part"], size["revision"]) == ("综窗办件：本期数", "本期", 3)


def test_a_triangle_has_a_column_a_release_and_a_gap_where_there_was_none(con: duckdb.DuckDBPyConnection) -> None:
    shown = triangle(con, WEEKS, most=9)
    assert shown.revisions == (1, 2, 3)
    assert shown.rows == (
        (("2023-02", "other：今年累计", "", "今年累计"), (9, 8, None)),
        (("2023-01", "综窗办件：本期数", "颁发", "本期"), (5, None, 7)),
    )
    shorter = triangle(con, WEEKS, most=1)
    assert (len(shorter.rows), shorter.left_out) == (1, 1)


def test_only_the_weeks_asked_for_are_told(con: duckdb.DuckDBPyConnection) -> None:
    assert [row["week_id"] for row in punctuality(con, WEEKS)] == ["2023-02", "2023-01"]
    assert has_quality_charts(con)
    con.execute("DROP TABLE charts.punctuality")
    assert not has_quality_charts(con)
