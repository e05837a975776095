"""Names, export times and defects of the files of one sample belong here; what a file holds does not."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from pipeline.reporting_calendar import ReportingCalendar, ReportWeek
from pipeline.sample import calibration as cal
from pipeline.sample.case_defects import ANY_WEEK, line_edits
from pipeline.sample.case_files import COLUMNS, transcode
from pipeline.sample.catalogue import Catalogue
from pipeline.sample.hall_files import WindowSheet, period_of
from pipeline.sample.sheet_defects import plant_in_rows, plant_in_windows, sheet_edits
from pipeline.sample.volume_files import VolumeRow
from pipeline.sample.workbook import SheetEdit

Progress = Callable[[str, int], None]

_EXPORT_TIMES: Final = {
    "办件明细": (9, 12, 33), "事项受理办结统计": (9, 20, 5), "事项目录": (8, 55, 40), "综窗办件周报": (9, 31, 18),
    "进驻及授权台账": (9, 40, 2), "大厅巡查记录": (9, 44, 51), "业务培训台账": (9, 50, 27), "窗口动态": (10, 5, 9),
}  # fmt: skip


@dataclass
class ExportFiles:
    """Where the files of a sample go, which defects they carry, and how many rows they have so far.

    A defect stands in its own week, or in whatever week is written where it `is_movable`.
    """

    folder: Path
    calendar: ReportingCalendar
    chosen: frozenset[str]
    on_progress: Progress | None = None
    only: Collection[str] | None = None
    is_movable: bool = False
    rows: int = 0

    def wants(self, path: Path) -> bool:
        """Whether the file is among those that were asked for."""
        return self.only is None or path.name in self.only

    def has(self, defect_id: str, week: ReportWeek, own_week: str) -> bool:
        """Whether a defect of a whole file is planted in this week."""
        return defect_id in self.chosen and self._planted_week(week) in (own_week, ANY_WEEK)

    def path(self, name: str, week: ReportWeek, suffix: str = "xlsx") -> Path:
        """The file of a source and a week: 办件明细_2023-15.csv."""
        return self.folder / f"{name}_{week.week_id}.{suffix}"

    def exported(self, name: str, week: ReportWeek, later_days: int = 0) -> datetime:
        """The first working weekday after the coverage, at the hour this source is exported at."""
        day = week.coverage_end + timedelta(days=1)
        while not (self.calendar.rule.is_working_weekday(day) and self.calendar.is_working_day(day)):
            day += timedelta(days=1)
        return datetime(day.year, day.month, day.day, *_EXPORT_TIMES[name]) + timedelta(days=later_days)

    def done(self, path: Path, rows: int) -> None:
        """Counts a finished file and tells whoever watches."""
        self.rows += rows
        if self.on_progress is not None:
            self.on_progress(path.name, rows)

    def edits(self, name: str, week: ReportWeek) -> list[SheetEdit]:
        """The planted defects of a workbook."""
        return sheet_edits(self.chosen, name, self._planted_week(week))

    def planted_rows(self, rows: list[VolumeRow], week: ReportWeek) -> list[VolumeRow]:
        """The rows of the statistics with their planted defects."""
        return plant_in_rows(rows, self._planted_week(week), self.chosen)

    def plant_in_windows(self, reported: WindowSheet, week: ReportWeek) -> None:
        """Plants the defects of whole days into the window counters."""
        plant_in_windows(reported, self._planted_week(week), self.chosen)

    def deliver_cases(self, week: ReportWeek, raw: Path, catalogue: Catalogue) -> None:
        """Makes the delivered file of the plain rows in `raw`, which is removed, with head, defects and twin."""
        exported = self.exported("办件明细", week)
        head = (
            f"省本级办件明细（{week.year}年第{week.issue_no}期）,{cal.LABEL}",
            f"统计时间：{period_of(week)},导出时间：{exported:%Y-%m-%d %H:%M:%S}",
            ",".join(COLUMNS),
        )
        path = self.path("办件明细", week, "csv")
        rows = transcode(raw, path, head, line_edits(self.chosen, self._planted_week(week), raw, catalogue))
        raw.unlink()
        self.done(path, rows)
        if self.has("delivered_twice", week, "2023-13"):
            twin = path.with_name(f"{path.stem}(1).csv")
            shutil.copyfile(path, twin)
            self.done(twin, rows)

    def _planted_week(self, week: ReportWeek) -> str:
        return ANY_WEEK if self.is_movable else week.week_id
