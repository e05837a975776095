"""Opens the DuckDB file, reads the SQL models with their order and lineage, and builds them.

In: `sql/`, the code lists, the calendar, the ledger. Out: tables and views of staging, core, marts and charts.
Elsewhere: metrics are defined in `sql/`, rows of exports come from `pipeline.ingest`, checks are in `pipeline.quality`.
"""

from pipeline.warehouse.builder import BuildResult, build_model, build_models, drop_removed_models, preview
from pipeline.warehouse.database import open_warehouse, read_warehouse
from pipeline.warehouse.errors import DamagedWarehouseError, NewerHomeError, WarehouseBusyError, WarehouseError
from pipeline.warehouse.lineage import column_lineage, lineage_to_sources
from pipeline.warehouse.models import Column, Model, ModelError, ModelGraph, load_models, read_model

__all__ = [
    "BuildResult",
    "Column",
    "DamagedWarehouseError",
    "Model",
    "ModelError",
    "ModelGraph",
    "NewerHomeError",
    "WarehouseBusyError",
    "WarehouseError",
    "build_model",
    "build_models",
    "column_lineage",
    "drop_removed_models",
    "lineage_to_sources",
    "load_models",
    "open_warehouse",
    "preview",
    "read_model",
    "read_warehouse",
]
