"""How charts and marts look without the figures that a steward withheld: numbers are null, texts say 【待核实】.

Which cells these are is worked out in `withheld`; what a revision withheld is kept in `release.withheld`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.quoting import identifier, quoted
from pipeline.common.tables import has_table
from pipeline.release.revisions.activation import SHOWN
from pipeline.release.revisions.tables import columns_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PENDING: Final = "【待核实】"
# In the place of a column: the rows with these keys are left out altogether.
WHOLE_ROW: Final = "*"


@dataclass(frozen=True)
class WithheldCell:
    """The cells of one column of one week that are withheld for one finding. Key: all but the note.

    `keys` is JSON: the rows with these values; `{}` is all rows of the week. `table_name` has its schema.
    """

    week_id: str
    table_name: str
    column_name: str
    keys: str
    finding_id: str
    note: str

    def is_in(self, row: Mapping[str, Any]) -> bool:
        """Whether a row is one of those meant; a key that it does not have says nothing."""
        if row.get("week_id", self.week_id) != self.week_id:
            return False
        return all(str(row.get(name, value)) == value for name, value in json.loads(self.keys).items())

    @property
    def condition(self) -> str:
        """SQL that holds for the rows meant."""
        conditions = [f"week_id = {quoted(self.week_id)}"]
        for name, value in json.loads(self.keys).items():
            conditions.append(f"CAST({identifier(name)} AS VARCHAR) IS NOT DISTINCT FROM {quoted(value)}")
        return " AND ".join(conditions)


@dataclass(frozen=True)
class Masks:
    """All cells that are withheld now."""

    cells: tuple[WithheldCell, ...]

    def of_week(self, week_id: str) -> list[WithheldCell]:
        """Returns the withheld cells of one week."""
        return [cell for cell in self.cells if cell.week_id == week_id]

    def source(self, con: DuckDBPyConnection, schema: str, table: str) -> str:
        """Returns what to read in the place of a table: itself, or a query that leaves out what is withheld."""
        name = f"{schema}.{table}"
        quoted_name = f"{schema}.{identifier(table)}"
        cells = [cell for cell in self.cells if cell.table_name == name]
        if not cells:
            return quoted_name
        conditions: dict[str, dict[str, None]] = {}
        for cell in cells:
            conditions.setdefault(cell.column_name, {})[cell.condition] = None
        left_out = conditions.pop(WHOLE_ROW, {})
        picks = []
        for column, sql_type in _columns(con, schema, table).items():
            picks.append(_masked(column, sql_type, conditions.get(column, {})))
        rows = f"SELECT {', '.join(picks)} FROM {quoted_name}"
        if left_out:
            rows += f" WHERE NOT ({_any(left_out)})"
        return f"({rows})"


NOTHING_WITHHELD: Final = Masks(())


def _columns(con: DuckDBPyConnection, schema: str, table: str) -> Mapping[str, str]:
    rows = con.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = current_database()"
        " AND schema_name = ? AND table_name = ? ORDER BY column_index",
        [schema, table],
    ).fetchall()
    return dict(rows)


def _masked(column: str, sql_type: str, conditions: Mapping[str, None]) -> str:
    """Returns a column that is null, or 【待核实】 where it is a text, in the rows of the conditions."""
    name = identifier(column)
    if not conditions:
        return name
    return f"CASE WHEN {_any(conditions)} THEN {instead_of(sql_type)} ELSE {name} END AS {name}"


def instead_of(sql_type: str) -> str:
    """Returns the SQL of what stands in the place of a withheld value: 【待核实】 of a text, nothing of a number."""
    return quoted(PENDING) if sql_type == "VARCHAR" else "NULL"


def _any(conditions: Mapping[str, None]) -> str:
    return " OR ".join(f"({condition})" for condition in conditions)


def shown_cells(con: DuckDBPyConnection) -> list[WithheldCell]:
    """Returns what the revisions that readers see withhold, by week; files of an earlier version have no such table."""
    if not _is_any_withheld(con):
        return []
    return _cells(
        con,
        f"SELECT w.* EXCLUDE (revision) FROM release.withheld AS w JOIN {SHOWN} AS s"
        " ON s.week_id = w.week_id AND s.revision = w.revision ORDER BY ALL",
    )


def cells_of_revision(con: DuckDBPyConnection, week_id: str, revision: int) -> list[WithheldCell]:
    """Returns what one revision, shown or not, withholds."""
    if not _is_any_withheld(con):
        return []
    return _cells(
        con,
        "SELECT * EXCLUDE (revision) FROM release.withheld WHERE week_id = ? AND revision = ? ORDER BY ALL",
        [week_id, revision],
    )


def _is_any_withheld(con: DuckDBPyConnection) -> bool:
    """Whether any revision withholds anything: every chart asks, and hardly ever is there something."""
    if not has_table(con, "release", "withheld"):
        return False
    return con.execute("SELECT 1 FROM release.withheld LIMIT 1").fetchone() is not None


def _cells(con: DuckDBPyConnection, query: str, parameters: Sequence[Any] = ()) -> list[WithheldCell]:
    return [WithheldCell(*row) for row in con.execute(query, list(parameters)).fetchall()]


def keep_withheld(con: DuckDBPyConnection, week_id: str, revision: int, masks: Masks) -> None:
    """Keeps in `release.withheld` what a revision does not print, and why; inside the caller's transaction."""
    rows = []
    for cell in masks.of_week(week_id):
        _, *rest = astuple(cell)
        rows.append([week_id, revision, *rest])
    if rows:
        names = ", ".join(columns_of("withheld"))
        con.executemany(f"INSERT INTO release.withheld ({names}) VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
