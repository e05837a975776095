"""Chooses the weeks of a run from the command line, from what is loaded and not finished, and from what waits.

What a sensor asks for stands in `assets.automation`; running the weeks belongs in `assets.runs`; how far each week has
come, in `pipeline.warehouse.week_stages`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.reporting_calendar.week_ids import read_week_id, week_id_of, year_bounds

if TYPE_CHECKING:
    from pipeline.contracts import Contract
    from pipeline.reporting_calendar import ReportingCalendar
    from pipeline.settings import Settings


@dataclass(frozen=True)
class RunWeeks:
    """The first and the last week of a run, and those in between that an earlier run did not bring to their end.

    `left` are weeks with something to do that a gap of whole years divides from this run: each lot of them needs a run
    of its own.
    """

    first: str
    last: str
    unfinished: tuple[str, ...] = ()
    left: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class LoadedWeeks:
    """What the warehouse says before a run: the weeks with deliveries that count, and which of them have to be done.

    `unfinished` weeks lack a stage, `resumable` are those of them that wait for a run and not for a person's decision,
    `read_otherwise` hold a delivery that will be read again.
    """

    delivered: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()
    resumable: tuple[str, ...] = ()
    read_otherwise: tuple[str, ...] = ()

    def of_years(self, years: range) -> LoadedWeeks:
        """Returns the same without weeks outside of the calendar, as after first_year was raised."""
        first, _ = year_bounds(week_id_of(years[0], 1))
        _, last = year_bounds(week_id_of(years[-1], 1))
        kept = {name: tuple(week for week in weeks if first < week < last) for name, weeks in vars(self).items()}
        return LoadedWeeks(**kept)


def weeks_to_run(settings: Settings, calendar: ReportingCalendar, target: str) -> RunWeeks:
    """Returns the weeks of a run that is asked for as `target`.

    Files of earlier weeks in the inbox are taken as well, and so is every week that a run has loaded and not finished:
    one that was killed, whose gate was closed, or that was to be checked only; and every week with a delivery that is
    read again, because its contract, a code list or the reader has changed.
    """
    from pipeline.contracts import load_contracts
    from pipeline.ingest.inbox.run import pending_weeks

    contracts = load_contracts(settings.contracts)
    pending = pending_weeks(settings, calendar, contracts)
    loaded = loaded_weeks(settings, contracts).of_years(settings.calendar_years)
    return range_of(pending, target, loaded)


def range_of(pending: Sequence[str], target: str, loaded: LoadedWeeks) -> RunWeeks:
    """Returns the range for weeks `pending` in the inbox; later ones than the target wait for a run of their own.

    The years to date of later weeks move with an earlier one, so the run goes on to the last delivered week of that
    year. Example: 2023-15 is loaded, a new file of 2023-03 lies in the inbox, 2023-10 is asked for: the run takes
    2023-03 to 2023-15.
    """
    new = [week for week in pending if week <= target]
    all_to_do = sorted({*new, *loaded.unfinished, *loaded.read_otherwise})
    known = [*all_to_do, *loaded.delivered]
    begin, end = _bounds_without_gap(known, target)
    to_do = [week for week in all_to_do if begin < week < end]
    left = _lots([week for week in all_to_do if week not in to_do], known)
    if not to_do:
        return RunWeeks(target, target, left=left)
    first = min(to_do[0], target)
    _, end_of_year = year_bounds(first)
    moved = [week for week in loaded.delivered if first <= week <= end_of_year]
    unfinished = tuple(week for week in loaded.unfinished if begin < week < end)
    return RunWeeks(first, max([target, *to_do, *moved]), unfinished, left)


def _bounds_without_gap(weeks: Iterable[str], target: str) -> tuple[str, str]:
    """Returns two ids between which the weeks of the years lie that go on without a gap from the target's.

    A range from 2019-15 to 2023-15 has two hundred weeks, of which a hall that began in 2023 delivers none before.
    """
    years = {read_week_id(week)[0] for week in weeks}
    first_year, _ = read_week_id(target)
    last_year = first_year
    while first_year - 1 in years:
        first_year -= 1
    while last_year + 1 in years:
        last_year += 1
    begin, _ = year_bounds(week_id_of(first_year, 1))
    _, end = year_bounds(week_id_of(last_year, 1))
    return begin, end


def _lots(left: Iterable[str], known: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Divides weeks at the gaps of whole years: 2015-02, 2019-03 and 2019-15 are two lots."""
    lots: dict[tuple[str, str], list[str]] = {}
    for week in left:
        lots.setdefault(_bounds_without_gap(known, week), []).append(week)
    return tuple(map(tuple, lots.values()))


def left_words(run: RunWeeks) -> list[str]:
    """Says which weeks a run leaves for a gap of whole years, and how they are run: a sentence for each lot."""
    return [
        f"{'、'.join(lot)} 期与 {run.last} 期隔着没有报送的年份，不会一起做；请单独运行 zhoubao run --week {lot[-1]}。"
        for lot in run.left
    ]


def loaded_weeks(settings: Settings, contracts: Mapping[str, Contract]) -> LoadedWeeks:
    """Returns what is loaded; nothing where the warehouse cannot be asked."""
    import duckdb

    from pipeline.ingest.cells.code_lists import read_code_lists
    from pipeline.ingest.inbox.loader import reading_fingerprint
    from pipeline.ingest.inbox.reread import weeks_read_otherwise
    from pipeline.quality.desk.resumable import resumable_weeks
    from pipeline.warehouse.database import read_warehouse
    from pipeline.warehouse.errors import WarehouseBusyError
    from pipeline.warehouse.week_stages import unfinished_weeks, week_inputs

    if not settings.warehouse_path.exists():
        return LoadedWeeks()
    codes = read_code_lists(*settings.code_lists)
    fingerprints = {name: reading_fingerprint(contract, codes) for name, contract in contracts.items()}
    try:
        with read_warehouse(settings) as con:
            return LoadedWeeks(
                delivered=tuple(week_inputs(con)),
                unfinished=tuple(unfinished_weeks(con)),
                resumable=tuple(resumable_weeks(con)),
                read_otherwise=tuple(weeks_read_otherwise(con, fingerprints)),
            )
    except (WarehouseBusyError, duckdb.Error):
        # The file is being written, or a run was killed before it made the tables: the run itself says so.
        return LoadedWeeks()
