"""Gives the tables that models read and none makes from a home's warehouse to Spark: rows of exports, lists, ledger."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.quoting import identifier, quoted
from pipeline.warehouse.engines.on_duckdb import DuckDBEngine
from pipeline.warehouse.engines.on_spark import SparkEngine
from pipeline.warehouse.engines.spark_types import spark_type
from pipeline.warehouse.fingerprints import tables_and_views
from pipeline.warehouse.models import RUN_SCHEMA, ModelGraph

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# `as_written` of the rows of exports, which says how values stood in the file. A model that read it would not find it.
_NESTED: Final = ("MAP", "STRUCT")


def give_sources(con: DuckDBPyConnection, engine: SparkEngine, graph: ModelGraph, folder: Path) -> list[str]:
    """Writes each table as Parquet under `folder`, a new one that Spark reaches too, and makes it a table there.

    Returns the names. Raises EngineError for a type that Spark does not have.
    """
    warehouse = DuckDBEngine(con)
    present = tables_and_views(con)
    names = [name for name in _sources_of(graph) if name in present]
    for name in names:
        types = {column: kind for column, kind in warehouse.types(name).items() if not kind.startswith(_NESTED)}
        for column, kind in types.items():
            # Before a row is written: DuckDB would store a HUGEINT as a double.
            spark_type(name, column, kind)
        columns = ", ".join(map(identifier, types))
        location = folder / name
        location.mkdir(parents=True)
        con.execute(f"COPY (SELECT {columns} FROM {name}) TO {quoted(str(location / 'rows.parquet'))} (FORMAT parquet)")
        engine.take_parquet(name, types, location.as_uri())
    return names


def _sources_of(graph: ModelGraph) -> Iterable[str]:
    """The tables that models read, and of rows of exports also those with the steward's corrections laid over."""
    for name in graph.sources:
        schema, _, table = name.partition(".")
        if schema == RUN_SCHEMA:
            continue
        yield name
        if schema == "raw":
            yield f"corrected.{table}"
