"""The SQL of models for Spark: sqlglot translates, and a few rules stand on top of it, each with its reason.

Whatever can be written so that every engine reads it alike is written so in sql/ (tests/unit/sql/portability.py holds
that); a rule is only for what DuckDB and Spark cannot both say.
"""

from __future__ import annotations

from typing import Final

from sqlglot import exp, parse_one

from pipeline.warehouse.engines.engine import EngineError

DIALECT: Final = "spark"
_FIRST_WITH_LISTAGG: Final = 4


def to_spark(sql: str, version: str = "4") -> str:
    """`SELECT CAST(a AS HUGEINT) // 2 FROM t` → `SELECT CAST(a AS DECIMAL(38, 0)) DIV 2 FROM t`.

    `version` is that of the engine, `3.5.9`. Comments are left out: they hold the words for readers, which go into the
    comments of the columns.
    """
    rules = [_wide_integers]
    if int(version.partition(".")[0]) < _FIRST_WITH_LISTAGG:
        rules.append(_lists_in_order)
    tree = parse_one(sql, read="duckdb")
    for rule in rules:
        tree = tree.transform(rule)
    return tree.sql(DIALECT, comments=False)


def literal(text: str) -> str:
    """A text as Spark has it in a statement that takes no parameters, such as the values of a view or a comment."""
    return exp.Literal.string(text).sql(DIALECT)


def name_of(name: str) -> str:
    """core.item → `core`.`item`."""
    return ".".join(exp.to_identifier(part, quoted=True).sql(DIALECT) for part in name.split("."))


def _wide_integers(node: exp.Expr) -> exp.Expr:
    """HUGEINT → DECIMAL(38, 0).

    Spark has no integer wider than BIGINT. Both round half away from zero where a DECIMAL is cast to them, and Spark's
    DIV of two DECIMALs is exact. sql/ cannot say DECIMAL(38, 0) itself: DuckDB's // of DECIMALs is a double.
    """
    if isinstance(node, exp.DataType) and node.this == exp.DataType.Type.INT128:
        return exp.DataType.build("DECIMAL(38, 0)")
    return node


def _lists_in_order(node: exp.Expr) -> exp.Expr:
    """string_agg(x, '、' ORDER BY k) → the values in an array, sorted by the keys in front of them.

    Spark has LISTAGG from 4.0 on. As in DuckDB keys that are null come last, values that are null are left out, and of
    no value there is no text. Raises EngineError for a descending key, which a struct cannot sort by.
    """
    if not isinstance(node, exp.GroupConcat):
        return node
    value, keys = node.this, []
    if isinstance(value, exp.Order):
        if any(key.args.get("desc") for key in value.expressions):
            raise EngineError("string_agg 的次序在 Spark 3.5 上只能从小到大：请去掉 DESC，或换一个次序。")
        keys = [key.this.sql(DIALECT) for key in value.expressions]
        value = value.this
    text, separator = value.sql(DIALECT), node.args["separator"].sql(DIALECT)
    sorted_by = [f"{key} IS NULL AS is_null_{place}, {key} AS key_{place}" for place, key in enumerate(keys)]
    fields = ", ".join([*sorted_by, f"{text} AS listed"])
    present = f"collect_list(CASE WHEN {text} IS NOT NULL THEN struct({fields}) END)"
    texts = f"transform(array_sort({present}), element -> element.listed)"
    return parse_one(f"CASE WHEN count({text}) > 0 THEN array_join({texts}, {separator}) END", read=DIALECT)
