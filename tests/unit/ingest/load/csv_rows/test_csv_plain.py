"""A text of numbers and days that is loaded in one pass gives what it gives record by record."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.contracts.model import Contract
from pipeline.ingest.inbox.loader import make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.load.csv_rows import csv_file, csv_plain
from pipeline.ingest.load.sheet_tables import sheet_rows
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings
from tests.many_examples import examples

CALENDAR = load_calendar()
REQUIRED = {"required": True}
FIELDS: list[dict[str, object]] = [
    {"name": "case_no", "title": "办件编号", "constraints": REQUIRED},
    {"name": "department", "title": "部门"},
    {"name": "accepted_on", "title": "受理日期", "type": "date"},
    {"name": "materials", "title": "材料数", "type": "integer", "constraints": {"minimum": 0}},
    {"name": "amount", "title": "金额", "type": "number", "unit": "元", "zeroValues": ["无业务"]},
    {"name": "rate", "title": "好评率", "type": "number", "additive": False, "onError": "null_and_flag"},
]
LABELS = ",".join(str(field["title"]) for field in FIELDS)
TITLE = "市级办件（2023年第15期）"
GOOD = "510000-00000001,公安厅,2023-04-17,3,12.5,0.9812"


def city_case(**changes: object) -> Contract:
    plain: dict[str, object] = {
        "name": "city_case", "title": "市级办件", "version": 1, "delivery": {"kind": "weekly"},
        "titleWords": ["市级办件"], "primaryKey": ["case_no"], "fields": FIELDS,
        "layout": {"totals": [{"label": "合计", "covers": "table"}, {"label": "小计", "covers": "group"}]},
    }  # fmt: skip
    return Contract.model_validate(plain | changes)


CONTRACT = city_case()
QUERIES = {
    "rows": "SELECT * EXCLUDE (delivery_id) FROM raw.city_case ORDER BY row_no",
    "bad": "SELECT row_no, column_name, reason, value, row_disposition FROM quarantine.cell ORDER BY ALL",
    "account": "SELECT disposition, reason, sum(row_count)::INT FROM ledger.row_account GROUP BY ALL ORDER BY ALL",
    "totals": "SELECT row_no, label, column_name, printed_value, computed_value FROM ledger.control_total ORDER BY ALL",
    "messages": "SELECT status, message FROM ledger.delivery",
    "pending": "SELECT count(*) FROM ledger.pending_load",
}


def outcome(content: bytes, contract: Contract = CONTRACT) -> dict[str, Any]:
    with TemporaryDirectory() as folder, duckdb.connect() as con:
        home = Settings(home=Path(folder), settle_seconds=0)
        home.inbox.mkdir()
        (home.inbox / "a.csv").write_bytes(content)
        os.utime(home.inbox / "a.csv", (1, 1))
        loader = make_loader(con, home, CALENDAR, {contract.name: contract})
        events = [(event.outcome, event.message) for event in load_inbox(loader).events]
        return {"events": events, **{what: con.execute(query).fetchall() for what, query in QUERIES.items()}}


def text_of(*rows: str, newline: str = "\n") -> str:
    return newline.join([TITLE, LABELS, *rows]) + newline


def in_one_pass(content: bytes, contract: Contract = CONTRACT) -> tuple[dict[str, Any], list[bool]]:
    """What becomes of a text however short it is, and whether the pass loaded it."""
    loaded: list[bool] = []

    def noted(*arguments: Any) -> bool:
        loaded.append(csv_plain.load_plain(*arguments))
        return loaded[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_plain, "_FEWEST_LINES", 0)
        patch.setattr(csv_file, "load_plain", noted)
        # Sums of rows are looked for in short tables alone.
        patch.setattr(sheet_rows, "sum_rows", lambda *_: {})
        return outcome(content, contract), loaded


def record_by_record(content: bytes, contract: Contract = CONTRACT) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_file, "load_plain", lambda *_: False)
        patch.setattr(sheet_rows, "sum_rows", lambda *_: {})
        return outcome(content, contract)


cells = (
    st.sampled_from(["510000-00000001", "510000-00000002", "A001", "a001", "Ａ００１", "综合窗口1", "13900001111",
                     "NULL", "510101199001011234", "51010119900101123X", "0000-00-00", "'0101", "合计", "注：某",
                     "", " ",
                     "5.1E+17", "上周", "Total", "甲\x00", "\ufffd", '"a""b"']),
    st.sampled_from(["公安厅", "司法厅", "联系人：王小明", "13900001111", " 公安厅", "小计", "本日总数", "", "-",
                     "??厅", "受理部门", "其中：网上", "家长王小明 139 0000 1111", '"甲,乙"']),
    st.sampled_from(["2023-04-17", "2023-04-18", "2023/4/18", "2023-02-30", "45033", "四月", "", "-", "受理日期",
                     "2023-04-17 00:00:00", "2023-04-17 09:00:00", "0000-00-00"]),
    st.sampled_from(["3", "0", "-5", "007", "12.0", "12.000", '"1,234"', "1e3", "", "三", "9223372036854775808",
                     "材料数"]),
    st.sampled_from(["12.5", "12.50", "100.00", "0.0", "12.", ".5", '"1,234.50"', '"1,234"', "无业务", "3.5万", "",
                     "1234567.50", "0.1234567", "-0", "13900001111", "NULL"]),
    st.sampled_from(["0.9812", "0.5", "98.12%", "0.50", "", "好", '"0,611"', "1"]),
)  # fmt: skip
odd_lines = st.sampled_from([
    "", ",,,,,", "  ,,,,,", LABELS, "1,2,3,4,5,6", "合计,,,6,25,", "小计,,,3,12.5,", "公安厅小计,,,3,12.5,",
    "注：由各窗口报送。", "注：由各窗口报送。,,,,,", "合计", "510000-00000009,甲,2023-04-17,3",
    "510000-00000009,甲,2023-04-17,3,1,1,1",
    '510000-00000008,"甲\n乙",2023-04-17,3,1,1', '510000-00000008,"甲', "\x1a", "制表人：某某", "单位：,,,件,元,",
    "510000-00000008,a\\,b,2023-04-17,1,1,1", "办件编号,科室,受理日期,材料数,金额,好评率",
    "部门,咨询,受理,颁发,流转,渠道",
])  # fmt: skip
lines = st.one_of(st.just(GOOD), st.just(GOOD.replace("0001", "0007")), st.tuples(*cells).map(",".join), odd_lines)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=st.lists(lines, max_size=8),
    newline=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-8-sig"]),
    first=st.sampled_from([GOOD, GOOD.replace("公安厅", "司法厅")]),
)
def test_one_pass_gives_what_is_given_record_by_record(
    body: list[str], newline: str, encoding: str, first: str
) -> None:
    content = text_of(first, *body, newline=newline).encode(encoding)
    passed, _ = in_one_pass(content)
    assert passed == record_by_record(content)


def test_plain_rows_are_loaded_in_the_pass_and_the_others_read_where_they_stand() -> None:
    content = text_of(
        GOOD,
        "510000-00000002,司法厅,2023/4/18,４,12.50,98.12%",
        "510000-00000003,公安厅,2023-04-30,x,1,1",
        "510000-00000004,联系人：王小明,2023-04-19,5,7.00,",
        "合计,,,7,32,",
        "注：由各窗口报送。",
    ).encode()
    passed, loaded = in_one_pass(content)
    assert loaded == [True]
    assert passed == record_by_record(content)
    assert [row[1] for row in passed["rows"]] == [3, 4, 6]
    assert passed["rows"][1][8] == {"accepted_on": "2023/4/18", "materials": "４", "amount": "12.50", "rate": "98.12%"}
    assert [row[:3] for row in passed["bad"]] == [(5, "materials", "not_an_integer"),
                                                  (6, "department", "personal_data_masked")]  # fmt: skip
    assert ("set_aside", "note", 1) in passed["account"]
    assert passed["totals"][0][:3] == (7, "合计", "amount")


@pytest.mark.parametrize(
    "row",
    [
        LABELS,  # the header again
        "单位：,,,件,元,",
        '510000-00000002,公安厅,2023-04-17,3,"1,234",0.5',  # a thousand, or a decimal comma
        "510000-00000002,公安厅,2023-04-17,12.000,1,0.5",
        "510000-00000002,公安厅,2023-04-17,3",  # a delimiter too few
        "510000-00000002,公安厅,2023-04-17,3,1,1,1",
        "办件编号,科室,受理日期,材料数,金额,好评率",
    ],
)
def test_a_row_that_may_change_what_others_are_leaves_the_text_to_the_reader_of_sheets(row: str) -> None:
    content = text_of(GOOD, row, GOOD.replace("0001", "0009")).encode()
    passed, loaded = in_one_pass(content)
    assert loaded == [False]
    assert passed == record_by_record(content)


@pytest.mark.parametrize(
    "field",
    [
        {"name": "case_no", "title": "办件编号", "constraints": {"required": True, "pattern": "[0-9-]+"}},
        {"name": "case_no", "title": "办件编号", "personal": "hmac"},
        {"name": "rate", "title": "好评率", "type": "number", "decimals": 2, "additive": False},
        {"name": "department", "title": "部门", "fillDown": True},
        {"name": "accepted_on", "title": "受理日期", "type": "date", "format": "%d.%m.%Y"},
    ],
)
def test_a_contract_whose_cells_sql_cannot_read_is_left_to_the_reader_of_sheets(field: dict[str, object]) -> None:
    contract = city_case(fields=[field if field["name"] == one["name"] else one for one in FIELDS])
    _, loaded = in_one_pass(text_of(GOOD, GOOD.replace("0001", "0002")).encode(), contract)
    assert loaded == [False]


def test_a_text_without_numbers_and_days_is_left_to_the_reader_of_sheets() -> None:
    texts = [{key: value for key, value in field.items() if key in ("name", "title")} for field in FIELDS]
    _, loaded = in_one_pass(text_of(GOOD, GOOD).encode(), city_case(fields=texts))
    assert loaded == [False]


def test_so_is_a_text_of_which_many_rows_are_not_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = [f"510000-{number:08d},公安厅,2023/4/17,1,1,1" for number in range(30)]
    content = text_of(GOOD, *odd).encode()
    monkeypatch.setattr(csv_plain, "_MOST_LEFT", 20)
    passed, loaded = in_one_pass(content)
    assert loaded == [False]
    assert passed == record_by_record(content)
    monkeypatch.setattr(csv_plain, "_MOST_LEFT_OF_TRIED", 20)
    assert in_one_pass(content)[1] == [False]


def test_persons_of_a_column_that_is_dropped_are_found_in_the_texts() -> None:
    name = {"name": "applicant", "title": "申请人", "personal": "drop"}
    contract = city_case(fields=[*FIELDS, name])
    content = (
        f"{TITLE}\n{LABELS},申请人\n{GOOD},王小明\n510000-00000002,请王小明补正,2023-04-17,3,1,0.5,李四光\n"
    ).encode()
    passed, loaded = in_one_pass(content, contract)
    assert loaded == [True]
    assert passed == record_by_record(content, contract)
    assert [row[:3] for row in passed["bad"]] == [(4, "department", "personal_data_left")]


@pytest.mark.parametrize("note", ["甲\u200b乙", "'; DROP", '"', ""])
def test_a_column_of_no_interest_may_hold_anything(note: str) -> None:
    contract = city_case(ignoredLabels=["备注"])
    above = f"{TITLE}\n{LABELS},备注\n"
    cell = note.replace('"', '""""')
    content = f"{above}{GOOD},{cell}\n{GOOD.replace('0001', '0002')},无\n".encode()
    passed, loaded = in_one_pass(content, contract)
    assert loaded == [True]
    assert passed == record_by_record(content, contract)


def test_nothing_of_a_row_that_is_not_plain_is_written_in_clear(tmp_path: Path) -> None:
    home = Settings(home=tmp_path, settle_seconds=0)
    home.inbox.mkdir()
    number_of_person = "510101199001011234"
    content = text_of(GOOD, f"510000-00000002,{number_of_person},2023-04-17,x,1,1")
    (home.inbox / "a.csv").write_text(content, encoding="utf-8")
    os.utime(home.inbox / "a.csv", (1, 1))
    with pytest.MonkeyPatch.context() as patch, duckdb.connect(str(tmp_path / "w.duckdb")) as con:
        patch.setattr(csv_plain, "_FEWEST_LINES", 0)
        load_inbox(make_loader(con, home, CALENDAR, {"city_case": CONTRACT}))
        assert con.execute("SELECT count(*) FROM raw.city_case").fetchall() == [(1,)]
    assert number_of_person.encode() not in (tmp_path / "w.duckdb").read_bytes()
