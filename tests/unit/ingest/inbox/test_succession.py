"""Of several deliveries for one week the latest export counts, or people are asked."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import yaml

from pipeline.ingest.containers.identity import stamp
from pipeline.ingest.inbox.load_export import delivery_of
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.reread import reload_deliveries
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.inbox.succession import clear_succession, find_rival, name_of_twin
from pipeline.ingest.recognise.match import recognise
from pipeline.quality.schema import create_tables
from tests.unit.ingest.inbox.deliveries import case, case_file, outcomes, put, rows, volume_file

LEDGER_CHECKS = Path(__file__).parents[4] / "expectations" / "ledger.delivery.yaml"


@pytest.mark.parametrize("order", [("first.csv", "later.csv"), ("later.csv", "first.csv")])
def test_a_re_export_supersedes_in_whatever_order_it_arrives(loader: Loader, order: tuple[str, str]) -> None:
    files = {
        "first.csv": case_file(case("A1"), exported="2023-04-24"),
        "later.csv": case_file(case("A1"), case("A2"), exported="2023-04-25"),
    }
    for name in order:
        put(loader, name, files[name])
        load_inbox(loader)
    assert rows(loader, "SELECT file_name FROM ledger.current_delivery") == [("later.csv",)]
    superseded = "SELECT old.file_name, new.file_name FROM ledger.delivery old JOIN ledger.delivery new "
    assert rows(loader, superseded + "ON old.superseded_by = new.delivery_id") == [("first.csv", "later.csv")]


def test_two_different_files_of_one_export_time_are_a_question_not_a_guess(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1")))
    put(loader, "b.csv", case_file(case("A1", channel="网上"), case("A2")))
    report = load_inbox(loader)
    assert outcomes(report) == ["loaded", "refused"]
    assert "导出时间也相同，但内容不同，无法判断以哪份为准" in report.events[1].message
    assert report.events[1].code == "same_export_time"
    assert rows(loader, "SELECT case_no FROM raw.case_detail JOIN ledger.current_delivery USING (delivery_id)") == [
        ("A1",)
    ]
    put(loader, "c.csv", case_file(case("A1", channel="网上"), case("A2"), exported="2023-04-25"))
    assert outcomes(load_inbox(loader)) == ["loaded"]
    assert rows(loader, "SELECT file_name FROM ledger.current_delivery") == [("c.csv",)]


def test_of_two_files_without_an_export_time_the_second_counts_once_it_has_one(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1")).replace("导出时间", "时间"))
    corrected = case_file(case("A1", channel="网上"), case("A2")).replace("导出时间", "时间")
    put(loader, "b.csv", corrected)
    refused = load_inbox(loader).of("refused")[0]
    assert "都没有写导出时间" in refused.message
    assert refused.code == "no_export_time"
    put(loader, "b.csv", "导出时间：2023-04-25 09:00\r\n" + corrected)
    assert outcomes(load_inbox(loader)) == ["loaded"]
    assert rows(loader, "SELECT file_name FROM ledger.current_delivery") == [("b.csv",)]


def overtaken_without_proof(loader: Loader) -> list[str]:
    """The files that the check `undated_is_not_overtaken` asks people about."""
    checks = yaml.safe_load(LEDGER_CHECKS.read_text("utf-8"))["expectations"]
    query = next(
        check["kwargs"]["unexpected_rows_query"]
        for check in checks
        if check["meta"]["name"] == "undated_is_not_overtaken"
    )
    found = rows(loader, f"SELECT earlier_file FROM ({query.replace('{batch}', 'ledger.delivery')})")
    return [str(name) for (name,) in found]


def test_who_writes_the_time_that_a_refusal_asked_for_is_the_newer_and_nobody_is_asked_again(loader: Loader) -> None:
    first = case_file(case("A1")).replace("导出时间", "时间")
    corrected = case_file(case("A1", channel="网上")).replace("导出时间", "时间")
    put(loader, "a.csv", first)
    put(loader, "b.csv", corrected)
    assert [event.code for event in load_inbox(loader).of("refused")] == ["no_export_time"]
    put(loader, "b（补时间）.csv", "导出时间：2023-04-25 09:00\r\n" + corrected)
    (event,) = load_inbox(loader).events
    assert event.outcome == "loaded"
    assert "取代了“a.csv”" in event.message
    assert "1 行的内容有变" in event.message
    assert overtaken_without_proof(loader) == []


def test_an_undated_file_overtaken_by_an_earlier_export_is_asked_about_where_no_refusal_came_before(
    loader: Loader,
) -> None:
    put(loader, "a.csv", case_file(case("A1")).replace("导出时间", "时间"))
    load_inbox(loader)
    put(loader, "b.csv", case_file(case("A1", channel="网上"), exported="2023-04-25"))
    load_inbox(loader)
    assert overtaken_without_proof(loader) == ["a.csv"]


def test_a_workbook_that_a_spreadsheet_saved_again_is_a_duplicate(loader: Loader) -> None:
    volume_file(loader.settings.inbox / "a.xlsx")
    load_inbox(loader)
    path = loader.settings.inbox / "b.xlsx"
    volume_file(path)
    book = openpyxl.load_workbook(path)
    book.properties.title = "另存"
    book.save(path)
    (export,) = recognise(path, loader.settings, loader.calendar, loader.contracts)
    delivery = delivery_of(export, stamp(path))
    assert find_rival(loader, delivery) is not None
    assert name_of_twin(loader, export, delivery) == "a.xlsx"
    (event,) = load_inbox(loader).events
    assert (event.outcome, event.message) == ("duplicate", "只是把已装载的“a.xlsx”另存了一份，未重复装载")


def test_what_counts_alone_for_its_week_is_no_question(loader: Loader) -> None:
    path = put(loader, "a.csv", case_file(case("A1")))
    (export,) = recognise(path, loader.settings, loader.calendar, loader.contracts)
    delivery = delivery_of(export, stamp(path))
    assert find_rival(loader, delivery) is None
    assert clear_succession(loader, export, delivery) == delivery
    assert f"{delivery.as_of:%Y-%m-%d %H:%M:%S}" == "2023-04-24 09:12:33"
    assert (delivery.source, delivery.week_id, delivery.container) == ("case_detail", "2023-15", "csv")


WINDOW_HEADER = ["日期", "窗口名称", "咨询", "受理", "颁发", "流转"]


def windows(loader: Loader, name: str, first: int, *lines: str, windows: int = 2, place: str = "综合窗口") -> Path:
    """A weekly of one day with that many windows; the counts go on from `first`, `lines` stand above the header."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [["综窗办件周报（2023年第15期）"], *([line] for line in lines), WINDOW_HEADER]:
        sheet.append(row)
    for number in range(windows):
        counts = [first + number + column for column in range(4)]
        sheet.append(["2023-04-17", f"{place}{number + 1}", *counts])
    path = loader.settings.inbox / name
    book.save(path)
    return path


