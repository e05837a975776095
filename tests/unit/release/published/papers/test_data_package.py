"""The descriptor of a folder of files, from the words on their tables."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.release.published.papers.catalogue import latest_release_day
from pipeline.release.published.papers.data_package import data_package
from pipeline.release.published.papers.described_tables import DescribedColumn, DescribedTable

TABLE = DescribedTable(
    schema="charts",
    name="ageing",
    description_zh="在办件的时长",
    description_en="Age of open cases",
    row_count=1,
    columns=(
        DescribedColumn("week_id", "VARCHAR", "期", "week", ""),
        DescribedColumn("cases", "BIGINT", "在办（件）", "open", "件"),
        DescribedColumn("seen_at", "TIMESTAMP", "", "", ""),
    ),
    key=("week_id",),
)
ABOUT = {"content_hash": "0123", "code_version": "1.0.0+abc"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "charts.ageing.csv").write_bytes(b"week_id,cases,seen_at\r\n")
    return tmp_path


def test_a_csv_is_described_with_words_key_size_and_digest(folder: Path) -> None:
    package = data_package([TABLE], "csv", folder, ABOUT)
    (resource,) = package["resources"]
    assert (resource["path"], resource["bytes"], resource["format"]) == ("csv/charts.ageing.csv", 23, "csv")
    assert resource["schema"]["fields"] == [
        {"name": "week_id", "type": "string", "title": "期", "description": "week"},
        {"name": "cases", "type": "integer", "title": "在办（件）", "description": "open", "unit": "件"},
        # Without words there is no title: an empty one would be shown.
        {"name": "seen_at", "type": "datetime", "format": "%Y-%m-%d %H:%M:%S"},
    ]
    assert resource["schema"]["primaryKey"] == ["week_id"]
    assert "dataLabel" not in package


def test_figures_that_are_made_up_are_labelled_so(folder: Path) -> None:
    assert data_package([TABLE], "csv", folder, ABOUT | {"data_label": "模拟数据"})["dataLabel"] == "模拟数据"


def test_the_day_of_the_latest_release_is_that_which_readers_see() -> None:
    with duckdb.connect() as con:
        con.execute(
            "CREATE SCHEMA release;"
            "CREATE TABLE release.issue (week_id VARCHAR, revision INTEGER, released_at TIMESTAMP);"
            "CREATE TABLE release.activation (activation_no INTEGER, week_id VARCHAR, revision INTEGER, kind VARCHAR)"
        )
        assert latest_release_day(con) == ""
        con.execute(
            "INSERT INTO release.issue VALUES ('2023-01', 1, '2023-01-10 09:00:00'),"
            " ('2023-02', 1, '2023-01-17 09:00:00'), ('2023-02', 2, '2023-02-01 09:00:00');"
            "INSERT INTO release.activation VALUES (1, '2023-01', 1, 'released'), (2, '2023-02', 1, 'released'),"
            " (3, '2023-02', 2, 'released'), (4, '2023-02', 1, 'rolled back')"
        )
        assert latest_release_day(con) == "2023-01-17"
