"""Finds sheets that only sum up others of their workbook and takes their rows out; `sheet_rows` loads the sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.reasons import Disposition, RowReason
from pipeline.ingest.refusals.load import LoadRefusal
from pipeline.ingest.tables.control_totals import ControlTotal, Segment, sums_of

if TYPE_CHECKING:
    import duckdb

_FEW = 2
"""A sheet is known as a sum by at least so many fields, of at least so many other sheets."""
_BEYOND_CHANCE = 100
"""Sums that add up to less may be equal by chance."""
_FAR = 2
"""A named sum that differs by more than this factor in every column is none."""
ZERO = Decimal(0)


@dataclass(frozen=True)
class LoadedSheet:
    """A sheet that was read: its sums, to tell whether it only adds up the others, and its first data row."""

    name: str
    total: Segment
    first_row: int


def summary_sheets(loaded: Sequence[LoadedSheet], contract: Contract) -> list[LoadedSheet]:
    """Returns the sheets that add up the others: by a word in the name, or because every sum is that of the rest.

    Raises RefusedFileError where a sheet is named so, but says something far from what the others do.
    """
    named: list[LoadedSheet] = []
    totals_of_rest: list[Segment] = []
    for sheet in loaded:
        if contract.layout.is_summary(sheet.name):
            named.append(sheet)
        elif sheet.total.rows:
            totals_of_rest.append(sheet.total)
    if not named or not totals_of_rest:
        return _unnamed_summary(loaded)
    sums_of_rest = sums_of(totals_of_rest)
    for sheet in named:
        _refuse_far_from(sheet, sums_of_rest, contract)
    return named


def _unnamed_summary(loaded: Sequence[LoadedSheet]) -> list[LoadedSheet]:
    """Returns the first sheet whose sums are those of all others, or nothing."""
    filled = list(filter(_has_sums, loaded))
    if len(filled) <= _FEW:
        return []
    # Summed up once: a workbook may have a sheet for each of hundreds of windows.
    sums_of_all = _without_zeros(sums_of([sheet.total for sheet in filled]))
    for sheet in filled:
        if _is_half_of(sheet, sums_of_all):
            return [sheet]
    return []


def _has_sums(sheet: LoadedSheet) -> bool:
    """Whether a sheet adds up to anything in any field."""
    return any(sheet.total.sums.values())


def _refuse_far_from(sheet: LoadedSheet, rest: Segment, contract: Contract) -> None:
    """Refuses a summary of another size than the other sheets in every column; a sum a little off is a finding."""
    if not sheet.total.rows:
        return
    pairs = _compared_sums(sheet.total, rest, contract)
    are_all_far = all(max(pair) > _FAR * min(pair) for pair in pairs.values())
    if not are_all_far:
        return
    title, (own, others) = next(iter(pairs.items()))
    raise RefusedFileError(
        LoadRefusal.SUMMARY_FAR_FROM_SHEETS,
        place=RefusalPlace(sheet=sheet.name, column=title),
        expected=f"{others:,f}",
        found=f"{own:,f}",
        sheet=sheet.name,
        title=title,
        own=f"{own:,f}",
        others=f"{others:,f}",
    )


def _compared_sums(own: Segment, rest: Segment, contract: Contract) -> Mapping[str, tuple[Decimal, Decimal]]:
    """Returns by title of the field its sum on the sheet and on the others; the rows where nothing is summed."""
    titles = {field.name: field.title for field in contract.fields}
    pairs = {}
    for name in {**own.sums, **rest.sums}:
        pair = own.sums.get(name, ZERO), rest.sums.get(name, ZERO)
        if any(pair):
            pairs[titles[name]] = pair
    return pairs or {"行数": (Decimal(own.rows), Decimal(rest.rows))}


def _is_half_of(sheet: LoadedSheet, sums_of_all: Mapping[str, Decimal]) -> bool:
    """Whether a sheet's sums are those of the others, half of all: in two fields at least, and not so by chance."""
    own = _without_zeros(sheet.total)
    if len(own) < _FEW or sum(own.values()) < _BEYOND_CHANCE:
        return False
    return {name: 2 * value for name, value in own.items()} == sums_of_all


def _without_zeros(segment: Segment) -> dict[str, Decimal]:
    return {name: value for name, value in segment.sums.items() if value}


def withdraw_rows(
    con: duckdb.DuckDBPyConnection, account: Account, summary: LoadedSheet, others: Sequence[LoadedSheet]
) -> None:
    """Removes a summary sheet again; its sums stay as control totals beside those of the sheets that it sums."""
    counted = con.execute(
        "SELECT (SELECT count(*) FROM incoming WHERE sheet = $sheet) "
        "+ (SELECT count(*) FROM excluded WHERE sheet = $sheet)",
        {"sheet": summary.name},
    ).fetchone()
    rows = int(counted[0]) if counted else 0
    account.add(summary.name, Disposition.SET_ASIDE, RowReason.SUMMARY_SHEET, rows)
    for table in ("incoming", "cell_problem", "excluded"):
        con.execute(f"DELETE FROM {table} WHERE sheet = ?", [summary.name])
    rest = sums_of([sheet.total for sheet in others]).sums
    account.totals = [total for total in account.totals if total.sheet != summary.name]
    for name, value in summary.total.sums.items():
        computed = rest.get(name, ZERO)
        account.totals.append(
            ControlTotal(summary.name, summary.first_row, summary.name, "table", name, value, computed)
        )
