"""Builds the tables of all halls from what they handed over, and holds them against what each hall released."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.contracts import Contract
from pipeline.hall.code_list import read_code_list
from pipeline.hall.errors import HallError
from pipeline.province.double_entry import Mismatch, mismatches
from pipeline.province.package import PackageError
from pipeline.province.pour import pour
from pipeline.province.receive import Received, RefusedPackage, receive
from pipeline.province.withhold import withhold
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings
from pipeline.warehouse.builder import build_models
from pipeline.warehouse.models import HALL, ModelGraph

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

HALL_NAME: Final = "hall_name"


@dataclass(frozen=True)
class ProvinceReport:
    """What came of a folder of packages. `missing` are the weeks (hall_id, week_id) that a hall has not handed over.

    `tables` and `rows` are those of the warehouse that was built of them.
    """

    taken: Sequence[Received]
    refused: Sequence[RefusedPackage]
    missing: Sequence[tuple[str, str]]
    mismatches: Sequence[Mismatch]
    tables: int
    rows: int

    @property
    def is_sound(self) -> bool:
        """Whether all that came could be taken and agrees with the halls; a hall that is late leaves it sound."""
        return not self.refused and not self.mismatches

    @property
    def weeks(self) -> list[str]:
        """Returns the weeks of which a hall handed over something, in order."""
        return sorted({package.manifest.week_id for package in self.taken})

    @property
    def halls(self) -> list[str]:
        """Returns the halls whose packages were taken, in order."""
        return sorted({package.manifest.hall_id for package in self.taken})


def check_province(
    con: DuckDBPyConnection,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Collection[Contract],
    graph: ModelGraph,
    folder: Path,
    halls: Collection[str] | None = None,
) -> ProvinceReport:
    """Takes the packages in `folder` into an empty warehouse, builds every model, and compares.

    `halls` are those that the province expects; without them those that handed over anything. Raises PackageError
    where nothing in the folder can be taken.
    """
    taken, refused = receive(con, folder, contracts, settings.week_rule, halls)
    if not taken:
        reasons = "；".join(one.message for one in refused[:1]) or "里面没有 <区划代码>/<期号>/manifest.json"
        raise PackageError(f"{folder} 里没有可以接收的上报包：{reasons}")
    pour(con, settings, calendar, contracts, taken)
    weeks = sorted({package.manifest.week_id for package in taken})
    built = build_models(con, graph, weeks)
    withhold(con, taken)
    return ProvinceReport(
        taken=taken,
        refused=refused,
        missing=_missing(taken, weeks, halls),
        mismatches=list(mismatches(con, taken)),
        tables=len(built),
        rows=sum(result.rows_total for result in built.values()),
    )


def expected_halls(path: Path) -> dict[str, str]:
    """Reads the list of a province's halls: hall_id → name. Key: hall_id; codes are texts, 010100 keeps its zero.

    Raises PackageError where the file has not these columns, an uneven row, or a hall twice.
    """
    expected = f"大厅名单 {path} 第一行应有 {HALL} 和 {HALL_NAME} 两列，下面一个大厅一行"
    try:
        read = read_code_list(path)
    except HallError as error:
        raise PackageError(f"{expected}：{error}") from error
    if not {HALL, HALL_NAME}.issubset(read.columns):
        raise PackageError(f"{expected}。")
    halls: dict[str, str] = {}
    for row in read.records:
        if row[HALL] in halls:
            raise PackageError(f"大厅名单 {path} 里 {row[HALL]} 出现了两次：请删去一行。")
        halls[row[HALL]] = row[HALL_NAME]
    return halls


def _missing(taken: Collection[Received], weeks: Sequence[str], halls: Collection[str] | None) -> list[tuple[str, str]]:
    """Returns the weeks that a hall has not handed over; of a hall that nobody named, those after its first one."""
    there = {(package.manifest.hall_id, package.manifest.week_id) for package in taken}
    first: dict[str, str] = {}
    for hall_id, week_id in sorted(there):
        first.setdefault(hall_id, week_id)
    lacking = []
    for hall_id in sorted(halls if halls is not None else first):
        for week_id in weeks:
            is_begun = halls is not None or week_id >= first[hall_id]
            if is_begun and (hall_id, week_id) not in there:
                lacking.append((hall_id, week_id))
    return lacking
