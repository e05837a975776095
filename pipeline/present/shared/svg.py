"""Small pictures as SVG text, for places where no script draws: a trend over the weeks, bars by owner.

Figures that a script draws are in `pipeline.present.charts`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

# A bar of a trend, in pixels.
BAR, GAP, HEIGHT = 7, 2, 26
# Stacked bars, in pixels: height of a row, where its bar begins, width of the picture, room for the sum at the end.
_ROW, _LEFT, _WIDTH, _SUM = 30, 150, 720, 60
_LEGEND_STEP: Final = 110
_FONT: Final = "font-family='Noto Sans CJK SC,Microsoft YaHei,sans-serif' font-size='14'"


def trend(values: Sequence[tuple[str, int, str]], words: str) -> str:
    """Draws bars of (week, count, class) in time; a zero is a low line, so that a checked week can be told from none.

    `words` is what somebody who cannot see it is told. Colours come from the page's style by class.
    """
    top = max((count for _, count, _ in values), default=0)
    bars = []
    for position, (week, count, css_class) in enumerate(values):
        height = _height(count, top)
        bars.append(
            f'<rect class="{escape(css_class)}" x="{position * (BAR + GAP)}" y="{HEIGHT - height}" width="{BAR}"'
            f' height="{height}"><title>{escape(week)}：{count}</title></rect>'
        )
    width = max(len(values) * (BAR + GAP) - GAP, 1)
    return (
        f'<svg class="trend" role="img" aria-label="{escape(words)}" width="{width}" height="{HEIGHT}" '
        f'viewBox="0 0 {width} {HEIGHT}">{"".join(bars)}</svg>'
    )


def _height(count: int, top: int) -> int:
    if count == 0:
        return 2
    return max(5, round(HEIGHT * count / top))


def stacked_bars(rows: Mapping[str, Sequence[int]], bands: Sequence[tuple[str, str]]) -> str:
    """Draws one horizontal bar a row, a part per band of (words, colour), each with its sum; text is dark on white."""
    longest = max(map(sum, rows.values()), default=0)
    scale = (_WIDTH - _LEFT - _SUM) / (longest or 1)
    height = _ROW * (len(rows) + 1) + 10
    lines = [_legend(bands)]
    for number, (name, parts) in enumerate(rows.items(), start=1):
        lines.append(_bar(name, parts, bands, number * _ROW + 8, scale))
    size = f"width='{_WIDTH}' height='{height}'"
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' {size} viewBox='0 0 {_WIDTH} {height}' {_FONT}>"
        f"<rect {size} fill='#ffffff'/>{''.join(lines)}</svg>"
    )


def _legend(bands: Sequence[tuple[str, str]]) -> str:
    parts = []
    for number, (words, colour) in enumerate(bands):
        left = _LEFT + number * _LEGEND_STEP
        parts.append(
            f"<rect x='{left}' y='9' width='14' height='14' fill='{colour}'/>"
            f"<text x='{left + 20}' y='21' fill='#1b2026'>{escape(words)}</text>"
        )
    return "".join(parts)


def _bar(name: str, parts: Sequence[int], bands: Sequence[tuple[str, str]], top: int, scale: float) -> str:
    lines = [f"<text x='{_LEFT - 10}' y='{top + 16}' text-anchor='end' fill='#1b2026'>{escape(name)}</text>"]
    left = float(_LEFT)
    for count, (_, colour) in zip(parts, bands, strict=True):
        width = count * scale
        if count:
            lines.append(f"<rect x='{left:.1f}' y='{top}' width='{width:.1f}' height='22' fill='{colour}'/>")
        left += width
    lines.append(f"<text x='{left + 8:.1f}' y='{top + 16}' fill='#1b2026'>{sum(parts)}</text>")
    return "".join(lines)


def data_uri(svg: str) -> str:
    """Returns the picture as a URI that a Markdown image can hold."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
