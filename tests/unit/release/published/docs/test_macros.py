"""The macros of the published file: made where their tables are, and joined by the calendar, not by cut week ids."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from pipeline.release.published.docs.macros import MACROS, write_macros


@pytest.fixture
def published() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("ATTACH ':memory:' AS publication")
        con.execute("CREATE SCHEMA publication.docs; CREATE SCHEMA publication.marts")
        con.execute("CREATE TABLE publication.docs.metric (metric VARCHAR, label_zh VARCHAR, label_en VARCHAR)")
        con.execute("INSERT INTO publication.docs.metric VALUES ('window_accepted', '受理', 'accepted')")
        con.execute("CREATE TABLE publication.docs.report_week (week_id VARCHAR, year INTEGER, issue_no INTEGER)")
        con.execute("INSERT INTO publication.docs.report_week VALUES ('2022-02', 2022, 2), ('2023-02', 2023, 2)")
        con.execute(
            "CREATE TABLE publication.marts.weekly_metric (week_id VARCHAR, metric VARCHAR, department_id VARCHAR,"
            " power_type VARCHAR, channel VARCHAR, value INTEGER, value_ytd INTEGER, unit VARCHAR, basis VARCHAR,"
            " as_of TIMESTAMP)"
        )
        con.execute(
            "INSERT INTO publication.marts.weekly_metric VALUES"
            " ('2022-02', 'window_accepted', 'ALL', 'ALL', 'ALL', 30, 50, '件', 'flow', NULL),"
            " ('2023-02', 'window_accepted', 'ALL', 'ALL', 'ALL', 40, 90, '件', 'flow', NULL)"
        )
        yield con


def test_only_macros_whose_tables_are_there_are_made_and_listed(published: duckdb.DuckDBPyConnection) -> None:
    write_macros(published, "publication")
    names = [name for (name,) in published.execute("SELECT name FROM publication.docs.macro").fetchall()]
    assert names == ["span_figures", "week_figures", "year_on_year"]
    assert set(names) < {macro.name for macro in MACROS}
    assert published.execute("SELECT current_database()").fetchall() == [("memory",)]


def test_year_on_year_compares_with_the_issue_of_the_same_number_a_year_before(
    published: duckdb.DuckDBPyConnection,
) -> None:
    write_macros(published, "publication")
    published.execute("USE publication")
    columns = "value, value_year_before, change, value_ytd_year_before, change_ytd"
    assert published.execute(f"SELECT {columns} FROM year_on_year('2023-02')").fetchall() == [(40, 30, 10, 50, 40)]
    assert published.execute(f"SELECT {columns} FROM year_on_year('2022-02')").fetchall() == [
        (30, None, None, None, None)
    ]


@pytest.fixture
def with_measures(published: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    published.execute("ALTER TABLE publication.docs.metric ADD COLUMN unit VARCHAR DEFAULT '件'")
    published.execute("ALTER TABLE publication.docs.metric ADD COLUMN basis VARCHAR DEFAULT 'flow'")
    published.execute(
        "INSERT INTO publication.docs.metric VALUES ('open', '在办', 'open', '件', 'stock'),"
        " ('people', '人数', 'people', '人', 'distinct'), ('rate', '满意率', 'rate', '%', 'rate'),"
        " ('wait', '等候', 'wait', '分钟', 'flow')"
    )
    published.execute(
        "CREATE TABLE publication.marts.measure_value AS SELECT * FROM (VALUES"
        " ('2023-02', 'rate', 'ALL', false, 60.00), ('2023-02', 'wait', 'ALL', false, 1.25),"
        " ('2023-02', 'wait', 'channel', false, 1.25)) AS v (week_id, metric, split, is_whole, value)"
    )
    published.execute(
        "INSERT INTO publication.marts.weekly_metric"
        " SELECT week_id, metric, 'ALL', 'ALL', 'ALL', 7, NULL, '件', '', NULL"
        " FROM (VALUES ('2023-02', 'open'), ('2023-02', 'people')) AS v (week_id, metric)"
    )
    write_macros(published, "publication")
    published.execute("USE publication")
    return published


def test_weeks_of_a_flow_are_added_whole_or_with_decimals(with_measures: duckdb.DuckDBPyConnection) -> None:
    summed = "SELECT CAST(value AS DOUBLE) FROM sum_of('{}', '2022-01', '2023-02')"
    assert with_measures.execute(summed.format("window_accepted")).fetchall() == [(70.0,)]
    assert with_measures.execute(summed.format("wait")).fetchall() == [(1.25,)]


@pytest.mark.parametrize(
    ("metric", "says"),
    [
        ("open", "“在办”不能把各期加起来：它是时点数"),
        ("people", "同一个会重复计"),
        ("rate", "它是比率或平均，请看累计"),
    ],
)
def test_what_does_not_add_up_is_refused_with_what_to_look_at(
    with_measures: duckdb.DuckDBPyConnection, metric: str, says: str
) -> None:
    with pytest.raises(duckdb.Error, match=says):
        with_measures.execute(f"SELECT * FROM sum_of('{metric}', '2022-01', '2023-02')").fetchall()
