"""The list of a province's halls is read as it is written; what is no list, no code and no day is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.province.halls import ExpectedHall, expected_halls
from pipeline.province.package import PackageError


def list_of(folder: Path, text: str) -> Path:
    path = folder / "halls.csv"
    path.write_text(text, "utf-8-sig")
    return path


def test_codes_of_halls_are_texts(tmp_path: Path) -> None:
    halls = expected_halls(list_of(tmp_path, "hall_id,hall_name,city\n010100,某厅,某市\n510200,另一厅,\n"))
    assert halls == {
        "010100": ExpectedHall("010100", "某厅", city_name="某市"),
        "510200": ExpectedHall("510200", "另一厅"),
    }


def test_a_hall_is_expected_as_long_as_it_is_valid(tmp_path: Path) -> None:
    text = "hall_id,hall_name,valid_from,valid_to\n510122,旧县,,2023-03-31\n510116,新区,2023-04-01,\n"
    old, new = expected_halls(list_of(tmp_path, text)).values()
    assert (old.is_expected(date(2023, 3, 31)), old.is_expected(date(2023, 4, 1))) == (True, False)
    assert (new.is_expected(date(2023, 3, 31)), new.is_expected(date(2023, 4, 1))) == (False, True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("code,name\n1,2\n", "第一行应有 hall_id 和 hall_name 两列"),
        ("", "第一行应有 hall_id 和 hall_name 两列"),
        ("hall_id,hall_name\n010100,甲\n010100,乙\n", "010100 出现了两次"),
        ("hall_id,hall_name\n010100\n", "第 2 行有 1 列，表头有 2 列"),
        ("hall_id,hall_name\n10100,甲\n", "里的 10100 不是区划代码：.*请把这一列设为文本"),
        ("hall_id,hall_name\n,甲\n", "里的 空白 不是区划代码"),
        ("hall_id,hall_name,valid_to\n010100,甲,2023/3/31\n", "010100 的 valid_to 是 2023/3/31，不是日期"),
        ("hall_id,hall_name,valid_to\n010100,甲,2023-02-30\n", "010100 的 valid_to 是 2023-02-30，不是日期"),
    ],
    ids=["other columns", "empty", "twice", "uneven", "lost zero", "no code", "other day", "no such day"],
)
def test_a_list_that_is_none_is_refused(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(PackageError, match=sentence):
        expected_halls(list_of(tmp_path, text))
