"""Looks once more for persons in the texts that a delivery is about to leave in `raw`; what counts, `accept` decides.

The masks of `pipeline.privacy.masking` have taken out what they know; what `pipeline.privacy.second_net` still finds is
noted as a problem of its cell, without its text, and a check of `expectations/` makes a critical finding of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.common.quoting import quoted
from pipeline.contracts import Contract
from pipeline.ingest.reasons import Disposition, Reason
from pipeline.privacy.second_net import MAY_BE_LEFT, is_number_left

if TYPE_CHECKING:
    import duckdb

_SHORTEST = 11  # digits of a mobile number


def note_personal_data_left(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Adds a problem for each cell of the view `candidate` that still holds a number of a person.

    Each distinct text is looked at once; only those with eleven digits come to Python.
    """
    for field in contract.stored_fields:
        # What a list of codes holds names nobody.
        if field.codes or not contract.is_masked(field):
            continue
        # In two statements, or the pattern is pushed below the DISTINCT and tried for every row.
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE distinct_text AS "
            f"SELECT DISTINCT {field.name} AS t FROM candidate WHERE length({field.name}) >= {_SHORTEST}"
        )
        texts = con.execute(f"SELECT t FROM distinct_text WHERE regexp_matches(t, {quoted(MAY_BE_LEFT)})").fetchall()
        con.execute("DROP TABLE distinct_text")
        left = [text for (text,) in texts if is_number_left(text)]
        if left:
            con.execute(
                "INSERT INTO cell_problem (incoming_rowid, sheet, row_no, column_name, reason, value, row_disposition) "
                f"SELECT incoming_rowid, sheet, row_no, '{field.name}', '{Reason.PERSONAL_DATA_LEFT}', NULL, "
                f"'{Disposition.LOADED}' FROM candidate WHERE list_contains($left, {field.name}) "
                "AND incoming_rowid NOT IN (SELECT incoming_rowid FROM excluded WHERE incoming_rowid IS NOT NULL)",
                {"left": left},
            )
