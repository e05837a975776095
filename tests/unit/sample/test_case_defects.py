"""Defects planted into cases before they are counted, and into the lines of a week's file."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from pipeline.sample.case_defects import (
    ANY_WEEK,
    WITHDRAWN_CASES,
    alter_cases,
    line_edits,
    restate,
    withdrawn_item,
)
from pipeline.sample.cases import DAY, NO_WEEK, OPEN, CaseTable
from pipeline.sample.catalogue import LONG, build_catalogue

CATALOGUE = build_catalogue(np.random.default_rng(1))
CODES = [code for code, _, _ in CATALOGUE.power_types]
NOON = 19_000 * DAY + DAY // 2


def cases(*rows: dict[str, int]) -> CaseTable:
    """Cases that were accepted and completed an hour later in issue 1, but for what the rows say."""
    plain = {"accepted": NOON, "closed": NOON + 3600, "result": 6, "ymd": 20230108}
    columns = {
        field.name: np.array([(plain | row).get(field.name, 0) for row in rows], dtype=np.int64)
        for field in fields(CaseTable)
    }
    return CaseTable(**columns)


def position_of(department: str, group: int) -> int:
    items = CATALOGUE.items_of(department)
    return next(at for at, item in enumerate(CATALOGUE.items) if item in items and item.group == group)


def test_without_a_chosen_defect_no_case_is_altered() -> None:
    table = cases({"first_week": 9, "closed_week": 9})
    alter_cases(table, frozenset(), CATALOGUE)
    assert table.closed.tolist() == [NOON + 3600]


def test_two_cases_of_issue_10_are_completed_an_hour_before_they_were_accepted_on_the_same_day() -> None:
    in_issue = {"first_week": 9, "closed_week": 9}
    rows = [{"first_week": 8}, in_issue | {"closed": NOON + DAY}, *[in_issue] * 3]
    table = cases(*rows)
    alter_cases(table, frozenset({"completed_before_accepted"}), CATALOGUE)
    assert (table.closed - table.accepted).tolist() == [3600, DAY, -3600, -3600, 3600]


def test_one_long_running_case_that_is_open_to_the_end_was_due_on_the_last_day_of_its_issue() -> None:
    long_item = next(at for at, item in enumerate(CATALOGUE.items) if item.item_class == LONG)
    short_item = next(at for at, item in enumerate(CATALOGUE.items) if item.item_class != LONG)
    is_open = {"first_week": 1, "closed": OPEN, "closed_week": NO_WEEK, "due": NOON + 90 * DAY}
    last = {"first_week": 1, "item": short_item, "accepted": NOON + 4 * DAY, "due": NOON + 90 * DAY}
    table = cases(is_open | {"item": short_item}, is_open | {"item": long_item}, is_open | {"item": long_item}, last)
    alter_cases(table, frozenset({"deadline_long_passed"}), CATALOGUE)
    days = (table.due // DAY - NOON // DAY).tolist()
    assert days == [90, 4, 90, 90]


def test_two_fifths_of_a_departments_public_services_surge_to_another_one() -> None:
    public, licence = position_of("renshe", 1), position_of("renshe", 0)
    in_issue = {"first_week": 11, "closed_week": 11}
    rows = [in_issue | {"item": public}] * 5 + [in_issue | {"item": licence}, {"item": public}]
    table = cases(*rows)
    alter_cases(table, frozenset({"department_surge"}), CATALOGUE)
    departments = [CATALOGUE.departments[CATALOGUE.items[at].department].department_id for at in table.item]
    assert departments == ["yibao", "yibao", *["renshe"] * 5]


def known_of_nothing() -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.zeros((15, len(CATALOGUE.departments), len(CODES), 2), dtype=np.int64)


def test_cases_that_are_taken_back_are_added_in_issue_9_and_taken_off_in_issue_11_as_a_restatement() -> None:
    known = known_of_nothing()
    restated = restate(known, cases({}), CATALOGUE, frozenset({"withdrawn_cases"}))
    item = withdrawn_item(CATALOGUE)
    of_item = (item.department, CODES.index(item.power_type), 0)
    assert [int(known[(week, *of_item)]) for week in (8, 9, 10)] == [WITHDRAWN_CASES, 0, -WITHDRAWN_CASES]
    assert int(restated[(10, *of_item)]) == -WITHDRAWN_CASES
    assert (np.count_nonzero(known), np.count_nonzero(restated)) == (2, 1)


def test_a_case_that_is_reported_two_issues_late_is_about_an_earlier_week() -> None:
    item = position_of("gongan", 1)
    late = {"item": item, "first_week": 9, "closed_week": NO_WEEK, "closed": OPEN, "ymd": 20230313}
    table = cases({"item": item}, late, late)
    chosen = frozenset({"reported_late"})
    alter_cases(table, chosen, CATALOGUE)
    assert table.first_week.tolist() == [0, 11, 9]
    known = known_of_nothing()
    restated = restate(known, table, CATALOGUE, chosen)
    place = (11, CATALOGUE.items[item].department, CODES.index("20"), 0)
    assert (int(restated[place]), int(restated.sum()), int(known.sum())) == (1, 1, 0)


LINE = (
    "510000-20230413-00000{number},5101,企业设立,{type},公安厅,承诺件,窗口,自然人,张样宁,1,2,路1号,"
    "2023-04-13 08:00:00,2023-04-13 09:00:00,2023-04-20 23:59:59,{closed},办结,,{mark},2023-04-13 10:00:00"
)
CLOSED = "2023-04-13 10:00:00"


def edited(folder: Path, week_id: str, *chosen: str) -> dict[int, list[str]]:
    """What becomes of the lines that are edited: an open case and six that were completed within the week."""
    raw = folder / "rows"
    lines = [LINE.format(number=0, type="行政许可", closed="", mark="I")]
    lines += [LINE.format(number=number, type="公共服务", closed=CLOSED, mark="I") for number in range(1, 7)]
    raw.write_text("\n".join(lines) + "\n", encoding="utf-8")
    edits = line_edits(frozenset(chosen), week_id, raw, CATALOGUE)
    return {position: edit(lines[position]) for position, edit in sorted(edits.items())}


def test_a_defect_takes_the_first_lines_that_fit_in_its_own_week(tmp_path: Path) -> None:
    found = edited(tmp_path, "2023-13", "unknown_channel")
    assert list(found) == [1, 2, 3, 4, 5]
    assert all(line.split(",")[6] == "自助终端" for (line,) in found.values())
    assert edited(tmp_path, "2023-12", "unknown_channel") == {}


def test_two_defects_of_a_week_take_different_lines(tmp_path: Path) -> None:
    found = edited(tmp_path, "2023-13", "unknown_channel", "item_of_another")
    assert list(found) == [1, 2, 3, 4, 5, 6]
    code = found[6][0].split(",")[1]
    assert code in [item.code for item in CATALOGUE.items_of("shichang")]


@pytest.mark.parametrize(("week_id", "mark"), [("2023-09", "I"), ("2023-11", "D")])
def test_the_lines_of_cases_that_are_taken_back_stand_behind_one_that_stays(
    tmp_path: Path, week_id: str, mark: str
) -> None:
    ((position, lines),) = edited(tmp_path, week_id, "withdrawn_cases").items()
    assert lines[0] == LINE.format(number=0, type="行政许可", closed="", mark="I")
    assert (position, [line.split(",")[18] for line in lines[1:]]) == (0, [mark] * WITHDRAWN_CASES)


def test_an_impossible_date_is_planted_beside_the_line_that_it_is_taken_from(tmp_path: Path) -> None:
    ((_, (line, extra)),) = edited(tmp_path, "2023-07", "impossible_date").items()
    assert line.split(",")[13] == "2023-04-13 09:00:00"
    assert extra.split(",")[13] == "2023-02-30 10:15:00"
    assert extra.split(",")[0] != line.split(",")[0]


def test_in_any_week_a_defect_is_planted_whatever_week_is_its_own(tmp_path: Path) -> None:
    found = edited(tmp_path, ANY_WEEK, "unknown_channel")
    assert list(found) == [1, 2, 3, 4, 5]


def test_in_any_week_a_case_is_completed_an_hour_before_it_was_accepted(tmp_path: Path) -> None:
    found = edited(tmp_path, ANY_WEEK, "completed_before_accepted")
    assert [line.split(",")[15] for (line,) in found.values()] == ["2023-04-13 08:00:00"] * 2


def test_in_any_week_too_few_lines_are_said_and_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="expired_name_in_cases"):
        edited(tmp_path, ANY_WEEK, "expired_name_in_cases")
