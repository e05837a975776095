"""The shape of a suite of checks: what each key of expectations/<schema>.<table>.yaml means.

The model validates a suite by itself. Reading the files is in `pipeline.quality.checks.suites`, running the checks in
`pipeline.quality.run`. A suite is one of Great Expectations, and what is ours stands in its `meta` (see
expectations/README.md for every key):

    name: charts.item_ytd
    meta: {title_zh: 三类事项的受理与办结, words: {columns: {carried_over: 上年结转}}}
    expectations:
    - type: expect_column_values_to_not_be_null
      kwargs: {column: value_ytd}
      severity: critical
      notes: [累计件数必须有值, value_ytd must have a value]
      meta:
        name: value_ytd_present
        owner: 平台维护
        example: {sql: UPDATE charts.item_ytd SET value_ytd = NULL, says_zh: 为空}

A hall's suites in the earlier shape (severity and descriptions in `meta`, example and words beside it, `{name}` of a
threshold in the query) are read as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from string import Formatter
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from pipeline.common.owners import Owner
from pipeline.quality.checks.core_types import KWARGS_BY_TYPE, UNEXPECTED_ROWS, UNIQUE, WEEK_COLUMNS, WEEK_TYPES
from pipeline.quality.checks.standards import (
    UNSAID_DIMENSION,
    UNSAID_LEVEL,
    Dimension,
    Level,
    dimension_of_type,
    level_of_type,
)
from pipeline.quality.codes import PLATFORM, Category, Severity

Column = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]{0,62}$")]
Sentence = Annotated[str, StringConstraints(min_length=2, strip_whitespace=True)]
# What a column or a code is called may be one character long: 件.
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

# Great Expectations takes the check of one column for a mistake, and fails in the middle of a run.
_ONE_UNIQUE_COLUMN: Final = "column_list 至少要有两列；表中每行只有一列为键的，用 unexpected_rows_expectation 查重复"
# Great Expectations puts the rows under check in the place of {batch}.
BATCH: Final = "{batch}"
# The runner puts the failing causes in the place of {failing} in `places`.
FAILING: Final = "{failing}"
# The evidence of a finding begins with its fault; this ends it: `颁发本周 9，是往周的 3 倍。每个工作日 2`.
FAULT_END: Final = "。"
PLACE_COLUMNS: Final = ("delivery_id", "sheet", "first_row_no", "last_row_no")
# The floor a check stands on names its category where its meta does not; the first prefix that fits counts.
CATEGORY_BY_TABLE: Final[tuple[tuple[str, Category], ...]] = (
    ("ledger.", "文件与合计"),
    ("quarantine.", "来源数据"),
    ("staging.", "来源数据"),
    ("core.case", "办件"),
    ("core.", "基础数据"),
    ("marts.case", "办件"),
    ("marts.item_volume", "报表与办件核对"),
    ("marts.volume", "数量异常"),
    ("marts.", "指标与图表"),
    ("charts.", "指标与图表"),
)
# "FROM {batch} b" and "FROM {batch} AS b" have an alias; "FROM {batch} WHERE n < 0" and "({batch})" have none.
_ALIASED_BATCH = re.compile(
    r"\{batch\}\s+(?!WHERE|GROUP|HAVING|QUALIFY|ORDER|LIMIT|UNION|JOIN|\))[A-Za-z_]", re.IGNORECASE
)
# A field of a template: department_name, but not 0, n.real or 部门.
_FIELD_NAME = re.compile(r"[a-z_][a-z0-9_]*")


class Strict(BaseModel):
    """Unknown keys are errors, so that a typing mistake in a YAML is found before anything runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Threshold(Strict):
    """A number that a check depends on: the query has it as `3 /* name */`. Moving it takes a new date and reason."""

    name: Column
    value: int | float
    since: date
    reason_zh: Sentence


