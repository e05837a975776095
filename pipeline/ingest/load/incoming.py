"""Holds one delivery's rows on their way in: a temporary typed table, its problems and what is left out of it.

Which of these rows count is decided in `accept`; rows that go straight into `raw` are in `pending`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.ingest.cells.typed_row import CellProblem, TypedRow
from pipeline.ingest.reasons import MESSAGES, Disposition, Reason
from pipeline.privacy.masking import shown

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


# incoming: one row a data row, key sheet + row_no; of a wide table one a record, key sheet + row_no + source_column.
# excluded: one row a data row that is not loaded.
# cell_problem: one row a cell and reason. cell_message: a sentence of its own for an unknown code, key column + value.
# A row of `incoming` is named by its rowid where one is known, else by sheet and row_no.
_TABLES = """
CREATE OR REPLACE TEMP TABLE incoming ({places}, {fields}, as_written MAP(VARCHAR, VARCHAR));
CREATE OR REPLACE TEMP TABLE excluded (
    incoming_rowid BIGINT, sheet VARCHAR, row_no BIGINT, disposition VARCHAR, reason VARCHAR);
CREATE OR REPLACE TEMP TABLE cell_problem (
    incoming_rowid BIGINT, sheet VARCHAR, row_no BIGINT, column_name VARCHAR, reason VARCHAR, value VARCHAR,
    row_disposition VARCHAR);
CREATE OR REPLACE TEMP TABLE cell_message (column_name VARCHAR, value VARCHAR, message VARCHAR);
"""


_PLACE_TYPES = {"sheet": "VARCHAR", "row_no": "BIGINT", "source_column": "VARCHAR"}


def open_incoming(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Makes the temporary tables `incoming`, `excluded`, `cell_problem` and `cell_message`, empty."""
    fields = ", ".join(f"{field.column} {field.type.sql}" for field in contract.stored_fields)
    con.execute(_TABLES.format(places=place_columns(contract), fields=fields))


def place_columns(contract: Contract) -> str:
    """Returns the columns that say where a record stands, with their types; a row of a wide table gives several."""
    return ", ".join(f"{name} {sql_type}" for name, sql_type in _PLACE_TYPES.items() if name in place_names(contract))


def place_names(contract: Contract) -> list[str]:
    """Returns the names of the columns that say where a record stands: sheet, row_no, and in a wide table the label."""
    return ["sheet", "row_no"] if contract.unpivot is None else ["sheet", "row_no", "source_column"]


def close_incoming(con: duckdb.DuckDBPyConnection) -> None:
    """Drops the temporary tables and with them every trace of the rows left out."""
    for table in ("incoming", "excluded", "cell_problem", "cell_message"):
        con.execute(f"DROP TABLE IF EXISTS {table}")


def add_rows(con: duckdb.DuckDBPyConnection, contract: Contract, rows: Sequence[TypedRow]) -> None:
    """Appends typed rows to `incoming`: canonical texts are cast to the contract's types, which they fit."""
    if not rows:
        return
    con.register("typed_rows", _frame_of(contract, rows))
    names = ", ".join(field.column for field in contract.stored_fields)
    places = place_names(contract)
    place_casts = ", ".join(f"CAST({name} AS {_PLACE_TYPES[name]})" for name in places)
    casts = ", ".join(f"CAST({field.column} AS {field.type.sql})" for field in contract.stored_fields)
    con.execute(
        f"INSERT INTO incoming ({', '.join(places)}, {names}, as_written) SELECT {place_casts}, {casts}, "
        "CAST(CAST(CAST(as_written AS VARCHAR) AS JSON) AS MAP(VARCHAR, VARCHAR)) FROM typed_rows"
    )
    con.unregister("typed_rows")


def _frame_of(contract: Contract, rows: Sequence[TypedRow]) -> pd.DataFrame:
    """Returns the rows as a frame of objects: pandas' own types would make numbers of texts."""
    import pandas as pd

    columns: dict[str, list[object]] = {name: list(map(attrgetter(name), rows)) for name in place_names(contract)}
    for field in contract.stored_fields:
        columns[field.name] = [row.values.get(field.name) for row in rows]
    columns["as_written"] = list(map(_as_json, rows))
    series = {name: pd.Series(values, dtype="object") for name, values in columns.items()}
    return pd.DataFrame(series)


def _as_json(row: TypedRow) -> str | None:
    """Returns what was written differently, as JSON: {"item_code": "'0101"}; None where nothing was."""
    if not row.as_written:
        return None
    return json.dumps(row.as_written, ensure_ascii=False)


def add_problems(con: duckdb.DuckDBPyConnection, problems: Sequence[CellProblem]) -> None:
    """Appends cell problems, values masked and shortened.

    A quarantined row is excluded once, under its first reason.
    """
    if not problems:
        return
    con.execute(
        "INSERT INTO cell_problem (incoming_rowid, sheet, row_no, column_name, reason, value, row_disposition) "
        "SELECT NULL, unnest($sheets), unnest($rows), unnest($columns), unnest($reasons), "
        "unnest($shown)::VARCHAR, unnest($dispositions)",
        {
            "sheets": list(map(attrgetter("sheet"), problems)),
            "rows": list(map(attrgetter("row_no"), problems)),
            "columns": list(map(attrgetter("column_name"), problems)),
            "reasons": list(map(attrgetter("reason"), problems)),
            "shown": [shown(problem.value) for problem in problems],
            "dispositions": list(map(attrgetter("row_disposition"), problems)),
        },
    )
    _exclude_quarantined(con, problems)


def _exclude_quarantined(con: duckdb.DuckDBPyConnection, problems: Sequence[CellProblem]) -> None:
    first_reasons: dict[tuple[str, int], str] = {}
    for problem in problems:
        if problem.row_disposition == Disposition.QUARANTINED:
            first_reasons.setdefault((problem.sheet, problem.row_no), problem.reason)
    if not first_reasons:
        return
    con.execute(
        "INSERT INTO excluded (incoming_rowid, sheet, row_no, disposition, reason) "
        "SELECT NULL, unnest($sheets), unnest($rows), 'quarantined', unnest($reasons)",
        {
            "sheets": [sheet for sheet, _ in first_reasons],
            "rows": [row_no for _, row_no in first_reasons],
            "reasons": list(first_reasons.values()),
        },
    )


def wrong_column_count(sheet: str, line: int, *, expected: int, actual: int) -> CellProblem:
    """Returns the problem of a record with too many or too few cells; it belongs to no column."""
    counts = f"应有 {expected} 列，实有 {actual} 列"
    return CellProblem(sheet, line, "", Reason.WRONG_COLUMN_COUNT, counts, Disposition.QUARANTINED)


def equals_sum(sheet: str, row_no: int, words: str) -> CellProblem:
    """Returns the problem of a row that may be a total by its numbers alone; `words` say what it equals."""
    return CellProblem(sheet, row_no, "", Reason.EQUALS_SUM, words, Disposition.QUARANTINED)


def other_table(sheet: str, row_no: int) -> CellProblem:
    """Returns the problem of a row that belongs to another table; nobody knows which of its cells name persons."""
    return CellProblem(sheet, row_no, "", Reason.OTHER_TABLE, None, Disposition.QUARANTINED)


def message_of(reason: str) -> str:
    """Returns the sentence for people behind a quarantine reason."""
    return MESSAGES.get(reason, reason)
