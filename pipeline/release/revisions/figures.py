"""Which cells of the chart tables are figures, and how they are read; no revision is decided here.

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
from typing import TYPE_CHECKING

from pipeline.common.quoting import identifier, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings
    from pipeline.warehouse.models import ModelGraph

DESCRIPTIVE_ENDINGS = ("_label", "_name", "_zh", "_en")
DESCRIPTIVE = frozenset({"unit", "sort_order", "basis", "as_of", "week_id", "calendar_status"})
NUMBER_TYPE = re.compile(r"DECIMAL|DOUBLE|FLOAT|U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER")
TEXT_TYPE = re.compile(r"VARCHAR|BOOLEAN|DATE")
YTD = "_ytd"

Figure = tuple[str, str, Decimal | None, Decimal | None, str | None]


@dataclass(frozen=True)
class FigureColumn:
    """One metric of a chart table: the columns that give its value, its year to date and its text."""

    metric: str
    value: str | None = None
    value_ytd: str | None = None
    text: str | None = None


def chart_grains(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Key columns of every chart table, as its SQL model declares them: name without schema -> columns."""
    from pipeline.warehouse.models import load_models

    return grains_of(load_models(settings.sql_dir))


def grains_of(graph: ModelGraph) -> dict[str, tuple[str, ...]]:
    """The same of models that are already read."""
    return {
        model.name.removeprefix("charts."): tuple(model.grain)
        for model in graph.models.values()
        if model.name.startswith("charts.")
    }


def figure_columns(table: str, keys: Sequence[str], columns: Mapping[str, str]) -> list[FigureColumn]:
    """The metrics of a chart table with these `keys` and `columns` (name -> type), in the table's order.

    `x` and `x_ytd` are one metric; a lone `x_ytd` is a metric without a weekly value.
    """
    free = {name: kind for name, kind in columns.items() if name not in keys and not _describes(name)}
    numbers = [name for name, kind in free.items() if NUMBER_TYPE.match(kind)]
    texts = [name for name, kind in free.items() if TEXT_TYPE.match(kind)]
    found = []
    for name in numbers:
        base = name.removesuffix(YTD)
        if name == base:
            found.append(FigureColumn(f"{table}.{name}", name, name + YTD if name + YTD in numbers else None))
        elif base not in numbers:
            found.append(FigureColumn(f"{table}.{name}", value_ytd=name))
    return found + [FigureColumn(f"{table}.{name}", text=name) for name in texts]


def _describes(name: str) -> bool:
    return name in DESCRIPTIVE or name.endswith(DESCRIPTIVE_ENDINGS)


def read_figures(
    con: DuckDBPyConnection, weeks: Sequence[str], grains: Mapping[str, Sequence[str]], *, skip_unknown: bool = False
) -> dict[str, list[Figure]]:
    """Every figure of these issues as (metric, keys, value, value_ytd, text), ordered by metric and keys, by week_id.

    Reads all tables of the schema `charts`. Raises ValueError for a chart table whose grain is not known, because a
    release that leaves it out in silence could not be compared later; with `skip_unknown` it is left out.
    """
    figures: dict[str, list[Figure]] = {week_id: [] for week_id in weeks}
    for table, columns in _chart_columns(con).items():
        if table not in grains and skip_unknown:
            continue
        if table not in grains:
            raise ValueError(
                f"charts.{table} has no grain: its SQL file must say `grain:` in its header, so that it can be frozen."
            )
        for metric in figure_columns(table, grains[table], columns):
            for week_id, *figure in con.execute(_select(table, grains[table], metric), [list(weeks)]).fetchall():
                figures[week_id].append(tuple(figure))
    return {week_id: sorted(found, key=lambda figure: (figure[0], figure[1])) for week_id, found in figures.items()}


def _chart_columns(con: DuckDBPyConnection) -> dict[str, dict[str, str]]:
    rows = con.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns()"
        " WHERE database_name = current_database() AND schema_name = 'charts' ORDER BY table_name, column_index"
    ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        tables.setdefault(table, {})[column] = kind
    return tables


def _select(table: str, keys: Sequence[str], metric: FigureColumn) -> str:
    pairs = ", ".join(f"{quoted(key)}, {identifier(key)}" for key in sorted(keys) if key != "week_id")
    columns = ", ".join(
        f"CAST({identifier(column)} AS {kind})" if column else f"CAST(NULL AS {kind})"
        for column, kind in (
            (metric.value, "DECIMAL(38, 6)"),
            (metric.value_ytd, "DECIMAL(38, 6)"),
            (metric.text, "VARCHAR"),
        )
    )
    return (
        f"SELECT week_id, {quoted(metric.metric)}, CAST(json_object({pairs}) AS VARCHAR), {columns}"
        f" FROM charts.{identifier(table)} WHERE list_contains(?, week_id)"
    )


def figures_hash(figures: Sequence[Figure]) -> str:
    """SHA-256 over all figures in order; the same figures give the same hash on any machine."""
    digest = hashlib.sha256()
    for metric, keys, value, value_ytd, text in figures:
        row = [metric, keys, number_text(value), number_text(value_ytd), text]
        digest.update(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    return digest.hexdigest()


def number_text(value: Decimal | None) -> str | None:
    """A decimal in its shortest exact form: 42.000000 is 42."""
    if value is None:
        return None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
