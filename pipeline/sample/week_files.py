"""Writes the files of one week, each with its planted defects; what a week consists of is made elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.reporting_calendar import ReportWeek
from pipeline.sample.catalogue import Catalogue
from pipeline.sample.export_files import ExportFiles
from pipeline.sample.hall_files import (
    Session,
    WindowSheet,
    has_register,
    write_activities,
    write_inspection,
    write_register,
    write_training,
    write_windows,
)
from pipeline.sample.sheet_defects import plant_first_export
from pipeline.sample.volume_files import VolumeRow, write_catalogue, write_volumes
from pipeline.sample.workbook import SheetEdit

Array = npt.NDArray[Any]
Maker = Callable[[datetime, Path, list[SheetEdit]], int]
INSPECTION, REGISTER = "大厅巡查记录", "进驻及授权台账"


def write_statistics(files: ExportFiles, week: ReportWeek, rows: list[VolumeRow]) -> None:
    """The statistics of a week; where it is planted, first with a figure that the second export corrects."""
    name = "事项受理办结统计"
    path, exported = files.path(name, week), files.exported(name, week)
    if files.has("volume_reexported", week, "2023-08"):
        wrong = [replace(row, counts=list(row.counts)) for row in rows]
        plant_first_export(wrong)
        files.done(path, write_volumes(wrong, week, exported, path))
        path, exported = path.with_name(f"{path.stem}_重报.xlsx"), files.exported(name, week, later_days=1)
    if files.wants(path):
        rows = files.planted_rows(rows, week)
        files.done(path, write_volumes(rows, week, exported, path, files.edits(name, week)))


def write_items(files: ExportFiles, week: ReportWeek, catalogue: Catalogue) -> None:
    """The snapshot of the catalogue of items."""
    name = "事项目录"
    path = files.path(name, week)
    if files.wants(path):
        rows = write_catalogue(catalogue, week, files.exported(name, week), path, files.edits(name, week))
        files.done(path, rows)


def write_window_counters(files: ExportFiles, week: ReportWeek, reported: WindowSheet, before: Array) -> Array:
    """The window counters of a week; `before` are the sums of the year before it. Returns the sums up to its end."""
    name = "综窗办件周报"
    files.plant_in_windows(reported, week)
    to_date: Array = before + reported.counts.sum(axis=(0, 1))
    path = files.path(name, week)
    if files.wants(path):
        totals = [int(value) for value in to_date]
        edits = files.edits(name, week)
        files.done(path, write_windows(reported, totals, week, files.exported(name, week), path, edits))
    return to_date


@dataclass(frozen=True)
class HallRecords:
    """What the hall's own records of a week are made of; the sessions are those of its whole year."""

    week: ReportWeek
    days: list[date]
    sessions: Sequence[Session]
    inspection: np.random.Generator
    activities: np.random.Generator


def write_hall_records(files: ExportFiles, catalogue: Catalogue, records: HallRecords) -> None:
    """Inspection, training, activities, and the register where it is due."""
    week = records.week
    makers: dict[str, Maker] = {
        INSPECTION: partial(write_inspection, records.inspection, week, records.days),
        "业务培训台账": partial(write_training, list(records.sessions), week),
        "窗口动态": partial(write_activities, records.activities, catalogue, week),
    }
    if has_register(week):
        makers[REGISTER] = partial(write_register, catalogue, week)
    for name, make in makers.items():
        path = files.path(name, week)
        if files.wants(path) and not _is_withheld(files, name, week):
            files.done(path, make(files.exported(name, week), path, files.edits(name, week)))
    if files.has("truncated_file", week, "2023-14"):
        _write_truncated(files, week, makers[INSPECTION])


def _is_withheld(files: ExportFiles, name: str, week: ReportWeek) -> bool:
    withheld = {INSPECTION: ("inspection_not_delivered", "2023-12"), REGISTER: ("register_not_delivered", "2023-10")}
    return name in withheld and files.has(withheld[name][0], week, withheld[name][1])


def _write_truncated(files: ExportFiles, week: ReportWeek, make: Maker) -> None:
    """The first half of a workbook, as a copy that was broken off leaves it."""
    path = files.folder / f"{INSPECTION}_{week.week_id} - 副本.xlsx"
    make(files.exported(INSPECTION, week), path, [])
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    files.done(path, 0)
