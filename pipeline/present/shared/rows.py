"""Reading chart tables into plain rows and writing numbers as people read them.

Layout is in `pipeline.present.site` and `pipeline.present.weekly`; which figures are printed is in
`pipeline.present.shared.metrics`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = dict[str, Any]
MISSING = "—"
# A figure whose source has not arrived for the week: nobody knows it, which is not the same as zero.
NOT_REPORTED: Final = "未报送"
# A figure that did not move.
SAME: Final = "持平"


def fetch(con: DuckDBPyConnection, query: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
    """Returns the result of a query as a list of dicts, in its order."""
    # DuckDB takes a list for `?` and a dict for `$name`, no other sequence or mapping.
    if isinstance(parameters, Mapping):
        cursor = con.execute(query, dict(parameters))
    else:
        cursor = con.execute(query, list(parameters))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Sorts rows by their `sort_order`; rows without one keep their order and come first."""
    return sorted(rows, key=lambda row: row.get("sort_order") or 0)


def rows_by(rows: Iterable[Row], column: str) -> dict[Any, list[Row]]:
    """Groups rows by a column: value -> its rows. Values and rows keep the order in which they come."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[column], []).append(row)
    return groups


class InPlaces(Decimal):
    """A number that is printed with all of its places: a rate of two is 4.00 beside 3.99, and not 4."""


def grouped(value: int | float | Decimal | str | None) -> str:
    """Writes a number with thousands separators and no needless zeros: 1234567 -> `1,234,567`, 12.50 -> `12.5`.

    None gives a dash; a zero stays a zero, and words in the place of a number (【待核实】) stay as they are. A number
    whose places are fixed keeps them: 4.00 of `InPlaces`.
    """
    if value is None:
        return MISSING
    if isinstance(value, str):
        return value
    if isinstance(value, InPlaces):
        return f"{value:,f}"
    number = Decimal(str(value))
    if number == number.to_integral_value():
        return f"{int(number):,}"
    return f"{number:,f}".rstrip("0")


def reported(value: int | float | Decimal | str | None) -> str:
    """Writes a figure of a week as `grouped` does; one whose file has not arrived is 未报送, never a zero."""
    return NOT_REPORTED if value is None else grouped(value)


def reported_with_unit(value: int | float | Decimal | str | None, unit: str) -> str:
    """Writes a figure of a week with its unit: `12 件`, or 未报送 alone."""
    return NOT_REPORTED if value is None else f"{grouped(value)} {unit}"


def signed_percent(value: int | float | Decimal | str | None) -> str:
    """Writes a change in percent with its sign and one decimal: 12.34 -> `+12.3%`; words stay as they are."""
    if value is None:
        return MISSING
    if isinstance(value, str):
        return value
    return f"{Decimal(str(value)):+,.1f}%"


def signed_change(change: int | Decimal | str | None, unit: str) -> str:
    """Writes how far a figure moved with its sign: 3 gives `+3`, 0 持平, 1.36 of a rate in % `+1.36 个百分点`.

    A rate that rises from 50% to 51% rose by one point and by two per cent: without the word nobody knows which is
    meant. Words stay as they are.
    """
    if change is None:
        return MISSING
    if isinstance(change, str):
        return change
    if change == 0:
        return SAME
    return f"{change:+,} 个百分点" if unit == "%" else f"{change:+,}"


def percent(value: int | float | Decimal | str | None) -> str:
    """Writes a rate with its sign and all decimals that it has, so that a column lines up: 99.50 -> `99.50%`.

    Words in the place of a rate stay as they are.
    """
    if value is None:
        return MISSING
    if isinstance(value, str):
        return value
    return f"{Decimal(str(value)):,f}%"
