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
from pipeline.sample.catalogue import KIND_LABELS, Catalogue
from pipeline.sample.workbook import SheetEdit, SheetWriter, Value, new_workbook, preamble, save

Array = npt.NDArray[Any]

VOLUME_TITLE: Final = "省本级政务服务事项受理办结统计表"
CATALOGUE_TITLE: Final = "省本级政务服务事项目录"
NO_BUSINESS: Final = "无业务"
_HEADER: Final = (
    ("序号",), ("部门",), ("事项类型",), ("办件情况", "受理", "本周"), ("办件情况", "受理", "累计"),
    ("办件情况", "办结", "本周"), ("办件情况", "办结", "累计"), ("办结率(%)",), ("占受理总数比重(%)",),
)  # fmt: skip
_WIDTHS: Final = (6, 22, 16, 12, 14, 12, 14, 12, 18)
_OF_WHICH: Final = ("公安厅", "公共服务", "其中：跨省通办", 8)


@dataclass
class VolumeRow:
    """One printed row as written; the counts: accepted in the week and to date, completed in the week and to date."""

    department: str
    power_type: str
    counts: list[int]


def volume_rows(weekly: Array, to_date: Array, catalogue: Catalogue) -> list[VolumeRow]:
    """The rows of one issue as the cases give them: types with any case to date, else one row 无业务.

    Both arrays: cases by (department, power type, measure), of the week and of the year up to its end.
    """
    rows = []
    for department in catalogue.departments:
        types = np.flatnonzero(to_date[department.position].any(axis=1))
        for i in types:
            counts = [int(table[department.position, i, m]) for m in (0, 1) for table in (weekly, to_date)]
            rows.append(VolumeRow(department.name, catalogue.power_types[i][1], counts))
        if not len(types):
            rows.append(VolumeRow(department.name, NO_BUSINESS, [0, 0, 0, 0]))
    return rows


def write_volumes(
    rows: list[VolumeRow], week: ReportWeek, exported: datetime, path: Path, edits: Sequence[SheetEdit] = ()
) -> int:
    """One issue's statistics, with its planted `edits`; returns the data rows."""
    book, sheet = new_workbook("统计表")
    writer = SheetWriter(sheet, _WIDTHS)
    title = f"{VOLUME_TITLE}（{week.year}年第{week.issue_no}期）"
    preamble(writer, title, f"{week.coverage_start} 至 {week.coverage_end}", exported, "件")
    writer.header(_HEADER)
    if week.issue_no % 3 == 0:
        writer.numbering()
    totals = _sums(rows)
    for number, block in enumerate(_blocks(rows), start=1):
        _write_block(writer, number, block, totals[1])
    label = "合  计" if week.issue_no % 4 == 2 else "合计"
    writer.total(label, [*totals, _percent(totals[3], totals[1]), _percent(totals[1], totals[1])], 3)
    writer.banner("注：1.本表为模拟数据，按受理时间、办结时间分别统计；累计自当年1月1日起。")
    writer.banner("    2.“无业务”表示本年度尚无办件。")
    writer.banner("    3.办结率为累计办结除以累计受理，含上年结转，可超过100；比重为累计受理占全表合计。")
    save(book, path, edits)
    return len(rows)


def _blocks(rows: list[VolumeRow]) -> Iterator[list[VolumeRow]]:
    """The rows of each department, in the order in which departments appear."""
    by_department: dict[str, list[VolumeRow]] = {}
    for row in rows:
        by_department.setdefault(row.department, []).append(row)
    yield from by_department.values()


def _write_block(writer: SheetWriter, number: int, block: list[VolumeRow], total: int) -> None:
    first = writer.row + 1
    for i, row in enumerate(block):
        is_first = i == 0
        rates = [_percent(row.counts[3], row.counts[1]), _percent(row.counts[1], total)]
        writer.values(
            [
                number if is_first else None,
                row.department if is_first else None,
                row.power_type,
                *_printed(row, number),
                *(rates if row.power_type != NO_BUSINESS else ["—", "—"]),
            ]
        )
        if (row.department, row.power_type) == _OF_WHICH[:2]:
            parts = [count // _OF_WHICH[3] for count in row.counts]
            writer.values([None, None, _OF_WHICH[2], *parts, None, None])
    for column in (1, 2):
        writer.merge_down(column, first, writer.row)
    sums = _sums(block)
    writer.total("小计", [*sums, _percent(sums[3], sums[1]), _percent(sums[1], total)], 3)


def _percent(part: int, whole: int) -> str:
    """Per cent with two decimals, rounded half up; a dash where there is nothing to divide by."""
    if not whole:
        return "—"
    hundredths = (20_000 * part + whole) // (2 * whole)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _printed(row: VolumeRow, number: int) -> list[Value]:
    """Mostly numbers; every ninth department types its figures as text, one without cases writes dashes."""
    is_dashed = row.power_type == NO_BUSINESS and number % 2 == 1
    if is_dashed:
        return ["—"] * 4
    is_typed_as_text = number % 9 == 3
    if is_typed_as_text:
        return [f"{count:,}" for count in row.counts]
    return list(row.counts)


def _sums(rows: Sequence[VolumeRow]) -> list[int]:
    return [sum(row.counts[i] for row in rows) for i in range(4)]


def write_catalogue(
    catalogue: Catalogue, week: ReportWeek, exported: datetime, path: Path, edits: Sequence[SheetEdit] = ()
) -> int:
    """The snapshot of all items, with its planted `edits`. Returns the data rows."""
    book, sheet = new_workbook("事项目录")
    writer = SheetWriter(sheet, (36, 32, 14, 20, 10, 16, 16))
    title = f"{CATALOGUE_TITLE}（{week.year}年第{week.issue_no}期）"
    preamble(writer, title, f"{week.coverage_start} 至 {week.coverage_end}", exported)
    paths = ("实施编码", "事项名称", "事项类型", "实施部门", "办件类型", "法定时限(工作日)", "承诺时限(工作日)")
    writer.header([(name,) for name in paths])
    for item in catalogue.items:
        department = catalogue.departments[item.department].name
        kind = KIND_LABELS[item.item_class]
        writer.values([item.code, item.name, item.power_label, department, kind, item.legal_days, item.promised_days])
    writer.banner("注：本表为模拟数据，事项及编码均为虚构。")
    save(book, path, edits)
    return len(catalogue.items)
