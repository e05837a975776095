"""The papers of a publication as the tools of their standards read them, over the sample hall."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
import yaml
from dbt_artifacts_parser.parser import parse_manifest_v12
from frictionless import Package, Report, Resource, Schema
from jsonschema import Draft7Validator, Draft201909Validator

from pipeline.release.published.papers.catalogue import ENTRIES, ITEMS
from pipeline.release.published.papers.dbt_manifest import unique_id
from pipeline.release.published.papers.field_types import schema_type
from pipeline.release.published.papers.write import DATA_PACKAGES
from pipeline.settings import PROJECT_ROOT, Settings
from pipeline.warehouse.models import load_models

SCHEMAS = PROJECT_ROOT / "tests" / "fixtures" / "schemas"
# What the report of the ESS asks for (version 1.0.1), in words of our own: the schema itself has no licence.
TEXT = {"type": "string", "minLength": 1}
PLACES = {"type": "array", "minItems": 1, "items": {"type": "array", "items": TEXT}}
EVENT = {
    "type": "object",
    "required": ["time", "actor"],
    "properties": {"time": {"type": "string", "pattern": r"^\d{8}T\d{6}[+]\d{4}$"}, "actor": TEXT},
}
DATA = {"type": "object", "required": ["source", "target"], "properties": {"source": PLACES, "target": PLACES}}
VALIDATION = {
    "type": "object",
    "required": ["id", "type", "event", "rule", "data", "value"],
    "additionalProperties": False,
    "properties": {
        "id": TEXT,
        "type": {"const": "validation"},
        "event": EVENT,
        "rule": {
            "type": "object",
            "required": ["language", "expression", "severity"],
            "properties": {
                "language": TEXT,
                "expression": TEXT,
                "severity": {"enum": ["information", "warning", "error"]},
                "description": {"type": "string"},
            },
        },
        "data": DATA,
        "value": {"enum": ["0", "1", "NA"]},
    },
}
AGGREGATION = {
    "type": "object",
    "required": ["id", "type", "event", "aggregate", "data", "value"],
    "additionalProperties": False,
    "properties": {
        "id": TEXT,
        "type": {"const": "aggregation"},
        "event": EVENT,
        "aggregate": {
            "type": "object",
            "required": ["language", "expression"],
            "properties": {"language": TEXT, "expression": TEXT},
        },
        "data": DATA,
        "value": {"type": "string"},
    },
}
ESS_REPORT = {"type": "array", "minItems": 1, "items": {"oneOf": [VALIDATION, AGGREGATION]}}


def schema(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((SCHEMAS / name).read_text("utf-8"))
    return content


def package(published: Path, name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((published / name).read_text("utf-8"))
    return content


def errors_of(report: Report) -> list[tuple[str, str]]:
    return [(task.name, error.message) for task in report.tasks for error in task.errors]


@pytest.mark.parametrize("name", DATA_PACKAGES)
def test_a_data_package_is_valid_against_its_profile(small_home: Settings, name: str) -> None:
    validator = Draft7Validator(schema("datapackage-2.0.json"))
    assert [error.message for error in validator.iter_errors(package(small_home.published, name))] == []


def test_frictionless_finds_every_csv_as_it_is_described(small_home: Settings) -> None:
    report = Package(str(small_home.published / "datapackage.json")).validate()
    assert errors_of(report) == []
    assert len(report.tasks) == len(list((small_home.published / "csv").iterdir()))
    # Of a file with nothing but its header, such as the triangle of a hall without a revision, it counts none.
    assert sum(task.stats.get("rows", 0) for task in report.tasks) > 1000


def test_frictionless_finds_a_row_that_is_not_as_described(small_home: Settings, tmp_path: Path) -> None:
    """The test above can fail."""
    (tmp_path / "csv").mkdir()
    source = small_home.published / "csv" / "charts.window_weekly.csv"
    text = source.read_text("utf-8-sig")
    (tmp_path / "csv" / source.name).write_text(text.replace(",人次,", ",人次,x", 1), encoding="utf-8-sig")
    described = package(small_home.published, "datapackage.json")
    described["resources"] = [entry for entry in described["resources"] if entry["path"] == f"csv/{source.name}"]
    report = Package.from_descriptor(described, basepath=str(tmp_path)).validate()
    assert {error.type for task in report.tasks for error in task.errors} >= {"type-error", "hash-count"}


def test_frictionless_finds_the_rows_of_every_chart_in_parquet_as_they_are_described(small_home: Settings) -> None:
    """DuckDB reads the rows: Frictionless itself reads Parquet through pandas, which has no integers with gaps."""
    described = package(small_home.published, "datapackage-parquet.json")["resources"]
    charts = [entry for entry in described if entry["name"].startswith(("charts.", "marts.weekly"))]
    assert len(charts) > 20
    for entry in charts:
        cursor = duckdb.execute(f"SELECT * FROM '{small_home.published / entry['path']}'")
        header = [column[0] for column in cursor.description]
        report = Resource(data=[header, *cursor.fetchall()], schema=Schema.from_descriptor(entry["schema"])).validate()
        assert errors_of(report) == [], entry["name"]


def test_every_parquet_file_has_the_fields_and_the_key_that_the_data_package_describes(small_home: Settings) -> None:
    files = package(small_home.published, "datapackage-parquet.json")["resources"]
    assert len(files) > 40
    for resource in files:
        path = small_home.published / resource["path"]
        columns = duckdb.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
        fields = [(field["name"], field["type"]) for field in resource["schema"]["fields"]]
        assert [(name, schema_type(sql_type)) for name, sql_type, *_ in columns] == fields, path.name
        key = ", ".join(f'"{name}"' for name in resource["schema"]["primaryKey"])
        counts = duckdb.execute(f"SELECT count(*) = count(DISTINCT ({key})) FROM '{path}'").fetchone()
        assert counts == (True,), path.name


def test_every_contract_is_valid_odcs(small_home: Settings) -> None:
    validator = Draft201909Validator(schema("odcs-json-schema-v3.1.0.json"))
    paths = sorted((small_home.published / "papers").glob("*.odcs.yaml"))
    assert len(paths) == 10
    for path in paths:
        document = yaml.safe_load(path.read_text("utf-8"))
        assert [error.message for error in validator.iter_errors(document)] == [], path.name


def test_the_validation_report_has_every_check_of_the_issue_and_agrees_with_the_published_results(
    small_home: Settings,
) -> None:
    report = json.loads((small_home.published / "papers" / "validation-report.json").read_text("utf-8"))
    assert [error.message for error in Draft7Validator(ESS_REPORT).iter_errors(report)] == []
    *validations, failed = report
    with duckdb.connect(str(small_home.published / "metrics.duckdb"), read_only=True) as con:
        results = con.execute(
            "SELECT '2023-15/' || table_name || '/' || check_name, CASE WHEN status = 'passed' THEN '1' ELSE '0' END"
            " FROM quality.check_result WHERE week_id = '2023-15'"
        ).fetchall()
    assert {entry["id"]: entry["value"] for entry in validations} == dict(results)
    assert failed["value"] == str([value for _, value in results].count("0"))


def test_dbts_own_parser_reads_the_manifest_and_finds_every_model_with_its_parents(small_home: Settings) -> None:
    content = json.loads((small_home.published / "papers" / "dbt-manifest.json").read_text("utf-8"))
    manifest = parse_manifest_v12(content)
    graph = load_models(small_home.models)
    assert len(manifest.nodes) == len(graph.models) > 60
    for model in graph:
        node = manifest.nodes[unique_id(graph, model.name)]
        assert node.depends_on.nodes == [unique_id(graph, name) for name in model.depends_on]
        assert list(node.columns) == [column.name for column in model.columns]
        assert set(node.depends_on.nodes) <= manifest.nodes.keys() | manifest.sources.keys()
    assert unique_id(graph, "charts.ageing") in manifest.child_map[unique_id(graph, "marts.open_case_age")]


def test_the_catalogue_has_an_entry_a_chart_and_a_row_a_column(small_home: Settings) -> None:
    book = openpyxl.load_workbook(small_home.published / "papers" / "catalogue.xlsx")
    with duckdb.connect(str(small_home.published / "metrics.duckdb"), read_only=True) as con:
        charts = con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'charts'").fetchall()
        columns = con.execute("SELECT count(*) FROM duckdb_columns() WHERE schema_name = 'charts'").fetchone()
    codes = [row[2] for row in book[ENTRIES].iter_rows(min_row=2, values_only=True)]
    assert sorted(codes) == sorted(name for (name,) in charts)
    assert (book[ITEMS].max_row - 1,) == columns
    names = [row[1] for row in book[ENTRIES].iter_rows(min_row=2, values_only=True)]
    assert len(set(names)) == len(names)
