"""Reads expectations/*.yaml into typed suites; running them, and Great Expectations itself, belong in runner."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from pipeline.contracts.loader import read_yaml
from pipeline.contracts.model import Contract

Severity = Literal["critical", "warning"]
Owner = Literal["报送部门", "综合窗口", "数据专员", "平台维护"]
Category = Literal[
    "文件与合计", "来源数据", "办件", "指标与图表", "报表与办件核对", "数量异常", "基础数据", "报送完整性", "平台"
]
CATEGORIES: tuple[Category, ...] = get_args(Category)
Column = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]{0,62}$")]
Sentence = Annotated[str, StringConstraints(min_length=2, strip_whitespace=True)]

UNEXPECTED_ROWS = "unexpected_rows_expectation"
KWARGS_BY_TYPE: Mapping[str, frozenset[str]] = {
    UNEXPECTED_ROWS: frozenset({"unexpected_rows_query"}),
    "expect_column_values_to_not_be_null": frozenset({"column"}),
    "expect_column_values_to_be_in_set": frozenset({"column", "value_set"}),
    "expect_column_values_to_be_between": frozenset({"column", "min_value", "max_value"}),
    "expect_column_pair_values_a_to_be_greater_than_b": frozenset(
        {"column_A", "column_B", "or_equal", "ignore_row_if"}
    ),
    "expect_compound_columns_to_be_unique": frozenset({"column_list"}),
}
BATCH = "{batch}"
FAILING = "{failing}"
PLACE_COLUMNS = ("delivery_id", "sheet", "first_row_no", "last_row_no")
# The floor a check stands on names its category where its meta does not; the first prefix that fits counts.
CATEGORY_BY_TABLE: tuple[tuple[str, Category], ...] = (
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
_ALIASED_BATCH = re.compile(
    r"\{batch\}\s+(?!WHERE|GROUP|HAVING|QUALIFY|ORDER|LIMIT|UNION|JOIN|\))[A-Za-z_]", re.IGNORECASE
)


class SuiteError(ValueError):
    """A suite that cannot be used; each line of its text names the file, the check and the field."""


class Strict(BaseModel):
    """Unknown keys are errors, so that a typing mistake in a YAML is found before anything runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Threshold(Strict):
    """A number that a check depends on; `{name}` in a query stands for it. Moving it takes a new date and reason."""

    name: Column
    value: int | float
    since: date
    reason_zh: Sentence


class Explanation(Strict):
    """A rule that settles a failure by itself: an SQL condition over a failing row, and the words for it."""

    sql: Sentence = Field(description="true on a failing row that the rule explains")
    how_zh: Sentence = Field(description="template over the failing row's columns")


class CheckMeta(Strict):
    """What people need to know about a check beyond its expectation."""

    name: Column
    severity: Severity
    owner: Owner = Field(description="who fixes it")
    title_zh: Sentence
    title_en: Sentence
    description_zh: Sentence
    description_en: Sentence
    fix_zh: Sentence = Field(description="what to do when it fails")
    keys: tuple[Column, ...] = Field(min_length=1, description="columns of a failing row that may be shown")
    cause: tuple[Column, ...] = Field(
        description="columns that tell one finding from another; week_id only if each week is new"
    )
    evidence_zh: Sentence = Field(description="template over the failing row's columns")
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
    cell: Column | None = Field(
        default=None, description="field of the source at fault, proposed where a steward corrects a value"
    )


class Check(Strict):
    """One expectation in Great Expectations' shape, with our meta."""

    type: str
    kwargs: dict[str, Any]
    meta: CheckMeta

    @property
    def name(self) -> str:
        """The check's ascii name, unique in its table."""
        return self.meta.name

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
        return (
            {**self.kwargs, "unexpected_rows_query": self.query} if self.type == UNEXPECTED_ROWS else dict(self.kwargs)
        )

    @property
    def shown_columns(self) -> frozenset[str]:
        """Every column of a failing row that can reach a result, a finding or a message."""
        meta = self.meta
        templates = meta.evidence_zh + (meta.explained_when.how_zh if meta.explained_when else "")
        named = {*meta.keys, *meta.cause, *meta.figures, *template_fields(templates)}
        return frozenset((named | ({meta.department} if meta.department else set())) - {"week_id"})

    @property
    def cell(self) -> str | None:
        """The field that a correction would most likely change: said by the meta, or the one column it looks at."""
        return self.meta.cell or self.kwargs.get("column")

    @model_validator(mode="after")
    def _consistent(self) -> Check:
        allowed = KWARGS_BY_TYPE.get(self.type)
        if allowed is None:
            raise ValueError(f"type 是 {self.type}，可用的有：{'、'.join(sorted(KWARGS_BY_TYPE))}")
        if unknown := set(self.kwargs) - allowed:
            raise ValueError(f"kwargs 中有 {self.type} 不认识的参数：{'、'.join(sorted(unknown))}")
        _check_query(self)
        for template in (self.meta.evidence_zh, self.meta.explained_when and self.meta.explained_when.how_zh):
            template_fields(template or "")
        _check_places(self.meta)
        return self


