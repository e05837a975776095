"""The SQL models as a dbt `manifest.json` (v12), for catalogues that read lineage there: OpenMetadata, DataHub.

Only what such a catalogue asks for is in it: models with their SQL, columns and key, the tables that they start from,
and what depends on what. No dbt runs; the models are built by `pipeline.warehouse`.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.package_version import package_version

if TYPE_CHECKING:
    from pipeline.warehouse.models import Column, Model, ModelGraph

SCHEMA_VERSION: Final = "https://schemas.getdbt.com/dbt/manifest/v12.json"
PROJECT: Final = "zhoubao"
ADAPTER: Final = "duckdb"
# The database that holds the models: warehouse.duckdb, as DuckDB names it.
DATABASE: Final = "warehouse"
# Parts of a manifest that we have nothing for.
EMPTY_PARTS: Final = ("macros", "docs", "exposures", "metrics", "groups", "selectors", "disabled", "group_map")
MORE_EMPTY_PARTS: Final = ("saved_queries", "semantic_models", "unit_tests")


def dbt_manifest(graph: ModelGraph) -> dict[str, Any]:
    """Returns the manifest of all models; the same models give the same, for it tells no time."""
    parents: dict[str, list[str]] = {unique_id(graph, name): [] for name in graph.sources}
    for model in graph:
        parents[unique_id(graph, model.name)] = [unique_id(graph, name) for name in model.depends_on]
    return {
        "metadata": {
            "dbt_schema_version": SCHEMA_VERSION,
            "dbt_version": f"zhoubao {package_version()}",
            "project_name": PROJECT,
            "adapter_type": ADAPTER,
            "send_anonymous_usage_stats": False,
        },
        "nodes": {unique_id(graph, model.name): _node(graph, model) for model in graph},
        "sources": {unique_id(graph, name): _source(graph, name) for name in graph.sources},
        **{part: {} for part in (*EMPTY_PARTS, *MORE_EMPTY_PARTS)},
        "parent_map": parents,
        "child_map": _children(parents),
    }


def unique_id(graph: ModelGraph, name: str) -> str:
    """`charts.ageing` is `model.zhoubao.charts.ageing`; `ledger.delivery`, which no model makes, is a `source`."""
    kind = "model" if name in graph.models else "source"
    return f"{kind}.{PROJECT}.{name}"


def _children(parents: dict[str, list[str]]) -> dict[str, list[str]]:
    children: dict[str, list[str]] = defaultdict(list)
    for child, of_child in parents.items():
        for parent in of_child:
            children[parent].append(child)
    return {name: children[name] for name in parents}


def _node(graph: ModelGraph, model: Model) -> dict[str, Any]:
    path = f"{model.group}/{model.table}.sql"
    return {
        "database": DATABASE,
        "schema": model.group,
        "name": model.table,
        "alias": model.table,
        "resource_type": "model",
        "package_name": PROJECT,
        "path": path,
        "original_file_path": f"sql/{path}",
        "unique_id": unique_id(graph, model.name),
        "fqn": [PROJECT, model.group, model.table],
        "checksum": {"name": "sha256", "checksum": hashlib.sha256(model.sql.encode()).hexdigest()},
        "config": {"materialized": model.materialized},
        "description": model.description,
        "columns": {column.name: _column(column) for column in model.columns},
        "raw_code": model.sql,
        "compiled_code": model.sql,
        "compiled": True,
        "language": "sql",
        "relation_name": f'"{DATABASE}"."{model.group}"."{model.table}"',
        "primary_key": list(model.grain),
        "depends_on": {"macros": [], "nodes": [unique_id(graph, name) for name in model.depends_on]},
    }


def _column(column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {"name": column.name, "description": column.description}
    if column.type:
        described["data_type"] = column.type
    return described


def _source(graph: ModelGraph, name: str) -> dict[str, Any]:
    schema, _, table = name.partition(".")
    return {
        "database": DATABASE,
        "schema": schema,
        "name": table,
        "identifier": table,
        "resource_type": "source",
        "package_name": PROJECT,
        "path": "pipeline/contracts",
        "original_file_path": "pipeline/contracts",
        "unique_id": unique_id(graph, name),
        "fqn": [PROJECT, schema, table],
        "source_name": schema,
        "source_description": "",
        "loader": PROJECT,
        "relation_name": f'"{DATABASE}"."{schema}"."{table}"',
    }
