"""Writes what the measures of a contract count, by file and sheet: `core.<source>_measure` and `marts.measure_place`.

A table has a part for each measure, each of its definitions and each of its splits; the parts are put together by
UNION ALL and added up once. Numerators and denominators are counted here, rates are made of them further up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.common.quoting import quoted
from pipeline.contracts import Contract, Field
from pipeline.contracts.measures import Definition, Measure, Value, Way
from pipeline.warehouse.measures.dictionary import definition_spans, split_of
from pipeline.warehouse.measures.record_sql import (
    DAY,
    condition_column,
    label_column,
    member_column,
    name_of,
    records_of,
)
from pipeline.warehouse.measures.staging_sql import plain_words

PLACES: Final = "marts.measure_place"
WHOLE: Final = "ALL"
"""What split and member are called where nothing is split."""
_NUMBER: Final = "DECIMAL(38, 6)"
# The columns of the tables, in order: name → what it is for readers. Static as sql/marts/measure_place.sql.
_COLUMNS: Final = {
    "hall_id": "大厅的区划代码 | hall, by its region code",
    "week_id": "期 | week",
    "metric": "指标代号 | metric",
    "split": "按什么分，ALL 为不分 | split by, ALL for the whole",
    "member": "其中哪一个，ALL 为不分 | which of them, ALL for the whole",
    "member_label": "其名称 | its label",
    "delivery_id": "交付文件编号 | delivery",
    "sheet": "表名 | sheet",
    "amount": "本期数，平均的为分子，都没有填为空 | what is counted; of a mean the numerator; null where all are blank",
    "weight": "平均的分母 | denominator of a mean",
    "row_count": "由多少行而来 | rows that it comes from",
    "blank_rows": "其中没有填的行 | rows of them that are blank",
    "first_row_no": "其中最前一行 | first of these rows in the file",
    "last_row_no": "其中最后一行 | last of these rows in the file",
}
_ADDED_UP: Final = {
    "amount": f"CAST(sum(p.amount) AS {_NUMBER})",
    "weight": f"CAST(sum(p.weight) AS {_NUMBER})",
    "row_count": "CAST(count(*) AS BIGINT)",
    "blank_rows": "CAST(count(*) FILTER (WHERE p.amount IS NULL) AS BIGINT)",
    "first_row_no": "CAST(min(p.row_no) AS BIGINT)",
    "last_row_no": "CAST(max(p.row_no) AS BIGINT)",
}
_GRAIN: Final = "hall_id, week_id, metric, split, member, delivery_id, sheet"


def table_of(contract: Contract) -> str:
    """Returns the table of a contract's measures: `core.rating_weekly_measure`."""
    return f"core.{contract.name}_measure"


def places_of_contract(contract: Contract, lists: Mapping[str, Collection[str]]) -> tuple[str, str]:
    """Returns name and SQL of what the measures of a contract count, by delivery and sheet.

    `lists` are the columns of each code list. Grain: hall_id, week_id, metric, split, member, delivery_id, sheet. A
    rate has no rows of its own.
    """
    records = records_of(contract, lists)
    parts = "\n    UNION ALL\n".join(_parts(contract))
    sql = f"""-- {plain_words(contract.title)}的各指标：各期由各份文件、各张表的多少行而来
-- Measures of {contract.name}: what each delivery and sheet gives them, by week
-- grain: {_GRAIN}
-- materialized: {"incremental" if records.is_by_week else "table"}
WITH {records.sql},
part AS (
{parts}
)
SELECT
{_selected("p", _ADDED_UP)}
FROM part AS p
GROUP BY p.hall_id, p.week_id, p.metric, p.split, p.member, p.member_label, p.delivery_id, p.sheet"""
    return table_of(contract), sql


def places_of_hall(contracts: Sequence[Contract]) -> str:
    """Returns the SQL of `marts.measure_place`: the tables of all contracts with measures, one below the other."""
    columns = ", ".join(_COLUMNS)
    tables = "\n    UNION ALL\n".join(f"    SELECT {columns} FROM {table_of(contract)}" for contract in contracts)
    return f"""-- 合同所定各指标：各期由各份文件、各张表的多少行而来
-- Measures of all contracts: what each delivery and sheet gives them, by week
-- grain: {_GRAIN}
-- materialized: table
WITH place AS (
{tables}
)
SELECT
{_selected("p", {})}
FROM place AS p"""


