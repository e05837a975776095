"""A draft turns a wide table into records, and the trial with its own file loads every row."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipeline.contracts import Contract
from pipeline.ingest.authoring.draft import Draft, draft_contract
from pipeline.ingest.errors import RefusedFileError
from pipeline.settings import Settings
from tests.unit.ingest.authoring.unknown_exports import workbook


def draft_of(folder: Path, rows: list[list[object]]) -> Draft:
    return draft_contract(workbook(folder, rows), Settings(home=folder / "home"))


def contract_of(draft: Draft) -> Contract:
    return Contract.model_validate(yaml.safe_load(draft.text))


@pytest.mark.parametrize(
    ("header", "labels", "into"),
    [
        (["2019年", "2020年", "2021年"], "year", "year"),
        ([2019, 2020, 2021], "year", "year"),
        (["1月", "2月", "3月"], "month", "month"),
        (["第13周", "第14周", "第15周"], "week", "week"),
        (["4月17日", "4月18日", "4月19日"], "date", "day"),
    ],
)
def test_columns_of_periods_are_turned_into_records(
    tmp_path: Path, header: list[object], labels: str, into: str
) -> None:
    rows: list[list[object]] = [["地区", *header], ["甲市", 1200, 1300, 1400], ["乙市", 22, 33, 44], ["丙县", 7, 8, 10]]
    draft = draft_of(tmp_path, rows)
    wide = contract_of(draft).unpivot
    assert wide is not None
    assert (wide.labels, wide.into, wide.value) == (labels, into, "amount")
    assert contract_of(draft).primary_key == ("region", into)
    assert draft.is_whole, draft.sentences


def test_columns_of_known_departments_are_turned_into_records(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["事项", "公安厅", "司法厅", "水利厅", "教育厅"],
        ["登记", 12, 15, 18, 17],
        ["变更", 2, 5, 8, 3],
        ["注销", 1, 1, 4, 2],
    ]
    one = contract_of(draft_of(tmp_path, rows))
    assert one.unpivot is not None
    assert one.unpivot.labels == "department"
    assert {field.name: field.codes for field in one.fields}["department"] == "department"


def test_a_column_that_adds_up_the_others_is_left_out(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["地区", "合计", "1月", "2月", "3月"],
        ["甲市", 60, 10, 20, 30],
        ["乙市", 66, 11, 22, 33],
    ]
    assert contract_of(draft_of(tmp_path, rows)).ignored_labels == ("合计",)


def test_words_below_years_are_values_too(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["单位", "2021", "2022", "2023"], ["甲局", "达标", "未达标", "达标"], ["乙局", "达标", "达标", "达标"],
    ]  # fmt: skip
    one = contract_of(draft_of(tmp_path, rows))
    assert one.unpivot is not None
    assert {field.name: field.type.value for field in one.fields} == {
        "unit": "string", "year": "integer", "amount": "string",
    }  # fmt: skip


@pytest.mark.parametrize(
    "header", [["一季度", "二季度", "备注数"], ["受理", "办结", "2021年"], ["咨询", "受理", "办结"]]
)
def test_other_labels_stay_fields(tmp_path: Path, header: list[object]) -> None:
    rows: list[list[object]] = [["地区", *header], ["甲市", 1200, 1300, 1400], ["乙市", 22, 33, 44], ["丙县", 7, 8, 10]]
    assert contract_of(draft_of(tmp_path, rows)).unpivot is None


def test_groups_side_by_side_are_told_and_not_drafted_by_the_first_alone(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["部门", "受理", "部门", "受理"],
        ["公安厅", 12, "司法厅", 15],
        ["水利厅", 7, "教育厅", 8],
    ]
    with pytest.raises(RefusedFileError, match=r"同样的列名并排出现了 2 遍（部门、受理）.*上下排成一组"):
        draft_of(tmp_path, rows)
