"""The shape of a contract (Data Package Table Schema vocabulary plus ours); `loader` reads the files.

What a contract means for a file, `pipeline.ingest` knows: here no export is read and no rule applied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, Literal

from pydantic import Field as PydanticField
from pydantic import model_validator

from pipeline.common.owners import Owner
from pipeline.common.quoting import identifier
from pipeline.contracts.check_words import Average, Blank, Change, Checks, Cumulative, Rate, Share
from pipeline.contracts.measures import Definition, Measure
from pipeline.contracts.strict import Identifier, Strict
from pipeline.contracts.words import NOTHING
from pipeline.hall.facts import Expected, Required
from pipeline.reporting_calendar.periods import LongPeriod

RESERVED = frozenset(
    {"delivery_id", "sheet", "row_no", "source_column", "as_written", "week_id", "period_id", "as_of", "incoming_rowid"}
)
"""Columns that tables of `raw` and `staging`, or of a delivery on its way in, have beside their fields."""

_SQL_WORDS = (
    "all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default "
    "deferrable desc describe distinct do else end except false fetch for foreign from group having in initially "
    "intersect into lambda lateral leading limit not null offset on only or order pivot pivot_longer pivot_wider "
    "placing primary qualify references returning select show some summarize symmetric table then to trailing true "
    "union unique unpivot using variadic when where window with"
)
SQL_WORDS = frozenset(_SQL_WORDS.split())
"""Words that DuckDB reserves: a column of such a name is quoted wherever it is named, also in a hall's own SQL."""


