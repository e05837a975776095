"""The hall's own workbooks belong here: windows, register, inspection, training, activities. Cases do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.reporting_calendar import ReportingCalendar, ReportWeek
from pipeline.sample.calibration import (
    LAST_WEEK,
    REGISTER,
    REGISTER_REMARKS,
    TRAINING_LAST_WEEK,
    TRAINING_SESSIONS,
    WINDOW_WEEKS,
)
from pipeline.sample.catalogue import Catalogue, Department
from pipeline.sample.narrative import (
    ALL_GOOD,
    CENTRE,
    INSPECTION_ISSUES,
    INSPECTION_ITEMS,
    LEADER,
    MADE_UP,
    PREVENTION_NOTE,
    seed_activities,
)
from pipeline.sample.workbook import SheetEdit, SheetWriter, Value, new_workbook, preamble, save

WINDOWS: Final = ("无差别综合窗口", "部门窗口", "重大项目服务专区", "惠企政策服务专窗", "跨区域通办窗口")
_WINDOW_SHARES: Final = (0.46, 0.31, 0.05, 0.08, 0.10)
_MEASURES: Final = ("consulted", "accepted", "issued", "transferred")
TRAINEE_KIND: Final = "综合窗口工作人员"
_TRAINEES: Final = tuple(f"{surname}样{given}" for surname in "陈刘何唐罗谢" for given in "一二三四五六")


def period_of(week: ReportWeek) -> str:
    """The coverage as exports print it: `2023-04-15 至 2023-04-21`."""
    return f"{week.coverage_start} 至 {week.coverage_end}"


def working_days_of(week: ReportWeek, calendar: ReportingCalendar) -> list[date]:
    """Working days of the coverage, those at weekends too."""
    days = (week.coverage_end - week.coverage_start).days + 1
    candidates = (week.coverage_start + timedelta(days=i) for i in range(days))
    return [day for day in candidates if calendar.is_working_day(day)]


def _titled(week: ReportWeek, name: str) -> str:
    return f"{name}（{week.year}年第{week.issue_no}期）"


@dataclass
class WindowSheet:
    """The counters of one issue as they are reported: the days, and the counts by day, window and measure."""

    days: list[date]
    counts: npt.NDArray[np.int64]


def published_windows(position: int) -> list[int]:
    """The sums of the window counters of an issue of the calibration, by measure."""
    return [WINDOW_WEEKS[measure][position] for measure in _MEASURES]


def window_sheet(rng: np.random.Generator, totals: Sequence[int], days: list[date]) -> WindowSheet:
    """Window counters by day and window, whose sums over the week are the totals, by measure."""
    rhythm = 1 + 0.12 * rng.random(len(days))
    shares = np.outer(rhythm / rhythm.sum(), _WINDOW_SHARES).ravel()
    drawn = [rng.multinomial(total, shares / shares.sum()) for total in totals]
    return WindowSheet(list(days), np.stack(drawn, axis=-1).reshape(len(days), len(WINDOWS), len(_MEASURES)))


def write_windows(
    reported: WindowSheet,
    to_date: Sequence[int],
    week: ReportWeek,
    exported: datetime,
    path: Path,
    edits: Sequence[SheetEdit] = (),
) -> int:
    """Window counters with the totals of each day, of the week and of the year `to_date`. Returns the data rows."""
    book, sheet = new_workbook("综窗周报")
    writer = SheetWriter(sheet, (14, 22, 12, 12, 12, 12))
    preamble(writer, _titled(week, "省本级综窗办件周报"), period_of(week), exported, "人次、件")
    leaves = ("咨询(人次)", "受理(件)", "颁发(件)", "流转(件)")
    writer.header([("日期",), ("窗口名称",), *(("办件情况", leaf) for leaf in leaves)])
    for day, of_day in zip(reported.days, reported.counts, strict=True):
        first = writer.row + 1
        for window, values in zip(WINDOWS, of_day, strict=True):
            writer.values([day.isoformat() if window == WINDOWS[0] else None, window, *map(int, values)])
        writer.merge_down(1, first, writer.row)
        writer.total("小计", [int(value) for value in of_day.sum(axis=0)], 2)
    writer.total("合计", [int(value) for value in reported.counts.sum(axis=(0, 1))], 2)
    writer.total("今年累计", [f"{value:,}" for value in to_date], 2)
    writer.banner("说明：咨询、受理、颁发、流转分别统计，互不包含；本表为模拟数据。")
    save(book, path, edits)
    return len(reported.days) * len(WINDOWS)


def write_register(
    catalogue: Catalogue, week: ReportWeek, exported: datetime, path: Path, edits: Sequence[SheetEdit] = ()
) -> int:
    """The snapshot of stationed departments and their authorisation. Returns the data rows."""
    absent, unauthorized = register_state(catalogue, week)
    book, sheet = new_workbook("台账")
    writer = SheetWriter(sheet, (6, 22, 24, 14, 12, 14, 36))
    preamble(writer, _titled(week, "省级部门（单位）进驻及授权台账"), period_of(week), exported)
    names = ("序号", "部门名称", "统一社会信用代码", "进驻日期", "授权状态", "授权日期", "对接情况")
    writer.header([(name,) for name in names])
    present = [department for department in catalogue.departments if department.department_id not in absent]
    for number, department in enumerate(present, start=1):
        key, is_authorized = department.department_id, department.department_id not in unauthorized
        since = _authorized_on(key) if is_authorized else None
        status = "已授权" if is_authorized else "未授权"
        remark = None if is_authorized else REGISTER_REMARKS.get(key)
        writer.values(
            [number, department.name, department.credit_code, _stationed_on(department), status, since, remark]
        )
    writer.banner("注：授权指授权无差别综合窗口；本表为模拟数据，进驻和授权日期均为虚构。")
    save(book, path, edits)
    return len(present)


def has_register(week: ReportWeek) -> bool:
    """Whether the register is exported with this issue: with the first one of a year and with every fifth."""
    return week.issue_no == 1 or week.issue_no % 5 == 0


def register_state(catalogue: Catalogue, week: ReportWeek) -> tuple[frozenset[str], frozenset[str]]:
    """Departments not yet stationed, and those not yet authorised, at the end of an issue.

    An issue has the latest state of the calibration. The year before has the first one, but whoever was authorised in
    the course of that year was not so until that day.
    """
    known = [week_id for week_id in REGISTER if week_id <= week.week_id]
    if known:
        return REGISTER[max(known)]
    absent, pending = REGISTER[min(REGISTER)]
    authorized = {department.department_id for department in catalogue.departments} - absent - pending
    later = {name for name in authorized if _authorized_on(name) > str(week.coverage_end)}
    return absent, pending | later


def _stationed_on(department: Department) -> str:
    """The day on which a department came into the hall: the same in every snapshot, whoever else is there."""
    if department.department_id == "dangan":
        return "2023-01-30"
    return (date(2019, 3, 1) + timedelta(days=17 * (department.position + 1))).isoformat()


def _authorized_on(department_id: str) -> str:
    """The day after the last snapshot that calls the department absent or unauthorised, else some day of 2022."""
    pending = [week_id for week_id, (absent, open_) in REGISTER.items() if department_id in absent | open_]
    days = {"2023-01": "2023-02-01", "2023-05": "2023-03-01", "2023-10": "2023-04-03"}
    return days[max(pending)] if pending else f"2022-{len(department_id) % 9 + 1:02d}-15"


def write_inspection(
    rng: np.random.Generator,
    week: ReportWeek,
    days: list[date],
    exported: datetime,
    path: Path,
    edits: Sequence[SheetEdit] = (),
) -> int:
    """Six items a working day; issue 15 found everything in order. Returns the data rows."""
    book, sheet = new_workbook("巡查记录")
    writer = SheetWriter(sheet, (14, 28, 18, 12, 50))
    preamble(writer, _titled(week, "省政务服务大厅巡查记录"), period_of(week), exported, "个")
    writer.header([(name,) for name in ("巡查日期", "巡查项目", "巡查结论", "发现问题数", "情况说明")])
    found: dict[tuple[date, str], str] = {}
    if week.week_id != LAST_WEEK and rng.random() < 0.5:
        item, note = INSPECTION_ISSUES[int(rng.integers(len(INSPECTION_ISSUES)))]
        found[days[int(rng.integers(len(days)))], item] = note
    for day in days:
        for item in INSPECTION_ITEMS:
            problem = found.get((day, item))
            usual = PREVENTION_NOTE if item == INSPECTION_ITEMS[-1] else None
            conclusion = "发现问题" if problem else ALL_GOOD
            writer.values([day.isoformat(), item, conclusion, int(bool(problem)), problem or usual])
    writer.banner("注：本表为模拟数据。")
    save(book, path, edits)
    return len(days) * len(INSPECTION_ITEMS)


@dataclass(frozen=True)
class Session:
    """One training session: when, its number, who taught, which main items, which trainees (places in the pool)."""

    day: date
    number: str
    department: str
    main_items: tuple[str, ...]
    trainees: tuple[int, ...]


def build_sessions(
    rng: np.random.Generator, catalogue: Catalogue, weeks: list[tuple[ReportWeek, list[date]]]
) -> list[Session]:
    """All sessions of the year to date in order of their days; some weeks have none."""
    sessions: list[Session] = []
    for position, (_, days) in enumerate(weeks):
        is_last = position == len(weeks) - 1
        plans = TRAINING_LAST_WEEK if is_last else _plans(rng, catalogue, TRAINING_SESSIONS[position])
        sessions += _sessions_of(rng, catalogue, days, sessions, plans)
    return sessions


def further_sessions(
    rng: np.random.Generator, catalogue: Catalogue, week: ReportWeek, days: list[date], earlier: Sequence[Session]
) -> list[Session]:
    """The sessions of a week behind the `earlier` ones of its year: none to three, by departments in the hall."""
    absent, _ = register_state(catalogue, week)
    plans = _plans(rng, catalogue, int(rng.integers(0, 4)), absent)
    return _sessions_of(rng, catalogue, days, earlier, plans)


def _sessions_of(
    rng: np.random.Generator,
    catalogue: Catalogue,
    days: list[date],
    earlier: Sequence[Session],
    plans: Sequence[tuple[str, int, range]],
) -> list[Session]:
    """The planned sessions on days of the week; each department goes on with its items where it stopped."""
    sessions: list[Session] = []
    drawn = sorted(int(rng.integers(len(days))) for _ in plans)
    for day, (department_id, items, trainees) in zip(drawn, plans, strict=True):
        department = catalogue.departments[catalogue.position(department_id)]
        names = [item.name for item in catalogue.items_of(department_id)]
        of_department = [one for one in (*earlier, *sessions) if one.department == department.name]
        first = sum(len(one.main_items) for one in of_department)
        chosen = tuple(names[(first + i) % len(names)] for i in range(items))
        number = f"PX{days[day].year}-{len(earlier) + len(sessions) + 1:03d}"
        sessions.append(Session(days[day], number, department.name, chosen, tuple(trainees)))
    return sessions


def _plans(
    rng: np.random.Generator, catalogue: Catalogue, count: int, absent: frozenset[str] = frozenset()
) -> list[tuple[str, int, range]]:
    in_hall = {d.position for d in catalogue.departments if d.department_id not in absent}
    with_items = sorted({item.department for item in catalogue.items} & in_hall)
    plans = []
    for _ in range(count):
        department = catalogue.departments[with_items[int(rng.integers(len(with_items)))]]
        first = int(rng.integers(0, 24))
        plans.append((department.department_id, int(rng.integers(1, 4)), range(first, first + int(rng.integers(3, 8)))))
    return plans


def write_training(
    sessions: list[Session], week: ReportWeek, exported: datetime, path: Path, edits: Sequence[SheetEdit] = ()
) -> int:
    """The year's sessions up to the issue, one sheet a month, one row a session, main item and trainee."""
    book, sheet = new_workbook("1月")
    rows = 0
    for month in range(1, week.coverage_end.month + 1):
        sheet = sheet if month == 1 else book.create_sheet(f"{month}月")
        writer = SheetWriter(sheet, (14, 14, 20, 28, 12, 12, 20))
        preamble(writer, _titled(week, f"省本级综合窗口业务培训台账（{month}月）"), period_of(week), exported)
        names = ("培训日期", "场次编号", "授课部门", "培训主项", "参训人员", "工号", "人员类别")
        writer.header([(name,) for name in names])
        count = 0
        for session in sessions:
            if session.day.month == month and session.day <= week.coverage_end:
                count += _write_session(writer, session)
        writer.banner("注：本表为模拟数据，人员均为虚构。" if count else "注：本月无培训；本表为模拟数据。")
        rows += count
    save(book, path, edits)
    return rows


