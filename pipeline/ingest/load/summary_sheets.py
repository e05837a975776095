"""Finds sheets that only sum up others of their workbook and takes their rows out; loading belongs in sheet_rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.tables.control_totals import ControlTotal, Segment, sums_of

if TYPE_CHECKING:
    import duckdb


_FEW = 2
_BEYOND_CHANCE = 100
_FAR = 2
ZERO = Decimal(0)


@dataclass(frozen=True)
class LoadedSheet:
    """A sheet that was read: its sums, to tell whether it only adds up the others, and its own control totals."""

    name: str
    total: Segment
    first_row: int


def summary_sheets(loaded: Sequence[LoadedSheet], contract: Contract) -> list[LoadedSheet]:
    """The sheets that add up the others: by a word in the name, or because every sum of theirs is that of the rest.

    Raises RefusedFileError where a sheet is named so, but says something far from what the others do.
    """
    named = [one for one in loaded if contract.layout.is_summary(one.name)]
    rest = [one for one in loaded if one not in named and one.total.rows]
    if named and rest:
        for one in named:
            _refuse_far_from(one, sums_of([other.total for other in rest]), contract)
        return named
    return [one for one in loaded if _is_sum_of(one, [other for other in loaded if other is not one])][:1]


def _refuse_far_from(one: LoadedSheet, rest: Segment, contract: Contract) -> None:
    """A sum that is a little off is a finding; one of another size in every column is no sum of the other sheets."""
    own, others = one.total.sums, rest.sums
    titles = {field.name: field.title for field in contract.fields}
    pairs = {titles[name]: (own.get(name, ZERO), others.get(name, ZERO)) for name in {**own, **others}}
    pairs = {title: pair for title, pair in pairs.items() if any(pair)}
    pairs = pairs or {"行数": (Decimal(one.total.rows), Decimal(rest.rows))}
    if one.total.rows and all(max(pair) > _FAR * min(pair) for pair in pairs.values()):
        title, (mine, theirs) = next(iter(pairs.items()))
        raise RefusedFileError(
            f"工作表“{one.name}”名为汇总，与其他工作表之和却相差很远（{title} {mine:,f}，其他工作表合计 {theirs:,f}），"
            "无法判断它是汇总还是另外的数据；请核对，若不是汇总，请改工作表名，或在合同的 layout 中写 summarySheets: []"
        )


def _is_sum_of(one: LoadedSheet, others: Sequence[LoadedSheet]) -> bool:
    """Whether a sheet's sums are those of the others in at least two fields, and too large to be so by chance."""
    sums = {name: value for name, value in one.total.sums.items() if value}
    parts = [other.total for other in others if any(other.total.sums.values())]
    rest = {name: value for name, value in sums_of(parts).sums.items() if value}
    return len(parts) >= _FEW and len(sums) >= _FEW and sum(sums.values()) >= _BEYOND_CHANCE and sums == rest


def withdraw_rows(
    con: duckdb.DuckDBPyConnection, account: Account, summary: LoadedSheet, others: Sequence[LoadedSheet]
) -> None:
    """Take a summary sheet out again; its sums stay as control totals beside those of the sheets that it sums."""
    counted = (
        "SELECT (SELECT count(*) FROM incoming WHERE sheet = $s) + (SELECT count(*) FROM excluded WHERE sheet = $s)"
    )
    rows = con.execute(counted, {"s": summary.name}).fetchone()
    account.add(summary.name, "set_aside", "summary_sheet", int(rows[0]) if rows else 0)
    for table in ("incoming", "cell_problem", "excluded"):
        con.execute(f"DELETE FROM {table} WHERE sheet = ?", [summary.name])
    rest = sums_of([one.total for one in others]).sums
    account.totals = [one for one in account.totals if one.sheet != summary.name] + [
        ControlTotal(summary.name, summary.first_row, summary.name, "table", name, value, rest.get(name, ZERO))
        for name, value in summary.total.sums.items()
    ]
