"""Reads the distinct texts of a column once and keeps what they mean as a table; whose column it is, others know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipeline.common.cell_marks import unmarked
from pipeline.contracts import Field, OnError
from pipeline.ingest.cells.row_reader import RowReader, is_rendering
from pipeline.privacy.masking import shown

if TYPE_CHECKING:
    import duckdb

LOADED, QUARANTINED, REFUSED = "loaded", "quarantined", "refused"


class Fix(NamedTuple):
    """A text that does not stand for itself: its value or reason, what people may see of it, whether it is kept."""

    text: str | None
    value: str | None
    reason: str | None
    shown: str | None
    keep: bool
    disposition: str


def read_fixes(reader: RowReader, field: Field, texts: Iterable[str | None], scale: str = "") -> list[Fix]:
    """One Fix for each distinct text that reads differently from what it says."""
    fixes = []
    for text in texts:
        reading = reader.cell(field, text, scale)
        if reading.reason or reading.value != text:
            keep = not reading.is_private and reading.value != unmarked(text) and not is_rendering(field, text, reading)
            fixes.append(
                Fix(
                    text,
                    reading.value,
                    reading.reason,
                    None if reading.is_private else shown(unmarked(text)),
                    keep and text is not None,
                    _disposition(reader, field, reading.reason, reading.value),
                )
            )
    return fixes


def _disposition(reader: RowReader, field: Field, reason: str | None, value: str | None) -> str:
    rule = reader.contract.on_error_of(field)
    if reason and rule is OnError.REFUSE_FILE:
        return REFUSED
    return QUARANTINED if reason and value is None and rule is OnError.QUARANTINE_ROW else LOADED


def write_fixes(con: duckdb.DuckDBPyConnection, name: str, value_type: str, fixes: Sequence[Fix]) -> None:
    """Make the temporary table `fix_<name>`, key: text (null too), columns as in Fix."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE fix_{name} AS SELECT unnest($texts)::VARCHAR AS text, "
        f"unnest($found)::VARCHAR::{value_type} AS value, unnest($reasons)::VARCHAR AS reason, "
        "unnest($seen)::VARCHAR AS shown, unnest($keep)::BOOLEAN AS keep, "
        "unnest($dispositions)::VARCHAR AS disposition",
        {
            "texts": [one.text for one in fixes],
            "found": [one.value for one in fixes],
            "reasons": [one.reason for one in fixes],
            "seen": [one.shown for one in fixes],
            "keep": [one.keep for one in fixes],
            "dispositions": [one.disposition for one in fixes],
        },
    )
