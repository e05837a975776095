"""The dashboard for Superset: its charts are of published columns, and the ZIP stays the same while these do.

That Superset imports it and answers while releases replace the file is tried by `tools/try_superset.py`, in an
environment of Superset's own.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import duckdb
import yaml

from pipeline.settings import Settings
from tools.superset_dashboard import CHARTS, ROOT, superset_files, uuid_of, write_zip


def test_every_chart_is_of_published_columns_and_brings_rows(small_home: Settings) -> None:
    with duckdb.connect(str(small_home.published / "metrics.duckdb"), read_only=True) as con:
        for chart in CHARTS:
            names = ", ".join([chart.x_axis, *chart.split_by])
            query = f"SELECT {names}, sum({chart.measure}) FROM charts.{chart.table} WHERE {chart.where or 'true'}"
            assert con.execute(f"{query} GROUP BY ALL").fetchall(), chart.name


def test_its_parts_name_each_other_and_open_the_file_for_reading_only(small_home: Settings) -> None:
    files = superset_files(small_home.published / "metrics.duckdb")
    database = files[f"{ROOT}/databases/zhoubao.yaml"]
    assert database["sqlalchemy_uri"].endswith("/metrics.duckdb?access_mode=READ_ONLY")
    assert database["allow_dml"] is False
    datasets = {content["uuid"]: content for path, content in files.items() if "/datasets/" in path}
    charts = {content["uuid"]: content for path, content in files.items() if "/charts/" in path}
    assert all(dataset["database_uuid"] == database["uuid"] for dataset in datasets.values())
    for chart in charts.values():
        dataset = datasets[chart["dataset_uuid"]]
        measured = [metric["metric_name"] for metric in dataset["metrics"]]
        assert set(chart["params"]["metrics"]) <= set(measured)
        assert chart["params"]["x_axis"] in [column["column_name"] for column in dataset["columns"]]
    position = files[f"{ROOT}/dashboards/zhoubao.yaml"]["position"]
    placed = {part["meta"]["uuid"] for part in position.values() if isinstance(part, dict) and part["type"] == "CHART"}
    assert placed == charts.keys()
    assert len(charts) == len(CHARTS)


def test_the_same_columns_give_the_same_zip(small_home: Settings, tmp_path: Path) -> None:
    files = superset_files(small_home.published / "metrics.duckdb")
    for name in ("a.zip", "b.zip"):
        write_zip(files, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {name: yaml.safe_load(archive.read(name)) for name in archive.namelist()} == files
    assert uuid_of("chart", "a") != uuid_of("chart", "b")
