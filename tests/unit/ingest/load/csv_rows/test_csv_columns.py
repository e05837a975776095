"""A text in columns says what it says record by record, whatever lines stand among its rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.contracts.model import Contract
from pipeline.ingest.load.csv_rows import csv_columns
from pipeline.ingest.load.csv_rows.csv_columns import rows_in_columns
from pipeline.ingest.tables.csv_table import find_table
from pipeline.ingest.text.transcode import TextFile
from tests.many_examples import examples
from tests.unit.ingest.forms import CONTRACTS, LABELS, TITLE, outcome

GOOD = "2023-04-17,甲,1,12,0,3"
lines = st.one_of(
    st.sampled_from([GOOD, "2023-04-18,乙,5,6,7,8"]),
    st.tuples(
        st.sampled_from(["2023-04-17", "2023/4/18", "45033", " 2023-04-19", "四月", ""]),
        st.sampled_from(["甲", "乙", " 丙 ", '"丁,戊"', '"说""好"""', "13900001111", "??", "",
                         "甲\x00", "\u200b甲", "\ufdd0甲", "\ufffd",
                         "5.1E+17", "'0101", '="甲"', "#N/A", "510101199001011234"]),
        st.sampled_from(["1", "012", "1.0", '"1,234"', "-", "无业务", "3.5万", "-5", "", '""']),
        st.sampled_from(["1", "1e3", "12.50", "9999999999999999999"]), st.just("2"), st.just("３"),
    ).map(",".join),
    st.sampled_from([
        "", ",,,,,", ",".join(LABELS), "1,2,3,4,5,6", "2023-04-17,小计,12,12,12,12", "合 计,,24,24,24,24",
        "注：由各窗口报送。", "制表人：某某", "合计", "2023-04-17,甲", "2023-04-17,甲,1,2,3,4,",
        "2023-04-17,甲,1,2,3,4,x",
        '2023-04-17,"甲', '2023-04-17,甲"乙,1,2,3,4', "2023-04-17,a\\,b,1,2,3,4", '2023-04-17,"a\\"",1,2,3,4',
        '2023-04-17,"a\\"b",1,2,3,4', "\x1a", " ", '2023-04-17,"甲\n乙",1,2,3,4', "部门,受理", "上周,甲,1,1,1,1",
    ]),
)  # fmt: skip


def both_ways(content: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    with pytest.MonkeyPatch.context() as patch:
        record_by_record = outcome("a.csv", content)
        patch.setattr(csv_columns, "BULK_ROWS", 0)
        return outcome("a.csv", content), record_by_record


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=st.lists(lines, max_size=9),
    newline=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-8-sig"]),
    is_ended=st.booleans(),
)
def test_a_text_in_columns_gives_what_it_gives_record_by_record(
    body: list[str], newline: str, encoding: str, is_ended: bool
) -> None:
    text = newline.join([TITLE[0], ",".join(LABELS), GOOD, *body, GOOD]) + newline * is_ended
    in_columns, record_by_record = both_ways(text.encode(encoding))
    assert in_columns == record_by_record


def read(tmp_path: Path, *below: str, contract: Contract = CONTRACTS["window_weekly"]) -> csv_columns.TextRows | None:
    lines_of_text = [TITLE[0], ",".join(LABELS), *below]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines_of_text) + "\n", encoding="utf-8")
    table = find_table(path.read_text(encoding="utf-8"), contract)
    assert table is not None
    return rows_in_columns(TextFile(path, len("\n".join(lines_of_text).split("\n"))), table, ",")


def test_every_line_is_a_row_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_columns, "BULK_ROWS", 0)
    kept = read(tmp_path, GOOD, "", "注：某", GOOD)
    assert kept is not None
    assert [row[:2] for row in kept.rows] == [
        [TITLE[0], None], LABELS[:2], ["2023-04-17", "甲"], [None, None], ["注：某", None], ["2023-04-17", "甲"],
    ]  # fmt: skip
    assert kept.odd == {4}


@pytest.mark.parametrize("line", ['2023-04-17,"甲\n乙",1,2,3,4', "2023-04-17,甲,1,2,3,4,x", '2023-04-17,"甲'])
def test_a_text_whose_lines_are_not_its_records_is_left_to_the_reader_of_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setattr(csv_columns, "BULK_ROWS", 0)
    assert read(tmp_path, GOOD, line, GOOD) is None


def test_so_is_a_short_one_and_one_larger_than_memory_bears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(tmp_path, GOOD) is None
    monkeypatch.setattr(csv_columns, "BULK_ROWS", 0)
    monkeypatch.setattr(csv_columns, "_LARGEST_TEXT", 10)
    assert read(tmp_path, GOOD) is None
