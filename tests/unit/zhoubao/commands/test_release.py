"""How differences of a release look on the terminal."""

from __future__ import annotations

from typing import Any

from zhoubao.commands.release import HEADINGS, MOST_TEXT, difference_cells


def row(**values: Any) -> dict[str, Any]:
    numbers = ("before", "after", "difference", "before_ytd", "after_ytd", "difference_ytd")
    texts = {"week_id": "2023-15", "figure": "综窗办件", "kind": "changed", "row": "咨询", "cause": None}
    return {**texts, **dict.fromkeys(numbers), "before_text": None, "after_text": None, **values}


def test_a_difference_has_a_cell_for_each_heading() -> None:
    cells = difference_cells(row(before=10, after=1234, difference=1224))
    assert len(cells) == len(HEADINGS)
    assert cells[:6] == ["2023-15", "综窗办件", "咨询", "10", "1,234", "1,224"]
    assert cells[-1] == ""


def test_what_is_new_says_so_and_a_long_text_is_cut() -> None:
    cells = difference_cells(row(kind="added", after_text="长" * 99))
    assert cells[1] == "综窗办件（新增）"
    assert cells[4] == "长" * MOST_TEXT + "…"