def consulted(loader: Loader) -> object:
    ((total,),) = rows(
        loader, "SELECT sum(consulted)::INT FROM raw.window_weekly JOIN ledger.current_delivery USING (delivery_id)"
    )
    return total


def test_a_correction_without_a_time_of_export_after_a_dated_file_is_asked_about(loader: Loader) -> None:
    windows(loader, "a.xlsx", 10, "导出时间：2023-04-24 09:00")
    load_inbox(loader)
    windows(loader, "b.xlsx", 500)
    (event,) = load_inbox(loader).events
    assert (event.outcome, event.code) == ("refused", "no_export_time_beside_one")
    assert "“a.xlsx”同属第 2023-15 期、导出于 2023-04-24 09:00" in event.message
    assert consulted(loader) == 21
    windows(loader, "c.xlsx", 500, "导出时间：2023-04-25 09:00")
    (event,) = load_inbox(loader).events
    assert "取代了“a.xlsx”" in event.message
    assert "前一份的 2 行中 2 行的内容有变" in event.message
    assert "咨询由 21 改为 1,001" in event.message
    assert consulted(loader) == 1001


def test_what_a_dated_file_takes_from_one_without_a_time_is_said(loader: Loader) -> None:
    windows(loader, "a.xlsx", 500)
    load_inbox(loader)
    windows(loader, "b.xlsx", 10, "导出时间：2023-04-24 09:00")
    (event,) = load_inbox(loader).events
    assert event.outcome == "loaded"
    assert "取代了“a.xlsx”" in event.message
    assert "咨询由 1,001 改为 21" in event.message


