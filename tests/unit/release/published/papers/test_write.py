"""The papers of a publication of the tiny hall: all are there, tell the same, and stay where nothing changed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import duckdb
import openpyxl
import pytest
import yaml

from pipeline.contracts import load_contracts
from pipeline.contracts.odcs import read_odcs
from pipeline.hall.facts import CatalogueSettings
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.papers.catalogue import ENTRIES, ENTRY_HEADER, ITEMS
from pipeline.release.published.papers.described_tables import described_tables
from pipeline.release.published.papers.write import (
    CATALOGUE,
    DATA_PACKAGES,
    DBT_MANIFEST,
    PUBLISHED_CONTRACT,
    VALIDATION_REPORT,
)
from pipeline.release.published.publish import publish
from pipeline.settings import Settings
from tests.unit.release.tiny_hall import GRAINS, WEEKS


@pytest.fixture
def published(con: duckdb.DuckDBPyConnection, settings: Settings) -> Path:
    freeze(con, settings, WEEKS, grains=GRAINS)
    publish(con, settings)
    return settings.published


def test_a_contract_a_source_and_one_of_the_published_file_a_report_and_a_catalogue(
    published: Path, settings: Settings
) -> None:
    sources = load_contracts(settings.contracts)
    expected = {f"{name}.odcs.yaml" for name in sources} | {
        PUBLISHED_CONTRACT,
        VALIDATION_REPORT,
        CATALOGUE,
        DBT_MANIFEST,
    }
    assert {path.name for path in (published / "papers").iterdir()} == expected
    for name, contract in sources.items():
        assert read_odcs(published / "papers" / f"{name}.odcs.yaml") == contract


def test_the_manifest_has_a_digest_of_each_paper(published: Path) -> None:
    files = json.loads((published / "manifest.json").read_text("utf-8"))["files"]
    for path in [*(published / "papers").iterdir(), *(published / name for name in DATA_PACKAGES)]:
        assert files[path.relative_to(published).as_posix()] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_data_package_has_size_digest_fields_and_key_of_each_file(published: Path) -> None:
    resources = {}
    for name in DATA_PACKAGES:
        package = json.loads((published / name).read_text("utf-8"))
        resources |= {resource["path"]: resource for resource in package["resources"]}
    files = [*(published / "csv").iterdir(), *(published / "parquet").iterdir()]
    assert resources.keys() == {path.relative_to(published).as_posix() for path in files}
    for path in files:
        resource = resources[path.relative_to(published).as_posix()]
        assert resource["bytes"] == path.stat().st_size
        assert resource["hash"] == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    window = resources["csv/charts.window_weekly.csv"]
    assert [field["type"] for field in window["schema"]["fields"]][:6] == ["string"] * 4 + ["integer"] * 2
    assert window["schema"]["missingValues"] == ["", "【待核实】"]
    assert package["dataLabel"] == "模拟数据"
    with duckdb.connect(str(published / "metrics.duckdb"), read_only=True) as con:
        tables = described_tables(con, "metrics")
    assert {f"parquet/{table.full_name}.parquet" for table in tables} == {
        path for path in resources if path.startswith("parquet/")
    }


def test_the_published_contract_promises_the_columns_of_charts_and_marts(published: Path) -> None:
    document = yaml.safe_load((published / "papers" / PUBLISHED_CONTRACT).read_text("utf-8"))
    objects = {described["physicalName"]: described for described in document["schema"]}
    with duckdb.connect(str(published / "metrics.duckdb"), read_only=True) as con:
        columns = con.execute(
            "SELECT schema_name || '.' || table_name, list(column_name ORDER BY column_index),"
            " list(data_type ORDER BY column_index) FROM duckdb_columns()"
            " WHERE schema_name IN ('charts', 'marts') GROUP BY 1"
        ).fetchall()
    assert objects.keys() == {name for name, _, _ in columns}
    for name, names, types in columns:
        assert [described["name"] for described in objects[name]["properties"]] == names
        assert [described["physicalType"] for described in objects[name]["properties"]] == types


def test_the_catalogue_has_an_entry_a_chart_and_what_the_hall_says_of_itself(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    hall = CatalogueSettings(provider="=某市政务服务中心", code_prefix="307/1", sharing="有条件共享", is_open=False)
    own = settings.model_copy(update={"catalogue": hall})
    freeze(con, own, WEEKS, grains=GRAINS)
    publish(con, own)
    book = openpyxl.load_workbook(own.published / "papers" / CATALOGUE)
    header, *entries = book[ENTRIES].iter_rows(values_only=True)
    assert header == ENTRY_HEADER
    window = next(dict(zip(header, row, strict=True)) for row in entries if row[2] == "307/1/window_weekly")
    assert (window["信息资源名称"], window["共享类型"], window["是否向社会开放"]) == (
        "综窗四项按周",
        "有条件共享",
        "否",
    )
    assert window["信息资源提供方"] == "=某市政务服务中心"
    # It is a text, not a formula.
    assert book[ENTRIES].cell(row=2, column=4).data_type == "s"
    assert window["更新周期"] == "每周"
    items = list(book[ITEMS].iter_rows(min_row=2, values_only=True))
    assert ("value", "整型I") in {(row[2], row[3]) for row in items if row[0] == "综窗四项按周"}


def test_the_issuer_of_the_weekly_provides_where_the_hall_names_nobody(published: Path, settings: Settings) -> None:
    book = openpyxl.load_workbook(published / "papers" / CATALOGUE)
    providers = {row[3] for row in book[ENTRIES].iter_rows(min_row=2, values_only=True)}
    assert providers == {settings.issuer or None}


def test_what_the_hall_says_of_itself_makes_a_new_publication(
    con: duckdb.DuckDBPyConnection, settings: Settings, published: Path
) -> None:
    assert not publish(con, settings).is_changed
    own = settings.model_copy(update={"catalogue": CatalogueSettings(provider_code="9151")})
    assert publish(con, own).is_changed


def test_a_file_that_did_not_change_keeps_its_time(
    con: duckdb.DuckDBPyConnection, settings: Settings, published: Path
) -> None:
    before = {path: path.stat().st_mtime_ns for folder in ("csv", "papers") for path in (published / folder).iterdir()}
    con.execute("UPDATE charts.training_weekly SET sessions = sessions + 1 WHERE week_id = '2023-03'")
    freeze(con, settings, ["2023-03"], grains=GRAINS)
    assert publish(con, settings).is_changed
    changed = {path.name for path, time in before.items() if path.stat().st_mtime_ns != time}
    assert "charts.training_weekly.csv" in changed
    assert not changed & {"charts.window_weekly.csv", "case_detail.odcs.yaml", PUBLISHED_CONTRACT, DBT_MANIFEST}
