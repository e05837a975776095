"""Measures of a contract become figures: what is counted, in which week, by whom, over the year."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipeline.quality.contract_checks.suites import hall_suites
from pipeline.quality.run.runner import run_checks
from pipeline.warehouse import ModelError
from pipeline.warehouse.measures import hall_models
from tests.unit.sql.loose_orders import loose_orders
from tests.unit.sql.portability import unportable
from tests.unit.warehouse.measures.measured_hall import Cell, MeasuredHall

RATINGS = """
name: rating_log
title: 好差评评价
version: 1
delivery: {kind: weekly}
titleWords: [好差评]
primaryKey: [rating_no]
fields:
  - {name: rating_no, title: 评价编号, constraints: {required: true}}
  - {name: department, title: 部门, codes: department}
  - {name: channel, title: 渠道}
  - {name: satisfaction, title: 满意度, codes: satisfaction}
  - {name: cases, title: 办件数, type: integer}
  - {name: minutes, title: 等候分钟, type: number}
measures:
  - {name: ratings, label: 评价数, unit: 件, count: rows, by: [department, channel]}
  - {name: satisfied, label: 满意数, unit: 件, count: rows, where: {satisfaction: [满意, 非常满意]}, by: [channel]}
  - {name: satisfied_rate, label: 满意率, unit: "%", rate: {of: satisfied, per: ratings}, by: [channel]}
  - {name: rated_cases, label: 评价办件, unit: 件, sum: cases}
  - {name: rating_channels, label: 渠道数, unit: 个, distinct: channel, by: [department]}
  - {name: rating_wait, label: 平均等候, unit: 分钟, mean: {of: minutes}}
  - {name: rating_case_wait, label: 每件等候, unit: 分钟, mean: {of: minutes, weight: cases}, decimals: 1}
"""
# What became of a value: in each week, and in the year up to it.
Values = list[tuple[str, str, Decimal | None, Decimal | None]]


def rating(number: str, channel: str, satisfaction: str, cases: int | None, minutes: float) -> list[Cell]:
    return [number, "市住建局", channel, satisfaction, cases, minutes]


def values(con: duckdb.DuckDBPyConnection, metric: str, split: str = "ALL") -> Values:
    return con.execute(
        "SELECT week_id, member, value, value_ytd FROM charts.measure_weekly WHERE metric = ? AND split = ?"
        " ORDER BY member, week_id",
        [metric, split],
    ).fetchall()


def of_weeks(con: duckdb.DuckDBPyConnection, metric: str) -> list[tuple[str | None, str | None]]:
    """Value and year to date of each week, as texts without the zeros of the column's type."""
    return [(_text(value), _text(ytd)) for _, _, value, ytd in values(con, metric)]


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    hall = MeasuredHall(tmp_path_factory.mktemp("rated"), RATINGS)
    first = [
        rating("A1", "窗口", "5", 1, 3),
        rating("A2", "网上", "1", 3, 9),
        rating("A3", "网上", "非常满意", None, 2),
    ]
    hall.put("2023-01", first)
    hall.put("2023-02", [rating("B1", "窗口", "1", 1, 3)])
    # Nothing came for the third week; the fourth has one rating, from a department by its old name.
    hall.put("2023-04", [["C1", "市教育局", "窗口", "4", 2, 4]])
    with hall.built() as con:
        yield con


def test_rows_are_counted_by_week_and_over_the_year(con: duckdb.DuckDBPyConnection) -> None:
    assert of_weeks(con, "ratings") == [("3", "3"), ("1", "4"), (None, "4"), ("1", "5")]


