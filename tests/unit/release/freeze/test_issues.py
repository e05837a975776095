"""Freezing of issues: what becomes a figure, and when there is a revision."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import duckdb
import pytest

from pipeline.release.freeze.issues import freeze, last_issue, preview, shown_issue
from pipeline.settings import Settings
from tests.unit.release.tiny_hall import GRAINS, WEEKS, open_hall

NOW = datetime(2023, 1, 30, 11, 0, 0)


def test_every_number_and_text_of_the_charts_is_frozen_with_its_keys(
    con: duckdb.DuckDBPyConnection, settings: Settings
):
    (outcome,) = freeze(con, settings, ["2023-03"], grains=GRAINS, released_at=NOW)
    assert (outcome.revision, outcome.is_new, outcome.differences) == (1, True, 0)
    frozen = {
        (metric, keys): rest
        for metric, keys, *rest in con.execute("SELECT * EXCLUDE (week_id, revision) FROM release.figure").fetchall()
    }
    assert frozen["window_weekly.value", '{"measure":"consulted"}'] == [Decimal(2100), Decimal(4200), None]
    assert frozen["authorization_status.department_names", '{"status":"not_authorized"}'] == [None, None, "成都海关"]
    assert frozen["department_volume.completion_rate_ytd", '{"department_id":"shuili"}'][1] == Decimal("99.99")
    assert frozen["training_weekly.sessions", "{}"][0] == 2
    assert outcome.figures == len(frozen)


def test_a_rerun_with_the_same_figures_makes_no_revision(con: duckdb.DuckDBPyConnection, settings: Settings):
    freeze(con, settings, WEEKS, grains=GRAINS)
    before = con.execute("SELECT * FROM release.issue ORDER BY ALL").fetchall()
    again = freeze(con, settings, WEEKS, grains=GRAINS)
    assert [(outcome.revision, outcome.is_new) for outcome in again] == [(1, False)] * 3
    assert "完全相同" in again[0].message
    assert con.execute("SELECT * FROM release.issue ORDER BY ALL").fetchall() == before


def test_a_changed_figure_makes_a_revision_that_says_by_how_much_and_why(
    con: duckdb.DuckDBPyConnection, settings: Settings
):
    freeze(con, settings, WEEKS, grains=GRAINS)
    con.execute(
        "UPDATE charts.window_weekly SET value_ytd = value_ytd + 7 WHERE week_id = '2023-02' AND measure = 'accepted'"
    )
    con.execute(
        "INSERT INTO ledger.delivery SELECT 'd4', source, '综窗办件周报_2023-02(重报).xlsx', week_id, as_of, status, 9,"
        " title FROM ledger.delivery WHERE delivery_id = 'd2'"
    )
    outcomes = {outcome.week_id: outcome for outcome in freeze(con, settings, WEEKS, grains=GRAINS)}
    assert {week: outcome.is_new for week, outcome in outcomes.items()} == {
        "2023-01": False,
        "2023-02": True,
        "2023-03": False,
    }
    assert (outcomes["2023-02"].revision, outcomes["2023-02"].differences) == (2, 1)
    assert "重报" in outcomes["2023-02"].message
    diff = con.execute(
        "SELECT metric, keys, kind, difference, before_ytd, after_ytd, difference_ytd FROM release.revision_diff"
    ).fetchall()
    assert diff == [("window_weekly.value", '{"measure":"accepted"}', "changed", 0, 270, 277, 7)]
    assert con.execute(
        "SELECT value_ytd FROM release.figure WHERE week_id = '2023-02' AND revision = 1"
        " AND metric = 'window_weekly.value' AND keys LIKE '%accepted%'"
    ).fetchall() == [(270,)]


def test_figures_that_come_and_go_are_differences_too(con: duckdb.DuckDBPyConnection, settings: Settings):
    freeze(con, settings, ["2023-03"], grains=GRAINS)
    con.execute(
        "UPDATE charts.authorization_status SET department_names = '海关'"
        " WHERE week_id = '2023-03' AND status = 'not_authorized'"
    )
    con.execute("DELETE FROM charts.activity WHERE seq = 2")
    con.execute("INSERT INTO charts.inspection_weekly VALUES ('2023-03', '纪律秩序', '总体情况良好', 0, 3)")
    freeze(con, settings, ["2023-03"], grains=GRAINS)
    kinds = dict(con.execute("SELECT kind, count(*) FROM release.revision_diff GROUP BY kind").fetchall())
    assert kinds == {"changed": 1, "removed": 3, "added": 2}


def test_two_warehouses_with_the_same_tables_freeze_the_same_issue(con: duckdb.DuckDBPyConnection, settings: Settings):
    freeze(con, settings, WEEKS, grains=GRAINS, released_at=NOW)
    other_settings = settings.model_copy(update={"home": settings.home / "other"})
    with open_hall(other_settings) as other:
        freeze(other, other_settings, WEEKS[::-1], grains=GRAINS, released_at=NOW)
        for table in ("issue", "figure"):
            query = f"SELECT * FROM release.{table} ORDER BY ALL"
            assert con.execute(query).fetchall() == other.execute(query).fetchall()


def test_nothing_is_frozen_when_one_week_fails(con: duckdb.DuckDBPyConnection, settings: Settings):
    con.execute("CREATE TABLE charts.unknown_grain AS SELECT '2023-03' AS week_id, 1 AS value")
    with pytest.raises(ValueError, match=r"charts\.unknown_grain has no grain"):
        freeze(con, settings, WEEKS, grains=GRAINS)
    assert con.execute("SELECT count(*) FROM release.issue").fetchall() == [(0,)]


def test_a_week_without_figures_is_not_released(con: duckdb.DuckDBPyConnection, settings: Settings):
    (outcome,) = freeze(con, settings, ["2023-50"], grains=GRAINS)
    assert (outcome.revision, outcome.is_new) == (None, False)
    assert "没有可发布的数字" in outcome.message


def test_the_issue_names_its_deliveries_and_its_as_of(con: duckdb.DuckDBPyConnection, settings: Settings):
    freeze(con, settings, ["2023-02"], grains=GRAINS)
    as_of, deliveries = con.execute("SELECT as_of, deliveries FROM release.issue").fetchone() or (None, "[]")
    assert as_of == datetime(2023, 1, 16, 9, 0, 0)
    assert [entry["delivery_id"] for entry in json.loads(deliveries)] == ["d1", "d2"]


def test_a_preview_says_what_freezing_would_do_and_changes_nothing(con: duckdb.DuckDBPyConnection, settings: Settings):
    freeze(con, settings, ["2023-03"], grains=GRAINS)
    con.execute("UPDATE charts.training_weekly SET sessions = 9 WHERE week_id = '2023-03'")
    plan = preview(con, settings, ["2023-03"], grains=GRAINS)
    assert [(outcome.revision, outcome.is_new) for outcome in plan.outcomes] == [(2, True)]
    assert [row["metric"] for row in plan.differences] == ["training_weekly.sessions"]
    assert con.execute("SELECT max(revision) FROM release.issue").fetchall() == [(1,)]


def test_last_and_shown_issue_are_the_same_until_a_rollback(con: duckdb.DuckDBPyConnection, settings: Settings):
    freeze(con, settings, ["2023-03"], grains=GRAINS, released_at=NOW)
    last, shown = last_issue(con, "2023-03"), shown_issue(con, "2023-03")
    assert last == shown
    assert last is not None and (last["revision"], last["released_at"]) == (1, NOW)
    assert last_issue(con, "2023-50") is None
    assert shown_issue(con, "2023-50") is None