def _write_session(writer: SheetWriter, session: Session) -> int:
    for item in session.main_items:
        for trainee in session.trainees:
            name, number = _TRAINEES[trainee % len(_TRAINEES)], f"ZC{trainee + 1:04d}"
            writer.values(
                [session.day.isoformat(), session.number, session.department, item, name, number, TRAINEE_KIND]
            )
    return len(session.main_items) * len(session.trainees)


def write_activities(
    rng: np.random.Generator,
    catalogue: Catalogue,
    week: ReportWeek,
    exported: datetime,
    path: Path,
    edits: Sequence[SheetEdit] = (),
) -> int:
    """What the windows report of themselves. Returns the data rows."""
    book, sheet = new_workbook("窗口动态")
    writer = SheetWriter(sheet, (6, 14, 20, 28, 90, 10))
    preamble(writer, _titled(week, "省政务服务大厅窗口动态"), period_of(week), exported)
    writer.header([(name,) for name in ("序号", "日期", "类别", "报送单位", "内容", "是否采用")])
    rows = list(_seed_activities(week) if week.week_id == LAST_WEEK else _made_up_activities(rng, catalogue, week))
    for number, row in enumerate(rows, start=1):
        writer.values([number, *row])
    writer.banner("注：本表为模拟数据。")
    save(book, path, edits)
    return len(rows)


def _seed_activities(week: ReportWeek) -> Iterator[list[Value]]:
    for day, category, department, text in seed_activities():
        when = None if day is None else week.period_start.replace(day=day).isoformat()
        yield [when, category, department, text, "是"]


def _made_up_activities(rng: np.random.Generator, catalogue: Catalogue, week: ReportWeek) -> Iterator[list[Value]]:
    for category, text in MADE_UP:
        if rng.random() < (0.6 if category == LEADER else 0.25):
            continue
        department = catalogue.departments[int(rng.integers(len(catalogue.departments)))].name
        printed_days = (week.period_end - week.period_start).days + 1
        day = week.period_start + timedelta(days=int(rng.integers(printed_days)))
        yield [
            day.isoformat(),
            category,
            department,
            text.format(department=department),
            "否" if rng.random() < 0.15 else "是",
        ]
    yield [None, MADE_UP[0][0], CENTRE, "（模拟）巡查大厅运行情况，汇总本周窗口工作。", "是"]
