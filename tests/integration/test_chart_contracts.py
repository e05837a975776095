"""The chart tables as docs/charts.md promises them: names, types, comments, keys, and queries that answer."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.present.charts import FIGURES, WITHOUT_FIGURE, one_department_panels
from pipeline.present.site.data_files import PENDING_COLUMN
from pipeline.present.site.pages.department import TABLES_OF_PANELS
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import DATABASE, publish
from pipeline.settings import PROJECT_ROOT
from tests.hall import FLOORS, WEEKS
from tests.ready_homes import ReadyHomes

PAGE = (PROJECT_ROOT / "docs" / "charts.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (charts\.\w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
COLUMN = re.compile(r"^\| (\w+) \| ([A-Z]+(?:\(\d+,\d+\))?) \| (.+?) \|$", re.MULTILINE)
# The columns that files under `site/data` have been published with: chart, column, type. A line is never changed or
# taken away; a column that was added, or a new chart, gets its lines at the end.
PROMISES = PROJECT_ROOT / "tests" / "fixtures" / "chart_columns.csv"
# Columns that would name a case or a person.
SINGLE = {"case_no", "trainee", "applicant"}

# No contract of the sample declares a measure; what comes of one, tests/unit/warehouse/measures tell.
A_MEASURE = """
INSERT INTO charts.measure_weekly BY NAME
SELECT hall_id, week_id, 'ratings' AS metric, '评价数' AS metric_label, 'ALL' AS split, '全部' AS split_label,
    'ALL' AS member, '全部' AS member_label, '件' AS unit, 3 AS value, 45 AS value_ytd, 'flow' AS basis,
    'rating_log' AS source, 0 AS decimals, 1 AS sort_order, true AS is_headline
FROM charts.report_week
"""


def promised_columns() -> dict[str, list[tuple[str, str]]]:
    """Chart -> (column, type) in the order in which they were promised."""
    columns: dict[str, list[tuple[str, str]]] = {}
    with PROMISES.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            columns.setdefault(row["chart"], []).append((row["column"], row["type"]))
    return columns


PROMISED = promised_columns()


@pytest.fixture(scope="module")
def con(ready_homes: ReadyHomes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file of a hall whose third issue was revised: charts of quality are made while publishing."""
    hall = ready_homes.copy(tmp_path_factory.mktemp("charts"), "built")
    with hall.open() as connection:
        connection.execute(A_MEASURE)
        hall.check(connection)
        freeze(connection, hall.settings, WEEKS)
        connection.execute("UPDATE charts.week_quality SET restated_cases = 1 WHERE week_id = '2023-03'")
        freeze(connection, hall.settings, ["2023-03"])
        publish(connection, hall.settings)
    with duckdb.connect(str(hall.settings.published / DATABASE), read_only=True) as published:
        yield published


def test_every_chart_table_has_its_section(con: duckdb.DuckDBPyConnection) -> None:
    built = con.execute("SELECT 'charts.' || table_name FROM duckdb_tables() WHERE schema_name = 'charts'").fetchall()
    assert {name for (name,) in built} == set(SECTIONS), "docs/charts.md and sql/charts/ name different tables"
    assert FLOORS[-1] == "charts"


