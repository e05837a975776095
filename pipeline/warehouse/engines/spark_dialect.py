"""The SQL of models for Spark: sqlglot translates, and a few rules stand on top of it, each with its reason.

Whatever can be written so that every engine reads it alike is written so in sql/ (tests/unit/sql/portability.py holds
that); a rule is only for what DuckDB and Spark cannot both say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlglot import exp, parse_one

DIALECT: Final = "spark"


def to_spark(sql: str) -> str:
    """`SELECT CAST(a AS HUGEINT) // 2 FROM t` → `SELECT CAST(a AS DECIMAL(38, 0)) DIV 2 FROM t`.

    Comments are left out: they hold the words for readers, which go into the comments of the columns.
    """
    tree = parse_one(sql, read="duckdb")
    for rule in _RULES:
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


_RULES: Final[tuple[Callable[[exp.Expr], exp.Expr], ...]] = (_wide_integers,)
