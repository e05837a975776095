"""The made-up catalogue of items: every item belongs to a department, and names are those of its group."""

from __future__ import annotations

import numpy as np

from pipeline.sample.case_defects import WITHDRAWN_DEPARTMENT, withdrawn_item, withdrawn_lines
from pipeline.sample.catalogue import PROMISED, build_catalogue

CATALOGUE = build_catalogue(np.random.default_rng(1))


def test_item_codes_are_unique_and_types_fit_the_group() -> None:
    codes = [item.code for item in CATALOGUE.items]
    assert len(set(codes)) == len(codes)
    assert {item.power_type for item in CATALOGUE.items if item.group == 0} == {"01"}
    assert {item.power_type for item in CATALOGUE.items if item.group == 1} == {"20"}
    assert "20" not in {item.power_type for item in CATALOGUE.items if item.group == 2}


def test_the_cases_that_are_taken_back_are_of_a_promised_licence() -> None:
    item = withdrawn_item(CATALOGUE)
    assert CATALOGUE.departments[item.department].name
    assert (item.group, item.item_class) == (0, PROMISED)
    assert item in CATALOGUE.items_of(WITHDRAWN_DEPARTMENT)


def test_cases_are_taken_back_by_lines_with_the_mark_d_and_the_same_numbers() -> None:
    added = [line.split(",") for line in withdrawn_lines(CATALOGUE, is_taken_back=False)]
    taken_back = [line.split(",") for line in withdrawn_lines(CATALOGUE, is_taken_back=True)]
    assert [cells[0] for cells in added] == [cells[0] for cells in taken_back]
    assert {cells[18] for cells in added} == {"I"}
    assert {cells[18] for cells in taken_back} == {"D"}
