"""The shape of `measures:`, by which a contract says which figures come of its rows.

A measure is counted in one of six ways: `count: rows`, `sum`, `distinct`, `latest`, `rate`, `mean`. Which measures
make sense in one contract, `measure_rules` says; the tables that come of them `pipeline.warehouse.measures` writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from pydantic import Field as PydanticField
from pydantic import model_validator

from pipeline.common.digests import digest
from pipeline.contracts.strict import Identifier, Strict

FROM_THE_BEGINNING: Final = date(1900, 1, 1)
"""The first day of a definition that names none."""
FOR_EVER: Final = date(9999, 12, 31)
"""The last day of the definition that holds now."""
Basis = Literal["flow", "cohort", "stock", "distinct", "rate"]


class Way(StrEnum):
    """How a measure is counted: the key that says so in YAML."""

    COUNT = "count"
    SUM = "sum"
    DISTINCT = "distinct"
    LATEST = "latest"
    RATE = "rate"
    MEAN = "mean"


class Ratio(Strict):
    """A rate by two other measures of the contract: 满意率 = 满意数 / 评价数."""

    of: Identifier = PydanticField(description="measure of the numerator")
    per: Identifier = PydanticField(description="measure of the denominator")


class Mean(Strict):
    """A mean over rows: 平均等候 = 等候时间之和 / 取号数."""

    of: Identifier = PydanticField(description="field that is averaged")
    weight: Identifier | None = PydanticField(
        default=None,
        description="field that says how many each row stands for, where the export has averages already",
    )


Value = str | int | bool


class Definition(Strict):
    """What is counted, and since when: exactly one of the six ways."""

    count: Literal["rows"] | None = PydanticField(default=None, description="rows: each row counts once")
    sum: Identifier | tuple[Identifier, ...] | None = PydanticField(
        default=None,
        description="field that is added up; several only where `checks.parts` has them as parts of a whole",
    )
    distinct: Identifier | None = PydanticField(
        default=None, description="field whose different values are counted, each once a week"
    )
    latest: Identifier | None = PydanticField(
        default=None, description="field of a stock: what it adds up to on the last day reported of the week"
    )
    rate: Ratio | None = None
    mean: Mean | None = None
    where: dict[Identifier, Value | tuple[Value, ...]] = PydanticField(
        default={}, description="only rows with this value, or one of these, in the field"
    )
    day: Identifier | None = PydanticField(
        default=None, description="date field that says in which week a row counts; without it the week delivered"
    )
    valid_from: date | None = PydanticField(
        default=None, description="the week that holds this day is the first that is counted so"
    )
    note: str = PydanticField(default="", description="why the definition changed, for readers")
    unit: str = PydanticField(
        default="",
        description="of an earlier definition: its unit, where it was another than now",
    )

    @property
    def way(self) -> Way:
        """How it is counted."""
        return next(self._ways_written())

    @property
    def begins(self) -> date:
        """The first day on which it holds."""
        return self.valid_from or FROM_THE_BEGINNING

    @property
    def fields_read(self) -> tuple[str, ...]:
        """The fields whose numbers or values are counted, in the order of writing; none of a count or a rate."""
        if self.mean is not None:
            return (self.mean.of,) if self.mean.weight is None else (self.mean.of, self.mean.weight)
        named = self.sum or self.distinct or self.latest
        if named is None:
            return ()
        return (named,) if isinstance(named, str) else named

    @property
    def fields_added_up(self) -> tuple[str, ...]:
        """Those of them in whose unit the figure is: neither what is only told apart, nor the weight of a mean."""
        return () if self.distinct else self.fields_read[:1]

    @property
    def conditions(self) -> dict[str, tuple[Value, ...]]:
        """Field → the values of which one is asked for."""
        return {name: value if isinstance(value, tuple) else (value,) for name, value in self.where.items()}

    def _ways_written(self) -> Iterator[Way]:
        for way in Way:
            if getattr(self, way.value) is not None:
                yield way

    @model_validator(mode="after")
    def _refuse_other_than_one_way(self) -> Definition:
        written = list(self._ways_written())
        if len(written) == 1:
            return self
        ways = "、".join(Way)
        if not written:
            raise ValueError(f"没有说怎样计数：请写 {ways} 中的一种")
        raise ValueError(f"同时写了 {'、'.join(written)}：一个指标只能有一种计数方法，请只留一个")


class Measure(Definition):
    """A figure of the hall: its words, what is counted, and how it is split."""

    name: Identifier = PydanticField(description="code of the metric, of which there is one in the hall")
    label: str = PydanticField(min_length=1, description="what people call it, and what the weekly's template names it")
    label_en: str = ""
    unit: str = PydanticField(description="件, 人次, 分钟; % makes a rate a percentage")
    description: str = PydanticField(default="", description="what readers should know of the definition")
    by: tuple[Identifier, ...] = PydanticField(default=(), description="fields by whose values it is shown as well")
    basis: Literal["flow", "cohort", "stock"] | None = PydanticField(
        default=None,
        description="flow: what happened in the week; cohort: what became of those who came in the week; stock: the "
        "state at its end. Without it a flow, and a stock for `latest`",
    )
    decimals: int | None = PydanticField(default=None, ge=0, le=2, description="places that are printed")
    headline: bool = PydanticField(
        default=True,
        description="false: it is there for others, as the numerator of a rate is, and stands on no first screen",
    )
    was: tuple[Definition, ...] = PydanticField(
        default=(), description="earlier definitions, by which the weeks before `validFrom` are counted"
    )

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """All definitions, the oldest first."""
        return (*sorted(self.was, key=lambda one: one.begins), self)

    @property
    def kind(self) -> Basis:
        """What may be done with its figures: flows and cohorts add up over weeks, all others do not."""
        if self.way in (Way.RATE, Way.MEAN):
            return "rate"
        if self.way is Way.DISTINCT:
            return "distinct"
        if self.way is Way.LATEST:
            return "stock"
        return self.basis or "flow"

    @property
    def is_additive(self) -> bool:
        """Whether weeks and parts add up to the whole."""
        return self.kind in ("flow", "cohort")

    @property
    def places(self) -> int:
        """Decimal places that are printed: those written, else two of a rate or mean and none of a count."""
        if self.decimals is not None:
            return self.decimals
        return 2 if self.kind == "rate" else 0

    def unit_of(self, definition: Definition) -> str:
        """Returns the unit of one of the definitions: that of now, where an earlier one names none."""
        return definition.unit or self.unit

    def digest_of(self, definition: Definition) -> str:
        """Returns a digest that changes with what is counted, and in which unit, not with what is only said of it."""
        counted = definition.model_dump(mode="json", exclude_defaults=True, include={*Way, "where", "day"})
        return digest([json.dumps({**counted, "unit": self.unit_of(definition)}, ensure_ascii=False, sort_keys=True)])


def is_percentage(unit: str) -> bool:
    """Whether a rate in this unit is shown times a hundred."""
    return unit.strip() in ("%", "％")
