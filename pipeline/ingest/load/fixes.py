"""Reads the distinct texts of a column once and keeps what they mean as a table.

Whose column it is, `csv_fixes` and `sheet_columns` know; what a single text means, `cells.read_cell` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from pipeline.common.cell_marks import unmarked
from pipeline.common.quoting import identifier
from pipeline.contracts import Field, OnError
from pipeline.ingest.cells.row_reader import CellReading, RowReader, is_rendering, shown_original
from pipeline.ingest.reasons import Disposition, FileOutcome

if TYPE_CHECKING:
    import duckdb

LOADED, QUARANTINED, REFUSED = Disposition.LOADED, Disposition.QUARANTINED, FileOutcome.REFUSED


class Fix(NamedTuple):
    """A text that does not stand for itself: its value or reason, what people may see of it, whether it is kept.

    Example: '0101 has the value 0101, no reason, and is kept as it was written, which is `written` without persons.
    `disposition` is what becomes of its
    rows: loaded, quarantined, or refused with the whole file.
    """

    text: str | None
    value: str | None
    reason: str | None
    shown: str | None
    keep: bool
    disposition: str
    written: str | None = None


# What `write_fixes` calls the columns of its table, and what of a Fix stands in each.
_PARAMETERS = {
    "texts": attrgetter("text"),
    "found": attrgetter("value"),
    "reasons": attrgetter("reason"),
    "seen": attrgetter("shown"),
    "keep": attrgetter("keep"),
    "dispositions": attrgetter("disposition"),
    "written": attrgetter("written"),
}


def read_fixes(reader: RowReader, field: Field, texts: Iterable[str | None], scale: str = "") -> list[Fix]:
    """Returns a Fix for each distinct text that reads differently from what it says."""
    fixes = []
    for text in texts:
        reading = reader.cell(field, text, scale)
        if reading.reason or reading.value != text:
            fixes.append(_fix_of(reader, field, text, reading))
    return fixes


def _fix_of(reader: RowReader, field: Field, text: str | None, reading: CellReading) -> Fix:
    written = unmarked(text)
    says_more = reading.value != written and not is_rendering(field, text, reading)
    is_kept = text is not None and says_more and not reading.is_private
    return Fix(
        text=text,
        value=reading.value,
        reason=reading.reason,
        shown=shown_original(text, reading),
        keep=is_kept,
        disposition=_disposition(reader, field, reading),
        written=reader.written(field, written) if is_kept and written is not None else None,
    )


def _disposition(reader: RowReader, field: Field, reading: CellReading) -> str:
    """Returns what becomes of the rows with a text, by the contract's rule for cells that cannot be read."""
    if not reading.reason:
        return LOADED
    rule = reader.contract.on_error_of(field)
    if rule is OnError.REFUSE_FILE:
        return REFUSED
    if rule is OnError.QUARANTINE_ROW and reading.value is None:
        return QUARANTINED
    return LOADED


def write_fixes(con: duckdb.DuckDBPyConnection, name: str, value_type: str, fixes: Sequence[Fix]) -> None:
    """Makes the temporary table `fix_<name>`, key: text (null too), columns as in Fix."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE fix_{name} AS SELECT unnest($texts)::VARCHAR AS text, "
        f"unnest($found)::VARCHAR::{value_type} AS value, unnest($reasons)::VARCHAR AS reason, "
        "unnest($seen)::VARCHAR AS shown, unnest($keep)::BOOLEAN AS keep, "
        "unnest($dispositions)::VARCHAR AS disposition, unnest($written)::VARCHAR AS written",
        {name: list(map(read, fixes)) for name, read in _PARAMETERS.items()},
    )


def fix_joins(rows: str, patched: Iterable[str]) -> str:
    """Returns SQL that joins the table `rows` with `fix_<name>` as `f_<name>` for each patched column."""
    return " ".join(
        f"LEFT JOIN fix_{name} f_{name} ON {rows}.{identifier(name)} IS NOT DISTINCT FROM f_{name}.text"
        for name in patched
    )


def as_written_sql(patched: Sequence[str]) -> str:
    """Returns SQL of the map from column to text of those cells of a row that were written differently, or NULL.

    Example of a value: {item_code: '0101}. A mark that a sheet's reader set before a text is no part of it, nor are
    numbers and names of persons.
    """
    if not patched:
        return "NULL::MAP(VARCHAR, VARCHAR)"
    entries = ", ".join(
        f"CASE WHEN f_{name}.keep THEN {{'k': '{name}', 'v': f_{name}.written}} END" for name in patched
    )
    is_any_kept = " OR ".join(f"coalesce(f_{name}.keep, false)" for name in patched)
    return (
        f"CASE WHEN {is_any_kept} THEN map_from_entries(list_filter([{entries}], lambda x: x IS NOT NULL)) "
        "ELSE NULL::MAP(VARCHAR, VARCHAR) END"
    )