def test_only_rows_with_the_value_asked_for_count_whether_written_as_code_or_as_label(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert of_weeks(con, "satisfied") == [("2", "2"), ("0", "2"), (None, "2"), ("1", "3")]


def test_a_rate_is_computed_of_the_sums_never_of_rates(con: duckdb.DuckDBPyConnection) -> None:
    assert of_weeks(con, "satisfied_rate") == [("66.67", "66.67"), ("0", "50"), (None, "50"), ("100", "60")]


def test_a_sum_leaves_out_what_is_blank_and_says_so(con: duckdb.DuckDBPyConnection) -> None:
    assert of_weeks(con, "rated_cases") == [("4", "4"), ("1", "5"), (None, "5"), ("2", "7")]
    comments = con.execute(
        "SELECT comment FROM charts.measure_weekly WHERE metric = 'rated_cases' ORDER BY week_id"
    ).fetchall()
    assert comments == [("1 行没有填，未计入",), (None,), (None,), (None,)]


def test_what_is_counted_once_has_no_year_to_date(con: duckdb.DuckDBPyConnection) -> None:
    assert of_weeks(con, "rating_channels") == [("2", None), ("1", None), (None, None), ("1", None)]


def test_a_mean_is_weighted_and_over_the_year_too(con: duckdb.DuckDBPyConnection) -> None:
    # (3 + 9 + 2) / 3, and over the year (14 + 3) / 4, (17 + 4) / 5
    assert of_weeks(con, "rating_wait") == [("4.67", "4.67"), ("3", "4.25"), (None, "4.25"), ("4", "4.2")]
    # (3·1 + 9·3) / 4; the row without a weight gives neither: (30 + 3) / 5, (33 + 8) / 7
    assert of_weeks(con, "rating_case_wait") == [("7.5", "7.5"), ("3", "6.6"), (None, "6.6"), ("4", "5.9")]


def test_a_member_that_was_there_once_in_the_year_stays_with_zero(con: duckdb.DuckDBPyConnection) -> None:
    rows = values(con, "ratings", "channel")
    assert [(week, member, _text(value)) for week, member, value, _ in rows] == [
        ("2023-01", "窗口", "1"),
        ("2023-02", "窗口", "1"),
        ("2023-03", "窗口", None),
        ("2023-04", "窗口", "1"),
        ("2023-01", "网上", "2"),
        ("2023-02", "网上", "0"),
        ("2023-03", "网上", None),
        ("2023-04", "网上", "0"),
    ]


def test_parts_of_what_adds_up_are_the_whole(con: duckdb.DuckDBPyConnection) -> None:
    off = con.execute(
        "SELECT a.metric, a.week_id, s.split FROM charts.measure_weekly AS a JOIN ("
        " SELECT metric, week_id, split, sum(value) AS value, sum(value_ytd) AS value_ytd FROM charts.measure_weekly"
        " WHERE split <> 'ALL' GROUP BY ALL) AS s ON s.metric = a.metric AND s.week_id = a.week_id"
        " JOIN core.measure AS m ON m.metric = a.metric AND m.is_additive WHERE a.split = 'ALL'"
        " AND (s.value IS DISTINCT FROM a.value OR s.value_ytd IS DISTINCT FROM a.value_ytd)"
    ).fetchall()
    assert off == []


def test_whole_numbers_are_metrics_of_the_hall_and_of_departments(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute(
        "SELECT week_id, department_id, value, value_ytd, unit, basis FROM marts.weekly_metric"
        " WHERE metric = 'ratings' AND week_id IN ('2023-03', '2023-04') ORDER BY ALL"
    ).fetchall()
    assert rows == [
        ("2023-03", "ALL", None, 4, "件", "flow"),
        ("2023-03", "zhujian", None, 4, "件", "flow"),
        ("2023-04", "ALL", 1, 5, "件", "flow"),
        ("2023-04", "jiaoyu", 1, 1, "件", "flow"),
        ("2023-04", "zhujian", 0, 4, "件", "flow"),
    ]
    assert (
        con.execute("SELECT 1 FROM marts.weekly_metric WHERE metric LIKE '%wait' OR metric LIKE '%rate'").fetchall()
        == []
    )


def test_each_figure_leads_to_the_rows_of_its_file(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute(
        "SELECT week_id, split, member, amount, row_count, first_row_no, last_row_no FROM marts.measure_place"
        " WHERE metric = 'satisfied' AND week_id = '2023-01' ORDER BY ALL"
    ).fetchall()
    assert rows == [
        ("2023-01", "ALL", "ALL", 2, 2, 4, 6),
        ("2023-01", "channel", "窗口", 1, 1, 4, 4),
        ("2023-01", "channel", "网上", 1, 1, 6, 6),
    ]


def test_a_week_that_did_not_come_is_flagged_and_compared_with_nothing(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute(
        "SELECT week_id, previous_value, change, change_pct, mean_to_date, flag FROM charts.measure_weekly"
        " WHERE metric = 'ratings' AND split = 'ALL' ORDER BY week_id"
    ).fetchall()
    assert rows == [
        ("2023-01", None, None, None, Decimal("3.0"), None),
        ("2023-02", 3, -2, Decimal("-66.7"), Decimal("2.0"), None),
        ("2023-03", 1, None, None, Decimal("2.0"), "未报送"),
        ("2023-04", None, None, None, Decimal("1.7"), None),
    ]


def test_every_table_of_measures_keeps_its_key(con: duckdb.DuckDBPyConnection) -> None:
    for table, key in (
        ("core.rating_log_measure", "week_id, metric, split, member, delivery_id, sheet"),
        ("marts.measure_place", "week_id, metric, split, member, delivery_id, sheet"),
        ("marts.measure_amount", "week_id, metric, split, member"),
        ("marts.measure_value", "week_id, metric, split, member"),
        ("charts.measure_weekly", "week_id, metric, split, member"),
        ("core.measure", "metric, valid_from"),
    ):
        assert con.execute(f"SELECT count(*) > 0, count(DISTINCT ({key})) = count(*) FROM {table}").fetchall() == [
            (True, True)
        ], table


DATED = """
name: ticket_log
title: 取号登记
version: 1
delivery: {kind: KIND}
titleWords: [取号]
primaryKey: [ticket_no]
fields:
  - {name: ticket_no, title: 票号, constraints: {required: true}}
  - {name: taken_on, title: 取号日期, type: date}
  - {name: waiting, title: 在等, type: integer}
measures:
  - {name: tickets, label: 取号数, unit: 个, count: rows, day: taken_on}
"""


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        # Rows count in the week of their day, whenever they came.
        ("weekly", [("2023-01", 2), ("2023-02", 2)]),
        # The newer export corrects the day of T1.
        ("restating", [("2023-01", 1), ("2023-02", 2)]),
        # A later snapshot does not change what the earlier week was.
        ("snapshot", [("2023-01", 1), ("2023-02", 2)]),
    ],
)
def test_a_row_counts_in_the_week_of_its_day_by_the_kind_of_delivery(
    tmp_path: Path, kind: str, expected: list[tuple[str, int]]
) -> None:
    hall = MeasuredHall(tmp_path, DATED.replace("KIND", kind))
    hall.put("2023-01", [["T1", "2023-01-04", 1]], exported="2023-01-07")
    hall.put(
        "2023-02", [["T1", "2023-01-10", 1], ["T2", "2023-01-05", 2], ["T3", "2023-01-11", 1]], exported="2023-01-14"
    )
    with hall.built() as con:
        found = [(week, int(value or 0)) for week, _, value, _ in values(con, "tickets")]
    assert found == expected


STOCK = DATED.replace(
    "count: rows, day: taken_on}",
    "latest: waiting, day: taken_on}\n  - {name: ticket_rows, label: 票数, unit: 个, count: rows, basis: stock}",
)


def test_a_stock_is_that_of_the_last_day_and_has_no_year_to_date(tmp_path: Path) -> None:
    hall = MeasuredHall(tmp_path, STOCK.replace("KIND", "weekly"))
    hall.put("2023-01", [["T1", "2023-01-03", 9], ["T2", "2023-01-04", 3], ["T3", "2023-01-04", 4]])
    with hall.built() as con:
        assert values(con, "tickets") == [("2023-01", "ALL", Decimal(7), None)]
        assert values(con, "ticket_rows") == [("2023-01", "ALL", Decimal(3), None)]


CHANGED = DATED.replace(
    "count: rows, day: taken_on}",
    "sum: waiting, validFrom: 2023-01-09, note: 改数等候人数, was: [{count: rows, day: taken_on}]}",
)


def test_weeks_before_a_changed_definition_keep_the_earlier_one_and_the_first_week_says_so(tmp_path: Path) -> None:
    hall = MeasuredHall(tmp_path, CHANGED.replace("KIND", "weekly"))
    hall.put("2023-01", [["T1", "2023-01-03", 9]])
    hall.put("2023-02", [["T2", "2023-01-09", 5], ["T3", "2023-01-09", 6]])
    with hall.built() as con:
        rows = con.execute(
            "SELECT week_id, CAST(value AS INTEGER), CAST(value_ytd AS INTEGER), comment FROM charts.measure_weekly"
            " ORDER BY week_id"
        ).fetchall()
        words = con.execute("SELECT valid_from::VARCHAR, definition_zh FROM core.measure ORDER BY 1").fetchall()
    assert rows == [("2023-01", 1, 1, None), ("2023-02", 11, 12, "口径自本期变更：改数等候人数")]
    assert words == [("1900-01-01", "每行计一，按“取号日期”计入各期"), ("2023-01-09", "“在等”相加")]


def test_another_definition_builds_exactly_what_follows_from_it(tmp_path: Path) -> None:
    hall = MeasuredHall(tmp_path, DATED.replace("KIND", "weekly"))
    before = {model.name: model.sql for model in hall_models(hall.settings)}
    path = hall.settings.contracts.path_of("ticket_log.yaml")
    assert path is not None
    path.write_text(path.read_text("utf-8").replace("count: rows, day: taken_on", "sum: waiting"), "utf-8")
    after = {model.name: model.sql for model in hall_models(hall.settings)}
    assert [name for name in after if after[name] != before[name]] == ["core.ticket_log_measure"]


@pytest.mark.parametrize("kind", ["weekly", "restating", "snapshot"])
def test_the_sql_that_is_written_is_as_portable_as_that_of_the_files(tmp_path: Path, kind: str) -> None:
    hall = MeasuredHall(tmp_path, CHANGED.replace("sum: waiting", "sum: waiting, day: taken_on").replace("KIND", kind))
    graph = hall_models(hall.settings)
    types = {model.name: {column.name: column.type for column in model.columns} for model in graph}
    for model in graph:
        assert unportable(model.tree, types) == [], model.name
        assert loose_orders(model, graph) == [], model.name


def test_where_no_contract_has_measures_the_tables_are_there_without_rows(tmp_path: Path) -> None:
    hall = MeasuredHall(tmp_path, DATED.partition("measures:")[0].replace("KIND", "weekly"))
    hall.put("2023-01", [["T1", "2023-01-03", 9]])
    with hall.built() as con:
        assert con.execute("SELECT count(*) FROM charts.measure_weekly").fetchall() == [(0,)]


def test_the_table_without_rows_has_the_columns_of_the_one_with_them(tmp_path: Path) -> None:
    hall = MeasuredHall(tmp_path, DATED.replace("KIND", "weekly"))
    composed = hall_models(hall.settings)["marts.measure_place"]
    path = hall.settings.contracts.path_of("ticket_log.yaml")
    assert path is not None
    path.write_text(DATED.partition("measures:")[0].replace("KIND", "weekly"), "utf-8")
    static = hall_models(hall.settings)["marts.measure_place"]
    assert [(column.name, column.description) for column in static.columns] == [
        (column.name, column.description) for column in composed.columns
    ]
    assert (static.grain, static.materialized) == (composed.grain, composed.materialized)


KEYED = """
name: rating_channel
title: 分渠道评价
version: 1
delivery: {kind: KIND}
titleWords: [分渠道]
primaryKey: [channel, department]
fields:
  - {name: channel, title: 渠道, constraints: {required: true}}
  - {name: department, title: 部门, codes: department}
  - {name: ratings, title: 评价数, type: integer, unit: 件}
  - {name: rated_on, title: 评价日期, type: date}
measures:
  - {name: channel_ratings, label: 渠道评价数, unit: 件, sum: ratings, by: [channel, department]WORDS}
"""


def labels(con: duckdb.DuckDBPyConnection, metric: str, split: str) -> list[tuple[str, str, str, int]]:
    return con.execute(
        "SELECT week_id, member, member_label, CAST(value AS INTEGER) FROM charts.measure_weekly"
        " WHERE metric = ? AND split = ? ORDER BY ALL",
        [metric, split],
    ).fetchall()


@pytest.mark.parametrize(
    ("kind", "words", "label"),
    [
        ("weekly", "", "e窗通 App"),
        ("snapshot", ", basis: stock", "e窗通 App"),
        # The rows of the newer export take the place of those before.
        ("restating", ", day: rated_on", "E窗通APP"),
    ],
)
def test_members_of_a_key_are_one_in_all_spellings_and_called_as_first_written(
    tmp_path: Path, kind: str, words: str, label: str
) -> None:
    hall = MeasuredHall(tmp_path, KEYED.replace("KIND", kind).replace("WORDS", words))
    hall.put(
        "2023-01",
        [["e窗通 App", "市住建局", 3, "2023-01-04"], ["E窗通app", "市教育局", 2, "2023-01-04"]],
        exported="2023-01-07",
    )
    later = [["E窗通APP", "市住建局", 4, "2023-01-10"], ["ｅ窗通App", "市教育局", 1, "2023-01-10"]]
    hall.put("2023-02", later, exported="2023-01-14")
    with hall.built() as con:
        found = {(member, called) for _, member, called, _ in labels(con, "channel_ratings", "channel")}
        now = [value for week, *_, value in labels(con, "channel_ratings", "channel") if week == "2023-02"]
        keys = con.execute(
            "SELECT count(DISTINCT (week_id, metric, split, member, delivery_id, sheet)) = count(*)"
            " FROM marts.measure_place"
        ).fetchall()
    assert found == {("E窗通APP", label)}
    assert now == [5]
    assert keys == [(True,)]


def test_a_blank_department_is_blank_and_one_of_no_list_is_said_to_be_of_none(tmp_path: Path) -> None:
    hall = MeasuredHall(tmp_path, RATINGS)
    # 市建委 was a name until 2022.
    rows: list[list[Cell]] = [["A1", None, "窗口", "5", 1, 3], ["A2", "市建委", "窗口", "5", 1, 3]]
    hall.put("2023-01", [*rows, rating("A3", "窗口", "5", 1, 3)])
    with hall.built() as con:
        found = labels(con, "ratings", "department_id")
    assert [row[1:] for row in found] == [
        ("UNKNOWN", "名录外的部门", 1),
        ("zhujian", "市住建局", 1),
        ("空白", "空白", 1),
    ]


MONTHLY = """
name: rating_monthly
title: 好差评月报
version: 1
delivery: {kind: weekly, period: month}
titleWords: [好差评]
primaryKey: [department]
fields:
  - {name: department, title: 部门, codes: department, constraints: {required: true}}
  - {name: ratings, title: 评价数, type: integer, unit: 件}
measures:
  - {name: monthly_ratings, label: 每月评价数, unit: 件, sum: ratings, by: [department]}
"""


def test_months_are_told_in_the_release_after_them_and_add_up_over_their_own_year(tmp_path: Path) -> None:
    hall = MeasuredHall(tmp_path, MONTHLY)
    for month, ratings in (("2022-11", 7), ("2022-12", 10), ("2023-01", 5), ("2023-02", 3)):
        hall.put(month, [["市住建局", ratings]])
    with hall.built() as con:
        told = {week: (value, ytd) for week, _, value, ytd in values(con, "monthly_ratings") if value is not None}
        by_department = values(con, "monthly_ratings", "department_id")
        periods = con.execute("SELECT DISTINCT period_id FROM staging.rating_monthly ORDER BY 1").fetchall()
    assert list(told.values()) == [(7, 7), (10, 17), (5, 5), (3, 8)]
    assert list(told)[1] == "2023-01"
    assert [value for _, _, value, _ in by_department if value is not None] == [7, 10, 5, 3]
    assert periods == [("2022-M11",), ("2022-M12",), ("2023-M01",), ("2023-M02",)]


BLANKS = (
    DATED.partition("measures:")[0]
    + """
  - {name: asked, title: 办件, type: integer}
  - {name: happy, title: 满意, type: integer}
  - {name: online, title: 网上, type: integer, blank: zero}
measures:
  - {name: asked_cases, label: 办件数, unit: 个, sum: asked}
  - {name: happy_cases, label: 满意数, unit: 个, sum: happy}
  - {name: happy_rate, label: 满意率, unit: "%", rate: {of: happy_cases, per: asked_cases}}
  - {name: online_cases, label: 网上数, unit: 个, sum: online}
  - {name: online_rate, label: 网上率, unit: "%", rate: {of: online_cases, per: asked_cases}}
"""
)


def test_a_rate_of_blank_rows_is_unknown_and_says_why_and_a_blank_that_is_zero_counts(tmp_path: Path) -> None:
    hall = MeasuredHall(tmp_path, BLANKS.replace("KIND", "weekly"))
    hall.put("2023-01", [["T1", "2023-01-03", 1, 10, 9, 5], ["T2", "2023-01-03", 1, 10, None, None]])
    hall.put("2023-02", [["T3", "2023-01-09", 1, 10, 8, 5]])
    with hall.built() as con:
        # The year's rate would be that of the second week alone, beside counts of both.
        assert of_weeks(con, "happy_rate") == [(None, None), ("80", None)]
        assert of_weeks(con, "online_rate") == [("25", "25"), ("50", "33.33")]
        comment = "SELECT comment FROM charts.measure_weekly WHERE metric = 'happy_rate' ORDER BY week_id"
        assert con.execute(comment).fetchall() == [
            ("1 行没有填，算不出比率",),
            ("今年此前有没有填的行，算不出累计的比率",),
        ]


@pytest.mark.parametrize("name", ["case_handled", "window_tickets", "training_hours"])
def test_what_begins_like_the_programs_own_metrics_is_refused(tmp_path: Path, name: str) -> None:
    hall = MeasuredHall(tmp_path, DATED.replace("KIND", "weekly").replace("name: tickets", f"name: {name}"))
    with pytest.raises(ModelError, match="开头的留给自带指标"):
        hall_models(hall.settings)


def test_a_measure_that_is_called_cases_is_split_as_it_says(tmp_path: Path) -> None:
    hall = MeasuredHall(tmp_path, DATED.replace("KIND", "weekly").replace("name: tickets", "name: cases"))
    hall.put("2023-01", [["T1", "2023-01-03", 9]])
    with hall.built() as con:
        run_checks(con, hall.settings, ["2023-01"], hall_suites(hall.settings))
        found = con.execute("SELECT table_name FROM quality.finding WHERE severity = 'critical'").fetchall()
    assert ("marts.weekly_metric",) not in found
