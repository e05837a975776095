"""CSV in one typed pass: every row in its place, whatever else the file holds, and nothing of a load that failed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.contracts import load_contracts
from pipeline.contracts.model import Contract, Field, FieldType
from pipeline.ingest.cells.dates import Context
from pipeline.ingest.cells.read_cell import read_text
from pipeline.ingest.inbox.loader import Loader, make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.load import ledger, pending
from pipeline.ingest.load.csv_rows import csv_file, csv_typed
from pipeline.ingest.load.csv_rows.csv_fixes import is_doubtful
from pipeline.ingest.load.csv_rows.typed_pass import TypedPass
from pipeline.ingest.tables.csv_table import find_table
from pipeline.ingest.text import utf8_source
from pipeline.ingest.text.lines import LineCount, irregular_lines, lines_at, starts_of
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import PROJECT_ROOT, Settings
from tests.many_examples import examples
from tests.unit.ingest.load import tiny_cases

CONTRACTS = load_contracts(PROJECT_ROOT / "pipeline" / "contracts")
CALENDAR = load_calendar()
LABELS = [field.title for field in CONTRACTS["case_detail"].fields]
GOOD = dict.fromkeys(LABELS, "") | {
    "实施编码": "5101", "事项名称": "企业设立", "事项类型": "行政许可", "受理部门": "公安厅", "办件类型": "即办件",
    "办理形式": "窗口", "申请人姓名": "王小明", "受理时间": "2023-04-17 09:05:00", "数据状态": "I",
    "更新时间": "2023-04-17 09:05:00",
}  # fmt: skip


@pytest.fixture
def loader(tmp_path: Path) -> Iterator[Loader]:
    home = Settings(home=tmp_path)
    home.inbox.mkdir()
    with duckdb.connect(str(tmp_path / "w.duckdb")) as con:
        yield make_loader(con, home, CALENDAR, CONTRACTS)


def record(**cells: str) -> list[str]:
    return list((GOOD | cells).values())


def written(records: list[list[str]], newline: str = "\n") -> str:
    text = io.StringIO(newline="")
    text.write(f"办件明细（2023年第15期）{newline}")
    csv.writer(text, lineterminator=newline).writerows([LABELS, *records])
    return text.getvalue()


def put(loader: Loader, text: str, encoding: str = "utf-8", name: str = "a.csv") -> None:
    (loader.settings.inbox / name).write_bytes(text.encode(encoding))


def places(loader: Loader) -> list[tuple[int, str]]:
    return loader.con.execute("SELECT row_no, case_no FROM raw.case_detail ORDER BY row_no").fetchall()


kinds = st.sampled_from(
    ["good", "good", "good", "bad date", "other date", "short", "blank", "delimiters", "several lines", "quoted"]
)


def damaged(number: int, kind: str) -> list[str]:
    row = record(办件编号=f"A{number}")
    if kind == "bad date":
        row = record(办件编号=f"A{number}", 受理时间="2023-02-30 09:00:00")
    elif kind == "other date":
        row = record(办件编号=f"A{number}", 受理时间="2023年4月17日", 申请人姓名="王\n小明" if number % 2 else "")
    elif kind == "several lines":
        row = record(办件编号=f"A{number}", 申请人姓名="王\n\n小明", 事项名称="上\r\n下")
    elif kind == "quoted":
        row = record(办件编号=f"A{number}", 事项名称='说"好",就好')
    return {"short": row[:5], "blank": [], "delimiters": [""] * len(LABELS)}.get(kind, row)


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    chosen=st.lists(st.tuples(kinds, st.integers(1, 40)), min_size=1, max_size=12),
    newline=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    part=st.sampled_from([1 << 10, 48 << 20]),
    is_ended=st.booleans(),
)
@example([("bad date", 40), ("good", 40), ("bad date", 40)], "\n", "utf-8", 1 << 10, True)
def test_every_row_stands_on_the_line_where_pythons_reader_finds_it(
    chosen: list[tuple[str, int]], newline: str, encoding: str, part: int, is_ended: bool
) -> None:
    wanted = [kind for kind, times in chosen for _ in range(times)]
    text = written([damaged(number, kind) for number, kind in enumerate(wanted)], newline)
    if not is_ended and wanted[-1] != "blank":
        text = text.removesuffix(newline)
    reader = csv.reader(io.StringIO(text, newline=""))
    expected, begins = [], 1
    for cells in reader:
        if len(cells) == len(LABELS) and cells[0].startswith("A") and "02-30" not in cells[13]:
            expected.append((begins, cells[0]))
        begins = reader.line_num + 1
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch, duckdb.connect() as con:
        patch.setattr(utf8_source, "PART_CHARACTERS", part)
        patch.setattr(utf8_source, "_BLOCK", 512)
        patch.setattr(pending, "_ROWS_AT_ONCE", 30)
        patch.setattr(csv_file, "_read_all", None)  # not even for one file
        home = Settings(home=Path(folder))
        home.inbox.mkdir()
        (home.inbox / "a.csv").write_bytes(text.encode(encoding))
        load_inbox(make_loader(con, home, CALENDAR, CONTRACTS))
        found = con.execute("SELECT row_no, case_no FROM raw.case_detail ORDER BY row_no").fetchall()
        bad = con.execute("SELECT count(DISTINCT row_no) FROM quarantine.cell").fetchone()
        accounted = con.execute("SELECT sum(row_count)::INT FROM ledger.row_account").fetchone()
    assert found == expected
    assert bad == (sum(kind in ("bad date", "short") for kind in wanted),)
    assert accounted == (2 + len(wanted),)


ODD = (
    "", " ", "A1", "A2", '="0001"', "'0012", "5.1E+17", "??", "—", "无", "#REF!", "公安 厅", "火星厅", "行政许可",
    "2023/4/17 9:05", "20230417093000", "2023-02-30 00:00:00", "45033.5", "2023-04-17 24:00:00", "2023-04-17", "1e400",
    "2023-04-17 09:05:00.123", "王\n五", "王,五", '王"五', "x13912345678y", "510101199001011234", "A1\t", "\x01m",
    "\ufdd0x", "窗口", "\x00", "é", "a\r\nb", "　", "A1\u200b", "\ufeff公安厅", "\xad", "5.1E17", "×Û´°", "怎么??",
    "——", "2023-04-17T01:05:00Z", "2023年4月17日9时5分", "4.2", "注：某", "合计", "制表人：某某",
)  # fmt: skip
SCRAPS = ['"', ",", "\n", "\r", '""', "\x00", "\ufffd", "\ufeff"]
odd_rows = st.lists(
    st.tuples(st.sampled_from(["A1", "A2", "A3"]), st.dictionaries(st.sampled_from(LABELS), st.sampled_from(ODD))),
    min_size=1,
    max_size=8,
)


def outcome_of(text: str, encoding: str, *, is_typed: bool, is_sampled: bool = True) -> list[list[str]]:
    """Rows, cell problems and row account of a file read in one typed pass or record by record.

    The typed pass keeps no trace of how nothing, or a timestamp with blanks or without leading zeros, was written.
    """
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch, duckdb.connect() as con:
        if not is_typed:
            patch.setattr(csv_file, "_load_typed", unaccounted)
        if not is_sampled:
            patch.setattr(csv_typed, "sampled", lambda path: ())
        home = Settings(home=Path(folder), settle_seconds=0)
        home.inbox.mkdir()
        (home.inbox / "a.csv").write_bytes(text.encode(encoding))
        report = load_inbox(make_loader(con, home, CALENDAR, CONTRACTS))
        rows = con.execute(
            "SELECT * EXCLUDE (delivery_id, as_written), as_written FROM raw.case_detail ORDER BY row_no"
        ).fetchall()
        problems = con.execute("SELECT * EXCLUDE delivery_id FROM quarantine.cell ORDER BY ALL").fetchall()
        account = con.execute("SELECT * EXCLUDE delivery_id FROM ledger.row_account ORDER BY ALL").fetchall()
    shown = [(*row[:-1], {at: text for at, text in (row[-1] or {}).items() if _shows(at, text)}) for row in rows]
    events = [(event.outcome, event.message) for event in report.events]
    return [[repr(one) for one in found] for found in (events, shown, problems, account)]


def unaccounted(*_: object) -> None:
    raise csv_typed.UnaccountedError


def _shows(name: str, text: str) -> bool:
    contract = CONTRACTS["case_detail"]
    is_moment = next(one for one in contract.fields if one.name == name).type is FieldType.DATETIME
    return text not in contract.missing_values and not is_moment


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=odd_rows,
    scraps=st.lists(st.tuples(st.floats(0, 1), st.sampled_from(SCRAPS)), max_size=2),
    newline=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "gb18030"]),
    is_sampled=st.booleans(),
)
@example(
    rows=[("A1", {"受理部门": "火星厅", "申请人类型": "火星人"})],
    scraps=[],
    newline="\n",
    encoding="utf-8",
    is_sampled=True,
)
@example(rows=[("A1", {"数据状态": "\x01m"})], scraps=[], newline="\n", encoding="utf-8", is_sampled=True)
@example(
    rows=[("A1", {}), ("—", dict.fromkeys(LABELS, "—")), ("A2", {"满意度": "/", "办结时间": "-"})],
    scraps=[],
    newline="\n",
    encoding="utf-8",
    is_sampled=False,
)
@example(rows=[("——", {})], scraps=[], newline="\n", encoding="utf-8", is_sampled=True)
@example(rows=[("A1", {}), (" —　", {"受理时间": "——"})], scraps=[], newline="\n", encoding="utf-8", is_sampled=False)
@example(
    rows=[("A1", {"办件编号": "", "事项名称": "2023-04-17 09:05:00.123", "事项类型": "a\r\nb"})],
    scraps=[(0.25, '"')],
    newline="\n",
    encoding="utf-8",
    is_sampled=True,
)
def test_one_typed_pass_gives_what_reading_record_by_record_gives(
    rows: list[tuple[str, dict[str, str]]],
    scraps: list[tuple[float, str]],
    newline: str,
    encoding: str,
    is_sampled: bool,
) -> None:
    text = written([record(**{"办件编号": key, **cells}) for key, cells in rows], newline)
    body = text.index(LABELS[-1]) + len(LABELS[-1])
    for share, scrap in scraps:
        at = body + int(share * (len(text) - body))
        text = text[:at] + scrap + text[at:]
    at_once = outcome_of(text, encoding, is_typed=True, is_sampled=is_sampled)
    assert at_once == outcome_of(text, encoding, is_typed=False)


def test_a_mark_of_nothing_that_one_field_takes_for_a_value_stays_one(tmp_path: Path) -> None:
    keyed = CONTRACTS["case_detail"]
    fields = tuple(
        one.model_copy(update={"missing_values": ("",)}) if one.name == "item_name" else one for one in keyed.fields
    )
    changed = {**CONTRACTS, "case_detail": keyed.model_copy(update={"fields": fields})}
    home = Settings(home=tmp_path)
    home.inbox.mkdir()
    (home.inbox / "a.csv").write_text(written([record(办件编号="A1", 事项名称="—", 实施编码="51")]), "utf-8")
    with duckdb.connect() as con:
        load_inbox(make_loader(con, home, CALENDAR, changed))
        assert con.execute("SELECT item_name FROM raw.case_detail").fetchall() == [("—",)]


@pytest.mark.slow
def test_rejects_in_the_middle_of_a_million_rows_leave_every_number_right(loader: Loader) -> None:
    rows, every = 1_000_000, 9_973
    good = ",".join(record(办件编号="%s"))
    lines = [
        (good % f"A{number}").replace("2023-04-17 09:05:00", "2023-04-17", 1) if number % every == 0
        else good.replace(",窗口,", ",窗口,,").removesuffix(",") % f"A{number}" if number % every == 1
        else good % f"A{number}"
        for number in range(rows)
    ]  # fmt: skip
    put(loader, written([]) + "\n".join(lines))
    load_inbox(loader)
    wrong = loader.con.execute("SELECT count(*) FROM raw.case_detail WHERE case_no <> 'A' || (row_no - 3)").fetchone()
    assert wrong == (0,)
    rejected = len(range(1, rows, every))
    assert loader.con.execute("SELECT count(*) FROM raw.case_detail").fetchone() == (rows - rejected,)
    assert loader.con.execute("SELECT count(*) FROM quarantine.cell").fetchone() == (rejected,)


def test_a_text_is_decoded_in_parts_that_end_with_a_record(tmp_path: Path) -> None:
    text = written([record(办件编号=f"䶮{number}", 事项名称='上"\n下') for number in range(120)], "\r\n")
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode("gb18030"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(utf8_source, "_BLOCK", 100)
        source = utf8_source.TextSource(path, "gb18030", tmp_path, part_characters=700)
        found = []
        for part in source.parts():
            found.append(part.path.read_bytes().decode("utf-8"))
            assert part.path.stat().st_mode & 0o777 == 0o600
            assert part.physical_lines == found[-1].count("\n")
    assert "".join(found) == text
    assert len(found) > 3
    assert all(piece.endswith("\n") and piece.count('"') % 2 == 0 for piece in found)
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_lines_that_end_with_a_lone_return_are_read_in_parts_too(
    loader: Loader, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(utf8_source, "PART_CHARACTERS", 2 << 10)
    monkeypatch.setattr(utf8_source, "_BLOCK", 99)
    monkeypatch.setattr(utf8_source.TextSource, "whole", None)
    text = written([record(办件编号=f"A{number}") for number in range(90)], "\r")
    (loader.settings.inbox / "a.csv").write_bytes(text.encode(encoding))
    load_inbox(loader)
    assert places(loader) == [(number + 3, f"A{number}") for number in range(90)]


def test_a_text_that_nobody_reads_in_the_end_leaves_no_working_copy(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(written([record(办件编号=f"A{number}") for number in range(2000)]).encode("gb18030"))
    with utf8_source.TextSource(path, "gb18030", tmp_path, part_characters=4 << 10) as source:
        next(source.parts())
        assert list(tmp_path.glob("text.*"))
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


@given(
    earlier=st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3)), max_size=5),
    gone=st.sets(st.sampled_from("abc")),
)
def test_no_row_of_another_delivery_is_taken_for_ones_own(earlier: list[tuple[str, int]], gone: set[str]) -> None:
    contract = CONTRACTS["case_detail"]
    with duckdb.connect() as con:
        ledger.prepare(con, [contract])
        for delivery_id, rows in earlier:
            con.execute("INSERT INTO raw.case_detail (delivery_id) SELECT ? FROM range(?)", [delivery_id, rows])
        con.execute("DELETE FROM raw.case_detail WHERE list_contains(?, delivery_id)", [sorted(gone)])
        own = pending.PendingRows(con, contract, "own")
        own.begin()
        con.execute("INSERT INTO raw.case_detail (delivery_id) SELECT 'own' FROM range(2)")
        con.execute("CHECKPOINT")
        assert con.execute(f"SELECT delivery_id FROM raw.case_detail WHERE {own.mine}").fetchall() == [("own",)] * 2


def test_bytes_that_do_not_decode_end_the_parts_and_the_load_begins_again(loader: Loader) -> None:
    content = written([record(办件编号=f"A{number}") for number in range(4000)]).encode("gb18030")
    (loader.settings.inbox / "a.csv").write_bytes(content.replace(b"A3999,51", b"A3999,\xff1"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(utf8_source, "PART_CHARACTERS", 4 << 10)
        patch.setattr(utf8_source, "_BLOCK", 1 << 10)
        load_inbox(loader)
    assert len(places(loader)) == 3999
    assert loader.con.execute("SELECT row_no, column_name, reason FROM quarantine.cell").fetchall() == [
        (4002, "item_code", "text_lost")
    ]
    assert not list(loader.settings.work.iterdir())


def test_utf_8_of_which_many_lines_do_not_decode_is_refused_like_any_other_text(loader: Loader) -> None:
    content = written([record(办件编号=f"A{number}", 事项名称="企业登记") for number in range(4000)]).encode()
    begin = content.index(b"A3000")
    (loader.settings.inbox / "a.csv").write_bytes(content[:begin] + content[begin:].replace("登".encode(), b"\xff"))
    (event,) = load_inbox(loader).events
    assert "行）不符合 UTF-8 编码，共有 1,000 行这样" in event.message
    assert places(loader) == []


def lost_table(*_: object) -> None:
    raise duckdb.CatalogException("what is no fault of the file stops the run")


def test_a_load_that_fails_leaves_no_row_behind(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    put(loader, written([record(办件编号="A1")]))
    monkeypatch.setattr("pipeline.ingest.load.ledger.record_delivery", lost_table)
    with pytest.raises(duckdb.CatalogException):
        load_inbox(loader)
    assert places(loader) == []
    assert loader.con.execute("FROM ledger.pending_load").fetchall() == []


def test_rows_of_a_run_that_was_killed_are_gone_at_the_next_start(loader: Loader) -> None:
    put(loader, written([record(办件编号="A1")]))
    load_inbox(loader)
    loader.con.execute("INSERT INTO ledger.pending_load VALUES ('feedfeedfeedfeed', 'case_detail')")
    loader.con.execute("INSERT INTO raw.case_detail (delivery_id, case_no) VALUES ('feedfeedfeedfeed', 'B1')")
    make_loader(loader.con, loader.settings, CALENDAR, CONTRACTS)
    assert places(loader) == [(3, "A1")]


def test_a_delivery_read_again_counts_on_where_the_second_reading_fails(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(loader, written([record(办件编号="A1"), record(办件编号="A2", 受理部门="火星厅")]))
    load_inbox(loader)
    wider = {**loader.codes, "department": loader.codes["department"] | {"火星厅"}}
    again = Loader(loader.con, loader.settings, CALENDAR, CONTRACTS, wider, loader.person_key)
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.ingest.load.ledger.record_delivery", lost_table)
        with pytest.raises(duckdb.CatalogException):
            load_inbox(again)
    assert places(loader) == [(3, "A1")]
    assert loader.con.execute("SELECT count(*) FROM quarantine.cell").fetchone() == (1,)
    load_inbox(again)
    assert places(loader) == [(3, "A1"), (4, "A2")]


@pytest.mark.parametrize(("last", "problems"), [("x", [(6, "wrong_column_count")]), (" ", []), ("\x1a", [])])
def test_a_last_line_of_one_character_without_a_line_feed_is_read_where_it_stands(
    loader: Loader, last: str, problems: list[tuple[int, str]]
) -> None:
    put(loader, written([record(办件编号=f"A{number}") for number in range(3)]) + last)
    load_inbox(loader)
    assert loader.con.execute("SELECT row_no, reason FROM quarantine.cell").fetchall() == problems
    account = dict(loader.con.execute("SELECT reason, row_count FROM ledger.row_account").fetchall())
    assert (account["loaded"], account.get("blank", 0)) == (3, 0 if problems else 1)


@pytest.mark.parametrize("is_timed", [True, False])
def test_a_header_in_the_middle_is_set_aside(loader: Loader, is_timed: bool) -> None:
    fields = [one for one in CONTRACTS["case_detail"].fields if is_timed or one.type is not FieldType.DATETIME]
    contract = CONTRACTS["case_detail"].model_copy(update={"fields": tuple(fields), "latest_by": None})
    labels = [one.title for one in fields]
    lines = [",".join(record(办件编号=key)[LABELS.index(label)] for label in labels) for key in ("A1", "A2")]
    with duckdb.connect() as con:
        again = make_loader(con, loader.settings, CALENDAR, {"case_detail": contract})
        put(again, "\n".join(["办件明细（2023年第15期）", ",".join(labels), lines[0], ",".join(labels), lines[1], ""]))
        load_inbox(again)
        assert places(again) == [(3, "A1"), (5, "A2")]
        account = dict(con.execute("SELECT reason, row_count FROM ledger.row_account").fetchall())
    assert account == {"title": 1, "header": 1, "repeated_header": 1, "loaded": 2}


def test_rows_of_nothing_but_delimiters_and_blanks_are_blank(loader: Loader) -> None:
    empty = [""] * len(LABELS)
    put(
        loader,
        written(
            [record(办件编号="A1"), empty, [" ", "　", *empty[2:]], ["—", *empty[1:]], ["\u200b", "\ufeff", *empty[2:]]]
        ),
    )
    load_inbox(loader)
    account = dict(loader.con.execute("SELECT reason, row_count FROM ledger.row_account").fetchall())
    assert (account["loaded"], account["blank"]) == (1, 4)


def test_a_masked_number_never_reaches_the_warehouse_file(loader: Loader) -> None:
    filler = [record(办件编号=f"B{number}") for number in range(300)]
    put(
        loader,
        written(
            [record(办件编号="A1", 事项名称="王某13912345678补证"), record(办件编号="A2", 事项名称="\x01m好"), *filler]
        ),
    )
    load_inbox(loader)
    names = loader.con.execute("SELECT item_name FROM raw.case_detail WHERE case_no IN ('A1', 'A2') ORDER BY case_no")
    assert names.fetchall() == [("王某［已脱敏］补证",)]
    found = loader.con.execute("SELECT row_no, reason, value FROM quarantine.cell ORDER BY row_no").fetchall()
    assert found == [(3, "personal_data_masked", None), (4, "text_lost", "␣m好")]
    loader.con.execute("CHECKPOINT")
    for path in loader.settings.home.glob("w.duckdb*"):
        assert b"13912345678" not in path.read_bytes()


@pytest.mark.parametrize("control", ["\0", "\x07", "\x1b", "\x7f", "\x90"])
@pytest.mark.parametrize("is_typed", [True, False], ids=["typed", "record by record"])
def test_a_control_character_far_down_in_a_case_number_is_quarantined(
    loader: Loader, monkeypatch: pytest.MonkeyPatch, control: str, is_typed: bool
) -> None:
    if not is_typed:
        monkeypatch.setattr(csv_file, "_load_typed", unaccounted)
    cases = [record(办件编号=f"U{number:06}") for number in range(700)]
    cases[650] = record(办件编号=f"U00{control}0650")
    text = written(cases)
    assert text.encode().index(control.encode()) > 1 << 16
    put(loader, text)
    load_inbox(loader)
    assert loader.con.execute("SELECT count(*) FROM raw.case_detail").fetchone() == (699,)
    found = loader.con.execute("SELECT row_no, column_name, reason, row_disposition FROM quarantine.cell").fetchall()
    assert found == [(653, "case_no", "text_lost", "quarantined")]


@pytest.mark.parametrize("is_typed", [True, False], ids=["typed", "record by record"])
def test_a_second_header_with_the_columns_in_another_order_refuses_the_file(
    loader: Loader, monkeypatch: pytest.MonkeyPatch, is_typed: bool
) -> None:
    if not is_typed:
        monkeypatch.setattr(csv_file, "_load_typed", unaccounted)
    swapped = [*LABELS]
    first, second = swapped.index("申请时间"), swapped.index("受理时间")
    swapped[first], swapped[second] = swapped[second], swapped[first]
    put(loader, written([record(办件编号="A1"), swapped, record(办件编号="A2")]))
    events = [(event.code, event.place and event.place.row) for event in load_inbox(loader).events]
    assert events == [("columns_reordered_below", 4)]
    assert loader.con.execute("SELECT count(*) FROM raw.case_detail").fetchone() == (0,)


LETTERS = "aA1９é京 \t　\xa0\u2002\ufeff\u200b\xad=\"'#?�eE+.-/1锟斤×Û´°\x01\ufdd2\n，"
texts = st.text(st.sampled_from(LETTERS), max_size=5)


@settings(max_examples=60, deadline=None)
@given(text=texts)
@example(text="#N/A")
@example(text="1E+17")
@example(text="5.1E17")
@example(text="×Û´°")
@example(text="—")
@example(text="é９")
def test_whatever_reads_as_something_else_is_doubted(text: str) -> None:
    field = Field(name="a", title="甲")
    contract = Contract(name="c", title="丙", version=1, delivery={"kind": "weekly"}, fields=(field,))  # type: ignore[arg-type]
    reading = read_text(text, field, contract, Context(2023))
    query = f"SELECT {is_doubtful('t', contract.missing_of(field))} FROM (SELECT ? AS t)"
    with duckdb.connect() as con:
        doubted = con.execute(query, [text]).fetchall()
    if reading.value != text:
        assert doubted == [(True,)]
    # An accent before a letter beyond ASCII may be half of a misread character: to doubt it costs one reading.
    elif re.fullmatch("(?:[aA1京９]|é(?![é京９]))+", text):
        assert doubted == [(False,)]


@given(content=st.text(st.sampled_from('a"\n\r'), max_size=30).map(str.encode), block=st.integers(1, 9))
def test_lines_are_counted_alike_in_blocks_of_any_size(content: bytes, block: int) -> None:
    count = LineCount()
    for begin in range(0, len(content), block):
        count.add(content[begin : begin + block])
    assert count.feeds == content.count(b"\n")
    assert count.lone_returns == content.count(b"\r") - content.count(b"\r\n")


@given(content=st.text(st.sampled_from("a\n"), max_size=60).map(str.encode), block=st.integers(1, 9))
def test_lines_and_positions_are_each_others_inverse(content: bytes, block: int) -> None:
    lines = np.arange(1, content.count(b"\n") + 2)
    starts = np.array([0, *(place + 1 for place, byte in enumerate(content) if byte == 10)])
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.ingest.text.lines._BLOCK", block)
        path = Path(folder) / "a"
        path.write_bytes(content)
        assert np.array_equal(starts_of(path, lines), starts)
        inside = starts[starts < len(content)]
        assert np.array_equal(lines_at(path, inside), lines[: len(inside)])


def test_lines_inside_quotes_and_blank_lines_begin_no_record(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b'title\nh\n1,"a\n\nb"\n\n\r\n2,c\n')
    found = irregular_lines(path, 2)
    assert np.array_equal(found.inside, [4, 5])
    assert np.array_equal(found.blank, [6, 7])


@pytest.mark.parametrize(
    ("below", "in_raw", "in_incoming"),
    [
        (f"A1,甲,公安厅,{tiny_cases.MOMENT}\nA2,乙,公安厅,2023年4月17日\n", [(3, "A1"), (4, "A2")], []),
        (f'A1,"甲\n乙",公安厅,{tiny_cases.MOMENT}\n\nA2,丙\n', [(3, "A1")], []),
    ],
    ids=["whole lines", "lines that are no records"],
)
def test_a_text_of_records_goes_into_raw_where_its_rows_wait(
    tmp_path: Path, below: str, in_raw: list[tuple[int, str]], in_incoming: list[tuple[int, str]]
) -> None:
    with tiny_cases.open_pass() as one:
        load_tiny(one, tmp_path, tiny_cases.ABOVE + below)
        assert [row[:2] for row in tiny_cases.stored(one)] == in_raw
        assert tiny_cases.incoming(one) == in_incoming
        assert one.account.count("set_aside") == 2 + below.count("\n\n")


def test_a_text_whose_totals_cannot_be_told_by_a_moment_is_read_as_a_sheet_into_incoming(tmp_path: Path) -> None:
    with tiny_cases.open_pass(fields=tiny_cases.fields(accepted={"constraints": {}})) as one:
        load_tiny(one, tmp_path, f"{tiny_cases.ABOVE}A1,甲,公安厅,\n合计,1,,\n")
        assert tiny_cases.stored(one) == []
        assert tiny_cases.incoming(one) == [(3, "A1")]
        assert tiny_cases.set_aside(one.account) == {"title": 1, "header": 1, "total": 1}


def load_tiny(one: TypedPass, folder: Path, text: str) -> None:
    path = folder / "a.csv"
    path.write_text(text, "utf-8")
    table = find_table(text, one.contract)
    assert table is not None
    with utf8_source.TextSource(path, "utf-8", folder) as source:
        csv_file.load_csv(source, table, one.contract, one.reader, one.account, one.rows)
