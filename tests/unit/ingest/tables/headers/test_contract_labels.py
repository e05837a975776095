"""Which field of a contract a label in a header names."""

from __future__ import annotations

import pytest

from pipeline.contracts import Contract
from pipeline.ingest.tables.headers.contract_labels import (
    columns_searched,
    field_of,
    field_of_path,
    fields_by_path,
    known_labels,
    labels_by_place,
    twin_path,
    twins_by_path,
)
from pipeline.ingest.tables.headers.header import find_header
from tests.unit.ingest.recognise.tiny_contracts import tiny_contract

CONTRACT = tiny_contract(
    fields=[
        {"name": "department", "title": "部 门", "labels": ["单位名称"]},
        {"name": "accepted_week", "title": "办件情况/受理（件）/本周", "labels": ["受理/本周"]},
        {"name": "accepted_ytd", "title": "办件情况/受理（件）/累计"},
        {"name": "completed", "title": "办结", "labels": ["单位名称"]},
    ]
)


def test_every_label_of_a_contract_is_a_path_of_label_keys() -> None:
    assert {path: field.name for path, field in fields_by_path(CONTRACT).items()} == {
        "部门": "department",
        "单位名称": "department",
        "办件情况/受理/本周": "accepted_week",
        "受理/本周": "accepted_week",
        "办件情况/受理/累计": "accepted_ytd",
        "办结": "completed",
    }


def test_the_ends_of_paths_are_known_and_what_stands_between_them_is_not() -> None:
    assert known_labels(CONTRACT) == {"部门", "单位名称", "办件情况", "本周", "受理", "累计", "办结"}
    deep = tiny_contract(fields=[{"name": "a", "title": "办件情况/受理/本周"}, {"name": "b", "title": "日期"}])
    assert known_labels(deep) == {"办件情况", "本周", "日期"}


def test_a_column_without_a_label_is_called_by_its_place_and_is_searched_for_the_header() -> None:
    placed = tiny_contract(fields=[{"name": "a", "title": "登记编号"}, {"name": "b", "title": "第 900 列"}])
    assert labels_by_place(placed) == {899: "第900列"}
    assert columns_searched(placed) == 900
    assert labels_by_place(CONTRACT) == {}
    assert 2 * len(CONTRACT.fields) < columns_searched(CONTRACT) < 900


def name_of(label: str, contract: Contract = CONTRACT) -> str | None:
    field = field_of(label, contract)
    return field.name if field else None


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("部门", "department"),
        ("办件情况/受理/本周", "accepted_week"),
        ("本期/受理/本周", "accepted_week"),
        ("本期/大厅/办结", "completed"),
        ("去年同期/办结", None),
        ("上周/受理/本周", None),
        ("受理/累计", None),
        ("办结/备注", None),
        ("", None),
    ],
)
def test_labels_above_may_be_left_out_unless_they_name_another_period(label: str, name: str | None) -> None:
    assert name_of(label) == name


def test_the_longest_known_end_of_a_path_names_the_field() -> None:
    contract = tiny_contract(fields=[{"name": "accepted", "title": "受理"}, {"name": "online", "title": "网上/受理"}])
    fields = fields_by_path(contract)
    found = [field_of_path(parts, fields) for parts in (["办件", "网上", "受理"], ["办件", "受理"], ["网上"])]
    assert [field and field.name for field in found] == ["online", "accepted", None]


TWINS = tiny_contract(
    ignored_labels=["预登记（旧）"],
    fields=[
        {"name": "department", "title": "部门"},
        {"name": "registered", "title": "预登记"},
        {"name": "registered_anew", "title": "预登记（新）"},
    ],
)


def test_labels_that_differ_only_in_brackets_are_those_of_two_fields() -> None:
    twins = {path: field and field.name for path, field in twins_by_path(TWINS).items()}
    assert twins == {"预登记": "registered", "预登记(新)": "registered_anew", "预登记(旧)": None}
    assert twins_by_path(CONTRACT) == {}
    assert twin_path(["办件情况", "预登记 （新）"], twins_by_path(TWINS)) == "预登记(新)"
    assert twin_path(["预登记（件）"], twins_by_path(TWINS)) is None


@pytest.mark.parametrize(
    "labels",
    [["部门", "预登记", "预登记（新）", "预登记（旧）"], ["预登记（新）", "预登记（旧）", "预登记（件）", "部门"]],
)
def test_columns_that_differ_only_in_brackets_stay_apart(labels: list[str]) -> None:
    header = find_header([labels], TWINS)
    assert header is not None
    fields = {column.index: column.field.name for column in header.columns if column.field}
    assert [fields.get(at) for at, label in enumerate(labels) if "新" in label] == ["registered_anew"]
    assert [fields.get(at) for at, label in enumerate(labels) if "旧" in label] == [None]
    assert (header.matched, header.unknown) == (3, ())
