"""The rows of charts and marts that a release was made of: kept in its folder, and shown again where it is shown.

Only weeks whose shown revision differs from what the warehouse gives now take their rows from there: after a rollback,
or where a week was restated and not released again. All other rows come from the warehouse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.quoting import identifier, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FROZEN_SCHEMAS: Final = ("charts", "marts")
FOLDER: Final = "tables"


def write_rows(con: DuckDBPyConnection, week_id: str, folder: Path) -> list[Path]:
    """Write the week's rows of every table of charts and marts that has weeks to `tables/<schema>.<table>.parquet`."""
    tables = con.execute(
        "SELECT schema_name, table_name FROM duckdb_columns() WHERE database_name = current_database()"
        " AND list_contains(?, schema_name) AND column_name = 'week_id' ORDER BY ALL",
        [list(FROZEN_SCHEMAS)],
    ).fetchall()
    target = folder / FOLDER
    target.mkdir()
    written = []
    for schema, table in tables:
        path = target / f"{schema}.{table}.parquet"
        rows = f"SELECT * FROM {schema}.{identifier(table)} WHERE week_id = {quoted(week_id)} ORDER BY ALL"
        con.execute(f"COPY ({rows}) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)")
        written.append(path)
    return written


def with_frozen_rows(
    con: DuckDBPyConnection, select: str, full_name: str, columns: Sequence[str], held: Mapping[str, Path]
) -> str:
    """`select` of a table, with the rows of the weeks in `held` (week_id → release folder) from their releases.

    A column that the release did not have is null; a table that it did not have keeps the warehouse's rows.
    """
    files = {week: folder / FOLDER / f"{full_name}.parquet" for week, folder in held.items()}
    files = {week: path for week, path in files.items() if path.is_file()}
    if "week_id" not in columns or not files:
        return select
    weeks = ", ".join(quoted(week) for week in files)
    names = ", ".join(identifier(column) for column in columns)
    parts = [f"SELECT {names} FROM ({select}) WHERE week_id NOT IN ({weeks})"]
    for path in files.values():
        there = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM read_parquet({quoted(str(path))})").fetchall()}
        picks = ", ".join(identifier(one) if one in there else f"NULL AS {identifier(one)}" for one in columns)
        parts.append(f"SELECT {picks} FROM read_parquet({quoted(str(path))})")
    return " UNION ALL ".join(parts)
