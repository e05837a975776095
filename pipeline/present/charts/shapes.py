"""The shapes that figures are drawn in: upright bars, lines, lying bars, their colours, the empty frame.

What a figure says beside its marks is a `Panel`, in `pipeline.present.charts.panel`. Marks have fixed colours that
stand out on white and on dark ground; text and grid take theirs from the page.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.present.shared.rows import grouped

BLUE: Final = "#2f74c0"
PALE: Final = "#7d97b5"
TEAL: Final = "#1c8a7d"
AMBER: Final = "#b57614"
VIOLET: Final = "#8a63b8"
GREY: Final = "#7a8594"
FLAGGED: Final = "#cc4b37"
# For parts of a whole, told apart by lightness too where colours are not seen.
PARTS: Final = (BLUE, TEAL, AMBER, VIOLET, PALE, GREY)
DASHES: Final = ("solid", "dash", "dot")
NOTHING_ELSE: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True)
class Series:
    """One name and its value for each tick."""

    name: str
    values: Sequence[Any]
    colour: str


def part_series(values: dict[str, list[Any]]) -> list[Series]:
    """Makes a series of each part of a whole (name -> values), in the colours of parts, which repeat after six."""
    series = []
    for number, (name, part) in enumerate(values.items()):
        series.append(Series(name, part, PARTS[number % len(PARTS)]))
    return series


def bars(series: Iterable[Series], ticks: Sequence[str], unit: str, *, stacked: bool = False, height: int = 240) -> Any:
    """Draws upright bars over `ticks`, beside each other or stacked, with a legend where there are several series."""
    import plotly.graph_objects as go

    x = list(map(plot_text, ticks))
    traces = []
    for part in series:
        name = plot_text(part.name)
        traces.append(
            go.Bar(
                name=name,
                x=x,
                y=_numbers(part.values),
                marker={"color": part.colour},
                hovertemplate=f"%{{x}}：{name} %{{y:,}} {unit}<extra></extra>",
            )
        )
    return frame(
        traces,
        height,
        axis_words(unit),
        {"barmode": "stack" if stacked else "group", "showlegend": len(traces) > 1},
        x_axis={"nticks": 8, "tickangle": 0},
        y_axis={"nticks": 4, "tickformat": ",d"},
    )


def lines(
    series: Sequence[Series], ticks: Sequence[str], unit: str, *, height: int = 240, from_zero: bool = False
) -> Any:
    """Draws lines with a mark a week, for rates and stocks; unless `from_zero`, the axis begins below the lowest."""
    import plotly.graph_objects as go

    x = list(map(plot_text, ticks))
    first, last = (0.0, None) if from_zero else value_range([value for part in series for value in part.values])
    traces = []
    for number, part in enumerate(series):
        name = plot_text(part.name)
        dash = DASHES[number % len(DASHES)]
        traces.append(
            go.Scatter(
                name=name,
                x=x,
                y=_numbers(part.values),
                mode="lines+markers",
                line={"color": part.colour, "width": 2.5, "dash": dash},
                marker={"size": 6},
                hovertemplate=f"%{{x}}：{name} %{{y:,}} {unit}<extra></extra>",
            )
        )
    cut = {"range": [first, last]} if first > 0 else {}
    return frame(
        traces,
        height,
        axis_words(unit, first),
        {"showlegend": len(traces) > 1},
        x_axis={"nticks": 8, "tickangle": 0},
        y_axis={"nticks": 4, "showgrid": True} | cut,
    )


def value_range(values: Iterable[Any]) -> tuple[float, float]:
    """Returns where an axis begins and ends that shows how values differ: 92.3 and 96.1 give 91 and 97.

    It begins at nothing where that is near.
    """
    known = [float(value) for value in values if value is not None]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    spread = (high - low) or abs(high) or 1.0
    # The power of ten below a third of the spread: 3.8 gives 1, 0.2 gives 0.01.
    step = 10.0 ** math.floor(math.log10(spread / 3))
    first = math.floor((low - spread / 10) / step) * step
    last = math.ceil((high + spread / 10) / step) * step
    return max(round(first, 6), 0.0), round(last, 6)


def axis_words(unit: str, first: float = 0) -> str:
    """Says what an axis counts and where it begins: `单位：件，从 0 起`; without a unit the legend has the units."""
    measured = f"单位：{unit}" if unit else "单位见图例"
    if first > 0:
        return f"{measured}，纵轴截断，从 {grouped(first)} 起"
    return f"{measured}，从 0 起"


def lying_bars(series: Iterable[Series], names: Sequence[str], unit: str, *, height: int) -> Any:
    """Draws bars that lie, one row a name, the first on top: for names that are longer than a tick can be."""
    import plotly.graph_objects as go

    y = list(map(plot_text, names))
    traces = []
    for part in series:
        name = plot_text(part.name)
        traces.append(
            go.Bar(
                name=name,
                orientation="h",
                y=y,
                x=_numbers(part.values),
                marker={"color": part.colour},
                hovertemplate=f"%{{y}}：{name} %{{x:,}} {unit}<extra></extra>",
            )
        )
    return frame(
        traces,
        height,
        axis_words(unit),
        {"barmode": "group", "showlegend": len(traces) > 1, "bargap": 0.3},
        x_axis={"nticks": 3, "tickformat": ",d", "rangemode": "tozero"},
        y_axis={"autorange": "reversed", "showgrid": False},
    )


def frame(
    traces: Sequence[Any],
    height: int,
    axis: str = "",
    changes: Mapping[str, Any] = NOTHING_ELSE,
    *,
    x_axis: Mapping[str, Any] = NOTHING_ELSE,
    y_axis: Mapping[str, Any] = NOTHING_ELSE,
) -> Any:
    """Returns a figure without ground, title or drag: the page gives those.

    `height` is in pixels and the least that the figure needs, `axis` what `axis_words` says; the rest are entries of
    plotly's layout and of its axes that are other than below.
    """
    import plotly.graph_objects as go

    layout = {
        "template": "none",
        "height": height,
        "meta": {"axis": axis},
        "margin": {"l": 8, "r": 12, "t": 12, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "bargap": 0.25,
        "dragmode": False,
        "xaxis": {"automargin": True, "fixedrange": True, "zeroline": False, "showgrid": False, **x_axis},
        "yaxis": {"automargin": True, "fixedrange": True, "zeroline": False, "rangemode": "tozero", **y_axis},
        **changes,
    }
    # All at once: plotly takes longer to change a figure than to make it.
    return go.Figure(list(traces), layout)


def plot_text(text: str) -> str:
    """Makes text from files safe for a figure: plotly reads tags and `%{…}` in it. Line breaks are kept.

    `<b>水利厅</b>` gives `＜b＞水利厅＜/b＞`, which is shown as it is written.
    """
    safe = text.replace("&", "＆").replace("<", "＜").replace(">", "＞").replace("%{", "%｛")
    return safe.replace("\n", "<br>")


def _numbers(values: Sequence[Any]) -> list[int | float | None]:
    return list(map(plain_number, values))


def plain_number(value: Any) -> int | float | None:
    """Returns a number as JSON has it: a decimal becomes a float, which draws and never calculates."""
    if value is None or isinstance(value, int):
        return value
    return float(value)
