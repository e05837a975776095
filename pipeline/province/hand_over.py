"""Hands released weeks over to the province: typed rows, not ready flows, because names and lists change backwards.

In: the warehouse of a hall. Out: one package a week (`package`), written anew only where something of it changed.
No personal data is in it: columns with persons were dropped or digested at the door, corrections are laid over.
A package says what readers see: a week is kept back where its release was withdrawn, or is not what the warehouse gives
now, and figures that were withheld are not in it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.atomic_files import sha256_of, write_text
from pipeline.common.digests import digest
from pipeline.common.package_version import package_version
from pipeline.common.quoting import identifier, quoted
from pipeline.common.tables import single_number
from pipeline.contracts import Contract, load_contracts
from pipeline.hall.facts import HALL_OF_NO_CODE
from pipeline.ingest.reader_version import READER_VERSION
from pipeline.province.package import (
    FIGURES,
    FORMAT,
    LEDGER,
    LISTS,
    LISTS_OF_HALL,
    MANIFEST,
    ROWS,
    Manifest,
    PackageError,
    Part,
    Withheld,
    contract_digest,
    read_manifest,
)
from pipeline.release.revisions.activation import shown_revisions
from pipeline.release.revisions.figures import figures_hash, grains_of, read_figures
from pipeline.release.revisions.masks import Masks, WithheldCell, shown_cells
from pipeline.settings import Settings
from pipeline.warehouse.fingerprints import corrections, deliveries, tables_and_views
from pipeline.warehouse.home_hall import rule_digest
from pipeline.warehouse.measures import hall_models
from pipeline.warehouse.models import HALL, ModelGraph

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_OF_WEEK: Final = "SELECT delivery_id FROM ledger.delivery WHERE week_id = $week"
_COUNTED: Final = f"{_OF_WEEK} AND status = 'current'"
# What stays in quarantine is the hall's; of it the province needs the names of departments that nobody knows.
LEDGER_ROWS: Final[Mapping[str, str]] = {
    "ledger.delivery": "SELECT delivery_id, source, week_id, period_start, period_end, as_of, scope, status, "
    "rows_physical, contract_fingerprint FROM ledger.delivery WHERE week_id = $week",
    "ledger.row_account": f"SELECT * FROM ledger.row_account WHERE delivery_id IN ({_COUNTED})",
    "ledger.control_total": f"SELECT * FROM ledger.control_total WHERE delivery_id IN ({_COUNTED})",
    "quarantine.cell": "SELECT delivery_id, sheet, row_no, column_name, reason, value FROM quarantine.cell "
    f"WHERE column_name = 'department' AND reason = 'unknown_code' AND delivery_id IN ({_COUNTED})",
}
_NO_CODE: Final = '大厅还没有区划代码，交上去认不出是哪个厅：请在 hall.toml 写明，如 hall_id = "510104"。'
_NUMBERS: Final = ("BIGINT", "INTEGER", "DECIMAL", "HUGEINT")


@dataclass(frozen=True)
class HandedOver:
    """One week as it was handed over; `is_new` is false where the package that lies there says the same."""

    week_id: str
    revision: int
    path: Path
    rows: int
    is_new: bool


@dataclass(frozen=True)
class KeptBack:
    """A week that is not handed over, why, and what to do; `is_taken_away` where its package was removed."""

    week_id: str
    message: str
    is_taken_away: bool


def hand_over(
    con: DuckDBPyConnection,
    settings: Settings,
    graph: ModelGraph,
    contracts: Collection[Contract],
    weeks: Sequence[str],
    folder: Path,
) -> list[HandedOver | KeptBack]:
    """Writes the packages of these weeks into `folder`; a week of which nothing changed is left as it is.

    Raises PackageError where the hall has no code of its own.
    """
    if settings.hall_id == HALL_OF_NO_CODE:
        raise PackageError(_NO_CODE)
    writer = _Writer(con, settings, graph, {contract.name: contract for contract in contracts}, folder)
    return [writer.write(week_id) for week_id in weeks]


def hand_over_all(con: DuckDBPyConnection, settings: Settings, folder: Path) -> list[HandedOver | KeptBack]:
    """Writes the packages of all weeks that were ever released, as `hand_over` does."""
    weeks = con.execute("SELECT DISTINCT week_id FROM release.issue ORDER BY week_id").fetchall()
    contracts = load_contracts(settings.contracts).values()
    return hand_over(con, settings, hall_models(settings), contracts, [week_id for (week_id,) in weeks], folder)


class _Writer:
    """Writes packages of one warehouse; what it asks for all weeks at once it asks only once."""

    def __init__(
        self,
        con: DuckDBPyConnection,
        settings: Settings,
        graph: ModelGraph,
        contracts: Mapping[str, Contract],
        folder: Path,
    ) -> None:
        self._con = con
        self._settings = settings
        self._grains = grains_of(graph)
        self._folder = folder / settings.hall_id
        self._figures = [model.name for model in graph if _is_figure(model.name, [one.name for one in model.columns])]
        self._deliveries = deliveries(con)
        self._corrections = corrections(con, tables_and_views(con))
        self._contract_digests = {name: contract_digest(contract) for name, contract in sorted(contracts.items())}
        self._shared = self._shared_inputs()
        self._shown = shown_revisions(con)
        self._released = _released_hashes(con)
        self._masks = Masks(tuple(shown_cells(con)))
        self._stamps = self._stamps_of_weeks()

    def write(self, week_id: str) -> HandedOver | KeptBack:
        place = self._folder / week_id
        revision = self._shown.get(week_id)
        before = _manifest_before(place)
        if revision is None:
            return self._keep_back(week_id, place, before)
        cells = [_withheld(cell) for cell in self._masks.of_week(week_id)]
        withheld = [cell.model_dump_json() for cell in cells]
        stamp = digest([self._stamps.get(week_id, ""), revision, *withheld, *self._inputs(week_id)])
        if before is not None and before.stamp == stamp:
            return _handed_over(before, place, is_new=False)
        if not self._is_as_released(week_id, revision):
            return self._keep_back(week_id, place, before)
        name = f"r{revision}-{stamp[:12]}"
        target = place / name
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        parts = tuple(self._parts(week_id, target))
        manifest = Manifest(
            format=FORMAT,
            hall_id=self._settings.hall_id,
            hall_name=self._settings.hall_name,
            week_id=week_id,
            revision=revision,
            week_rule=rule_digest(self._settings.week_rule),
            program=package_version(),
            reader=READER_VERSION,
            stamp=stamp,
            folder=name,
            parts=parts,
            withheld=tuple(cells),
        ).sealed()
        write_text(place / MANIFEST, manifest.model_dump_json(indent=1))
        _remove_older(place, keep={name, before.folder if before else name})
        return _handed_over(manifest, place, is_new=True)

    def _is_as_released(self, week_id: str, revision: int) -> bool:
        """Whether the warehouse gives just the figures that readers see: a package must not say anything else."""
        figures = read_figures(self._con, [week_id], self._grains, masks=self._masks)
        return figures_hash(figures[week_id]) == self._released[week_id, revision]

    def _keep_back(self, week_id: str, place: Path, before: Manifest | None) -> KeptBack:
        """Leaves the package of what readers see; any other that lies there is taken away: it is released no more."""
        shown = self._shown.get(week_id)
        is_of_shown = before is not None and before.revision == shown
        # One that cannot be read, or that a kill left without a manifest, may hold what was withdrawn.
        is_other = place.is_dir() and not is_of_shown
        if is_other:
            _take_away(place)
        is_withdrawn = shown is None and any(week == week_id for week, _ in self._released)
        if is_withdrawn:
            reason = f"{week_id} 期的发布已收回，没有上报：请先在来源中改正，重新发布，再上报。"
        elif shown is None:
            reason = f"{week_id} 期还没有发布，没有上报：请先运行 zhoubao release --week {week_id}。"
        else:
            reason = (
                f"{week_id} 期现在的数与第 {shown} 次发布的不同（有更正还没有发布，或已退回到较早的一次），没有上报："
                f"请先运行 zhoubao release --week {week_id}，再上报。"
            )
        taken_away = "原来的上报包已撤下，上级已经接收的请告知上级。" if is_other else ""
        return KeptBack(week_id, reason + taken_away, is_other)

    def _inputs(self, week_id: str) -> Iterator[str]:
        """What a package rests on beside its figures: deliveries, corrections, and what all weeks share."""
        for source, weeks in sorted(self._deliveries.items()):
            yield from (f"{source}/{stamp}" for stamp in weeks.get(week_id, ()))
        for (source, week), stamps in sorted(self._corrections.items()):
            if week == week_id:
                yield from (f"{source}/{stamp}" for stamp in stamps)
        yield from self._shared

    def _shared_inputs(self) -> list[str]:
        """What the packages of all weeks rest on: lists, contracts and the program."""
        rows = self._con.execute("SELECT name, content_hash FROM ledger.reference ORDER BY name").fetchall()
        lists = [f"{name}/{content}" for name, content in rows]
        return [*lists, *self._contract_digests.values(), f"{FORMAT}/{package_version()}/{READER_VERSION}"]

    def _parts(self, week_id: str, target: Path) -> Iterator[Part]:
        corrected = {source for source, week in self._corrections if week == week_id}
        for source in self._sources(week_id):
            schema = "corrected" if source in corrected else "raw"
            rows = f"SELECT * EXCLUDE (as_written) FROM {schema}.{source} WHERE delivery_id IN ({_COUNTED})"
            yield self._part(ROWS, f"raw.{source}", rows, week_id, target, self._contract_digests[source])
        for table, rows in LEDGER_ROWS.items():
            yield self._part(LEDGER, table, rows, week_id, target)
        for table in LISTS_OF_HALL:
            yield self._part(LISTS, table, f"SELECT * FROM {table}", week_id, target)
        for table in self._figures:
            schema, _, name = table.partition(".")
            source = self._masks.source(self._con, schema, name)
            yield self._part(FIGURES, table, f"SELECT * FROM {source} WHERE week_id = $week", week_id, target)

    def _sources(self, week_id: str) -> list[str]:
        """The exports of which a delivery of the week counts."""
        of_week = (source for source, weeks in sorted(self._deliveries.items()) if week_id in weeks)
        return [source for source in of_week if source in self._contract_digests]

    def _part(self, kind: str, table: str, rows: str, week_id: str, target: Path, contract: str = "") -> Part:
        """Writes one table, in an order of its own so that the same rows are the same bytes."""
        path = target / f"{table}.parquet"
        # The week stands in the text: a COPY takes no parameters. It comes from the ledger, never from a file's text.
        query = rows.replace("$week", quoted(week_id))
        self._con.execute(
            f"COPY (SELECT * FROM ({query}) ORDER BY ALL) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"
        )
        count, sums = measured(self._con, path)
        return Part(
            kind=kind, table=table, file=path.name, rows=count, sha256=sha256_of(path), sums=sums, contract=contract
        )

    def _stamps_of_weeks(self) -> dict[str, str]:
        """Returns week → what the figures of all tables are, by count and hash of their rows."""
        parts: dict[str, list[str]] = {}
        for table in self._figures:
            rows = self._con.execute(
                f"SELECT week_id, count(*), bit_xor(hash(t)) FROM {table} AS t GROUP BY week_id"
            ).fetchall()
            for week_id, count, content in rows:
                parts.setdefault(week_id, []).append(f"{table}/{count}/{content}")
        return {week_id: digest(sorted(of_week)) for week_id, of_week in parts.items()}


def measured(con: DuckDBPyConnection, path: Path) -> tuple[int, dict[str, str]]:
    """Returns how many rows a Parquet file has, and the sums of its whole numbers and decimals, as texts."""
    source = f"read_parquet({quoted(str(path))})"
    described = con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    names = [name for name, kind, *_ in described if str(kind).startswith(_NUMBERS) and name != "row_no"]
    count = single_number(con, f"SELECT count(*) FROM {source}")
    if not names:
        return count, {}
    sums = ", ".join(f"CAST(sum({identifier(name)}) AS VARCHAR)" for name in names)
    (values,) = con.execute(f"SELECT {sums} FROM {source}").fetchall()
    return count, {name: value for name, value in zip(names, values, strict=True) if value is not None}


def _is_figure(table: str, columns: Sequence[str]) -> bool:
    """Whether a table is one of those whose weeks a hall releases: marts and charts by hall and week."""
    return table.startswith(("marts.", "charts.")) and HALL in columns and "week_id" in columns


def _released_hashes(con: DuckDBPyConnection) -> dict[tuple[str, int], str]:
    """Returns (week_id, revision) → the hash of the figures of every release, withdrawn ones among them."""
    rows = con.execute("SELECT week_id, revision, figures_hash FROM release.issue ORDER BY ALL").fetchall()
    return {(week_id, revision): content for week_id, revision, content in rows}


def _withheld(cell: WithheldCell) -> Withheld:
    return Withheld(table=cell.table_name, column=cell.column_name, keys=json.loads(cell.keys), note=cell.note)


def _manifest_before(place: Path) -> Manifest | None:
    """Returns the manifest that lies there; a damaged one counts as none and is written anew."""
    path = place / MANIFEST
    if not path.exists():
        return None
    try:
        manifest = read_manifest(path)
    except PackageError:
        return None
    is_there = all((place / manifest.folder / part.file).is_file() for part in manifest.parts)
    return manifest if is_there else None


def _handed_over(manifest: Manifest, place: Path, *, is_new: bool) -> HandedOver:
    rows = sum(part.rows for part in manifest.parts_of(ROWS))
    return HandedOver(manifest.week_id, manifest.revision, place / manifest.folder, rows, is_new)


def _take_away(place: Path) -> None:
    """Removes a package: the manifest first, so that nobody begins to read it."""
    (place / MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(place, ignore_errors=True)


def _remove_older(place: Path, keep: set[str]) -> None:
    for path in place.iterdir():
        if path.is_dir() and path.name not in keep:
            shutil.rmtree(path, ignore_errors=True)
