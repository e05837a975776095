"""Weeks in the tags of a run, and what every single asset shares."""

from __future__ import annotations

import dagster as dg

from assets.partitions import POOL, range_tags, week_ids, weekly_asset, weeks_of_tags
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings


def test_weeks_stand_in_order_of_time(settings: Settings, calendar: ReportingCalendar) -> None:
    two_years = settings.model_copy(update={"first_year": 2022, "last_year": 2023})
    weeks = week_ids(two_years, calendar)
    assert weeks == sorted(weeks)
    assert (weeks[0], weeks[-1][:4]) == ("2022-01", "2023")


def test_a_run_of_one_week_names_its_partition_and_one_of_several_their_range() -> None:
    assert range_tags("2023-02", "2023-02") == {"dagster/partition": "2023-02"}
    weeks = ["2023-01", "2023-02", "2023-03"]
    assert weeks_of_tags(range_tags("2023-02", "2023-02"), weeks) == ["2023-02"]
    assert weeks_of_tags(range_tags("2023-01", "2023-03"), weeks) == weeks


def test_every_asset_writes_alone_and_a_range_is_one_run() -> None:
    partitions = dg.StaticPartitionsDefinition(["2023-01"])

    @weekly_asset(dg.AssetKey(["core", "a"]), partitions, [dg.AssetKey(["raw", "b"])], "一 | one")
    def asset() -> None:
        """Does nothing."""

    assert asset.op.pool == POOL
    assert asset.backfill_policy == dg.BackfillPolicy.single_run()
    assert asset.group_names_by_key == {dg.AssetKey(["core", "a"]): "core"}
