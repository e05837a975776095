"""Says which cells of the chart tables are figures, and reads them; revisions are made in `pipeline.release.freeze`.

A chart table's own grain says which columns are keys. Of the others, numbers are figures and text that people read
(names, conclusions, flags) is frozen with them; labels, units and sort orders only describe and are left out.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING

from pipeline.common.decimal_text import number_text
from pipeline.common.quoting import identifier, quoted
from pipeline.release.revisions.masks import NOTHING_WITHHELD, Masks

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings
    from pipeline.warehouse.models import ModelGraph

# `department_name`, `measure_label`, `label_zh`: columns that only describe the row.
DESCRIPTIVE_ENDINGS = ("_label", "_name", "_zh", "_en")
DESCRIPTIVE = frozenset(
    {"unit", "sort_order", "basis", "decimals", "is_headline", "as_of", "week_id", "hall_id", "calendar_status"}
)
# "DECIMAL(18,2)", "BIGINT", "UTINYINT" are numbers; the types are DuckDB's own names.
NUMBER_TYPE = re.compile(r"DECIMAL|DOUBLE|FLOAT|U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER")
TEXT_TYPE = re.compile(r"VARCHAR|BOOLEAN|DATE")
YTD = "_ytd"

# metric, keys (JSON), value, value_ytd, text_value: a row of `release.figure` without week_id and revision.
Figure = tuple[str, str, Decimal | None, Decimal | None, str | None]


@dataclass(frozen=True)
class FigureColumn:
    """One metric of a chart table: the columns that give its value, its year to date and its text."""

    metric: str
    value: str | None = None
    value_ytd: str | None = None
    text: str | None = None


def chart_grains(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Returns the key columns of every chart table, as its SQL file declares them: name without schema → columns."""
    from pipeline.warehouse.measures import hall_models

    return grains_of(hall_models(settings))


def grains_of(graph: ModelGraph) -> dict[str, tuple[str, ...]]:
    """Returns the same of models that are already read."""
    grains = {}
    for model in graph:
        if model.group == "charts":
            grains[model.table] = model.key_in_hall
    return grains


def figure_columns(table: str, keys: Sequence[str], columns: Mapping[str, str]) -> list[FigureColumn]:
    """Returns the metrics of a chart table with these `keys` and `columns` (name → type): numbers first, then texts.

    `x` and `x_ytd` are one metric; a lone `x_ytd` is a metric without a weekly value.
    """
    numbers: list[str] = []
    texts: list[str] = []
    for name, sql_type in columns.items():
        if name in keys or _only_describes(name):
            continue
        if NUMBER_TYPE.match(sql_type):
            numbers.append(name)
        elif TEXT_TYPE.match(sql_type):
            texts.append(name)
    figures = []
    for name in numbers:
        figure = _number_column(table, name, numbers)
        if figure is not None:
            figures.append(figure)
    for name in texts:
        figures.append(FigureColumn(f"{table}.{name}", text=name))
    return figures


def _only_describes(name: str) -> bool:
    if name in DESCRIPTIVE:
        return True
    return name.endswith(DESCRIPTIVE_ENDINGS)


def _number_column(table: str, name: str, numbers: Sequence[str]) -> FigureColumn | None:
    """Returns the metric that a number column gives its name to, or None for `x_ytd` beside `x`."""
    metric = f"{table}.{name}"
    if name.endswith(YTD):
        weekly = name.removesuffix(YTD)
        return None if weekly in numbers else FigureColumn(metric, value_ytd=name)
    ytd = name + YTD
    return FigureColumn(metric, value=name, value_ytd=ytd if ytd in numbers else None)


def read_figures(
    con: DuckDBPyConnection,
    weeks: Sequence[str],
    grains: Mapping[str, Sequence[str]],
    *,
    skip_unknown: bool = False,
    masks: Masks = NOTHING_WITHHELD,
) -> dict[str, list[Figure]]:
    """Returns every figure of these issues by week_id, ordered by metric and keys.

    Reads all tables of the schema `charts`. Raises ValueError for a chart table whose grain is not known, because a
    release that leaves it out in silence could not be compared later; with `skip_unknown` it is left out. What `masks`
    withholds is null, or 【待核实】 where it is a text.
    """
    figures: dict[str, list[Figure]] = {week_id: [] for week_id in weeks}
    for table, columns in _chart_columns(con).items():
        grain = grains.get(table)
        if grain is None:
            if skip_unknown:
                continue
            raise ValueError(
                f"charts.{table} has no grain: its SQL file must say `grain:` in its header, so that it can be frozen."
            )
        source = masks.source(con, "charts", table)
        for metric in figure_columns(table, grain, columns):
            rows = con.execute(_select(source, grain, metric), [list(weeks)]).fetchall()
            for week_id, *figure in rows:
                figures[week_id].append(tuple(figure))
    for figures_of_week in figures.values():
        figures_of_week.sort(key=itemgetter(0, 1))
    return figures


def _chart_columns(con: DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Returns the columns of every chart table that stands in the warehouse: table → column → type."""
    rows = con.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns()"
        " WHERE database_name = current_database() AND schema_name = 'charts' ORDER BY table_name, column_index"
    ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for table, column, sql_type in rows:
        tables.setdefault(table, {})[column] = sql_type
    return tables


def _select(source: str, keys: Sequence[str], metric: FigureColumn) -> str:
    """Returns the SELECT of one metric: week_id and the parts of a Figure; its parameter is a list of weeks."""
    row_keys = sorted(set(keys) - {"week_id"})
    pairs = ", ".join(f"{quoted(key)}, {identifier(key)}" for key in row_keys)
    value = _cast(metric.value, "DECIMAL(38, 6)")
    value_ytd = _cast(metric.value_ytd, "DECIMAL(38, 6)")
    text = _cast(metric.text, "VARCHAR")
    return (
        f"SELECT week_id, {quoted(metric.metric)}, CAST(json_object({pairs}) AS VARCHAR), {value}, {value_ytd}, {text}"
        f" FROM {source} WHERE list_contains(?, week_id)"
    )


def _cast(column: str | None, sql_type: str) -> str:
    expression = "NULL" if column is None else identifier(column)
    return f"CAST({expression} AS {sql_type})"


def figures_hash(figures: Sequence[Figure]) -> str:
    """Returns the SHA-256 over all figures in order; the same figures give the same hash on any machine."""
    digest = hashlib.sha256()
    for metric, keys, value, value_ytd, text in figures:
        row = [metric, keys, number_text(value), number_text(value_ytd), text]
        digest.update(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    return digest.hexdigest()
