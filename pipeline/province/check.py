"""Builds the tables of all halls from what they handed over, and holds them against what each hall released."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.province.double_entry import Mismatch, mismatches
from pipeline.province.halls import ExpectedHall
from pipeline.province.package import PackageError
from pipeline.province.pour import pour
from pipeline.province.receive import Received, RefusedPackage, receive
from pipeline.province.regions import RegionMetric, add_up, halls_of, metrics_of_province
from pipeline.province.withhold import withhold
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings
from pipeline.warehouse.builder import build_models
from pipeline.warehouse.models import ModelGraph

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.province.engine import SparkOfProvince


@dataclass(frozen=True)
class ProvinceReport:
    """What came of a folder of packages. `missing` are the weeks (hall_id, week_id) that a hall has not handed over.

    `tables` and `rows` are those of the warehouse that was built of them, `metrics` those of the last week.
    """

    taken: Sequence[Received]
    refused: Sequence[RefusedPackage]
    missing: Sequence[tuple[str, str]]
    mismatches: Sequence[Mismatch]
    tables: int
    rows: int
    metrics: Sequence[RegionMetric]

    @property
    def is_sound(self) -> bool:
        """Whether all that came could be taken and agrees with the halls; a hall that is late leaves it sound."""
        return not self.refused and not self.mismatches

    @property
    def gaps(self) -> dict[str, str]:
        """Returns hall_id → the first week that is missing before others that came: their years to date lack it."""
        last = {package.manifest.hall_id: package.manifest.week_id for package in self.taken}
        gaps: dict[str, str] = {}
        for hall_id, week_id in self.missing:
            if week_id < last.get(hall_id, ""):
                gaps.setdefault(hall_id, week_id)
        return gaps

    @property
    def weeks(self) -> list[str]:
        """Returns the weeks of which a hall handed over something, in order."""
        return sorted({package.manifest.week_id for package in self.taken})

    @property
    def halls(self) -> list[str]:
        """Returns the halls whose packages were taken, in order."""
        return sorted({package.manifest.hall_id for package in self.taken})


@dataclass(frozen=True)
class Province:
    """What a province goes by: its settings, calendar, contracts and models, which are those of its halls.

    `halls` are those that it expects, by hall_id; None stands for those that hand anything over.
    """

    settings: Settings
    calendar: ReportingCalendar
    contracts: Collection[Contract]
    graph: ModelGraph
    halls: Mapping[str, ExpectedHall] | None = None


def check_province(
    con: DuckDBPyConnection, province: Province, folder: Path, spark: SparkOfProvince | None = None
) -> ProvinceReport:
    """Takes the packages in `folder` into an empty warehouse, builds every model, compares, and adds the halls up.

    With `spark` the models are built there. Raises PackageError where nothing in the folder can be taken, EngineError
    for what Spark refuses.
    """
    settings, calendar, halls = province.settings, province.calendar, province.halls
    taken, refused = receive(con, folder, province.contracts, calendar, halls)
    if not taken:
        reasons = "；".join(one.message for one in refused[:1]) or "里面没有 <区划代码>/<期号>/manifest.json"
        raise PackageError(f"{folder} 里没有可以接收的上报包：{reasons}")
    pour(con, settings, calendar, province.contracts, taken)
    weeks = sorted({package.manifest.week_id for package in taken})
    built = spark.build(con, province.graph, weeks) if spark else build_models(con, province.graph, weeks)
    withhold(con, taken)
    missing = _missing(taken, weeks, calendar, halls)
    differences = list(mismatches(con, taken))
    listed = halls_of(taken) if halls is None else list(halls.values())
    add_up(con, settings, listed, taken, missing, {(found.hall_id, found.week_id) for found in differences})
    return ProvinceReport(
        taken=taken,
        refused=refused,
        missing=missing,
        mismatches=differences,
        tables=len(built),
        rows=sum(result.rows_total for result in built.values()),
        metrics=metrics_of_province(con, weeks[-1]),
    )


def _missing(
    taken: Collection[Received],
    weeks: Sequence[str],
    calendar: ReportingCalendar,
    halls: Mapping[str, ExpectedHall] | None,
) -> list[tuple[str, str]]:
    """Returns the weeks that a hall has not handed over; of a hall that nobody named, those after its first one."""
    there = {(package.manifest.hall_id, package.manifest.week_id) for package in taken}
    first: dict[str, str] = {}
    for hall_id, week_id in sorted(there):
        first.setdefault(hall_id, week_id)
    lacking = []
    for hall_id in sorted(first if halls is None else halls):
        for week_id in weeks:
            if halls is None:
                is_expected = week_id >= first[hall_id]
            else:
                is_expected = halls[hall_id].is_expected(calendar.week(week_id).coverage_end)
            if is_expected and (hall_id, week_id) not in there:
                lacking.append((hall_id, week_id))
    return lacking
