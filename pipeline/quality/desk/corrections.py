"""Corrections: one value of one row, laid over `raw` for all that read it; `raw` itself is never touched.

A correction says: where the source holds `from_value`, read `to_value`. It acts only while that is so. What the source
holds now decides its status at every run: active, obsolete (the source says what the correction says) or failed (the
source says something else, or the row is gone); the last two are findings of their own. So the tables depend on the
deliveries and the decisions alone, in whatever order they came.

Which cell a steward means is found in `pipeline.quality.desk.cells`; the views over `raw` are made in
`pipeline.quality.desk.overlay`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from pipeline.common.quoting import identifier
from pipeline.common.tables import insert_rows
from pipeline.contracts import Contract, Field
from pipeline.quality.codes import CorrectionStatus
from pipeline.quality.desk.cells import Cell, same_value
from pipeline.quality.desk.overlay import CorrectedCell, lay_over, write_cells

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Correction:
    """A value that is read as another one. Key: correction_id. `keys` is the JSON of the row's primary key.

    Of a cell that could not be read, `delivery_id`, `sheet` and `row_no` say where it stands: the loader reads
    `to_value` there, and `keys` are file, sheet and row in words. Else they are None.
    """

    correction_id: str
    source: str
    keys: str
    column_name: str
    from_value: str | None
    to_value: str
    reason: str
    decided_by: str
    decided_at: datetime
    week_id: str
    status: CorrectionStatus
    finding_id: str
    observed: str | None
    note: str
    delivery_id: str | None = None
    sheet: str | None = None
    row_no: int | None = None


class _SourceRow(NamedTuple):
    """A row that counts now and has the keys of a correction; `value` is what the source holds in its column."""

    delivery_id: str
    sheet: str
    row_no: int
    value: str | None


class _Verdict(NamedTuple):
    """What the source makes of a correction: its status, the value that the source holds, the rows it acts on."""

    status: CorrectionStatus
    observed: str | None
    acting: Sequence[_SourceRow]


def make_correction(
    cell: Cell, to_value: str, correction_id: str, finding_id: str, reason: str, who: str, when: datetime
) -> Correction:
    """Makes a correction of a cell; `record` keeps it. `when` is Beijing time."""
    from_words = "空" if cell.value is None else _short(cell.value)
    place = (cell.delivery_id, cell.sheet, cell.row_no) if cell.is_unread else (None, None, None)
    delivery_id, sheet, row_no = place
    return Correction(
        correction_id=correction_id,
        source=cell.contract.name,
        keys=json.dumps(dict(cell.keys), ensure_ascii=False),
        column_name=cell.field.name,
        from_value=cell.value,
        to_value=to_value,
        reason=reason,
        decided_by=who,
        decided_at=when,
        week_id=cell.week_id,
        status="active",
        finding_id=finding_id,
        observed=cell.value,
        note=f"{cell.words}由 {from_words} 更正为 {_short(to_value)}（{reason}）",
        delivery_id=delivery_id,
        sheet=sheet,
        row_no=row_no,
    )


def _short(number: str) -> str:
    """12.500000 as 12.5, 3.000000 as 3; a text that is no decimal number as it is."""
    is_decimal = "." in number and number.replace(".", "", 1).isdecimal()
    return number.rstrip("0").rstrip(".") if is_decimal else number


def record(con: duckdb.DuckDBPyConnection, correction: Correction) -> None:
    """Appends a correction; an earlier one of the same cell is replaced by it. Inside the caller's transaction."""
    con.execute(
        "UPDATE quality.correction SET status = 'replaced' WHERE source = ? AND week_id = ? AND keys = ? "
        "AND column_name = ? AND delivery_id IS NOT DISTINCT FROM ? AND status <> 'withdrawn'",
        [correction.source, correction.week_id, correction.keys, correction.column_name, correction.delivery_id],
    )
    insert_rows(con, "quality.correction", Correction, [correction])


def withdraw(con: duckdb.DuckDBPyConnection, finding_id: str) -> None:
    """Takes back the corrections of a finding, or the one that it is about: they act no more, and stay on record."""
    con.execute(
        "UPDATE quality.correction SET status = 'withdrawn' WHERE finding_id = ? OR correction_id = ?",
        [finding_id, told_of(con, finding_id)],
    )


def told_of(con: duckdb.DuckDBPyConnection, finding_id: str) -> str | None:
    """Returns the correction that a finding is about: one that acts no more. None for any other finding."""
    row = con.execute(
        "SELECT keys FROM quality.finding WHERE finding_id = ? AND table_name = 'quality.correction'", [finding_id]
    ).fetchone()
    if row is None:
        return None
    # The keys of a finding are a list of rows; such a finding has one, and the correction is its only column.
    first, *_ = json.loads(row[0])
    return str(first["correction_id"])


