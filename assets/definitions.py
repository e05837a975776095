"""The one place where all definitions meet; what an asset does belongs in the module of its floor."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import dagster as dg

from assets.asset_facts import describe_assets
from assets.automation import Source, friday_schedule, inbox_sensor
from assets.catalogue import model_facts
from assets.checks import check_result_asset, expectation_checks
from assets.deliveries import delivery_assets
from assets.desk import desk_asset
from assets.handover import PACKAGES, handover_asset
from assets.models import model_assets
from assets.notice import due_sensor, notice_asset
from assets.partitions import week_ids
from assets.release import RELEASED, release_assets
from assets.resources import WAREHOUSE, warehouse_resource
from assets.week_partitions import WEEKS
from pipeline.contracts import load_contracts
from pipeline.contracts.expected import expected_exports
from pipeline.quality.checks.vocabulary import vocabulary
from pipeline.quality.contract_checks.suites import hall_suites
from pipeline.reporting_calendar import ReportingCalendar, load_calendar
from pipeline.settings import Settings, load_settings

if TYPE_CHECKING:
    from pipeline.ingest.inbox.loader import FileEvent

WEEKLY_JOB = "weekly"
CHECKED_JOB = "weekly_unreleased"


def calendar_of(settings: Settings) -> ReportingCalendar:
    """Returns the calendar of this hall."""
    return load_calendar(settings.calendar_overrides, settings.week_rule, settings.calendar_years)


def build_definitions(settings: Settings, on_file: Callable[[FileEvent], None] = lambda event: None) -> dg.Definitions:
    """Builds all definitions for one home: assets, checks, the weekly job, what starts it, the warehouse they share.

    `on_file` hears of each file as it is loaded. Raises the sentence of whichever contract, suite or SQL file is wrong.
    """
    calendar = calendar_of(settings)
    contracts = load_contracts(settings.contracts)
    expected = expected_exports(contracts, settings.exports)
    suites = hall_suites(settings)
    every = dg.AssetSelection.all()
    is_handing_over = settings.handover is not None
    after_release = [*RELEASED, PACKAGES] if is_handing_over else RELEASED
    jobs = [
        dg.define_asset_job(WEEKLY_JOB, selection=every, description="一期或连续几期的周报"),
        dg.define_asset_job(
            CHECKED_JOB,
            selection=every - dg.AssetSelection.assets(*after_release),
            description="装载、计算、检查，不发布",
        ),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        facts = model_facts(settings)
        tables = [*delivery_assets(contracts, expected, WEEKS), *model_assets(facts, suites, WEEKS)]
        ends = [*release_assets(WEEKS), desk_asset(WEEKS), notice_asset(WEEKS)]
        if is_handing_over:
            ends.append(handover_asset(WEEKS))
        assets = [*tables, check_result_asset(_keys(tables), WEEKS), *ends]
        descriptions = {fact.name: {name: words for name, _, words in fact.columns} for fact in facts}
        words = vocabulary(settings, contracts, suites, descriptions)
        checks = expectation_checks(suites, week_ids(settings, calendar), words)
        source = Source(settings, calendar, contracts)
        return dg.Definitions(
            assets=describe_assets(assets, settings, facts, contracts, suites),
            asset_checks=[checks],
            jobs=jobs,
            sensors=[inbox_sensor(source, WEEKLY_JOB), due_sensor(source)],
            schedules=[friday_schedule(source, WEEKLY_JOB)],
            resources={WAREHOUSE: warehouse_resource(settings, calendar, suites, on_file)},
            executor=dg.in_process_executor,
        )


def _keys(assets: Iterable[dg.AssetsDefinition]) -> list[dg.AssetKey]:
    return [key for asset in assets for key in asset.keys]


@dg.definitions
def defs() -> dg.Definitions:
    """Returns what Dagster loads through workspace.yaml: the definitions for the configured home."""
    return build_definitions(load_settings())
