"""What the notebooks share: opening the published file, asking it, and one look of their pictures; no figure is made.

The file is found beside the project, or under ZHOUBAO_HOME; the warehouse is never looked at.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import plotly.express as px

if TYPE_CHECKING:
    import pandas as pd

PROJECT = Path(__file__).resolve().parents[1]
COLOURS = ("#2f74c0", "#1c8a7d", "#b57614", "#7d97b5", "#8a5aa8", "#7a8594")
FLAGGED = "#cc4b37"
ROW_HEIGHT = 24
px.defaults.template = "plotly_white"
px.defaults.color_discrete_sequence = list(COLOURS)


def published_file() -> Path:
    """`published/metrics.duckdb` of ZHOUBAO_HOME, or of data/ in the project."""
    return Path(os.environ.get("ZHOUBAO_HOME") or PROJECT / "data") / "published" / "metrics.duckdb"


def open_published() -> duckdb.DuckDBPyConnection:
    """Open the published file for reading. A later release replaces the file; this reader keeps what it opened.

    Raises FileNotFoundError with what to do where nothing was published yet.
    """
    path = published_file()
    if not path.is_file():
        raise FileNotFoundError(f"没有 {path}：请先运行 make run，或把 ZHOUBAO_HOME 指向有 published/ 的文件夹。")
    return duckdb.connect(str(path), read_only=True)


def ask(con: duckdb.DuckDBPyConnection, query: str, *values: Any) -> pd.DataFrame:
    """The answer to a query as a pandas frame; each `?` in the query takes one of the values."""
    return con.execute(query, list(values)).df()


def released_weeks(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The issues that were released, oldest first."""
    found = con.execute("SELECT DISTINCT week_id FROM release.issue ORDER BY week_id").fetchall()
    return [week for (week,) in found]


def drawn(figure: Any, title: str, height: int = 380) -> Any:
    """The figure in the notebooks' look: a title, a legend below, numbers with thousands, room for long names.

    A text on the horizontal axis is a name: plotly would read an issue such as 2023-04 as a month.
    """
    figure.update_layout(
        title={"text": title, "x": 0, "font": {"size": 16}},
        height=height,
        colorway=COLOURS,
        margin={"l": 8, "r": 8, "t": 48, "b": 8},
        legend={"orientation": "h", "y": -0.18, "title": None},
        separators=".,",
        template="plotly_white",
        hovermode="closest",
    )
    if any(trace.x is not None and len(trace.x) and isinstance(trace.x[0], str) for trace in figure.data):
        figure.update_xaxes(type="category", nticks=8, tickangle=0)
    figure.update_traces(
        increasing={"marker": {"color": COLOURS[0]}},
        decreasing={"marker": {"color": COLOURS[2]}},
        totals={"marker": {"color": COLOURS[1]}},
        selector={"type": "waterfall"},
    )
    figure.update_xaxes(automargin=True, title=None)
    figure.update_yaxes(automargin=True, title=None)
    figure.for_each_annotation(lambda note: note.update(text=note.text.split("=")[-1]))
    return figure