class Explanation(Strict):
    """A rule that settles a failure by itself: an SQL condition over a failing row, and the words for it."""

    sql: Sentence = Field(description="true on a failing row that the rule explains")
    how_zh: Sentence = Field(description="template over the failing row's columns")


class Example(Strict):
    """Data that break a check, for the tests alone: a run never reads it, and no page shows it."""

    sql: Sentence = Field(description="statements that break the good rows of the tests in one week")
    says_zh: Words = Field(description="words that the evidence of the broken check then contains")


class SuiteWords(Strict):
    """What people call the columns and codes that the findings of a suite show.

    Not needed for the columns that every table shares (see `pipeline.quality.checks.warehouse_words`), for the codes
    of the hall's lists, and where the comment of the column in sql/ says the same.
    """

    columns: Mapping[Column, Words] = Field(default_factory=dict, description="column → what people call it")
    codes: Mapping[Column, Mapping[str, Words]] = Field(
        default_factory=dict, description="column → code → what people call it"
    )
    codes_of: Mapping[Column, tuple[Column, ...]] = Field(
        default_factory=dict, description="column → columns of the hall's lists whose codes it holds"
    )


class CheckMeta(Strict):
    """What people need to know about a check beyond its expectation."""

    name: Column
    severity: Severity
    owner: Owner = Field(description="who fixes it")
    dimension: Dimension | None = Field(
        default=None, description="dimension of GB/T 36344 that it looks at; by the type of the expectation if absent"
    )
    level: Level | None = Field(
        default=None, description="validation level of the ESS, 0 to 5; by the type of the expectation if absent"
    )
    title_zh: Sentence
    title_en: Sentence
    description_zh: Sentence
    description_en: Sentence
    fix_zh: Sentence = Field(description="what to do when it fails")
    keys: tuple[Column, ...] = Field(min_length=1, description="columns of a failing row that may be shown")
    cause: tuple[Column, ...] = Field(
        description="columns that tell one finding from another; week_id only if each week is new"
    )
    fault_zh: Sentence | None = Field(
        default=None,
        description="template over the failing row's columns: what is wrong, in one short sentence without 。, the "
        "first line that people read. Without it the evidence is the fault",
    )
    evidence_zh: Sentence | None = Field(
        default=None,
        description="template over the failing row's columns: what else was seen. Without it and without fault_zh a "
        "sentence is made from the type of the check, see `pipeline.quality.findings.faults`",
    )
    explained_when: Explanation | None = None
    thresholds: tuple[Threshold, ...] = ()
    category: Category | None = Field(
        default=None, description="sheet of the steward's workbook; by the table if absent"
    )
    department: Column | None = Field(
        default=None, description="column of a failing row that names the department it goes to, as people read it"
    )
    figures: tuple[Column, ...] = Field(default=(), description="columns of a failing row with the figures involved")
    places: Sentence | None = Field(
        default=None,
        description="SELECT of week_id, the cause columns, delivery_id, sheet, first_row_no, last_row_no: where rows "
        "of a cause stand in the files; {failing} stands for the failing causes. Not needed where failing rows carry "
        "delivery_id, sheet and row_no themselves",
    )
    holds: Literal["rows", "nothing"] = Field(
        default="rows",
        description="what its failing rows hold where quality is scored: themselves, or nothing where it only tells "
        "what a later export changed",
    )
    cell: Column | None = Field(
        default=None, description="field of the source at fault, proposed where a steward corrects a value"
    )

    @property
    def templates(self) -> tuple[str, ...]:
        """The sentences with columns in them: the fault, the evidence, the explanation, where there are such."""
        explanation = self.explained_when.how_zh if self.explained_when else None
        return tuple(filter(None, (self.fault_zh, self.evidence_zh, explanation)))

    @property
    def says_what_is_wrong(self) -> bool:
        """Whether it has a fault, or evidence with values of the failing row; else a sentence is made for it."""
        return self.fault_zh is not None or bool(template_fields(self.evidence_zh or ""))


