"""Weeks beside the calibrated ones: they go on where those stop, and each is the same alone and among others."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from pipeline.sample import SampleWorld, write_later_weeks
from pipeline.sample.defects import MOVABLE
from pipeline.sample.later_cases import Stock, opening_stock
from pipeline.sample.later_weeks import YearSoFar, weeks_up_to
from pipeline.sample.world import build_world
from pipeline.sample.writer import DEFAULT_SEED
from tests.ready_homes import ReadyHomes
from tests.unit.sample.test_sample_files import (
    CALENDAR,
    SCALE,
    WEEKS,
    Case,
    hashes,
    is_completed,
    latest_cases,
    read_cases,
    read_sheets,
    read_volumes,
)

MADE_WITH = SampleWorld(DEFAULT_SEED, SCALE)
LATER = CALENDAR.weeks_between("2023-16", "2023-18")
PRINTED_TO_DATE = "今年累计"


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Issues 16 to 18, made in one run."""
    folder = tmp_path_factory.mktemp("later")
    write_later_weeks(folder, LATER, MADE_WITH, calendar=CALENDAR)
    return folder


def one_week(folder: Path, *defects: str) -> Path:
    write_later_weeks(folder, LATER[:1], MADE_WITH, calendar=CALENDAR, defects=defects)
    return folder


def names_of(folder: Path, week_id: str) -> set[str]:
    return {path.name.split("_")[0] for path in folder.iterdir() if week_id in path.name}


def test_issue_16_alone_is_issue_16_among_others(later: Path, tmp_path: Path) -> None:
    alone = hashes(one_week(tmp_path))
    assert len(alone) == 6
    assert alone == {name: digest for name, digest in hashes(later).items() if name in alone}


def test_every_export_of_a_week_is_written(later: Path, clean_sample: Path) -> None:
    assert names_of(later, "2023-16") == names_of(clean_sample, "2023-14")


def test_a_later_file_opens_with_new_cases_and_closes_those_that_were_open(later: Path, clean_sample: Path) -> None:
    known = latest_cases(clean_sample)
    for week in LATER:
        for case in read_cases(later, week):
            before = known.get(case["办件编号"])
            assert case["数据状态"] == ("I" if before is None else "U")
            accepted = case["受理时间"][:10]
            if before is None:
                assert str(week.coverage_start) <= accepted <= str(week.coverage_end)
            else:
                assert not before["办结时间"]
                assert before["受理时间"] == case["受理时间"]
                assert str(week.coverage_start) <= case["办结时间"][:10] <= str(week.coverage_end)
            known[case["办件编号"]] = case


def test_the_statistics_go_on_from_those_of_issue_15_and_count_the_cases(later: Path, clean_sample: Path) -> None:
    before = read_volumes(clean_sample / f"事项受理办结统计_{WEEKS[-1].week_id}.xlsx")
    for week in LATER:
        rows = read_volumes(later / f"事项受理办结统计_{week.week_id}.xlsx")
        for place, (accepted, accepted_to_date, completed, completed_to_date) in rows.items():
            earlier = before.get(place, [0, 0, 0, 0])
            assert (accepted_to_date, completed_to_date) == (earlier[1] + accepted, earlier[3] + completed)
        cases = read_cases(later, week)
        of_week = Counter(case["数据状态"] for case in cases)
        assert rows["合计", ""][0] == of_week["I"]
        assert rows["合计", ""][2] == sum(map(is_completed, cases))
        before = rows


def windows_to_date(folder: Path, week_id: str) -> list[int]:
    ((_, rows),) = read_sheets(folder / f"综窗办件周报_{week_id}.xlsx")
    return next([int(str(value).replace(",", "")) for value in row[2:6]] for row in rows if row[0] == PRINTED_TO_DATE)


def windows_of_week(folder: Path, week_id: str) -> list[int]:
    ((_, rows),) = read_sheets(folder / f"综窗办件周报_{week_id}.xlsx")
    return next(list(row[2:6]) for row in rows if row[0] == "合计")


