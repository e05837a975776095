"""Which weeks are partitions: those that this home uses and the one that comes next; what a run does with them is not.

They stand in Dagster's own storage, so that an open UI and a running daemon see a new week at once. Dagster takes a
range of such partitions in the order in which they were added: here they are added in order of time, and once more
where an earlier week comes later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import dagster as dg

from pipeline.common.clock import beijing_now
from pipeline.reporting_calendar.week_ids import read_week_id

if TYPE_CHECKING:
    from pipeline.reporting_calendar import ReportingCalendar
    from pipeline.settings import Settings

WEEKS: Final = dg.DynamicPartitionsDefinition(name="报告期")
# Where nothing has come for longer, the weeks since then are none that anybody waits for.
MOST_IDLE: Final = timedelta(days=366)
_DELIVERED: Final = "SELECT DISTINCT week_id FROM ledger.current_delivery WHERE week_id IS NOT NULL"


def settle_partitions(
    instance: dg.DagsterInstance, settings: Settings, calendar: ReportingCalendar, asked: Iterable[str] = ()
) -> list[str]:
    """Makes the partitions those of the weeks that are delivered or `asked` for, and returns them in order of time.

    A warehouse that another process is writing says nothing of what is delivered: then no partition is taken away.
    """
    delivered = _delivered_weeks(settings)
    if delivered is None:
        return grow_partitions(instance, settings, calendar, asked)
    known = {*delivered, *asked}
    return _make(instance, settings, calendar, known or set(_waiting_weeks(settings, calendar)))


def grow_partitions(
    instance: dg.DagsterInstance, settings: Settings, calendar: ReportingCalendar, weeks: Iterable[str]
) -> list[str]:
    """Adds partitions of further weeks, and that of the week which comes next then.

    The last one that is there stood for the week to come: by itself it brings no other.
    """
    present = instance.get_dynamic_partitions(str(WEEKS.name))
    return _make(instance, settings, calendar, {*present[:-1], *weeks})


def _make(
    instance: dg.DagsterInstance, settings: Settings, calendar: ReportingCalendar, known: Collection[str]
) -> list[str]:
    wanted = weeks_in_use(calendar, settings.calendar_years, known, beijing_now().date())
    put_in_order(instance, wanted)
    return wanted


def put_in_order(instance: dg.DagsterInstance, weeks: Sequence[str]) -> None:
    """Makes the partitions exactly these weeks in this order; those that stand right already stay untouched."""
    name = str(WEEKS.name)
    present = list(instance.get_dynamic_partitions(name))
    right = 0
    while right < min(len(present), len(weeks)) and present[right] == weeks[right]:
        right += 1
    for week in present[right:]:
        instance.delete_dynamic_partition(name, week)
    if weeks[right:]:
        instance.add_dynamic_partitions(name, list(weeks[right:]))


def weeks_in_use(calendar: ReportingCalendar, years: range, known: Collection[str], today: date) -> list[str]:
    """Returns the weeks from the first known one to the one behind the last, and on to today's where the hall is alive.

    Whole years between in which nothing is known have none. Without any known week it is today's alone.
    """
    weeks = [week for year in years for week in calendar.weeks(year)]
    present = calendar.week_of(min(today, weeks[-1].coverage_end)).week_id
    inside = sorted(week.week_id for week in weeks if week.week_id in known)
    if not inside:
        return [present]
    ids = [week.week_id for week in weeks]
    last = ids.index(inside[-1])
    following = ids[last + 1 : last + 2]
    is_alive = today - weeks[last].coverage_end <= MOST_IDLE
    end = max([inside[-1], *following, present if is_alive else ""])
    used_years = {read_week_id(week)[0] for week in inside}
    return [week for week in ids if inside[0] <= week <= end and (week > inside[-1] or _year(week) in used_years)]


def _year(week: str) -> int:
    return read_week_id(week)[0]


def _delivered_weeks(settings: Settings) -> list[str] | None:
    """Returns the weeks with a delivery that counts; None where the warehouse cannot be asked just now."""
    import duckdb

    from pipeline.common.tables import has_table
    from pipeline.warehouse.database import read_warehouse
    from pipeline.warehouse.errors import WarehouseError

    if not settings.warehouse_path.exists():
        return []
    try:
        with read_warehouse(settings) as con:
            is_asked = has_table(con, "ledger", "current_delivery")
            return [week for (week,) in con.execute(_DELIVERED).fetchall()] if is_asked else []
    except (WarehouseError, duckdb.Error):
        return None


def _waiting_weeks(settings: Settings, calendar: ReportingCalendar) -> list[str]:
    """Returns the weeks of the files in the inbox; files that name none say nothing."""
    from pipeline.contracts import load_contracts
    from pipeline.ingest.inbox.run import pending_weeks

    return list(pending_weeks(settings, calendar, load_contracts(settings.contracts)))
