"""Writes a project for dbt: a model a file with refs and sources, a test of its own for each check.

The module is not called dbt_project: dbt imports whatever on its path begins with its name.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import yaml

from tests.bench.peers.project import DELIVERIES, Project, Query, with_names

SKELETON: Final = Path(__file__).with_name("dbt")


def write_project(folder: Path, project: Project) -> None:
    """Writes what `dbt build` takes; a failing test warns, as most of our checks do."""
    shutil.copytree(SKELETON, folder)
    names = {model.name: f"{{{{ ref('{model.flat_name}') }}}}" for model in project.models}
    for table in (*project.loaded, *DELIVERIES):
        schema, _, name = table.partition(".")
        names[table] = f"{{{{ source('{schema}', '{name}') }}}}"
    (folder / "models").mkdir()
    for model in project.models:
        text = f"{_config(model)}\n{with_names(model.sql, names)}\n"
        (folder / "models" / f"{model.flat_name}.sql").write_text(text, encoding="utf-8")
    (folder / "models" / "sources.yml").write_text(_sources(project.loaded), encoding="utf-8")
    (folder / "tests").mkdir()
    for name, sql in project.tests.items():
        text = f"{{{{ config(severity='warn') }}}}\n{with_names(sql, names)}\n"
        (folder / "tests" / f"{name}.sql").write_text(text, encoding="utf-8")


def _config(model: Query) -> str:
    schema, _, table = model.name.partition(".")
    words = {"schema": schema, "alias": table, "materialized": model.materialized}
    if model.week_column:
        words |= {"incremental_strategy": "delete+insert", "unique_key": model.week_column}
    told = ", ".join(f"{key}='{value}'" for key, value in words.items())
    return f"{{{{ config({told}) }}}}"


def _sources(loaded: Iterable[str]) -> str:
    tables = [{"name": name.removeprefix("raw.")} for name in loaded]
    deliveries = [{"name": name.removeprefix("ledger."), "identifier": "delivery"} for name in DELIVERIES]
    sources = [
        {"name": "raw", "schema": "raw", "tables": tables},
        {"name": "ledger", "schema": "raw", "tables": deliveries},
    ]
    return yaml.safe_dump({"version": 2, "sources": sources})
