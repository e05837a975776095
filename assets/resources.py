"""The open warehouse that all steps of a run share; how it is opened and locked belongs in pipeline.warehouse."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import dagster as dg

from assets.run_log import run_in_log_of
from pipeline.common.tables import has_table
from pipeline.quality.checks.model import TableSuite
from pipeline.quality.run.results import CheckResult
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.reporting_calendar.week_ids import year_bounds
from pipeline.settings import Settings

if TYPE_CHECKING:
    import duckdb

    from pipeline.ingest.inbox.loader import FileEvent
    from pipeline.warehouse import ModelGraph

WAREHOUSE = "warehouse"


@dataclass
class OpenWarehouse:
    """One connection for one run, and what its steps need beside it."""

    settings: Settings
    calendar: ReportingCalendar
    suites: tuple[TableSuite, ...]
    graph: "ModelGraph"
    con: "duckdb.DuckDBPyConnection"
    on_file: "Callable[[FileEvent], None]"
    _results: dict[tuple[str, ...], list[CheckResult]] = field(default_factory=dict)

    def check_results(self, weeks: Sequence[str]) -> list[CheckResult]:
        """Returns results by week, table and check. The first step that asks runs the checks, later ones share them."""
        from pipeline.quality.run.runner import run_checks

        asked = tuple(self.weeks_of_run(weeks))
        if asked not in self._results:
            self._results[asked] = run_checks(self.con, self.settings, asked, self.suites)
        return self._results[asked]

    def weeks_of_run(self, weeks: Sequence[str]) -> list[str]:
        """Returns those of a run's weeks that are in use, and those of the year of the last one, which was asked for.

        A file of 2019 in a hall that began in 2023 makes a range of two hundred weeks; the years between have nothing
        to check, to write or to release. All weeks where the models have not been built.
        """
        if not has_table(self.con, "core", "week_in_use"):
            return list(weeks)
        first_of_year, _ = year_bounds(weeks[-1])
        in_use = {week for (week,) in self.con.execute("SELECT week_id FROM core.week_in_use").fetchall()}
        return [week for week in weeks if week in in_use or week > first_of_year]

    def last_delivered_week(self) -> str | None:
        """Returns the latest week that a delivery which counts reports; None where there is none."""
        row = self.con.execute("SELECT max(week_id) FROM ledger.current_delivery").fetchone()
        return None if row is None or row[0] is None else str(row[0])


def warehouse_resource(
    settings: Settings,
    calendar: ReportingCalendar,
    suites: tuple[TableSuite, ...],
    on_file: "Callable[[FileEvent], None]",
) -> dg.ResourceDefinition:
    """Opens the warehouse once for a whole run under the writer's lock, and drops tables whose SQL is gone."""

    @dg.resource(description=f"DuckDB：{settings.warehouse_path}（一次运行一个连接，持有写锁）")
    def warehouse(context: dg.InitResourceContext) -> Iterator[OpenWarehouse]:
        from pipeline.doctor.room import refuse_without_room
        from pipeline.release.published.changed_definitions import refuse_changed_definitions
        from pipeline.warehouse import drop_removed_models, open_warehouse
        from pipeline.warehouse.measures import hall_models

        with run_in_log_of(settings, context):
            refuse_without_room(settings)
            refuse_changed_definitions(settings)
            graph = hall_models(settings)
            with open_warehouse(settings) as con:
                drop_removed_models(con, graph)
                yield OpenWarehouse(settings, calendar, suites, graph, con, on_file)

    return warehouse
