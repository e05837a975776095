"""Computes the tables of all halls on Spark, and brings home what is read, compared and added up: marts and charts.

In: the warehouse of a province with the rows of all halls; a session on Spark. Out: the same tables as DuckDB would
make, in the warehouse. Everything after that is the same on either engine.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from pipeline.common.environment import filled, unset_variables
from pipeline.common.quoting import identifier, quoted
from pipeline.settings import Settings
from pipeline.warehouse.builder import BuildResult, build_models
from pipeline.warehouse.engines.engine import EngineError
from pipeline.warehouse.engines.local_cluster import running, use_packages
from pipeline.warehouse.engines.on_duckdb import DuckDBEngine
from pipeline.warehouse.engines.on_spark import SparkEngine
from pipeline.warehouse.engines.sources import give_sources
from pipeline.warehouse.engines.spark_session import Session, connect, open_classic
from pipeline.warehouse.engines.spark_types import require_types
from pipeline.warehouse.models import ModelGraph

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# What readers, the double entry and the sums over regions ask for; the rest stays on the engine.
_BROUGHT_HOME: Final = ("marts.", "charts.")
_ALSO: Final = frozenset({"core.metric", "core.report_week"})


@dataclass(frozen=True)
class SparkOfProvince:
    """A session on Spark, and the folder that it and this machine both reach: tables, and what goes to and fro."""

    session: Session
    storage: Path

    def build(self, con: DuckDBPyConnection, graph: ModelGraph, weeks: Sequence[str]) -> Mapping[str, BuildResult]:
        """Builds all models there of the rows in the warehouse, and puts marts and charts into the warehouse.

        Raises EngineError for what Spark refuses, and where a table comes back with other types.
        """
        engine = SparkEngine(self.session, (self.storage / "tables").as_uri())
        exchange = self.storage / f"exchange-{uuid4().hex[:12]}"
        try:
            give_sources(con, engine, graph, exchange / "sources")
            built = build_models(con, graph, weeks, engine=engine)
            for name in graph.order:
                if name in _ALSO or name.startswith(_BROUGHT_HOME):
                    _bring_home(con, engine, name, exchange / "home" / name)
        finally:
            shutil.rmtree(exchange, ignore_errors=True)
        return built


@contextmanager
def spark_of(settings: Settings) -> Iterator[SparkOfProvince]:
    """Opens the session that the settings name: Connect, a classic one, or the Spark of `zhoubao engine start`.

    Raises EngineError where there is none, or no folder that both sides reach is named.
    """
    use_packages()
    asked = settings.engine
    if asked.remote or asked.master:
        if asked.storage is None:
            raise EngineError(
                "没有写明引擎的表放在哪里：请在 zhoubao.toml 的 [engine] 写明 storage，两边都够得到的文件夹。"
            )
        storage = asked.storage
        token = _token(asked.token.get_secret_value())
        session = connect(asked.remote, token) if asked.remote else open_classic(asked.master)
    else:
        cluster = running(settings.engine_folder)
        if cluster is None:
            raise EngineError(
                "没有在运行的 Spark：请先运行 zhoubao engine start，或在 zhoubao.toml 的 [engine] 写明 remote。"
            )
        storage = asked.storage or cluster.storage
        session = connect(cluster.remote, cluster.token)
    try:
        yield SparkOfProvince(session, storage.absolute())
    finally:
        session.close()


def _token(written: str) -> str:
    """`${SPARK_TOKEN}` → the environment variable. Raises EngineError where there is none of that name."""
    missing = unset_variables(written)
    if missing:
        raise EngineError(f"[engine] 的 token 要用环境变量 {'、'.join(missing)}，它没有设置：请设置后再运行一次。")
    return filled(written)


def _bring_home(con: DuckDBPyConnection, engine: SparkEngine, name: str, folder: Path) -> None:
    """Writes a table of the engine as Parquet and makes it a table of the warehouse, column by column."""
    types = engine.types(name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    engine.write_parquet(name, folder.as_uri())
    files = f"read_parquet({quoted(str(folder / '*.parquet'))})"
    columns = ", ".join(map(identifier, types))
    schema, _, table = name.partition(".")
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {identifier(schema)}")
    con.execute(f"CREATE OR REPLACE TABLE {identifier(schema)}.{identifier(table)} AS SELECT {columns} FROM {files}")
    require_types(name, DuckDBEngine(con).types(name), types)
