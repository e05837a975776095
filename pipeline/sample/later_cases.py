"""Cases made week by week, behind the calibrated weeks or in the year before them; those weeks themselves are not.

A week is drawn from streams of its own and from what was open before it, so that it is the same whether it is made
alone or among others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.reporting_calendar import ReportWeek
from pipeline.sample.calibration import GROUPS, GroupTotals, rounded
from pipeline.sample.cases import (
    DAY,
    NO_WEEK,
    OPEN,
    CaseTable,
    GroupCases,
    WorkClock,
    day_number,
    joined,
    number_within_days,
)
from pipeline.sample.world import World

Array = npt.NDArray[Any]

# Streams of chance, by what they are for; below 20 are those of the calibrated weeks.
NEW_CASES, CLOSINGS, OPENING = 40, 50, 60
RATES: Final = (0.88, 1.12)
# How much a working day of the year before has of one of the calibrated weeks.
_YEAR_BEFORE_PACE: Final = 0.93
# A case without a deadline, or past it, is closed within so many working days.
_SOON: Final = 25
_AT_ONCE: Final = 5


@dataclass
class Stock:
    """The open cases at the end of a week; `closed` holds the moment at which each will be closed.

    `accepted` and `closed` count the cases of the year so far, by group. Cases that no file has brought yet, as those
    of the year before in its first week, are not `is_reported`.
    """

    cases: CaseTable
    accepted: Array
    closed: Array
    is_reported: bool = True


def stock_after(world: World) -> Stock:
    """What the calibrated weeks leave open, with a day on which each case will be closed: by its deadline, mostly."""
    cases = world.cases
    is_open = cases.closed == OPEN
    groups = group_of(world, cases)
    of_year = cases.ymd // 10_000 == world.weeks[0].year
    accepted = np.bincount(groups[of_year], minlength=len(GROUPS))
    closed = np.bincount(groups[~is_open], minlength=len(GROUPS))
    table = cases.rows(is_open)
    last_week = world.weeks[-1]
    clock = clock_of(world, last_week.year)
    for group, totals in enumerate(GROUPS):
        chosen = np.flatnonzero(groups[is_open] == group)
        rng = world.stream(CLOSINGS, group)
        maker = _maker(rng, group, _plan(rng, totals, len(chosen)), last_week, clock, world)
        _plan_closings(table, chosen, maker, day_number(last_week.coverage_end))
    return Stock(table, accepted, closed)


def _plan_closings(table: CaseTable, chosen: Array, maker: GroupCases, last_day: int) -> None:
    """Gives each chosen case its closing behind the last day, its result and its rating."""
    due = table.due[chosen] // DAY
    room = np.maximum(maker.clock.between(np.full(len(chosen), last_day), due), _AT_ONCE)
    room[table.due[chosen] == OPEN] = _SOON
    steps = (maker.rng.random(len(chosen)) * room).astype(np.int64)
    table.closed[chosen] = maker.office_hours(maker.clock.shift(np.full(len(chosen), last_day + 1), steps))
    table.result[chosen], table.satisfaction[chosen] = maker.outcomes(len(chosen))


def opening_stock(world: World, week: ReportWeek) -> Stock:
    """The cases that are open when a year begins, of the size of the calibrated backlog; `week` is its first one."""
    clock = clock_of(world, week.year)
    parts = []
    for group, totals in enumerate(GROUPS):
        rng = world.stream(OPENING, group, week.year)
        plan = GroupTotals(totals.power_group, 0, 0, totals.at(world.scale).backlog, 0)
        parts.append(_maker(rng, group, plan, week, clock, world).opening())
    table = joined(parts)
    table.sort_by_acceptance()
    number_within_days(table)
    none = np.zeros(len(GROUPS), dtype=np.int64)
    return Stock(table, none, none, is_reported=False)


def next_week(world: World, stock: Stock, week: ReportWeek, left_open: CaseTable) -> tuple[CaseTable, Stock]:
    """The cases that a week touches (accepted or closed in it), and what it leaves open.

    `left_open` are cases that the week accepts beside its own and that stay open for the year: the backlog of the
    calibrated weeks, which the year before them has to bring.
    """
    position = week.issue_no - 1
    fresh = joined([_accepted_in(world, week, left_open), left_open])
    fresh.sort_by_acceptance()
    table = joined([stock.cases, fresh])
    is_fresh = np.arange(len(table)) >= len(stock.cases)
    accepted = stock.accepted + _by_group(world, fresh)
    _postpone(world, table, accepted - stock.closed, week)
    is_closed = table.closed < (day_number(week.coverage_end) + 1) * DAY
    is_first_seen = is_fresh | (not stock.is_reported)
    table.first_week = np.where(is_first_seen, position, position - 1).astype(np.int8)
    table.closed_week = np.where(is_closed, position, NO_WEEK).astype(np.int8)
    closed = stock.closed + _by_group(world, table.rows(is_closed))
    return table.rows(is_first_seen | is_closed), Stock(table.rows(~is_closed), accepted, closed)


def _accepted_in(world: World, week: ReportWeek, left_open: CaseTable) -> CaseTable:
    """New cases of a week with the moments at which they will be closed, numbered behind those that are left open."""
    clock = clock_of(world, week.year)
    beside = _by_group(world, left_open)
    parts = []
    for group, totals in enumerate(GROUPS):
        rng = world.stream(NEW_CASES, group, week.year, week.issue_no)
        wanted = _usual_count(world, totals, week, rng.uniform(*RATES))
        plan = _plan(rng, totals, max(0, wanted - int(beside[group])))
        part = _maker(rng, group, plan, week, clock, world).accepted_and_planned()
        if week.year < world.weeks[0].year:
            _close_within_year(part, rng, clock, week.year)
        parts.append(part)
    table = joined(parts)
    table.sort_by_acceptance()
    number_within_days(table)
    first_day = day_number(week.coverage_start)
    days = day_number(week.coverage_end) - first_day + 1
    taken = np.bincount(left_open.accepted // DAY - first_day, minlength=days)
    table.serial += taken[table.accepted // DAY - first_day].astype(np.int32)
    return table


def _usual_count(world: World, totals: GroupTotals, week: ReportWeek, rate: float) -> int:
    """As many cases as the calibrated weeks have on so many working days, at the scale of the world."""
    pace = _YEAR_BEFORE_PACE if week.year < world.weeks[0].year else 1.0
    working_days = sum(one.working_days for one in world.weeks)
    usual = totals.accepted * pace * rate * week.working_days / working_days
    return max(1, rounded(round(usual), world.scale))


def _plan(rng: np.random.Generator, totals: GroupTotals, count: int) -> GroupTotals:
    """So many cases of a group, of which as large a part will be withdrawn as in the calibrated weeks."""
    withdrawn = int(rng.binomial(count, totals.withdrawn / totals.completed))
    return GroupTotals(totals.power_group, count, count - withdrawn, 0, withdrawn)


def _close_within_year(table: CaseTable, rng: np.random.Generator, clock: WorkClock, year: int) -> None:
    """Brings closings behind the end of the year forward, to a day between acceptance and then."""
    last_day = day_number(date(year, 12, 31))
    late = np.flatnonzero(table.closed // DAY > last_day)
    days = table.accepted[late] // DAY
    room = clock.between(days, last_day)
    steps = (rng.random(len(late)) * room).astype(np.int64)
    hours = 9 * 3600 + (rng.random(len(late)) * 8.4 * 3600).astype(np.int64)
    closed = clock.shift(days + 1, steps) * DAY + hours
    table.closed[late] = np.where(room > 0, closed, table.accepted[late] + 60)


def _postpone(world: World, table: CaseTable, room: Array, week: ReportWeek) -> None:
    """Moves closings into the next week where a year would have closed more cases than it accepted.

    As in the calibrated weeks: only in groups whose published totals are so, and those with the latest deadline first.
    """
    weeks = world.calendar.weeks(week.year)
    if week == weeks[-1]:
        return
    later = weeks[weeks.index(week) + 1]
    is_closed = table.closed < (day_number(week.coverage_end) + 1) * DAY
    groups = group_of(world, table)
    clock = clock_of(world, week.year)
    for group, totals in enumerate(GROUPS):
        pool = np.flatnonzero(is_closed & (groups == group))
        excess = len(pool) - int(room[group])
        is_free = totals.completed + totals.withdrawn > totals.accepted
        if is_free or excess <= 0:
            continue
        chosen = pool[np.argsort(table.due[pool], kind="stable")[-excess:]]
        rng = world.stream(CLOSINGS, group, week.year, week.issue_no)
        days = clock.shift(
            np.full(excess, day_number(later.coverage_start)),
            (rng.random(excess) * later.working_days).astype(np.int64),
        )
        table.closed[chosen] = days * DAY + 9 * 3600 + (rng.random(excess) * 8.4 * 3600).astype(np.int64)


def group_of(world: World, cases: CaseTable) -> Array:
    """The position of each case's group in the calibration."""
    groups: Array = np.array([item.group for item in world.catalogue.items])[cases.item]
    return groups


def clock_of(world: World, year: int) -> WorkClock:
    """Working days from the year before to the year after: a case may take longer than its year."""
    return WorkClock(world.calendar, date(year - 1, 1, 1), date(year + 1, 12, 31))


def _by_group(world: World, cases: CaseTable) -> Array:
    return np.bincount(group_of(world, cases), minlength=len(GROUPS))


def _maker(
    rng: np.random.Generator, group: int, plan: GroupTotals, week: ReportWeek, clock: WorkClock, world: World
) -> GroupCases:
    return GroupCases(rng, group, plan, [week], (1.0,), clock, world.catalogue)
