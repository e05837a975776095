"""Planting the listed defects into workbooks belongs here; the list of them, and how a plain sheet looks, do not.

Edits find their cells by what stands in them and run just before the workbook is written. What the statistics or the
window counters say is altered as rows, before totals are made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import numpy as np

from pipeline.sample.case_defects import ANY_WEEK, EXPIRED_NAME
from pipeline.sample.hall_files import WindowSheet
from pipeline.sample.identity import MOBILE_BASE
from pipeline.sample.narrative import ALL_GOOD, MOBILE_SENTENCE
from pipeline.sample.volume_files import NO_BUSINESS, VolumeRow
from pipeline.sample.workbook import SheetEdit

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

VOLUME, WINDOW, CATALOGUE = "事项受理办结统计", "综窗办件周报", "事项目录"
REGISTER, INSPECTION, TRAINING, ACTIVITY = "进驻及授权台账", "大厅巡查记录", "业务培训台账", "窗口动态"
PlanT = TypeVar("PlanT")


class Plan(NamedTuple):
    """The workbook (name and issue) that a defect takes, and what it does to it."""

    name: str
    week_id: str
    edit: SheetEdit


def sheet_edits(chosen: frozenset[str], name: str, week_id: str) -> list[SheetEdit]:
    """The edits of one workbook, in the order of the plans."""
    return [
        plan.edit
        for defect_id, plan in PLANS.items()
        if defect_id in chosen and plan.name == name and week_id in (plan.week_id, ANY_WEEK)
    ]


def _first(book: Workbook) -> Worksheet:
    return book.worksheets[0]


def _rows(sheet: Worksheet, column: int, text: str) -> Iterator[int]:
    """Rows whose cell in a column (from 1) holds exactly this text."""
    return (row for row in range(1, sheet.max_row + 1) if str(sheet.cell(row, column).value) == text)


def _labelled(sheet: Worksheet, label: str, below: int = 0) -> int:
    """The first row below another whose first cell is a label, blanks in it aside."""
    return next(
        row
        for row in range(below + 1, sheet.max_row + 1)
        if str(sheet.cell(row, 1).value or "").replace(" ", "") == label
    )


def _volume_row(sheet: Worksheet, department: str, power_type: str) -> int:
    start = next(_rows(sheet, 2, department))
    return next(row for row in _rows(sheet, 3, power_type) if row >= start)


def _number(value: object) -> int:
    return int(str(value).replace(",", ""))


def _add_to(sheet: Worksheet, row: int, column: int, by: int) -> None:
    sheet.cell(row, column).value = _number(sheet.cell(row, column).value) + by


def _total_wrong(book: Workbook) -> None:
    _add_to(_first(book), _labelled(_first(book), "合计"), 4, 10)


def _subtotal_wrong(book: Workbook) -> None:
    sheet = _first(book)
    _add_to(sheet, _labelled(sheet, "小计", next(_rows(sheet, 2, "教育厅"))), 6, 5)


def _part_above_whole(book: Workbook) -> None:
    sheet = _first(book)
    row = next(_rows(sheet, 3, "其中：跨省通办"))
    sheet.cell(row, 5).value = _number(sheet.cell(row - 1, 5).value) + 3


def _rate_wrong(book: Workbook) -> None:
    sheet = _first(book)
    sheet.cell(_volume_row(sheet, "省市场监管局", "行政许可"), 8).value = "57.30"


def _share_of_other_total(book: Workbook) -> None:
    """The share of one row in its department's subtotal instead of in the table's total."""
    sheet = _first(book)
    row = _volume_row(sheet, "教育厅", "公共服务")
    subtotal = _number(sheet.cell(_labelled(sheet, "小计", row), 5).value)
    hundredths = (20_000 * _number(sheet.cell(row, 5).value) + subtotal) // (2 * subtotal)
    sheet.cell(row, 9).value = f"{hundredths // 100}.{hundredths % 100:02d}"


def _blank_instead_of_zero(column: int, of_whom: Callable[[Worksheet, int], bool]) -> SheetEdit:
    def edit(book: Workbook) -> None:
        sheet = _first(book)
        row = next(row for row in range(6, sheet.max_row) if of_whom(sheet, row) and sheet.cell(row, column).value == 0)
        sheet.cell(row, column).value = None

    return edit


def _year_to_date_wrong(book: Workbook) -> None:
    sheet = _first(book)
    _add_to(sheet, _labelled(sheet, "今年累计"), 5, 100)


def _expired_name(column: int) -> SheetEdit:
    def edit(book: Workbook) -> None:
        _first(book).cell(next(_rows(_first(book), column, EXPIRED_NAME[0])), column).value = EXPIRED_NAME[1]

    return edit


def _of_department(department: str, **changes: str | None) -> SheetEdit:
    """Cells in a department's row of the register, by column letter."""

    def edit(book: Workbook) -> None:
        row = next(_rows(_first(book), 2, department))
        for letter, value in changes.items():
            _first(book)[f"{letter}{row}"].value = value

    return edit


