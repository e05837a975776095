"""Writes a dashboard for Superset as a ZIP that Superset imports: the database, four charts and their tables.

    .venv/bin/python -m tools.superset_dashboard data/published/metrics.duckdb /tmp/zhoubao-superset.zip
    superset import-dashboards --path /tmp/zhoubao-superset.zip --username admin

The same published columns give the same ZIP; importing it again changes what is there instead of adding to it, for
every part is known by its UUID. `tools/try_superset.py` tries it with Superset itself.
"""

from __future__ import annotations

import argparse
import sys
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import yaml

VERSION: Final = "1.0.0"
# A moment that is always the same: what has not changed gives the same bytes.
TIMESTAMP: Final = "2023-01-01T00:00:00+00:00"
NAMESPACE: Final = uuid.UUID("6f0f1c1e-6f1d-5e7e-9a53-8f2f4f6b2a11")
DATABASE: Final = "zhoubao"
ROOT: Final = f"{DATABASE}_dashboard"
# Superset counts 12 columns in a row, and heights in units of 8 pixels.
WIDTH: Final = 6
HEIGHT: Final = 50


@dataclass(frozen=True)
class Chart:
    """A chart of the dashboard: what Superset calls its kind, its table of `charts`, and what it shows.

    A measure is summed: each row of a chart table is one mark.
    """

    name: str
    kind: str
    table: str
    measure: str
    x_axis: str = "week_id"
    split_by: tuple[str, ...] = ()
    where: str = ""


CHARTS: Final = (
    Chart("综窗四项逐周", "echarts_timeseries_line", "window_weekly", "value", split_by=("measure_label",)),
    Chart(
        "期末在办逐周",
        "echarts_timeseries_bar",
        "group_weekly",
        "value",
        split_by=("power_group_label",),
        where="measure = 'open'",
    ),
    Chart("部门累计受理", "echarts_timeseries_bar", "department_volume", "accepted_ytd", x_axis="department_name"),
    Chart(
        "按时办结率逐周",
        "echarts_timeseries_line",
        "timeliness_weekly",
        "on_time_rate_ytd",
        where="department_id = 'ALL'",
    ),
)


def uuid_of(*words: str) -> str:
    """Returns the UUID of a part; the same words always give the same."""
    return str(uuid.uuid5(NAMESPACE, "/".join(words)))


def superset_files(published_file: Path) -> dict[str, dict[str, Any]]:
    """Returns the files of the export: path inside the ZIP → content of the YAML."""
    files: dict[str, dict[str, Any]] = {
        "metadata.yaml": {"version": VERSION, "type": "Dashboard", "timestamp": TIMESTAMP},
        f"databases/{DATABASE}.yaml": _database(published_file),
        f"dashboards/{DATABASE}.yaml": _dashboard(),
    }
    with duckdb.connect(str(published_file), read_only=True) as con:
        for table in sorted({chart.table for chart in CHARTS}):
            files[f"datasets/{DATABASE}/{table}.yaml"] = _dataset(con, table)
    for chart in CHARTS:
        files[f"charts/{chart.table}_{uuid_of('chart', chart.name)[:8]}.yaml"] = _chart(chart)
    return {f"{ROOT}/{path}": content for path, content in files.items()}


def _database(published_file: Path) -> dict[str, Any]:
    return {
        "database_name": DATABASE,
        # Read-only: who opens it otherwise locks every other reader out.
        "sqlalchemy_uri": f"duckdb:///{published_file.resolve()}?access_mode=READ_ONLY",
        # A release replaces the file: what is older than ten minutes is asked again.
        "cache_timeout": 600,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_file_upload": False,
        "extra": {"allows_virtual_table_explore": True},
        "uuid": uuid_of("database"),
        "version": VERSION,
    }


