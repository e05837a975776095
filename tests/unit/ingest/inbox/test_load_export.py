"""From a recognised file to rows in raw: typed, accounted for, quarantined, or refused with a sentence."""

from __future__ import annotations

import zipfile

import openpyxl
import pytest

from pipeline.ingest.containers.identity import stamp
from pipeline.ingest.inbox.load_export import load_export, text_of
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.recognise.match import recognise
from tests.unit.ingest.inbox.deliveries import SECRETS, account, case, case_file, outcomes, put, rows, volume_file


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


def test_a_key_in_conflict_that_may_be_a_mobile_number_is_masked_in_quarantine(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("13900001111"), case("13900001111", name="不同"), case("A2")))
    load_inbox(loader)
    assert rows(loader, "SELECT row_no, reason, value FROM quarantine.cell ORDER BY 1") == [
        (4, "conflicting_duplicate", "［已脱敏］"),
        (5, "conflicting_duplicate", "［已脱敏］"),
    ]


def test_numbers_of_persons_in_free_text_are_masked_and_never_shown(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1", name="王某13900001111补证")))
    load_inbox(loader)
    assert rows(loader, "SELECT item_name, as_written FROM raw.case_detail") == [("王某［已脱敏］补证", None)]
    assert rows(loader, "SELECT reason, value FROM quarantine.cell") == [("personal_data_masked", None)]


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


def test_only_a_text_is_decoded_while_it_is_hashed(loader: Loader) -> None:
    volume_file(loader.settings.inbox / "a.xlsx")
    text_path = put(loader, "b.csv", case_file(case("A1"), case("A2")))
    (sheets,) = recognise(loader.settings.inbox / "a.xlsx", loader.settings, loader.calendar, loader.contracts)
    (lines,) = recognise(text_path, loader.settings, loader.calendar, loader.contracts)
    with text_of(loader, sheets) as text:
        assert text is None
        assert load_export(loader, sheets, stamp(sheets.path), text) == 3
    with text_of(loader, lines) as text:
        assert text is not None
        assert load_export(loader, lines, stamp(text_path), text) == 2