class FieldType(StrEnum):
    """Logical types of Table Schema that exports use, each with one DuckDB type that cannot change a value."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"

    @property
    def sql(self) -> str:
        """The column type in `raw` and `staging`."""
        return _SQL_TYPES[self]


_SQL_TYPES = {
    FieldType.STRING: "VARCHAR",
    FieldType.INTEGER: "BIGINT",
    FieldType.NUMBER: "DECIMAL(38,6)",
    FieldType.DATE: "DATE",
    FieldType.DATETIME: "TIMESTAMP",
    FieldType.BOOLEAN: "BOOLEAN",
}


DATED = (FieldType.DATE, FieldType.DATETIME)
"""The types of which a value is a day."""
NUMERIC = (FieldType.INTEGER, FieldType.NUMBER)
"""The types of which a value is a number."""


class OnError(StrEnum):
    """What a cell that does not fit does to its row."""

    QUARANTINE_ROW = "quarantine_row"
    NULL_AND_FLAG = "null_and_flag"
    REFUSE_FILE = "refuse_file"


def _is_date_pattern(pattern: str) -> bool:
    """Whether a strptime pattern writes year, month and day: %m/%d/%Y does, %H:%M does not."""
    # Year, month and day of it are all different, whichever two digits a pattern takes.
    day = datetime(2001, 11, 23)
    try:
        return datetime.strptime(day.strftime(pattern), pattern) == day
    except ValueError:
        return False


class Constraints(Strict):
    """Table Schema constraints on one field."""

    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = PydanticField(default=None, description="a regular expression that the whole value matches")


class Field(Strict):
    """One column of an export."""

    name: Identifier = PydanticField(description="column name in raw and staging")
    title: str = PydanticField(description="the label that the platform prints; the first header synonym")
    type: FieldType = FieldType.STRING
    format: str | tuple[str, ...] | None = PydanticField(
        default=None,
        description="pinned strptime pattern(s) of a date or datetime, tried before the usual notations",
    )
    description: str = ""
    labels: tuple[str, ...] = PydanticField(default=(), description="other headers for the same thing")
    unit: str | None = None
    additive: bool = PydanticField(
        default=True, description="false for rates and shares: a printed total does not add them up"
    )
    decimals: int | None = PydanticField(
        default=None, ge=0, le=6, description="round half up to so many places; without it, too many are refused"
    )
    constraints: Constraints = Constraints()
    missing_values: tuple[str, ...] | None = None
    true_values: tuple[str, ...] = PydanticField(
        default=(), description="words for yes in a boolean field, besides 是, √, Y, true and their like"
    )
    false_values: tuple[str, ...] = PydanticField(
        default=(), description="words for no in a boolean field, besides 否, ×, N, false and their like"
    )
    zero_values: tuple[str, ...] = PydanticField(default=(), description="words that mean zero, such as 无业务")
    personal: Literal["drop", "hmac"] | None = PydanticField(
        default=None, description="drop: never written; hmac: only a keyed digest is kept, to count persons once"
    )
    codes: Identifier | None = PydanticField(default=None, description="reference list that the labels come from")
    free_text: bool = PydanticField(default=False, description="prose, not a label: never shown by a check")
    identifier: bool | None = PydanticField(
        default=None,
        description="a number of a case, item or unit that is never masked; without it, a field of the key is one and "
        "all other texts are scanned for numbers and names of persons",
    )
    names_officials: bool = PydanticField(
        default=False, description="names persons on purpose: of these only the numbers are masked"
    )
    fill_down: bool = PydanticField(default=False, description="vertically merged: blanks take the value above")
    on_error: OnError | None = None
    blank: Blank | None = PydanticField(
        default=None,
        description="what an empty cell means. unknown: somebody has to fill it in, asked once a column; zero: nothing "
        "happened; allowed: unknown, and nobody is asked",
    )
    rate: Rate | None = PydanticField(default=None, description="what the field is a rate of")
    share: Share | None = PydanticField(default=None, description="what the field is a share of")
    average: Average | None = PydanticField(default=None, description="what the field is an average of")
    cumulative: Cumulative | None = PydanticField(default=None, description="what the field adds up over the year")
    change: Change | None = PydanticField(default=None, description="what the field compares with another week")

    @property
    def all_labels(self) -> tuple[str, ...]:
        """Every header that stands for this field, the printed one first."""
        return (self.title, *self.labels)

    @property
    def column(self) -> str:
        """The field's name as SQL has it: left, order and by are words of SQL, and may be names of fields."""
        return identifier(self.name)

    @property
    def formats(self) -> tuple[str, ...]:
        """The pinned patterns, most likely first; none where the usual notations are enough."""
        if isinstance(self.format, str):
            return (self.format,)
        return self.format or ()

    @model_validator(mode="before")
    @classmethod
    def _ratios_do_not_add_up(cls, written: Any) -> Any:
        """A rate, share, average or change is no sum of those above it, whether `additive: false` says so or not."""
        if not isinstance(written, Mapping):
            return written
        is_ratio = any(written.get(word) is not None for word in ("rate", "share", "average", "change"))
        return {**written, "additive": False} if is_ratio else written

    @model_validator(mode="after")
    def _refuse_unusable_name(self) -> Field:
        if self.name in RESERVED:
            raise ValueError(f"字段名 {self.name} 由系统使用，请换一个名字")
        return self

    @model_validator(mode="after")
    def _refuse_unusable_format(self) -> Field:
        if self.format and self.type not in DATED:
            raise ValueError(f"字段 {self.name}：format 只用于 date 和 datetime 类型")
        for pattern in self.formats:
            if not _is_date_pattern(pattern):
                raise ValueError(f"字段 {self.name}：format 中的 {pattern} 写不出年月日，应如 %m/%d/%Y %H:%M")
        return self

    @model_validator(mode="after")
    def _refuse_keys_of_other_types(self) -> Field:
        has_decimals = self.decimals is not None
        if has_decimals and self.type is not FieldType.NUMBER:
            raise ValueError(f"字段 {self.name}：decimals 只用于 number 类型")
        is_digest = self.personal == "hmac"
        if is_digest and self.type is not FieldType.STRING:
            raise ValueError(f"字段 {self.name}：personal: hmac 只用于 string 类型")
        return self