def _dataset(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, Any]:
    rows = con.execute(
        'SELECT column_name, data_type, label_zh, label_en FROM docs."column"'
        " WHERE schema_name = 'charts' AND table_name = ? ORDER BY position",
        [table],
    ).fetchall()
    described = con.execute(
        "SELECT description FROM docs.\"table\" WHERE schema_name = 'charts' AND table_name = ?", [table]
    ).fetchone()
    measures = sorted({chart.measure for chart in CHARTS if chart.table == table})
    return {
        "table_name": table,
        "schema": "charts",
        "description": described[0] if described else None,
        "columns": [_column(*row) for row in rows],
        "metrics": [{"metric_name": f"sum_{name}", "expression": f"SUM({name})"} for name in measures],
        "uuid": uuid_of("dataset", table),
        "database_uuid": uuid_of("database"),
        "version": VERSION,
    }


def _column(name: str, sql_type: str, label_zh: str, label_en: str) -> dict[str, Any]:
    is_text = sql_type == "VARCHAR"
    return {
        "column_name": name,
        "verbose_name": label_zh,
        "description": label_en,
        "type": sql_type,
        "is_dttm": False,
        "groupby": is_text,
        "filterable": True,
    }


def _chart(chart: Chart) -> dict[str, Any]:
    params: dict[str, Any] = {
        "viz_type": chart.kind,
        "x_axis": chart.x_axis,
        "metrics": [f"sum_{chart.measure}"],
        "groupby": list(chart.split_by),
        "adhoc_filters": [],
        "row_limit": 10_000,
        "x_axis_sort_asc": True,
    }
    if chart.where:
        sql_filter = {"expressionType": "SQL", "clause": "WHERE", "sqlExpression": chart.where}
        params["adhoc_filters"] = [sql_filter]
    return {
        "slice_name": chart.name,
        "viz_type": chart.kind,
        "params": params,
        "uuid": uuid_of("chart", chart.name),
        "dataset_uuid": uuid_of("dataset", chart.table),
        "version": VERSION,
    }


def _dashboard() -> dict[str, Any]:
    """Two charts a row, in the order of CHARTS."""
    position: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": [], "parents": ["ROOT_ID"]},
    }
    for place, chart in enumerate(CHARTS):
        row_id = f"ROW-{place // 2}"
        if row_id not in position:
            position["GRID_ID"]["children"].append(row_id)
            position[row_id] = _row(row_id)
        chart_id = f"CHART-{place}"
        position[row_id]["children"].append(chart_id)
        position[chart_id] = _placed_chart(chart_id, row_id, chart)
    return {
        "dashboard_title": "窗口工作周报",
        "slug": DATABASE,
        "published": True,
        "position": position,
        "metadata": {"refresh_frequency": 0},
        "uuid": uuid_of("dashboard"),
        "version": VERSION,
    }


def _row(row_id: str) -> dict[str, Any]:
    return {
        "type": "ROW",
        "id": row_id,
        "children": [],
        "parents": ["ROOT_ID", "GRID_ID"],
        "meta": {"background": "BACKGROUND_TRANSPARENT"},
    }


def _placed_chart(chart_id: str, row_id: str, chart: Chart) -> dict[str, Any]:
    return {
        "type": "CHART",
        "id": chart_id,
        "children": [],
        "parents": ["ROOT_ID", "GRID_ID", row_id],
        "meta": {
            "uuid": uuid_of("chart", chart.name),
            "sliceName": chart.name,
            "width": WIDTH,
            "height": HEIGHT,
            # Superset puts its own number here when it imports.
            "chartId": 0,
        },
    }


def write_zip(files: Mapping[str, Mapping[str, Any]], target: Path) -> None:
    """Writes the files as YAML into a ZIP; equal files give equal bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False))


def main() -> int:
    """Writes the ZIP and says what is in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("published_file", type=Path, help="published/metrics.duckdb, where Superset will open it")
    parser.add_argument("target", type=Path, help="the ZIP to write")
    arguments = parser.parse_args()
    files = superset_files(arguments.published_file)
    write_zip(files, arguments.target)
    print(f"{arguments.target}: {len(CHARTS)} charts, {len(files)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
