"""Writes a project for SQLMesh: a model a file, a standalone audit for each check.

An audit of a model may read only what the model itself reads; ours also read tables further up, so they stand alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import yaml

from tests.bench.peers.project import DELIVERIES, Project, Query, with_names

_KINDS: Final = {"view": "VIEW", "table": "FULL", "incremental": "INCREMENTAL_BY_PARTITION"}


def write_project(folder: Path, project: Project, warehouse: Path) -> None:
    """Writes what a SQLMesh context reads; its state is in a file of its own, as its documentation advises."""
    names = dict.fromkeys(DELIVERIES, "raw.delivery")
    for name in ("models", "audits"):
        (folder / name).mkdir(parents=True)
    for model in project.models:
        text = f"{_head(model)}\n{with_names(model.sql, names)}\n"
        (folder / "models" / f"{model.flat_name}.sql").write_text(text, encoding="utf-8")
    for name, sql in project.tests.items():
        head = f"AUDIT (name {name}, dialect duckdb, standalone true, blocking false, cron '@daily');"
        (folder / "audits" / f"{name}.sql").write_text(f"{head}\n{with_names(sql, names)}\n", encoding="utf-8")
    home = {
        "connection": {"type": "duckdb", "database": str(warehouse)},
        "state_connection": {"type": "duckdb", "database": str(folder / "state.duckdb")},
    }
    config = {
        "gateways": {"home": home},
        "default_gateway": "home",
        "model_defaults": {"dialect": "duckdb", "start": "2023-01-01"},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")


def _head(model: Query) -> str:
    """MODEL (name core.item, kind FULL, dialect duckdb, cron '@daily');"""
    partition = f", partitioned_by ({model.week_column})" if model.week_column else ""
    return f"MODEL (name {model.name}, kind {_KINDS[model.materialized]}, dialect duckdb, cron '@daily'{partition});"