def _department_gone(book: Workbook) -> None:
    _first(book).delete_rows(next(_rows(_first(book), 2, "省外事办")))


def _inspection_day_gone(book: Workbook) -> None:
    sheet = _first(book)
    rows = list(_rows(sheet, 1, "2023-02-08"))
    sheet.delete_rows(rows[0], len(rows))


def _issues(value: int | str) -> SheetEdit:
    """The number of issues of an item that was found in good order."""

    def edit(book: Workbook) -> None:
        _first(book).cell(next(_rows(_first(book), 3, ALL_GOOD)), 4).value = value

    return edit


def _line_replaced(row: int, old: str, new: str) -> SheetEdit:
    """A text in one of the lines above the table."""

    def edit(book: Workbook) -> None:
        cell = _first(book).cell(row, 1)
        text = str(cell.value)
        if old not in text:
            raise ValueError(f"{old} is not in {text}")
        cell.value = text.replace(old, new)

    return edit


def _session_number_reused(book: Workbook) -> None:
    """One row of February gets the number of a session of March."""
    of_march = _first_session_number(book["3月"])
    of_february = _first_session_number(book["2月"])
    of_february.value = of_march.value


def _first_session_number(sheet: Worksheet) -> Any:
    """The first cell of a sheet with the number of a session, such as PX2023-07."""
    for row in sheet.iter_rows(min_row=5):
        if str(row[1].value).startswith("PX"):
            return row[1]
    raise LookupError(sheet.title)


def _session_taught_by(first_day: str, department: str) -> SheetEdit:
    """The first session from a day on, put down to another department on all its rows."""

    def edit(book: Workbook) -> None:
        session = None
        for row in book.worksheets[-1].iter_rows(min_row=5):
            day, number = str(row[0].value), row[1].value
            if not number or day < first_day:
                continue
            session = session or number
            if number == session:
                row[2].value = department

    return edit


def _mobile_in_text(book: Workbook) -> None:
    cell = _first(book).cell(5, 5)
    cell.value = f"{cell.value}{MOBILE_SENTENCE.format(mobile=MOBILE_BASE + 12_345_678)}"


def _year_mistyped(book: Workbook) -> None:
    cell = _first(book).cell(5, 2)
    cell.value = str(cell.value).replace("2023", "2022")


def _item_code_repeated(book: Workbook) -> None:
    sheet = _first(book)
    texts = [sheet.cell(105, column).value for column in range(1, 8)]
    sheet.insert_rows(106)
    for column, text in enumerate([texts[0], f"{texts[1]}（停用）", *texts[2:]], start=1):
        sheet.cell(106, column).value = text


def _promise_beyond_law(book: Workbook) -> None:
    sheet = _first(book)
    row = next(row for row in range(40, sheet.max_row) if _number(sheet.cell(row, 7).value) >= 10)
    sheet.cell(row, 6).value = _number(sheet.cell(row, 7).value) - 2


