"""Which cells of a chart are printed as 【待核实】, and why: what `release.withheld` of the published file says.

What is withheld is worked out in `pipeline.release.revisions.withheld`; here rows of charts are only marked with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from pipeline.present.shared.rows import Row, fetch
from pipeline.release.revisions.masks import PENDING, WithheldCell, cells_of_revision, shown_cells

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# The entry of a marked row: its withheld columns with the note of each.
MARK: Final = "withheld"


def pending_of(con: DuckDBPyConnection, table: str, weeks: Sequence[str]) -> list[WithheldCell]:
    """Returns what the shown revisions withhold of `charts.<table>`, from the first to the last of `weeks`."""
    first, last = weeks[0], weeks[-1]
    return [cell for cell in _of_table(shown_cells(con), table) if first <= cell.week_id <= last]


def pending_of_revision(con: DuckDBPyConnection, table: str, week_id: str, revision: int) -> list[WithheldCell]:
    """Returns what one revision, shown or not, withholds of `charts.<table>`."""
    return _of_table(cells_of_revision(con, week_id, revision), table)


def _of_table(cells: Iterable[WithheldCell], table: str) -> list[WithheldCell]:
    return [cell for cell in cells if cell.table_name == f"charts.{table}"]


def notes_of(row: Mapping[str, Any], pending: Sequence[WithheldCell]) -> dict[str, str]:
    """Returns the withheld columns of a row, each with its note."""
    return {cell.column_name: cell.note for cell in pending if cell.is_in(row)}


def chart_rows(
    con: DuckDBPyConnection, table: str, query: str, parameters: Sequence[Any], weeks: Sequence[str]
) -> list[Row]:
    """Reads rows of `charts.<table>` by a query of ours; `weeks` are the first and the last that it asks for.

    Rows with withheld cells are marked: they get an entry `withheld`, column → note.
    """
    pending = pending_of(con, table, weeks)
    rows = []
    for row in fetch(con, query, parameters):
        notes = notes_of(row, pending)
        rows.append(row | {MARK: notes} if notes else row)
    return rows


def printed(row: Mapping[str, Any], column: str) -> Any:
    """Returns the value of a marked row as it is printed: 【待核实】 where it is withheld."""
    return PENDING if column in row.get(MARK, {}) else row.get(column)


def as_printed(row: Row) -> Row:
    """Returns a marked row with 【待核实】 in the place of every withheld value; for texts, not for drawings."""
    return row | dict.fromkeys(row.get(MARK, {}), PENDING)
