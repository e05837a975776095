"""The week at a glance: each printed figure beside those of the issue before and of the year before, worst news first.

Figures are read as `pipeline.present.shared.summary` gives them. The site shows the glance on the first screen of an
issue, the slide on its only page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from pipeline.present.shared.declared import TABLE
from pipeline.present.shared.metrics import ITEMS, SECTIONS, TRAINING, WINDOW, WeeklySection
from pipeline.present.shared.rows import signed_change, signed_percent
from pipeline.present.shared.summary import SummaryRow, week_summary
from pipeline.reporting_calendar.week_ids import read_week_id, week_id_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Number = int | Decimal
# So many changes and findings fit beside the figures on one screen.
MOST_CHANGES: Final = 4
# Flows are compared in percent; a few departments, people or sessions are counted.
COMPARED_IN_PERCENT: Final = frozenset({WINDOW.code, ITEMS.code})
# The weekly prints these for the year so far; others for the week.
PRINTED_YEAR_TO_DATE: Final = frozenset({ITEMS.code})


@dataclass(frozen=True)
class Glance:
    """One printed figure with what it is compared with.

    `headline` names the value that the weekly prints, value or value_ytd. `change` is the week's value against the
    issue before, `year_on_year` the headline against the issue of the same number a year before; both in words
    (`+12.3%`, `-1`, `+1.36 个百分点`), None where there is nothing to compare with. `size` is how far the week moved,
    for ranking.
    """

    row: SummaryRow
    headline: str
    change: str | None
    year_on_year: str | None
    size: Decimal

    @property
    def printed(self) -> Any:
        """The headline as it is printed: a number, None where it has not arrived, 【待核实】 where it is withheld."""
        return self.row.printed(self.headline)

    @property
    def is_year_to_date(self) -> bool:
        """Whether the headline is of the year so far."""
        return self.headline == "value_ytd"


def year_before(week_id: str) -> str:
    """Returns the issue of the same number a year before: 2023-15 gives 2022-15."""
    year, number = read_week_id(week_id)
    return week_id_of(year - 1, number)


def week_glance(con: DuckDBPyConnection, week_id: str) -> list[Glance]:
    """Returns all printed figures of an issue in the order of the weekly, compared; empty as `week_summary` is.

    In: what `week_summary` reads, for this issue, the one before it in `docs.report_week` and that of the year before.
    """
    before = _values(con, _issue_before(con, week_id))
    last_year = _values(con, year_before(week_id))
    return [_glance(row, before.get(row.anchor), last_year.get(row.anchor)) for row in week_summary(con, week_id)]


def headlines(glances: Iterable[Glance]) -> list[Glance]:
    """Returns the figures that have a place on the first screen; what others are computed of stands further down."""
    return [glance for glance in glances if glance.row.figure.is_headline]


def by_section(
    glances: Iterable[Glance], sections: Iterable[WeeklySection] = SECTIONS
) -> list[tuple[WeeklySection, list[Glance]]]:
    """Groups the headlines by section; one of `sections` whose source has not arrived has an empty group."""
    groups: dict[WeeklySection, list[Glance]] = {section: [] for section in sections}
    for glance in headlines(glances):
        groups.setdefault(glance.row.figure.section, []).append(glance)
    return list(groups.items())


def largest_changes(glances: Sequence[Glance]) -> list[Glance]:
    """Returns the headlines that moved most against the issue before, at most MOST_CHANGES, the largest first."""
    moved = [glance for glance in headlines(glances) if glance.size]
    return sorted(moved, key=lambda glance: (-glance.size, glance.row.anchor))[:MOST_CHANGES]


def _issue_before(con: DuckDBPyConnection, week_id: str) -> str | None:
    row = con.execute("SELECT max(week_id) FROM docs.report_week WHERE week_id < ?", [week_id]).fetchone()
    return row[0] if row else None


def _values(con: DuckDBPyConnection, week_id: str | None) -> Mapping[str, SummaryRow]:
    if week_id is None:
        return {}
    return {row.anchor: row for row in week_summary(con, week_id)}


def _glance(row: SummaryRow, before: SummaryRow | None, last_year: SummaryRow | None) -> Glance:
    section = row.figure.section.code
    headline = "value_ytd" if section in PRINTED_YEAR_TO_DATE else "value"
    return Glance(
        row=row,
        headline=headline,
        change=_change(row, before, "value"),
        year_on_year=_change(row, last_year, headline),
        size=_size(row, before),
    )


def _change(row: SummaryRow, other: SummaryRow | None, name: str) -> str | None:
    """Says how far a value is from the other issue's; None where one of both is missing, withheld or nothing."""
    pair = _both(row, other, name)
    if pair is None:
        return None
    now, then = pair
    if not _is_flow(row):
        return signed_change(now - then, row.unit)
    if then == 0:
        return None
    return signed_percent(_percent(now, then))


def _size(row: SummaryRow, before: SummaryRow | None) -> Decimal:
    """How far the week moved in percent of the issue before; training comes and goes and is no change."""
    pair = _both(row, before, "value")
    if pair is None or not _has_size(row):
        return Decimal(0)
    now, then = pair
    if then == 0:
        return Decimal(0)
    return abs(_percent(now, then))


def _is_flow(row: SummaryRow) -> bool:
    return row.figure.is_flow or row.figure.section.code in COMPARED_IN_PERCENT


def _has_size(row: SummaryRow) -> bool:
    """Whether a move of the figure can be ranked: rates and stocks that a contract declares move on other scales."""
    if row.figure.section.table == TABLE:
        return row.figure.is_flow
    return row.figure.section != TRAINING


def _both(row: SummaryRow, other: SummaryRow | None, name: str) -> tuple[Number, Number] | None:
    if other is None:
        return None
    if name in row.withheld or name in other.withheld:
        return None
    now, then = getattr(row, name), getattr(other, name)
    if now is None or then is None:
        return None
    return now, then


def _percent(now: Number, then: Number) -> Decimal:
    return round(Decimal(100) * (now - then) / then, 1)
