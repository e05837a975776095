"""Says what a project of the peers holds: our models and the stand-ins beside them, our checks as queries of rows.

In: the models and suites of a hall. Out: queries over our names of tables, the contracts, and the lists and the
calendar as Parquet. Tables of the ledger that only our loader fills have no row there, so checks that read them cost
the peers nothing. Elsewhere: how the tools write it down, in `project_for_dbt` and `project_for_sqlmesh`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from pipeline.common.quoting import quoted
from pipeline.contracts import load_contracts
from pipeline.quality.checks.model import TableSuite
from pipeline.quality.contract_checks.suites import hall_suites
from pipeline.quality.run.batches import failing_sql
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings
from pipeline.state_tables.create import create_tables
from pipeline.warehouse.engines import DuckDBEngine
from pipeline.warehouse.measures.hall_models import hall_models
from pipeline.warehouse.models import FLOORS, ModelGraph
from pipeline.warehouse.reference import load_reference

DELIVERIES: Final = ("ledger.current_delivery", "ledger.known_delivery")
"""Tables for which the peers' loader has `raw.delivery`: what it loaded always counts."""
RUN_WEEKS: Final = "run.week"
_WEEKS_OF_LAST_LOAD: Final = """
SELECT DISTINCT week_id FROM ledger.current_delivery
WHERE loaded_at = (SELECT max(loaded_at) FROM ledger.current_delivery)
"""
# ledger.delivery, and not the delivery of d.delivery_id.
_TABLE: Final = re.compile(r"(?<![\w.])[a-z]+\.[a-z_]+\b")
_COMMENT: Final = re.compile(r"(^|\s)--\s.*$", re.MULTILINE)


@dataclass(frozen=True)
class Query:
    """A SELECT that becomes `name` (core.item): a table, a view, or incremental by its column of weeks."""

    name: str
    sql: str
    materialized: str
    week_column: str = ""

    @property
    def flat_name(self) -> str:
        """core.item → core__item: both peers want names without a dot."""
        return self.name.replace(".", "__")


@dataclass(frozen=True)
class Project:
    """All models, all tests (name → SELECT of failing rows), and the tables that the loader fills in `raw`."""

    models: tuple[Query, ...]
    tests: Mapping[str, str]
    loaded: tuple[str, ...]


def write_home(home: Path) -> Project:
    """Writes `contracts/` and `reference/` of a home of the peers, and returns the project for it."""
    settings = Settings(home=home)
    graph, contracts = hall_models(settings), load_contracts(settings.contracts)
    (home / "contracts").mkdir(parents=True)
    for path in settings.contracts:
        shutil.copy(path, home / "contracts")
    with duckdb.connect() as con:
        create_tables(con)
        load_reference(con, settings, load_calendar())
        lists = _write_lists(con, home / "reference")
        loaded = tuple(f"raw.{name}" for name in (*lists, *contracts))
        filled = {*graph.models, *loaded, *DELIVERIES}
        models = (*_models(graph), *_stand_ins(con, filled))
    return Project(models, dict(_tests(hall_suites(settings))), loaded)


def with_names(sql: str, names: Mapping[str, str]) -> str:
    """Puts other names for tables into a query: `FROM core.item` → `FROM {{ ref('core__item') }}`."""
    return _TABLE.sub(lambda match: names.get(match[0], match[0]), sql)


def _write_lists(con: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    """Writes the tables of `raw` that have rows, a Parquet file each; returns their names."""
    folder.mkdir()
    names = []
    for (name,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw'").fetchall():
        if con.execute(f"SELECT 1 FROM raw.{name} LIMIT 1").fetchone():
            con.execute(f"COPY raw.{name} TO {quoted(str(folder / name) + '.parquet')} (FORMAT parquet)")
            names.append(name)
    return names


def _models(graph: ModelGraph) -> Iterator[Query]:
    for model in graph:
        week_column = model.week_column if model.is_incremental else ""
        yield Query(model.name, _COMMENT.sub("", model.sql).strip(), model.materialized, week_column)


def _stand_ins(con: duckdb.DuckDBPyConnection, filled: Iterable[str]) -> Iterator[Query]:
    """Yields the weeks of the last load, and a view without rows for each table of ours that nobody fills there."""
    yield Query(RUN_WEEKS, _WEEKS_OF_LAST_LOAD, "view")
    present = con.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    for name in sorted({name for (name,) in present}.difference(filled)):
        types = DuckDBEngine(con).types(name)
        columns = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in types.items())
        yield Query(name, f"SELECT {columns} WHERE false", "view")


def _tests(suites: Iterable[TableSuite]) -> Iterator[tuple[str, str]]:
    """Yields the checks of models that look at rows, each over the weeks of the last load."""
    for suite in suites:
        schema, _, table = suite.table.partition(".")
        if schema not in FLOORS:
            continue
        batch = f"SELECT * FROM {suite.table} WHERE week_id IN (SELECT week_id FROM {RUN_WEEKS})"
        for check in suite.expectations:
            if not check.is_of_weeks:
                yield f"{schema}__{table}__{check.name}", failing_sql(check, batch)
