"""The statistics (事项受理办结统计) and catalogue (事项目录) workbooks belong here; the counts they print do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.reporting_calendar import ReportWeek
from pipeline.sample.case_defects import (
    ADDED_IN_WEEK,
    TAKEN_BACK_IN_WEEK,
    WITHDRAWN_CASES,
    withdrawn_item,
)
from pipeline.sample.catalogue import KIND_LABELS, Catalogue
from pipeline.sample.workbook import SheetWriter, Value, new_workbook, preamble, save

Array = npt.NDArray[Any]

VOLUME_TITLE: Final = "省本级政务服务事项受理办结统计表"
CATALOGUE_TITLE: Final = "省本级政务服务事项目录"
NO_BUSINESS: Final = "无业务"
_HEADER: Final = (
    ("序号",), ("部门",), ("事项类型",), ("办件情况", "受理", "本周"), ("办件情况", "受理", "累计"),
    ("办件情况", "办结", "本周"), ("办件情况", "办结", "累计"),
)  # fmt: skip
_WIDTHS: Final = (6, 22, 16, 12, 14, 12, 14)


@dataclass
class VolumeRow:
    """One printed row as written; the counts: accepted in the week and to date, completed in the week and to date."""

    department: str
    power_type: str
    counts: list[int]


def volume_rows(volumes: Array, catalogue: Catalogue, position: int, chosen: frozenset[str]) -> list[VolumeRow]:
    """The rows of one issue as the cases give them: types with any case to date, else one row 无业务."""
    weekly, to_date = volumes[position], volumes[: position + 1].sum(axis=0)
    if "withdrawn_cases" in chosen:
        weekly, to_date = _with_withdrawn(weekly, to_date, catalogue, position)
    rows = []
    for department in catalogue.departments:
        types = np.flatnonzero(to_date[department.position].any(axis=1))
        for i in types:
            counts = [int(table[department.position, i, m]) for m in (0, 1) for table in (weekly, to_date)]
            rows.append(VolumeRow(department.name, catalogue.power_types[i][1], counts))
        if not len(types):
            rows.append(VolumeRow(department.name, NO_BUSINESS, [0, 0, 0, 0]))
    return rows


def _with_withdrawn(weekly: Array, to_date: Array, catalogue: Catalogue, position: int) -> tuple[Array, Array]:
    item = withdrawn_item(catalogue)
    place = (item.department, [code for code, _, _ in catalogue.power_types].index(item.power_type), 0)
    weekly, to_date = weekly.copy(), to_date.copy()
    if position == ADDED_IN_WEEK:
        weekly[place] += WITHDRAWN_CASES
    if ADDED_IN_WEEK <= position < TAKEN_BACK_IN_WEEK:
        to_date[place] += WITHDRAWN_CASES
    return weekly, to_date


def plant_in_rows(rows: list[VolumeRow], week_id: str, chosen: frozenset[str]) -> list[VolumeRow]:
    """Defects of single rows; the printed totals follow them."""
    if week_id == "2023-12" and "volume_disagrees" in chosen:
        _add(rows, "交通运输厅", "行政许可", 2, 7)
    if week_id == "2023-06" and "department_missing" in chosen:
        rows = [row for row in rows if row.department != "省地震局"]
    if week_id == "2023-05" and "former_name" in chosen:
        for row in rows:
            row.department = "应急管理厅" if row.department == "应急厅" else row.department
    return rows


def plant_first_export(rows: list[VolumeRow]) -> None:
    """The figure that the re-export of issue 8 corrects: 120 cases too many, to date as well."""
    _add(rows, "公安厅", "公共服务", 0, 120)
    _add(rows, "公安厅", "公共服务", 1, 120)


def _add(rows: list[VolumeRow], department: str, power_type: str, column: int, by: int) -> None:
    for row in rows:
        if (row.department, row.power_type) == (department, power_type):
            row.counts[column] += by


def write_volumes(rows: list[VolumeRow], week: ReportWeek, exported: datetime, path: Path, total_error: int = 0) -> int:
    """One issue's statistics; returns the data rows. `total_error` is added to the printed total of accepted cases."""
    book, sheet = new_workbook("统计表")
    writer = SheetWriter(sheet, _WIDTHS)
    title = f"{VOLUME_TITLE}（{week.year}年第{week.issue_no}期）"
    preamble(writer, title, f"{week.coverage_start} 至 {week.coverage_end}", exported, "件")
    writer.header(_HEADER)
    if week.issue_no % 3 == 0:
        writer.numbering()
    for number, block in enumerate(_blocks(rows), start=1):
        _write_block(writer, number, block)
    totals = _sums(rows)
    writer.total("合  计" if week.issue_no % 4 == 2 else "合计", [totals[0] + total_error, *totals[1:]], 3)
    writer.banner("注：1.本表为模拟数据，按受理时间、办结时间分别统计；累计自当年1月1日起。")
    writer.banner("    2.“无业务”表示本年度尚无办件。")
    save(book, path)
    return len(rows)


def _blocks(rows: list[VolumeRow]) -> Iterator[list[VolumeRow]]:
    names = list(dict.fromkeys(row.department for row in rows))
    yield from ([row for row in rows if row.department == name] for name in names)


def _write_block(writer: SheetWriter, number: int, block: list[VolumeRow]) -> None:
    first = writer.row + 1
    for i, row in enumerate(block):
        is_first = i == 0
        writer.values(
            [number if is_first else None, row.department if is_first else None, row.power_type, *_printed(row, number)]
        )
    for column in (1, 2):
        writer.merge_down(column, first, writer.row)
    writer.total("小计", _sums(block), 3)


def _printed(row: VolumeRow, number: int) -> list[Value]:
    """Mostly numbers; every ninth department types its figures as text, one without cases writes dashes."""
    if row.power_type == NO_BUSINESS and number % 2:
        return ["—"] * 4
    return [f"{count:,}" for count in row.counts] if number % 9 == 3 else list(row.counts)


def _sums(rows: Sequence[VolumeRow]) -> list[int]:
    return [sum(row.counts[i] for row in rows) for i in range(4)]


def write_catalogue(
    catalogue: Catalogue, week: ReportWeek, exported: datetime, path: Path, *, is_repeated: bool
) -> int:
    """The snapshot of all items; with the defect, one code a second time under another name. Returns the data rows."""
    book, sheet = new_workbook("事项目录")
    writer = SheetWriter(sheet, (36, 32, 14, 20, 10, 16, 16))
    title = f"{CATALOGUE_TITLE}（{week.year}年第{week.issue_no}期）"
    preamble(writer, title, f"{week.coverage_start} 至 {week.coverage_end}", exported)
    paths = ("实施编码", "事项名称", "事项类型", "实施部门", "办件类型", "法定时限(工作日)", "承诺时限(工作日)")
    writer.header([(name,) for name in paths])
    rows: list[list[Value]] = []
    for item in catalogue.items:
        department = catalogue.departments[item.department].name
        kind = KIND_LABELS[item.item_class]
        rows.append([item.code, item.name, item.power_label, department, kind, item.legal_days, item.promised_days])
    if is_repeated:
        repeated = rows[100]
        rows.insert(101, [repeated[0], f"{repeated[1]}（停用）", *repeated[2:]])
    for row in rows:
        writer.values(row)
    writer.banner("注：本表为模拟数据，事项及编码均为虚构。")
    save(book, path)
    return len(rows)
