"""Why a figure differs: the deliveries and corrections of its own sources, else the changed code."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import duckdb

from pipeline.release.revisions.causes import UNKNOWN, write_causes
from pipeline.release.revisions.tables import ensure_tables
from pipeline.warehouse import load_models
from tests.unit.warehouse.sql_files import write

HEADER = "-- 说明\n-- Description\n-- grain: week_id\n-- materialized: table\n"
CHART = "SELECT x.week_id, -- 期 | week\n x.{column} -- 数 | value\nFROM raw.{source} AS x"


def release(code_version: str, *deliveries: tuple[str, str]) -> dict[str, object]:
    """A release of these (source, file name)."""
    entries = [
        {"delivery_id": name, "source": source, "week_id": "2023-15", "file_name": name} for source, name in deliveries
    ]
    released_at = datetime(2023, 4, 24, 9)
    issue = {"week_id": "2023-15", "revision": 2, "code_version": code_version, "released_at": released_at}
    return {**issue, "deliveries": json.dumps(entries)}


def causes_of(folder: Path, before: dict[str, object], after: dict[str, object]) -> dict[str, str]:
    write(folder, "charts.windows", CHART.format(column="value", source="window_weekly"), HEADER)
    write(folder, "charts.training", CHART.format(column="trainees", source="training_log"), HEADER)
    with duckdb.connect() as con:
        ensure_tables(con)
        con.execute("CREATE SCHEMA charts; CREATE TABLE charts.windows (week_id VARCHAR)")
        con.execute("CREATE TABLE charts.training (week_id VARCHAR)")
        for metric in ("windows.value", "training.trainees"):
            con.execute(
                "INSERT INTO release.revision_diff (week_id, revision, metric, keys, kind)"
                " VALUES ('2023-15', 2, ?, '{}', 'changed')",
                [metric],
            )
        write_causes(con, load_models(folder), before, after)
        return dict(con.execute("SELECT metric, cause FROM release.revision_diff").fetchall())


def test_a_new_delivery_is_the_cause_of_the_figures_of_its_source_alone(tmp_path: Path) -> None:
    before = release("a", ("window_weekly", "综窗.xlsx"))
    after = release("b", ("window_weekly", "综窗(重报).xlsx"))
    assert causes_of(tmp_path, before, after) == {
        "windows.value": "新交付 综窗(重报).xlsx（取代 综窗.xlsx）",
        "training.trainees": "程序或口径由 a 变为 b",
    }


def test_what_nothing_explains_is_said_to_be_unknown(tmp_path: Path) -> None:
    same = release("a", ("window_weekly", "综窗.xlsx"))
    assert causes_of(tmp_path, same, same) == {"windows.value": UNKNOWN, "training.trainees": UNKNOWN}
