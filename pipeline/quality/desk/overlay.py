"""Lays corrected cells over `raw`: the table quality.corrected_cell and the views `corrected.<source>`.

Which corrections act is decided in `pipeline.quality.desk.corrections`. Models read the view in the place of `raw`
while there is one (`pipeline.warehouse.builder`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING, Final

from pipeline.common.quoting import identifier
from pipeline.common.tables import insert_rows
from pipeline.contracts import Contract

if TYPE_CHECKING:
    import duckdb

SCHEMA: Final = "corrected"


@dataclass(frozen=True)
class CorrectedCell:
    """Where an active correction acts among the deliveries that count. Key: correction_id, delivery_id."""

    correction_id: str
    source: str
    week_id: str
    delivery_id: str
    sheet: str
    row_no: int
    column_name: str
    to_value: str


def write_cells(con: duckdb.DuckDBPyConnection, cells: Sequence[CorrectedCell]) -> None:
    """Makes `cells` the content of quality.corrected_cell; writes nothing where they are that already."""
    columns = ", ".join(column.name for column in fields(CorrectedCell))
    kept = con.execute(f"SELECT {columns} FROM quality.corrected_cell ORDER BY ALL").fetchall()
    if kept == sorted(map(astuple, cells)):
        return
    con.execute("DELETE FROM quality.corrected_cell")
    insert_rows(con, "quality.corrected_cell", CorrectedCell, cells)


def lay_over(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Makes the view `corrected.<source>`: raw with its corrected cells. Key and grain are those of raw."""
    source = contract.name
    rows = con.execute(
        "SELECT DISTINCT column_name FROM quality.corrected_cell WHERE source = ? ORDER BY column_name", [source]
    ).fetchall()
    corrected = [str(name) for (name,) in rows]
    types = {field.name: field.type.sql for field in contract.stored_fields}
    names = [row[0] for row in con.execute(f"DESCRIBE raw.{source}").fetchall()]
    columns = []
    for name in names:
        columns.append(_column_sql(name, types[name]) if name in corrected else f"r.{identifier(name)}")
    joins = " ".join(_join_sql(source, name) for name in corrected)
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    con.execute(
        f"CREATE OR REPLACE VIEW {SCHEMA}.{source} AS SELECT {', '.join(columns)} FROM raw.{source} AS r {joins}"
    )


def _column_sql(name: str, sql_type: str) -> str:
    column = identifier(name)
    return (
        f"CASE WHEN c_{name}.row_no IS NULL THEN r.{column} ELSE CAST(c_{name}.to_value AS {sql_type}) END AS {column}"
    )


def _join_sql(source: str, name: str) -> str:
    return (
        f"LEFT JOIN quality.corrected_cell AS c_{name} ON c_{name}.source = '{source}' "
        f"AND c_{name}.column_name = '{name}' AND c_{name}.delivery_id = r.delivery_id AND c_{name}.sheet = r.sheet "
        f"AND c_{name}.row_no = r.row_no"
    )
