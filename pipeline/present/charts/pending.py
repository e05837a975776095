"""What stands in the place of a chart whose figures are withheld: 【待核实】, and which figures and why.

Which they are is read in `pipeline.present.shared.withheld`.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.present.charts.panel import Panel
from pipeline.present.charts.shapes import frame
from pipeline.release.revisions.masks import PENDING, WithheldCell


def pending_panel(key: str, title: str, pending: Sequence[WithheldCell]) -> Panel:
    """Makes a panel without marks: a chart of which some numbers are withheld would show the others as if complete."""
    figure = frame([], height=120)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.add_annotation(x=0.5, y=0.5, xref="paper", yref="paper", text=PENDING, showarrow=False)
    notes = dict.fromkeys((cell.week_id, cell.note) for cell in pending)
    return Panel(
        key=key,
        title=f"{title}{PENDING}",
        description=f"{title}有数字待核实，本次不印。",
        header=("期", "数字", "说明"),
        rows=tuple((week, PENDING, note) for week, note in notes),
        figure=figure,
    )
