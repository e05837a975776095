"""The page of scores: quality by dimension and department, time to answer, revisions, punctuality of the issue's year.

What single checks saw is in `pipeline.present.site.pages.quality`; the numbers come from
`pipeline.present.shared.quality_figures`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pipeline.present.charts.quality import score_panels
from pipeline.present.shared.quality_figures import (
    FORMULA,
    ROW_RULES,
    has_quality_charts,
    punctuality,
    revision_sizes,
    revisions,
    scores_by_department,
    scores_by_dimension,
    settlements,
    triangle,
)
from pipeline.present.site.page import Page
from pipeline.present.site.published import Published
from pipeline.quality.checks.standards import DIMENSION_MEANINGS, DIMENSIONS
from pipeline.reporting_calendar.week_ids import weeks_in_words, year_bounds

PATH: Final = "quality/scores.html"
# A triangle of more figures is read as a file.
MOST_FIGURES: Final = 100
NOT_CHECKED: Final = {"score_pct": None, "rows_checked": 0, "rows_held": 0}


def score_pages(published: Published) -> Iterator[Page]:
    """Makes one page; none where the file is of an earlier version, or nothing was counted yet."""
    if not has_quality_charts(published.con):
        return
    weeks = _weeks_of_year(published)
    if not scores_by_dimension(published.con, weeks):
        return
    yield Page(
        path=PATH,
        template="quality_scores.html.j2",
        section="quality",
        title="质量得分与修订",
        made_from=[published.content],
        content=lambda: score_content(published, weeks),
    )


def _weeks_of_year(published: Published) -> list[str]:
    """The released weeks of the latest issue's year."""
    first, last = year_bounds(published.week_id)
    weeks = [str(issue["week_id"]) for issue in published.issues]
    return sorted(week for week in weeks if first <= week <= last)


def score_content(published: Published, weeks: list[str]) -> dict[str, Any]:
    """Returns everything the page shows: scores of the latest issue and its year, the year's times and revisions."""
    con = published.con
    of_issue = {row["dimension"]: row for row in scores_by_dimension(con, [published.week_id])}
    return {
        "week": published.week_id,
        "span": weeks_in_words(weeks[0], weeks[-1]),
        "panels": {panel.key: panel for panel in score_panels(con, published.week_id)},
        "formula": FORMULA,
        "rules": ROW_RULES,
        "meanings": DIMENSION_MEANINGS,
        "dimensions": DIMENSIONS,
        "by_dimension": [(of_issue.get(row["dimension"], NOT_CHECKED), row) for row in scores_by_dimension(con, weeks)],
        "by_department": scores_by_department(con, weeks),
        "settlements": settlements(con, weeks),
        "revisions": revisions(con, weeks),
        "sizes": revision_sizes(con, weeks),
        "triangle": triangle(con, weeks, MOST_FIGURES),
        "punctuality": punctuality(con, weeks),
    }