class Check(Strict):
    """One expectation in Great Expectations' shape, with our meta and an example that breaks it."""

    type: str
    kwargs: dict[str, Any]
    meta: CheckMeta
    example: Example | None = None

    @property
    def name(self) -> str:
        """The check's ascii name, unique in its table."""
        return self.meta.name

    @model_validator(mode="before")
    @classmethod
    def _from_the_shape_of_great_expectations(cls, written: Any) -> Any:
        """Takes `severity` and `notes` (Chinese, English) into the meta, and `example` out of it."""
        if not isinstance(written, Mapping) or not isinstance(written.get("meta"), Mapping):
            return written
        check, meta = dict(written), dict(written["meta"])
        if "severity" in check:
            meta["severity"] = check.pop("severity")
        if "notes" in check:
            meta |= _descriptions(check.pop("notes"))
        if "example" in meta:
            check["example"] = meta.pop("example")
        return {**check, "meta": meta}

    @property
    def dimension(self) -> Dimension:
        """The dimension of GB/T 36344 that it looks at: said, told by its type, or that of a rule of business."""
        return self.meta.dimension or dimension_of_type(self.type) or UNSAID_DIMENSION

    @property
    def level(self) -> Level:
        """The validation level of the ESS: said, told by its type, or that of a rule within one set of data."""
        if self.meta.level is not None:
            return self.meta.level
        of_type = level_of_type(self.type)
        return UNSAID_LEVEL if of_type is None else of_type

    @property
    def unsaid(self) -> tuple[str, ...]:
        """What neither its meta nor its type says: `dimension`, `level`."""
        names = []
        if self.meta.dimension is None and dimension_of_type(self.type) is None:
            names.append("dimension")
        if self.meta.level is None and level_of_type(self.type) is None:
            names.append("level")
        return tuple(names)

    @property
    def query(self) -> str:
        """The unexpected-rows query with its thresholds filled in and `{batch}` still open; empty for other types."""
        text = str(self.kwargs.get("unexpected_rows_query", ""))
        for threshold in self.meta.thresholds:
            text = text.replace("{" + threshold.name + "}", str(threshold.value))
        return text

    @property
    def resolved_kwargs(self) -> dict[str, Any]:
        """The kwargs as Great Expectations takes them."""
        if self.type == UNEXPECTED_ROWS:
            return {**self.kwargs, "unexpected_rows_query": self.query}
        return dict(self.kwargs)

    @property
    def is_of_weeks(self) -> bool:
        """Whether it looks at a week as a whole, such as its mean: then a failing row is a failing week."""
        return self.type in WEEK_TYPES

    @property
    def named_columns(self) -> tuple[str, ...]:
        """The columns that keys, cause and figures name, each once and in this order."""
        meta = self.meta
        return tuple(dict.fromkeys((*meta.keys, *meta.cause, *meta.figures)))

    @property
    def shown_columns(self) -> frozenset[str]:
        """Every column of a failing row that can reach a result, a finding or a message, but for week_id."""
        shown = set(self.named_columns)
        for template in self.meta.templates:
            shown.update(template_fields(template))
        if self.is_of_weeks or not self.meta.says_what_is_wrong:
            shown.update(self.observed_columns)
        if self.meta.department:
            shown.add(self.meta.department)
        return frozenset(shown - {"week_id"})

    @property
    def observed_columns(self) -> tuple[str, ...]:
        """The columns that a native type looks at: column, column_A and column_B, or those of column_list."""
        kwargs = self.kwargs
        single = [kwargs[name] for name in ("column", "column_A", "column_B") if name in kwargs]
        return (*single, *kwargs.get("column_list", ()))

    @property
    def cell(self) -> str | None:
        """The field that a correction would most likely change: said by the meta, or the one column it looks at."""
        return self.meta.cell or self.kwargs.get("column")

    @model_validator(mode="after")
    def _consistent(self) -> Check:
        allowed = KWARGS_BY_TYPE.get(self.type)
        if allowed is None:
            raise ValueError(f"type 是 {self.type}，可用的有：{'、'.join(sorted(KWARGS_BY_TYPE))}")
        unknown = set(self.kwargs) - allowed
        if unknown:
            raise ValueError(f"kwargs 中有 {self.type} 不认识的参数：{'、'.join(sorted(unknown))}")
        if self.type == UNEXPECTED_ROWS:
            _refuse_query(self.query)
            for threshold in self.meta.thresholds:
                _refuse_other_number(str(self.kwargs.get("unexpected_rows_query", "")), threshold)
        if self.type == UNIQUE and len(self.kwargs.get("column_list", ())) < 2:
            raise ValueError(_ONE_UNIQUE_COLUMN)
        if self.is_of_weeks:
            _refuse_other_columns(self)
        for template in self.meta.templates:
            template_fields(template)
        _refuse_fault(self.meta.fault_zh)
        if self.meta.places is not None:
            _refuse_places(self.meta.places, self.meta.cause)
        return self


