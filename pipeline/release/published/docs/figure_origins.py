"""Writes the way home of every figure into `docs`: models, column lineage, and what each chart column rests on.

It is read from the SQL in `pipeline.warehouse.lineage` and `pipeline.release.revisions.basis`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final

from pipeline.release.published.docs.docs_table import DocsTable
from pipeline.release.published.quality_charts import FOLDER

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.release.revisions.basis import Basis
    from pipeline.warehouse.models import Model, ModelGraph

MODEL: Final = DocsTable(
    "model",
    "每张表的 SQL：从原始行到图表一步一步怎样算出\nThe SQL of each table, from the rows of files to the charts",
    1,
    {
        "table_name": ("VARCHAR", "表：模式.表名 | schema and table"),
        "position": ("INTEGER", "计算次序 | order of building"),
        "description": ("VARCHAR", "说明 | what it holds"),
        "grain": ("VARCHAR", "一行是什么：键 | what one row is: the key"),
        "materialized": ("VARCHAR", "存为表、视图或按期增量 | table, view or incremental by week"),
        "file": ("VARCHAR", "程序中的文件 | file in the project"),
        "sql": ("VARCHAR", "SQL 原文 | the SQL"),
    },
)
LINEAGE: Final = DocsTable(
    "lineage",
    "各列由上一层哪些列算出；原始行是 raw.*\nFrom which columns each column is computed; rows of files are raw.*",
    4,
    {
        "table_name": ("VARCHAR", "表 | table"),
        "column_name": ("VARCHAR", "列 | column"),
        "from_table": ("VARCHAR", "来自的表 | table that it reads"),
        "from_column": ("VARCHAR", "来自的列 | column that it reads"),
    },
)
FIGURE_BASIS: Final = DocsTable(
    "figure_basis",
    "图表的每一列以哪个指标为据；没有指标的（文字）以哪个来源为据。与 marts.provenance 相连即到文件\n"
    "Which metric, or which source, each chart column rests on; marts.provenance leads from the metric to the files",
    6,
    {
        "table_name": ("VARCHAR", "图表 | chart table, without its schema"),
        "column_name": ("VARCHAR", "列 | column"),
        "keys": ("VARCHAR", "决定是哪个指标的键（JSON），空对象为全部行 | key values that decide, as JSON"),
        "kind": ("VARCHAR", "metric 指标、source 来源 | metric or source"),
        "basis": ("VARCHAR", "指标或来源 | the metric or the source"),
        "part": ("VARCHAR", "week 本期、ytd 累计；来源为空字符串 | week or ytd; empty for a source"),
    },
)
FIGURE_STEP: Final = DocsTable(
    "figure_step",
    "图表的每一列从图表到原始行经过的表与列\n"
    "The tables and columns on the way from each chart column to the rows of files",
    4,
    {
        "table_name": ("VARCHAR", "图表 | chart table, without its schema"),
        "column_name": ("VARCHAR", "列 | column"),
        "keys": ("VARCHAR", "同 docs.figure_basis | as in docs.figure_basis"),
        "step": ("INTEGER", "第几步，0 为图表自身 | step, 0 is the chart itself"),
        "step_table": ("VARCHAR", "经过的表 | table on the way"),
        "step_columns": ("VARCHAR", "所读的列，逗号分隔 | columns read there"),
    },
)
TABLES: Final = (MODEL, LINEAGE, FIGURE_BASIS, FIGURE_STEP)


def write_origins(con: DuckDBPyConnection, database: str, graph: ModelGraph, of_quality: Sequence[Model] = ()) -> None:
    """Writes the four tables; everything in them is read from the SQL and the keys of the chart tables.

    `of_quality` are the SELECTs of the charts of quality, which rest on no file and stand among the models alone.
    """
    from pipeline.release.revisions.basis import figure_bases

    bases = figure_bases(con, graph)
    MODEL.write(con, database, _models([*graph, *of_quality]))
    LINEAGE.write(con, database, _lineage(graph))
    FIGURE_BASIS.write(con, database, list(chain.from_iterable(map(_basis_rows, bases))))
    FIGURE_STEP.write(con, database, list(chain.from_iterable(map(_step_rows, bases))))


def _models(models: Sequence[Model]) -> list[tuple[object, ...]]:
    return [
        (
            f"charts.{model.table}" if model.group == FOLDER else model.name,
            position,
            model.description,
            ", ".join(model.grain),
            model.materialized,
            model.file,
            model.sql,
        )
        for position, model in enumerate(models, start=1)
    ]


def _lineage(graph: ModelGraph) -> list[tuple[str, str, str, str]]:
    from pipeline.warehouse.lineage import column_lineage

    rows = []
    for model in graph:
        for column, origins in column_lineage(graph, model.name).items():
            rows += [(model.name, column, *origin) for origin in origins]
    return rows


def _basis_rows(basis: Basis) -> list[tuple[str, ...]]:
    """Returns a row a metric, or a row a source where the column rests on no metric."""
    key = (basis.table, basis.column, basis.keys)
    rows: list[tuple[str, ...]] = [(*key, "metric", metric, part) for metric, part in basis.metrics]
    if rows:
        return rows
    return [(*key, "source", source, "") for source in basis.sources]


def _step_rows(basis: Basis) -> list[tuple[object, ...]]:
    return [
        (basis.table, basis.column, basis.keys, number, table, ", ".join(columns))
        for number, (table, columns) in enumerate(basis.steps)
    ]
