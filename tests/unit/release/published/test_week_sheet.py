"""The first sheet of the workbook: the printed figures, labels instead of codes, a page on paper."""

from __future__ import annotations

import re
import subprocess
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from pipeline.present.shared.metrics import WEEKLY_FIGURES
from pipeline.present.weekly.pdf import office
from pipeline.release.published.chart_sheets import ChartSheet, SheetColumn
from pipeline.release.published.spreadsheets import MOST_PRINTED, WEEK, write_workbook
from pipeline.release.published.week_sheet import HEADER, SOURCES, counters, latest_week, week_rows


def sheet_of(table: str, names: str, *rows: tuple[object, ...]) -> ChartSheet:
    columns = tuple(SheetColumn(name, name, "", name, name) for name in names.split())
    return ChartSheet(table, table, table, columns, rows)


WINDOW = sheet_of(
    "window_weekly",
    "week_id measure measure_label unit value value_ytd change_pct flag",
    ("2022-03", "consulted", "咨询", "人次", 5, 5, None, None),
    ("2023-01", "consulted", "咨询", "人次", 700, 700, None, None),
    ("2023-02", "consulted", "咨询", "人次", 1400, 2100, Decimal("100.0"), "=高于常值"),
    ("2023-02", "issued", "颁发", "件", None, None, None, None),
)
TRAINING = sheet_of("training_weekly", "week_id trainees main_items sessions", ("2023-02", 6, 0, 1))
LONG = sheet_of("office", "week_id n", ("2023-01", 0), *(("2023-02", number) for number in range(1, 201)))
SHEETS = (WINDOW, TRAINING, LONG)


def test_figures_carry_labels_and_units_and_a_missing_one_is_a_word():
    assert latest_week(SHEETS) == "2023-02"
    assert week_rows(SHEETS, "2023-02") == [
        ("综窗办件", "咨询", "人次", 1400, Decimal("100.0"), 2100, "=高于常值"),
        ("综窗办件", "颁发", "件", "未报送", None, None, None),
        ("业务培训", "综窗人员", "名", 6, None, None, None),
        ("业务培训", "主项", "个", 0, None, None, None),
        ("业务培训", "培训", "次", 1, None, None, None),
    ]


def test_charts_are_drawn_from_the_year_of_the_issue():
    assert counters(SHEETS, "2023-02")[0] == ("咨询（人次）", [("2023-01", 700), ("2023-02", 1400)])


def test_every_printed_figure_has_its_source():
    printed = {(figure.section.table, figure.section.title, figure.column) for figure in WEEKLY_FIGURES}
    assert {(source.table, source.part, source.value) for source in SOURCES} == printed


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    write_workbook(tmp_path / "metrics.xlsx", SHEETS, [("数据标签", "模拟数据")])
    return tmp_path / "metrics.xlsx"


def test_the_first_sheet_has_no_code_and_nothing_that_runs(workbook: Path):
    book = openpyxl.load_workbook(workbook)
    assert book.sheetnames[:2] == [WEEK, "说明"]
    sheet = book[WEEK]
    assert tuple(cell.value for cell in sheet[3][: len(HEADER)]) == HEADER
    words = [cell.value for row in sheet["A1:G8"] for cell in row if isinstance(cell.value, str)]
    assert [word for word in words if re.search("[a-z]_|consulted", word)] == []
    assert (sheet["G4"].value, sheet["G4"].data_type, sheet["G4"].quotePrefix) == ("=高于常值", "s", True)
    assert "模拟数据" in words


def test_the_charts_are_excels_own(workbook: Path):
    with ZipFile(workbook) as parts:
        charts = [name for name in parts.namelist() if name.startswith("xl/charts/chart")]
        assert len(charts) == 2 and b"c:barChart" in parts.read(charts[0])


def test_a_sheet_prints_its_last_week_and_no_more_than_a_page(workbook: Path):
    areas = openpyxl.load_workbook(workbook)["office"].print_area
    assert areas == f"'office'!$A$3:$B${2 + MOST_PRINTED}"


@pytest.mark.slow
@pytest.mark.skipif(office() is None, reason="LibreOffice is not installed")
def test_the_first_sheet_is_one_page_and_the_whole_book_a_few(workbook: Path):
    profile = f"-env:UserInstallation=file://{workbook.parent}/profile"
    subprocess.run(
        [str(office()), "--headless", profile, "--convert-to", "pdf", "--outdir", str(workbook.parent), str(workbook)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    pdf = workbook.with_suffix(".pdf").read_bytes()
    # One page each: the issue, what there is, three charts, the list of columns.
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 7
