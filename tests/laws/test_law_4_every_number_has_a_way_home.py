"""Law 4: from a chart to the files, sheets and rows that it came from."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from pipeline.present.trace import trace
from pipeline.release.published.publish import DATABASE
from tests.hall import Hall

# The rows behind 办结 of a group: the last version of each case, with the place in a file that says so.
ROWS_BEHIND = """
WITH version AS (
    SELECT v.*, row_number() OVER (PARTITION BY v.case_no ORDER BY v.week_id DESC) AS place
    FROM core.case_version v
)
SELECT p.power_group, d.file_name, r.sheet, r.row_no
FROM version v
JOIN core.power_type p USING (power_type)
JOIN ledger.delivery d USING (delivery_id)
JOIN raw.case_detail r ON r.delivery_id = v.delivery_id AND r.row_no = v.row_no AND r.case_no = v.case_no
WHERE v.place = 1 AND v.is_completed AND NOT v.is_withdrawn AND v.closed_week_id BETWEEN '2023-01' AND '2023-15'
"""

# Every metric, week and split once from the places in files and once as published. Stocks are accepted less closed.
CONTRIBUTIONS = """
WITH split AS (
    SELECT DISTINCT -- the hall's metrics have no parts: each grouping gives their total again
        p.week_id, p.metric, coalesce(p.department_id, 'ALL') AS department_id,
        coalesce(p.power_type, 'ALL') AS power_type, coalesce(p.channel, 'ALL') AS channel, sum(p.value) AS value
    FROM marts.provenance AS p
    GROUP BY GROUPING SETS (
        (week_id, metric), (week_id, metric, department_id), (week_id, metric, power_type),
        (week_id, metric, department_id, power_type), (week_id, metric, channel))
),
moved AS (
    SELECT * REPLACE (CASE metric WHEN 'case_closed' THEN -value ELSE value END AS value)
    FROM split WHERE metric IN ('case_accepted', 'case_closed')
),
metric AS (
    SELECT w.*,
        (SELECT coalesce(sum(s.value), 0) FROM split AS s
         WHERE s.week_id = w.week_id AND s.metric = w.metric AND s.department_id = w.department_id
            AND s.power_type = w.power_type AND s.channel = w.channel) AS in_week,
        (SELECT coalesce(sum(s.value), 0) FROM split AS s
         WHERE s.week_id <= w.week_id AND left(s.week_id, 4) = left(w.week_id, 4) AND s.metric = w.metric
            AND s.department_id = w.department_id AND s.power_type = w.power_type
            AND s.channel = w.channel) AS in_year,
        (SELECT coalesce(sum(m.value), 0) FROM moved AS m
         WHERE m.week_id < w.week_id AND m.department_id = w.department_id
            AND m.power_type = w.power_type AND m.channel = w.channel) AS before_week,
        (SELECT coalesce(sum(m.value), 0) FROM moved AS m
         WHERE left(m.week_id, 4) < left(w.week_id, 4) AND m.department_id = w.department_id
            AND m.power_type = w.power_type AND m.channel = w.channel) AS before_year,
        (SELECT coalesce(sum(m.value), 0) FROM moved AS m
         WHERE m.week_id <= w.week_id AND m.department_id = w.department_id
            AND m.power_type = w.power_type AND m.channel = w.channel) AS at_end
    FROM marts.weekly_metric AS w
)
SELECT
    metric, week_id, department_id, power_type, channel, value, value_ytd,
    CASE metric WHEN 'case_opening' THEN before_week WHEN 'case_closing' THEN at_end ELSE in_week END AS found,
    CASE
        WHEN metric = 'case_opening' THEN before_year
        WHEN metric = 'case_closing' THEN at_end
        WHEN value_ytd IS NOT NULL THEN in_year
    END AS found_ytd
