"""Keeps the rows of charts and marts that a release was made of, and shows them again where it is shown.

Only weeks whose shown revision differs from what the warehouse gives now take their rows from there: after a rollback,
or where a week was restated and not released again. All other rows come from the warehouse.
The folders themselves are written by `release_folders`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.quoting import identifier, quoted
from pipeline.release.revisions.masks import NOTHING_WITHHELD, Masks

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FROZEN_SCHEMAS: Final = ("charts", "marts")
FOLDER: Final = "tables"


def write_rows(con: DuckDBPyConnection, week_id: str, folder: Path, masks: Masks = NOTHING_WITHHELD) -> list[Path]:
    """Writes the week's rows of every table of charts and marts that has weeks to `tables/<schema>.<table>.parquet`.

    What `masks` withholds is not in them.
    """
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
        rows = f"SELECT * FROM {masks.source(con, schema, table)} WHERE week_id = {quoted(week_id)} ORDER BY ALL"
        con.execute(f"COPY ({rows}) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)")
        written.append(path)
    return written


def with_frozen_rows(
    con: DuckDBPyConnection, select: str, full_name: str, columns: Sequence[str], held: Mapping[str, Path]
) -> str:
    """`select` of a table, with the rows of the weeks in `held` (week_id → release folder) from their releases.

    A column that the release did not have is null; a table that it did not have keeps the warehouse's rows.
    """
    if "week_id" not in columns:
        return select
    files = _frozen_files(full_name, held)
    if not files:
        return select
    names = ", ".join(map(identifier, columns))
    weeks = ", ".join(map(quoted, files))
    parts = [f"SELECT {names} FROM ({select}) WHERE week_id NOT IN ({weeks})"]
    for path in files.values():
        parts.append(_select_frozen(con, path, columns))
    return " UNION ALL ".join(parts)


def _frozen_files(full_name: str, held: Mapping[str, Path]) -> dict[str, Path]:
    """Returns week_id → the Parquet file of a table (`charts.item_ytd`), of the releases that have one."""
    files = {}
    for week_id, folder in held.items():
        path = folder / FOLDER / f"{full_name}.parquet"
        if path.is_file():
            files[week_id] = path
    return files


def _select_frozen(con: DuckDBPyConnection, path: Path, columns: Sequence[str]) -> str:
    """Returns the SELECT of these columns of a Parquet file, null where the file does not have one."""
    source = f"read_parquet({quoted(str(path))})"
    description = con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    stored = {name for name, *_ in description}
    picks = []
    for column in columns:
        name = identifier(column)
        picks.append(name if column in stored else f"NULL AS {name}")
    return f"SELECT {', '.join(picks)} FROM {source}"
