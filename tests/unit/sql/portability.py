"""Idioms that mean something else, or nothing, on another engine; which SQL is wanted instead stands in each message.

Two kinds are kept out of sql/: those that sqlglot translates without a word into other figures, and those that it or
the other engine refuses. Weeks and working days come from the calendar table, never from a function. Orders that leave
ties are found in `loose_orders`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from sqlglot import exp

FULL_WIDTH_BLANK: Final = "\u3000"
_CALENDAR_WORDS: Final = frozenset(
    {"isodow", "dayofweek", "dow", "dayofweekiso", "weekday", "dayname", "week", "weekofyear", "isoyear", "yearweek"}
)
_PART_FUNCTIONS: Final = frozenset({"date_part", "datepart"})
_DATE_ENDINGS: Final = ("_on", "_date", "_start", "_end", "day")


_WHOLE: Final = tuple(exp.DataType.Type[name] for name in ("TINYINT", "SMALLINT", "INT", "BIGINT"))
# What gives a fraction where it is given one; floor, ceil, round and // make it whole.
_COMPUTED: Final = (exp.Binary, exp.Neg, exp.Abs, exp.Sum, exp.Min, exp.Max, exp.Coalesce)

# Table → column → type, as far as it is known: {"marts.measure_value": {"value": "DECIMAL(18, 2)"}}
Types = Mapping[str, Mapping[str, str]]


def unportable(tree: exp.Expr, types: Types | None = None) -> list[str]:
    """One sentence per forbidden idiom in the parsed statement, in the order of the rules; empty where it is clean.

    `types` are those of the tables that it reads.
    """
    messages = [message for rule in _RULES for message in rule(tree)]
    return [*messages, *_casts_to_whole_numbers(tree, types or {})]


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


def _unknown_functions(tree: exp.Expr) -> Iterator[str]:
    """What sqlglot does not know it passes on as it is written, and the other engine has no such function."""
    for call in tree.find_all(exp.Anonymous):
        yield f"函数 {call.name} 翻译不了：换成各引擎都有的写法，如 array_position、split_part"


def _joined_aggregates(tree: exp.Expr) -> Iterator[str]:
    """With a key of halls an aggregate groups by it, and a hall without rows then has none to be joined with."""
    ctes = {cte.alias: cte.this for cte in tree.find_all(exp.CTE)}
    for join in tree.find_all(exp.Join):
        source = join.this
        query = source.this if isinstance(source, exp.Subquery) else ctes.get(source.name)
        is_crossed = join.kind == "CROSS" or not any(join.args.get(part) for part in ("on", "using", "side", "method"))
        if is_crossed and isinstance(query, exp.Select) and _is_one_row(query):
            yield f"CROSS JOIN 不接没有 GROUP BY 的聚合，写 LEFT JOIN … ON TRUE：{source.alias_or_name}"


def _is_one_row(query: exp.Select) -> bool:
    aggregates = [item for item in query.selects if item.find(exp.AggFunc) and not item.find(exp.Window)]
    return bool(aggregates) and not query.args.get("group")


def _qualify_without_window(tree: exp.Expr) -> Iterator[str]:
    for qualify in tree.find_all(exp.Qualify):
        if qualify.find(exp.Window) is None:
            yield f"QUALIFY 里没有窗口函数：在 CTE 里算好，再用 WHERE 筛选：{qualify.sql('duckdb').strip()}"


def _filter_over(tree: exp.Expr) -> Iterator[str]:
    for window in tree.find_all(exp.Window):
        if isinstance(window.this, exp.Filter):
            yield f"FILTER 不与 OVER 同用：写 max(CASE WHEN … THEN … END) OVER …：{window.sql('duckdb')}"


def _medians(tree: exp.Expr) -> Iterator[str]:
    """The middle of two doubles differs in its last digit; Spark gives a double whatever it is given."""
    for median in tree.find_all(exp.Median):
        given = median.this
        result = median.parent.parent if isinstance(median.parent, exp.Window) else median.parent
        is_of_decimals = isinstance(given, exp.Cast) and given.is_type("decimal")
        is_decimal = isinstance(result, exp.Cast) and result.is_type("decimal")
        if not (is_of_decimals and is_decimal):
            yield f"median 只用于 CAST 成 DECIMAL 的数，结果也 CAST 成 DECIMAL：{median.sql('duckdb')}"


def _divided_decimals(tree: exp.Expr) -> Iterator[str]:
    """`//` of two DECIMALs is a whole number on Spark and a double in DuckDB: 7 // 2 is 3 there and 3.5 here."""
    for division in tree.find_all(exp.IntDiv):
        if any(_is_fraction(side, {}) for side in (division.this, division.expression)):
            yield f"// 只用于整数（小数先 CAST 成 HUGEINT）：{division.sql('duckdb')}"


def _casts_to_whole_numbers(tree: exp.Expr, types: Types) -> Iterator[str]:
    """12.7 becomes 13 in DuckDB and 12 on Spark. HUGEINT is DECIMAL(38, 0) there and rounds as DuckDB does."""
    for cast in tree.find_all(exp.Cast):
        if cast.to.this in _WHOLE and _is_fraction(cast.this, types):
            yield f"小数不 CAST 成整数（各引擎有的四舍五入，有的截断），先写 floor 或 round：{cast.sql('duckdb')}"


def _is_fraction(node: exp.Expr, types: Types) -> bool:
    """Whether an expression can be seen to be a DECIMAL or a double."""
    bare = node.unnest()
    if isinstance(bare, exp.Cast):
        return bool(bare.is_type("decimal", "double", "float"))
    if isinstance(bare, exp.Literal):
        return not bare.is_string and "." in bare.name
    if isinstance(bare, exp.Column):
        return _type_of(bare, types).startswith(("DECIMAL", "DOUBLE", "FLOAT"))
    parts: list[exp.Expr] = []
    if isinstance(bare, exp.Case):
        parts = [*(branch.args["true"] for branch in bare.args["ifs"]), bare.args.get("default") or exp.null()]
    elif isinstance(bare, _COMPUTED) and not isinstance(bare, exp.IntDiv):
        parts = list(bare.iter_expressions())
    return isinstance(bare, exp.Div | exp.Avg | exp.Median) or any(_is_fraction(part, types) for part in parts)


def _type_of(column: exp.Column, types: Types) -> str:
    """The type of a column that is read straight from a table; empty where it is not known."""
    select = column.find_ancestor(exp.Select)
    for table in select.find_all(exp.Table) if select is not None else ():
        if table.alias_or_name == column.table:
            return types.get(f"{table.db}.{table.name}", {}).get(column.name, "")
    return ""


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
    _unknown_functions,
    _joined_aggregates,
    _qualify_without_window,
    _filter_over,
    _medians,
    _divided_decimals,
)
