"""Writes the dbt project of the peers: our models with refs and sources, our checks as tests of rows.

In: the models and suites of a hall. Out: a folder that `dbt build` takes, and the lists and the calendar as Parquet.
Tables of the ledger that only our loader fills are views without rows, so checks that read them cost the peers nothing.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import duckdb
import yaml

from pipeline.common.quoting import quoted
from pipeline.contracts import Contract, load_contracts
from pipeline.quality.checks.model import TableSuite
from pipeline.quality.contract_checks.suites import hall_suites
from pipeline.quality.run.batches import failing_sql
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings
from pipeline.state_tables.create import create_tables
from pipeline.warehouse.engines import DuckDBEngine
from pipeline.warehouse.measures.hall_models import hall_models
from pipeline.warehouse.models import FLOORS, Model, ModelGraph
from pipeline.warehouse.reference import load_reference

SKELETON: Final = Path(__file__).with_name("dbt")
DELIVERIES: Final = ("ledger.current_delivery", "ledger.known_delivery")
"""Tables for which the peers' loader has one: what it loaded always counts."""
RUN_WEEKS: Final = "run.week"
WEEKS_OF_LAST_LOAD: Final = """
SELECT DISTINCT week_id FROM ledger.current_delivery
WHERE loaded_at = (SELECT max(loaded_at) FROM ledger.current_delivery)
"""
_TABLE: Final = re.compile(r"(?<![\w.])[a-z]+\.[a-z_]+\b")


def write_home(home: Path) -> int:
    """Writes `dbt/`, `contracts/` and `reference/` of a home of the peers; returns how many tests there are."""
    settings = Settings(home=home)
    graph, contracts = hall_models(settings), load_contracts(settings.contracts)
    shutil.copytree(SKELETON, home / "dbt")
    (home / "contracts").mkdir()
    for path in settings.contracts:
        shutil.copy(path, home / "contracts")
    with duckdb.connect() as con:
        create_tables(con)
        load_reference(con, settings, load_calendar())
        lists = _write_lists(con, home / "reference")
        loaded = [*(f"raw.{name}" for name in lists), *(f"raw.{name}" for name in contracts)]
        tables = _Tables(graph, loaded)
        _write_stand_ins(con, home / "dbt" / "models", tables)
    for model in graph:
        _write_model(home / "dbt" / "models", model, tables)
    _write_sources(home / "dbt" / "models", contracts, lists)
    return _write_tests(home / "dbt" / "tests", hall_suites(settings), tables)


class _Tables:
    """How each table is called in the project: a ref of a model, or a source that the loader fills."""

    def __init__(self, graph: ModelGraph, loaded: Iterable[str]) -> None:
        self._models = {*graph.models, RUN_WEEKS}
        self._sources = {*loaded, *DELIVERIES}

    def add_model(self, table: str) -> None:
        """Makes a table known that a model of the project alone gives."""
        self._models.add(table)

    def knows(self, table: str) -> bool:
        """Whether somebody fills the table."""
        return table in self._models or table in self._sources

    def named(self, sql: str) -> str:
        """`FROM core.item` → `FROM {{ ref('core__item') }}`."""
        return _TABLE.sub(lambda match: self._name(match[0]), sql)

    def _name(self, table: str) -> str:
        schema, _, name = table.partition(".")
        if table in self._models:
            return f"{{{{ ref('{schema}__{name}') }}}}"
        if table in self._sources:
            return f"{{{{ source('{schema}', '{name}') }}}}"
        return table


def _write_lists(con: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    """Writes the tables of `raw` that have rows, a Parquet file each; returns their names."""
    folder.mkdir()
    names = []
    for (name,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw'").fetchall():
        if con.execute(f"SELECT 1 FROM raw.{name} LIMIT 1").fetchone():
            con.execute(f"COPY raw.{name} TO {quoted(str(folder / name) + '.parquet')} (FORMAT parquet)")
            names.append(name)
    return names


def _write_stand_ins(con: duckdb.DuckDBPyConnection, folder: Path, tables: _Tables) -> None:
    """Writes the weeks of the last load, and a view without rows for each table that is read and that nobody fills."""
    folder.mkdir()
    stand_ins = {RUN_WEEKS: WEEKS_OF_LAST_LOAD}
    present = con.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    for (name,) in present:
        if not tables.knows(name):
            types = DuckDBEngine(con).types(name)
            columns = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in types.items())
            stand_ins[name] = f"SELECT {columns} WHERE false"
            tables.add_model(name)
    for name, sql in stand_ins.items():
        _write_sql(folder, name, {"materialized": "view"}, tables.named(sql))


def _write_model(folder: Path, model: Model, tables: _Tables) -> None:
    config: dict[str, str] = {"materialized": model.materialized}
    if model.is_incremental:
        config |= {"incremental_strategy": "delete+insert", "unique_key": model.week_column}
    body = "\n".join(line for line in model.sql.splitlines() if not line.startswith("--"))
    _write_sql(folder, model.name, config, tables.named(body))


def _write_sql(folder: Path, name: str, config: Mapping[str, str], sql: str) -> None:
    schema, _, table = name.partition(".")
    words = {**config, "schema": schema, "alias": table}
    told = ", ".join(f"{key}='{value}'" for key, value in words.items())
    path = folder / f"{schema}__{table}.sql"
    path.write_text(f"{{{{ config({told}) }}}}\n{sql}\n", encoding="utf-8")


def _write_sources(folder: Path, contracts: Mapping[str, Contract], lists: Iterable[str]) -> None:
    deliveries = [{"name": name.removeprefix("ledger."), "identifier": "delivery"} for name in DELIVERIES]
    loaded = [{"name": name} for name in (*lists, *contracts)]
    sources = [
        {"name": "raw", "schema": "raw", "tables": loaded},
        {"name": "ledger", "schema": "raw", "tables": deliveries},
    ]
    text = yaml.safe_dump({"version": 2, "sources": sources})
    (folder / "sources.yml").write_text(text, encoding="utf-8")


def _write_tests(folder: Path, suites: Iterable[TableSuite], tables: _Tables) -> int:
    """Writes the checks of models that look at rows, each over the weeks of the last load."""
    folder.mkdir()
    count = 0
    for suite in suites:
        schema, _, _ = suite.table.partition(".")
        if schema not in FLOORS:
            continue
        batch = f"SELECT * FROM {suite.table} WHERE week_id IN (SELECT week_id FROM {RUN_WEEKS})"
        for check in suite.expectations:
            if check.is_of_weeks:
                continue
            sql = tables.named(failing_sql(check, batch))
            name = f"{suite.table.replace('.', '__')}__{check.name}.sql"
            (folder / name).write_text(f"{{{{ config(severity='warn') }}}}\n{sql}\n", encoding="utf-8")
            count += 1
    return count
