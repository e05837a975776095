"""Puts the packages of all halls into one warehouse, as the models of `sql/` read it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.quoting import quoted
from pipeline.contracts import Contract
from pipeline.ingest.load.ledger import prepare_for_many_halls
from pipeline.province.package import LEDGER, LISTS, ROWS, Part
from pipeline.province.receive import Received
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings
from pipeline.warehouse.database import make_schemas
from pipeline.warehouse.reference import load_reference, note_reference

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# A delivery is known by its content, and two halls may send the same file: here its hall stands before it.
_OWN_NAME: Final = "SELECT * REPLACE (concat({hall}, '-', delivery_id) AS delivery_id) FROM {rows}"


def pour(
    con: DuckDBPyConnection,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Collection[Contract],
    packages: Iterable[Received],
) -> None:
    """Writes the rows of all packages into an empty warehouse: `raw.*`, `ledger.*`, `quarantine.cell`.

    A delivery is called `<hall_id>-<delivery_id>` there. The lists of each hall are those of its latest package; code
    lists and calendar are those of the settings.
    """
    make_schemas(con)
    load_reference(con, settings, calendar)
    prepare_for_many_halls(con, contracts)
    latest: dict[str, Received] = {}
    for package in packages:
        hall_id = package.manifest.hall_id
        for part in [*package.manifest.parts_of(ROWS), *package.manifest.parts_of(LEDGER)]:
            rows = _OWN_NAME.format(hall=quoted(hall_id), rows=_rows(package.path_of(part)))
            con.execute(f"INSERT INTO {part.table} BY NAME {rows}")
        before = latest.get(hall_id)
        if before is None or before.manifest.week_id < package.manifest.week_id:
            latest[hall_id] = package
    _replace_lists(con, latest.values())


def _rows(path: Path) -> str:
    return f"read_parquet({quoted(str(path))})"


def _replace_lists(con: DuckDBPyConnection, packages: Collection[Received]) -> None:
    """Fills the lists that are a hall's own with those of all halls."""
    parts: dict[str, list[tuple[Received, Part]]] = {}
    for package in packages:
        for part in package.manifest.parts_of(LISTS):
            parts.setdefault(part.table, []).append((package, part))
    for table, of_halls in parts.items():
        con.execute(f"DELETE FROM {table}")
        for package, part in of_halls:
            con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM {_rows(package.path_of(part))}")
        note_reference(con, table, [part.sha256 for _, part in of_halls])
