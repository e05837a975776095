"""What a steward may do about an unknown department or code."""

from pathlib import Path

import duckdb

from pipeline.ingest.load.incoming import open_incoming
from pipeline.ingest.recognise.aliases import department_ids, proposal, propose_aliases
from pipeline.settings import load_settings
from tests.unit.ingest.recognise.tiny_contracts import tiny_contract

ALIASES = {"住房城乡建设厅": "zhujian", "公安厅": "gongan", "交通运输厅": "jiaotong"}
LEVEL = ("四川", "省", "成都")


def test_an_unknown_department_is_proposed_as_an_alias_with_score_and_word() -> None:
    said = proposal("省住建厅", "department", ALIASES, ALIASES, LEVEL)
    assert "最接近的是“住房城乡建设厅”（相似 91）" in said
    assert "若是同一部门，在处理单中选“登记名称”，在“更正为”写“住房城乡建设厅”" in said


def test_two_departments_that_are_equally_near_are_both_named() -> None:
    aliases = {"文化和旅游厅": "wenlv", "文物局": "wenwu", "文化和体育厅": "wenti"}
    said = proposal("文化和育游厅", "department", aliases, aliases, LEVEL)
    assert "也可能是" in said


def test_a_name_like_none_gets_no_proposed_owner() -> None:
    said = proposal("外星人接待站", "department", ALIASES, ALIASES, LEVEL)
    assert "没有相近的名称" in said
    assert "在“更正为”写那个部门的名称" in said


def test_an_unknown_code_names_the_list_and_the_nearest_label() -> None:
    said = proposal("电脑网上办", "channel", ["窗口", "电脑网上"], {})
    assert "不在代码表 channel 中。最接近的是“电脑网上”" in said


def test_departments_are_known_by_every_alias(tmp_path: Path) -> None:
    assert department_ids([tmp_path]) == {}
    (tmp_path / "department_alias.csv").write_text("alias,department_id\n公安厅,gongan\n", "utf-8")
    assert department_ids([tmp_path]) == {"公安厅": "gongan"}


def test_the_words_of_this_halls_level_are_a_setting() -> None:
    assert load_settings().departments.level_words == LEVEL


def test_each_unknown_code_of_a_delivery_gets_one_sentence(tmp_path: Path) -> None:
    contract = tiny_contract(fields=[{"name": "channel", "title": "形式", "codes": "channel"}])
    with duckdb.connect() as con:
        open_incoming(con, contract)
        problem = "(NULL, '一', {}, 'channel', 'unknown_code', '电脑网上办', 'quarantined')"
        con.execute(f"INSERT INTO cell_problem VALUES {problem.format(3)}, {problem.format(4)}")
        propose_aliases(con, contract, {"channel": frozenset({"电脑网上"})}, [tmp_path], LEVEL)
        ((column, value, message),) = con.execute("FROM cell_message").fetchall()
    assert (column, value) == ("channel", "电脑网上办")
    assert "最接近的是“电脑网上”" in message
