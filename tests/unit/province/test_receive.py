"""Only a package that is whole, of this province and of a known version is taken; the others are told, and go on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipeline.province.package import FORMAT
from pipeline.province.receive import Received, RefusedPackage, receive
from pipeline.reporting_calendar import ReportingCalendar, WeekRule, load_calendar
from tests.unit.province.packages import CONTRACTS, write_package

CALENDAR = load_calendar(years=range(2022, 2027))


def taken_from(
    folder: Path, halls: set[str] | None = None, calendar: ReportingCalendar = CALENDAR
) -> tuple[list[Received], list[RefusedPackage]]:
    with duckdb.connect() as con:
        return receive(con, folder, CONTRACTS.values(), calendar, halls)


def test_a_whole_package_is_taken_with_its_rows_and_sums(tmp_path: Path) -> None:
    write_package(tmp_path)
    (received,), refused = taken_from(tmp_path, {"510100"})
    assert refused == []
    (rows,) = received.manifest.parts_of("rows")
    assert (rows.table, rows.rows, rows.sums) == ("raw.window_weekly", 1, {"issued": "7"})
    assert received.path_of(rows).is_file()


def edited(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace("某厅", "另一厅"), "utf-8")


def cut(path: Path) -> None:
    path.write_text(path.read_text("utf-8")[:100], "utf-8")


def of_a_later_format(path: Path) -> None:
    content = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(content | {"format": FORMAT + 1}), "utf-8")


def pointing_outside(path: Path) -> None:
    content = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(content | {"folder": "../../../etc"}), "utf-8")


def naming_sql(path: Path) -> None:
    content = json.loads(path.read_text("utf-8"))
    content["parts"][0]["table"] = "raw.x; DROP TABLE raw.y"
    path.write_text(json.dumps(content), "utf-8")


def without_a_file(path: Path) -> None:
    next(path.parent.glob("r1-*/raw.window_weekly.parquet")).unlink()


def with_a_flipped_bit(path: Path) -> None:
    file = next(path.parent.glob("r1-*/raw.window_weekly.parquet"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def in_another_hall(path: Path) -> None:
    other = path.parent.parent.with_name("510200")
    other.mkdir()
    path.parent.rename(other / path.parent.name)


FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "edited": (edited, "写成后被改动过"),
    "cut": (cut, "读不出来"),
    "later format": (of_a_later_format, "是第 3 版的上报包，本程序只认第 2 版"),
    "outside": (pointing_outside, "写法不对"),
    "sql": (naming_sql, "写法不对"),
    "missing file": (without_a_file, "缺少 raw.window_weekly.parquet：可能还没有传完"),
    "flipped bit": (with_a_flipped_bit, "与清单的摘要不符"),
    "wrong folder": (in_another_hall, "510200/2023-01 里是 510100 的 2023-01 期"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_package_is_refused_with_one_sentence_and_the_others_are_taken(fault: str, tmp_path: Path) -> None:
    damage, sentence = FAULTS[fault]
    write_package(tmp_path, week_id="2023-02")
    write_package(tmp_path, "510900")
    damage(write_package(tmp_path))
    taken, (refused,) = taken_from(tmp_path)
    assert sentence in refused.message
    assert refused.message.endswith("。")
    assert len(taken) == 2


def test_a_hall_that_is_not_on_the_list_is_foreign(tmp_path: Path) -> None:
    write_package(tmp_path)
    taken, (refused,) = taken_from(tmp_path, {"510200"})
    assert taken == []
    assert "510100 不在全省的大厅名单里" in refused.message


def test_lists_of_another_hall_are_refused(tmp_path: Path) -> None:
    write_package(tmp_path, lists_of="510200")
    _, (refused,) = taken_from(tmp_path)
    assert "里有别的大厅的行" in refused.message


def test_a_week_that_no_calendar_of_the_province_has_is_refused(tmp_path: Path) -> None:
    write_package(tmp_path, week_id="2099-01")
    write_package(tmp_path, week_id="2023-60")
    taken, (no_issue, no_year) = taken_from(tmp_path)
    assert taken == []
    assert "2023 年没有第 60 期" in no_issue.message
    assert "日历从 2022 年到 2026 年" in no_year.message


def test_weeks_of_another_rule_are_other_days(tmp_path: Path) -> None:
    write_package(tmp_path)
    _, (refused,) = taken_from(tmp_path, calendar=load_calendar(rule=WeekRule(first_day=1)))
    assert "报告周与全省的不同" in refused.message


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [({"reader": 999}, "由更新的程序读出"), ({"parts": ()}, "表不全或多出了表")],
    ids=["later reader", "no ledger"],
)
def test_what_this_program_cannot_know_is_refused(changed: dict[str, object], sentence: str, tmp_path: Path) -> None:
    write_package(tmp_path, **changed)
    _, (refused,) = taken_from(tmp_path)
    assert sentence in refused.message


def test_rows_read_by_another_contract_are_refused(tmp_path: Path) -> None:
    write_package(tmp_path)
    contract = CONTRACTS["window_weekly"]
    others = [contract.model_copy(update={"title": "另一份合同"})]
    with duckdb.connect() as con:
        _, (refused,) = receive(con, tmp_path, others, CALENDAR)
        _, (unknown,) = receive(con, tmp_path, [], CALENDAR)
    assert "window_weekly 用的合同与全省的不同" in refused.message
    assert "有全省没有合同的报表 window_weekly" in unknown.message
