"""What holds of the written files, counted from their text with nothing of the generator but the published totals."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.reporting_calendar import ReportWeek, load_calendar
from pipeline.sample import has_unfinished_sample, write_sample
from pipeline.sample.calibration import GROUPS, LABEL, WINDOW_WEEKS, scaled
from pipeline.sample.defects import DEFECTS
from pipeline.sample.staging import STAGING_NAME

SCALE = 0.002
CALENDAR = load_calendar()
WEEKS = CALENDAR.weeks_between("2023-01", "2023-15")
GROUP_OF = {"行政许可": "licensing", "公共服务": "public_service"}
Case = dict[str, str]


def read_cases(folder: Path, week: ReportWeek) -> list[Case]:
    with (folder / f"办件明细_{week.week_id}.csv").open(encoding="gb18030", newline="") as handle:
        lines = list(csv.reader(handle))
    return [dict(zip(lines[2], line, strict=True)) for line in lines[3:]]


def read_sheets(path: Path) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    for sheet in openpyxl.load_workbook(path).worksheets:
        yield sheet.title, list(sheet.iter_rows(values_only=True))


def week_of(text: str) -> str:
    day = datetime.fromisoformat(text).date()
    return "before" if day.year < 2023 else CALENDAR.week_of(day).week_id


def is_completed(case: Case) -> bool:
    return bool(case["办结时间"]) and case["办结结果"] not in ("作废", "删除")


def latest_cases(folder: Path) -> dict[str, Case]:
    latest: dict[str, Case] = {}
    for week in WEEKS:
        latest |= {case["办件编号"]: case for case in read_cases(folder, week)}
    return latest


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes(planted_sample: Path, tmp_path: Path) -> None:
    write_sample(tmp_path, scale=SCALE, calendar=CALENDAR)
    assert hashes(tmp_path) == hashes(planted_sample)


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_totals_of_cases_follow_the_scaling_rule(clean_sample: Path) -> None:
    accepted: Counter[str] = Counter()
    completed: Counter[str] = Counter()
    backlog: Counter[str] = Counter()
    for case in latest_cases(clean_sample).values():
        group = GROUP_OF.get(case["事项类型"], "other_nine")
        (backlog if case["受理时间"] < "2023" else accepted)[group] += 1
        completed[group] += is_completed(case)
    assert accepted == {g.power_group: scaled(g.accepted, SCALE) for g in GROUPS}
    assert completed == {g.power_group: scaled(g.completed, SCALE) for g in GROUPS}
    assert backlog == {g.power_group: scaled(g.backlog, SCALE) for g in GROUPS}


def test_a_case_appears_when_accepted_and_again_when_closed_later_and_never_after(clean_sample: Path) -> None:
    seen: dict[str, str] = {}
    closed: set[str] = set()
    for week in WEEKS:
        for case in read_cases(clean_sample, week):
            number = case["办件编号"]
            assert number not in closed
            first = seen.setdefault(number, week.week_id)
            assert case["数据状态"] == ("I" if first == week.week_id else "U")
            accepted = week_of(case["受理时间"])
            assert first == ("2023-01" if accepted == "before" else accepted)
            if case["办结时间"]:
                assert week_of(case["办结时间"]) == week.week_id
                closed.add(number)
            assert case["办结时间"] or first == week.week_id


def test_opening_and_accepted_equal_closed_and_closing_per_department_and_type(clean_sample: Path) -> None:
    opening: Counter[tuple[str, str]] = Counter()
    flow: Counter[tuple[str, str]] = Counter()
    for week in WEEKS:
        for case in read_cases(clean_sample, week):
            place = (case["受理部门"], case["事项类型"])
            opening[place] += case["数据状态"] == "I" and case["受理时间"] < "2023"
            flow[place] += case["数据状态"] == "I" and case["受理时间"] >= "2023"
            flow[place] -= bool(case["办结时间"])
    closing = Counter((c["受理部门"], c["事项类型"]) for c in latest_cases(clean_sample).values() if not c["办结时间"])
    places = set(opening) | set(flow)
    assert {p: opening[p] + flow[p] for p in places} == {p: closing[p] for p in places}


def test_dates_of_a_case_are_in_order_without_defects(clean_sample: Path) -> None:
    for case in latest_cases(clean_sample).values():
        assert case["申请时间"] <= case["受理时间"]
        assert not case["办结时间"] or case["受理时间"] < case["办结时间"] <= case["更新时间"]
        assert not case["承诺办结时间"] or case["受理时间"] <= case["承诺办结时间"]
        assert case["办件编号"][7:15] == case["受理时间"][:10].replace("-", "")


def test_identity_numbers_are_impossible_but_their_check_digits_are_valid(clean_sample: Path) -> None:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    persons = [case for case in latest_cases(clean_sample).values() if case["申请人类型"] == "自然人"]
    assert len(persons) > 1000
    for case in persons:
        number = case["证件号码"]
        total = sum(weight * int(digit) for weight, digit in zip(weights, number, strict=False))
        assert len(number) == 18
        assert number[17] == "10X98765432"[total % 11]
        assert number.startswith("519900")
        assert case["联系电话"].startswith("154")
        assert "样" in case["申请人姓名"]


def read_volumes(path: Path) -> dict[tuple[str, str], list[int]]:
    """(department, type) → accepted in the week, to date, completed in the week, to date; 小计 and 合计 under ''."""
    rows: dict[tuple[str, str], list[int]] = {}
    department = ""
    for row in next(read_sheets(path))[1]:
        label = str(row[0] or "").replace(" ", "")
        values = [int(str(value).replace("—", "0").replace(",", "")) for value in row[3:7]] if is_data(row) else []
        if label in ("小计", "合计") and values:
            rows[department if label == "小计" else "合计", ""] = values
        elif values and row[2] and not row[2].startswith("其中"):
            department = row[1] or department
            rows[department, row[2]] = values
    return rows


def is_data(row: tuple[Any, ...]) -> bool:
    return row[1] != 2 and all(
        value is not None and str(value).replace(",", "").replace("—", "0").isdigit() for value in row[3:7]
    )


def count_volumes(folder: Path, upto: int) -> dict[tuple[str, str], list[int]]:
    counts: dict[tuple[str, str], list[int]] = {}
    for week in WEEKS[: upto + 1]:
        for case in read_cases(folder, week):
            row = counts.setdefault((case["受理部门"], case["事项类型"]), [0, 0, 0, 0])
            is_this = week is WEEKS[upto]
            is_new = case["数据状态"] == "I" and case["受理时间"] >= "2023"
            row[1] += is_new
            row[0] += is_new and is_this
            row[3] += is_completed(case)
            row[2] += is_completed(case) and is_this
    return {place: row for place, row in counts.items() if any(row)}


@pytest.mark.parametrize("position", [0, 4, 14])
def test_statistics_agree_with_the_cases(clean_sample: Path, position: int) -> None:
    printed = read_volumes(clean_sample / f"事项受理办结统计_{WEEKS[position].week_id}.xlsx")
    details = {place: row for place, row in printed.items() if place[1] not in ("", "无业务")}
    assert details == count_volumes(clean_sample, position)
    assert len({place[0] for place in printed} - {"合计"}) == 45
    assert printed["合计", ""] == [sum(row[i] for row in details.values()) for i in range(4)]


def test_window_counters_add_up_to_the_published_ones(clean_sample: Path) -> None:
    for position, week in enumerate(WEEKS):
        rows = next(read_sheets(clean_sample / f"综窗办件周报_{week.week_id}.xlsx"))[1]
        details = [row[2:] for row in rows if row[1] and isinstance(row[2], int)]
        sums = tuple(sum(row[i] for row in details) for i in range(4))
        assert sums == tuple(series[position] for series in WINDOW_WEEKS.values())
        assert len(details) == 5 * week.working_days


def test_training_of_issue_15_is_as_published(clean_sample: Path) -> None:
    rows = [row for _, sheet in read_sheets(clean_sample / "业务培训台账_2023-15.xlsx") for row in sheet]
    week = [row for row in rows if str(row[0])[:4] == "2023" and "2023-04-15" <= row[0] <= "2023-04-21"]
    assert [len({row[i] for row in week}) for i in (5, 3, 1)] == [14, 14, 5]
    assert {row[2] for row in week} == {"司法厅", "交通运输厅", "省广电局"}
    assert len({(row[1], row[3], row[5]) for row in week}) == len(week)


def test_register_of_issue_15_is_as_published(clean_sample: Path) -> None:
    rows = next(read_sheets(clean_sample / "进驻及授权台账_2023-15.xlsx"))[1]
    departments = [row for row in rows if isinstance(row[0], int)]
    unauthorized = [row for row in departments if row[4] == "未授权"]
    assert len(departments) == 45
    assert [row[1] for row in unauthorized] == ["住房城乡建设厅", "成都海关", "省贸促会"]
    assert [row[6] for row in unauthorized] == ["已主动对接并积极推进相关工作", None, "已主动对接并积极推进相关工作"]


def test_every_sheet_says_that_it_is_made_up(planted_sample: Path) -> None:
    for path in planted_sample.glob("*.csv"):
        assert LABEL in path.read_bytes()[:300].decode("gb18030", errors="ignore")
    for path in planted_sample.glob("[!~]*.xlsx"):
        for name, rows in read_sheets(path):
            assert any(LABEL in str(row[0]) for row in rows[:4]), (path.name, name)


def test_defects_change_only_what_they_list(clean_sample: Path, planted_sample: Path) -> None:
    clean, planted = hashes(clean_sample), hashes(planted_sample)
    changed = {name for name in planted if planted[name] != clean.get(name)}
    assert changed == {
        *(f"办件明细_2023-{week}.csv" for week in ("07", "09", "10", "11", "13", "15")),
        "办件明细_2023-13(1).csv",
        *(f"事项受理办结统计_2023-{week}.xlsx" for week in ("05", "06", "08", "08_重报", "09", "10", "12")),
        "事项目录_2023-01.xlsx",
        "窗口动态_2023-12.xlsx",
        "~$事项受理办结统计_2023-15.xlsx",
    }
    assert clean["事项受理办结统计_2023-08.xlsx"] != planted["事项受理办结统计_2023-08_重报.xlsx"]


def changed_lines(clean: Path, planted: Path, week_id: str) -> tuple[Counter[str], Counter[str]]:
    before, after = (
        Counter((folder / f"办件明细_{week_id}.csv").read_text(encoding="gb18030").splitlines())
        for folder in (clean, planted)
    )
    return before - after, after - before


@pytest.mark.parametrize(
    ("week_id", "gone", "added", "words"),
    [
        ("2023-07", 0, 1, "2023-02-30 10:15:00"),
        ("2023-09", 0, 4, ""),
        ("2023-10", 2, 2, ""),
        ("2023-11", 0, 3, ",D,"),
        ("2023-13", 5, 5, "自助终端"),
        ("2023-15", 1, 1, "2023/4/17 "),
    ],
)
def test_a_case_file_differs_by_its_planted_lines(
    clean_sample: Path, planted_sample: Path, week_id: str, gone: int, added: int, words: str
) -> None:
    before, after = changed_lines(clean_sample, planted_sample, week_id)
    assert (before.total(), after.total()) == (gone, added)
    assert all(words in line for line in after)


def test_the_planted_files_differ_as_listed(clean_sample: Path, planted_sample: Path) -> None:
    def volumes(folder: Path, name: str) -> dict[tuple[str, str], list[int]]:
        return read_volumes(folder / f"事项受理办结统计_{name}.xlsx")

    first, right = volumes(planted_sample, "2023-08"), volumes(planted_sample, "2023-08_重报")
    assert right == volumes(clean_sample, "2023-08")
    assert first["公安厅", "公共服务"][0] == right["公安厅", "公共服务"][0] + 120
    twelfth = volumes(planted_sample, "2023-12")
    assert twelfth["交通运输厅", "行政许可"][2] == volumes(clean_sample, "2023-12")["交通运输厅", "行政许可"][2] + 7
    assert "省地震局" not in {place[0] for place in volumes(planted_sample, "2023-06")}
    assert "应急管理厅" in {place[0] for place in volumes(planted_sample, "2023-05")}
    codes = Counter(row[0] for row in next(read_sheets(planted_sample / "事项目录_2023-01.xlsx"))[1])
    assert [count for code, count in codes.items() if str(code).startswith("1151") and count > 1] == [2]
    original, copy = (planted_sample / f"办件明细_2023-13{mark}.csv" for mark in ("", "(1)"))
    assert original.read_bytes() == copy.read_bytes()


def test_two_cases_of_issue_10_are_completed_before_accepted(planted_sample: Path) -> None:
    cases = read_cases(planted_sample, WEEKS[9])
    assert sum(bool(case["办结时间"]) and case["办结时间"] < case["受理时间"] for case in cases) == 2


@pytest.mark.slow
def test_a_single_defect_can_be_planted_alone(clean_sample: Path, tmp_path: Path) -> None:
    write_sample(tmp_path, scale=SCALE, defects={"lock_file"}, calendar=CALENDAR)
    assert hashes(tmp_path).items() - hashes(clean_sample).items() == {
        ("~$事项受理办结统计_2023-15.xlsx", hashes(tmp_path)["~$事项受理办结统计_2023-15.xlsx"])
    }


def test_an_unknown_defect_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="没有名为 flood 的缺陷"):
        write_sample(tmp_path, scale=SCALE, defects={"flood"}, calendar=CALENDAR)


@pytest.mark.parametrize("scale", [0.0, 0.0009, 5.0])
def test_a_scale_that_cannot_be_made_is_refused(tmp_path: Path, scale: float) -> None:
    with pytest.raises(ValueError, match="scale"):
        write_sample(tmp_path, scale=scale, calendar=CALENDAR)


def test_a_killed_run_leaves_nothing_that_looks_like_an_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.sample.week_files.write_windows", killed)
    with pytest.raises(KeyboardInterrupt):
        write_sample(tmp_path, scale=SCALE, calendar=CALENDAR)
    assert [path.name for path in tmp_path.iterdir()] == [STAGING_NAME]
    assert has_unfinished_sample(tmp_path)


def test_a_finished_set_is_not_unfinished(clean_sample: Path) -> None:
    assert not has_unfinished_sample(clean_sample)


def test_defect_ids_are_unique_and_lie_in_the_sample() -> None:
    ids = [defect.defect_id for defect in DEFECTS]
    assert len(set(ids)) == len(ids)
    assert {defect.week_id for defect in DEFECTS} <= {week.week_id for week in WEEKS}
