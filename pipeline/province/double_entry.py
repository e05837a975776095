"""Double entry: of a hall and week the province has the figures that the hall released, table by table, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.common.quoting import identifier, quoted
from pipeline.province.package import FIGURES, Part
from pipeline.province.receive import Received
from pipeline.warehouse.fingerprints import tables_and_views
from pipeline.warehouse.models import HALL

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Mismatch:
    """A table in which the province has other rows of a hall's week than the hall released.

    `only_hall` and `only_province` count the rows that the other one lacks; `example` is the first of them, in words.
    """

    hall_id: str
    week_id: str
    table: str
    only_hall: int
    only_province: int
    example: str

    @property
    def message(self) -> str:
        """The sentence for people."""
        return (
            f"{self.hall_id} 的 {self.week_id} 期，{self.table}：该厅发布的有 {self.only_hall} 行全省没有，全省的有 "
            f"{self.only_province} 行该厅没有，如 {self.example}。"
        )


def mismatches(con: DuckDBPyConnection, packages: Iterable[Received]) -> Iterator[Mismatch]:
    """Yields every table and week in which the warehouse of all halls differs from what a hall released.

    `con` has the models built of the same packages. Rows are compared as multisets, each value as it is stored.
    """
    built = tables_and_views(con)
    for package in packages:
        for part in package.manifest.parts_of(FIGURES):
            found = _mismatch(con, package, part) if part.table in built else _missing(package, part)
            if found is not None:
                yield found


def _missing(package: Received, part: Part) -> Mismatch:
    """A table that the hall's own SQL makes and the province does not have."""
    manifest = package.manifest
    return Mismatch(manifest.hall_id, manifest.week_id, part.table, part.rows, 0, "全省没有这张表")


def _mismatch(con: DuckDBPyConnection, package: Received, part: Part) -> Mismatch | None:
    manifest = package.manifest
    described = con.execute(f"DESCRIBE {part.table}").fetchall()
    names = [name for name, *_ in described]
    columns = ", ".join(identifier(name) for name in names)
    # In the province a delivery has its hall before it: 510100-1f3a… is 1f3a… at home.
    at_home = f"replace(delivery_id, {quoted(manifest.hall_id + '-')}, '') AS delivery_id"
    own = ", ".join(at_home if name == "delivery_id" else identifier(name) for name in names)
    is_of_week = f"{HALL} = {quoted(manifest.hall_id)} AND week_id = {quoted(manifest.week_id)}"
    released = f"SELECT {columns} FROM read_parquet({quoted(str(package.path_of(part)))})"
    built = f"SELECT {own} FROM {part.table} WHERE {is_of_week}"
    only_hall = _rows_of(con, f"{released} EXCEPT ALL {built}")
    only_province = _rows_of(con, f"{built} EXCEPT ALL {released}")
    if not only_hall[0] and not only_province[0]:
        return None
    example = only_hall[1] or only_province[1]
    return Mismatch(manifest.hall_id, manifest.week_id, part.table, only_hall[0], only_province[0], example)


def _rows_of(con: DuckDBPyConnection, query: str) -> tuple[int, str]:
    """Returns how many rows a query has, and the first of them in words."""
    cursor = con.execute(f"SELECT count(*) OVER () AS rows_of_query, * FROM ({query}) ORDER BY ALL LIMIT 1")
    names = [name for name, *_ in cursor.description]
    row = cursor.fetchone()
    if row is None:
        return 0, ""
    values = dict(zip(names, row, strict=True))
    count = values.pop("rows_of_query")
    return int(count), "，".join(f"{name}={value}" for name, value in values.items() if value is not None)
