"""What the outer edition shows of each column of each chart: the `disclosure` rule.

A column is a count of cases or persons (left out where it is small), derived from counts (left out where one of its
row, or of the row a week before, is), shown as it is (labels, counts of departments or files), or hidden. A column
without a rule is hidden, and so is a chart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Span(StrEnum):
    """What a count is of: a week, the year to date, or a moment."""

    WEEK = "week"
    YEAR_TO_DATE = "ytd"
    MOMENT = "moment"


@dataclass(frozen=True)
class Count:
    """A column that counts cases or persons.

    Counts of the same metric, span and week are parts of each other: those by department make the whole. `split_by` is
    what a row is one of: dimension → column; None takes the chart's own. `fixed` are dimensions with one value.
    """

    metric: str
    span: Span
    split_by: Mapping[str, str] | None = None
    fixed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ChartRule:
    """The rules of a chart's columns. A value `ALL` in a column of `split_by` is the whole.

    Where `measure_column` is given, its value says which metric the counts of a row are of: `measures`.
    """

    counts: Mapping[str, Count] = field(default_factory=dict)
    split_by: Mapping[str, str] = field(default_factory=dict)
    derived: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    measure_column: str = ""
    measures: Mapping[str, tuple[str, Span]] = field(default_factory=dict)


ACCEPTED: Final = "case_accepted"
COMPLETED: Final = "case_completed"
OPEN: Final = "case_closing"
GROUP: Final = {"group": "power_group"}
DEPARTMENT: Final = {"department": "department_id"}
# Accepted and completed, in the week and to date, as several charts call them.
FLOWS: Final = {
    "accepted": Count(ACCEPTED, Span.WEEK),
    "accepted_ytd": Count(ACCEPTED, Span.YEAR_TO_DATE),
    "completed": Count(COMPLETED, Span.WEEK),
    "completed_ytd": Count(COMPLETED, Span.YEAR_TO_DATE),
}
DEADLINES: Final = {
    "deadline_cases": Count("deadline_cases", Span.WEEK),
    "deadline_cases_ytd": Count("deadline_cases", Span.YEAR_TO_DATE),
    "on_time_cases": Count("on_time_cases", Span.WEEK),
    "on_time_cases_ytd": Count("on_time_cases", Span.YEAR_TO_DATE),
    "overdue_open": Count("overdue_open", Span.MOMENT),
}
# The metric of these two columns is that of the row's measure.
BY_MEASURE: Final = {"value": Count("", Span.WEEK), "value_ytd": Count("", Span.YEAR_TO_DATE)}
CASE_MEASURES: Final = {
    "accepted": (ACCEPTED, Span.WEEK),
    "completed": (COMPLETED, Span.WEEK),
    "open": (OPEN, Span.MOMENT),
}
WINDOW_MEASURES: Final = {
    measure: (f"window_{measure}", Span.WEEK) for measure in ("consulted", "accepted", "issued", "transferred")
}

SHOWN_OF_EVERY_CHART: Final = ("hall_id",)

RULES: Final[Mapping[str, ChartRule]] = {
    "activity": ChartRule(shown=("week_id", "seq", "occurred_on", "category", "department", "content")),
    "ageing": ChartRule(
        counts={"cases": Count(OPEN, Span.MOMENT)},
        split_by={**GROUP, "band": "age_band"},
        shown=("week_id", "power_group", "age_band", "power_group_label", "age_band_label", "sort_order"),
    ),
    "authorization_pending": ChartRule(
        shown=("week_id", "department_id", "department_name", "sort_order"), hidden=("remark",)
    ),
    "authorization_status": ChartRule(
        shown=("week_id", "status", "status_label", "departments", "department_names", "sort_order")
    ),
    "authorization_weekly": ChartRule(
        shown=(
            *("week_id", "status", "status_label", "departments", "previous_departments", "change"),
            *("departments_stationed", "share_pct", "joined_names", "left_names", "sort_order"),
        )
    ),
    "case_balance": ChartRule(
        counts=FLOWS | {"closing": Count(OPEN, Span.MOMENT)},
        split_by=GROUP,
        shown=("week_id", "power_group", "power_group_label", "sort_order"),
        # What is open, accepted and closed adds up over the weeks: the part that is closed is not told.
        hidden=("opening", "opening_week", "closed", "closed_ytd"),
    ),
    "channel_weekly": ChartRule(
        counts=FLOWS
        | {
            "accepted_total": Count(ACCEPTED, Span.WEEK, split_by={}),
            "accepted_total_ytd": Count(ACCEPTED, Span.YEAR_TO_DATE, split_by={}),
        },
        split_by={"channel": "channel", "online": "is_online"},
        derived=("share_pct", "share_pct_ytd"),
        shown=("week_id", "channel", "channel_label", "is_online", "sort_order"),
    ),
    "department_ageing": ChartRule(
        counts={"cases": Count(OPEN, Span.MOMENT)},
        split_by={**DEPARTMENT, "band": "age_band"},
        shown=("week_id", "department_id", "age_band", "department_name", "age_band_label", "sort_order"),
    ),
    "department_volume": ChartRule(
        counts=FLOWS | {"closing": Count(OPEN, Span.MOMENT)},
        split_by=DEPARTMENT,
        derived=("completion_rate_ytd", "rank"),
        shown=("week_id", "department_id", "department_name", "activity_status", "activity_label"),
        hidden=("cohort_rate_ytd", "completed_cohort_ytd", "opening", "closed_ytd"),
    ),
    "group_timeliness": ChartRule(
        counts=DEADLINES,
        split_by=GROUP,
        derived=("on_time_rate_ytd",),
        shown=("week_id", "power_group", "power_group_label", "sort_order"),
    ),
    "group_weekly": ChartRule(
        counts=BY_MEASURE,
        split_by=GROUP,
        derived=("previous_value", "change_pct", "mean_to_date"),
        shown=("week_id", "power_group", "measure", "power_group_label", "measure_label", "unit", "sort_order"),
        measure_column="measure",
        measures=CASE_MEASURES,
    ),
    "inspection_weekly": ChartRule(
        shown=("week_id", "inspection_item", "conclusion", "issues", "sort_order"), hidden=("note",)
    ),
    # What a measure counts only its contract knows, so nothing of it is shown outside.
    "measure_weekly": ChartRule(
        hidden=(
            "week_id",
            "metric",
            "metric_label",
            "split",
            "split_label",
            "member",
            "member_label",
            "unit",
            "value",
            "value_ytd",
            "previous_value",
            "change",
            "change_pct",
            "mean_to_date",
            "flag",
            "comment",
            "basis",
            "source",
            "decimals",
            "sort_order",
            "is_headline",
        )
    ),
    "item_ytd": ChartRule(
        counts=BY_MEASURE,
        split_by=GROUP,
        shown=("week_id", "power_group", "measure", "power_group_label", "measure_label", "unit", "sort_order"),
        # The flag says by how much completed exceeds accepted.
        hidden=("excess_over_accepted", "carried_over", "flag"),
        measure_column="measure",
        measures=CASE_MEASURES,
    ),
    "online_weekly": ChartRule(
        counts={
            "online_accepted": Count(ACCEPTED, Span.WEEK, split_by={}, fixed={"online": "True"}),
            "online_accepted_ytd": Count(ACCEPTED, Span.YEAR_TO_DATE, split_by={}, fixed={"online": "True"}),
            "accepted": Count(ACCEPTED, Span.WEEK),
            "accepted_ytd": Count(ACCEPTED, Span.YEAR_TO_DATE),
        },
        derived=("online_rate", "online_rate_ytd"),
        shown=("week_id",),
    ),
    "punctuality": ChartRule(
        shown=(
            *("week_id", "period_end", "due_on", "released_on", "days_after_end", "days_late", "is_on_time"),
            *("releases", "last_released_on"),
        )
    ),
    "report_week": ChartRule(
        shown=(
            *("week_id", "year", "issue_no", "total_issue_no", "period_start", "period_end"),
            *("coverage_start", "coverage_end", "working_days", "calendar_status"),
        )
    ),
    "revision_size": ChartRule(
        shown=("week_id", "revision", "metric", "part", "figures", "figures_revised", "revised_pct"),
        # The mean of one figure that moved is that figure.
        hidden=("mean_absolute_revision", "relative_revision_pct"),
    ),
    "timeliness_weekly": ChartRule(
        counts=DEADLINES,
        split_by=DEPARTMENT,
        derived=("on_time_rate", "on_time_rate_ytd", "previous_overdue_open"),
        shown=("week_id", "department_id", "department_name", "sort_order"),
    ),
    "training_weekly": ChartRule(
        counts={"trainees": Count("training_trainees", Span.MOMENT)},
        shown=("week_id", "main_items", "sessions", "sessions_ytd", "department_names"),
    ),
    "week_quality": ChartRule(
        shown=(
            *("week_id", "files", "files_superseded", "rows_physical", "rows_loaded", "rows_quarantined"),
            *("rows_set_aside", "rows_of_data", "quarantined_pct", "printed_totals", "totals_off", "restated_cases"),
        )
    ),
    "window_weekly": ChartRule(
        counts=BY_MEASURE,
        derived=("previous_value", "change_pct", "mean_to_date"),
        shown=("week_id", "measure", "measure_label", "unit", "flag", "sort_order"),
        measure_column="measure",
        measures=WINDOW_MEASURES,
    ),
}
# Each row of these is about a handful of cases; a triangle has what was printed of a figure before.
HIDDEN_CHARTS: Final = frozenset({"overdue", "quality_score", "quality_settlement", "revision_triangle"})
