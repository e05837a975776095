"""The statistics and the catalogue as workbooks: what they print adds up, and they are what the contract reads."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.reporting_calendar import ReportWeek, load_calendar
from pipeline.sample.catalogue import build_catalogue
from pipeline.sample.volume_files import NO_BUSINESS, VolumeRow, write_catalogue, write_volumes

CALENDAR = load_calendar()
EXPORTED = datetime(2023, 4, 24, 9, 20, 5)
ROWS = [
    VolumeRow("公安厅", "行政许可", [3, 30, 2, 20]),
    VolumeRow("公安厅", "公共服务", [16, 70, 8, 80]),
    VolumeRow("司法厅", NO_BUSINESS, [0, 0, 0, 0]),
    VolumeRow("水利厅", "行政许可", [1, 1_234, 0, 0]),
]


def sheet_of(path: Path) -> Worksheet:
    return openpyxl.load_workbook(path).worksheets[0]


def volumes(folder: Path, week: ReportWeek) -> list[list[object]]:
    path = folder / "统计.xlsx"
    assert write_volumes(ROWS, week, EXPORTED, path) == len(ROWS)
    return [list(row) for row in sheet_of(path).iter_rows(min_row=7, values_only=True)]


def test_each_department_has_a_subtotal_and_the_table_a_total_with_rates_and_shares(tmp_path: Path) -> None:
    rows = volumes(tmp_path, CALENDAR.week("2023-13"))
    assert rows[0] == [1, "公安厅", "行政许可", 3, 30, 2, 20, "66.67", "2.25"]
    assert rows[1] == [None, None, "公共服务", 16, 70, 8, 80, "114.29", "5.25"]
    assert rows[2][2:7] == ["其中：跨省通办", 2, 8, 1, 10], "a part of the row above"
    subtotals = [row[3:] for row in rows if row[0] == "小计"]
    assert subtotals[0] == [19, 100, 10, 100, "100.00", "7.50"]
    assert len(subtotals) == 3
    assert [row for row in rows if row[0] == "合计"] == [["合计", None, None, 20, 1334, 10, 100, "7.50", "100.00"]]


def test_a_department_without_cases_says_so_and_has_no_rate(tmp_path: Path) -> None:
    rows = volumes(tmp_path, CALENDAR.week("2023-13"))
    place = next(at for at, row in enumerate(rows) if row[2] == NO_BUSINESS)
    assert rows[place][:7] == [2, "司法厅", NO_BUSINESS, 0, 0, 0, 0]
    assert rows[place][7:] == ["—", "—"]
    assert rows[place + 1][3:] == [0, 0, 0, 0, "—", "0.00"]


def test_every_ninth_department_types_its_figures_as_text(tmp_path: Path) -> None:
    rows = volumes(tmp_path, CALENDAR.week("2023-13"))
    assert next(row for row in rows if row[1] == "水利厅")[3:7] == ["1", "1,234", "0", "0"]


def test_some_issues_number_the_columns_and_some_space_the_total(tmp_path: Path) -> None:
    assert volumes(tmp_path, CALENDAR.week("2023-15"))[0] == list(range(1, 10))
    assert [row[0] for row in volumes(tmp_path, CALENDAR.week("2023-14"))].count("合  计") == 1


def test_the_catalogue_has_a_row_for_each_item_and_its_planted_edits(tmp_path: Path) -> None:
    catalogue = build_catalogue(np.random.default_rng(1))
    path = tmp_path / "目录.xlsx"

    def spoil(book: openpyxl.Workbook) -> None:
        book.worksheets[0]["B5"].value = "改过"

    assert write_catalogue(catalogue, CALENDAR.week("2023-01"), EXPORTED, path, [spoil]) == len(catalogue.items)
    rows = list(sheet_of(path).iter_rows(min_row=4, values_only=True))
    first = catalogue.items[0]
    department = catalogue.departments[first.department].name
    assert rows[0][:4] == ("实施编码", "事项名称", "事项类型", "实施部门")
    assert (rows[1][0], rows[1][1], rows[1][3]) == (first.code, "改过", department)
    assert [row[0] for row in rows[1:-1]] == [item.code for item in catalogue.items]
