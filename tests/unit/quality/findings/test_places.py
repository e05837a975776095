"""Where failing rows stand: spans of rows that follow one another, by file and sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import duckdb
import pytest

from pipeline.quality.checks.model import Check, TableSuite
from pipeline.quality.findings.places import (
    MOST_PLACES,
    Place,
    cause_columns,
    cause_key,
    merged_places,
    places_json,
    places_of_check,
    places_words,
    read_places,
)

MakeCheck = Callable[..., dict[str, Any]]
SuiteOf = Callable[..., TableSuite]
ROW = Place("周报.xlsx", "综窗", 7, 7, "d1")
SPAN = Place("周报.xlsx", "综窗", 7, 9, "d1")
FILE = Place("办件.csv", None, None, None, "d2")


@pytest.fixture
def check(suite_of: SuiteOf, make_check: MakeCheck) -> Check:
    return suite_of(make_check("expect_column_values_to_not_be_null", {"column": "n"})).expectations[0]


@pytest.fixture
def failing(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    con.execute("""
        CREATE TABLE ledger.delivery (delivery_id VARCHAR, week_id VARCHAR, file_name VARCHAR, status VARCHAR);
        INSERT INTO ledger.delivery (delivery_id, week_id, file_name, status)
        VALUES ('d1', '2023-01', '周报.xlsx', 'current');
        CREATE TABLE charts.t (week_id VARCHAR, k VARCHAR, n BIGINT, delivery_id VARCHAR, sheet VARCHAR,
            row_no BIGINT);
        INSERT INTO charts.t (week_id, k, delivery_id, sheet, row_no) VALUES ('2023-01', 'a', 'd1', '综窗', 7),
            ('2023-01', 'a', 'd1', '综窗', 8), ('2023-01', 'a', 'd1', '综窗', 300)""")
    return con


@pytest.mark.parametrize(
    ("place", "words", "is_one_row"),
    [
        (ROW, "周报.xlsx「综窗」第 7 行", True),
        (SPAN, "周报.xlsx「综窗」第 7–9 行", False),
        (FILE, "办件.csv", False),
        (Place("办件.csv", "csv", 4, 4, "d2"), "办件.csv第 4 行", True),
    ],
)
def test_a_place_is_said_by_file_sheet_and_rows(place: Place, words: str, is_one_row: bool) -> None:
    assert (place.words, place.is_one_row) == (words, is_one_row)


def test_a_few_places_are_said_and_the_others_counted() -> None:
    assert places_words([ROW, FILE]) == "周报.xlsx「综窗」第 7 行；办件.csv"
    assert places_words([FILE] * 6) == "；".join(["办件.csv"] * 5) + "；等共 6 处以上"


def test_places_are_read_back_as_they_were_kept() -> None:
    assert read_places(places_json([ROW, FILE])) == [ROW, FILE]
    assert read_places(None) == []


def test_rows_that_follow_one_another_are_one_place_and_a_row_far_off_is_another(
    failing: duckdb.DuckDBPyConnection, check: Check
) -> None:
    places = places_of_check(failing, check, "SELECT week_id, k, n, delivery_id, sheet, row_no FROM charts.t")
    assert places == {
        ("2023-01", "a"): [Place("周报.xlsx", "综窗", 7, 8, "d1"), Place("周报.xlsx", "综窗", 300, 300, "d1")]
    }


@pytest.mark.parametrize(
    ("columns", "places"),
    [
        ("'周报.xlsx' AS file_name, sheet, 7 AS row_no", [ROW]),
        ("'周报.xlsx' AS file_name", [Place("周报.xlsx", None, None, None, "d1")]),
        ("n", []),
    ],
)
def test_rows_may_name_a_file_with_its_rows_or_alone_or_none(
    failing: duckdb.DuckDBPyConnection, check: Check, columns: str, places: Sequence[Place]
) -> None:
    found = places_of_check(failing, check, f"SELECT week_id, k, {columns} FROM charts.t")
    assert found.get(("2023-01", "a"), []) == places


def test_a_check_may_say_itself_where_the_rows_of_a_cause_stand(
    failing: duckdb.DuckDBPyConnection, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    own = (
        "SELECT t.week_id, t.k, t.delivery_id, t.sheet, min(t.row_no) AS first_row_no, max(t.row_no) AS last_row_no "
        "FROM charts.t AS t JOIN {failing} AS f ON f.k = t.k GROUP BY ALL"
    )
    check = suite_of(make_check("expect_column_values_to_not_be_null", {"column": "n"}, places=own)).expectations[0]
    places = places_of_check(failing, check, "SELECT week_id, k, n FROM charts.t")
    assert places == {("2023-01", "a"): [Place("周报.xlsx", "综窗", 7, 300, "d1")]}


def test_a_cause_has_its_week_once_and_is_written_as_two_queries_agree(check: Check) -> None:
    assert cause_columns(check) == ("week_id", "k")
    assert cause_key(["2023-01", date(2023, 1, 3)]) == ("2023-01", "2023-01-03")


def test_the_places_of_many_causes_become_the_first_of_them() -> None:
    many = [("2023-01", f"k{number:02d}") for number in range(MOST_PLACES + 5)]
    by_cause = {key: [ROW] for key in many} | {("2023-02", "a"): [FILE]}
    assert merged_places(by_cause, many) == [ROW] * MOST_PLACES
    assert merged_places(by_cause, [("2023-02", "a"), ("2023-02", "without places")]) == [FILE]