def test_an_older_export_that_comes_later_says_that_it_does_not_count(loader: Loader) -> None:
    windows(loader, "a.xlsx", 10, "导出时间：2023-04-25 09:00")
    load_inbox(loader)
    windows(loader, "b.xlsx", 500, "导出时间：2023-04-24 09:00")
    (event,) = load_inbox(loader).events
    assert "没有计入：以较新的“a.xlsx”为准" in event.message
    assert consulted(loader) == 21


def test_a_file_for_the_whole_week_is_newer_than_an_export_before_its_end(loader: Loader) -> None:
    windows(loader, "a.xlsx", 10, "导出时间：2023-04-19 09:00")
    windows(loader, "b.xlsx", 500)
    assert outcomes(load_inbox(loader)) == ["loaded", "loaded"]
    assert consulted(loader) == 1001


@pytest.mark.parametrize("exported", [("2023-04-24 09:12:33", "2023-04-24 09:13:05"), ("", "")])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_export_cut_in_two_counts_whole_in_any_order(
    loader: Loader, exported: tuple[str, str], order: tuple[int, int]
) -> None:
    for part in order:
        cases = [case(f"A{number:03}") for number in range(part * 75, part * 75 + 75)]
        text = case_file(*cases).replace("2023-04-24 09:12:33", exported[part])
        put(loader, f"{part}.csv", text)
        (event,) = load_inbox(loader).events
        assert event.outcome == "loaded"
    assert "没有相同的主键，视为同一期的另一部分，各份一并计入" in event.message
    assert rows(loader, "SELECT count(*) FROM raw.case_detail JOIN ledger.current_delivery USING (delivery_id)") == [
        (150,)
    ]


@pytest.mark.parametrize("order", ["abcd", "dcba", "cadb", "bdac"])
def test_a_whole_export_replaces_its_parts_and_what_counts_depends_on_the_files_alone(
    loader: Loader, order: str
) -> None:
    texts = {
        "a": case_file(case("A1"), case("A2"), exported="2023-04-24"),
        "b": case_file(case("A3"), exported="2023-04-25"),
        "c": case_file(case("A1"), case("A3"), exported="2023-04-26"),
        "d": case_file(case("A2"), exported="2023-04-27"),
    }
    for name in order:
        put(loader, f"{name}.csv", texts[name])
        load_inbox(loader)
    assert rows(loader, "SELECT file_name FROM ledger.current_delivery ORDER BY 1") == [("c.csv",), ("d.csv",)]


def test_windows_under_other_names_with_the_same_figures_are_a_correction_and_no_part(loader: Loader) -> None:
    windows(loader, "a.xlsx", 10, "导出时间：2023-04-24 09:00", windows=6)
    windows(loader, "b.xlsx", 10, "导出时间：2023-04-25 09:00", windows=6, place="无差别窗口")
    report = load_inbox(loader)
    assert outcomes(report) == ["loaded", "loaded"]
    assert "前一份的 6 行中 6 行不再出现" in report.events[1].message
    assert consulted(loader) == 75


def test_a_time_of_export_in_the_future_is_not_believed(loader: Loader) -> None:
    windows(loader, "a.xlsx", 10, "导出时间：2132-04-24 09:00")
    (event,) = load_inbox(loader).events
    assert event.message.startswith("写的导出时间 2132-04-24 09:00 晚于收到文件的时间")
    assert rows(loader, "SELECT as_of FROM ledger.delivery") == [(datetime(2023, 4, 21, 23, 59, 59),)]
    windows(loader, "b.xlsx", 500, "导出时间：2023-04-25 09:00")
    assert outcomes(load_inbox(loader)) == ["loaded"]
    assert consulted(loader) == 1001


