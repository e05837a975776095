"""Reading chart tables into plain rows and writing numbers as people read them; no layout, no metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = dict[str, Any]
MISSING = "—"


def fetch(con: DuckDBPyConnection, query: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
    """The result of a query as a list of dicts, in its order."""
    given = dict(parameters) if isinstance(parameters, Mapping) else list(parameters)
    cursor = con.execute(query, given)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def grouped(value: int | float | Decimal | None) -> str:
    """A number with thousands separators and no needless zeros; a dash where there is none (a zero stays a zero)."""
    if value is None:
        return MISSING
    number = Decimal(str(value))
    if number == number.to_integral_value():
        return f"{int(number):,}"
    return f"{number:,f}".rstrip("0")


def signed_percent(value: int | float | Decimal | None) -> str:
    """A change in percent with its sign and one decimal: +12.3%."""
    return MISSING if value is None else f"{Decimal(str(value)):+,.1f}%"


def percent(value: int | float | Decimal | None) -> str:
    """A rate with its sign and the decimals that it has, so that a column lines up: 99.50%."""
    return MISSING if value is None else f"{Decimal(str(value)):,f}%"
