"""How two releases differ in what they were made from, in words."""

from __future__ import annotations

import json

from pipeline.release.revisions.delivery_changes import change_reason, code_change, delivery_changes


def release(*deliveries: tuple[str, str, str], code_version: str = "0.1.0+a") -> dict[str, str]:
    """A release of these (delivery_id, source, file name), all of week 2023-15."""
    entries = [
        {"delivery_id": delivery_id, "source": source, "week_id": "2023-15", "file_name": name}
        for delivery_id, source, name in deliveries
    ]
    return {"deliveries": json.dumps(entries), "code_version": code_version}


FIRST = release(("d1", "window_weekly", "综窗.xlsx"), ("d2", "training_log", "培训.xlsx"))


def test_a_delivery_that_takes_the_place_of_another_is_one_change() -> None:
    after = release(("d3", "window_weekly", "综窗(重报).xlsx"), ("d2", "training_log", "培训.xlsx"))
    assert delivery_changes(FIRST, after) == [("window_weekly", "新交付 综窗(重报).xlsx（取代 综窗.xlsx）")]


def test_deliveries_that_only_come_or_only_go_are_named_by_source() -> None:
    after = release(("d1", "window_weekly", "综窗.xlsx"), ("d4", "activity_log", "动态.xlsx"))
    assert delivery_changes(FIRST, after) == [
        ("activity_log", "新交付 动态.xlsx"),
        ("training_log", "不再采用 培训.xlsx"),
    ]


def test_the_reason_of_a_release_is_its_deliveries_and_its_code() -> None:
    changed = {**FIRST, "code_version": "0.1.0+b"}
    assert change_reason(None, FIRST) == "首次发布"
    assert change_reason(FIRST, FIRST) == "交付与口径未变，数字有变"
    assert change_reason(FIRST, FIRST, 2) == "按处理单更正 2 处"
    assert change_reason(FIRST, changed) == "程序或口径由 0.1.0+a 变为 0.1.0+b"
    assert code_change(FIRST, FIRST) is None
