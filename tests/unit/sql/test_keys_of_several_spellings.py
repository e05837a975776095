"""A key in several spellings is one row from staging on: windows, sessions, items of inspection, codes of items."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.common.key_form import folded
from tests.unit.sql.sql_hall import SqlHall, case

WINDOWS = ("综合窗口1", "综合窗口１", "综合窗口 1", "综合窗口\u00a01", "综合\n窗口1")


def keyed(**keys: str) -> dict[str, str | None]:
    """Keys as the loader keeps them: as written, and beside them the form in which they are compared, if another."""
    kept: dict[str, str | None] = {}
    for name, written in keys.items():
        form = folded(written)
        kept[name] = written
        kept[f"{name}_folded"] = form if form != written else None
    return kept


def window(name: str, accepted: int) -> dict[str, Any]:
    counts = {"consulted": 0, "accepted": accepted, "issued": 0, "transferred": 0}
    return {"report_date": "2023-01-04", **keyed(window_name=name), **counts}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8, deadline=None)
@given(spellings=st.permutations(WINDOWS))
def test_a_window_in_five_spellings_is_one_window_and_its_latest_export_counts(
    hall: SqlHall, spellings: list[str]
) -> None:
    hall.reset()
    for at, name in enumerate(spellings):
        exported = f"2023-01-0{at + 5} 09:00:00"
        hall.deliver("window_weekly", "2023-01", [window(name, at + 1)], as_of=exported, scope=str(at))
    hall.deliver("window_weekly", "2023-01", [window("综合窗口2", 70)], scope="另一份")
    hall.build("core.window_count")
    assert hall.rows("SELECT window_name, accepted FROM core.window_count ORDER BY 1") == [
        ("综合窗口1", 5),
        ("综合窗口2", 70),
    ]


@pytest.mark.parametrize(
    ("source", "core", "key", "spellings", "other"),
    [
        ("training_log", "core.training", "session_no", ("S-1", "ｓ－1"), {"main_item": "甲", "trainee": "x"}),
        ("training_log", "core.training", "main_item", ("食品 经营", "食品经营"), {"session_no": "S", "trainee": "x"}),
        ("hall_inspection", "core.inspection", "inspection_item", ("着装情况", "着装 情况"), {}),
        ("item_catalogue", "core.item", "item_code", ("511Z01", "511z０1"), {}),
    ],
)
def test_two_spellings_of_a_key_in_two_files_of_a_week_are_one_row(
    hall: SqlHall, source: str, core: str, key: str, spellings: tuple[str, str], other: dict[str, str]
) -> None:
    day = {"training_log": {"trained_on": "2023-01-04"}, "hall_inspection": {"inspected_on": "2023-01-04"}}
    for at, written in enumerate(spellings):
        hall.deliver(source, "2023-01", [{**day.get(source, {}), **other, **keyed(**{key: written})}], scope=str(at))
    hall.build(core)
    assert hall.rows(f"SELECT {key} FROM {core}") == [(folded(spellings[0]),)]


def test_an_overdue_case_has_the_name_of_its_item_whichever_way_its_code_is_written(hall: SqlHall) -> None:
    item = {**keyed(item_code="511z01"), "item_name": "取水许可"}
    hall.deliver("item_catalogue", "2023-01", [item])
    late = {"due_at": "2023-01-05 17:00:00"}
    hall.deliver(
        "case_detail",
        "2023-01",
        [case("A1", "2023-01-03", item_code="511z01", **late), case("A2", "2023-01-03", item_code="511Z01", **late)],
    )
    hall.build("charts.overdue")
    assert hall.rows("SELECT DISTINCT item_name FROM charts.overdue") == [("取水许可",)]
