"""`datapackage.json`: every CSV file with its fields, key, size and digest (Data Package 2.0).

`datapackage-parquet.json` has the Parquet files. They are apart, so that `frictionless validate datapackage.json`
passes: Frictionless 5.21 reads Parquet through pandas, where an integer column with a gap is no integer any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pipeline.common.atomic_files import sha256_of
from pipeline.release.published.papers.described_tables import DescribedColumn, DescribedTable
from pipeline.release.published.papers.field_types import schema_type
from pipeline.release.revisions.masks import PENDING

PROFILE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"
DESCRIPTION: Final = (
    "charts 为图表，marts 为指标，quality 为检查与问题，release 为历次发布，docs 为说明；没有办件明细。\n"
    "Charts, metrics, checks and findings, releases, and words about them; no single case."
)
# How a moment stands in our CSV files; Table Schema writes patterns as strptime does.
MOMENT_PATTERN: Final = "%Y-%m-%d %H:%M:%S"


def data_package(
    tables: list[DescribedTable], folder_name: str, folder: Path, about: Mapping[str, str]
) -> dict[str, Any]:
    """Returns the descriptor of the files in `folder`, which will be called `folder_name` beside it.

    A file that is named `<schema>.<table>.csv` or `.parquet` holds that table. `about` are the lines of
    `docs.publication`. Equal files give an equal descriptor.
    """
    by_name = {table.full_name: table for table in tables}
    resources = []
    for path in sorted(folder.iterdir()):
        resources.append(_resource(by_name[path.stem], f"{folder_name}/{path.name}", path))
    package: dict[str, Any] = {
        "$schema": PROFILE,
        "name": f"zhoubao-{folder_name}",
        "title": "窗口工作周报：发布的数据",
        "description": DESCRIPTION,
        "contentHash": about["content_hash"],
        "codeVersion": about["code_version"],
        "resources": resources,
    }
    if "data_label" in about:
        package["dataLabel"] = about["data_label"]
    return package


def _resource(table: DescribedTable, path_in_package: str, path: Path) -> dict[str, Any]:
    is_csv = path.suffix == ".csv"
    resource: dict[str, Any] = {
        "name": path.name.lower(),
        "type": "table",
        "path": path_in_package,
        "title": table.description_zh,
        "description": table.description_en,
        "format": "csv" if is_csv else "parquet",
        "mediatype": "text/csv" if is_csv else "application/vnd.apache.parquet",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256_of(path)}",
        "schema": _schema(table, is_csv=is_csv),
    }
    if is_csv:
        resource["encoding"] = "utf-8"
    return resource


def _schema(table: DescribedTable, *, is_csv: bool) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column, is_csv=is_csv) for column in table.columns]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    if is_csv:
        # A withheld number is the words; in Parquet it is null.
        schema["missingValues"] = ["", PENDING]
    return schema


def _field(column: DescribedColumn, *, is_csv: bool) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": schema_type(column.sql_type)}
    if is_csv and field["type"] == "datetime":
        field["format"] = MOMENT_PATTERN
    # A comment of another hall may have no words.
    if column.meaning_zh:
        field["title"] = column.meaning_zh
    if column.meaning_en:
        field["description"] = column.meaning_en
    if column.unit:
        field["unit"] = column.unit
    return field
