"""The bad lines of a text as they go back: number, reasons and what may be shown."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from pipeline.present.sender.bad_lines import bad_lines
from pipeline.present.sender.problems import Problem
from pipeline.present.sender.uncopied import UncopiedError
from pipeline.privacy.masking import MASK
from tests.unit.present.sender.complaints import BAD_COUNT, LABELS, TITLE, export, problem

ABOVE = f"{TITLE}\n{','.join(LABELS)}\n"
TEXT = f"{ABOVE}1,T-7,张三丰,请尽快办理,2\n2,T-8,李小红,=1+1,一百\n"


def lines_of(folder: Path, text: str, problems: Mapping[int, Sequence[Problem]]) -> list[list[str]]:
    path = folder / "投诉.csv"
    path.write_text(text, "utf-8")
    one = export(path=path, text=text[:1_000])
    assert one.csv_table is not None
    return list(csv.reader(io.StringIO(bad_lines(one, one.csv_table, path, problems))))


def test_a_bad_line_has_its_number_its_reason_and_the_columns_without_persons(tmp_path: Path) -> None:
    assert lines_of(tmp_path, TEXT, {4: [BAD_COUNT]}) == [
        ["行号", "原因", "登记编号", "诉求", "件数"],
        ["4", BAD_COUNT.message, "T-8", "'=1+1", "一百"],
    ]


def test_a_reason_is_told_once_and_a_person_is_not_quoted_in_it(tmp_path: Path) -> None:
    person = problem(3, "caller", "张三丰", "“张三丰”有误")
    (_, line) = lines_of(tmp_path, TEXT, {3: [person, person, problem(3, "cases", "2", "“2”偏大")]})
    assert line[1] == f"“{MASK}”有误；“2”偏大"


def test_of_a_line_above_the_data_or_with_other_columns_only_number_and_reason_are_given(tmp_path: Path) -> None:
    problems = {
        1: [problem(1, "", None, "标题有误")],
        3: [problem(3, "", "应有 5 列，实有 4 列", "列数不同")],
        4: [BAD_COUNT],
    }
    found = lines_of(tmp_path, f"{ABOVE}1,T-7,请尽快办理,张三丰\n2,T-8,李小红,甲,一百\n", problems)
    assert found[1:3] == [["1", "标题有误", "", "", ""], ["3", "列数不同", "", "", ""]]
    assert found[3][0] == "4"


def test_below_another_header_nothing_of_a_line_is_shown(tmp_path: Path) -> None:
    turned = "序号,来电人,登记编号,诉求,件数"
    found = lines_of(
        tmp_path, f"{TEXT}{turned}\n3,李小红,T-9,甲,一百\n", {6: [problem(6, "cases", "一百", "“一百”有误")]}
    )
    assert found[1] == ["6", f"“{MASK}”有误", "", "", ""]


def test_a_record_is_numbered_by_the_line_on_which_it_begins(tmp_path: Path) -> None:
    text = f'{ABOVE}1,T-7,张三丰,"上\n下",2\n2,T-8,李小红,甲,一百\n'
    assert lines_of(tmp_path, text, {5: [BAD_COUNT]})[1][2] == "T-8"


def test_a_text_that_cannot_be_read_line_by_line_has_no_copy(tmp_path: Path) -> None:
    endless = f"1,T-7,张三丰,{'长' * 140_000},2\n"
    with pytest.raises(UncopiedError, match="第 3 行有过长的内容"):
        lines_of(tmp_path, ABOVE + endless, {3: [BAD_COUNT]})
