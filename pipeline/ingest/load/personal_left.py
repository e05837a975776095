"""Looks once more for persons in the texts that a delivery is about to leave in `raw`; what counts, `accept` decides.

The masks of `pipeline.privacy.masking` have taken out what they know; what `pipeline.privacy.second_net` still finds is
noted as a problem of its cell, without its text, and a check of `expectations/` makes a critical finding of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.common.quoting import quoted
from pipeline.contracts import Contract
from pipeline.ingest.reasons import Disposition, Reason
from pipeline.privacy.second_net import MAY_BE_LEFT, SHORTEST_KNOWN, KnownPersons, is_number_left

if TYPE_CHECKING:
    import duckdb

_MOST_TEXTS = 200_000
"""Distinct texts of a column that are compared with the persons of a delivery."""


def note_personal_data_left(con: duckdb.DuckDBPyConnection, contract: Contract, persons: KnownPersons) -> None:
    """Adds a problem for each cell of the view `candidate` that still holds a number of a person, or a known one.

    Each distinct text is looked at once. Where no personal column was read, only those with eleven digits come to
    Python.
    """
    for field in contract.stored_fields:
        # What a list of codes holds names nobody; officials are named on purpose.
        if field.codes or not contract.is_masked(field):
            continue
        is_compared = len(persons) > 0 and not field.names_officials
        left = _texts_left(con, field.column, persons if is_compared else KnownPersons())
        if left:
            con.execute(
                "INSERT INTO cell_problem (incoming_rowid, sheet, row_no, column_name, reason, value, row_disposition) "
                f"SELECT incoming_rowid, sheet, row_no, '{field.name}', '{Reason.PERSONAL_DATA_LEFT}', NULL, "
                f"'{Disposition.LOADED}' FROM candidate WHERE list_contains($left, {field.column}) "
                "AND incoming_rowid NOT IN (SELECT incoming_rowid FROM excluded WHERE incoming_rowid IS NOT NULL)",
                {"left": left},
            )


def _texts_left(con: duckdb.DuckDBPyConnection, name: str, persons: KnownPersons) -> list[str]:
    """Returns the distinct texts of a column that name a person."""
    # In two statements, or the pattern is pushed below the DISTINCT and tried for every row.
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE distinct_text AS "
        f"SELECT DISTINCT {name} AS t FROM candidate WHERE length({name}) >= {SHORTEST_KNOWN}"
    )
    texts = con.execute(f"SELECT t FROM distinct_text WHERE regexp_matches(t, {quoted(MAY_BE_LEFT)})").fetchall()
    left = {text for (text,) in texts if is_number_left(text)}
    if persons:
        texts = con.execute(f"SELECT t FROM distinct_text LIMIT {_MOST_TEXTS}").fetchall()
        left.update(text for (text,) in texts if persons.is_any_in(text))
    con.execute("DROP TABLE distinct_text")
    return sorted(left)
