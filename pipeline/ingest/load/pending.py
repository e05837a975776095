"""Holds rows that stand in `raw` before their delivery counts; which of them count, `accept` decides.

The ledger remembers them in `ledger.pending_load` for the next start; readers join `ledger.current_delivery`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.ingest.load import ledger

if TYPE_CHECKING:
    import duckdb

    from pipeline.ingest.text.lines import Numbers


_FEW_STEPS = 64
"""With so many steps of the line numbers a CASE is faster than a join."""
_ROWS_AT_ONCE = 8_000_000

Shifts = tuple[Sequence[int], Sequence[int]]
"""From which row on (ascending), and what is added to the numbers of rows from there on."""


class PendingRows:
    """The rows of one delivery on their way into `raw.<source>`; nothing is written before `begin`."""

    def __init__(self, con: duckdb.DuckDBPyConnection, contract: Contract, delivery_id: str) -> None:
        self.con = con
        self.contract = contract
        self.delivery_id = delivery_id
        self.table = f"raw.{contract.name}"
        self.is_begun = False
        self._is_again = False
        self._others = 0
        self._stand_apart = False

    @property
    def mine(self) -> str:
        """SQL that is true of the rows of this delivery, and finds them without reading what years have left before.

        Rows are appended, so that at least as many places as there are other rows stand before them. Where the others
        fill exactly these places, whatever stands behind is of this delivery, and no id needs to be compared.
        """
        behind = f"rowid >= {self._others}"
        return behind if self._stand_apart else f"delivery_id = '{self.delivery_id}' AND {behind}"

    def begin(self) -> None:
        """Makes room: a delivery that counts already is read again within one transaction, so that it counts on."""
        self._is_again = self._is_known()
        self.is_begun = True
        if self._is_again:
            self.con.execute("BEGIN")
            ledger.forget(self.con, self.delivery_id, self.contract.name)
        else:
            self.con.execute(
                "INSERT INTO ledger.pending_load (delivery_id, source) VALUES (?, ?)",
                [self.delivery_id, self.contract.name],
            )
        self._count_others()

    def replace(self) -> None:
        """Makes room within the transaction after which the delivery counts, where nothing was written before it."""
        if self._is_known():
            ledger.forget(self.con, self.delivery_id, self.contract.name)
        self._count_others()

    def _is_known(self) -> bool:
        known = "SELECT 1 FROM ledger.delivery WHERE delivery_id = ? AND status <> 'refused'"
        return self.con.execute(known, [self.delivery_id]).fetchone() is not None

    def _count_others(self) -> None:
        """Counts the rows of other deliveries, and finds out whether they fill exactly the first places."""
        self._others = self.con.execute(f"SELECT count(*) FROM {self.table}").fetchall()[0][0]
        others_further_behind = self.con.execute(
            f"SELECT 1 FROM {self.table} WHERE rowid >= {self._others} LIMIT 1"
        ).fetchall()
        self._stand_apart = not others_further_behind

    def empty(self) -> None:
        """Removes what was written so far; reading starts again, also after a statement that failed."""
        if self._is_again:
            self.con.execute("ROLLBACK")
            self.con.execute("BEGIN")
        ledger.forget(self.con, self.delivery_id, self.contract.name)

    @contextmanager
    def step(self) -> Iterator[None]:
        """Statements that belong together before the delivery counts."""
        if self._is_again:
            yield
            return
        self.con.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.con.execute("ROLLBACK")
            raise
        self.con.execute("COMMIT")

    @contextmanager
    def final(self) -> Iterator[None]:
        """The transaction after which the delivery counts."""
        if not self._is_again:
            self.con.execute("BEGIN")
        try:
            yield
            if self.is_begun:
                ledger.forget_pending(self.con, self.delivery_id)
            self.con.execute("COMMIT")
        except BaseException:
            self.con.execute("ROLLBACK")
            # What stood in `raw` before the transaction is still there, and has to be discarded.
            self.is_begun = self.is_begun and not self._is_again
            self._is_again = False
            raise
        self.is_begun = self._is_again = False

    def number(self, first_line: int, skipped: Sequence[Numbers]) -> None:
        """Gives the rows that have none their physical line.

        Rows stand in file order, counted from `first_line`; `skipped` are the lines (ascending) that hold none of them.
        No window is needed, which would put the load on one thread.
        """
        import numpy as np

        none = np.empty(0, dtype=np.int64)
        shifts = _shifts(first_line, np.concatenate([none, *skipped]))
        numbered = 0
        is_rest_left = True
        while is_rest_left:
            with self.step():
                first_rowid, last_rowid, rows = self._unnumbered()
                if rows == 0:
                    return
                if last_rowid - first_rowid + 1 != rows:
                    raise AssertionError(f"{self.table}: rows of one delivery do not stand together")
                self._number_some(first_rowid, numbered, shifts)
                numbered += min(rows, _ROWS_AT_ONCE)
            is_rest_left = rows > _ROWS_AT_ONCE

    def _unnumbered(self) -> tuple[int, int, int]:
        """Returns first rowid, last rowid and number of the rows without a line."""
        start, last, rows = self.con.execute(
            f"SELECT coalesce(min(rowid), 0), coalesce(max(rowid), 0), count(*) FROM {self.table} "
            f"WHERE {self.mine} AND row_no IS NULL"
        ).fetchall()[0]
        return int(start), int(last), int(rows)

    def _number_some(self, first_rowid: int, done: int, shifts: Shifts) -> None:
        """Numbers the next rows; `done` of the delivery have their number, so that `first_rowid` is row `done`."""
        ordinal = f"(rowid - {first_rowid - done})"
        end = first_rowid + _ROWS_AT_ONCE
        some = f"{self.mine} AND row_no IS NULL AND rowid >= {first_rowid} AND rowid < {end}"
        begins, lines = shifts
        if len(begins) <= _FEW_STEPS:
            # CASE WHEN (rowid - 7) >= 40 THEN 5 WHEN (rowid - 7) >= 0 THEN 4 END: the last step comes first
            steps = [f"WHEN {ordinal} >= {begin} THEN {line}" for begin, line in zip(begins, lines, strict=True)]
            steps.reverse()
            self.con.execute(f"UPDATE {self.table} SET row_no = {ordinal} + CASE {' '.join(steps)} END WHERE {some}")
            return
        import pandas as pd

        self.con.register("shift", pd.DataFrame({"begins": begins, "lines": lines}))
        self.con.execute(
            f"""
            UPDATE {self.table} SET row_no = numbered.line
            FROM (
                SELECT r.id, r.ordinal + s.lines AS line
                FROM (SELECT rowid AS id, {ordinal} AS ordinal FROM {self.table} WHERE {some}) r
                ASOF JOIN shift s ON r.ordinal >= s.begins
            ) numbered
            WHERE {self.table}.rowid = numbered.id
            """
        )
        self.con.unregister("shift")


@contextmanager
def pending_rows(con: duckdb.DuckDBPyConnection, contract: Contract, delivery_id: str) -> Iterator[PendingRows]:
    """Lends rows that are gone again unless the delivery counts at the end."""
    rows = PendingRows(con, contract, delivery_id)
    try:
        yield rows
    except BaseException:
        if rows.is_begun:
            _discard(rows)
        raise


def _discard(rows: PendingRows) -> None:
    if rows._is_again:
        rows.con.execute("ROLLBACK")
    else:
        ledger.clear_pending(rows.con)


def _shifts(first_line: int, skipped: Numbers) -> Shifts:
    """Returns from which row on (from 0, ascending) how much is added to the number of a row to get its line.

    Example: rows from line 4 on, of which line 6 is skipped, stand on the lines 4, 5, 7, 8: from row 0 on 4 is added,
    from row 2 on 5.
    """
    import numpy as np

    skipped_before = np.arange(len(skipped))
    begins = np.concatenate([[0], skipped - first_line - skipped_before])
    lines = np.concatenate([[first_line], skipped_before + first_line + 1])
    # Of several lines skipped in a row the last step counts.
    is_last = np.append(begins[1:] != begins[:-1], True)
    return begins[is_last].tolist(), lines[is_last].tolist()
