"""What a chart's column rests on, from tiny tables of docs."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from pipeline.present.trace.bases import Basis, Metric, bases_of, fitting, metric_of
from pipeline.present.trace.file_rows import metric_file_rows, source_file_rows
from pipeline.present.trace.steps import steps_of, tables_carrying

DOCS = """
CREATE SCHEMA docs; CREATE SCHEMA marts;
CREATE TABLE docs.figure_basis AS SELECT 'toy' AS table_name, 'value' AS column_name, * FROM (VALUES
    ('{"measure": "accepted"}', 'metric', 'toy_accepted', 'week'),
    ('{"measure": "closed"}', 'metric', 'toy_closed', 'week'),
    ('{}', 'source', 'toy_log', '')) AS t (keys, kind, basis, part);
CREATE TABLE docs.metric AS SELECT 'toy_accepted' AS metric, '受理' AS label_zh, '件' AS unit, 'flow' AS basis,
    'toy_log' AS source;
CREATE TABLE docs.figure_step AS SELECT 'toy' AS table_name, 'value' AS column_name, '{}' AS keys, * FROM (VALUES
    (0, 'charts.toy', 'value'), (1, 'core.toy', 'n, kind'), (2, 'raw.toy_log', 'n')) AS t
    (step, step_table, step_columns);
CREATE TABLE docs.model AS SELECT * FROM (VALUES
    ('charts.toy', 2, '玩具' || chr(10) || 'Toys', 'sql/charts/toy.sql', 'SELECT 1'),
    ('core.toy', 1, '明细', 'sql/core/toy.sql', 'SELECT 2')) AS t (table_name, position, description, file, sql);
CREATE TABLE docs.lineage AS SELECT * FROM (VALUES ('core.toy', 'raw.toy_log'), ('charts.toy', 'core.toy'),
    ('core.calendar', 'raw.calendar_day'), ('charts.toy', 'core.calendar')) AS t (table_name, from_table);
CREATE TABLE docs.power_type AS SELECT '01' AS power_type, 'licensing' AS power_group;
CREATE TABLE docs.delivery AS SELECT *, 'toy_log' AS source, 'current' AS status FROM (VALUES
    ('d1', 'a.csv', '2023-01', TIMESTAMP '2023-01-09'),
    ('d2', 'b.csv', '2023-02', TIMESTAMP '2023-01-16')) AS t (delivery_id, file_name, week_id, as_of);
CREATE TABLE docs.source AS SELECT 'toy_log' AS source, 'weekly' AS kind;
CREATE TABLE docs.sheet AS SELECT * FROM (VALUES ('d1', '表', 5, 2, 6), ('d2', '表', 7, 2, 8)) AS t
    (delivery_id, sheet, rows_loaded, first_row_no, last_row_no);
CREATE TABLE marts.provenance AS SELECT 'toy_accepted' AS metric, '表' AS sheet, '1' AS channel, value AS row_count, *
FROM (VALUES
    ('2023-01', 'a', '01', 'd1', 3, 2, 4), ('2023-01', 'b', '02', 'd1', 2, 5, 6), ('2023-02', 'a', '01', 'd2', 7, 2, 8))
    AS t (week_id, department_id, power_type, delivery_id, value, first_row_no, last_row_no);
"""


@pytest.fixture(scope="module")
def docs() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute(DOCS)
        yield con


def test_the_keys_of_a_row_decide_which_metric_it_shows(docs: duckdb.DuckDBPyConnection):
    assert bases_of(docs, "toy", "value", {"measure": "accepted"}) == [
        Basis("metric", "toy_accepted", "week"),
        Basis("source", "toy_log", ""),
    ]
    assert bases_of(docs, "toy", "flag", {}) == []


def test_deciding_keys_must_be_among_the_keys_of_the_row():
    rows = [{"keys": "{}"}, {"keys": '{"a": "1"}'}, {"keys": '{"a": "2"}'}]
    assert fitting(rows, {"a": "1", "b": "3"}) == rows[:2]


def test_a_metric_that_the_file_does_not_know_goes_by_its_code(docs: duckdb.DuckDBPyConnection):
    assert metric_of(docs, "toy_accepted") == Metric("toy_accepted", "受理", "件", "flow", "toy_log")
    assert metric_of(docs, "toy_closed") == Metric("toy_closed", "toy_closed", "", "", "")


def test_steps_go_from_the_chart_to_the_file(docs: duckdb.DuckDBPyConnection):
    steps = steps_of(docs, "toy", ["value"], {})
    assert [(step.table, step.columns, step.description, step.sql) for step in steps] == [
        ("charts.toy", "value", "玩具", "SELECT 1"),
        ("core.toy", "kind, n", "明细", "SELECT 2"),
        ("raw.toy_log", "n", "", ""),
    ]


def test_tables_of_the_calendar_do_not_carry_a_source(docs: duckdb.DuckDBPyConnection):
    assert tables_carrying(docs, "toy_log") == {"raw.toy_log", "core.toy", "charts.toy"}


def test_rows_of_files_are_restricted_to_the_keys_that_split_a_metric(docs: duckdb.DuckDBPyConnection):
    def values(span, keys):
        return [
            (row["file_name"], row["value"]) for row in metric_file_rows(docs, "2023-02", "toy_accepted", span, keys)
        ]

    assert values("week", {"measure": "accepted"}) == [("b.csv", 7)]
    assert values("ytd", {"department_id": "ALL"}) == [("a.csv", 5), ("b.csv", 7)]
    assert values("ytd", {"department_id": "b"}) == [("a.csv", 2)]
    assert values("before", {"power_group": "licensing"}) == [("a.csv", 3)]
    assert values("before_year", {}) == []


def test_a_weekly_source_counts_with_its_delivery_of_the_week(docs: duckdb.DuckDBPyConnection):
    rows = source_file_rows(docs, "2023-02", ["toy_log"])
    assert [(row["file_name"], row["row_count"], row["value"]) for row in rows] == [("b.csv", 7, None)]


def test_a_file_without_docs_explains_nothing():
    with duckdb.connect() as con:
        assert bases_of(con, "toy", "value", {}) == []
        assert steps_of(con, "toy", ["value"], {}) == ()
        assert tables_carrying(con, "toy_log") == set()
        assert metric_file_rows(con, "2023-01", "toy_accepted", "week", {}) == []
