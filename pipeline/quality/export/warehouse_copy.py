"""A copy of what checks read, for tools that open a file of their own: every table but the rows of exports (`raw`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.private_files import private_files
from pipeline.common.quoting import identifier, quoted
from pipeline.warehouse.database import SCHEMAS
from pipeline.warehouse.errors import in_words_of_the_warehouse

if TYPE_CHECKING:
    from pipeline.settings import Settings

# No check reads the rows as they were delivered; views over them are copied as tables.
LEFT_OUT: Final = frozenset({"raw"})
_RELATIONS: Final = """
SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'warehouse' AND NOT internal
UNION ALL
SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = 'warehouse' AND NOT internal
ORDER BY ALL
"""


def copy_warehouse(settings: Settings, target: Path) -> int:
    """Writes the tables and views of the warehouse into a new DuckDB file of its owner alone; returns how many.

    Raises WarehouseError where the warehouse is being written or is damaged.
    """
    import duckdb

    target.unlink(missing_ok=True)
    kept = [schema for schema in SCHEMAS if schema not in LEFT_OUT]
    with private_files(), in_words_of_the_warehouse(settings.warehouse_path), duckdb.connect() as con:
        con.execute(f"SET memory_limit = {quoted(settings.memory_limit)}; SET threads = {settings.threads}")
        con.execute(f"ATTACH {quoted(str(settings.warehouse_path))} AS warehouse (READ_ONLY)")
        con.execute(f"ATTACH {quoted(str(target))} AS copied")
        # Views name their tables without the database.
        con.execute("USE warehouse")
        for schema in kept:
            con.execute(f"CREATE SCHEMA IF NOT EXISTS copied.{identifier(schema)}")
        relations = [entry for entry in con.execute(_RELATIONS).fetchall() if entry[0] in kept]
        for schema, name in relations:
            relation = f"{identifier(schema)}.{identifier(name)}"
            con.execute(f"CREATE TABLE copied.{relation} AS FROM warehouse.{relation}")
    return len(relations)
