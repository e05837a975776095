"""Rows that meet every check of a contract, and rows that break one: for the tests alone, no run reads them.

Two weeks with two lines each, in which nothing happened: where all is zero, every rate, sum and balance holds. What
breaks a check is one more line with a few numbers, or several.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.common.quoting import quoted
from pipeline.contracts import Contract, Field, FieldType
from pipeline.contracts.model import NUMERIC
from pipeline.ingest.load.printed_lines import ROW, shown_fields, step_column, text_column, view_of

LAST_WEEK: Final = "2023-02"
WEEK_BEFORE: Final = "2023-01"
# Departments that the small warehouse of the tests knows.
NAMES: Final = ("住房城乡建设厅", "交通运输厅")
BROKEN_LINE: Final = "甲"
_PLACE: Final = (
    "week_id VARCHAR, delivery_id VARCHAR, source VARCHAR, file_name VARCHAR, delivery_status VARCHAR, "
    "superseded_by VARCHAR, period_start DATE, period_end DATE, message VARCHAR, "
    "sheet VARCHAR, row_no BIGINT, covers VARCHAR, line_key VARCHAR, line_label VARCHAR, group_no BIGINT, "
    "wrong_totals BIGINT"
)


@dataclass(frozen=True)
class At:
    """Where a line of an example stands, and what it is called; by default it is a row of the last week."""

    week: str = LAST_WEEK
    row_no: int = 9
    name: str = BROKEN_LINE
    covers: str = ROW
    delivery: str = ""
    superseded_by: str | None = None
    message: str = ""


_HERE: Final = At()
_NO_TEXTS: Final[Mapping[str, str]] = {}


def good_sql(contract: Contract) -> str:
    """Returns statements that make the lines of a contract, with rows that meet every check."""
    columns = [_PLACE]
    for field in shown_fields(contract):
        columns.append(f"{field.column} {'DECIMAL(38, 6)' if field.type in NUMERIC else field.type.sql}")
    for field in _numbers(contract):
        columns.append(f"{text_column(field.name)} VARCHAR, {step_column(field.name)} DECIMAL(38, 12)")
    nothing: dict[str, float | None] = {field.name: 0 for field in _numbers(contract)}
    rows = []
    for week in (WEEK_BEFORE, LAST_WEEK):
        for row_no, name in enumerate(NAMES, start=5):
            rows.append(line_sql(contract, nothing, At(week=week, row_no=row_no, name=name)))
    return "\n".join(
        [
            "CREATE SCHEMA IF NOT EXISTS ledger;",
            f"CREATE TABLE {view_of(contract.name)} ({', '.join(columns)});",
            *rows,
        ]
    )


def line_sql(
    contract: Contract, numbers: Mapping[str, float | None], at: At = _HERE, texts: Mapping[str, str] = _NO_TEXTS
) -> str:
    """Returns a statement that adds one line; a number that is not named is blank, a text is the name of the line."""
    status = "superseded" if at.superseded_by else "current"
    delivery_id = at.delivery or f"{contract.name}-{at.week}"
    columns = [column.split()[0] for column in _PLACE.split(", ")]
    values = [
        quoted(at.week), quoted(delivery_id), quoted(contract.name), quoted(f"{contract.title}_{at.week}.xlsx"),
        quoted(status), quoted(at.superseded_by) if at.superseded_by else "NULL", "DATE '2023-01-09'",
        "DATE '2023-01-13'", quoted(at.message), "'Sheet1'", str(at.row_no), quoted(at.covers), quoted(at.name),
        quoted(at.name), "0", "0",
    ]  # fmt: skip
    for field in shown_fields(contract):
        columns.append(field.column)
        values.append(_literal(field, numbers, texts.get(field.name, at.name)))
    for field in _numbers(contract):
        number = numbers.get(field.name)
        columns += [text_column(field.name), step_column(field.name)]
        values += ["NULL" if number is None else quoted(_printed(field, number)), str(_step(number))]
    return f"INSERT INTO {view_of(contract.name)} ({', '.join(columns)}) VALUES ({', '.join(values)});"


def _numbers(contract: Contract) -> Sequence[Field]:
    return [field for field in shown_fields(contract) if field.type in NUMERIC]


def _literal(field: Field, numbers: Mapping[str, float | None], name: str) -> str:
    if field.type in NUMERIC:
        number = numbers.get(field.name)
        return "NULL" if number is None else str(number)
    if field.type is FieldType.STRING:
        return quoted(name)
    return "NULL"


def _printed(field: Field, number: float) -> str:
    unit = field.unit or ""
    return f"{number}{unit}" if unit in ("", "%", "％") else f"{number} {unit}"


def _step(number: float | None) -> str:
    decimals = len(str(number).partition(".")[2])
    return "1" if not decimals else f"0.{'0' * (decimals - 1)}1"