class Total(Strict):
    """A row that repeats what other rows already say: kept as a control total, never loaded."""

    label: str
    covers: Literal["group", "table", "year"] = PydanticField(
        description="group: rows since the last total; table: all rows; year: the year to date, over earlier weeks too"
    )


class Layout(Strict):
    """Where the table stands on a sheet."""

    header_search_rows: int = PydanticField(default=40, ge=1, le=200)
    max_header_levels: int = PydanticField(default=4, ge=1, le=4)
    totals: tuple[Total, ...] = (
        Total(label="小计", covers="group"),
        Total(label="合计", covers="table"),
        Total(label="总计", covers="table"),
    )
    of_which: tuple[str, ...] = PydanticField(
        default=("其中",),
        description="a row whose label begins so repeats part of another: evidence only",
    )
    data_labels: tuple[str, ...] = PydanticField(
        default=(),
        description="names of windows, departments or items that read like a total (汇总窗口) or whose numbers "
        "may equal the sum of others: rows with such a label are always data",
    )
    hidden_sheets: Literal["set_aside", "read"] = PydanticField(
        default="set_aside", description="set_aside: a hidden sheet counts only where no visible one holds the table"
    )
    summary_sheets: tuple[str, ...] = PydanticField(
        default=("汇总", "总表", "合计"),
        description="words in the name of a sheet that adds up the other sheets: compared with them, never loaded",
    )
    other_columns: Literal["refuse", "set_aside"] = PydanticField(
        default="refuse",
        description="set_aside: columns that the contract does not name belong to the person who fills the file in, "
        "and are not read; refuse: an export that has them was changed by its platform",
    )
    sheet_name: Identifier | None = PydanticField(
        default=None, description="field that the name of the sheet gives where no column does, such as department"
    )

    def is_summary(self, sheet: str) -> bool:
        """Whether a sheet of this name says that it adds up the others."""
        return any(word in sheet for word in self.summary_sheets)


Encoding = Literal[
    "utf-8", "gb18030", "utf-16-le", "utf-16-be", "big5hkscs", "cp950", "cp932", "euc_jp", "cp949", "cp1252"
]


class Csv(Strict):
    """How a text export is written; what is not pinned is found out."""

    encoding: Encoding | None = PydanticField(
        default=None, description="pins the encoding; a byte-order mark still wins"
    )
    delimiter: str = PydanticField(default=",", description="tried first; comma, tab, ; and | are tried too")


# What one delivery reports → how often it comes.
_EXPECTED_OF_PERIOD: Mapping[str, Expected] = {"month": "monthly", "quarter": "quarterly"}
TOO_OFTEN: Mapping[str, tuple[Expected, ...]] = {"month": ("weekly",), "quarter": ("weekly", "monthly")}
"""What one delivery reports → what it cannot be expected as: a month cannot come each week."""


