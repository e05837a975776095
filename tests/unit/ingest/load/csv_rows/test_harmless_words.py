"""Words that fill the columns of a text and name nobody are told from those that may."""

from __future__ import annotations

import duckdb
import pytest

from pipeline.contracts.model import Contract
from pipeline.ingest.load.csv_rows import harmless_words as words_of_columns
from pipeline.ingest.load.csv_rows.csv_seals import sealed_sql, sealing, watched_sql
from pipeline.ingest.load.csv_rows.harmless_words import harmless_words, is_harmless
from pipeline.privacy.second_net import KnownPersons

CONTRACT = Contract.model_validate(
    {
        "name": "tiny", "title": "办件", "version": 1, "delivery": {"kind": "weekly"}, "primaryKey": ["case_no"],
        "fields": [
            {"name": "case_no", "title": "编号"},
            {"name": "department", "title": "部门"},
            {"name": "channel", "title": "渠道"},
            {"name": "applicant", "title": "申请人", "personal": "drop"},
        ],
    }
)  # fmt: skip
COLUMNS = {"case_no": "c0", "department": "c1", "channel": "c2"}


@pytest.mark.parametrize("text", ["公安厅", "行政许可", "企业登记事项17", "I", "窗口"])
def test_names_of_departments_and_items_are_harmless(text: str) -> None:
    assert is_harmless(text)


@pytest.mark.parametrize(
    "text",
    [
        "请王小明补正",  # a name of three characters
        "13900001111",
        "联系人：王明",
        "电话 8660 1234",  # seven digits may be somebody's number
        "a@example.cn",
        "公安\x01厅",
    ],
)
def test_what_may_name_somebody_is_not(text: str) -> None:
    assert not is_harmless(text)


def rows(con: duckdb.DuckDBPyConnection, *values: tuple[str | None, ...]) -> str:
    con.execute("CREATE TABLE cells (c0 VARCHAR, c1 VARCHAR, c2 VARCHAR, c3 VARCHAR)")
    con.executemany("INSERT INTO cells VALUES (?, ?, ?, ?)", values)
    return "cells"


def test_words_are_taken_from_the_first_rows_of_a_large_text_and_prose_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(words_of_columns, "_MOST_WORDS", 2)
    with duckdb.connect() as con:
        source = rows(con, *[(str(at), "公安厅", f"第{at}件", None) for at in range(5)], ("9", "王小明", None, None))
        found = harmless_words(con, CONTRACT, COLUMNS, source, lines=100_000)
        assert found == {"department": {"公安厅"}}
        assert harmless_words(con, CONTRACT, COLUMNS, source, lines=1_000) == {}


def suspected(con: duckdb.DuckDBPyConnection, harmless: dict[str, frozenset[str]]) -> list[bool]:
    watched = watched_sql("cells", CONTRACT, COLUMNS, None, ["c3"], harmless)
    return [bool(found) for (found,) in con.execute(f"SELECT zhoubao_may_name_person FROM {watched}").fetchall()]


def test_a_row_is_searched_as_before_unless_all_its_texts_are_such_words() -> None:
    with duckdb.connect() as con:
        rows(
            con,
            ("A1", "公安厅", "窗口", "王小明"),
            ("A2", "公安厅", None, "王小明"),
            ("A3", "公安厅", "请王小明补正", "王小明"),
            ("A4", "王小明", "窗口", "王小明"),
            ("A5", "公安厅", "139 0000 1111", None),
            ("A6", "司法厅", "窗口", None),
            ("A7", "\x01", "窗口", None),
        )
        as_before = suspected(con, {})
        assert as_before == [False, False, True, True, True, False, True]
        assert suspected(con, {"department": frozenset({"公安厅"}), "channel": frozenset()}) == as_before
        assert suspected(con, {"department": frozenset({"公安厅"})}) == as_before


def test_the_same_texts_are_sealed_and_the_same_persons_met() -> None:
    outcomes = []
    for harmless in ({}, {"department": frozenset({"公安厅"}), "channel": frozenset({"窗口"})}):
        persons = KnownPersons()
        with duckdb.connect() as con:
            rows(con, ("A1", "公安厅", "请王小明补正", "王小明"), ("A2", "公安厅", "窗口", "王大明"))
            channel = CONTRACT.fields[2]
            with sealing(con, CONTRACT, persons):
                watched = watched_sql("cells", CONTRACT, COLUMNS, None, ["c3"], harmless)
                texts = con.execute(f"SELECT {sealed_sql(CONTRACT, channel, 'c2', None, ['c3'])} FROM {watched}")
                outcomes.append((texts.fetchall(), persons.is_any_in("王小明"), persons.is_any_in("王大明")))
    assert outcomes[0] == outcomes[1] == ([("请王小明补正",), ("窗口",)], True, False)
