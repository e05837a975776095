"""The charts that tell of quality itself: scores, time to answer, revisions, punctuality.

They are made while publishing, from `quality.*` and `release.*`: models are built before the checks run, and what
models give is frozen with an issue, where a decision or a new check would be a revision of figures that never moved.
Each is a SELECT in `sql/published/<chart>.sql`, written as a model is; in the published file it is `charts.<chart>`.
`publish` puts them there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.common.quoting import identifier
from pipeline.common.tables import has_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings
    from pipeline.warehouse.models import Model

FOLDER: Final = "published"
SCHEMA: Final = "charts"
# The number before this comment is the hall's: in how many days after the last day printed an issue is due.
_DUE: Final = re.compile(r"\d+ /\* published_after_days \*/")


@dataclass(frozen=True)
class QualityChart:
    """A chart of quality: its name, words, key, columns (name, type, meaning) and the SELECT that gives its rows."""

    name: str
    comment: str
    key: tuple[str, ...]
    columns: tuple[tuple[str, str, str], ...]
    select: str


def quality_charts(con: DuckDBPyConnection, settings: Settings) -> list[QualityChart]:
    """Returns the charts of quality by name; one whose tables are not there yet is left out.

    A home has them all from its first checks on. Raises ModelError for a file that is no such SELECT.
    """
    charts = []
    for model in quality_models(settings):
        if all(has_table(con, *table.split(".")) for table in model.depends_on):
            charts.append(_chart(con, model, settings.weekly.published_after_days))
    return charts


def quality_models(settings: Settings) -> list[Model]:
    """Reads the SELECTs of the charts of quality, ordered by name.

    They are those of the program: a score means the same in every hall.
    """
    from pipeline.warehouse.models import read_model

    folder = settings.models.folder_of_program / FOLDER
    return [read_model(path) for path in sorted(folder.glob("*.sql"))]


def _chart(con: DuckDBPyConnection, model: Model, published_after_days: int) -> QualityChart:
    sql = _DUE.sub(str(published_after_days), model.sql)
    names = [column.name for column in model.columns]
    types = {name: str(kind) for name, kind, *_ in con.execute(f"DESCRIBE {sql}").fetchall()}
    return QualityChart(
        name=model.table,
        comment=model.description,
        key=model.grain,
        columns=tuple((column.name, types[column.name], column.description) for column in model.columns),
        select=f"SELECT {_listed(names)} FROM (\n{sql}\n)",
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(identifier, names))
