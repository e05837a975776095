"""Texts that people keep beside the program are UTF-8, or the sentence says how they become it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.common.utf8_text import NotUtf8Error, read_utf8, read_utf8_csv


def test_a_text_is_read_without_the_mark_of_notepad(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("部门,受理\n", encoding="utf-8-sig")
    assert read_utf8(path) == "部门,受理\n"


def test_a_text_in_gb18030_is_named_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "department.csv"
    path.write_bytes("部门,受理\n".encode("gb18030"))
    with pytest.raises(NotUtf8Error, match=r"department\.csv 不是 UTF-8 文本.*请用记事本另存为 UTF-8"):
        read_utf8(path)


def test_rows_of_a_csv_go_by_the_names_in_its_first_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('alias,department_id\n"水利,厅",shuili\n公安厅\n', encoding="utf-8-sig")
    assert read_utf8_csv(path) == [
        {"alias": "水利,厅", "department_id": "shuili"},
        {"alias": "公安厅", "department_id": None},
    ]
