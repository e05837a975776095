"""The figures that the weekly prints, each defined once: its chart, its row and column, its words.

Everything that lists printed figures is derived from here: the summary (`pipeline.present.shared.summary`), the fields
of the Word template (`pipeline.present.weekly.content`), the provenance page and its anchors
(`pipeline.present.site.origins`). What a metric means is in `pipeline/reference/metric.csv`; which metric stands
behind a chart's column is read from the SQL and published as `docs.figure_basis`, so it is not said here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True)
class WeeklySection:
    """Figures of the weekly that stand in one chart table.

    `code` begins the anchors of its figures (`window-consulted`), `title` is its heading. `table` is the chart table
    without its schema; `key` are the key columns besides the week, the last of which holds `WeeklyFigure.code`. A
    section without a key has one row a week, and each figure is a column of it. `label_columns` hold the words of a
    row. `source` is the export that its figures come from: a hall that has no such export has no such section.
    `checked_with` are tables that its figures do not pass through, whose checks hold them against other counts.
    """

    code: str
    title: str
    table: str
    source: str
    key: tuple[str, ...] = ()
    label_columns: tuple[str, ...] = ()
    checked_with: tuple[str, ...] = ()


@dataclass(frozen=True)
class WeeklyFigure:
    """One printed figure, or one for each group where the section's key has a group before the figure's code.

    `name` is what the Word template calls it. `label` and `unit` are given where the chart table has no column for
    them. `lists_departments` says that the departments counted are named beside the number.
    `is_flow` says that weeks are compared in percent, as it is with all figures of windows and cases. `is_headline`
    says that it has a place on the first screen of an issue.
    """

    section: WeeklySection
    code: str
    name: str
    column: str = "value"
    column_ytd: str | None = None
    label: str = ""
    unit: str = ""
    lists_departments: bool = False
    is_flow: bool = False
    is_headline: bool = True


# Cases are counted on two ways: by events (case_position) and one by one (case_stock); the checks compare both.
CASE_CHECKS: Final = ("charts.case_balance", "marts.case_stock", "marts.weekly_metric")

WINDOW: Final = WeeklySection("window", "综窗办件", "window_weekly", "window_weekly", ("measure",), ("measure_label",))
AUTHORIZATION: Final = WeeklySection(
    "authorization", "进驻及授权", "authorization_status", "department_register", ("status",), ("status_label",)
)
TRAINING: Final = WeeklySection("training", "业务培训", "training_weekly", "training_log")
ITEMS: Final = WeeklySection(
    "items",
    "事项受理办结",
    "item_ytd",
    "case_detail",
    ("power_group", "measure"),
    ("power_group_label", "measure_label"),
    CASE_CHECKS,
)
# In the order of the printed weekly.
SECTIONS: Final = (WINDOW, AUTHORIZATION, TRAINING, ITEMS)
WEEKLY_FIGURES: Final = (
    WeeklyFigure(WINDOW, "consulted", "咨询", column_ytd="value_ytd"),
    WeeklyFigure(WINDOW, "accepted", "受理", column_ytd="value_ytd"),
    WeeklyFigure(WINDOW, "issued", "颁发", column_ytd="value_ytd"),
    WeeklyFigure(WINDOW, "transferred", "流转", column_ytd="value_ytd"),
    WeeklyFigure(AUTHORIZATION, "stationed", "进驻", column="departments", unit="个"),
    WeeklyFigure(AUTHORIZATION, "authorized", "已授权", column="departments", unit="个"),
    # Only the few departments that are missing are named: forty names beside a number help nobody.
    WeeklyFigure(AUTHORIZATION, "not_authorized", "未授权", column="departments", unit="个", lists_departments=True),
    WeeklyFigure(TRAINING, "trainees", "人数", column="trainees", label="综窗人员", unit="名"),
    WeeklyFigure(TRAINING, "main_items", "主项", column="main_items", label="主项", unit="个"),
    WeeklyFigure(TRAINING, "sessions", "次数", column="sessions", label="培训", unit="次", lists_departments=True),
    WeeklyFigure(ITEMS, "accepted", "受理", column_ytd="value_ytd", unit="件"),
    WeeklyFigure(ITEMS, "completed", "办结", column_ytd="value_ytd", unit="件"),
)
# What the Word template calls the usual groups of power types, as in 事项.其它九类.办结; others go by their labels.
GROUP_NAMES: Final = {"licensing": "行政许可", "public_service": "公共服务", "other_nine": "其它九类"}


@dataclass(frozen=True)
class CaseTotal:
    """All cases of the hall together, which no single chart row holds: the sum of `column` of `charts.<table>`."""

    code: str
    label: str
    column: str
    table: str = "case_balance"
    unit: str = "件"
    checked_with: tuple[str, ...] = CASE_CHECKS

    @property
    def anchor(self) -> str:
        """Its place on the provenance page: `cases-accepted`."""
        return f"cases-{self.code}"


CASE_TOTALS: Final = (
    CaseTotal("accepted", "全部受理", "accepted"),
    CaseTotal("completed", "全部办结", "completed"),
    CaseTotal("closed", "全部结束", "closed"),
)

# The weeks that a figure counts. `week`: the issue; `ytd`: its year up to it; `ever`: all weeks up to it; `before` and
# `before_year`: all weeks before the issue, or before its year.
Span = Literal["week", "ytd", "ever", "before", "before_year"]
# Stocks have no rows in files: they are what was accepted less what was closed, in these weeks.
# (metric, `part` of docs.figure_basis) -> weeks
STOCK_SPANS: Final[dict[tuple[str, str], Span]] = {
    ("case_closing", "week"): "ever",
    ("case_opening", "week"): "before",
    ("case_opening", "ytd"): "before_year",
}
# Each metric that a stock is made of, and whether it is added (1) or taken away (-1).
STOCK_PARTS: Final = (("case_accepted", 1), ("case_closed", -1))


def figures_of(section: WeeklySection) -> tuple[WeeklyFigure, ...]:
    """Returns the figures of a section, in the order in which they are printed."""
    figures = []
    for figure in WEEKLY_FIGURES:
        if figure.section == section:
            figures.append(figure)
    return tuple(figures)
