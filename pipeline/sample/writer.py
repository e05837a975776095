"""The order in which the sample's files are made and put in place belongs here; what they hold does not.

Everything is written into a hidden folder of the inbox first and moved when it is complete, so that a killed run leaves
no half-made set behind: `has_unfinished_sample` tells, and the next run starts over.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.reporting_calendar import ReportingCalendar, ReportWeek
from pipeline.sample import calibration as cal
from pipeline.sample.case_defects import alter_cases, line_edits, restate
from pipeline.sample.case_files import COLUMNS, CaseFileWriter, transcode
from pipeline.sample.cases import CaseTable, build_cases
from pipeline.sample.catalogue import Catalogue, build_catalogue
from pipeline.sample.defects import chosen_defects
from pipeline.sample.hall_files import (
    build_sessions,
    period_of,
    window_sheet,
    working_days_of,
    write_activities,
    write_inspection,
    write_register,
    write_training,
    write_windows,
)
from pipeline.sample.identity import build_identities
from pipeline.sample.sheet_defects import plant_first_export, plant_in_rows, plant_in_windows, sheet_edits
from pipeline.sample.volume_files import volume_rows, write_catalogue, write_volumes
from pipeline.sample.volumes import count_volumes
from pipeline.sample.workbook import SheetEdit

DEFAULT_SEED: Final = 20230421
STAGING_NAME: Final = ".sample-unfinished"
Progress = Callable[[str, int], None]

_EXPORT_TIMES: Final = {
    "办件明细": (9, 12, 33), "事项受理办结统计": (9, 20, 5), "事项目录": (8, 55, 40), "综窗办件周报": (9, 31, 18),
    "进驻及授权台账": (9, 40, 2), "大厅巡查记录": (9, 44, 51), "业务培训台账": (9, 50, 27), "窗口动态": (10, 5, 9),
}  # fmt: skip


@dataclass(frozen=True)
class SampleReport:
    """What was written: the files in place, their data rows, and how long it took."""

    files: tuple[Path, ...]
    rows: int
    seconds: float


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
    if not cal.SMALLEST_SCALE <= scale <= cal.LARGEST_SCALE:
        raise ValueError(f"scale 应在 {cal.SMALLEST_SCALE} 与 {cal.LARGEST_SCALE} 之间，而不是 {scale}。")
    started = time.perf_counter()
    chosen = chosen_defects(defects)
    staging = _fresh_staging(out_dir)
    sample = _Sample(staging, scale, seed, chosen, calendar, on_progress)
    sample.only = None if only is None else frozenset(only)
    rows = sample.write()
    files = _move_into_place(staging, out_dir)
    return SampleReport(files, rows, time.perf_counter() - started)


def has_unfinished_sample(out_dir: Path) -> bool:
    """Whether a run of `write_sample` was killed here: the set is incomplete and has to be written again."""
    return (out_dir / STAGING_NAME).exists()


def _fresh_staging(out_dir: Path) -> Path:
    staging = out_dir / STAGING_NAME
    if staging.exists():
        shutil.rmtree(staging)
    staging.mkdir(parents=True)
    return staging


def _move_into_place(staging: Path, out_dir: Path) -> tuple[Path, ...]:
    moved = tuple(path.replace(out_dir / path.name) for path in sorted(staging.iterdir()))
    staging.rmdir()
    return moved


class _Sample:
    """One run: the made-up world and where its files go."""

    def __init__(
        self,
        folder: Path,
        scale: float,
        seed: int,
        chosen: frozenset[str],
        calendar: ReportingCalendar,
        on_progress: Progress | None,
    ) -> None:
        self._folder, self._seed, self._chosen, self._calendar = folder, seed, chosen, calendar
        self._on_progress = on_progress
        self._rows = 0
        self._weeks = calendar.weeks_between(cal.FIRST_WEEK, cal.LAST_WEEK)
        self._days = [working_days_of(week, calendar) for week in self._weeks]
        self._catalogue: Catalogue = build_catalogue(self._stream(1))
        self._cases: CaseTable = build_cases(seed, scale, calendar, self._weeks, self._catalogue)
        alter_cases(self._cases, chosen, self._catalogue)
        self.only: frozenset[str] | None = None

    def write(self) -> int:
        """All files; the data rows written."""
        with ThreadPoolExecutor(max_workers=1) as pool:
            self._write_cases(pool)
        self._write_volumes()
        self._write_hall()
        self._write_lock_file()
        return self._rows

    def _stream(self, *part: int) -> np.random.Generator:
        """A generator of its own for each part: a change in one leaves the others' bytes alone."""
        return np.random.Generator(np.random.PCG64([self._seed, *part]))

    def _wants(self, path: Path) -> bool:
        return self.only is None or path.name in self.only

    def _has(self, defect_id: str, week: ReportWeek, week_id: str) -> bool:
        return week.week_id == week_id and defect_id in self._chosen

    def _path(self, name: str, week: ReportWeek, suffix: str = "xlsx") -> Path:
        return self._folder / f"{name}_{week.week_id}.{suffix}"

    def _exported(self, name: str, week: ReportWeek, later_days: int = 0) -> datetime:
        """The first working weekday after the coverage, at the hour this source is exported at."""
        day = week.coverage_end + timedelta(days=1)
        while not (self._calendar.rule.is_working_weekday(day) and self._calendar.is_working_day(day)):
            day += timedelta(days=1)
        return datetime(day.year, day.month, day.day + later_days, *_EXPORT_TIMES[name])

    def _done(self, path: Path, rows: int) -> None:
        self._rows += rows
        if self._on_progress is not None:
            self._on_progress(path.name, rows)

    def _write_cases(self, pool: ThreadPoolExecutor) -> None:
        """One thread makes the text of a week while another recodes the week before it."""
        writer = CaseFileWriter(self._cases, self._catalogue, build_identities(self._stream(2)))
        pending: Future[None] | None = None
        for position, week in enumerate(self._weeks):
            if not self._wants(self._path("办件明细", week, "csv")):
                continue
            raw = self._folder / f".{week.week_id}.utf8"
            writer.write(week, position, raw)
            if pending is not None:
                pending.result()
            pending = pool.submit(self._deliver_cases, week, raw)
        if pending is not None:
            pending.result()
        writer.close()

    def _deliver_cases(self, week: ReportWeek, raw: Path) -> None:
        exported = self._exported("办件明细", week)
        head = (
            f"省本级办件明细（{week.year}年第{week.issue_no}期）,{cal.LABEL}",
            f"统计时间：{period_of(week)},导出时间：{exported:%Y-%m-%d %H:%M:%S}",
            ",".join(COLUMNS),
        )
        path = self._path("办件明细", week, "csv")
        rows = transcode(raw, path, head, line_edits(self._chosen, week.week_id, raw, self._catalogue))
        raw.unlink()
        self._done(path, rows)
        if self._has("delivered_twice", week, "2023-13"):
            twin = path.with_name(f"{path.stem}(1).csv")
            shutil.copyfile(path, twin)
            self._done(twin, rows)

    def _write_volumes(self) -> None:
        known = count_volumes(self._cases, self._catalogue)
        restated = restate(known, self._cases, self._catalogue, self._chosen)
        for position, week in enumerate(self._weeks):
            if not self._has("statistics_not_delivered", week, "2023-03"):
                self._write_statistics(week, position, known, restated)
        self._write_catalogue(self._weeks[0], self._catalogue)
        if "catalogue_cut" in self._chosen:
            self._write_catalogue(self._weeks[1], _filled_up(self._catalogue))

    def _write_statistics(
        self, week: ReportWeek, position: int, known: npt.NDArray[Any], restated: npt.NDArray[Any]
    ) -> None:
        name = "事项受理办结统计"
        rows = volume_rows(known, restated, self._catalogue, position)
        path, exported = self._path(name, week), self._exported(name, week)
        if self._has("volume_reexported", week, "2023-08"):
            wrong = [replace(row, counts=list(row.counts)) for row in rows]
            plant_first_export(wrong)
            self._done(path, write_volumes(wrong, week, exported, path))
            path, exported = path.with_name(f"{path.stem}_重报.xlsx"), self._exported(name, week, later_days=1)
        if self._wants(path):
            rows = plant_in_rows(rows, week.week_id, self._chosen)
            self._done(path, write_volumes(rows, week, exported, path, self._edits(name, week)))

    def _write_catalogue(self, week: ReportWeek, catalogue: Catalogue) -> None:
        name = "事项目录"
        path = self._path(name, week)
        if self._wants(path):
            rows = write_catalogue(catalogue, week, self._exported(name, week), path, self._edits(name, week))
            self._done(path, rows)

    def _edits(self, name: str, week: ReportWeek) -> list[SheetEdit]:
        return sheet_edits(self._chosen, name, week.week_id)

    def _write_hall(self) -> None:
        sessions = build_sessions(self._stream(6), self._catalogue, list(zip(self._weeks, self._days, strict=True)))
        self._write_windows()
        for position, (week, days) in enumerate(zip(self._weeks, self._days, strict=True)):
            makers: dict[str, Callable[[datetime, Path, list[SheetEdit]], int]] = {
                "大厅巡查记录": partial(write_inspection, self._stream(4, position), week, days),
                "业务培训台账": partial(write_training, sessions, week),
                "窗口动态": partial(write_activities, self._stream(5, position), self._catalogue, week),
            }
            if week.week_id in cal.REGISTER:
                makers["进驻及授权台账"] = partial(write_register, self._catalogue, week)
            for name, make in makers.items():
                path = self._path(name, week)
                if self._wants(path) and not self._is_withheld(name, week):
                    self._done(path, make(self._exported(name, week), path, self._edits(name, week)))
            if self._has("truncated_file", week, "2023-14"):
                self._write_truncated(week, makers["大厅巡查记录"])

    def _is_withheld(self, name: str, week: ReportWeek) -> bool:
        return (name == "大厅巡查记录" and self._has("inspection_not_delivered", week, "2023-12")) or (
            name == "进驻及授权台账" and self._has("register_not_delivered", week, "2023-10")
        )

    def _write_windows(self) -> None:
        name = "综窗办件周报"
        to_date = np.zeros(len(cal.WINDOW_WEEKS), dtype=np.int64)
        for position, (week, days) in enumerate(zip(self._weeks, self._days, strict=True)):
            reported = window_sheet(self._stream(3, position), position, days)
            plant_in_windows(reported, week.week_id, self._chosen)
            to_date += reported.counts.sum(axis=(0, 1))
            path, exported = self._path(name, week), self._exported(name, week)
            if self._wants(path):
                totals = [int(value) for value in to_date]
                rows = write_windows(reported, totals, week, exported, path, self._edits(name, week))
                self._done(path, rows)

    def _write_truncated(self, week: ReportWeek, make: Callable[[datetime, Path, list[SheetEdit]], int]) -> None:
        """The first half of a workbook, as a copy that was broken off leaves it."""
        name = "大厅巡查记录"
        path = self._folder / f"{name}_{week.week_id} - 副本.xlsx"
        make(self._exported(name, week), path, [])
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        self._done(path, 0)

    def _write_lock_file(self) -> None:
        if "lock_file" in self._chosen:
            path = self._folder / f"~$事项受理办结统计_{cal.LAST_WEEK}.xlsx"
            path.write_bytes(b"\x06zhoubao".ljust(165, b"\x00"))
            self._done(path, 0)


def _filled_up(catalogue: Catalogue) -> Catalogue:
    """The catalogue with made-up further items up to 5,000, where some platforms cut an export off."""
    items = catalogue.items
    more = (
        replace(items[i % len(items)], code=f"{items[i % len(items)].code[:-3]}{i // len(items):03d}")
        for i in range(5_000)
    )
    return replace(catalogue, items=(*items, *islice(more, len(items), 5_000)))