class SuiteMeta(Strict):
    """What a suite says about its table."""

    title_zh: Sentence
    week_through: Literal["ledger.delivery"] | None = Field(
        default=None, description="the table has no week_id of its own: its delivery_id leads to one"
    )


class TableSuite(Strict):
    """All checks of one table. Key: name, which is the table's and the file's."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z][a-z0-9_]*$")]
    meta: SuiteMeta
    expectations: tuple[Check, ...] = Field(min_length=1)

    @property
    def table(self) -> str:
        """The checked table, schema included."""
        return self.name

    @model_validator(mode="after")
    def _unique_names(self) -> TableSuite:
        names = [check.name for check in self.expectations]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"检查名重复：{'、'.join(repeated)}")
        return self


_OWN_SCHEMAS = ("ledger", "quarantine", "quality")


def load_suites(folder: Path) -> tuple[TableSuite, ...]:
    """All suites of `folder`, ordered by table.

    Raises SuiteError for a missing folder, YAML that does not parse, and every field that is wrong.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise SuiteError(f"{folder} 中没有检查文件（*.yaml），请确认 expectations 目录")
    return tuple(read_suite(path) for path in paths)


def read_suite(path: Path) -> TableSuite:
    """One suite; raises SuiteError with a line for each problem."""
    try:
        content = read_yaml(path)
        suite = TableSuite.model_validate(content)
    except yaml.YAMLError as error:
        raise SuiteError(f"{path.name} 不是有效的 YAML：{error}") from error
    except ValidationError as error:
        raise SuiteError(_in_words(path, content, error)) from error
    if suite.name != path.stem:
        raise SuiteError(f"{path.name}：name 是 {suite.name}，应与文件名一致：{path.stem}")
    return suite


def refuse_personal(suites: Iterable[TableSuite], contracts: Iterable[Contract]) -> None:
    """Raise SuiteError where a check would show a column that a contract calls personal or free text.

    The ledger, the quarantine and the desk have columns of their own: a contract's field that happens to be called
    `reason` is none of them.
    """
    hidden = {field.name for contract in contracts for field in contract.fields if field.personal or field.free_text}
    lines = [
        f"{suite.table}.yaml：检查 {check.name}，不能显示列：{'、'.join(sorted(shown))}（个人信息或自由文本）"
        for suite in suites
        if suite.table.split(".")[0] not in _OWN_SCHEMAS
        for check in suite.expectations
        if (shown := check.shown_columns & hidden)
    ]
    if lines:
        raise SuiteError("\n".join(lines))


def category_of(table: str, meta: CheckMeta) -> Category:
    """The category of a check: its own, else by its table; what stands on no floor of data is 平台."""
    if meta.category:
        return meta.category
    return next((category for prefix, category in CATEGORY_BY_TABLE if table.startswith(prefix)), "平台")


def template_fields(template: str) -> tuple[str, ...]:
    """The column names in a template; raises ValueError for anything but plain `{column}` fields."""
    parts = [(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(template) if name is not None]
    for name, spec, conversion in parts:
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", name) or spec or conversion:
            raise ValueError(f"模板中只能写 {{列名}}，不能写 {{{name}}}：{template}")
    return tuple(name for name, _, _ in parts)


def _check_query(check: Check) -> None:
    if check.type != UNEXPECTED_ROWS:
        return
    query = check.query
    if BATCH not in query:
        raise ValueError("unexpected_rows_query 中没有 {batch}：不加它就会查到本次运行之外的周")
    if _ALIASED_BATCH.search(query):
        raise ValueError("{batch} 后面不能写别名：先用 WITH checked AS (SELECT * FROM {batch})，再引用 checked")
    try:
        query.format(batch="")
    except (KeyError, IndexError, ValueError) as error:
        raise ValueError(f"unexpected_rows_query 中的大括号没有对应的阈值：{error}；正则中的大括号要写两遍") from error


def _check_places(meta: CheckMeta) -> None:
    if meta.places is None:
        return
    missing = [name for name in ("week_id", *meta.cause, *PLACE_COLUMNS) if name not in meta.places]
    if missing:
        raise ValueError(f"places 的 SELECT 中没有列：{'、'.join(missing)}")
    try:
        meta.places.format(failing="")
    except (KeyError, IndexError, ValueError) as error:
        raise ValueError(f"places 中只能写 {{failing}}：{error}；正则中的大括号要写两遍") from error


def _in_words(path: Path, content: object, error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        where = _check_name(content, problem["loc"])
        field = ".".join(str(part) for part in problem["loc"] if not isinstance(part, int)) or "（整个文件）"
        lines.append(f"{path.name}：{where}{field}：{problem['msg']}")
    return "\n".join(lines)


def _check_name(content: object, loc: tuple[int | str, ...]) -> str:
    """「检查 x，」 when the problem lies inside the list of expectations."""
    match loc:
        case ("expectations", int(index), *_):
            try:
                name = content["expectations"][index]["meta"]["name"]  # type: ignore[index]
            except (KeyError, TypeError, IndexError):
                name = f"第 {index + 1} 个"
            return f"检查 {name}，"
    return ""
