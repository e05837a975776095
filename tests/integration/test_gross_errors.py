"""Gross errors stop the release, small ones warn, and good weeks, holidays among them, stay silent."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.hall import Hall

WEEKS = tuple(f"2023-{number:02d}" for number in range(1, 9))
WINDOWS = "综窗办件周报_{}.xlsx"
STATISTICS = "事项受理办结统计_{}.xlsx"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FOUND = """
SELECT f.severity, f.table_name || '/' || f.check_name, w.week_id, f.title
FROM quality.finding AS f JOIN quality.finding_week AS w ON w.finding_id = f.finding_id ORDER BY ALL
"""
Finding = tuple[str, str, str, str]


def edited(inbox: Path, name: str, change: Callable[[Worksheet], None]) -> None:
    book = openpyxl.load_workbook(inbox / name)
    change(book.worksheets[0])
    book.save(inbox / name)


def issued_with_digits_too_many(sheet: Worksheet) -> None:
    """Every count of 颁发 forty times what it is, subtotals and totals of the week as well; the year stays."""
    for row in range(6, sheet.max_row - 1):
        value = sheet.cell(row, 5).value
        if isinstance(value, int):
            sheet.cell(row, 5).value = value * 40


def grand_total_far_above_its_rows(sheet: Worksheet) -> None:
    for row in range(6, sheet.max_row + 1):
        if sheet.cell(row, 1).value == "合计":
            sheet.cell(row, 4).value = int(str(sheet.cell(row, 4).value)) + 57


def half_unreadable(sheet: Worksheet) -> None:
    for row in range(6, sheet.max_row - 2, 2):
        if isinstance(sheet.cell(row, 5).value, int):
            sheet.cell(row, 5).value = "约三百"


def sent_again_a_week_later(inbox: Path, template: str, week: str, next_week: str) -> None:
    """The table of a week with the dates and the number of the next one."""
    book = openpyxl.load_workbook(inbox / template.format(week))
    old_issue, new_issue = f"第{int(week[-2:])}期", f"第{int(next_week[-2:])}期"
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.value = _DAY.sub(_a_week_later, cell.value).replace(old_issue, new_issue)
    book.save(inbox / template.format(next_week))


def _a_week_later(day: re.Match[str]) -> str:
    return str(date.fromisoformat(day[0]) + timedelta(7))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    """The findings of eight weeks, of which each of the last four has a gross error."""
    hall = Hall(tmp_path_factory.mktemp("gross"))
    hall.write_sample(defects=False)
    inbox = hall.settings.inbox
    for path in inbox.iterdir():
        if path.stem.split("_")[-1] > WEEKS[-1]:
            path.unlink()
    edited(inbox, WINDOWS.format("2023-05"), half_unreadable)
    edited(inbox, STATISTICS.format("2023-05"), grand_total_far_above_its_rows)
    edited(inbox, WINDOWS.format("2023-06"), issued_with_digits_too_many)
    sent_again_a_week_later(inbox, STATISTICS, "2023-06", "2023-07")
    sent_again_a_week_later(inbox, WINDOWS, "2023-07", "2023-08")
    with hall.open() as con:
        hall.load(con)
        hall.build(con, WEEKS)
        hall.check(con, WEEKS)
        return con.execute(_FOUND).fetchall()


def critical(found: list[Finding], week: str) -> dict[str, str]:
    return {check: title for severity, check, of_week, title in found if severity == "critical" and of_week == week}


def test_a_figure_of_many_times_the_past_weeks_stops_the_release_and_the_first_line_says_so(
    found: list[Finding],
) -> None:
    title = critical(found, "2023-06")["marts.volume_band/volume_in_proportion"]
    assert re.fullmatch(r"颁发本周 \d+，是往周的 \d+\.\d 倍", title), title


def test_a_whole_week_copied_from_the_one_before_stops_the_release(found: list[Finding]) -> None:
    title = critical(found, "2023-08")["staging.window_weekly/week_not_copied"]
    assert title == "本周 5 天里有 5 天的数与 2023-07 期完全相同，是复制的"
    assert not [one for one in found if one[1] == "staging.window_weekly/counts_not_copied"], "told once"


def test_statistics_copied_from_the_week_before_stop_the_release(found: list[Finding]) -> None:
    title = critical(found, "2023-07")["ledger.item_volume_line/not_copied"]
    assert "行的数与 2023-06 完全相同，是复制的" in title


def test_a_printed_total_above_its_rows_stops_the_release(found: list[Finding]) -> None:
    titles = [title for severity, _, week, title in found if severity == "critical" and week == "2023-05"]
    assert any(re.fullmatch(r"「合计」的受理/本周印为 \d+，比各行之和 \d+ 多 57", title) for title in titles), titles


def test_half_of_a_delivery_that_cannot_be_read_stops_the_release(found: list[Finding]) -> None:
    shares = {"ledger.delivery/most_rows_loaded", "ledger.delivery/most_cells_read"}
    assert shares & critical(found, "2023-05").keys()


def test_good_weeks_and_the_short_weeks_around_the_holiday_are_silent(found: list[Finding]) -> None:
    gross = {check for severity, check, week, _ in found if severity == "critical" and week in WEEKS[:4]}
    assert gross == set()
