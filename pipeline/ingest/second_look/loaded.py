"""The rows of a delivery as they were loaded, by their place in the file, before they count."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.ingest.load.ledger import Account
from pipeline.ingest.load.pending import PendingRows
from pipeline.ingest.reasons import Disposition, RowReason

if TYPE_CHECKING:
    import duckdb

# Rows that stand above a table or hold nothing: they explain no row of data that is missing.
_EXPLAIN_NOTHING = frozenset({RowReason.TITLE.value, RowReason.HEADER.value, RowReason.BLANK.value})

Values = Mapping[int, Mapping[tuple[str, str], str | None]]
"""By row number the values by column and label; the label is that of a record of a wide table, else an empty text."""


@dataclass(frozen=True)
class LoadedRows:
    """The loaded rows of one sheet: values by row number, and what became of the other rows.

    `unclear` are rows that stand there more than once, `excluded` those in quarantine, `flagged` the fields of a row
    with a remark. `set_aside` counts the rows that were set aside and hold something.
    """

    values: Values
    unclear: frozenset[int]
    excluded: frozenset[int]
    flagged: frozenset[tuple[int, str]]
    set_aside: int

    def is_accounted(self, row_no: int) -> bool:
        """Whether a row was loaded or quarantined."""
        return row_no in self.values or row_no in self.excluded


def loaded_rows(
    rows: PendingRows, account: Account, sheet: str, names: Sequence[str], row_nos: Collection[int]
) -> LoadedRows:
    """Returns what became of some rows of a sheet; `names` are the columns whose values are wanted."""
    values, unclear = _values(rows, sheet, names, row_nos)
    con = rows.con
    excluded = con.execute("SELECT row_no FROM excluded WHERE sheet = ?", [sheet]).fetchall()
    flagged = con.execute("SELECT row_no, column_name FROM cell_problem WHERE sheet = ?", [sheet]).fetchall()
    return LoadedRows(
        values,
        unclear,
        frozenset(row_no for (row_no,) in excluded),
        frozenset((row_no, name) for row_no, name in flagged),
        _set_aside(account, sheet),
    )


def _values(
    rows: PendingRows, sheet: str, names: Sequence[str], row_nos: Collection[int]
) -> tuple[Values, frozenset[int]]:
    """Returns the values as texts by row, and the numbers that several rows have."""
    texts = ", ".join(f"CAST({name} AS VARCHAR)" for name in names)
    label = "''" if rows.contract.unpivot is None else "source_column"
    values: dict[int, dict[tuple[str, str], str | None]] = {}
    records: set[tuple[int, str]] = set()
    unclear: set[int] = set()
    for row_no, found_label, *found in _fetch(
        rows.con, f"SELECT row_no, {label}, {texts} {_source(rows)}", sheet, row_nos
    ):
        record = (row_no, found_label or "")
        if record in records:
            unclear.add(row_no)
        records.add(record)
        values_of_row = values.setdefault(row_no, {})
        # What all records of a row share stands in each of them, and is asked for without a label.
        for name, value in zip(names, found, strict=True):
            values_of_row[name, ""] = value
            values_of_row[name, record[1]] = value
    return values, frozenset(unclear)


def _source(rows: PendingRows) -> str:
    """Returns SQL of where the rows stand: in `incoming`, or in `raw` already where nothing waits there."""
    is_any_waiting = rows.con.execute("SELECT 1 FROM incoming LIMIT 1").fetchone() is not None
    stand_in_raw = rows.is_begun and not is_any_waiting
    return f"FROM {rows.table} WHERE {rows.mine}" if stand_in_raw else "FROM incoming WHERE true"


def _fetch(
    con: duckdb.DuckDBPyConnection, query: str, sheet: str, row_nos: Collection[int]
) -> list[tuple[int, str | None, *tuple[str | None, ...]]]:
    return con.execute(
        f"{query} AND sheet = $sheet AND row_no IN (SELECT unnest($row_nos::BIGINT[]))",
        {"sheet": sheet, "row_nos": list(row_nos)},
    ).fetchall()


def _set_aside(account: Account, sheet: str) -> int:
    count = 0
    for (counted_sheet, disposition, reason), rows in account.rows.items():
        is_of_sheet = counted_sheet == sheet and disposition == Disposition.SET_ASIDE
        if is_of_sheet and reason not in _EXPLAIN_NOTHING:
            count += rows
    return count