class Delivery(Strict):
    """How deliveries of this source relate to each other over time."""

    kind: Literal["weekly", "restating", "snapshot"] = PydanticField(
        description="weekly: the rows of one week; restating: as weekly, and a row may correct an earlier week's "
        "row of the same key; snapshot: the whole state at a time"
    )
    period: Literal["week", "month", "quarter"] = PydanticField(
        default="week",
        description="what one delivery reports: the days of one issue of the weekly, a month or a quarter",
    )
    expected: Expected = PydanticField(
        default="weekly",
        description="how often it comes, where the hall's hall.toml does not say otherwise; without it, as its period "
        "does: weekly, monthly or quarterly",
    )
    required: Required = PydanticField(
        default="none",
        description="what its absence does, where hall.toml does not say otherwise: it stops the release, it is a "
        "warning, or nobody is told",
    )
    scope: Literal["whole", "reporting_unit", "file"] = PydanticField(
        default="whole",
        description="reporting_unit: every 填报单位 delivers its own file, and a new one replaces only that unit's; "
        "file: every file stands for itself and replaces none",
    )
    week_from: Identifier | None = PydanticField(
        default=None,
        description="a date or datetime field: where neither title nor file name says the week, month or quarter, it "
        "is that of the latest day in this field",
    )

    @property
    def long_period(self) -> LongPeriod | None:
        """Month or quarter; None for what reports a week."""
        return None if self.period == "week" else self.period

    @model_validator(mode="before")
    @classmethod
    def _expect_once_a_period(cls, written: Any) -> Any:
        """What reports a month is expected once a month, unless the contract says otherwise."""
        if not isinstance(written, Mapping) or written.get("expected") is not None:
            return written
        expected = _EXPECTED_OF_PERIOD.get(str(written.get("period")))
        return written if expected is None else {**written, "expected": expected}

    @model_validator(mode="after")
    def _refuse_more_often_than_its_period(self) -> Delivery:
        if self.expected in TOO_OFTEN.get(self.period, ()):
            expected = _EXPECTED_OF_PERIOD[self.period]
            raise ValueError(f"period: {self.period} 的报表不会 expected: {self.expected}，应为 {expected}，或不写")
        return self


LABELS_OF_PERIODS = ("year", "month", "week", "date")
"""What the columns of a wide table may be labelled by, besides the labels of a code list."""
_TYPES_OF_LABELS = {
    "year": (FieldType.INTEGER, FieldType.STRING),
    "month": (FieldType.STRING,),
    "week": (FieldType.STRING,),
    "date": DATED,
}


class Unpivot(Strict):
    """How a wide table is turned: each of its labelled columns gives a record of its own for every row."""

    labels: Identifier = PydanticField(
        description="what the labels of the columns are: year, month, week, date, or the name of a code list"
    )
    into: Identifier = PydanticField(
        description="field that takes the label: 2023 of a year, 2023-04 of a month, 2023-15 of a week"
    )
    value: Identifier = PydanticField(description="field that takes the cells below a label that stands alone")


