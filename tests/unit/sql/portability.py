"""Idioms that mean something else, or nothing, on another engine; which SQL is wanted instead stands in each message.

Two kinds are kept out of sql/: those that sqlglot translates without a word into other figures, and those that it or
the other engine refuses. Weeks and working days come from the calendar table, never from a function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from sqlglot import exp

FULL_WIDTH_BLANK: Final = "\u3000"
_CALENDAR_WORDS: Final = frozenset(
    {"isodow", "dayofweek", "dow", "dayofweekiso", "weekday", "dayname", "week", "weekofyear", "isoyear", "yearweek"}
)
_PART_FUNCTIONS: Final = frozenset({"date_part", "datepart"})
_DATE_ENDINGS: Final = ("_on", "_date", "_start", "_end", "day")


def unportable(tree: exp.Expr) -> list[str]:
    """One sentence per forbidden idiom in the parsed statement, in the order of the rules; empty where it is clean."""
    return [message for rule in _RULES for message in rule(tree)]


def _date_diff(tree: exp.Expr) -> Iterator[str]:
    for node in tree.find_all(exp.DateDiff, exp.TimestampDiff, exp.DatetimeDiff):
        if not all(_is_date(side) for side in (node.this, node.expression)):
            yield f"date_diff 的两边应先 CAST 成 DATE：{node.sql('duckdb')}"


def _date_minus_date(tree: exp.Expr) -> Iterator[str]:
    for node in tree.find_all(exp.Sub):
        if _is_date(node.this) and _is_date(node.expression):
            yield f"日期相减应写成 date_diff('day', …)：{node.sql('duckdb')}"


def _is_date(node: exp.Expr | None) -> bool:
    bare = node.unnest() if node is not None else None
    if isinstance(bare, exp.Cast):
        return bool(bare.is_type("date"))
    return isinstance(bare, exp.TsOrDsToDate | exp.Date) or (
        isinstance(bare, exp.Column) and bare.name.endswith(_DATE_ENDINGS)
    )


def _calendar_functions(tree: exp.Expr) -> Iterator[str]:
    for node in tree.find_all(exp.Func, exp.Extract):
        if _calendar_words(node) & _CALENDAR_WORDS:
            yield f"周次和星期应取自日历表，不用函数：{node.sql('duckdb')}"


def _calendar_words(node: exp.Expr) -> set[str]:
    """What a call asks for: its own name, or the part that extract or date_part names."""
    called = node.sql_name() if isinstance(node, exp.Func) else node.key
    name = (node.name if isinstance(node, exp.Anonymous) else called).lower()
    words = {name.replace("_", "")}
    if isinstance(node, exp.Extract):
        words.add(node.this.name.lower())
    if name in _PART_FUNCTIONS and node.expressions:
        words.add(node.expressions[0].name.lower())
    return words


def _iso_week_format(tree: exp.Expr) -> Iterator[str]:
    for node in tree.find_all(exp.Literal):
        if node.is_string and ("%G" in node.name or "%V" in node.name):
            yield f"不用 ISO 周的格式 {node.name}：周次取自日历表"


def _percentile(tree: exp.Expr) -> Iterator[str]:
    for node in tree.find_all(exp.PercentileCont, exp.PercentileDisc, exp.Quantile):
        yield f"不用 percentile_cont，中位数用 median：{node.sql('duckdb')}"


def _full_width_trim(tree: exp.Expr) -> Iterator[str]:
    for node in tree.find_all(exp.Trim):
        if any(FULL_WIDTH_BLANK in literal.name for literal in node.find_all(exp.Literal)):
            yield "trim 不用于全角空格：清洗属于读入（ingest）"


def _stars(tree: exp.Expr) -> Iterator[str]:
    for select in tree.find_all(exp.Select):
        stars = [item for item in select.expressions if item.is_star]
        if stars and select.args.get("qualify"):
            yield "SELECT * 不与 QUALIFY 同用：写明各列"
        if any(star.args.get("replace") for item in stars for star in item.find_all(exp.Star)):
            yield "不用 * REPLACE：写明各列"


def _refused(tree: exp.Expr) -> Iterator[str]:
    if tree.find(exp.Pivot):
        yield "不用 PIVOT：写 sum(…) FILTER (WHERE …)"
    if any(True for _ in tree.find_all(exp.Columns)):
        yield "不用 COLUMNS(…)：写明各列"
    if any(str(join.args.get("method") or "").upper() == "ASOF" for join in tree.find_all(exp.Join)):
        yield "不用 ASOF JOIN：写不等式连接加 QUALIFY"
    if any(node.args.get("by_name") for node in tree.find_all(exp.SetOperation)):
        yield "不用 UNION BY NAME：按列的次序写"
    for node in tree.find_all(exp.Div, exp.IntDiv):
        if isinstance(node.expression, exp.Literal) and node.expression.name.strip("0.") == "":
            yield f"除以零在别的引擎上是错误：{node.sql('duckdb')}"


def _range_table(tree: exp.Expr) -> Iterator[str]:
    for table in tree.find_all(exp.Table, exp.Unnest):
        if table.find(exp.GenerateSeries) or (isinstance(table.this, exp.Anonymous) and table.this.name == "range"):
            yield "range() 不作表用：连接日历表或 report_week"


_RULES: Final[tuple[Callable[[exp.Expr], Iterator[str]], ...]] = (
    _date_diff,
    _date_minus_date,
    _calendar_functions,
    _iso_week_format,
    _percentile,
    _full_width_trim,
    _stars,
    _refused,
    _range_table,
)
