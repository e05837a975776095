"""Takes what halls handed over: only what a manifest names and whose digest, rows and sums fit.

In: a folder of packages. Out: those that can be taken, and one sentence for each that cannot; the others go on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.common.atomic_files import sha256_of
from pipeline.common.quoting import quoted
from pipeline.contracts import Contract
from pipeline.ingest.reader_version import READER_VERSION
from pipeline.province.hand_over import LEDGER_ROWS, measured
from pipeline.province.package import (
    FIGURES,
    LEDGER,
    LISTS,
    LISTS_OF_HALL,
    MANIFEST,
    ROWS,
    Kind,
    Manifest,
    PackageError,
    Part,
    contract_digest,
    place_of,
    read_manifest,
)
from pipeline.reporting_calendar import CalendarError, ReportingCalendar
from pipeline.warehouse.home_hall import rule_digest
from pipeline.warehouse.models import HALL

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Received:
    """A package that can be taken; `folder` holds its files."""

    manifest: Manifest
    folder: Path

    def path_of(self, part: Part) -> Path:
        """Returns the file of a part."""
        return self.folder / part.file


@dataclass(frozen=True)
class RefusedPackage:
    """A package that cannot be taken: where it lies, `<hall_id>/<week_id>`, and why."""

    place: str
    message: str


def receive(
    con: DuckDBPyConnection,
    folder: Path,
    contracts: Iterable[Contract],
    calendar: ReportingCalendar,
    halls: Collection[str] | None = None,
) -> tuple[list[Received], list[RefusedPackage]]:
    """Returns the packages in `folder` by hall and week, and those that are refused.

    `calendar` is that of the province; `halls` are those that it knows, None takes any. `con` only reads the files.
    """
    known = {contract.name: contract_digest(contract) for contract in contracts}
    taken, refused = [], []
    for path in sorted(folder.glob(f"*/*/{MANIFEST}")):
        place = place_of(path)
        try:
            manifest = read_manifest(path)
            _refuse_foreign(manifest, place, halls, calendar)
            _refuse_unknown_versions(manifest, place, known)
            received = Received(manifest, path.parent / manifest.folder)
            for part in manifest.parts:
                _refuse_damaged(con, received, part, place)
        except PackageError as error:
            refused.append(RefusedPackage(place, str(error)))
        else:
            taken.append(received)
    return taken, refused


def _refuse_foreign(manifest: Manifest, place: str, halls: Collection[str] | None, calendar: ReportingCalendar) -> None:
    hall_id = manifest.hall_id
    if f"{hall_id}/{manifest.week_id}" != place:
        raise PackageError(
            f"{place} 里是 {manifest.hall_id} 的 {manifest.week_id} 期：放错了文件夹，请放回去或重新上报。"
        )
    if halls is not None and hall_id not in halls:
        raise PackageError(f"{hall_id} 不在全省的大厅名单里：新的大厅先登记进名单；不是本省的，请移走 {place}。")
    if manifest.week_rule != rule_digest(calendar.rule):
        raise PackageError(
            f"{place} 的报告周与全省的不同，同一期是不同的几天，不能相加：请统一 hall.toml 的 [week_rule]。"
        )
    try:
        calendar.week(manifest.week_id)
    except CalendarError as error:
        raise PackageError(f"{place} 不是全省日历里的一期：{error}") from None


def _refuse_unknown_versions(manifest: Manifest, place: str, known: Mapping[str, str]) -> None:
    if manifest.reader > READER_VERSION:
        raise PackageError(f"{place} 由更新的程序读出（第 {manifest.reader} 版读取）：请先升级全省的程序。")
    expected: dict[Kind, set[str]] = {LEDGER: set(LEDGER_ROWS), LISTS: set(LISTS_OF_HALL)}
    for kind, tables in expected.items():
        if {part.table for part in manifest.parts_of(kind)} != tables:
            raise PackageError(f"{place} 的清单里表不全或多出了表：这不是 zhoubao handover 写的，请该厅重新上报。")
    for part in manifest.parts_of(ROWS):
        source = part.table.removeprefix("raw.")
        if source not in known:
            raise PackageError(f"{place} 有全省没有合同的报表 {source}：请把它的合同放进全省的大厅文件夹。")
        if part.contract != known[source]:
            raise PackageError(
                f"{place} 的 {source} 用的合同与全省的不同，列的意思可能不同：请统一合同后由该厅重新上报。"
            )


def _refuse_damaged(con: DuckDBPyConnection, received: Received, part: Part, place: str) -> None:
    path = received.path_of(part)
    if not path.is_file():
        raise PackageError(f"{place} 缺少 {part.file}：可能还没有传完；传完后再运行，或请该厅重新上报。")
    if sha256_of(path) != part.sha256:
        raise PackageError(f"{place} 的 {part.file} 与清单的摘要不符，传送中损坏或被改动过：请该厅重新上报这一期。")
    rows, sums = measured(con, path)
    if part.kind in (LISTS, FIGURES) and _halls_in(con, path) - {received.manifest.hall_id}:
        raise PackageError(f"{place} 的 {part.file} 里有别的大厅的行：请该厅用自己的数据目录重新上报这一期。")
    if (rows, sums) != (part.rows, part.sums):
        raise PackageError(f"{place} 的 {part.file} 的行数或合计与清单不符：请该厅重新上报这一期。")


def _halls_in(con: DuckDBPyConnection, path: Path) -> set[str]:
    rows = con.execute(f"SELECT DISTINCT {HALL} FROM read_parquet({quoted(str(path))})").fetchall()
    return {hall_id for (hall_id,) in rows}