def test_the_windows_go_on_from_issue_15(later: Path, clean_sample: Path) -> None:
    before = windows_to_date(clean_sample, "2023-15")
    for week in LATER:
        of_week = windows_of_week(later, week.week_id)
        to_date = windows_to_date(later, week.week_id)
        assert to_date == [earlier + value for earlier, value in zip(before, of_week, strict=True)]
        before = to_date


def test_the_training_log_still_has_the_sessions_of_the_issues_before(later: Path, clean_sample: Path) -> None:
    def sessions(folder: Path, week_id: str) -> set[str]:
        sheets = read_sheets(folder / f"业务培训台账_{week_id}.xlsx")
        return {str(row[1]) for _, rows in sheets for row in rows if str(row[1]).startswith("PX")}

    assert sessions(clean_sample, "2023-15") < sessions(later, "2023-18")


def test_a_named_defect_is_planted_into_the_week_and_nowhere_else(later: Path, tmp_path: Path) -> None:
    planted = one_week(tmp_path, "unknown_channel", "printed_total_wrong")
    changed = {name for name, digest in hashes(planted).items() if hashes(later)[name] != digest}
    assert changed == {"办件明细_2023-16.csv", "事项受理办结统计_2023-16.xlsx"}
    channels = Counter(case["办理形式"] for case in read_cases(planted, LATER[0]))
    assert channels["自助终端"] == 5


def test_a_defect_that_only_its_own_week_can_have_is_refused_with_those_that_any_week_can(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="withdrawn_cases 只能埋在它自己的那一期") as refusal:
        one_week(tmp_path, "withdrawn_cases")
    assert all(name in str(refusal.value) for name in MOVABLE)
    with pytest.raises(ValueError, match="没有名为 foo 的缺陷"):
        one_week(tmp_path, "foo")


@pytest.fixture(scope="module")
def year_before(ready_homes: ReadyHomes) -> Path:
    """All of 2022."""
    return ready_homes.year_before()


def cases_of_2022(folder: Path) -> dict[str, Case]:
    latest: dict[str, Case] = {}
    for week in CALENDAR.weeks(2022):
        latest |= {case["办件编号"]: case for case in read_cases(folder, week)}
    return latest


@pytest.mark.slow
def test_what_is_open_at_the_end_of_2022_is_what_2023_begins_with(year_before: Path, clean_sample: Path) -> None:
    still_open = {number: case for number, case in cases_of_2022(year_before).items() if not case["办结时间"]}
    opening = {number: case for number, case in latest_cases(clean_sample).items() if case["受理时间"] < "2023"}
    assert still_open.keys() == opening.keys()
    same = ("实施编码", "受理部门", "办理形式", "申请人姓名", "申请时间", "受理时间", "承诺办结时间")
    for number, case in still_open.items():
        assert [case[name] for name in same] == [opening[number][name] for name in same]


@pytest.mark.slow
def test_2022_has_every_week_and_as_many_cases_in_its_statistics_as_in_its_files(year_before: Path) -> None:
    weeks = CALENDAR.weeks(2022)
    assert {path.stem[-7:] for path in year_before.iterdir()} == {week.week_id for week in weeks}
    of_year = [case for case in cases_of_2022(year_before).values() if case["受理时间"] >= "2022"]
    last = read_volumes(year_before / f"事项受理办结统计_{weeks[-1].week_id}.xlsx")
    assert last["合计", ""][1] == len(of_year)


def test_years_before_2022_are_made_one_after_the_other_each_with_its_own_counts() -> None:
    world = build_world(DEFAULT_SEED, 0.001, frozenset(), CALENDAR)
    weeks = [*CALENDAR.weeks(2021), *CALENDAR.weeks(2022)]
    assert list(weeks_up_to(world, weeks)) == weeks
    none = np.zeros(2, dtype=np.int64)
    year = YearSoFar(Stock(opening_stock(world, weeks[0]).cases, none + 3, none + 2), none + 5, none + 7, [])
    open_before = len(year.stock.cases)
    year.begin_anew()
    assert len(year.stock.cases) == open_before
    counts = (year.stock.accepted, year.stock.closed, year.counts, year.windows)
    assert not any(array.any() for array in counts)
