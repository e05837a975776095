"""The DuckDB file, the SQL models with their order and lineage, and how they are built; no metric is defined here."""

from pipeline.warehouse.builder import BuildResult, build_model, build_models, drop_removed_models, preview
from pipeline.warehouse.database import WarehouseBusyError, open_warehouse
from pipeline.warehouse.lineage import column_lineage, lineage_to_sources
from pipeline.warehouse.models import Column, Model, ModelError, ModelGraph, load_models, read_model

__all__ = [
    "BuildResult",
    "Column",
    "Model",
    "ModelError",
    "ModelGraph",
    "WarehouseBusyError",
    "build_model",
    "build_models",
    "column_lineage",
    "drop_removed_models",
    "lineage_to_sources",
    "load_models",
    "open_warehouse",
    "preview",
    "read_model",
]
