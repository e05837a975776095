"""Workbooks with more than one export in them: a sheet each, one below the other, or a sheet added each week."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipeline.contracts import load_contracts
from pipeline.ingest.authoring.inspect import inspect_file
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.loader import Loader, make_loader
from pipeline.ingest.inbox.run import load_inbox, pending_weeks
from pipeline.ingest.recognise.match import recognise_again
from pipeline.present.sender.send_back import send_back
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings

CALENDAR = load_calendar()
WINDOWS = ["日期", "窗口名称", "咨询", "受理", "颁发", "流转"]
ROUNDS = ["巡查日期", "巡查项目", "巡查结论", "发现问题数", "情况说明"]
TRAININGS = ["培训日期", "场次编号", "授课部门", "培训主项", "参训人员", "工号", "人员类别"]
Rows = Sequence[Sequence[object]]


@pytest.fixture
def loader(tmp_path: Path) -> Iterator[Loader]:
    home = Settings(home=tmp_path, settle_seconds=0)
    home.inbox.mkdir()
    with duckdb.connect() as con:
        yield make_loader(con, home, CALENDAR, load_contracts(home.contracts))


def windows(issue: int = 15, day: str = "2023-04-17", count: object = 5) -> list[list[object]]:
    return [[f"综窗办件周报（2023年第{issue}期）"], list(WINDOWS), [day, "综窗1", count, 1, 1, 1]]


def rounds(title: str = "大厅巡查记录") -> list[list[object]]:
    return [[title], list(ROUNDS), ["2023-04-17", "防控", "良好", 0, None]]


def put(loader: Loader, name: str = "a.xlsx", **sheets: Rows) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = loader.settings.inbox / name
    book.save(path)
    os.utime(path, (1, 1))
    return path


def took(loader: Loader, weeks: list[str] | None = None) -> list[tuple[str, str, str, int]]:
    return [(one.outcome, one.source, one.week_id, one.rows) for one in load_inbox(loader, weeks).events]


def account(loader: Loader) -> set[tuple[str, str, str, int]]:
    return set(
        loader.con.execute(
            "SELECT source, sheet, reason, sum(row_count)::INT FROM ledger.row_account JOIN ledger.delivery "
            "USING (delivery_id) GROUP BY ALL"
        ).fetchall()
    )


def test_each_sheet_is_loaded_by_its_own_contract_and_shares_the_week_that_another_names(loader: Loader) -> None:
    put(loader, 综窗=windows(), 巡查=rounds(), 说明=[["每周五前报送"]])
    assert took(loader) == [("loaded", "window_weekly", "2023-15", 1), ("loaded", "hall_inspection", "2023-15", 1)]
    assert account(loader) == {
        ("window_weekly", "综窗", "title", 1), ("window_weekly", "综窗", "header", 1),
        ("window_weekly", "综窗", "loaded", 1), ("window_weekly", "说明", "sheet_without_table", 1),
        ("hall_inspection", "巡查", "title", 1), ("hall_inspection", "巡查", "header", 1),
        ("hall_inspection", "巡查", "loaded", 1),
    }  # fmt: skip


@pytest.mark.parametrize("rounds_first", [False, True])
def test_tables_of_two_contracts_on_one_sheet_keep_their_row_numbers(loader: Loader, rounds_first: bool) -> None:
    above, below = (rounds(), windows()) if rounds_first else (windows(), rounds())
    put(loader, 周报=[*above, [], *below])
    assert {one[:2] for one in took(loader)} == {("loaded", "window_weekly"), ("loaded", "hall_inspection")}
    found = loader.con.execute("SELECT row_no FROM raw.window_weekly UNION ALL SELECT row_no FROM raw.hall_inspection")
    assert found.fetchall() == ([(7,), (3,)] if rounds_first else [(3,), (7,)])
    assert sum(rows for *_, rows in account(loader)) == 7


def test_the_same_file_again_is_a_duplicate_of_each_export(loader: Loader) -> None:
    put(loader, 综窗=windows(), 巡查=rounds())
    load_inbox(loader)
    put(loader, 综窗=windows(), 巡查=rounds())
    assert [one[0] for one in took(loader)] == ["duplicate", "duplicate"]
    assert loader.con.execute("SELECT count(*) FROM raw.window_weekly").fetchone() == (1,)


def test_a_workbook_to_which_each_week_adds_a_sheet_loads_only_the_new_one(loader: Loader) -> None:
    put(loader, "a.xlsx", 第14期=windows(14, "2023-04-10"))
    assert took(loader) == [("loaded", "window_weekly", "2023-14", 1)]
    put(loader, "b.xlsx", 第14期=windows(14, "2023-04-10"), 第15期=windows(15))
    assert took(loader) == [("duplicate", "window_weekly", "2023-14", 0), ("loaded", "window_weekly", "2023-15", 1)]


def test_a_sheet_without_its_week_among_sheets_of_different_weeks_is_asked_for(loader: Loader) -> None:
    put(loader, 第14期=windows(14), 第15期=windows(15), 补报=[WINDOWS, ["2023-04-18", "综窗2", 1, 1, 1, 1]])
    report = load_inbox(loader)
    assert [one.outcome for one in report.events] == ["refused"]
    assert "工作表“补报”没有写明是哪一期" in report.events[0].message


def test_a_workbook_that_was_only_saved_again_is_no_new_delivery(loader: Loader) -> None:
    path = put(loader, 综窗=windows())
    load_inbox(loader)
    again = openpyxl.load_workbook(put(loader, "b.xlsx", 综窗=windows()))
    again.properties.creator = "另一人"
    again.save(loader.settings.inbox / "b.xlsx")
    os.utime(loader.settings.inbox / "b.xlsx", (1, 1))
    event = load_inbox(loader).events[0]
    assert (event.outcome, event.message) == ("duplicate", f"只是把已装载的“{path.name}”另存了一份，未重复装载")


def test_an_export_that_is_refused_leaves_the_others_and_comes_in_with_the_corrected_file(loader: Loader) -> None:
    lost = rounds()
    lost[1][1] = "检查的事"
    put(loader, 综窗=windows(), 巡查=lost)
    report = load_inbox(loader)
    assert [one.outcome for one in report.events] == ["loaded", "refused"]
    assert "工作表“巡查”第 2 行的表头：缺少必需的列“巡查项目”" in report.events[1].message
    assert loader.con.execute("SELECT count(*) FROM ledger.delivery WHERE status = 'refused'").fetchone() == (1,)
    put(loader, "b.xlsx", 综窗=windows(), 巡查=rounds())
    assert [one[:2] for one in took(loader)] == [("duplicate", "window_weekly"), ("loaded", "hall_inspection")]


def test_the_original_is_kept_for_each_export_and_nothing_stays_in_the_inbox(loader: Loader) -> None:
    path = put(loader, 综窗=windows(), 巡查=rounds())
    load_inbox(loader)
    kept = [file for file in loader.settings.archive.rglob("*") if file.is_file()]
    assert sorted(file.parent.parent.name for file in kept) == ["hall_inspection", "window_weekly"]
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in kept)
    assert not path.exists()


def test_each_export_is_read_again_when_its_own_contract_changes(loader: Loader) -> None:
    put(loader, 综窗=windows(), 巡查=rounds())
    load_inbox(loader)
    changed = loader.contracts["hall_inspection"].model_copy(update={"version": 2})
    again = Loader(
        loader.con, loader.settings, CALENDAR, {**loader.contracts, "hall_inspection": changed}, loader.codes, b"k" * 32
    )
    assert took(again) == [("loaded", "hall_inspection", "2023-15", 1)]
    assert loader.con.execute("SELECT count(*) FROM raw.hall_inspection").fetchone() == (1,)
    assert loader.con.execute("SELECT count(*) FROM ledger.delivery").fetchone() == (2,)


def test_a_file_waits_for_the_last_of_its_weeks(loader: Loader) -> None:
    put(loader, 第14期=windows(14, "2023-04-10"), 第15期=windows(15))
    assert pending_weeks(loader.settings, CALENDAR, loader.contracts) == ["2023-14", "2023-15"]
    assert [one[0] for one in took(loader, ["2023-14"])] == ["later"]
    assert [one[0] for one in took(loader, ["2023-14", "2023-15"])] == ["loaded", "loaded"]


def test_a_look_says_which_exports_are_in_the_file(loader: Loader) -> None:
    path = put(loader, 周报=[*windows(), [], *rounds()])
    found = inspect_file(path, loader.settings, CALENDAR, loader.contracts)
    assert [(one.source, one.rows) for one in found.exports] == [("window_weekly", 1), ("hall_inspection", 1)]
    assert [[row.row_no for row in sheet.picture] for sheet in found.sheets] == [[1, 2, 3, 4], [5, 6, 7]]
    assert {line.source for line in found.headers} == {"window_weekly", "hall_inspection"}


def test_what_goes_back_to_one_sender_holds_nothing_of_the_other_exports(loader: Loader) -> None:
    training = [
        ["业务培训台账（2023年第15期）"],
        TRAININGS,
        ["2023-04-17", "1", "公安厅", "主项", "王小明", "0001", "综窗"],
    ]
    put(
        loader,
        综窗=windows(count="十二点五"),
        周报=[*windows(count="x")[1:], [], *training],
        名单=[["王小明", "李小红"]],
    )
    load_inbox(loader)
    (copy,) = send_back(loader.con, loader.settings, ["2023-15"], loader.contracts)
    book = openpyxl.load_workbook(copy)
    assert book.sheetnames == ["退回说明", "综窗", "周报"]
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not any("王小明" in cell or "0001" in cell for cell in cells)
    assert book["综窗"]["C3"].comment


def test_an_original_is_read_again_as_the_export_for_which_it_is_kept(loader: Loader) -> None:
    put(loader, 综窗=windows(), 巡查=rounds())
    load_inbox(loader)
    stored = next(path for path in (loader.settings.archive / "hall_inspection").rglob("*") if path.is_file())
    again = recognise_again(stored, loader.settings, CALENDAR, loader.contracts, "a.xlsx")
    assert (again.contract.name, again.week.week_id) == ("hall_inspection", "2023-15")
    others = {name: one for name, one in loader.contracts.items() if name != "hall_inspection"}
    twice = put(loader, 第14期=windows(14), 第15期=windows(15))
    lost = stored.with_name("b.xlsx")
    lost.write_bytes(twice.read_bytes())
    with pytest.raises(RefusedFileError, match="工作簿中不再有第 2023-15 期的“hall_inspection”") as caught:
        recognise_again(lost, loader.settings, CALENDAR, others, "b.xlsx")
    assert caught.value.code == "export_gone"
