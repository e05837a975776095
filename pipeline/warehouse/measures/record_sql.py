"""Writes the rows that measures count, each with its week: as it was delivered, or as a date field says.

Which row counts follows from the kind of delivery: of a weekly export its own rows, of a restating one the newest row
of each key, of a snapshot the rows of the latest one up to the week.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.common.quoting import identifier, quoted
from pipeline.contracts import Contract, Field, FieldType
from pipeline.contracts.check_words import DEPARTMENT
from pipeline.contracts.measures import Definition
from pipeline.ingest.load.key_spelling import text_keys
from pipeline.warehouse.measures.staging_sql import staging_name

DAY: Final = "counted_on"
"""The column of the records with the day that decides their week."""
UNKNOWN: Final = "UNKNOWN"
"""The department of a name that the list does not know."""
_OF_NO_LIST: Final = "名录外的部门"
_BLANK: Final = "空白"
_WRITTEN: Final = "written"
"""What the rows of `raw` are called, which have keys as they are written: staging has them as they are compared."""


@dataclass(frozen=True)
class Records:
    """`sql` are CTEs, one for each date field by which rows are counted and one for those counted as delivered.

    `is_by_week` says that a week's rows come of its own deliveries alone.
    """

    sql: str
    is_by_week: bool


def name_of(on: str | None) -> str:
    """Returns the CTE of the rows that count on a field's day, or as they were delivered."""
    return identifier(f"row_by_{on}") if on else "row_as_delivered"


def member_column(field: Field) -> str:
    """Returns the column of the records that says which member of a split a row belongs to."""
    return identifier(f"{field.name}__member")


def label_column(field: Field) -> str:
    """Returns the column of the records with what people call it."""
    return identifier(f"{field.name}__label")


def condition_column(field: Field) -> str:
    """Returns the column of the records that `where` compares: the label of a code, else the value as it is."""
    return label_column(field) if field.codes else field.column


def records_of(contract: Contract, lists: Mapping[str, Collection[str]]) -> Records:
    """Returns the records of a contract's measures. `lists` are the columns of each code list."""
    counted = [definition for _, definition in contract.definitions_of_measures if definition.rate is None]
    # None stands for the rows that count as they were delivered, and comes first.
    days = sorted({definition.day for definition in counted}, key=lambda on: on or "")
    writer = _Writer(contract, lists, _fields_of(contract, counted), is_by_week=_is_by_week(contract, days))
    ctes = [*writer.sources(), *map(writer.rows, days)]
    return Records(",\n".join(ctes), writer.is_by_week)


def _is_by_week(contract: Contract, days: Iterable[str | None]) -> bool:
    return contract.delivery.kind == "weekly" and not any(days)


def _fields_of(contract: Contract, counted: Iterable[Definition]) -> list[Field]:
    """The fields that measures count, ask for, split or are dated by, in the contract's order."""
    names: set[str] = set()
    for definition in counted:
        names.update(definition.fields_read, definition.where)
        if definition.day:
            names.add(definition.day)
    for measure in contract.measures:
        names.update(measure.by)
    return [field for field in contract.stored_fields if field.name in names]