def test_a_time_of_export_below_the_table_decides(loader: Loader) -> None:
    ending = "制表人：某某,导出时间：2023-04-{day} 09:00\r\n"
    for name, day, channel in (("b.csv", 25, "网上"), ("a.csv", 24, "窗口")):
        text = case_file(case("A1", channel=channel)).replace("导出时间", "时间")
        put(loader, name, text + ending.format(day=day))
        assert outcomes(load_inbox(loader)) == ["loaded"]
    assert rows(loader, "SELECT file_name, as_of FROM ledger.current_delivery") == [("b.csv", datetime(2023, 4, 25, 9))]


def test_a_delivery_that_is_read_again_is_not_asked_about_twice(loader: Loader) -> None:
    windows(loader, "a.xlsx", 500)
    windows(loader, "b.xlsx", 10, "导出时间：2023-04-24 09:00")
    load_inbox(loader)
    before = rows(loader, "SELECT file_name, status, as_of FROM ledger.delivery ORDER BY ALL")
    loader.con.execute("UPDATE ledger.delivery SET contract_fingerprint = 'another'")
    assert outcomes(load_inbox(loader)) == ["loaded", "loaded"]
    assert rows(loader, "SELECT file_name, status, as_of FROM ledger.delivery ORDER BY ALL") == before


def send_back(loader: Loader, file_name: str, decided_at: str = "2026-11-01 10:00:00") -> None:
    """What the desk keeps where somebody answers 退回 to a finding that stands in a file."""
    create_tables(loader.con)
    ((delivery_id,),) = rows(loader, f"SELECT delivery_id FROM ledger.delivery WHERE file_name = '{file_name}'")
    place = {"file_name": file_name, "sheet": None, "first_row_no": 3, "last_row_no": 3, "delivery_id": delivery_id}
    finding = f"f-{file_name}"
    loader.con.execute(
        "INSERT INTO quality.finding (finding_id, table_name, check_name, title, severity, status, owner, first_seen,"
        " last_seen, weeks, unexpected_count, keys, evidence, action, decision_id)"
        " VALUES ($id, 't', 'c', '', 'critical', 'sent_back', '', '', '', 1, 1, '', '', '', 'd-' || $id)",
        {"id": finding},
    )
    loader.con.execute(
        "INSERT INTO quality.finding_week (finding_id, week_id, table_name, check_name, unexpected_count, keys,"
        " evidence, places) VALUES (?, '2023-15', 't', 'c', 1, '', '', ?)",
        [finding, json.dumps([place])],
    )
    loader.con.execute(
        "INSERT INTO quality.decision (decision_id, finding_id, kind, decided_at, origin)"
        " VALUES ('d-' || ?, ?, 'send_back', ?, '')",
        [finding, finding, decided_at],
    )


@pytest.mark.parametrize("time_of_correction", [(), ("导出时间：2023-04-24 09:00",)], ids=["none", "the_same"])
def test_the_correction_of_what_was_sent_back_is_taken_without_a_later_time_of_export(
    loader: Loader, time_of_correction: tuple[str, ...]
) -> None:
    windows(loader, "a.xlsx", 10, "导出时间：2023-04-24 09:00")
    load_inbox(loader)
    send_back(loader, "a.xlsx")
    windows(loader, "b.xlsx", 500, *time_of_correction)
    (event,) = load_inbox(loader).events
    assert event.outcome == "loaded"
    assert "“a.xlsx”已于 2026-11-01 10:00 退回（处理意见 d-f-a.xlsx），这一份没有写更晚的导出时间" in event.message
    assert "取代了“a.xlsx”" in event.message
    assert "咨询由 21 改为 1,001" in event.message
    assert consulted(loader) == 1001


