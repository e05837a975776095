"""Check words that make no sense are refused with a sentence that says which, where and what there is instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.contracts import Contract, ContractError
from pipeline.contracts.check_rules import is_count, wrong_words
from pipeline.contracts.loader import fingerprint, read_contract
from pipeline.ingest.authoring.contract_check import check_contracts
from pipeline.settings import Settings

FIELDS: list[dict[str, Any]] = [
    {"name": "unit", "title": "单位"},
    {"name": "remark", "title": "备注", "freeText": True},
    {"name": "caller", "title": "来电人", "personal": "drop"},
    {"name": "cases", "title": "办件", "type": "integer"},
    {"name": "rated", "title": "主动评价", "type": "integer"},
    {"name": "days", "title": "天数", "type": "integer", "additive": False},
]
RATE: dict[str, Any] = {"name": "rate", "title": "评价率", "type": "number", "rate": {"of": "rated", "per": "cases"}}


def written(*fields: dict[str, Any], key: bool = True, **checks: Any) -> dict[str, Any]:
    contract: dict[str, Any] = {
        "name": "demo", "title": "示例", "version": 1, "delivery": {"kind": "weekly"}, "fields": [*FIELDS, *fields],
        "checks": checks,
    }  # fmt: skip
    return {**contract, "primaryKey": ["unit"]} if key else contract


def sentences(*fields: dict[str, Any], key: bool = True, **checks: Any) -> list[str]:
    return wrong_words(Contract.model_validate(written(*fields, key=key, **checks)))


def test_words_that_make_sense_are_let_through() -> None:
    share = {"name": "share", "title": "占比", "type": "number", "share": {"of": "cases", "within": "unit"}}
    within = [{"part": "rated", "whole": "cases"}]
    assert sentences(RATE, share, parts=[{"whole": "cases", "of": ["rated", "days"]}], within=within, copies=True) == []


def test_a_year_to_date_of_a_year_to_date_is_refused() -> None:
    week = {"name": "week", "title": "本周", "type": "integer", "cumulative": {"of": "year"}}
    year = {"name": "year", "title": "累计", "type": "integer", "cumulative": {"of": "week"}}
    assert sentences(week, year) == [
        "字段 week 的 cumulative：year 本身是累计数；请写本期的那个件数字段",
        "字段 year 的 cumulative：week 本身是累计数；请写本期的那个件数字段",
    ]


def test_departments_that_have_to_report_are_those_of_the_list() -> None:
    assert sentences(reporters={"field": "unit", "from": "department"}) == [
        "checks.reporters：字段 unit（单位）没有写 codes: department，与部门名录对不上；请写上，或改为 from: previous"
    ]
    assert sentences(reporters={"field": "unit", "from": "previous"}) == []


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        (
            {**RATE, "rate": {"of": "ratd", "per": "cases"}},
            "字段 rate 的 rate：没有字段 ratd；是不是 rated？可以写的有：unit、remark、cases、rated、days、rate",
        ),
        (
            {**RATE, "rate": {"of": "unit", "per": "cases"}},
            "字段 rate 的 rate：字段 unit（单位）是 string 类型，不是数；应为 integer 或 number",
        ),
        ({**RATE, "rate": {"of": "rate", "per": "cases"}}, "字段 rate 的 rate：rate 是它自己；请写算它的字段"),
        ({**RATE, "rate": {"of": "cases", "per": "cases"}}, "字段 rate 的 rate：字段 cases 写了两次"),
        ({**RATE, "type": "string"}, "字段 rate 是 string 类型，不能写 rate：应为 integer 或 number"),
        (
            {**RATE, "rate": {"of": "caller", "per": "cases"}},
            "字段 rate 的 rate：没有字段 caller；可以写的有：unit、remark、cases、rated、days、rate",
        ),
        (
            {**RATE, "change": {"of": "cases"}},
            "字段 rate 同时写了 change、rate：一个字段只能是其中一种，请只留一个",
        ),
        (
            {"name": "s", "title": "占比", "type": "number", "share": {"of": "cases", "within": "remark"}},
            "字段 s 的 share.within：字段 remark（备注）是个人信息或自由文本，不能写进问题的说明",
        ),
        (
            {"name": "a", "title": "日均", "type": "number", "average": {"of": "cases", "over": "workdays"}},
            "字段 a 的 average.over：没有字段 workdays；是不是 working_days？",
        ),
        (
            {"name": "a", "title": "日均", "type": "number", "average": {"of": "cases", "over": 0}},
            "字段 a 的 average.over 是 0，应是正数",
        ),
    ],
)
def test_a_word_on_a_field_that_cannot_be_checked_is_refused(field: dict[str, Any], sentence: str) -> None:
    (said,) = sentences(field)
    assert said.startswith(sentence)


def test_a_rate_of_a_rate_is_refused() -> None:
    of_rate = {"name": "r2", "title": "率的率", "type": "number", "rate": {"of": "rate", "per": "cases"}}
    assert sentences(RATE, of_rate) == ["字段 r2 的 rate：rate 本身是 rate 算出的数，不是件数；请写算它的那个件数字段"]


@pytest.mark.parametrize(
    ("checks", "sentence"),
    [
        ({"within": [{"part": "rated", "whole": "rated"}]}, "checks.within 的 rated：字段 rated 写了两次"),
        (
            {"flow": [{"in": "cases", "out": "rated", "note": "days"}]},
            "checks.flow 的 note：字段 days（天数）不是可以读的文字",
        ),
        ({"reporters": {"field": "remark"}}, "checks.reporters 的 field：字段 remark（备注）是个人信息或自由文本"),
        ({"band": {"of": ["cases"], "by": ["town"]}}, "checks.band 的 by：没有字段 town；可以写的有"),
        ({"history": {"by": ["nobody"]}}, "checks.history 的 by：没有字段 nobody；"),
    ],
)
def test_a_word_under_checks_that_cannot_be_checked_is_refused(checks: dict[str, Any], sentence: str) -> None:
    (said,) = sentences(**checks)
    assert said.startswith(sentence)


def test_what_needs_a_key_or_counts_says_so() -> None:
    assert sentences(key=False, history={"by": "primaryKey"}) == [
        "checks.history 的 by: primaryKey：合同没有 primaryKey，认不出哪一行是哪一行；请写上主键"
    ]
    bare = Contract.model_validate({**written(copies=True), "fields": FIELDS[:1]})
    assert wrong_words(bare) == ["checks.copies：合同没有件数字段（integer 类型），没有可比的数"]


def test_contract_check_says_which_file_and_which_word(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "demo.yaml"
    path.write_text(
        yaml.safe_dump(written({**RATE, "rate": {"of": "unit", "per": "cases"}}), allow_unicode=True), "utf-8"
    )
    with pytest.raises(ContractError, match=r"^demo\.yaml：字段 rate 的 rate：字段 unit"):
        read_contract(path)
    assert check_contracts(path, settings.reference) == (
        1,
        ["demo.yaml：字段 rate 的 rate：字段 unit（单位）是 string 类型，不是数；应为 integer 或 number"],
    )


def test_a_rate_adds_up_to_nothing_whether_the_contract_says_so_or_not() -> None:
    contract = Contract.model_validate(written(RATE))
    rate = contract.fields[-1]
    assert rate.additive is False
    assert [field.name for field in contract.fields if is_count(field)] == ["cases", "rated"]


def test_another_check_does_not_make_the_archive_be_read_again() -> None:
    plain = Contract.model_validate(written({**RATE, "rate": None, "additive": False}))
    asked = Contract.model_validate(written(RATE, copies=True))
    assert fingerprint(plain, {}) == fingerprint(asked, {})
    blank = Contract.model_validate(written({**FIELDS[3], "name": "more", "blank": "unknown"}))
    open_blank = Contract.model_validate(written({**FIELDS[3], "name": "more"}))
    assert fingerprint(blank, {}) != fingerprint(open_blank, {}), (
        "what a blank means changes what a total is compared with"
    )
