"""Small pictures as SVG text, for places where no script draws: a trend over the weeks, bars by owner; no figures."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

BAR, GAP, HEIGHT = 7, 2, 26
_ROW, _LEFT, _WIDTH = 30, 150, 720
_FONT: Final = "font-family='Noto Sans CJK SC,Microsoft YaHei,sans-serif' font-size='14'"


def trend(values: Sequence[tuple[str, int, str]], words: str) -> str:
    """Bars of (week, count, class) in time; a zero is a low line, so that a checked week can be told from none.

    `words` is what somebody who cannot see it is told. Colours come from the page's style by class.
    """
    top = max((count for _, count, _ in values), default=0)
    bars = [
        f'<rect class="{escape(name)}" x="{place * (BAR + GAP)}" y="{HEIGHT - height}" width="{BAR}" height="{height}">'
        f"<title>{escape(week)}：{count}</title></rect>"
        for place, (week, count, name) in enumerate(values)
        for height in [_height(count, top)]
    ]
    width = max(len(values) * (BAR + GAP) - GAP, 1)
    return (
        f'<svg class="trend" role="img" aria-label="{escape(words)}" width="{width}" height="{HEIGHT}" '
        f'viewBox="0 0 {width} {HEIGHT}">{"".join(bars)}</svg>'
    )


def stacked_bars(rows: Mapping[str, Sequence[int]], bands: Sequence[tuple[str, str]]) -> str:
    """One horizontal bar a row, a part per band of (words, colour), each with its number; text is dark on white."""
    longest = max((sum(parts) for parts in rows.values()), default=0) or 1
    scale = (_WIDTH - _LEFT - 60) / longest
    height = _ROW * (len(rows) + 1) + 10
    lines = [_legend(bands)]
    for place, (name, parts) in enumerate(rows.items(), start=1):
        lines.append(_bar(name, parts, bands, place * _ROW + 8, scale))
    size = f"width='{_WIDTH}' height='{height}'"
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' {size} viewBox='0 0 {_WIDTH} {height}' {_FONT}>"
        f"<rect {size} fill='#ffffff'/>{''.join(lines)}</svg>"
    )


def data_uri(svg: str) -> str:
    """The picture as a URI that a Markdown image can hold."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _height(count: int, top: int) -> int:
    return 2 if count == 0 else max(5, round(HEIGHT * count / top))


def _legend(bands: Sequence[tuple[str, str]]) -> str:
    parts = [
        f"<rect x='{_LEFT + place * 110}' y='9' width='14' height='14' fill='{colour}'/>"
        f"<text x='{_LEFT + place * 110 + 20}' y='21' fill='#1b2026'>{escape(words)}</text>"
        for place, (words, colour) in enumerate(bands)
    ]
    return "".join(parts)


def _bar(name: str, parts: Sequence[int], bands: Sequence[tuple[str, str]], top: int, scale: float) -> str:
    lines = [f"<text x='{_LEFT - 10}' y='{top + 16}' text-anchor='end' fill='#1b2026'>{escape(name)}</text>"]
    left = float(_LEFT)
    for count, (_, colour) in zip(parts, bands, strict=True):
        width = count * scale
        if count:
            lines.append(f"<rect x='{left:.1f}' y='{top}' width='{width:.1f}' height='22' fill='{colour}'/>")
        left += width
    return "".join([*lines, f"<text x='{left + 8:.1f}' y='{top + 16}' fill='#1b2026'>{sum(parts)}</text>"])
