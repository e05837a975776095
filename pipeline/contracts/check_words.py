"""The words by which a contract says what its figures have to agree with: `rate`, `share`, `parts`, `balance` …

A word stands on the field that it judges, or under `checks:` where it joins several fields. Here is the shape of the
words; which of them make sense in one contract, `check_rules` says; the checks that come of them are written by
`pipeline.quality.contract_checks`.
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field as PydanticField

from pipeline.contracts.strict import Identifier, Strict

TABLE: Final = "table"
GROUP: Final = "group"
PRINTED_TOTAL: Final = "printed_total"
WHOLES_OF_SHARES: Final = (TABLE, GROUP, PRINTED_TOTAL)
"""What a share may be taken of, besides the rows that agree in one field."""
WORKING_DAYS: Final = "working_days"
DAYS: Final = "days"
SPANS_OF_AVERAGES: Final = (WORKING_DAYS, DAYS)
"""What an average may be taken over, besides a number or another field."""
PREVIOUS: Final = "previous"
DEPARTMENT: Final = "department"
LISTS_OF_REPORTERS: Final = (DEPARTMENT, PREVIOUS)

Blank = Literal["unknown", "zero", "allowed"]


class Rate(Strict):
    """A rate that the row's own counts give: 主动评价率 = 主动评价 / 办件."""

    of: Identifier = PydanticField(description="field of the numerator")
    per: Identifier = PydanticField(description="field of the denominator")


class Share(Strict):
    """A share of the sum over several rows: 占比 = 件数 / 全表件数."""

    of: Identifier = PydanticField(description="field of which each row has a share")
    within: Identifier = PydanticField(
        default=TABLE,
        description="table: the sum of the table's rows; group: of the rows up to the next subtotal; printed_total: "
        "the total that the table prints; or a field: the sum of the rows that agree in it",
    )


class Average(Strict):
    """An average: 日均 = 受理 / 天数."""

    of: Identifier = PydanticField(description="field that is averaged")
    over: int | Identifier = PydanticField(
        description="working_days or days of the week reported, a number, or the field that holds the number"
    )


class Cumulative(Strict):
    """The year to date of a field: 累计 = 上期累计 + 本周; it never falls and starts anew in January."""

    of: Identifier = PydanticField(description="field of the week")
    along: Literal["weeks", "rows"] = PydanticField(
        default="weeks",
        description="weeks: goes on from the delivery of the week before, row by row of the key; rows: goes on from "
        "the row above, where the rows of one table are the weeks",
    )


class Change(Strict):
    """A change against another week: 环比 = (本周 - 上周) / 上周; where its unit is not %, the plain difference."""

    of: Identifier = PydanticField(description="field that changed")
    against: Literal["previous", "year_ago"] = PydanticField(
        default="previous", description="previous: the issue before; year_ago: the issue of the same number last year"
    )


class Parts(Strict):
    """Fields of a row that add up to another one: 办结 = 网上 + 窗口 + 自助."""

    whole: Identifier
    of: tuple[Identifier, ...] = PydanticField(min_length=2, description="the parts; a blank one is unknown, not zero")


class Within(Strict):
    """A field of a row that cannot be above another one: 主动评价 within 办件."""

    part: Identifier
    whole: Identifier


class Balance(Strict):
    """Stock and flow of a row: opening + in = out + closing."""

    opening: Identifier = PydanticField(description="stock carried in")
    in_: tuple[Identifier, ...] = PydanticField(alias="in", min_length=1, description="what came in")
    out: tuple[Identifier, ...] = PydanticField(min_length=1, description="what went out")
    closing: Identifier = PydanticField(description="stock carried out")
    continues: bool = PydanticField(
        default=False, description="true: what the week before carried out is what this week carries in"
    )


class Flow(Strict):
    """What comes in and goes out without a closing stock: more out than in is a warning."""

    in_: Identifier = PydanticField(alias="in")
    out: Identifier
    opening: Identifier | None = PydanticField(
        default=None, description="stock carried in, which explains as much more going out than coming in"
    )
    note: Identifier | None = PydanticField(
        default=None, description="text field that may say 含上年结转, which explains it as well"
    )


class Reporters(Strict):
    """Who has to be in every delivery of a week."""

    field: Identifier = PydanticField(description="field that names who reports")
    from_: Literal["department", "previous"] = PydanticField(
        alias="from",
        default=DEPARTMENT,
        description="department: every department of the hall's list; previous: whoever was in the delivery before",
    )
    none: str | None = PydanticField(
        default=None, description="word of a row that reports nothing, such as 无业务: it may have blanks"
    )


class Band(Strict):
    """Figures that stay within the range of past weeks, per working day."""

    of: tuple[Identifier, ...] = PydanticField(min_length=1, description="fields that are summed up and compared")
    by: tuple[Identifier, ...] = PydanticField(default=(), description="fields for whose values each is compared alone")


class History(Strict):
    """What a later export of the same week changed, key by key."""

    by: Literal["primaryKey"] | tuple[Identifier, ...] = PydanticField(
        default="primaryKey", description="fields by which a row is known again"
    )


class Checks(Strict):
    """What several fields of a row, or several rows and deliveries, have to agree with."""

    parts: tuple[Parts, ...] = ()
    within: tuple[Within, ...] = ()
    balance: tuple[Balance, ...] = ()
    flow: tuple[Flow, ...] = ()
    reporters: Reporters | None = None
    band: Band | None = None
    history: History | None = PydanticField(
        default=None, description="a later export of a week tells each key and each value that it changes"
    )
    copies: bool | tuple[Identifier, ...] = PydanticField(
        default=False,
        description="true: no two days or weeks have the same counts; or the counts that are compared, where others "
        "follow from them",
    )