class Contract(Strict):
    """One kind of export. Grain: one row of `fields` per `primaryKey` within a delivery."""

    name: Identifier
    title: str
    description: str = ""
    version: int = PydanticField(ge=1)
    owner: Owner = PydanticField(
        default="报送部门",
        description="who delivers the export and repairs it: in Dagster the owner of its tables",
    )
    delivery: Delivery
    title_words: tuple[str, ...] = PydanticField(default=(), description="words of the title that tell this export")
    csv: Csv = Csv()
    layout: Layout = Layout()
    unpivot: Unpivot | None = PydanticField(
        default=None, description="for wide tables: one column a year, month, week, day or name"
    )
    missing_values: tuple[str, ...] = NOTHING
    primary_key: tuple[Identifier, ...] = ()
    key: Literal["folded", "exact"] = PydanticField(
        default="folded",
        description="folded: texts of the key are compared without blanks, full-width characters as plain ones and "
        "Latin letters as capitals, so that A001, Ａ001 and a001 are one; exact: as they are written",
    )
    latest_by: Identifier | None = PydanticField(
        default=None, description="field that decides between rows of one key within a file"
    )
    on_error: OnError = OnError.QUARANTINE_ROW
    ignored_labels: tuple[str, ...] = PydanticField(
        default=(), description="columns of no interest; one without a label is called by its place: 第 4 列"
    )
    fields: tuple[Field, ...]
    checks: Checks = PydanticField(
        default=Checks(),
        description="what fields, rows and deliveries have to agree with; README, How to add an export",
    )
    measures: tuple[Measure, ...] = PydanticField(
        default=(), description="figures that come of the rows, by week and year to date; docs/hall-folder.md"
    )

    def __hash__(self) -> int:
        """What contracts are looked up by while headers are read, thousands of times a sheet: the name tells them."""
        return hash((self.name, self.version))

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The fields of the key as SQL has their names."""
        return tuple(map(identifier, self.primary_key))

    @property
    def stored_fields(self) -> tuple[Field, ...]:
        """Fields that reach the warehouse: all but those whose personal data is dropped."""
        return tuple(field for field in self.fields if field.personal != "drop")

    @property
    def definitions_of_measures(self) -> tuple[tuple[Measure, Definition], ...]:
        """Each measure with each of its definitions, in the order of the contract."""
        return tuple((measure, definition) for measure in self.measures for definition in measure.definitions)

    def missing_of(self, field: Field) -> frozenset[str]:
        """Texts that mean 'not reported' in this field."""
        own = field.missing_values
        texts = self.missing_values if own is None else own
        # 无 may mean zero in one field and nothing in all others.
        return frozenset(texts) - frozenset(field.zero_values)

    def is_masked(self, field: Field) -> bool:
        """Whether persons are taken out of a field's texts: out of all that are stored and no identifiers."""
        if field.type is not FieldType.STRING or field.personal is not None:
            return False
        return field.free_text or not self._is_identifier(field)

    def _is_identifier(self, field: Field) -> bool:
        """Whether a field numbers cases, items or units: it says so itself, or is a field of the key."""
        if field.identifier is not None:
            return field.identifier
        return field.name in self.primary_key

    def on_error_of(self, field: Field) -> OnError:
        """The field's own rule, else the contract's."""
        return field.on_error or self.on_error

    @model_validator(mode="after")
    def _refuse_repeated_names(self) -> Contract:
        names = map(attrgetter("name"), self.fields)
        counts = Counter(names)
        repeated = sorted(name for name, count in counts.items() if count > 1)
        if repeated:
            raise ValueError(f"字段重复：{', '.join(repeated)}")
        return self

    @model_validator(mode="after")
    def _refuse_unknown_sheet_name(self) -> Contract:
        sheet_name = self.layout.sheet_name
        if sheet_name is None:
            return self
        if sheet_name not in self._stored_types():
            raise ValueError(f"layout.sheetName 的 {sheet_name} 不是入库字段")
        return self

    @model_validator(mode="after")
    def _refuse_unknown_key(self) -> Contract:
        stored = self._stored_types()
        named = [*self.primary_key]
        if self.latest_by:
            named.append(self.latest_by)
        lost = [name for name in named if name not in stored]
        if lost:
            raise ValueError(f"primaryKey 或 latestBy 中的 {', '.join(lost)} 不是入库字段")
        return self

    @model_validator(mode="after")
    def _refuse_week_without_day(self) -> Contract:
        week_from = self.delivery.week_from
        if week_from is None:
            return self
        type_of_week = self._stored_types().get(week_from)
        if type_of_week not in DATED:
            raise ValueError(f"delivery.weekFrom 的 {week_from} 不是 date 或 datetime 类型的入库字段")
        return self

    @model_validator(mode="after")
    def _refuse_unusable_unpivot(self) -> Contract:
        wide = self.unpivot
        if wide is None:
            return self
        types = self._stored_types()
        lost = sorted({wide.into, wide.value} - set(types))
        if lost or wide.into == wide.value:
            raise ValueError("unpivot 的 into 和 value 应是两个不同的入库字段")
        expected = _TYPES_OF_LABELS.get(wide.labels, (FieldType.STRING,))
        if types[wide.into] not in expected:
            words = " 或 ".join(expected)
            raise ValueError(f"unpivot 的 labels 是 {wide.labels} 时，字段 {wide.into} 的类型应为 {words}")
        if self.primary_key and wide.into not in self.primary_key:
            raise ValueError(f"primaryKey 要含 {wide.into}：宽表的一行按 unpivot 变为几条记录，主键相同就会被当作重复")
        return self

    def _stored_types(self) -> dict[str, FieldType]:
        """The type of each field that reaches the warehouse, by its name."""
        return {field.name: field.type for field in self.stored_fields}
