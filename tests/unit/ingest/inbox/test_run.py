"""From a file in the inbox to rows in raw: recognised, accounted for, superseded, refused with a sentence."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipeline.contracts import load_contracts
from pipeline.ingest.inbox.loader import Loader, LoadReport, make_loader
from pipeline.ingest.inbox.run import load_inbox, pending_weeks
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings

HEADER = (
    "办件编号,实施编码,事项名称,事项类型,受理部门,办件类型,办理形式,申请人类型,申请人姓名,证件号码,联系电话,联系地址,"
    "申请时间,受理时间,承诺办结时间,办结时间,办结结果,满意度,数据状态,更新时间"
)
SECRETS = ("王小明", "510101199001011234", "13900001111", "人民南路一号")


def case(
    number: str,
    accepted: str = "2023-04-17 09:05:00",
    channel: str = "窗口",
    department: str = "公安厅",
    updated: str = "2023-04-17 09:05:00",
    name: str = "企业设立登记",
) -> str:
    person = ",".join(SECRETS)
    return (
        f"{number},5101,{name},行政许可,{department},承诺件,{channel},自然人,{person},"
        f"{accepted},{accepted},2023-05-01 00:00:00,,,,I,{updated}"
    )


def case_file(*rows: str, issue: int = 15, span: str = "2023-04-15 至 2023-04-21", exported: str = "2023-04-24") -> str:
    above = [f"省本级办件明细（2023年第{issue}期）,模拟数据", f"统计时间：{span},导出时间：{exported} 09:12:33"]
    return "\r\n".join([*above, HEADER, *rows]) + "\r\n"


def volume_file(path: Path, total: int = 15, exported: str = "2023-04-24 09:00") -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["省本级政务服务事项受理办结统计表（2023年第15期）"],
        [f"统计时间：2023-04-15 至 2023-04-21 单位：件 导出时间：{exported}"],
        ["序号", "部门", "事项类型", "受理", None, "办结", None],
        [None, None, None, "本周", "累计", "本周", "累计"],
        [1, "公安厅", "行政许可", 10, "1,234", 9, 1200],
        [None, None, "公共服务", 5, 6, 7, 8],
        [None, "小计", None, 15, 1240, 16, 1208],
        [2, "司法厅", "无业务", "-", "-", "-", "-"],
        [None, "合计", None, total, 1240, 16, 1208],
        ["注：本表为测试。"],
    ):
        sheet.append(row)
    book.save(path)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "home")
    made.inbox.mkdir(parents=True)
    return made


@pytest.fixture
def loader(settings: Settings) -> Iterator[Loader]:
    with duckdb.connect() as con:
        yield make_loader(con, settings, load_calendar(), load_contracts(settings.contracts_dir))


def put(loader: Loader, name: str, text: str, encoding: str = "gb18030") -> Path:
    path = loader.settings.inbox / name
    path.write_bytes(text.encode(encoding))
    return path


def rows(loader: Loader, sql: str) -> list[tuple[object, ...]]:
    return loader.con.execute(sql).fetchall()


def account(loader: Loader) -> dict[str, int]:
    return dict(rows(loader, "SELECT reason, sum(row_count)::INT FROM ledger.row_account GROUP BY reason"))  # type: ignore[arg-type]


def outcomes(report: LoadReport) -> list[str]:
    return [event.outcome for event in report.events]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_a_case_file_is_loaded_in_any_encoding_without_personal_columns(loader: Loader, encoding: str) -> None:
    put(loader, "a.csv", case_file(case("A1"), case("A2"), case("䶮3")), encoding)
    assert outcomes(load_inbox(loader)) == ["loaded"]
    assert rows(loader, "SELECT row_no, case_no FROM raw.case_detail ORDER BY row_no") == [
        (4, "A1"), (5, "A2"), (6, "䶮3"),
    ]  # fmt: skip
    everything = str(rows(loader, "FROM raw.case_detail")) + str(rows(loader, "FROM ledger.delivery"))
    assert not any(secret in everything for secret in SECRETS)


def test_rejected_lines_are_read_again_or_quarantined_and_rows_keep_their_numbers(loader: Loader) -> None:
    put(
        loader,
        "a.csv",
        case_file(
            case("A1"), case("A2", "2023/4/17 9:05"), case("A3", "2023-02-30 09:00:00"), case("A4") + ",x", case("A5")
        ),
    )
    load_inbox(loader)
    found = rows(loader, "SELECT row_no, case_no, as_written['accepted_at'] FROM raw.case_detail ORDER BY row_no")
    assert found == [(4, "A1", None), (5, "A2", "2023/4/17 9:05"), (8, "A5", None)]
    bad = rows(loader, "SELECT DISTINCT row_no, reason FROM quarantine.cell ORDER BY row_no")
    assert bad == [(6, "not_a_datetime"), (7, "wrong_column_count")]
    assert account(loader) == {"title": 2, "header": 1, "loaded": 3, "not_a_datetime": 1, "wrong_column_count": 1}


def test_line_breaks_in_quotes_and_blank_lines_take_the_careful_path_with_the_same_result(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1", name='"企业\n设立"'), "", case("A2", channel="自助终端"), case("A3")))
    load_inbox(loader)
    assert rows(loader, "SELECT row_no, case_no, channel FROM raw.case_detail ORDER BY row_no") == [
        (4, "A1", "窗口"), (7, "A2", None), (8, "A3", "窗口"),
    ]  # fmt: skip
    assert account(loader) == {"title": 2, "header": 1, "loaded": 3, "blank": 1}


def test_unknown_codes_leave_the_cell_or_the_row_out_as_the_contract_says(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1", channel="自助终端"), case("A2", department="火星厅"), case("A3")))
    load_inbox(loader)
    assert rows(loader, "SELECT case_no, channel, as_written FROM raw.case_detail ORDER BY 1") == [
        ("A1", None, {"channel": "自助终端"}), ("A3", "窗口", None),
    ]  # fmt: skip
    assert rows(loader, "SELECT row_no, column_name, value, row_disposition FROM quarantine.cell ORDER BY 1") == [
        (4, "channel", "自助终端", "loaded"), (5, "department", "火星厅", "quarantined"),
    ]  # fmt: skip


@pytest.mark.parametrize("hashes_at_once", [8_000_000, 2])
def test_of_one_key_the_latest_row_stays_and_a_tie_is_quarantined(
    loader: Loader, monkeypatch: pytest.MonkeyPatch, hashes_at_once: int
) -> None:
    monkeypatch.setattr("pipeline.ingest.load.accept._HASHES_AT_ONCE", hashes_at_once)
    put(
        loader,
        "a.csv",
        case_file(
            case("A1"),
            case("A1"),
            case("A2", updated="2023-04-18 10:00:00"),
            case("A2"),
            case("A3"),
            case("A3", name="不同"),
        ),
    )
    load_inbox(loader)
    assert rows(loader, "SELECT row_no, case_no FROM raw.case_detail ORDER BY 1") == [(4, "A1"), (6, "A2")]
    reasons = account(loader)
    assert (reasons["duplicate_row"], reasons["superseded_in_file"], reasons["conflicting_duplicate"]) == (1, 1, 2)


def test_numbers_of_persons_in_free_text_are_masked_and_never_shown(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1", name="王某13900001111补证")))
    load_inbox(loader)
    assert rows(loader, "SELECT item_name, as_written FROM raw.case_detail") == [("王某［已脱敏］补证", None)]
    assert rows(loader, "SELECT reason, value FROM quarantine.cell") == [("personal_data_masked", None)]


def test_the_same_bytes_again_are_a_duplicate_and_nothing_is_loaded_twice(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1")))
    load_inbox(loader)
    put(loader, "b.csv", case_file(case("A1")))
    report = load_inbox(loader)
    assert outcomes(report) == ["duplicate"]
    assert "a.csv" in report.events[0].message
    assert rows(loader, "SELECT count(*) FROM raw.case_detail") == [(1,)]
    assert not list(loader.settings.inbox.iterdir())


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
    put(loader, "b.csv", case_file(case("A2")))
    report = load_inbox(loader)
    assert outcomes(report) == ["loaded", "refused"]
    assert "导出时间也相同，但内容不同，无法判断以哪份为准" in report.events[1].message
    assert rows(loader, "SELECT case_no FROM raw.case_detail JOIN ledger.current_delivery USING (delivery_id)") == [
        ("A1",)
    ]
    put(loader, "c.csv", case_file(case("A2"), exported="2023-04-25"))
    assert outcomes(load_inbox(loader)) == ["loaded"]
    assert rows(loader, "SELECT file_name FROM ledger.current_delivery") == [("c.csv",)]


def test_of_two_files_without_an_export_time_the_second_counts_once_it_has_one(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1")).replace("导出时间", "时间"))
    put(loader, "b.csv", case_file(case("A2")).replace("导出时间", "时间"))
    refused = load_inbox(loader).of("refused")[0]
    assert "都没有写导出时间" in refused.message
    put(loader, "b.csv", "导出时间：2023-04-25 09:00\r\n" + case_file(case("A2")).replace("导出时间", "时间"))
    assert outcomes(load_inbox(loader)) == ["loaded"]
    assert rows(loader, "SELECT file_name FROM ledger.current_delivery") == [("b.csv",)]


def test_what_was_loaded_counts_on_when_the_contracts_of_today_refuse_the_same_file(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1")))
    load_inbox(loader)
    others = {"hall_inspection": loader.contracts["hall_inspection"]}
    put(loader, "a.csv", case_file(case("A1")))
    assert outcomes(load_inbox(replace(loader, contracts=others))) == ["refused"]
    assert rows(loader, "SELECT source, status FROM ledger.delivery") == [("case_detail", "current")]
    put(loader, "a.csv", case_file(case("A1")))
    assert outcomes(load_inbox(loader)) == ["duplicate"]
    assert rows(loader, "SELECT case_no FROM raw.case_detail") == [("A1",)]


def test_a_workbook_is_laid_out_typed_and_its_printed_totals_compared(loader: Loader) -> None:
    volume_file(loader.settings.inbox / "随便什么名字.xlsx", total=16)
    load_inbox(loader)
    assert rows(loader, "SELECT row_no, department, power_type, accepted_ytd FROM raw.item_volume ORDER BY 1") == [
        (5, "公安厅", "行政许可", 1234), (6, "公安厅", "公共服务", 6), (8, "司法厅", "无业务", None),
    ]  # fmt: skip
    wrong = "SELECT label, column_name, printed_value::INT, computed_value::INT FROM ledger.control_total "
    assert rows(loader, wrong + "WHERE difference <> 0") == [("合计", "accepted_week", 16, 15)]
    assert account(loader) == {"title": 2, "header": 2, "loaded": 3, "total": 2, "note": 1}


def test_a_renamed_required_column_is_refused_with_the_line_to_paste(loader: Loader) -> None:
    path = loader.settings.inbox / "a.xlsx"
    volume_file(path)
    book = openpyxl.load_workbook(path)
    book.active["B3"] = "部门称谓"  # type: ignore[index]
    book.save(path)
    report = load_inbox(loader)
    assert outcomes(report) == ["refused"]
    assert "缺少必需的列“部门”" in report.events[0].message
    assert "部门称谓]" in report.events[0].message


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的"),
        (b"\x00\x01\x02\x03", "格式无法识别"),
        (b"PK\x03\x04half", "文件不完整"),
        (b"<html><body>404</body></html>", "网页里没有表格"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        ("姓名,成绩\n甲,90\n".encode(), "没有合同"),
        (b"\xff\xfeab", "没有合同"),
    ],
)
def test_what_cannot_be_read_is_refused_with_one_sentence_and_the_rest_goes_on(
    loader: Loader, content: bytes, sentence: str
) -> None:
    (loader.settings.inbox / "坏.xlsx").write_bytes(content)
    put(loader, "好.csv", case_file(case("A1")))
    report = load_inbox(loader)
    assert sorted(outcomes(report)) == ["loaded", "refused"]
    assert sentence in report.of("refused")[0].message
    assert rows(loader, "SELECT count(*) FROM ledger.delivery WHERE status = 'refused'") == [(1,)]


def test_a_workbook_that_unpacks_beyond_the_limit_is_not_opened(loader: Loader) -> None:
    path = loader.settings.inbox / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (3 << 20))
    small = loader.settings.model_copy(update={"max_unpacked_mb": 2})
    report = load_inbox(Loader(loader.con, small, loader.calendar, loader.contracts, loader.codes, loader.person_key))
    assert "超过上限" in report.events[0].message


def test_one_line_that_does_not_decode_is_quarantined_alone(loader: Loader) -> None:
    text = case_file(*[case(f"A{number}") for number in range(4000)]).encode("gb18030")
    (loader.settings.inbox / "a.csv").write_bytes(text[:-3] + b"\xff\xff\r\n")
    assert outcomes(load_inbox(loader)) == ["loaded"]
    assert rows(loader, "SELECT row_no, column_name, reason FROM quarantine.cell") == [
        (4003, "updated_at", "not_a_datetime")
    ]
    assert rows(loader, "SELECT count(*) FROM raw.case_detail") == [(3999,)]
    assert not list(loader.settings.work.iterdir())


def test_text_of_which_many_lines_do_not_decode_is_refused_with_the_place(loader: Loader) -> None:
    text = case_file(*[case(f"A{number}") for number in range(4000)]).encode("gb18030")
    middle = text.index("A3000".encode("gb18030"))
    (loader.settings.inbox / "a.csv").write_bytes(text[:middle] + text[middle:].replace(b"I,", b"\xff,"))
    report = load_inbox(loader)
    assert outcomes(report) == ["refused"]
    assert f"第 {text.index(b'I,', middle) + 1:,} 字节附近" in report.events[0].message
    assert not list(loader.settings.work.iterdir())


def test_title_and_period_that_contradict_each_other_are_refused(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1"), issue=14))
    assert "请核对" in load_inbox(loader).events[0].message


def test_lock_files_are_set_aside_once_and_left_where_they_are(loader: Loader) -> None:
    put(loader, "~$x.xlsx", "x")
    assert outcomes(load_inbox(loader)) == ["set_aside"]
    assert outcomes(load_inbox(loader)) == []
    assert (loader.settings.inbox / "~$x.xlsx").exists()


def test_files_of_other_weeks_wait_in_the_inbox(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1")))
    assert pending_weeks(loader.settings, loader.calendar, loader.contracts) == ["2023-15"]
    assert outcomes(load_inbox(loader, ["2023-14"])) == ["later"]
    assert (loader.settings.inbox / "a.csv").exists()


def test_originals_are_archived_privately_under_names_that_come_from_content(loader: Loader) -> None:
    put(loader, "a;rm -rf ..%2f..%2fetc.csv", case_file(case("A1")))
    load_inbox(loader)
    stored = [path for path in loader.settings.archive.rglob("*") if path.is_file()]
    assert [path.parent.relative_to(loader.settings.archive).as_posix() for path in stored] == ["case_detail/2023-15"]
    assert stat.S_IMODE(stored[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(loader.settings.archive.stat().st_mode) == 0o700


def test_a_load_that_was_killed_before_archiving_is_finished_not_repeated(loader: Loader) -> None:
    text = case_file(case("A1"))
    put(loader, "a.csv", text)
    load_inbox(loader)
    stored = next(path for path in loader.settings.archive.rglob("*") if path.is_file())
    stored.rename(loader.settings.inbox / "a.csv")
    report = load_inbox(loader)
    assert report.events[0].message == "上次运行已装载，本次补做归档"
    assert stored.exists()
    assert rows(loader, "SELECT count(*) FROM ledger.arrival WHERE outcome = 'duplicate'") == [(0,)]


def test_rows_are_found_where_earlier_ones_have_made_room(loader: Loader) -> None:
    """What stands before a delivery's rows may move up when a checkpoint takes away the places of deleted rows."""
    for issue, span in ((14, "2023-04-08 至 2023-04-14"), (15, "2023-04-15 至 2023-04-21")):
        many = [case(f"{issue}-{at}") for at in range(3000)]
        put(loader, "a.csv", case_file(*many, case(f"{issue}-x", "2023/4/17 9:05"), issue=issue, span=span))
        load_inbox(loader)
    loader.con.execute("DELETE FROM raw.case_detail WHERE case_no LIKE '14-%'; CHECKPOINT")
    put(loader, "a.csv", case_file(case("B1"), case("B2", channel="自助终端"), case("B1"), exported="2023-04-25"))
    load_inbox(loader)
    assert rows(loader, "SELECT row_no, case_no, channel FROM raw.case_detail WHERE case_no LIKE 'B%' ORDER BY 1") == [
        (4, "B1", "窗口"), (5, "B2", None),
    ]  # fmt: skip
    assert rows(loader, "SELECT count(*) FROM raw.case_detail") == [(3003,)]


def test_a_changed_contract_reads_the_archive_again(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1", department="火星厅")))
    load_inbox(loader)
    wider = {**loader.codes, "department": loader.codes["department"] | {"火星厅"}}
    again = Loader(loader.con, loader.settings, loader.calendar, loader.contracts, wider, loader.person_key)
    assert [event.file_name for event in load_inbox(again).of("loaded")] == ["a.csv"]
    assert rows(loader, "SELECT count(*) FROM raw.case_detail") == [(1,)]
    assert rows(loader, "SELECT count(*) FROM quarantine.cell") == [(0,)]
    assert outcomes(load_inbox(again)) == []