@pytest.mark.parametrize("name", SECTIONS)
def test_columns_types_and_comments_are_those_of_the_page(con: duckdb.DuckDBPyConnection, name: str) -> None:
    found = con.execute(
        "SELECT column_name, data_type, replace(comment, ' | ', ' · ') FROM duckdb_columns()"
        " WHERE schema_name = 'charts' AND table_name = ? ORDER BY column_index",
        [name.removeprefix("charts.")],
    ).fetchall()
    assert COLUMN.findall(SECTIONS[name]) == found
    assert not {column for column, *_ in found} & SINGLE


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_columns_are_only_added_to_a_chart(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Dashboards read files by name and place of a column: docs/charts.md says how a promised one may change."""
    found = con.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = 'charts' AND table_name = ?"
        " ORDER BY column_index",
        [name],
    ).fetchall()
    promised = PROMISED[name]
    assert found[: len(promised)] == promised


@pytest.mark.parametrize("name", SECTIONS)
def test_a_chart_has_names_that_dashboards_take(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """DataEase takes no more than 40 characters, and none twice, capital or small; a header is read unquoted."""
    table = name.removeprefix("charts.")
    columns = [column for column, *_ in COLUMN.findall(SECTIONS[name])]
    names = [table, PENDING_COLUMN, *columns]
    assert [word for word in names if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", word)] == []
    assert len({PENDING_COLUMN, *columns}) == len(columns) + 1
    assert columns[0] == "week_id"


def test_every_chart_is_promised(con: duckdb.DuckDBPyConnection) -> None:
    assert set(PROMISED) == {name.removeprefix("charts.") for name in SECTIONS}


@pytest.mark.parametrize("name", SECTIONS)
def test_the_key_of_the_page_is_one_and_filled(con: duckdb.DuckDBPyConnection, name: str) -> None:
    grain = re.search(r"^Grain: (.+)$", SECTIONS[name], re.MULTILINE)
    assert grain, f"{name} has no line `Grain:`"
    rows = con.execute(f"SELECT count(*), count(DISTINCT ({grain[1]})) FROM {name}").fetchone()
    missing = " OR ".join(f"{column} IS NULL" for column in grain[1].split(", "))
    assert rows and rows[0] == rows[1] > 0
    assert con.execute(f"SELECT count(*) FROM {name} WHERE {missing}").fetchone() == (0,)


@pytest.mark.parametrize("name", SECTIONS)
def test_the_example_query_answers(con: duckdb.DuckDBPyConnection, name: str) -> None:
    queries = re.findall(r"```sql\n(.*?)```", SECTIONS[name], re.DOTALL)
    assert len(queries) == 1 and f"FROM {name}" in queries[0]
    assert con.execute(queries[0]).fetchall()


def test_every_chart_table_is_drawn_or_said_to_be_words() -> None:
    assert set(FIGURES) | WITHOUT_FIGURE == {name.removeprefix("charts.") for name in SECTIONS}
    assert not set(FIGURES) & WITHOUT_FIGURE


@pytest.mark.parametrize("table", FIGURES)
def test_it_is_drawn_from_the_table_alone(con: duckdb.DuckDBPyConnection, table: str, tmp_path: Path) -> None:
    drawn = [panel.figure.to_json() for panel in FIGURES[table](con, "2023-15")]
    con.execute(f"COPY charts.{table} TO '{tmp_path}/rows.parquet'")
    with duckdb.connect() as alone:
        alone.execute("CREATE SCHEMA charts")
        alone.execute(f"CREATE TABLE charts.{table} AS SELECT * FROM '{tmp_path}/rows.parquet'")
        assert [panel.figure.to_json() for panel in FIGURES[table](alone, "2023-15")] == drawn


@pytest.mark.parametrize("table", FIGURES)
def test_its_figures_have_marks_words_and_a_table(con: duckdb.DuckDBPyConnection, table: str) -> None:
    found = FIGURES[table](con, "2023-15")
    assert found
    for panel in found:
        marks = [value for trace in panel.figure.data for value in (trace.y if trace.orientation != "h" else trace.x)]
        assert any(value is not None for value in marks), panel.key
        assert panel.rows and {len(row) for row in panel.rows} == {len(panel.header)}, panel.key
        assert panel.description.endswith("。") and all(isinstance(cell, str) for row in panel.rows for cell in row)


def test_a_department_is_drawn_with_its_time_limits_and_ages(con: duckdb.DuckDBPyConnection) -> None:
    busiest = con.execute(
        "SELECT department_id FROM charts.overdue WHERE week_id = '2023-15' GROUP BY 1"
        " ORDER BY sum(cases) DESC, department_id LIMIT 1"
    ).fetchone()
    assert busiest
    keys = [panel.key for panel in one_department_panels(con, "2023-15", busiest[0])]
    assert set(keys) == set(TABLES_OF_PANELS)
    assert set(TABLES_OF_PANELS.values()) <= set(FIGURES)
    assert keys == ["volume", "open", "timeliness", "overdue-weekly", "ageing", "overdue"]


def test_rates_lie_between_nothing_and_all_and_parts_add_up(con: duckdb.DuckDBPyConnection) -> None:
    wrong = con.execute(
        """
        SELECT 'on_time', week_id FROM charts.timeliness_weekly
        WHERE on_time_rate NOT BETWEEN 0 AND 100 OR on_time_cases > deadline_cases OR overdue_open < 0
        UNION ALL
        SELECT 'cohort', week_id FROM charts.department_volume WHERE cohort_rate_ytd NOT BETWEEN 0 AND 100
        UNION ALL
        SELECT 'channel', week_id FROM charts.channel_weekly GROUP BY week_id, accepted_total
        HAVING sum(accepted) <> accepted_total
        UNION ALL
        SELECT 'overdue', t.week_id FROM charts.timeliness_weekly AS t
        LEFT JOIN charts.overdue AS o ON o.week_id = t.week_id AND o.department_id = t.department_id
        WHERE t.department_id <> 'ALL' GROUP BY t.week_id, t.department_id, t.overdue_open
        HAVING coalesce(sum(o.cases), 0) <> t.overdue_open
        UNION ALL
        SELECT 'departments', t.week_id FROM charts.timeliness_weekly AS t GROUP BY t.week_id
        HAVING sum(t.deadline_cases) <> 2 * max(t.deadline_cases) FILTER (t.department_id = 'ALL')
        UNION ALL
        SELECT 'ages', b.week_id FROM charts.case_balance AS b
        JOIN charts.ageing AS a ON a.week_id = b.week_id AND a.power_group = b.power_group
        GROUP BY b.week_id, b.power_group, b.closing HAVING sum(a.cases) <> b.closing
        """
    ).fetchall()
    assert wrong == []


def test_a_query_of_the_page_reads_nothing_outside_the_published_file(tmp_path: Path) -> None:
    outside = [name for name in re.findall(r"FROM (\w+)\.", PAGE) if name != "charts"]
    assert outside == []
