"""Weeks in the tags of a run and what every asset shares; assets.week_partitions says which weeks are partitions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import dagster as dg

from assets.tables import group_of, table_of
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings

POOL = "warehouse_writer"
PARTITION_TAG = "dagster/partition"
RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"


def week_ids(settings: Settings, calendar: ReportingCalendar) -> list[str]:
    """Returns every week_id of the calendar's years in order of time, provisional years included."""
    return [week.week_id for year in settings.calendar_years for week in calendar.weeks(year)]


def weekly_asset(
    key: dg.AssetKey,
    partitions: dg.PartitionsDefinition[str],
    deps: Iterable[dg.AssetKey],
    description: str,
    *,
    kinds: Iterable[str] = ("duckdb",),
    metadata: Mapping[str, Any] | None = None,
    check_specs: Sequence[dg.AssetCheckSpec] = (),
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Decorates a single asset: weeks, a range as one run, one writer at a time, its floor as its group."""
    return dg.asset(
        key=key,
        deps=sorted(set(deps)),
        description=description,
        kinds=set(kinds),
        metadata=metadata,
        check_specs=check_specs,
        group_name=group_of(table_of(key)),
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=POOL,
    )


def range_tags(first_week: str, last_week: str) -> dict[str, str]:
    """Returns the run tags that make one run cover the weeks from the first to the last.

    A run of one week names it as Dagster's own do, so that the job's page shows it beside its partition.
    """
    if first_week == last_week:
        return {PARTITION_TAG: first_week}
    return {RANGE_START_TAG: first_week, RANGE_END_TAG: last_week}


def weeks_of_tags(tags: Mapping[str, str], weeks: Sequence[str]) -> list[str]:
    """Returns the weeks that a run's tags name, in order; none for a run without a partition."""
    first = tags.get(RANGE_START_TAG, tags.get(PARTITION_TAG))
    last = tags.get(RANGE_END_TAG, tags.get(PARTITION_TAG))
    if first is None or last is None:
        return []
    return list(weeks[weeks.index(first) : weeks.index(last) + 1])