def test_the_correction_counts_also_when_it_is_read_again(loader: Loader) -> None:
    windows(loader, "a.xlsx", 10, "导出时间：2023-04-24 09:00")
    load_inbox(loader)
    send_back(loader, "a.xlsx")
    windows(loader, "b.xlsx", 500)
    load_inbox(loader)
    before = rows(loader, "SELECT as_of, answers, message, status FROM ledger.delivery ORDER BY file_name")
    loader.con.execute("DELETE FROM quality.finding_week")
    assert [event.rows for event in reload_deliveries(loader, "window_weekly", None)] == [2, 2]
    assert rows(loader, "SELECT as_of, answers, message, status FROM ledger.delivery ORDER BY file_name") == before
    assert consulted(loader) == 1001


def test_a_second_file_without_a_time_of_export_is_asked_about_unless_the_correction_was_sent_back_too(
    loader: Loader,
) -> None:
    windows(loader, "a.xlsx", 10, "导出时间：2023-04-24 09:00")
    load_inbox(loader)
    send_back(loader, "a.xlsx")
    windows(loader, "b.xlsx", 500)
    load_inbox(loader)
    windows(loader, "c.xlsx", 700)
    (event,) = load_inbox(loader).events
    assert (event.outcome, event.code) == ("refused", "no_export_time")
    windows(loader, "d.xlsx", 800, "导出时间：2024-01-01 09:00")
    (event,) = load_inbox(loader).events
    assert (event.outcome, event.code) == ("refused", "time_beside_correction")
    send_back(loader, "b.xlsx", "2026-11-02 10:00:00")
    windows(loader, "c.xlsx", 700)
    (event,) = load_inbox(loader).events
    assert event.outcome == "loaded"
    assert consulted(loader) == 1401


def test_what_is_older_than_the_file_that_was_sent_back_is_no_correction_of_it(loader: Loader) -> None:
    windows(loader, "a.xlsx", 10, "导出时间：2023-04-25 09:00")
    load_inbox(loader)
    send_back(loader, "a.xlsx")
    windows(loader, "b.xlsx", 500, "导出时间：2023-04-24 09:00")
    (event,) = load_inbox(loader).events
    assert (event.outcome, event.code) == ("refused", "older_than_sent_back")
    assert "导出于 2023-04-24 09:00，早于第 2023-15 期已退回的“a.xlsx”（导出于 2023-04-25 09:00）" in event.message
    assert consulted(loader) == 21


def test_the_files_of_others_are_not_corrections_of_what_was_sent_back(loader: Loader) -> None:
    windows(loader, "a.xlsx", 10, "导出时间：2023-04-24 09:00")
    windows(loader, "part.xlsx", 40, place="自助机")
    assert outcomes(load_inbox(loader)) == ["loaded", "loaded"]
    send_back(loader, "a.xlsx")
    windows(loader, "part-2.xlsx", 90, place="自助机")
    (event,) = load_inbox(loader).events
    assert (event.outcome, event.code) == ("refused", "no_export_time")


def test_a_decision_among_the_files_is_taken_before_a_question_is_asked(loader: Loader) -> None:
    windows(loader, "a.xlsx", 10, "导出时间：2023-04-24 09:00")
    load_inbox(loader)
    windows(loader, "b.xlsx", 500)
    windows(loader, "c.xlsx", 500, "导出时间：2023-04-24 09:00", place="自助机")
    report = load_inbox(loader, before_questions=lambda: send_back(loader, "a.xlsx"))
    assert [(event.file_name, event.outcome) for event in report.events] == [("c.xlsx", "loaded"), ("b.xlsx", "loaded")]
    assert "按退回后的更正采用" in report.events[1].message


def test_without_such_a_decision_the_question_is_asked_once(loader: Loader) -> None:
    windows(loader, "a.xlsx", 10, "导出时间：2023-04-24 09:00")
    load_inbox(loader)
    windows(loader, "b.xlsx", 500)
    report = load_inbox(loader, before_questions=lambda: None)
    assert [(event.file_name, event.code) for event in report.events] == [("b.xlsx", "no_export_time_beside_one")]
