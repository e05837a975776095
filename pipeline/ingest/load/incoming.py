"""One delivery's rows on their way in: a temporary typed table, its problems and what is left out of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.ingest.cells.typed_row import CellProblem, TypedRow
from pipeline.ingest.reasons import MESSAGES
from pipeline.privacy.masking import shown

if TYPE_CHECKING:
    import duckdb


_TABLES = """
CREATE OR REPLACE TEMP TABLE incoming (sheet VARCHAR, row_no BIGINT, {fields}, as_written MAP(VARCHAR, VARCHAR));
CREATE OR REPLACE TEMP TABLE excluded (
    incoming_rowid BIGINT, sheet VARCHAR, row_no BIGINT, disposition VARCHAR, reason VARCHAR);
CREATE OR REPLACE TEMP TABLE cell_problem (
    incoming_rowid BIGINT, sheet VARCHAR, row_no BIGINT, column_name VARCHAR, reason VARCHAR, value VARCHAR,
    row_disposition VARCHAR);
CREATE OR REPLACE TEMP TABLE cell_message (column_name VARCHAR, value VARCHAR, message VARCHAR);
"""


def open_incoming(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Make the temporary tables `incoming`, `excluded`, `cell_problem` and `cell_message`, empty."""
    fields = ", ".join(f"{one.name} {one.type.sql}" for one in contract.stored_fields)
    con.execute(_TABLES.format(fields=fields))


def close_incoming(con: duckdb.DuckDBPyConnection) -> None:
    """Drop the temporary tables and with them every trace of the rows left out."""
    for table in ("incoming", "excluded", "cell_problem", "cell_message"):
        con.execute(f"DROP TABLE IF EXISTS {table}")


def add_rows(con: duckdb.DuckDBPyConnection, contract: Contract, rows: Sequence[TypedRow]) -> None:
    """Append typed rows: canonical texts are cast to the contract's types, which they fit by construction."""
    if not rows:
        return
    import pandas as pd

    names = [one.name for one in contract.stored_fields]
    columns: dict[str, list[object]] = {"sheet": [row.sheet for row in rows], "row_no": [row.row_no for row in rows]}
    columns |= {name: [row.values.get(name) for row in rows] for name in names}
    columns["as_written"] = [json.dumps(row.as_written, ensure_ascii=False) if row.as_written else None for row in rows]
    frame = pd.DataFrame({name: pd.Series(values, dtype="object") for name, values in columns.items()})
    casts = ", ".join(f'CAST("{one.name}" AS {one.type.sql})' for one in contract.stored_fields)
    con.register("typed_rows", frame)
    con.execute(
        f"INSERT INTO incoming SELECT CAST(sheet AS VARCHAR), CAST(row_no AS BIGINT), {casts}, "
        "CAST(CAST(CAST(as_written AS VARCHAR) AS JSON) AS MAP(VARCHAR, VARCHAR)) FROM typed_rows"
    )
    con.unregister("typed_rows")


def add_problems(con: duckdb.DuckDBPyConnection, problems: Sequence[CellProblem]) -> None:
    """Append cell problems, values masked and shortened; a quarantined row is excluded once, under its first reason."""
    if not problems:
        return
    con.execute(
        "INSERT INTO cell_problem SELECT NULL, unnest($sheets), unnest($rows), unnest($columns), unnest($reasons), "
        "unnest($shown)::VARCHAR, unnest($dispositions)",
        {
            "sheets": [one.sheet for one in problems],
            "rows": [one.row_no for one in problems],
            "columns": [one.column_name for one in problems],
            "reasons": [one.reason for one in problems],
            "shown": [shown(one.value) for one in problems],
            "dispositions": [one.row_disposition for one in problems],
        },
    )
    _exclude(con, problems)


def _exclude(con: duckdb.DuckDBPyConnection, problems: Sequence[CellProblem]) -> None:
    first: dict[tuple[str, int], str] = {}
    for one in problems:
        if one.row_disposition == "quarantined":
            first.setdefault((one.sheet, one.row_no), one.reason)
    if first:
        con.execute(
            "INSERT INTO excluded SELECT NULL, unnest($sheets), unnest($rows), 'quarantined', unnest($reasons)",
            {
                "sheets": [sheet for sheet, _ in first],
                "rows": [row_no for _, row_no in first],
                "reasons": list(first.values()),
            },
        )


def message_of(reason: str) -> str:
    """The sentence for people behind a quarantine reason."""
    return MESSAGES.get(reason, reason)
