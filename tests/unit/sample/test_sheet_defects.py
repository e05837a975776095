"""Defects of single rows and sheets: each changes what it says, in its week, and nothing else."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from pipeline.sample.case_defects import ANY_WEEK
from pipeline.sample.hall_files import WindowSheet
from pipeline.sample.sheet_defects import plant_first_export, plant_in_rows, plant_in_windows, sheet_edits
from pipeline.sample.volume_files import NO_BUSINESS, VolumeRow


def rows() -> list[VolumeRow]:
    return [
        VolumeRow("交通运输厅", "行政许可", [1, 2, 3, 4]),
        VolumeRow("水利厅", "公共服务", [1, 2, 3, 4]),
        VolumeRow("应急厅", "行政许可", [1, 2, 3, 4]),
        VolumeRow("省地震局", "公共服务", [0, 0, 0, 0]),
        VolumeRow("公安厅", "公共服务", [10, 20, 30, 40]),
    ]


def flat(volume_rows: list[VolumeRow]) -> list[tuple[object, ...]]:
    return [(row.department, row.power_type, *row.counts) for row in volume_rows]


@pytest.mark.parametrize(
    ("week_id", "defect_id", "changed"),
    [
        ("2023-12", "volume_disagrees", [("交通运输厅", "行政许可", 1, 2, 10, 4)]),
        ("2023-06", "department_missing", []),
        ("2023-05", "former_name", [("应急管理厅", "行政许可", 1, 2, 3, 4)]),
        ("2023-14", "no_business_contradicted", [("水利厅", NO_BUSINESS, 0, 0, 0, 0)]),
        ("2023-15", "year_not_continued", [("省地震局", "公共服务", 2, 5, 1, 2)]),
    ],
)
def test_a_defect_changes_its_row_in_its_week_alone(
    week_id: str, defect_id: str, changed: list[tuple[object, ...]]
) -> None:
    chosen = frozenset({defect_id})
    planted = flat(plant_in_rows(rows(), week_id, chosen))
    assert [row for row in planted if row not in flat(rows())] == changed
    assert planted != flat(rows())
    assert flat(plant_in_rows(rows(), "2023-01", chosen)) == flat(rows())


def test_the_first_export_has_120_cases_too_many_in_the_week_and_to_date() -> None:
    planted = rows()
    plant_first_export(planted)
    assert flat(planted)[4] == ("公安厅", "公共服务", 130, 140, 30, 40)


def test_a_sheet_is_edited_where_its_defect_is_chosen() -> None:
    assert sheet_edits(frozenset(), "window_weekly", "2023-01") == []


def windows() -> WindowSheet:
    """Five days of two windows and four measures; each day has counts of its own."""
    days = [date(2023, 3, day) for day in range(20, 25)]
    return WindowSheet(days, np.arange(1, 41, dtype=np.int64).reshape(5, 2, 4))


def planted_windows(week_id: str, *chosen: str) -> WindowSheet:
    sheet = windows()
    plant_in_windows(sheet, week_id, frozenset(chosen))
    return sheet


@pytest.mark.parametrize(
    ("week_id", "defect_id"), [("2023-11", "day_missing"), ("2023-10", "day_copied"), ("2023-06", "day_misdated")]
)
def test_a_defect_of_a_whole_day_leaves_the_sums_of_the_week(week_id: str, defect_id: str) -> None:
    planted = planted_windows(week_id, defect_id)
    assert (planted.counts.tolist(), planted.days) != (windows().counts.tolist(), windows().days)
    assert planted.counts.sum(axis=0).tolist() == windows().counts.sum(axis=0).tolist()
    assert int(planted.counts.min()) >= 0
    assert len(planted.days) == len(planted.counts)


def test_a_missing_day_is_the_last_a_copied_one_says_what_the_day_before_says_and_a_misdated_one_is_a_day_late() -> (
    None
):
    plain = windows()
    assert planted_windows("2023-11", "day_missing").days == plain.days[:4]
    copied = planted_windows("2023-10", "day_copied").counts
    assert copied[1].tolist() == copied[0].tolist() == plain.counts[0].tolist()
    assert planted_windows("2023-06", "day_misdated").days == [*plain.days[:4], date(2023, 3, 25)]


def test_a_copied_day_takes_nothing_from_the_days_behind_it_however_large_it_is() -> None:
    sheet = windows()
    sheet.counts[0], sheet.counts[2] = 100, 0
    sums = sheet.counts.sum(axis=0).tolist()
    plant_in_windows(sheet, "2023-10", frozenset({"day_copied"}))
    assert sheet.counts[1].tolist() == sheet.counts[0].tolist()
    assert int(sheet.counts.min()) >= 0
    assert sheet.counts.sum(axis=0).tolist() == sums


def test_a_spike_trebles_what_was_transferred_and_nothing_else() -> None:
    planted, plain = planted_windows("2023-12", "window_spike").counts, windows().counts
    assert planted[:, :, 3].tolist() == (3 * plain[:, :, 3]).tolist()
    assert planted[:, :, :3].tolist() == plain[:, :, :3].tolist()


def test_windows_of_another_week_or_without_the_defect_stay_as_they_are() -> None:
    chosen = ("window_spike", "day_missing", "day_copied", "day_misdated")
    assert planted_windows("2023-09", *chosen).counts.tolist() == windows().counts.tolist()
    assert planted_windows("2023-12", *chosen[1:]).counts.tolist() == windows().counts.tolist()


def test_in_any_week_a_defect_of_rows_windows_and_sheets_is_planted_whatever_week_is_its_own() -> None:
    assert flat(plant_in_rows(rows(), ANY_WEEK, frozenset({"volume_disagrees"})))[0][4] == 10
    assert len(planted_windows(ANY_WEEK, "day_missing").days) == 4
    assert len(sheet_edits(frozenset({"printed_total_wrong"}), "事项受理办结统计", ANY_WEEK)) == 1
    assert sheet_edits(frozenset({"printed_total_wrong"}), "大厅巡查记录", ANY_WEEK) == []
