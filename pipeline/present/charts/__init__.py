"""Plotly figures drawn from chart tables alone, one module a subject; `registry` lists them all.

In: `charts.*` of the warehouse or of the published file. Out: panels, each a figure with its words and its table.
Elsewhere: pages in `pipeline.present.site`; what a number means, in `pipeline/reference/metric.csv` and `sql/`.
"""

from pipeline.present.charts.departments import one_department_panels
from pipeline.present.charts.panel import Panel
from pipeline.present.charts.registry import FIGURES, WITHOUT_FIGURE, panels, placed_panels
from pipeline.present.charts.shapes import FLAGGED

__all__ = [
    "FIGURES",
    "FLAGGED",
    "WITHOUT_FIGURE",
    "Panel",
    "one_department_panels",
    "panels",
    "placed_panels",
]