PLANS: Final[dict[str, Plan]] = {
    "printed_total_wrong": Plan(VOLUME, "2023-11", _total_wrong),
    "subtotal_wrong": Plan(VOLUME, "2023-07", _subtotal_wrong),
    "part_above_whole": Plan(VOLUME, "2023-09", _part_above_whole),
    "rate_wrong": Plan(VOLUME, "2023-13", _rate_wrong),
    "share_of_other_total": Plan(VOLUME, "2023-04", _share_of_other_total),
    "blank_in_statistics": Plan(
        VOLUME,
        "2023-10",
        _blank_instead_of_zero(6, lambda sheet, row: sheet.cell(row, 3).value not in (None, NO_BUSINESS)),
    ),
    "blank_in_windows": Plan(
        WINDOW, "2023-02", _blank_instead_of_zero(4, lambda sheet, row: bool(sheet.cell(row, 2).value))
    ),
    "year_to_date_wrong": Plan(WINDOW, "2023-07", _year_to_date_wrong),
    "expired_name_in_register": Plan(REGISTER, "2023-01", _expired_name(2)),
    "authorized_before_stationed": Plan(REGISTER, "2023-05", _of_department("水利厅", F="2018-01-15")),
    "authorization_lost": Plan(REGISTER, "2023-05", _of_department("民政厅", E="未授权", F=None)),
    "authorization_misspelled": Plan(REGISTER, "2023-15", _of_department("教育厅", E="己授权")),
    "department_gone": Plan(REGISTER, "2023-05", _department_gone),
    "inspection_day_missing": Plan(INSPECTION, "2023-05", _inspection_day_gone),
    "conclusion_contradicts": Plan(INSPECTION, "2023-03", _issues(2)),
    "error_cell": Plan(INSPECTION, "2023-06", _issues("#REF!")),
    "overlapping_period": Plan(INSPECTION, "2023-08", _line_replaced(2, "2023-02-25", "2023-02-18")),
    "session_number_reused": Plan(TRAINING, "2023-15", _session_number_reused),
    "teacher_not_in_the_hall": Plan(TRAINING, "2023-03", _session_taught_by("2023-01-14", "省档案局")),
    "expired_name_in_training": Plan(TRAINING, "2023-05", _session_taught_by("2023-02-04", "省工商局")),
    "mobile_in_text": Plan(ACTIVITY, "2023-12", _mobile_in_text),
    "activity_misdated": Plan(ACTIVITY, "2023-07", _year_mistyped),
    "exported_early": Plan(ACTIVITY, "2023-09", _line_replaced(3, "2023-03-13", "2023-03-08")),
    "exported_late": Plan(ACTIVITY, "2023-14", _line_replaced(3, "2023-04-17", "2023-04-26")),
    "item_code_repeated": Plan(CATALOGUE, "2023-01", _item_code_repeated),
    "promise_beyond_law": Plan(CATALOGUE, "2023-01", _promise_beyond_law),
    "expired_name_in_catalogue": Plan(CATALOGUE, "2023-01", _expired_name(4)),
}


def plant_in_windows(reported: WindowSheet, week_id: str, chosen: frozenset[str]) -> None:
    """Defects of whole days; the week's sums stay, but for the spike."""
    for plant in _planted_in(week_id, WINDOW_PLANS, chosen):
        plant(reported)


def _planted_in(week_id: str, plans: Mapping[str, tuple[str, PlanT]], chosen: frozenset[str]) -> list[PlanT]:
    """What plants the chosen defects of a week."""
    plants: list[PlanT] = []
    for defect_id, (planted_in, plant) in plans.items():
        if defect_id in chosen and week_id in (planted_in, ANY_WEEK):
            plants.append(plant)
    return plants


def _add_spike(reported: WindowSheet) -> None:
    reported.counts[:, :, 3] *= 3


def _leave_last_day_out(reported: WindowSheet) -> None:
    counts = reported.counts
    counts[-2] += counts[-1]
    reported.counts = counts[:-1]
    reported.days.pop()