def _selected(alias: str, expressions: dict[str, str]) -> str:
    lines = []
    for name, words in _COLUMNS.items():
        expression = expressions.get(name)
        shown = f"{alias}.{name}" if expression is None else f"{expression} AS {name}"
        comma = "" if name == list(_COLUMNS)[-1] else ","
        lines.append(f"    {shown}{comma} -- {words}")
    return "\n".join(lines)


def _parts(contract: Contract) -> Iterator[str]:
    fields = {field.name: field for field in contract.stored_fields}
    for measure in contract.measures:
        for definition, first, last in definition_spans(measure):
            if definition.way is Way.RATE:
                continue
            period = f"r.coverage_end BETWEEN DATE '{first.isoformat()}' AND DATE '{last.isoformat()}'"
            for split in (None, *(fields[name] for name in measure.by)):
                yield _part(_Counted(measure, definition, period, split), fields)


@dataclass(frozen=True)
class _Counted:
    """One part of the table: a definition of a measure over the whole, or by the values of one field.

    `period` is SQL that holds for the weeks that are counted by the definition: those whose last day is in its time.
    """

    measure: Measure
    definition: Definition
    period: str
    split: Field | None

    @property
    def member(self) -> tuple[str, str, str]:
        """SQL for split, member and its label."""
        if self.split is None:
            return quoted(WHOLE), quoted(WHOLE), quoted("全部")
        return quoted(split_of(self.split)), f"r.{member_column(self.split)}", f"r.{label_column(self.split)}"


def _part(counted: _Counted, fields: dict[str, Field]) -> str:
    definition = counted.definition
    split, member, label = counted.member
    conditions = [counted.period, *_conditions(definition, fields)]
    source = name_of(definition.day)
    if definition.way is Way.LATEST and definition.day is not None:
        of_week = "l.hall_id = r.hall_id AND l.week_id = r.week_id"
        conditions.append(f"r.{DAY} = (SELECT max(l.{DAY}) FROM {source} AS l WHERE {of_week})")
    amount, weight = _amount(definition, member, fields)
    return (
        f"    SELECT r.hall_id, r.week_id, {quoted(counted.measure.name)} AS metric, {split} AS split, "
        f"{member} AS member, {label} AS member_label, r.delivery_id, r.sheet, r.row_no, "
        f"CAST({amount} AS {_NUMBER}) AS amount, CAST({weight} AS {_NUMBER}) AS weight\n"
        f"    FROM {source} AS r\n    WHERE {' AND '.join(conditions)}"
    )


def _conditions(definition: Definition, fields: dict[str, Field]) -> Iterator[str]:
    for name, values in definition.conditions.items():
        yield f"r.{condition_column(fields[name])} IN ({', '.join(map(_literal, values))})"


def _literal(value: Value) -> str:
    if isinstance(value, str):
        return quoted(value)
    return str(value).upper() if isinstance(value, bool) else str(value)


def _amount(definition: Definition, member: str, fields: dict[str, Field]) -> tuple[str, str]:
    """Returns SQL for what one row gives, and for its weight in a mean."""
    columns = [_value(fields[name]) for name in definition.fields_read]
    if definition.way is Way.COUNT:
        return "1", "NULL"
    if definition.way is Way.DISTINCT:
        return _once(columns[0], member), "NULL"
    if definition.way is Way.MEAN:
        return _weighted(columns)
    # A blank part makes the sum of the row unknown, not smaller.
    return " + ".join(columns), "NULL"


def _value(field: Field) -> str:
    """Returns SQL of a field's number; a blank is unknown, unless the contract says that nothing happened then."""
    column = f"r.{field.column}"
    return f"coalesce({column}, 0)" if field.blank == "zero" else column


def _once(column: str, member: str) -> str:
    """Returns SQL that is 1 where a value stands first in its week and member, 0 where it stands again."""
    return (
        f"CASE WHEN {column} IS NOT NULL THEN CASE WHEN row_number() OVER ("
        f"PARTITION BY r.hall_id, r.week_id, {member}, {column} ORDER BY r.delivery_id, r.sheet, r.row_no"
        ") = 1 THEN 1 ELSE 0 END END"
    )


def _weighted(columns: Sequence[str]) -> tuple[str, str]:
    """Returns SQL for numerator and denominator of a mean; a row that lacks one of both gives neither."""
    if len(columns) == 1:
        return columns[0], f"CASE WHEN {columns[0]} IS NOT NULL THEN 1 END"
    value, weight = columns
    return f"{value} * {weight}", f"CASE WHEN {value} IS NOT NULL THEN {weight} END"
