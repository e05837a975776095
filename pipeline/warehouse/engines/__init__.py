"""The engines that hold the tables of models and run their SQL: DuckDB in a hall, Spark over many.

In: models, weeks, and tables of rows as they were delivered. Out: tables and views of staging, core, marts and charts.
Elsewhere: which weeks of which model are built, and the state of that, in `pipeline.warehouse.builder`.
"""

from pipeline.warehouse.engines.engine import Engine, EngineError
from pipeline.warehouse.engines.on_duckdb import DuckDBEngine

__all__ = ["DuckDBEngine", "Engine", "EngineError"]
