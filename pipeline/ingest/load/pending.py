"""Rows that stand in `raw` before their delivery counts; which of them count, accept decides.

The ledger remembers them in `ledger.pending_load` for the next start; readers join `ledger.current_delivery`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.ingest.load import ledger

if TYPE_CHECKING:
    import duckdb

    from pipeline.ingest.text.lines import Numbers


_FEW = 64
_ROWS_AT_ONCE = 8_000_000


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
        """Make room: a delivery that counts already is read again within one transaction, so that it counts on."""
        self._is_again = self._is_known()
        self.is_begun = True
        if self._is_again:
            self.con.execute("BEGIN")
            ledger.forget(self.con, self.delivery_id, self.contract.name)
        else:
            self.con.execute("INSERT INTO ledger.pending_load VALUES (?, ?)", [self.delivery_id, self.contract.name])
        self._count_others()

    def replace(self) -> None:
        """Make room within the transaction after which the delivery counts, where nothing was written before it."""
        if self._is_known():
            ledger.forget(self.con, self.delivery_id, self.contract.name)
        self._count_others()

    def _is_known(self) -> bool:
        known = "SELECT 1 FROM ledger.delivery WHERE delivery_id = ? AND status <> 'refused'"
        return self.con.execute(known, [self.delivery_id]).fetchone() is not None

    def _count_others(self) -> None:
        self._others = self.con.execute(f"SELECT count(*) FROM {self.table}").fetchall()[0][0]
        stragglers = self.con.execute(f"SELECT 1 FROM {self.table} WHERE rowid >= {self._others} LIMIT 1").fetchall()
        self._stand_apart = not stragglers

    def empty(self) -> None:
        """Take away what was written so far; reading starts again, also after a statement that failed."""
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
            self._is_again, self.is_begun = False, self.is_begun and not self._is_again
            raise
        self.is_begun = self._is_again = False

    def number(self, first_line: int, skipped: Sequence[Numbers]) -> None:
        """Give the rows that have none their physical line.

        Rows stand in file order, counted from `first_line`; `skipped` are the lines (ascending) that hold none of them.
        No window is needed, which would put the load on one thread.
        """
        import numpy as np

        shifts = _shifts(first_line, np.concatenate([np.empty(0, dtype=np.int64), *skipped]))
        numbered = 0
        while True:
            with self.step():
                start, last, rows = self._unnumbered()
                if rows == 0:
                    return
                if last - start + 1 != rows:
                    raise AssertionError(f"{self.table}: rows of one delivery do not stand together")
                self._number(start, numbered, shifts)
                numbered += min(rows, _ROWS_AT_ONCE)
            if rows <= _ROWS_AT_ONCE:
                return

    def _unnumbered(self) -> tuple[int, int, int]:
        found = self.con.execute(
            f"SELECT coalesce(min(rowid), 0), coalesce(max(rowid), 0), count(*) FROM {self.table} "
            f"WHERE {self.mine} AND row_no IS NULL"
        ).fetchall()
        start, last, rows = found[0]
        return int(start), int(last), int(rows)

    def _number(self, start: int, done: int, shifts: tuple[Sequence[int], Sequence[int]]) -> None:
        ordinal = f"(rowid - {start - done})"
        some = f"{self.mine} AND row_no IS NULL AND rowid >= {start} AND rowid < {start + _ROWS_AT_ONCE}"
        begins, lines = shifts
        if len(begins) <= _FEW:
            steps = " ".join(
                f"WHEN {ordinal} >= {a} THEN {b}" for a, b in reversed(list(zip(begins, lines, strict=True)))
            )
            self.con.execute(f"UPDATE {self.table} SET row_no = {ordinal} + CASE {steps} END WHERE {some}")
            return
        import pandas as pd

        self.con.register("shift", pd.DataFrame({"begins": begins, "lines": lines}))
        self.con.execute(
            f"UPDATE {self.table} SET row_no = n.line FROM (SELECT r.id, r.ordinal + s.lines AS line FROM "
            f"(SELECT rowid AS id, {ordinal} AS ordinal FROM {self.table} WHERE {some}) r "
            f"ASOF JOIN shift s ON r.ordinal >= s.begins) n WHERE {self.table}.rowid = n.id"
        )
        self.con.unregister("shift")


@contextmanager
def pending_rows(con: duckdb.DuckDBPyConnection, contract: Contract, delivery_id: str) -> Iterator[PendingRows]:
    """Rows that are gone again unless the delivery counts at the end."""
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


def _shifts(first_line: int, skipped: Numbers) -> tuple[Sequence[int], Sequence[int]]:
    """(from this row on, counted from 0; add this to get its line), ascending."""
    import numpy as np

    before = np.arange(len(skipped))
    begins = np.concatenate([[0], skipped - first_line - before])
    lines = np.concatenate([[first_line], before + first_line + 1])
    is_last = np.append(begins[1:] != begins[:-1], True)
    return begins[is_last].tolist(), lines[is_last].tolist()
