"""Takes out of the tables of all halls what a hall released as 【待核实】: the province does not print it either.

The rows that such a figure was counted from are in the package, so that all other figures can be computed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline.common.quoting import identifier, quoted
from pipeline.province.package import Withheld
from pipeline.province.receive import Received
from pipeline.release.revisions.masks import WHOLE_ROW, WithheldCell, instead_of
from pipeline.warehouse.engines import DuckDBEngine
from pipeline.warehouse.fingerprints import tables_and_views
from pipeline.warehouse.models import HALL

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def withhold(con: DuckDBPyConnection, packages: Iterable[Received]) -> None:
    """Changes `marts.*` and `charts.*` in place: a number is null, a text 【待核实】, of some figures the row goes.

    `con` has the models built of the same packages. A table or column that only the hall's own SQL makes is none here.
    """
    built = tables_and_views(con)
    for package in packages:
        for figure in package.manifest.withheld:
            if figure.table in built:
                _withhold(con, package.manifest.hall_id, package.manifest.week_id, figure)


def _withhold(con: DuckDBPyConnection, hall_id: str, week_id: str, figure: Withheld) -> None:
    cell = WithheldCell(week_id, figure.table, figure.column, json.dumps(figure.keys), "", figure.note)
    rows_meant = f"{HALL} = {quoted(hall_id)} AND {cell.condition}"
    if figure.column == WHOLE_ROW:
        con.execute(f"DELETE FROM {figure.table} WHERE {rows_meant}")
        return
    types = DuckDBEngine(con).types(figure.table)
    if figure.column not in types:
        return
    instead = instead_of(types[figure.column])
    con.execute(f"UPDATE {figure.table} SET {identifier(figure.column)} = {instead} WHERE {rows_meant}")
