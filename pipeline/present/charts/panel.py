"""What all figures share: the panel, colours, the empty frame, ticks, reading a year up to an issue; no figure itself.

Marks have fixed colours that stand out on white and on dark ground; text and grid take theirs from the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.present.shared.rows import Row, fetch, grouped, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BLUE: Final = "#2f74c0"
PALE: Final = "#7d97b5"
TEAL: Final = "#1c8a7d"
AMBER: Final = "#b57614"
VIOLET: Final = "#8a63b8"
GREY: Final = "#7a8594"
FLAGGED: Final = "#cc4b37"
# For parts of a whole, told apart by lightness too where colours are not seen.
PARTS: Final = (BLUE, TEAL, AMBER, VIOLET, PALE, GREY)
SPAN: Final = "week_id <= ? AND left(week_id, 4) = left(?, 4)"


@dataclass(frozen=True)
class Panel:
    """One drawn figure with what a reader who does not see it needs: a sentence, and the same numbers as a table."""

    key: str
    title: str
    description: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figure: Any


@dataclass(frozen=True)
class Series:
    """One name and its value for each tick."""

    name: str
    values: Sequence[Any]
    colour: str


def year_rows(
    con: DuckDBPyConnection, table: str, week_id: str, where: str = "true", order: str = "week_id"
) -> list[Row]:
    """The rows of `charts.<table>` in the issue's year up to the issue; `where` and `order` are SQL of ours."""
    query = f"SELECT * FROM charts.{table} WHERE {SPAN} AND {where} ORDER BY {order}"
    return fetch(con, query, [week_id, week_id])


def week_rows(con: DuckDBPyConnection, table: str, week_id: str, where: str = "true", order: str = "1") -> list[Row]:
    """The rows of `charts.<table>` of the issue; `where` and `order` are SQL of ours."""
    return fetch(con, f"SELECT * FROM charts.{table} WHERE week_id = ? AND {where} ORDER BY {order}", [week_id])


def bars(series: Iterable[Series], ticks: Sequence[str], unit: str, *, stacked: bool = False, height: int = 240) -> Any:
    """Upright bars over `ticks`, beside each other or stacked, with a legend where there are several series."""
    import plotly.graph_objects as go

    traces = [
        go.Bar(
            name=shown(one.name),
            x=[shown(tick) for tick in ticks],
            y=[plain(value) for value in one.values],
            marker={"color": one.colour},
            hovertemplate=f"%{{x}}：{shown(one.name)} %{{y:,}} {unit}<extra></extra>",
        )
        for one in series
    ]
    figure = frame(traces, height)
    figure.update_layout(barmode="stack" if stacked else "group", showlegend=len(traces) > 1)
    figure.update_xaxes(nticks=8, tickangle=0)
    figure.update_yaxes(nticks=4, tickformat=",d")
    return figure


def lines(series: Iterable[Series], ticks: Sequence[str], unit: str, *, height: int = 240) -> Any:
    """Lines with a mark a week, for rates and stocks; the axis need not start at nothing."""
    import plotly.graph_objects as go

    dashes = ("solid", "dash", "dot")
    traces = [
        go.Scatter(
            name=shown(one.name),
            x=[shown(tick) for tick in ticks],
            y=[plain(value) for value in one.values],
            mode="lines+markers",
            line={"color": one.colour, "width": 2.5, "dash": dashes[number % len(dashes)]},
            marker={"size": 6},
            hovertemplate=f"%{{x}}：{shown(one.name)} %{{y:,}} {unit}<extra></extra>",
        )
        for number, one in enumerate(series)
    ]
    figure = frame(traces, height)
    figure.update_layout(showlegend=len(traces) > 1)
    figure.update_xaxes(nticks=8, tickangle=0)
    figure.update_yaxes(nticks=4, rangemode="normal", showgrid=True)
    return figure


def lying_bars(series: Iterable[Series], names: Sequence[str], unit: str, *, height: int) -> Any:
    """Bars that lie, one row a name, the first on top: for names that are longer than a tick can be."""
    import plotly.graph_objects as go

    traces = [
        go.Bar(
            name=shown(one.name),
            orientation="h",
            y=[shown(name) for name in names],
            x=[plain(value) for value in one.values],
            marker={"color": one.colour},
            hovertemplate=f"%{{y}}：{shown(one.name)} %{{x:,}} {unit}<extra></extra>",
        )
        for one in series
    ]
    figure = frame(traces, height)
    figure.update_layout(barmode="group", showlegend=len(traces) > 1, bargap=0.3)
    figure.update_yaxes(autorange="reversed", showgrid=False, automargin=True)
    figure.update_xaxes(nticks=3, tickformat=",d", rangemode="tozero")
    return figure


def frame(traces: Sequence[Any], height: int) -> Any:
    """A figure without ground, title or drag: the page gives those."""
    import plotly.graph_objects as go

    layout = {
        "template": "none",
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 12, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "bargap": 0.25,
        "dragmode": False,
        "xaxis": {"automargin": True, "fixedrange": True, "zeroline": False, "showgrid": False},
        "yaxis": {"automargin": True, "fixedrange": True, "zeroline": False, "rangemode": "tozero"},
    }
    # All at once: plotly takes longer to change a figure than to make it.
    return go.Figure(list(traces), layout)


def shown(text: str) -> str:
    """Text for a figure, line breaks kept: plotly reads tags in it, so text from files must have none."""
    return text.replace("&", "＆").replace("<", "＜").replace(">", "＞").replace("%{", "%｛").replace("\n", "<br>")


def plain(value: Any) -> Any:
    """A number as JSON has it: a decimal becomes a float, which draws and never calculates."""
    return value if value is None or isinstance(value, int) else float(value)


def issue_label(week_id: str) -> str:
    """2023-07 as a tick reads 7期."""
    return f"{int(week_id.rsplit('-', 1)[1])}期"


def ticks(rows: Iterable[Row]) -> list[str]:
    """The ticks of rows that are one a week."""
    return [issue_label(row["week_id"]) for row in rows]


def cells(row: Mapping[str, Any], columns: Sequence[str]) -> tuple[str, ...]:
    """These columns of a row as text: numbers grouped, text as it is."""
    return tuple(
        row[column]
        if isinstance(row[column], str)
        else percent(row[column])
        if _is_rate(column)
        else grouped(row[column])
        for column in columns
    )


def _is_rate(column: str) -> bool:
    return "_rate" in column or "_pct" in column
