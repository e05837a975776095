"""Records that the typed pass rejected: where they stand, and what reading them one by one makes of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.ingest.cells.typed_row import CellProblem, TypedRow
from pipeline.ingest.load.csv_rows.csv_rejects import Rejected, among_irregular, explain, read_record
from pipeline.ingest.load.csv_rows.typed_pass import UnaccountedError
from tests.unit.ingest.load.tiny_cases import (
    LABELS,
    MOMENT,
    excluded,
    incoming,
    open_pass,
    problems,
    set_aside,
    text_file,
)

# Lines 3 to 7: a case, one whose item has two lines, a blank line, a case.
IRREGULAR = f'A1,甲,公安厅,{MOMENT}\nA2,"上\n下",公安厅,{MOMENT}\n\nA3,丙,公安厅,4月17日\n'


def lines(*numbers: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(numbers, dtype=np.int64)


def test_a_rejected_line_is_counted_beside_blank_lines_and_those_inside_a_field(tmp_path: Path) -> None:
    with open_pass() as typed_pass:
        part = text_file(tmp_path, IRREGULAR)
        rejected, without_row = among_irregular(typed_pass, part, lines(7), lines_above=2, loaded=2)
        assert (rejected.lines.tolist(), rejected.spans.tolist()) == ([7], [1])
        assert without_row.tolist() == [5, 6, 7]
        assert set_aside(typed_pass.account) == {"blank": 1}


def test_a_rejected_record_of_two_lines_spans_both_and_one_told_at_a_blank_line_stands_below_it(tmp_path: Path) -> None:
    with open_pass() as typed_pass:
        part = text_file(tmp_path, IRREGULAR)
        rejected, without_row = among_irregular(typed_pass, part, lines(4, 6), lines_above=2, loaded=1)
        assert (rejected.lines.tolist(), rejected.spans.tolist()) == ([4, 7], [2, 1])
        assert without_row.tolist() == [4, 5, 6, 7]


@pytest.mark.parametrize(
    ("below", "loaded"),
    [(IRREGULAR, 3), (IRREGULAR, 1), (f'A1,"甲,公安厅,{MOMENT}\nA2,乙\n', 1)],
    ids=["a row too many", "a row too few", "an open quote"],
)
def test_lines_that_do_not_add_up_are_not_accounted_for(tmp_path: Path, below: str, loaded: int) -> None:
    with open_pass() as typed_pass, pytest.raises(UnaccountedError):
        among_irregular(typed_pass, text_file(tmp_path, below), lines(7), lines_above=2, loaded=loaded)


def test_rejected_records_are_read_where_they_stand_in_the_whole_text(tmp_path: Path) -> None:
    with open_pass() as typed_pass:
        part = text_file(tmp_path, f'A1,甲,公安厅,2023年4月17日\nA2,"上\n下",火星厅,{MOMENT}\nA3,丙\n')
        explain(typed_pass, part.path, Rejected(lines(3, 4, 6), lines(1, 2, 1)), lines_before=100)
        assert incoming(typed_pass) == [(103, "A1")]
        assert problems(typed_pass) == [
            (104, "department", "unknown_code", "火星厅", "quarantined"),
            (106, "", "wrong_column_count", "应有 4 列，实有 2 列", "quarantined"),
        ]
        assert [row[0] for row in excluded(typed_pass)] == [104, 106]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([], "blank"),
        (["", " ", "　", "\x1a"], "blank"),
        (["—", "", "/", "——"], "blank"),
        (["注：以平台为准"], "note"),
        (["合计", "12", "", ""], "total"),
        (LABELS, "repeated_header"),
    ],
)
def test_a_record_that_is_no_data_only_goes_into_the_account(cells: list[str], reason: str) -> None:
    rows: list[TypedRow] = []
    found: list[CellProblem] = []
    with open_pass() as typed_pass:
        read_record(typed_pass, cells, 9, rows, found)
        assert (rows, found) == ([], [])
        assert set_aside(typed_pass.account) == {reason: 1}


def test_a_record_with_a_column_too_many_is_a_problem_and_no_row() -> None:
    rows: list[TypedRow] = []
    found: list[CellProblem] = []
    with open_pass() as typed_pass:
        read_record(typed_pass, ["A1", "甲", "公安厅", MOMENT, ""], 9, rows, found)
        read_record(typed_pass, ["A2", "'0101", "公安厅", "2023/4/17 9:05"], 10, rows, found)
    assert [(problem.row_no, problem.reason) for problem in found] == [(9, "wrong_column_count")]
    assert [(row.row_no, row.values["item"], row.values["accepted"]) for row in rows] == [(10, "0101", MOMENT)]
