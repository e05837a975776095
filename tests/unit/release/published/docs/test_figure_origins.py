"""The way home of a figure as tables: models in building order, lineage of columns, what a chart column rests on."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipeline.release.published.docs.figure_origins import write_origins
from pipeline.warehouse import load_models
from tests.unit.warehouse.sql_files import write


def test_models_lineage_and_steps_lead_from_the_chart_to_the_files(tmp_path: Path) -> None:
    write(tmp_path, "core.p", "SELECT r.a, -- 甲 | a\n r.n -- 数 | n\nFROM raw.training_log AS r")
    write(tmp_path, "charts.q", "SELECT p.a, -- 甲 | a\n p.n AS value -- 数 | value\nFROM core.p AS p")
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA docs; CREATE SCHEMA charts; CREATE TABLE charts.q (a VARCHAR, value INTEGER)")
        con.execute("INSERT INTO charts.q VALUES ('水利厅', 1)")
        write_origins(con, "memory", load_models(tmp_path))
        models = con.execute("SELECT table_name, position, file FROM docs.model ORDER BY position").fetchall()
        assert models == [("core.p", 1, "sql/core/p.sql"), ("charts.q", 2, "sql/charts/q.sql")]
        assert ("charts.q", "value", "core.p", "n") in con.execute("SELECT * FROM docs.lineage").fetchall()
        assert con.execute("SELECT table_name, column_name, kind, basis, part FROM docs.figure_basis").fetchall() == [
            ("q", "value", "source", "training_log", "")
        ]
        steps = con.execute("SELECT step, step_table, step_columns FROM docs.figure_step ORDER BY step").fetchall()
        assert steps == [(0, "charts.q", "value"), (1, "core.p", "n"), (2, "raw.training_log", "n")]
