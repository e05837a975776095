"""A count to date is known by its name, and tested by what one file can show."""

from __future__ import annotations

from tests.unit.ingest.authoring.drafting.proposals.small_table import proposed, said


def test_a_count_to_date_adds_up_the_count_of_the_week_with_its_name() -> None:
    titles = "单位 本周受理 本周办结 累计受理 累计办结"
    found = said(titles, ["甲", 10, 9, 100, 90], ["乙", 20, 12, 200, 150])
    assert "ytd_accepted cumulative: {of: week_accepted}" in found
    assert "ytd_completed cumulative: {of: week_completed}" in found


def test_weeks_above_each_other_add_up_down_the_rows_and_the_wrong_one_is_named() -> None:
    (ytd,) = proposed("周 本周 累计", ["第1周", 120, 120], ["第2周", 131, 251], ["第3周", 118, 359])
    assert ytd.said == "{of: field_2, along: rows}"
    assert ytd.evidence == "3 行中 2 行相符，不符：第 4 行印为 359，上一行加本行为 369"


def test_a_week_above_its_year_is_said_and_a_file_full_of_them_proposes_nothing() -> None:
    rows = [["甲", 110, 100], ["乙", 20, 200], ["丙", 30, 300]]
    (ytd,) = [found for found in proposed("单位 本周受理 累计受理", *rows) if found.word == "cumulative"]
    assert ytd.misfits == (2,)
    assert said("单位 本周受理 累计受理", ["甲", 110, 100], ["乙", 220, 200], ["丙", 330, 300]) == []
