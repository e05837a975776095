"""The calibrated weeks, 2023-01 to 2023-15: the order in which their files are made; weeks behind them do not."""

from __future__ import annotations

import time
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.reporting_calendar import ReportingCalendar
from pipeline.sample import calibration as cal
from pipeline.sample.case_defects import restate
from pipeline.sample.case_files import CaseFileWriter
from pipeline.sample.catalogue import Catalogue
from pipeline.sample.defects import chosen_defects
from pipeline.sample.export_files import ExportFiles, Progress
from pipeline.sample.hall_files import build_sessions, published_windows, window_sheet
from pipeline.sample.identity import build_identities
from pipeline.sample.staging import SampleReport, fresh_staging, move_into_place
from pipeline.sample.volume_files import volume_rows
from pipeline.sample.volumes import count_volumes
from pipeline.sample.week_files import (
    HallRecords,
    write_hall_records,
    write_items,
    write_statistics,
    write_window_counters,
)
from pipeline.sample.world import World, build_world

DEFAULT_SEED: Final = 20230421


def write_sample(
    out_dir: Path,
    *,
    scale: float = 1.0,
    seed: int = DEFAULT_SEED,
    defects: bool | Collection[str] = True,
    calendar: ReportingCalendar,
    on_progress: Progress | None = None,
    only: Collection[str] | None = None,
) -> SampleReport:
    """Write the made-up exports of issues 2023-01 … 2023-15 into `out_dir`; the same arguments give the same bytes.

    `scale` shrinks the totals of cases by `calibration.scaled`; `defects` plants those for demonstration, none, or
    those named (`defects.DEFECTS`); `only` names the files to write, the others are left out. `on_progress` is called
    with the name and the data rows of each finished file, from one thread at a time, not always the caller's. Raises
    ValueError for a scale that cannot be made.
    """
    started = time.perf_counter()
    chosen = chosen_defects(defects)
    world = build_world(seed, scale, chosen, calendar)
    staging = fresh_staging(out_dir)
    rows = _Sample(world, ExportFiles(staging, calendar, chosen, on_progress, only)).write()
    files = move_into_place(staging, out_dir)
    return SampleReport(files, rows, time.perf_counter() - started)


class _Sample:
    """One run over the calibrated weeks: the made-up world and where its files go."""

    def __init__(self, world: World, files: ExportFiles) -> None:
        self._world, self._files = world, files
        self._weeks, self._catalogue = world.weeks, world.catalogue

    def write(self) -> int:
        """All files; the data rows written."""
        with ThreadPoolExecutor(max_workers=1) as pool:
            self._write_cases(pool)
        self._write_volumes()
        self._write_hall()
        self._write_lock_file()
        return self._files.rows

    def _write_cases(self, pool: ThreadPoolExecutor) -> None:
        """One thread makes the text of a week while another recodes the week before it."""
        writer = CaseFileWriter(self._catalogue, build_identities(self._world.stream(2)))
        pending: Future[None] | None = None
        for position, week in enumerate(self._weeks):
            if not self._files.wants(self._files.path("办件明细", week, "csv")):
                continue
            raw = self._files.folder / f".{week.week_id}.utf8"
            writer.write(self._world.cases, week, position, raw)
            if pending is not None:
                pending.result()
            pending = pool.submit(self._files.deliver_cases, week, raw, self._catalogue)
        if pending is not None:
            pending.result()
        writer.close()

    def _write_volumes(self) -> None:
        known = count_volumes(self._world.cases, self._catalogue)
        restated = restate(known, self._world.cases, self._catalogue, self._world.chosen)
        for position, week in enumerate(self._weeks):
            if not self._files.has("statistics_not_delivered", week, "2023-03"):
                to_date = known[: position + 1].sum(axis=0)
                rows = volume_rows(known[position] - restated[position], to_date, self._catalogue)
                write_statistics(self._files, week, rows)
        write_items(self._files, self._weeks[0], self._catalogue)
        if "catalogue_cut" in self._world.chosen:
            write_items(self._files, self._weeks[1], _filled_up(self._catalogue))

    def _write_hall(self) -> None:
        with_days = list(zip(self._weeks, self._world.days, strict=True))
        sessions = build_sessions(self._world.stream(6), self._catalogue, with_days)
        self._write_windows()
        for position, (week, days) in enumerate(with_days):
            inspection, activities = self._world.stream(4, position), self._world.stream(5, position)
            records = HallRecords(week, days, sessions, inspection, activities)
            write_hall_records(self._files, self._catalogue, records)

    def _write_windows(self) -> None:
        to_date = np.zeros(len(cal.WINDOW_WEEKS), dtype=np.int64)
        for position, (week, days) in enumerate(zip(self._weeks, self._world.days, strict=True)):
            reported = window_sheet(self._world.stream(3, position), published_windows(position), days)
            to_date = write_window_counters(self._files, week, reported, to_date)

    def _write_lock_file(self) -> None:
        if "lock_file" in self._world.chosen:
            path = self._files.folder / f"~$事项受理办结统计_{cal.LAST_WEEK}.xlsx"
            path.write_bytes(b"\x06zhoubao".ljust(165, b"\x00"))
            self._files.done(path, 0)


def _filled_up(catalogue: Catalogue) -> Catalogue:
    """The catalogue with made-up further items up to 5,000, where some platforms cut an export off."""
    items = catalogue.items
    more = (
        replace(items[i % len(items)], code=f"{items[i % len(items)].code[:-3]}{i // len(items):03d}")
        for i in range(5_000)
    )
    return replace(catalogue, items=(*items, *islice(more, len(items), 5_000)))
