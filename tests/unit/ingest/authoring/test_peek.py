"""The first rows of any file, or a sentence with a code."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.authoring.peek import peek
from pipeline.ingest.errors import RefusedFileError
from pipeline.settings import Settings


def test_a_text_is_told_with_its_encoding_and_delimiter_and_cut_where_it_is_long(
    tmp_path: Path, settings: Settings
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("编号;名称\nA1;甲,乙\nA2;丙\n", "utf-8-sig")
    seen = peek(path, settings, rows=2)
    assert (seen.encoding, seen.delimiter, seen.is_text, seen.is_whole) == ("utf-8", ";", True, False)
    assert seen.sheets[0].rows == [["编号", "名称"], ["A1", "甲,乙"]]
    assert peek(path, settings).is_whole


@pytest.mark.parametrize(("name", "code"), [("nothing.xlsx", "no_such_file"), ("", "folder_given")])
def test_what_is_no_file_is_refused_with_its_code(tmp_path: Path, settings: Settings, name: str, code: str) -> None:
    with pytest.raises(RefusedFileError, match="请给出一份导出文件的路径") as caught:
        peek(tmp_path / name, settings)
    assert caught.value.code == code


@pytest.mark.parametrize("mark", [",", ";"])
def test_separators_inside_of_quotes_separate_nothing(tmp_path: Path, settings: Settings, mark: str) -> None:
    other = ";" if mark == "," else ","
    lines = [
        ["编号", "事项", "部门"],
        ["1", f'"材料：表格、照片{mark}共三份{other}已收"', "甲局"],
        ["2", f'"材料：表格{mark}照片{other}待补"', "乙局"],
        ["3", f'"材料：表格{mark}照片{mark}证明{other}已收"', "丙局"],
    ]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(mark.join(line) for line in lines), "utf-8")
    seen = peek(path, settings)
    assert seen.delimiter == mark
    assert [len(row) for row in seen.sheets[0].rows] == [3, 3, 3, 3]