FROM metric
WHERE value IS NOT NULL
"""


def test_every_published_completion_is_a_row_of_a_file(built_hall: Hall) -> None:
    with built_hall.open() as con:
        published = dict(
            con.execute(
                "SELECT power_group, value_ytd::BIGINT FROM charts.item_ytd "
                "WHERE week_id = '2023-15' AND measure = 'completed'"
            ).fetchall()
        )
        behind = con.execute(
            f"SELECT power_group, count(*), count(DISTINCT (file_name, sheet, row_no)) FROM ({ROWS_BEHIND}) GROUP BY 1"
        ).fetchall()
    assert {group: rows for group, rows, _ in behind} == published
    assert all(rows == places for _, rows, places in behind)


def test_every_window_figure_is_the_sum_of_rows_of_one_workbook(built_hall: Hall) -> None:
    with built_hall.open() as con:
        differing = con.execute(
            """
            WITH behind AS (
                UNPIVOT (
                    SELECT d.week_id, sum(consulted)::BIGINT AS consulted, sum(accepted)::BIGINT AS accepted,
                        sum(issued)::BIGINT AS issued, sum(transferred)::BIGINT AS transferred
                    FROM raw.window_weekly JOIN ledger.current_delivery d USING (delivery_id) GROUP BY d.week_id)
                ON consulted, accepted, issued, transferred INTO NAME measure VALUE counted)
            SELECT week_id, measure, value, counted FROM charts.window_weekly FULL JOIN behind USING (week_id, measure)
            WHERE value IS DISTINCT FROM counted
            """
        ).fetchall()
    assert differing == []


def test_every_quarantined_cell_names_a_row_of_a_known_delivery_within_its_length(built_hall: Hall) -> None:
    with built_hall.open() as con:
        lost = con.execute(
            "SELECT q.* FROM quarantine.cell q LEFT JOIN ledger.delivery d USING (delivery_id) "
            "WHERE d.delivery_id IS NULL OR q.row_no NOT BETWEEN 1 AND d.rows_physical"
        ).fetchall()
        cells = con.execute("SELECT count(*) FROM quarantine.cell").fetchone()
    assert cells and cells[0] > 0
    assert lost == []


def test_the_contributions_of_all_places_sum_to_every_metric_of_every_week_and_split(built_hall: Hall) -> None:
    with built_hall.open() as con:
        found = con.execute(f"SELECT metric, count(*), count(*) FILTER (value > 0) FROM ({CONTRIBUTIONS}) GROUP BY 1")
        rows = {metric: (compared, above_zero) for metric, compared, above_zero in found.fetchall()}
        metrics = {metric for (metric,) in con.execute("SELECT metric FROM core.metric").fetchall()}
        differing = con.execute(
            f"SELECT * FROM ({CONTRIBUTIONS}) "
            "WHERE value IS DISTINCT FROM found OR value_ytd IS DISTINCT FROM found_ytd"
        ).fetchall()
    assert differing == []
    assert rows.keys() == metrics
    assert all(above_zero > 0 for _, above_zero in rows.values())


def test_every_contribution_names_rows_within_a_sheet_of_a_delivery_that_counts(built_hall: Hall) -> None:
    with built_hall.open() as con:
        lost = con.execute(
            """
            WITH sheet AS (SELECT delivery_id, sheet, sum(row_count) AS rows FROM ledger.row_account GROUP BY ALL)
            SELECT p.* FROM marts.provenance AS p
            LEFT JOIN ledger.current_delivery AS d USING (delivery_id)
            LEFT JOIN sheet AS s ON s.delivery_id = p.delivery_id AND s.sheet = p.sheet
            WHERE d.delivery_id IS NULL OR s.rows IS NULL OR p.row_count < 1
                OR NOT (p.first_row_no BETWEEN 1 AND p.last_row_no AND p.last_row_no <= s.rows)
            """
        ).fetchall()
        places = con.execute("SELECT count(*) FROM marts.provenance").fetchone()
    assert places and places[0] > 1000
    assert lost == []


# Columns that count: what is traced must add up to them. All others are computed from these, or are words.
COUNTS = {
    "window_weekly": {"value", "value_ytd"},
    "item_ytd": {"value", "value_ytd"},
    "group_weekly": {"value", "value_ytd"},
    "authorization_status": {"departments"},
    "training_weekly": {"trainees", "main_items", "sessions", "sessions_ytd"},
    "channel_weekly": {"accepted", "accepted_ytd", "completed", "completed_ytd"},
    "case_balance": {
        *("opening", "opening_week", "accepted", "accepted_ytd", "completed", "completed_ytd"),
        *("closed", "closed_ytd", "closing"),
    },
    "department_volume": {
        *("accepted", "accepted_ytd", "completed", "completed_ytd", "completed_cohort_ytd"),
        *("opening", "closed_ytd", "closing"),
    },
}


@pytest.fixture(scope="module")
def published(published_hall: Hall) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published_hall.settings.published / DATABASE), read_only=True) as con:
        yield con


@pytest.mark.parametrize("chart", COUNTS)
def test_every_count_of_a_chart_is_traced_to_rows_that_add_up_to_it(
    published: duckdb.DuckDBPyConnection, chart: str
) -> None:
    keys = [
        key
        for (key,) in published.execute(
            "SELECT column_name FROM docs.\"key\" WHERE schema_name = 'charts' AND table_name = ?"
            " AND column_name NOT IN ('hall_id', 'week_id') ORDER BY position",
            [chart],
        ).fetchall()
    ]
    rows = published.execute(f"SELECT {', '.join([*keys, '1'])} FROM charts.{chart} WHERE week_id = '2023-15'")
    seen = set()
    for row in rows.fetchall():
        found = trace(published, f"charts.{chart}", "2023-15", row[:-1])
        counts = [figure for figure in found.figures if figure.column.name in COUNTS[chart]]
        seen |= {figure.column.name for figure in counts}
        lost = [
            (row, figure.column.name, figure.value)
            for figure in counts
            if figure.value is not None and not figure.is_sum
        ]
        assert lost == []
    assert seen == COUNTS[chart]


def test_every_chart_column_leads_to_the_rows_of_a_file_or_says_that_there_are_none(
    published: duckdb.DuckDBPyConnection,
) -> None:
    based = published.execute("SELECT DISTINCT table_name, column_name FROM docs.figure_basis ORDER BY ALL").fetchall()
    homeless = published.execute(
        "SELECT DISTINCT b.table_name, b.column_name FROM docs.figure_basis AS b WHERE NOT EXISTS ("
        " SELECT 1 FROM docs.figure_step AS s WHERE s.table_name = b.table_name AND s.column_name = b.column_name"
        " AND s.keys = b.keys AND s.step_table LIKE 'raw.%')"
    ).fetchall()
    assert len(based) > 60
    assert homeless == []


def test_the_steps_of_a_figure_go_from_the_chart_to_the_file_with_the_sql_of_each(
    published: duckdb.DuckDBPyConnection,
) -> None:
    found = trace(published, "charts.item_ytd", "2023-15", ["其它9类", "办结"])
    assert found.chosen.words == {"组": "其它9类行权事项", "项目": "办结"}
    assert [step.table for step in found.steps][:2] == ["charts.item_ytd", "marts.group_balance"]
    assert found.steps[-1].table == "raw.case_detail"
    computed = [step for step in found.steps if step.table.split(".")[0] in ("charts", "marts", "core", "staging")]
    assert computed and all(step.sql and step.file.startswith("sql/") for step in computed)
    (finding,) = {row["title"] for row in found.findings}
    assert "办结超出受理" in finding, finding
    assert found.revision and found.revision["revision"] == 1
