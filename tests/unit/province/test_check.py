"""What a province expects: the list of its halls, and which of them are late."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.province.check import check_province, expected_halls
from pipeline.province.package import PackageError
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings
from pipeline.warehouse import load_models


def list_of(folder: Path, text: str) -> Path:
    path = folder / "halls.csv"
    path.write_text(text, "utf-8-sig")
    return path


def test_codes_of_halls_are_texts(tmp_path: Path) -> None:
    halls = expected_halls(list_of(tmp_path, "hall_id,hall_name,city\n010100,某厅,某市\n510200,另一厅,\n"))
    assert halls == {"010100": "某厅", "510200": "另一厅"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("code,name\n1,2\n", "第一行应有 hall_id 和 hall_name 两列"),
        ("", "第一行应有 hall_id 和 hall_name 两列"),
        ("hall_id,hall_name\n010100,甲\n010100,乙\n", "010100 出现了两次"),
        ("hall_id,hall_name\n010100\n", "第 2 行有 1 列，表头有 2 列"),
    ],
    ids=["other columns", "empty", "twice", "uneven"],
)
def test_a_list_that_is_none_is_refused(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(PackageError, match=sentence):
        expected_halls(list_of(tmp_path, text))


def test_a_folder_without_a_package_is_answered(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    with duckdb.connect() as con, pytest.raises(PackageError, match="没有可以接收的上报包"):
        check_province(con, settings, load_calendar(), [], load_models(settings.models), tmp_path)
