"""Defects of single rows and sheets: each changes what it says, in its week, and nothing else."""

from __future__ import annotations

import pytest

from pipeline.sample.sheet_defects import plant_first_export, plant_in_rows, sheet_edits
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