def refresh(con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]) -> None:
    """Compares every correction with what its source holds now, and lays the active ones over `raw`.

    Writes quality.correction (status, observed), quality.corrected_cell and the views `corrected.<source>`, each only
    where it changes. Costs nothing where there is no correction. Inside the caller's transaction.
    """
    _refresh_unread(con)
    corrections = con.execute(
        "SELECT correction_id, source, keys, column_name, from_value, to_value, week_id, status, observed "
        "FROM quality.correction WHERE status NOT IN ('withdrawn', 'replaced') AND delivery_id IS NULL "
        "ORDER BY correction_id"
    ).fetchall()
    cells: list[CorrectedCell] = []
    for identity, source, keys, column, from_value, to_value, week_id, status, observed in corrections:
        field = _field(contracts.get(source), column)
        rows = _rows_now(con, source, field, json.loads(keys), week_id) if field else []
        verdict = _verdict(con, field, rows, from_value, to_value)
        if (verdict.status, verdict.observed) != (status, observed):
            con.execute(
                "UPDATE quality.correction SET status = ?, observed = ? WHERE correction_id = ?",
                [verdict.status, verdict.observed, identity],
            )
        for row in verdict.acting:
            cells.append(
                CorrectedCell(identity, source, week_id, row.delivery_id, row.sheet, row.row_no, column, to_value)
            )
    write_cells(con, cells)
    for source in sorted({cell.source for cell in cells}):
        lay_over(con, contracts[source])


def _refresh_unread(con: duckdb.DuckDBPyConnection) -> None:
    """A correction of a cell that could not be read acts as long as its delivery counts."""
    con.execute(
        "UPDATE quality.correction SET status = now.status FROM ("
        " SELECT c.correction_id, CASE WHEN d.delivery_id IS NULL THEN 'superseded' ELSE 'active' END AS status"
        " FROM quality.correction AS c LEFT JOIN ledger.current_delivery AS d ON d.delivery_id = c.delivery_id"
        " WHERE c.delivery_id IS NOT NULL AND c.status NOT IN ('withdrawn', 'replaced')) AS now"
        " WHERE now.correction_id = correction.correction_id AND now.status <> correction.status"
    )


def _field(contract: Contract | None, column: str) -> Field | None:
    """The field of a correction; None where its contract has it no more."""
    if contract is None:
        return None
    fields = {field.name: field for field in contract.stored_fields}
    return fields.get(column)


def _rows_now(
    con: duckdb.DuckDBPyConnection, source: str, field: Field, keys: Mapping[str, str | None], week_id: str
) -> list[_SourceRow]:
    """The rows with these keys in the week's deliveries that count."""
    same_keys = " AND ".join(f"CAST(r.{identifier(name)} AS VARCHAR) IS NOT DISTINCT FROM ?" for name in keys)
    rows = con.execute(
        f"SELECT r.delivery_id, r.sheet, r.row_no, CAST(r.{field.column} AS VARCHAR) FROM raw.{source} AS r "
        "JOIN ledger.current_delivery AS d ON d.delivery_id = r.delivery_id "
        f"WHERE d.week_id = ? AND {same_keys} ORDER BY ALL",
        [week_id, *keys.values()],
    ).fetchall()
    return [_SourceRow(*row) for row in rows]


def _verdict(
    con: duckdb.DuckDBPyConnection,
    field: Field | None,
    rows: Sequence[_SourceRow],
    from_value: str | None,
    to_value: str,
) -> _Verdict:
    if field is None or not rows:
        return _Verdict("failed", None, ())
    acting = [row for row in rows if same_value(con, field, row.value, from_value)]
    if acting:
        return _Verdict("active", from_value, acting)
    is_fixed = all(same_value(con, field, row.value, to_value) for row in rows)
    return _Verdict("obsolete" if is_fixed else "failed", rows[0].value, ())


def notes_of_week(con: duckdb.DuckDBPyConnection, week_id: str) -> list[str]:
    """Returns the corrections that act in a week, one sentence each, for the weekly and the site."""
    rows = con.execute(
        "SELECT note FROM quality.correction WHERE week_id = ? AND status = 'active' "
        "ORDER BY decided_at, correction_id",
        [week_id],
    ).fetchall()
    return [str(note) for (note,) in rows]


def broken_words(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Returns a sentence for each correction that acts no more because its source has changed.

    It says what became of the correction and what to do; ordered by week and time of the decision.
    """
    rows = con.execute(
        "SELECT week_id, note, status = 'obsolete', observed, to_value FROM quality.correction "
        "WHERE status IN ('obsolete', 'failed') ORDER BY week_id, decided_at, correction_id"
    ).fetchall()
    sentences = []
    for week_id, note, is_fixed, observed, to_value in rows:
        if is_fixed:
            became = f"不再需要，来源已改为 {_short(to_value)}"
            advice = "选“撤回”，去掉这条更正。"
        else:
            became = f"不再生效，来源现在是 {'空' if observed is None else _short(observed)}"
            advice = "选“撤回”去掉它，或重新决定。"
        sentences.append(f"{week_id} 期的更正{became}：{note}。请在问题清单中{advice}")
    return sentences