class SuiteMeta(Strict):
    """What a suite says about its table."""

    title_zh: Sentence
    week_through: Literal["ledger.delivery"] | None = Field(
        default=None, description="the table has no week_id of its own: its delivery_id leads to one"
    )
    counts: Literal["rows", "deliveries"] = Field(
        default="rows",
        description="what its rows stand for where quality is scored: themselves, or the rows of the week's files",
    )
    good: Sentence | None = Field(
        default=None,
        description="statements that make rows which meet every check of the suite, for the tests alone: needed only "
        "for a table that tests/unit/quality/tiny_warehouse.py does not have",
    )


class TableSuite(Strict):
    """All checks of one table. Key: name, which is the table's and the file's."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z][a-z0-9_]*$")]
    meta: SuiteMeta
    words: SuiteWords = SuiteWords()
    expectations: tuple[Check, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _from_the_shape_of_great_expectations(cls, written: Any) -> Any:
        """Takes `words` out of the meta."""
        if not isinstance(written, Mapping) or not isinstance(written.get("meta"), Mapping):
            return written
        meta = dict(written["meta"])
        if "words" not in meta:
            return written
        words = meta.pop("words")
        return {**written, "meta": meta, "words": words}

    @property
    def table(self) -> str:
        """The checked table, schema included."""
        return self.name

    @model_validator(mode="after")
    def _unique_names(self) -> TableSuite:
        times = Counter(check.name for check in self.expectations)
        repeated = sorted(name for name in times if times[name] > 1)
        if repeated:
            raise ValueError(f"检查名重复：{'、'.join(repeated)}")
        return self


def each_check(suites: Iterable[TableSuite]) -> Iterator[tuple[TableSuite, Check]]:
    """Yields every check of `suites` with its suite, in their order."""
    for suite in suites:
        for check in suite.expectations:
            yield suite, check


def category_of(table: str, meta: CheckMeta) -> Category:
    """Returns the category of a check: its own, else by its table; what stands on no floor of data is 平台."""
    if meta.category:
        return meta.category
    for prefix, category in CATEGORY_BY_TABLE:
        if table.startswith(prefix):
            return category
    return PLATFORM


def template_fields(template: str) -> tuple[str, ...]:
    """Returns the column names in a template: `{k} 的数为 {n}` gives k and n.

    Raises ValueError for anything but plain `{column}` fields.
    """
    names = []
    for _, name, spec, conversion in Formatter().parse(template):
        # Text behind the last field comes without a name.
        if name is None:
            continue
        # {n:>10} has a spec, {n!r} a conversion, {n.real} and {0} are no names of columns.
        is_column = _FIELD_NAME.fullmatch(name) is not None
        if not is_column or spec or conversion:
            raise ValueError(f"模板中只能写 {{列名}}，不能写 {{{name}}}：{template}")
        names.append(name)
    return tuple(names)


def unescaped(sql: str) -> str:
    """Returns SQL of a suite as DuckDB takes it: a brace that belongs to the SQL is written twice in a suite.

    `[0-9]{{9}}` gives `[0-9]{9}`.
    """
    return sql.replace("{{", "{").replace("}}", "}")


def _refuse_query(query: str) -> None:
    """Raises ValueError for a query that would look at other weeks, or that could not be filled in."""
    if BATCH not in query:
        raise ValueError("unexpected_rows_query 中没有 {batch}：不加它就会查到本次运行之外的周")
    if _ALIASED_BATCH.search(query):
        raise ValueError("{batch} 后面不能写别名：先用 WITH checked AS (SELECT * FROM {batch})，再引用 checked")
    error = _format_error(query, "batch")
    if error is not None:
        raise ValueError(f"unexpected_rows_query 中的大括号没有对应的阈值：{error}；正则中的大括号要写两遍") from error


def _refuse_other_columns(check: Check) -> None:
    """Raises ValueError where a check of whole weeks names columns that a failing week does not have."""
    named = set(check.named_columns)
    for template in check.meta.templates:
        named.update(template_fields(template))
    other = named - WEEK_COLUMNS
    if other:
        raise ValueError(
            f"{check.type} 看的是一整期，keys、cause、figures 和各句中只能有 {'、'.join(sorted(WEEK_COLUMNS))}，"
            f"不能有：{'、'.join(sorted(other))}"
        )


def _descriptions(notes: Any) -> dict[str, Any]:
    """Returns the descriptions that stand in `notes`. Raises ValueError for anything but two sentences."""
    if not isinstance(notes, (list, tuple)) or len(notes) != 2:
        raise ValueError("notes 应是两句话：先中文，后英文")
    return {"description_zh": notes[0], "description_en": notes[1]}


def _refuse_other_number(query: str, threshold: Threshold) -> None:
    """Raises ValueError where the query has another number than the threshold, or does not name it.

    `HAVING count(*) >= 3 /* windows_at_least */` names windows_at_least.
    """
    numbers = re.findall(rf"(\S+) /\* {threshold.name} \*/", query)
    is_template = "{" + threshold.name + "}" in query
    if not numbers and not is_template:
        raise ValueError(f"阈值 {threshold.name} 没有用在查询中：应写作 {threshold.value} /* {threshold.name} */")
    for number in numbers:
        if number.lstrip("(") != str(threshold.value):
            raise ValueError(
                f"阈值 {threshold.name} 是 {threshold.value}，查询中却写作 {number} /* {threshold.name} */：两处要一致"
            )


def _refuse_fault(fault: str | None) -> None:
    """Raises ValueError for a fault of two sentences: what follows its 。 would be taken for the evidence."""
    if fault is not None and FAULT_END in fault:
        raise ValueError(f"fault_zh 只能是一句话，中间不能有“{FAULT_END}”：其余的写在 evidence_zh 中")


def _refuse_places(places: str, cause: tuple[str, ...]) -> None:
    """Raises ValueError for a SELECT of places that lacks a column, or that could not be filled in."""
    columns = ("week_id", *cause, *PLACE_COLUMNS)
    missing = [name for name in columns if name not in places]
    if missing:
        raise ValueError(f"places 的 SELECT 中没有列：{'、'.join(missing)}")
    error = _format_error(places, "failing")
    if error is not None:
        raise ValueError(f"places 中只能写 {{failing}}：{error}；正则中的大括号要写两遍") from error


def _format_error(sql: str, field: str) -> Exception | None:
    """What is wrong with the braces of a text in which only `{field}` may stand; None where they are right.

    `n < {low}` gives KeyError('low'), `[0-9]{9}` IndexError, a brace that is never closed ValueError.
    """
    try:
        sql.format(**{field: ""})
    except (KeyError, IndexError, ValueError) as error:
        return error
    return None