@dataclass(frozen=True)
class _Writer:
    """Writes the CTEs of one contract; `fields` are those that are read."""

    contract: Contract
    lists: Mapping[str, Collection[str]]
    fields: Sequence[Field]
    is_by_week: bool

    def sources(self) -> Iterator[str]:
        """Yields the CTEs that the rows come from: the lists of labels, and which rows of an export count."""
        for name in sorted({field.codes for field in self.fields if self._is_labelled(field) and field.codes}):
            written = [f"SELECT {column} AS written, label FROM raw.ref_{name}" for column in self._writings(name)]
            yield f"""{_list_name(name)} AS (
    SELECT l.written, min(l.label) AS label
    FROM ({" UNION ALL ".join(written)}) AS l
    GROUP BY l.written
)"""
        if self.contract.delivery.kind == "snapshot":
            yield f"""latest AS (
    SELECT w.hall_id, w.week_id, w.coverage_start, w.coverage_end, max(d.week_id) AS snapshot_week_id
    FROM core.week_in_use AS w
    INNER JOIN ledger.current_delivery AS d
        ON d.hall_id = w.hall_id AND d.source = {quoted(self.contract.name)} AND d.week_id <= w.week_id
    GROUP BY w.hall_id, w.week_id, w.coverage_start, w.coverage_end
)"""
        if self.contract.delivery.kind == "restating":
            keys = ", ".join(f"s.{key}" for key in self.contract.key_columns) or "s.delivery_id, s.sheet, s.row_no"
            columns = [
                "s.hall_id",
                "s.week_id",
                "s.delivery_id",
                "s.sheet",
                "s.row_no",
                *(f"s.{field.column}" for field in self.fields),
            ]
            yield f"""newest AS (
    SELECT {", ".join(columns)}
    FROM {staging_name(self.contract)} AS s
    QUALIFY row_number() OVER (
        PARTITION BY s.hall_id, {keys}
        ORDER BY s.as_of DESC, s.week_id DESC, s.delivery_id DESC, s.sheet DESC, s.row_no DESC
    ) = 1
)"""

    def rows(self, on: str | None) -> str:
        """Returns the CTE of the rows that count on the day of a field, or as they were delivered."""
        day = f"CAST(s.{identifier(on)} AS DATE)" if on else "w.coverage_end"
        columns = [
            "s.hall_id",
            "w.week_id",
            "w.coverage_end",
            f"{day} AS {DAY}",
            "s.delivery_id",
            "s.sheet",
            "s.row_no",
            *self._values(),
        ]
        joins = [self._week(day, on), *self._written_rows(), *self._labels(day)]
        return f"""{name_of(on)} AS (
    SELECT
        {f",{chr(10)}        ".join(columns)}
    FROM {self._source()} AS s
    {f"{chr(10)}    ".join(joins)}
)"""

    def _source(self) -> str:
        return "newest" if self.contract.delivery.kind == "restating" else staging_name(self.contract)

    def _week(self, day: str, on: str | None) -> str:
        """SQL that joins a row with the weeks in which it counts."""
        in_days = f"{day} BETWEEN w.coverage_start AND w.coverage_end"
        if self.contract.delivery.kind == "snapshot":
            joined = "INNER JOIN latest AS w ON w.hall_id = s.hall_id AND w.snapshot_week_id = s.week_id"
            return f"{joined} AND {in_days}" if on else joined
        if on:
            return f"INNER JOIN core.report_week AS w ON {in_days}"
        joined = "INNER JOIN core.report_week AS w ON w.week_id = s.week_id"
        return f"{joined} AND w.week_id IN (SELECT week_id FROM run.week)" if self.is_by_week else joined

    def _written_rows(self) -> Iterator[str]:
        """Yields the join with the rows as they are written, where a key is among the fields that are read."""
        if any(self._is_key(field) for field in self.fields):
            yield (
                f"LEFT JOIN raw.{self.contract.name} AS {_WRITTEN} ON {_WRITTEN}.delivery_id = s.delivery_id "
                f"AND {_WRITTEN}.sheet = s.sheet AND {_WRITTEN}.row_no = s.row_no"
            )

    def _is_key(self, field: Field) -> bool:
        return field in text_keys(self.contract)

    def _as_written(self, field: Field) -> str:
        """Returns SQL for what stands in the file: `New born` of a key that is compared as NEWBORN."""
        return f"{_WRITTEN}.{field.column}" if self._is_key(field) else f"s.{field.column}"

    def _first_written(self, field: Field) -> str:
        """Returns SQL for what a member is called in its week: its first row says it, whatever the others write."""
        if not self._is_key(field):
            return self._as_written(field)
        return (
            f"first_value({_WRITTEN}.{field.column}) OVER (PARTITION BY s.hall_id, w.week_id, s.{field.column} "
            "ORDER BY s.delivery_id, s.sheet, s.row_no)"
        )

    def _labels(self, day: str) -> Iterator[str]:
        """Yields the joins that tell what a department or a code is called."""
        for field in self.fields:
            alias = identifier(f"of_{field.name}")
            if field.codes == DEPARTMENT:
                yield (
                    f"LEFT JOIN core.department_alias AS {alias} ON {alias}.hall_id = s.hall_id "
                    f"AND {alias}.alias = {self._as_written(field)} "
                    f"AND {day} BETWEEN {alias}.valid_from AND {alias}.valid_to"
                )
                name = identifier(f"name_of_{field.name}")
                same = f"{name}.hall_id = {alias}.hall_id AND {name}.department_id = {alias}.department_id"
                yield f"LEFT JOIN core.department AS {name} ON {same}"
            elif self._is_labelled(field) and field.codes:
                yield f"LEFT JOIN {_list_name(field.codes)} AS {alias} ON {alias}.written = {self._as_written(field)}"

    def _values(self) -> Iterator[str]:
        """Yields the columns of the fields, and of those that split rows what they are called."""
        for field in self.fields:
            yield f"s.{field.column}"
            if field.type is not FieldType.STRING or field.personal:
                continue
            alias = identifier(f"of_{field.name}")
            if field.codes == DEPARTMENT:
                name = identifier(f"name_of_{field.name}")
                yield f"coalesce({alias}.department_id, {_unless_blank(field, UNKNOWN)}) AS {member_column(field)}"
                label = _unless_blank(field, _OF_NO_LIST)
                yield f"coalesce({name}.department_name, {label}) AS {label_column(field)}"
                continue
            member = f"coalesce(s.{field.column}, {quoted(_BLANK)})"
            label = f"coalesce({self._first_written(field)}, {quoted(_BLANK)})"
            if self._is_labelled(field):
                member = label = f"coalesce({alias}.label, s.{field.column}, {quoted(_BLANK)})"
            yield f"{member} AS {member_column(field)}"
            yield f"{label} AS {label_column(field)}"

    def _is_labelled(self, field: Field) -> bool:
        return "label" in self.lists.get(field.codes or "", ())

    def _writings(self, codes: str) -> list[str]:
        """The columns of a list with what exports may write for a label."""
        return [column for column in ("label", "alias") if column in self.lists[codes]]


def _unless_blank(field: Field, name: str) -> str:
    """Returns SQL for the name of a department that the list does not have; where nothing is written it is 空白."""
    return f"CASE WHEN s.{field.column} IS NULL THEN {quoted(_BLANK)} ELSE {quoted(name)} END"


def _list_name(codes: str) -> str:
    return identifier(f"label_of_{codes}")
