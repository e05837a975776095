"""同上 stands for what the nearest filled-in row above says, and for nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.desk.ditto import filled_in, says_ditto
from pipeline.quality.desk.workbook_rows import Row


def row(number: int, decision: str | None = None, reason: str | None = None, sheet: str = "办件") -> Row:
    return Row(sheet, number, f"f{number}", None, None, decision, reason, None, None, None, None, None, None, None)


def said(*rows: Row) -> list[tuple[str | None, str | None, int | None]]:
    return [(one.decision, one.reason, one.same_as) for one in filled_in(rows)]


def test_a_row_takes_what_the_row_above_says_and_keeps_what_it_says_itself() -> None:
    first = row(4, "退回", "漏报")
    assert said(first, row(5, "同上"), row(6, " 同上 ", "错报")) == [
        ("退回", "漏报", None),
        ("退回", "漏报", 4),
        ("退回", "错报", 4),
    ]


def test_blank_rows_between_are_passed_over() -> None:
    assert said(row(4, "退回", "漏报"), row(5), row(6, "同上"))[-1] == ("退回", "漏报", 4)


@pytest.mark.parametrize("above", [None, row(4, "退回", "r", sheet="窗口"), row(4, "更正", "r")])
def test_without_a_row_to_copy_it_stays_as_it_is_written(above: Row | None) -> None:
    rows = [above] if above else []
    resolved = filled_in([*rows, row(5, "同上")])[-1]
    assert says_ditto(resolved)
    assert resolved.same_as is None


def test_day_and_names_come_along() -> None:
    first = Row(
        "办件",
        4,
        "f4",
        None,
        None,
        "暂缓至",
        "查",
        date(2023, 5, 31),
        None,
        None,
        None,
        "张三",
        None,
        None,
        None,
        "李四",
    )
    copied = filled_in([first, row(5, "同上")])[-1]
    assert (copied.until, copied.decided_by, copied.approved_by) == (date(2023, 5, 31), "张三", "李四")


@given(st.lists(st.sampled_from([None, "退回", "同上", "接受并说明"]), max_size=8))
def test_every_row_is_there_once_and_only_those_that_say_so_change(decisions: list[str | None]) -> None:
    rows = [row(number, decision, "r" if decision else None) for number, decision in enumerate(decisions, start=4)]
    resolved = filled_in(rows)
    assert [one.finding_id for one in resolved] == [one.finding_id for one in rows]
    changed = [before.decision for before, after in zip(rows, resolved, strict=True) if before != after]
    assert set(changed) <= {"同上"}
