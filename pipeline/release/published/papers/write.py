"""Writes all papers of a publication into the folder where it is staged; `publish` puts them in their place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.atomic_files import sync_file
from pipeline.contracts import load_contracts
from pipeline.contracts.odcs import odcs_text, to_odcs
from pipeline.release.published.papers.catalogue import latest_release_day, write_catalogue
from pipeline.release.published.papers.data_package import data_package
from pipeline.release.published.papers.dbt_manifest import dbt_manifest
from pipeline.release.published.papers.described_tables import described_tables
from pipeline.release.published.papers.published_contract import published_contract
from pipeline.release.published.papers.validation_report import validation_report

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings
    from pipeline.warehouse.models import ModelGraph

PUBLISHED_CONTRACT: Final = "published.odcs.yaml"
# Each descriptor with the folder whose files it describes.
DATA_PACKAGES: Final = {"datapackage.json": "csv", "datapackage-parquet.json": "parquet"}
VALIDATION_REPORT: Final = "validation-report.json"
CATALOGUE: Final = "catalogue.xlsx"
DBT_MANIFEST: Final = "dbt-manifest.json"


def write_papers(con: DuckDBPyConnection, database: str, settings: Settings, graph: ModelGraph, folder: Path) -> None:
    """Writes into `folder` what a publication says of itself; of data nothing but the attached published file is read.

    Out: `<source>.odcs.yaml` a source and `published.odcs.yaml`, validation-report.json, catalogue.xlsx and
    dbt-manifest.json. The contracts of the sources come from their YAML: names and types of columns, personal ones
    marked; the models from `graph`.
    """
    tables = described_tables(con, database)
    for name, contract in load_contracts(settings.contracts).items():
        _write(folder / f"{name}.odcs.yaml", odcs_text(to_odcs(contract)))
    _write(folder / PUBLISHED_CONTRACT, odcs_text(published_contract(con, database, tables)))
    _write(folder / VALIDATION_REPORT, _json_text(validation_report(con, database)))
    _write(folder / DBT_MANIFEST, _json_text(dbt_manifest(graph)))
    catalogue = folder / CATALOGUE
    write_catalogue(catalogue, tables, settings, latest_release_day(con))
    sync_file(catalogue)


def data_package_texts(con: DuckDBPyConnection, database: str, folders: Mapping[str, Path]) -> dict[str, str]:
    """Returns the texts of DATA_PACKAGES by name; `folders` are where the files are now, by the name they will have."""
    about = dict(con.execute(f"SELECT name, value FROM {database}.docs.publication").fetchall())
    tables = described_tables(con, database)
    texts = {}
    for name, folder_name in DATA_PACKAGES.items():
        texts[name] = _json_text(data_package(tables, folder_name, folders[folder_name], about))
    return texts


def _json_text(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    sync_file(path)
