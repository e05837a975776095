"""The charts of quality over tiny tables; each number is worked out once more in plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Any

import duckdb
import pytest

from pipeline.quality.schema import create_tables
from pipeline.release.published.published_tables import published_tables
from pipeline.release.published.quality_charts import QualityChart, quality_charts, quality_models
from pipeline.settings import Settings
from pipeline.state_tables.create import create_tables as create_state_tables
from pipeline.warehouse.models import ModelGraph, load_models
from tests.unit.sql.portability import unportable

CORE = """
CREATE SCHEMA core;
CREATE TABLE core.report_week (week_id VARCHAR, period_end DATE);
INSERT INTO core.report_week VALUES ('2023-01', '2023-01-06'), ('2023-02', '2023-01-13');
CREATE TABLE core.department (department_id VARCHAR, department_name VARCHAR);
INSERT INTO core.department VALUES ('shuili', '水利厅'), ('gongan', '公安厅');
"""
# week, table, dimension, department, rows checked, rows held.
COUNTS = [
    ("2023-01", "staging.a", "完整性", "shuili", 300, 1),
    ("2023-01", "staging.a", "完整性", "gongan", 3, 0),
    ("2023-01", "staging.b", "完整性", "UNKNOWN", 700, 7),
    ("2023-01", "staging.a", "准确性", "shuili", 300, 0),
    ("2023-02", "staging.a", "完整性", "shuili", 199999, 1),
]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        create_state_tables(connection, "release", "words")
        create_tables(connection)
        connection.execute(CORE)
        for row in COUNTS:
            connection.execute("INSERT INTO quality.checked_rows VALUES (?, ?, ?, ?, ?, ?)", row)
        yield connection


def chart_of(con: duckdb.DuckDBPyConnection, settings: Settings, name: str) -> QualityChart:
    return {chart.name: chart for chart in quality_charts(con, settings)}[name]


def rows_of(con: duckdb.DuckDBPyConnection, settings: Settings, name: str) -> list[dict[str, Any]]:
    chart = chart_of(con, settings, name)
    names = [column for column, *_ in chart.columns]
    rows = [dict(zip(names, row, strict=True)) for row in con.execute(f"{chart.select} ORDER BY ALL").fetchall()]
    keys = [tuple(row[key] for key in chart.key) for row in rows]
    assert len(set(keys)) == len(keys) and None not in {part for key in keys for part in key}
    return rows


def cut(clean: int, checked: int) -> Decimal:
    """Per cent with two decimals, the rest cut off."""
    hundredths = Fraction(clean * 10000, checked)
    return Decimal(hundredths.numerator // hundredths.denominator) / 100


def scores_otherwise() -> dict[tuple[str, str, str], tuple[int, int, Decimal]]:
    """The same from COUNTS in plain Python: every row of counts belongs to four scores at most."""
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for week, _, dimension, department, checked, held in COUNTS:
        for whose in {department, "ALL"} - {"UNKNOWN"}:
            for of_what in (dimension, "ALL"):
                sums[week, whose, of_what][0] += checked
                sums[week, whose, of_what][1] += held
    return {key: (checked, held, cut(checked - held, checked)) for key, (checked, held) in sums.items()}


def test_a_score_is_the_share_of_rows_that_no_finding_holds(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    found = {}
    for row in rows_of(con, settings, "quality_score"):
        if row["rows_checked"]:
            key = (row["week_id"], row["department_id"], row["dimension"])
            found[key] = (row["rows_checked"], row["rows_held"], row["score_pct"])
    assert found == scores_otherwise()
    # By rows: the table of 700 rows weighs more than that of 303, and one of 199,999 rows is enough for less than 100.
    assert found["2023-01", "ALL", "完整性"] == (1003, 8, Decimal("99.20"))
    assert found["2023-02", "ALL", "完整性"] == (199999, 1, Decimal("99.99"))


def test_a_dimension_that_nothing_was_checked_of_has_no_score(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    unchecked = [row for row in rows_of(con, settings, "quality_score") if not row["rows_checked"]]
    assert {row["score_pct"] for row in unchecked} == {None}
    in_week_1 = {row["dimension"] for row in unchecked if row["week_id"] == "2023-01"}
    assert in_week_1 == {"规范性", "一致性", "时效性", "可访问性"}


def test_a_department_has_its_name_and_rows_of_none_are_in_the_whole_alone(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    rows = rows_of(con, settings, "quality_score")
    assert {(row["department_id"], row["department_name"]) for row in rows} == {
        ("ALL", "全部部门"), ("shuili", "水利厅"), ("gongan", "公安厅"),
    }  # fmt: skip


START = datetime(2023, 1, 10, 9)
# finding, department, days from START and state of each event, days from START of its decisions.
LIVES: list[tuple[str, str | None, list[tuple[int, str]], list[int]]] = [
    ("answered", "水利厅", [(0, "open"), (3, "waived")], [3]),
    ("sent_back", "水利厅", [(0, "open"), (1, "sent_back"), (9, "fixed_at_source")], [1]),
    ("again", "水利厅", [(0, "open"), (2, "waived"), (5, "open"), (11, "waived")], [2, 11]),
    ("open", None, [(1, "open")], []),
    ("by_rule", "水利厅", [(0, "explained")], []),
]


def tell(con: duckdb.DuckDBPyConnection) -> None:
    for finding, department, events, decisions in LIVES:
        con.execute(
            "INSERT INTO quality.finding (finding_id, table_name, check_name, title, severity, status, owner,"
            " first_seen, last_seen, weeks, unexpected_count, keys, evidence, action, owner_department)"
            " VALUES (?, 't', 'c', '', 'warning', ?, '报送部门', '2023-01', '2023-01', 1, 1, '[]', '', '', ?)",
            [finding, events[-1][1], department],
        )
        for number, (day, status) in enumerate(events, start=1):
            con.execute(
                "INSERT INTO quality.finding_event (finding_id, event_no, happened_at, origin, to_status, words)"
                " VALUES (?, ?, ?, '', ?, '')",
                [finding, number, START + timedelta(days=day), status],
            )
        for day in decisions:
            con.execute(
                "INSERT INTO quality.decision (decision_id, finding_id, kind, decided_at) VALUES (?, ?, 'accept', ?)",
                [f"{finding}{day}", finding, START + timedelta(days=day)],
            )


def test_it_says_how_long_each_finding_waited(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    tell(con)
    waits = {
        row["finding_id"]: (row["department"], row["days_to_answer"], row["days_to_settle"], row["is_open"])
        for row in rows_of(con, settings, "quality_settlement")
    }
    # What was settled and came up again is settled on its last day; what was sent back waits for its delivery.
    assert waits == {
        "answered": ("水利厅", 3, 3, False),
        "sent_back": ("水利厅", 1, 9, False),
        "again": ("水利厅", 2, 11, False),
        "open": ("报送部门", None, None, True),
    }
    of_department = [days for department, _, days, _ in waits.values() if department == "水利厅" and days is not None]
    (counted,) = con.execute(
        f"SELECT count(*), median(days_to_settle) FROM ({chart_of(con, settings, 'quality_settlement').select})"
        " WHERE department = '水利厅'"
    ).fetchall()
    assert counted == (3, median(of_department))


# (week, revision) -> (metric, keys) -> (value, year to date).
Figures = dict[tuple[str, str], tuple[int | None, int | None]]
RELEASES: dict[tuple[str, int], Figures] = {
    ("2023-01", 1): {("a.n", "{}"): (100, 100), ("a.n", '{"k":1}'): (10, None), ("b.m", "{}"): (7, None)},
    ("2023-01", 2): {("a.n", "{}"): (97, 97), ("a.n", '{"k":1}'): (10, None), ("b.m", "{}"): (7, None)},
    ("2023-01", 3): {("a.n", "{}"): (104, 97), ("a.n", '{"k":1}'): (12, None), ("c.new", "{}"): (1, None)},
    ("2023-02", 1): {("a.n", "{}"): (5, 5)},
}
RELEASED = {("2023-01", 1): 13, ("2023-01", 2): 20, ("2023-01", 3): 21, ("2023-02", 1): 23}


def release(con: duckdb.DuckDBPyConnection) -> None:
    for (week, revision), figures in RELEASES.items():
        con.execute(
            "INSERT INTO release.issue (week_id, revision, released_at, figures_hash, code_version, deliveries,"
            " figure_count, reason) VALUES (?, ?, ?, '', '', '[]', 0, '')",
            [week, revision, datetime(2023, 1, RELEASED[week, revision], 23, 30)],
        )
        for (metric, keys), (value, ytd) in figures.items():
            con.execute(
                "INSERT INTO release.figure (week_id, revision, metric, keys, value, value_ytd)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [week, revision, metric, keys, value, ytd],
            )


def numbers_of(week: str, revision: int) -> dict[tuple[str, str, str], int]:
    numbers = {}
    for (metric, keys), (value, ytd) in RELEASES[week, revision].items():
        for part, number in (("week", value), ("ytd", ytd)):
            if number is not None:
                numbers[metric, keys, part] = number
    return numbers


def test_the_triangle_has_every_release_of_a_number_that_moved(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    release(con)
    found = {
        (row["metric"], row["keys"], row["part"], row["revision"]): (
            row["value"],
            row["first_value"],
            row["difference"],
        )
        for row in rows_of(con, settings, "revision_triangle")
    }
    first = numbers_of("2023-01", 1)
    expected = {}
    every = {key for revision in (1, 2, 3) for key in numbers_of("2023-01", revision)}
    for key in every:
        triangle = {revision: numbers_of("2023-01", revision).get(key) for revision in (1, 2, 3)}
        if len(set(triangle.values())) == 1:
            continue
        for revision, number in triangle.items():
            if number is not None:
                before = first.get(key)
                expected[(*key, revision)] = (number, before, None if before is None else number - before)
    assert found == expected
    assert found["a.n", "{}", "week", 3] == (104, 100, 4)
    assert ("b.m", "{}", "week", 3) not in found and found["b.m", "{}", "week", 1] == (7, 7, 0)


def test_sizes_are_those_of_each_release_against_the_first(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    release(con)
    rows = {
        (row["week_id"], row["revision"], row["metric"], row["part"]): row
        for row in rows_of(con, settings, "revision_size")
    }
    for revision in (2, 3):
        first, now = numbers_of("2023-01", 1), numbers_of("2023-01", revision)
        every = first.keys() | now.keys()
        revised = [key for key in every if first.get(key) != now.get(key)]
        whole = rows["2023-01", revision, "ALL", "ALL"]
        assert (whole["figures"], whole["figures_revised"]) == (len(every), len(revised))
        assert whole["mean_absolute_revision"] is None
        moves = [
            abs(now[key] - first[key]) for key in first.keys() & now.keys() if key[0] == "a.n" and key[2] == "week"
        ]
        of_metric = rows["2023-01", revision, "a.n", "week"]
        assert of_metric["mean_absolute_revision"] == Decimal(sum(moves)) / len(moves)
    # 3 of 110; 4 and 2 of 110.
    assert rows["2023-01", 2, "a.n", "week"]["relative_revision_pct"] == Decimal("2.73")
    assert rows["2023-01", 3, "a.n", "week"]["relative_revision_pct"] == Decimal("5.45")
    assert rows["2023-01", 3, "ALL", "ALL"]["revised_pct"] == Decimal("100.00")
    assert rows["2023-01", 2, "ALL", "ALL"]["revised_pct"] == Decimal("50.00")
    assert (rows["2023-02", 1, "ALL", "ALL"]["figures"], rows["2023-02", 1, "ALL", "ALL"]["figures_revised"]) == (2, 0)


@pytest.mark.parametrize("days", [7, 10])
def test_punctuality_counts_from_the_last_day_printed(
    con: duckdb.DuckDBPyConnection, settings: Settings, days: int
) -> None:
    release(con)
    weekly = settings.weekly.model_copy(update={"published_after_days": days})
    rows = rows_of(con, settings.model_copy(update={"weekly": weekly}), "punctuality")
    for row, end, released in zip(rows, (date(2023, 1, 6), date(2023, 1, 13)), (13, 23), strict=True):
        due, out = end + timedelta(days=days), date(2023, 1, released)
        assert (row["due_on"], row["released_on"]) == (due, out)
        assert row["days_after_end"] == (out - end).days
        assert row["days_late"] == max((out - due).days, 0)
        assert row["is_on_time"] == (out <= due)
    assert [row["releases"] for row in rows] == [3, 1]


def test_they_are_published_as_charts_with_their_words(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    tables = {
        table.full_name: table
        for table in published_tables(con, ModelGraph({}), of_quality=quality_charts(con, settings))
    }
    score = tables["charts.quality_score"]
    assert score.key == ("week_id", "department_id", "dimension")
    assert all(column.comment and " | " in column.comment for column in score.columns)
    hidden = published_tables(con, ModelGraph({}), hidden=["2023-01"], of_quality=quality_charts(con, settings))
    (shown,) = [table for table in hidden if table.full_name == "charts.quality_score"]
    assert {week for (week,) in con.execute(f"SELECT week_id FROM ({shown.select})").fetchall()} == {"2023-02"}


def test_a_home_that_was_never_checked_has_no_scores(settings: Settings) -> None:
    with duckdb.connect() as empty:
        assert quality_charts(empty, settings) == []


def test_their_selects_are_as_portable_as_models_and_no_models(settings: Settings) -> None:
    models = quality_models(settings)
    assert [model.table for model in models] == [
        "punctuality", "quality_score", "quality_settlement", "revision_size", "revision_triangle",
    ]  # fmt: skip
    assert [unportable(model.tree) for model in models] == [[], [], [], [], []]
    assert not any(model.name.startswith("published.") for model in load_models(settings.models))
    for model in models:
        for column in model.columns:
            chinese, bar, english = column.description.partition(" | ")
            assert chinese and bar and english.isascii(), f"{model.name}.{column.name}"