def _copy_first_day(reported: WindowSheet) -> None:
    """Makes two days alike; what they had beyond that goes to the third, so that no count falls below 0."""
    counts = reported.counts
    common = np.minimum(counts[0], counts[1])
    counts[2] += counts[0] + counts[1] - 2 * common
    counts[:2] = common


def _misdate_last_day(reported: WindowSheet) -> None:
    reported.days[-1] += timedelta(days=1)


WINDOW_PLANS: Final[dict[str, tuple[str, Callable[[WindowSheet], None]]]] = {
    "window_spike": ("2023-12", _add_spike),
    "day_missing": ("2023-11", _leave_last_day_out),
    "day_copied": ("2023-10", _copy_first_day),
    "day_misdated": ("2023-06", _misdate_last_day),
}
"""The week of each defect of the window counters, and what plants it."""


OWN_SYSTEMS: Final[dict[str, tuple[str, dict[str, list[int]]]]] = {
    "week_above_year": (
        "省外事办",
        {"2023-12": [3, 2, 0, 0], "2023-13": [0, 2, 0, 0], "2023-14": [0, 2, 0, 0], "2023-15": [0, 2, 0, 0]},
    ),
    "year_not_continued": ("省地震局", {"2023-14": [2, 2, 1, 1], "2023-15": [2, 5, 1, 2]}),
}


def plant_in_rows(rows: list[VolumeRow], week_id: str, chosen: frozenset[str]) -> list[VolumeRow]:
    """Defects of single rows of the statistics; the printed totals follow them."""
    for plant in _planted_in(week_id, ROW_PLANS, chosen):
        rows = plant(rows)
    for defect_id, (department, weeks) in OWN_SYSTEMS.items():
        if defect_id in chosen and week_id in weeks:
            positions = _positions_of(rows, department)
            rows[positions[0]] = VolumeRow(department, "公共服务", list(weeks[week_id]))
    return rows


def _disagree(rows: list[VolumeRow]) -> list[VolumeRow]:
    _add(rows, "交通运输厅", "行政许可", 2, 7)
    return rows


def _leave_department_out(rows: list[VolumeRow]) -> list[VolumeRow]:
    return [row for row in rows if row.department != "省地震局"]


def _use_former_name(rows: list[VolumeRow]) -> list[VolumeRow]:
    _rename(rows, "应急厅", "应急管理厅")
    return rows


def _use_expired_name(rows: list[VolumeRow]) -> list[VolumeRow]:
    _rename(rows, "生态环境厅", "环境保护厅")
    return rows


def _contradict_no_business(rows: list[VolumeRow]) -> list[VolumeRow]:
    last = _positions_of(rows, "水利厅")[-1]
    rows.insert(last + 1, VolumeRow("水利厅", NO_BUSINESS, [0, 0, 0, 0]))
    return rows


def _positions_of(rows: list[VolumeRow], department: str) -> list[int]:
    return [position for position, row in enumerate(rows) if row.department == department]


ROW_PLANS: Final[dict[str, tuple[str, Callable[[list[VolumeRow]], list[VolumeRow]]]]] = {
    "volume_disagrees": ("2023-12", _disagree),
    "department_missing": ("2023-06", _leave_department_out),
    "former_name": ("2023-05", _use_former_name),
    "expired_name_in_statistics": ("2023-15", _use_expired_name),
    "no_business_contradicted": ("2023-14", _contradict_no_business),
}
"""The week of each defect of single rows, and what plants it."""


def plant_first_export(rows: list[VolumeRow]) -> None:
    """The figure that the re-export of issue 8 corrects: 120 cases too many, to date as well."""
    _add(rows, "公安厅", "公共服务", 0, 120)
    _add(rows, "公安厅", "公共服务", 1, 120)


def _add(rows: list[VolumeRow], department: str, power_type: str, column: int, by: int) -> None:
    for row in rows:
        if (row.department, row.power_type) == (department, power_type):
            row.counts[column] += by


def _rename(rows: list[VolumeRow], name: str, other: str) -> None:
    for row in rows:
        row.department = other if row.department == name else row.department
