"""Weeks beside the calibrated ones, of the same world: those that follow issue 15 of 2023, and the year before.

Each week is made from the year before it and from its own streams of chance, so that 2023-16 is the same to the byte
whether it is written alone or among others. What is planted into one of them stands in its files only: the weeks
behind it go on as if a corrected file had come.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.reporting_calendar import ReportingCalendar, ReportWeek
from pipeline.sample import calibration as cal
from pipeline.sample.case_defects import restate
from pipeline.sample.case_files import CaseFileWriter
from pipeline.sample.cases import DAY, CaseTable, day_number
from pipeline.sample.defects import chosen_defects, refuse_immovable
from pipeline.sample.export_files import ExportFiles, Progress
from pipeline.sample.hall_files import (
    Session,
    WindowSheet,
    build_sessions,
    further_sessions,
    published_windows,
    window_sheet,
    working_days_of,
)
from pipeline.sample.identity import build_identities
from pipeline.sample.later_cases import Stock, next_week, opening_stock, stock_after
from pipeline.sample.sheet_defects import plant_in_windows
from pipeline.sample.staging import SampleReport, fresh_staging, move_into_place
from pipeline.sample.volume_files import volume_rows
from pipeline.sample.volumes import count_volumes, count_week
from pipeline.sample.week_files import (
    HallRecords,
    write_hall_records,
    write_items,
    write_statistics,
    write_window_counters,
)
from pipeline.sample.world import World, build_world

Array = npt.NDArray[Any]

YEAR_BEFORE: Final = cal.YEAR - 1
# Issues with which the catalogue of items is exported.
_CATALOGUE_ISSUES: Final = (1, 26)
# A week's counters, in parts of those of a calibrated week with as many days.
_WINDOW_RATES: Final = (0.9, 1.1)
_DAYS_OF_WEEK: Final = 5


@dataclass
class YearSoFar:
    """What the weeks of a year before some week leave to it: open cases, counts and counters to date, sessions."""

    stock: Stock
    counts: Array
    windows: Array
    sessions: list[Session]

    def begin_anew(self) -> None:
        """Leaves to another year what is open at the end of this one, and none of its counts."""
        self.stock.accepted, self.stock.closed = np.zeros_like(self.stock.accepted), np.zeros_like(self.stock.closed)
        self.counts, self.windows = np.zeros_like(self.counts), np.zeros_like(self.windows)
        self.sessions = []


@dataclass(frozen=True)
class SampleWorld:
    """What a sample was made with; to make its further weeks, the same has to be given again."""

    seed: int
    scale: float
    defects: frozenset[str] = frozenset()


def write_later_weeks(
    out_dir: Path,
    weeks: Sequence[ReportWeek],
    made_with: SampleWorld,
    *,
    calendar: ReportingCalendar,
    defects: Collection[str] = (),
    on_progress: Progress | None = None,
) -> SampleReport:
    """Writes the exports of weeks of 2023 behind issue 15 into `out_dir`, with defects planted into each, if named.

    Raises ValueError for an unknown defect, for one that only its own week can have, and where too few rows fit it.
    """
    refuse_immovable(defects)
    world = build_world(made_with.seed, made_with.scale, made_with.defects, calendar)
    return _write(out_dir, weeks, world, _after_calibrated(world), chosen_defects(defects), on_progress)


def write_year_before(
    out_dir: Path,
    made_with: SampleWorld,
    *,
    calendar: ReportingCalendar,
    first_year: int = YEAR_BEFORE,
    on_progress: Progress | None = None,
) -> SampleReport:
    """Writes the exports of all weeks of 2022, at whose end the cases are open that 2023 begins with.

    With an earlier `first_year` the years from there on come before it: benchmarks need ten of them.
    """
    world = build_world(made_with.seed, made_with.scale, made_with.defects, calendar)
    weeks = [week for year in range(first_year, YEAR_BEFORE + 1) for week in calendar.weeks(year)]
    counts = np.zeros((len(world.catalogue.departments), len(world.catalogue.power_types), 2), dtype=np.int64)
    windows = np.zeros(len(cal.WINDOW_WEEKS), dtype=np.int64)
    year = YearSoFar(opening_stock(world, weeks[0]), counts, windows, [])
    return _write(out_dir, weeks, world, year, frozenset(), on_progress)


def _write(
    out_dir: Path,
    weeks: Sequence[ReportWeek],
    world: World,
    year: YearSoFar,
    chosen: frozenset[str],
    on_progress: Progress | None,
) -> SampleReport:
    """Goes through the year up to the last of the weeks, and writes the files of those that are wanted."""
    started = time.perf_counter()
    staging = fresh_staging(out_dir)
    files = ExportFiles(staging, world.calendar, chosen, on_progress, is_movable=True)
    writer = CaseFileWriter(world.catalogue, build_identities(world.stream(2)))
    for week in weeks_up_to(world, weeks):
        if week.year > weeks[0].year and week.issue_no == 1:
            year.begin_anew()
        made = _make(world, year, week)
        if week in weeks:
            _write_week(files, world, writer, made, year)
    writer.close()
    return SampleReport(move_into_place(staging, out_dir), files.rows, time.perf_counter() - started)


def weeks_up_to(world: World, wanted: Sequence[ReportWeek]) -> Iterator[ReportWeek]:
    """The weeks made one after the other up to the last wanted: of whole years, or behind the calibrated ones."""
    for year in range(wanted[0].year, wanted[-1].year + 1):
        for week in world.calendar.weeks(year):
            if week not in world.weeks and week.week_id <= wanted[-1].week_id:
                yield week


@dataclass(frozen=True)
class MadeWeek:
    """One week as it is written: the cases that it touched, counted, and the counters of its windows.

    `windows_before` are the sums of the counters in the year before this week.
    """

    week: ReportWeek
    days: list[date]
    touched: CaseTable
    counts: Array
    windows: WindowSheet
    windows_before: Array


def _make(world: World, year: YearSoFar, week: ReportWeek) -> MadeWeek:
    """Makes a week and takes it into the year."""
    days = working_days_of(week, world.calendar)
    touched, year.stock = next_week(world, year.stock, week, _left_open(world, week))
    counts = count_week(touched, world.catalogue, week.year, week.issue_no - 1)
    rng = world.stream(3, week.year, week.issue_no)
    windows = window_sheet(rng, _window_totals(rng, week), days)
    windows_before = year.windows
    year.counts = year.counts + counts
    year.windows = windows_before + windows.counts.sum(axis=(0, 1))
    training = world.stream(6, week.year, week.issue_no)
    year.sessions += further_sessions(training, world.catalogue, week, days, year.sessions)
    return MadeWeek(week, days, touched, counts, windows, windows_before)


def _left_open(world: World, week: ReportWeek) -> CaseTable:
    """The cases of the calibrated weeks' backlog that were accepted in this week: none in their own year."""
    first, last = day_number(week.coverage_start), day_number(week.coverage_end)
    days = world.cases.accepted // DAY
    is_of_week = (days >= first) & (days <= last) & (world.cases.ymd // 10_000 < world.weeks[0].year)
    backlog = world.cases.rows(is_of_week)
    backlog.closed[:] = (day_number(date(week.year + 1, 12, 31)) + 1) * DAY
    return backlog


def _window_totals(rng: np.random.Generator, week: ReportWeek) -> list[int]:
    """The counters of a week: for each, about what one of the calibrated weeks had, by working days.

    They swing as those weeks do, so that neither stands out beside the other; issue 15 itself is left out.
    """
    usual = np.array([published_windows(position) for position in range(cal.WEEKS - 1)])
    chosen = usual[rng.integers(len(usual), size=usual.shape[1]), np.arange(usual.shape[1])]
    rates = rng.uniform(*_WINDOW_RATES, usual.shape[1]) * week.working_days / _DAYS_OF_WEEK
    return [round(total) for total in chosen * rates]


def _write_week(files: ExportFiles, world: World, writer: CaseFileWriter, made: MadeWeek, year: YearSoFar) -> None:
    """All files of a week; `year` is the year up to its end."""
    week = made.week
    raw = files.folder / f".{week.week_id}.utf8"
    writer.write(made.touched, week, week.issue_no - 1, raw)
    _deliver_cases(files, week, raw, world)
    if not files.has("statistics_not_delivered", week, "2023-03"):
        write_statistics(files, week, volume_rows(made.counts, year.counts, world.catalogue))
    if week.issue_no in _CATALOGUE_ISSUES:
        write_items(files, week, world.catalogue)
    write_window_counters(files, week, made.windows, made.windows_before)
    inspection = world.stream(4, week.year, week.issue_no)
    activities = world.stream(5, week.year, week.issue_no)
    records = HallRecords(week, made.days, year.sessions, inspection, activities)
    write_hall_records(files, world.catalogue, records)


def _deliver_cases(files: ExportFiles, week: ReportWeek, raw: Path, world: World) -> None:
    try:
        files.deliver_cases(week, raw, world.catalogue)
    except LookupError as error:
        raise ValueError(
            f"{week.week_id} 期的办件明细里没有可以埋入 {error.args[0]} 的行；规模大一些就有（--scale）。"
        ) from None


def _after_calibrated(world: World) -> YearSoFar:
    """The year up to the end of issue 15, as its files say it, with the defects that they count in."""
    known = count_volumes(world.cases, world.catalogue)
    restate(known, world.cases, world.catalogue, world.chosen)
    with_days = list(zip(world.weeks, world.days, strict=True))
    sessions = build_sessions(world.stream(6), world.catalogue, with_days)
    return YearSoFar(stock_after(world), known.sum(axis=0), _windows_after(world), sessions)


def _windows_after(world: World) -> Array:
    """The sums of the window counters over the calibrated weeks."""
    sums = np.zeros(len(cal.WINDOW_WEEKS), dtype=np.int64)
    for position, (week, days) in enumerate(zip(world.weeks, world.days, strict=True)):
        reported = window_sheet(world.stream(3, position), published_windows(position), days)
        plant_in_windows(reported, week.week_id, world.chosen)
        sums += reported.counts.sum(axis=(0, 1))
    return sums
