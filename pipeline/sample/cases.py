"""The made-up cases as columns: when accepted, by whom, when closed and how; how they are written belongs elsewhere.

All counts are exact: accepted, completed and withdrawn cases of a group are those of `calibration`, whatever the seed.
Times are seconds since 1970 in local time; a case that is still open has `closed` = 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.reporting_calendar import ReportingCalendar, ReportWeek
from pipeline.sample.calibration import GROUPS, WEEK_RATES, GroupTotals
from pipeline.sample.catalogue import CLASS_SHARES, IMMEDIATE, LONG, OTHER, Catalogue
from pipeline.sample.identity import ENTERPRISES, PERSONS

Array = npt.NDArray[Any]

DAY: Final = 86_400
OPEN: Final = 0
NOT_RATED: Final = -1
NO_WEEK: Final = 127
RESULT_LABELS: Final = ("出证", "退回", "作废", "删除", "转报", "补正不来", "办结")
WITHDRAWN: Final = (2, 3)
CHANNEL_LABELS: Final = ("窗口", "电脑网上", "移动端", "快递", "其他")
APPLICANT_LABELS: Final = ("自然人", "企业法人", "事业法人", "社会组织法人", "行政机关", "其他组织")
SATISFACTION_LABELS: Final = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")

_EPOCH: Final = date(1970, 1, 1)
_WEEKEND_SHARE: Final = (0.05, 0.2, 0.04)
_CHANNEL_SHARES: Final = (
    (0.38, 0.47, 0.06, 0.06, 0.03),
    (0.12, 0.38, 0.47, 0.01, 0.02),
    (0.45, 0.44, 0.03, 0.05, 0.03),
)
_APPLICANT_SHARES: Final = (
    (0.24, 0.66, 0.04, 0.03, 0.01, 0.02),
    (0.93, 0.05, 0.01, 0.005, 0.001, 0.004),
    (0.35, 0.5, 0.06, 0.05, 0.01, 0.03),
)
_RESULT_SHARES: Final = (
    (0.62, 0.07, 0, 0, 0.02, 0.02, 0.27),
    (0.06, 0.025, 0, 0, 0.01, 0.005, 0.9),
    (0.22, 0.06, 0, 0, 0.03, 0.03, 0.66),
)
_SATISFACTION_SHARES: Final = (0.56, 0.12, 0.014, 0.004, 0.002, 0.3)
_OVERDUE_SHARE: Final = 0.025
_MOST_LATE: Final = 15  # working days: later than that, somebody has asked after the case
_STILL_OPEN_DAYS: Final = 28
# Hour of the day at each tenth of the cases: at the counter (with a noon dip), and on the net until late.
_COUNTER_HOURS: Final = (9.0, 9.4, 9.9, 10.4, 11.0, 11.8, 13.6, 14.4, 15.3, 16.2, 17.4)
_NET_HOURS: Final = (6.0, 8.9, 9.6, 10.3, 11.3, 13.4, 14.6, 15.7, 17.0, 19.6, 23.3)


@dataclass
class CaseTable:
    """One row a case, in order of acceptance. `first_week` and `closed_week` count the issues from 0."""

    accepted: Array
    applied_gap: Array
    due: Array
    closed: Array
    result: Array
    item: Array
    channel: Array
    applicant_type: Array
    applicant: Array
    satisfaction: Array
    update_gap: Array
    serial: Array
    ymd: Array
    first_week: Array
    closed_week: Array

    def __len__(self) -> int:
        return len(self.accepted)

    def rows(self, mask: Array) -> CaseTable:
        """The cases for which the mask is true, as a table of their own."""
        return CaseTable(**{field.name: getattr(self, field.name)[mask] for field in fields(self)})

    def sort_by_acceptance(self) -> None:
        """Brings the cases in order of acceptance, column by column: a full year would not fit into memory twice."""
        order = np.argsort(self.accepted, kind="stable")
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name)[order])

    @property
    def is_completed(self) -> Array:
        """Closed with a result that counts as 办结."""
        completed: Array = (self.closed != OPEN) & ~np.isin(self.result, WITHDRAWN)
        return completed


class WorkClock:
    """Working-day arithmetic on day numbers (days since 1970), from the reporting calendar."""

    def __init__(self, calendar: ReportingCalendar, first: date, last: date) -> None:
        self.calendar = calendar
        days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
        working_days = filter(calendar.is_working_day, days)
        self._working = np.array(list(map(day_number, working_days)), dtype=np.int64)

    def shift(self, days: Array, working_days: Array | int) -> Array:
        """The working day that lies so many after each day; 0 gives the day itself, or the next working one."""
        index = np.searchsorted(self._working, days) + working_days
        shifted: Array = self._working[np.clip(index, 0, len(self._working) - 1)]
        return shifted

    def between(self, days: Array, last: Array | int) -> Array:
        """How many working days lie after each day up to `last`, which is one day or one for each."""
        return np.searchsorted(self._working, last, side="right") - np.searchsorted(self._working, days, side="right")


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - _EPOCH).days


def build_cases(
    seed: int, scale: float, calendar: ReportingCalendar, weeks: Sequence[ReportWeek], catalogue: Catalogue
) -> CaseTable:
    """All cases of the weeks and the backlog of the year before, sorted by acceptance and numbered within the day."""
    clock = WorkClock(calendar, date(weeks[0].year - 1, 1, 1), date(weeks[0].year, 12, 31))
    parts = []
    for group, totals in enumerate(GROUPS):
        rng = np.random.Generator(np.random.PCG64([seed, 10 + group]))
        rates = WEEK_RATES[totals.power_group]
        parts.append(GroupCases(rng, group, totals.at(scale), weeks, rates, clock, catalogue).build())
    table = joined(parts)
    table.sort_by_acceptance()
    number_within_days(table)
    return _in_weeks(table, weeks)


def joined(parts: Sequence[CaseTable]) -> CaseTable:
    """The cases of several tables in one, in the order of the tables."""
    names = [field.name for field in fields(CaseTable)]
    return CaseTable(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def number_within_days(table: CaseTable) -> None:
    """Numbers cases, which are in order of acceptance, from 1 within each day, and writes the day beside the number."""
    days = table.accepted // DAY
    dates, first_of_day, lengths = np.unique(days, return_index=True, return_counts=True)
    table.serial = (np.arange(len(days)) - np.repeat(first_of_day, lengths) + 1).astype(np.int32)
    table.ymd = np.repeat(np.array(list(map(_as_number, dates)), dtype=np.int32), lengths)


def _as_number(day: int) -> int:
    """A day number as the date that case numbers hold: 19464 → 20230417."""
    return int(f"{_EPOCH + timedelta(days=int(day)):%Y%m%d}")


def _in_weeks(table: CaseTable, weeks: Sequence[ReportWeek]) -> CaseTable:
    """Says of each case in which of the weeks it first appears and in which it is closed."""
    ends = np.array([(day_number(week.coverage_end) + 1) * DAY for week in weeks])
    table.first_week = np.searchsorted(ends, table.accepted, side="right").astype(np.int8)
    closed_week = np.searchsorted(ends, table.closed, side="right").astype(np.int8)
    table.closed_week = np.where(table.closed == OPEN, NO_WEEK, closed_week).astype(np.int8)
    return table


class GroupCases:
    """Makes the cases of one power group; a class because every step shares the generator, the clock and the items.

    `rates` has the volume per working day of each of the weeks, in relation to each other.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        group: int,
        totals: GroupTotals,
        weeks: Sequence[ReportWeek],
        rates: Sequence[float],
        clock: WorkClock,
        catalogue: Catalogue,
    ) -> None:
        self.rng, self.group, self.totals = rng, group, totals
        self.calendar, self.weeks, self.rates, self.clock = clock.calendar, weeks, rates, clock
        items = [(i, item) for i, item in enumerate(catalogue.items) if item.group == group]
        self.item_ids = np.array([i for i, _ in items], dtype=np.int16)
        self.classes = np.array([item.item_class for _, item in items], dtype=np.int8)
        self.promised = np.array([item.promised_days for _, item in items], dtype=np.int16)
        self.weights = self._class_shares(np.array([item.weight for _, item in items]))
        self.last_day = day_number(weeks[-1].coverage_end)

    def build(self) -> CaseTable:
        """New cases and backlog together, closed as often as the totals say."""
        items, accepted, channel, lag = self._new()
        old_items, old_accepted, old_channel, old_closed = self._backlog()
        closed = np.concatenate([old_closed, self._closed(accepted, items, lag)])
        items = np.concatenate([old_items, items])
        accepted = np.concatenate([old_accepted, accepted])
        closed = self._exactly_closed(accepted, closed, items)
        self._postpone(accepted, closed, items)
        return self._table(items, accepted, np.concatenate([old_channel, channel]), closed)

    def accepted_and_planned(self) -> CaseTable:
        """Cases accepted in the weeks, each with the moment at which it will be closed, also where that lies later."""
        items, accepted, channel, lag = self._new()
        return self._table(items, accepted, channel, self._closed(accepted, items, lag))

    def opening(self) -> CaseTable:
        """Cases of the year before that are open when the weeks begin, each with the moment of its closing."""
        items, accepted, channel, closed = self._backlog()
        return self._table(items, accepted, channel, closed)

    def outcomes(self, count: int) -> tuple[Array, Array]:
        """Result and satisfaction of so many cases when they are closed."""
        is_closed = np.ones(count, dtype=bool)
        result = self._results(is_closed)
        return result, self._satisfaction(self._choice(_SATISFACTION_SHARES, count), result, is_closed)

    def office_hours(self, days: Array) -> Array:
        """A moment at which people work on each of the days."""
        return self._office_hours(days, self.rng.random(len(days)))

    def _class_shares(self, weights: Array) -> Array:
        shares = np.zeros(len(weights))
        for item_class, share in enumerate(CLASS_SHARES[self.group]):
            mask = self.classes == item_class
            if share and mask.any():
                shares[mask] = share * weights[mask] / weights[mask].sum()
        normed: Array = shares / shares.sum()
        return normed

    def _new(self) -> tuple[Array, Array, Array, Array]:
        """Cases accepted in the weeks: item, time of acceptance, channel, lag in working days (-1: the same day)."""
        days, rates = self._day_rates()
        counts = self.rng.multinomial(self.totals.accepted, rates)
        day = np.repeat(days, counts)
        items = self._choice(self.weights, len(day)).astype(np.int16)
        is_working = np.array([self.calendar.is_working_day(_EPOCH + timedelta(days=int(d))) for d in days])
        channel = self._channels(np.repeat(is_working, counts))
        accepted = day * DAY + self._time_of_day(channel)
        return items, accepted, channel, self._lags(items)

    def _day_rates(self) -> tuple[Array, Array]:
        """Every day of the weeks with its share of the cases; a week's share follows its working days and its rate."""
        days: list[int] = []
        rates: list[float] = []
        for week, rate in zip(self.weeks, self.rates, strict=True):
            length = (week.coverage_end - week.coverage_start).days + 1
            dates = [week.coverage_start + timedelta(days=i) for i in range(length)]
            shape = list(map(self._day_shape, dates))
            days += map(day_number, dates)
            rates += [rate * week.working_days * value / sum(shape) for value in shape]
        return np.array(days), np.array(rates) / sum(rates)

    def _day_shape(self, day: date) -> float:
        if self.calendar.is_working_day(day):
            return (1.12, 1.06, 1.0, 0.96, 0.88, 0.8, 0.78)[day.weekday()]
        weekend = _WEEKEND_SHARE[self.group]
        return weekend if day.weekday() >= 5 else weekend / 2

    def _choice(self, shares: Array | Sequence[float], count: int) -> Array:
        return np.searchsorted(np.cumsum(shares)[:-1], self.rng.random(count), side="right")

    def _channels(self, is_working: Array) -> Array:
        """Counters and couriers rest when nobody works: those cases come over the net instead."""
        channel = self._choice(_CHANNEL_SHARES[self.group], len(is_working)).astype(np.int8)
        channel[~is_working & ((channel == 0) | (channel == 3))] = 1
        return channel

    def _time_of_day(self, channel: Array) -> Array:
        drawn = self.rng.random(len(channel)) * 10
        tenths = np.arange(11)
        at_counter = np.interp(drawn, tenths, _COUNTER_HOURS)
        on_net = np.interp(drawn, tenths, _NET_HOURS)
        hours = np.where((channel == 1) | (channel == 2), on_net, at_counter)
        return (hours * 3600).astype(np.int64)

    def _lags(self, items: Array) -> Array:
        """Working days from acceptance to closing; -1 is the same day."""
        classes, promised = self.classes[items], self.promised[items]
        share = np.sqrt(self.rng.random(len(items), dtype=np.float32)) * 0.5 + 0.28 * self.rng.random(
            len(items), dtype=np.float32
        )
        lag = np.maximum(1, (promised * np.where(classes == LONG, 0.8 + 0.2 * share, share)).astype(np.int16))
        late = self.rng.random(len(items), dtype=np.float32) < _OVERDUE_SHARE
        lag[late] = promised[late] + np.minimum(self.rng.geometric(0.35, int(late.sum())), _MOST_LATE)
        lag[classes == OTHER] = self.rng.integers(1, 25, int((classes == OTHER).sum()))
        immediate = classes == IMMEDIATE
        lag[immediate] = np.where(self.rng.random(int(immediate.sum())) < 0.994, -1, 1)
        return lag

    def _closed(self, accepted: Array, items: Array, lag: Array) -> Array:
        draw = self.rng.random(len(items))
        later = self._office_hours(self.clock.shift(accepted // DAY, np.maximum(lag, 0)), draw)
        midnight = accepted - accepted % DAY + DAY - 10
        at_once = np.minimum(accepted + 90 + (draw * draw * 7200).astype(np.int64), midnight)
        return np.where(lag < 0, at_once, later)

    def _office_hours(self, days: Array, draw: Array) -> Array:
        return days * DAY + 9 * 3600 + (draw * 8.4 * 3600).astype(np.int64)

    def _backlog(self) -> tuple[Array, Array, Array, Array]:
        """Cases of the year before that are open on 1 January: found at a random moment of their life."""
        count = self.totals.backlog
        shares = self.weights * self.promised
        items = self._choice(shares / shares.sum(), count).astype(np.int16)
        lag = self._lags(items)
        age = (self.rng.random(count) * lag).astype(np.int64)
        new_year = day_number(self.weeks[0].coverage_start)
        accepted_day = self.clock.shift(np.full(count, new_year), -1 - age)
        channel = self._channels(np.ones(count, dtype=bool))
        closed_day = self.clock.shift(np.full(count, new_year), np.maximum(lag - age - 1, 0))
        closed = self._office_hours(closed_day, self.rng.random(count))
        return items, accepted_day * DAY + self._time_of_day(channel), channel, closed

    def _exactly_closed(self, accepted: Array, closed: Array, items: Array) -> Array:
        """Leave some cases open, or close some early, until exactly as many are closed as the totals say."""
        closed = np.where(closed // DAY <= self.last_day, closed, OPEN)
        wanted = self.totals.completed + self.totals.withdrawn
        surplus = int((closed != OPEN).sum()) - wanted
        if surplus > 0:
            is_closed = closed != OPEN
            slow = is_closed & (self.classes[items] != IMMEDIATE)
            due_soon = slow & (self._due(accepted, items) // DAY > self.last_day - _STILL_OPEN_DAYS)
            pool = next(np.flatnonzero(one) for one in (due_soon, slow, is_closed) if one.sum() >= surplus)
            closed[self.rng.choice(pool, surplus, replace=False)] = OPEN
        elif surplus < 0:
            pool = np.flatnonzero(closed == OPEN)
            self._close_early(accepted, closed, self.rng.choice(pool, -surplus, replace=False))
        return closed

    def _postpone(self, accepted: Array, closed: Array, items: Array) -> None:
        """Move closings into the next week wherever more cases would be closed than were accepted up to then.

        A group that the published totals show with fewer completed than accepted has so at every week; which of its
        closings move is decided by their deadline, the latest first.
        """
        if self.totals.completed + self.totals.withdrawn > self.totals.accepted:
            return
        due = self._due(accepted, items)
        ends = [(day_number(week.coverage_end) + 1) * DAY for week in self.weeks]
        first = day_number(self.weeks[0].coverage_start) * DAY
        for end, later in zip(ends, self.weeks[1:], strict=False):
            is_closed = (closed != OPEN) & (closed < end)
            excess = int(is_closed.sum()) - int(((accepted >= first) & (accepted < end)).sum())
            if excess > 0:
                pool = np.flatnonzero(is_closed)
                chosen = pool[np.argsort(due[pool], kind="stable")[-excess:]]
                days = np.full(excess, day_number(later.coverage_start))
                steps = (self.rng.random(excess) * later.working_days).astype(np.int64)
                closed[chosen] = self._office_hours(self.clock.shift(days, steps), self.rng.random(excess))

    def _close_early(self, accepted: Array, closed: Array, chosen: Array) -> None:
        days = np.maximum(accepted[chosen] // DAY, day_number(self.weeks[0].coverage_start) - 1)
        room = self.clock.between(days, self.last_day)
        steps = 1 + (self.rng.random(len(chosen)) * room).astype(np.int64)
        later = self._office_hours(
            self.clock.shift(days + 1, np.minimum(steps, room) - 1), self.rng.random(len(chosen))
        )
        closed[chosen] = np.where(room > 0, later, np.minimum(accepted[chosen] + 900, (self.last_day + 1) * DAY - 10))

    def _table(self, items: Array, accepted: Array, channel: Array, closed: Array) -> CaseTable:
        count = len(items)
        applicant_type = self._choice(_APPLICANT_SHARES[self.group], count).astype(np.int8)
        pool = np.where(applicant_type == 0, PERSONS, ENTERPRISES)
        is_closed = closed != OPEN
        rated = self._choice(_SATISFACTION_SHARES, count)
        result = self._results(is_closed)
        empty = np.zeros(count, dtype=np.int8)
        return CaseTable(
            accepted=accepted,
            applied_gap=self._applied_gaps(items),
            due=self._due(accepted, items),
            closed=closed,
            result=result,
            item=self.item_ids[items],
            channel=channel,
            applicant_type=applicant_type,
            applicant=(self.rng.random(count) * pool).astype(np.int32),
            satisfaction=self._satisfaction(rated, result, is_closed),
            update_gap=self.rng.integers(5, 600, count, dtype=np.int16),
            serial=empty,
            ymd=empty,
            first_week=empty,
            closed_week=empty,
        )

    def _results(self, is_closed: Array) -> Array:
        result = np.full(len(is_closed), -1, dtype=np.int8)
        closed = np.flatnonzero(is_closed)
        shares = np.array(_RESULT_SHARES[self.group])
        result[closed] = self._choice(shares / shares.sum(), len(closed))
        withdrawn = self.rng.choice(closed, self.totals.withdrawn, replace=False)
        result[withdrawn] = np.where(self.rng.random(len(withdrawn)) < 0.6, *WITHDRAWN)
        return result

    def _satisfaction(self, rated: Array, result: Array, is_closed: Array) -> Array:
        """What was drawn, where a case that was not withdrawn is closed and somebody rated it."""
        is_rated = is_closed & (rated < 5) & ~np.isin(result, WITHDRAWN)
        return np.where(is_rated, rated, NOT_RATED).astype(np.int8)

    def _applied_gaps(self, items: Array) -> Array:
        draw = self.rng.random(len(items), dtype=np.float32)
        longest = np.where(self.classes[items] == IMMEDIATE, 2_400, 2 * DAY)
        return (60 + draw * draw * longest).astype(np.int32)

    def _due(self, accepted: Array, items: Array) -> Array:
        """End of the promised working day; the same day for immediate cases, none (0) for other ones."""
        days = accepted // DAY
        classes = self.classes[items]
        promised = np.where(classes == IMMEDIATE, days, self.clock.shift(days, self.promised[items]))
        return np.where(classes == OTHER, OPEN, promised * DAY + DAY - 1)
