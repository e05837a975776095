"""The made-up hall of one seed and scale up to the end of issue 15: its catalogue, its cases, its streams of chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from pipeline.reporting_calendar import ReportingCalendar, ReportWeek
from pipeline.sample import calibration as cal
from pipeline.sample.case_defects import alter_cases
from pipeline.sample.cases import CaseTable, build_cases
from pipeline.sample.catalogue import Catalogue, build_catalogue
from pipeline.sample.hall_files import working_days_of


@dataclass(frozen=True)
class World:
    """What every file of a sample is drawn from. `cases` are those of the calibrated weeks and their backlog."""

    seed: int
    scale: float
    chosen: frozenset[str]
    calendar: ReportingCalendar
    weeks: tuple[ReportWeek, ...]
    days: tuple[list[date], ...]
    catalogue: Catalogue
    cases: CaseTable

    def stream(self, *part: int) -> np.random.Generator:
        """A generator of its own for each part: a change in one leaves the others' bytes alone."""
        return _stream(self.seed, *part)


def build_world(seed: int, scale: float, chosen: frozenset[str], calendar: ReportingCalendar) -> World:
    """Makes the world with the defects that change what is counted. Raises ValueError for a scale out of bounds."""
    if not cal.SMALLEST_SCALE <= scale <= cal.LARGEST_SCALE:
        raise ValueError(f"scale 应在 {cal.SMALLEST_SCALE} 与 {cal.LARGEST_SCALE} 之间，而不是 {scale}。")
    weeks = calendar.weeks_between(cal.FIRST_WEEK, cal.LAST_WEEK)
    catalogue = build_catalogue(_stream(seed, 1))
    cases = build_cases(seed, scale, calendar, weeks, catalogue)
    alter_cases(cases, chosen, catalogue)
    days = tuple(working_days_of(week, calendar) for week in weeks)
    return World(seed, scale, chosen, calendar, weeks, days, catalogue, cases)


def _stream(seed: int, *part: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64([seed, *part]))
