"""What a contract file may say, and what is said when it is wrong."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.contracts import ContractError, load_contracts
from pipeline.contracts.loader import fingerprint, json_schema, read_contract
from pipeline.contracts.model import SQL_WORDS, Delivery
from pipeline.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "pipeline" / "contracts"
MINIMAL = "name: demo\ntitle: 示例\nversion: 1\ndelivery: {kind: weekly}\nfields:\n  - {name: a, title: 甲}\n"


def write(folder: Path, text: str, name: str = "demo.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_every_shipped_contract_is_valid_and_named_like_its_file() -> None:
    contracts = load_contracts(FOLDER)
    assert {"case_detail", "item_volume", "window_weekly", "department_register"} <= set(contracts)
    assert all(contract.fields for contract in contracts.values())


def test_the_json_schema_beside_the_contracts_is_the_models_own() -> None:
    assert (FOLDER / "contract.schema.json").read_text("utf-8") == json_schema()
    assert json.loads(json_schema())["additionalProperties"] is False


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("colour: red\n", "colour"),
        ("primaryKey: [b]\n", "primaryKey"),
        ("latestBy: nothing\n", "latestBy"),
    ],
)
def test_a_wrong_key_is_named_with_its_file(tmp_path: Path, line: str, word: str) -> None:
    with pytest.raises(ContractError, match=r"demo\.yaml") as caught:
        read_contract(write(tmp_path, MINIMAL + line))
    assert word in str(caught.value)


def test_a_contract_is_named_like_its_file(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="应与文件名一致"):
        read_contract(write(tmp_path, MINIMAL, "other.yaml"))


def test_broken_yaml_is_a_sentence_not_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="不是有效的 YAML"):
        read_contract(write(tmp_path, "name: [unclosed"))


def test_reserved_column_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="row_no"):
        read_contract(write(tmp_path, MINIMAL.replace("name: a,", "name: row_no,")))


def test_a_key_may_not_be_a_personal_column_that_is_dropped(tmp_path: Path) -> None:
    text = MINIMAL.replace("title: 甲", "title: 甲, personal: drop") + "primaryKey: [a]\n"
    with pytest.raises(ContractError, match="不是入库字段"):
        read_contract(write(tmp_path, text))


def test_the_fingerprint_follows_the_contract_and_its_code_lists_only() -> None:
    contract = load_contracts(FOLDER)["item_volume"]
    base = fingerprint(contract, {"department": ["公安厅"], "channel": ["窗口"]})
    assert fingerprint(contract, {"department": ["公安厅"], "channel": ["网上"]}) == base
    assert fingerprint(contract, {"department": ["公安厅", "司法厅"], "channel": ["窗口"]}) != base
    assert fingerprint(contract.model_copy(update={"version": 2}), {"department": ["公安厅"]}) != base


@pytest.mark.parametrize(
    ("field", "word"),
    [
        ("{name: a, title: 甲, format: '%d'}", "只用于 date 和 datetime"),
        ("{name: a, title: 甲, type: datetime, format: ['%Y-%m-%d', '%H:%M']}", "写不出年月日"),
    ],
)
def test_a_field_that_could_not_be_read_or_stored_is_refused(tmp_path: Path, field: str, word: str) -> None:
    with pytest.raises(ContractError, match=word):
        read_contract(write(tmp_path, MINIMAL.replace("{name: a, title: 甲}", field)))


def test_a_field_may_have_a_word_of_sql_for_its_name(tmp_path: Path) -> None:
    contract = read_contract(write(tmp_path, MINIMAL.replace("{name: a, title: 甲}", "{name: order, title: 甲}")))
    assert contract.fields[0].column == '"order"'


def test_the_words_that_every_query_has_to_quote_are_those_of_the_database() -> None:
    import duckdb

    with duckdb.connect() as con:
        words = con.execute("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'").fetchall()
    assert {word for (word,) in words} == SQL_WORDS


def test_the_week_can_come_from_a_dated_field_only(tmp_path: Path) -> None:
    text = MINIMAL.replace("{kind: weekly}", "{kind: weekly, weekFrom: a}")
    with pytest.raises(ContractError, match=r"weekFrom"):
        read_contract(write(tmp_path, text))
    assert read_contract(write(tmp_path, text.replace("title: 甲", "title: 甲, type: date"))).delivery.week_from == "a"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({}, "weekly"),
        ({"period": "month"}, "monthly"),
        ({"period": "quarter"}, "quarterly"),
        ({"period": "month", "expected": "occasional"}, "occasional"),
        ({"period": "month", "expected": "quarterly"}, "quarterly"),
    ],
)
def test_an_export_is_expected_once_in_its_period_unless_its_contract_says_otherwise(
    written: dict[str, str], expected: str
) -> None:
    assert Delivery.model_validate({"kind": "weekly", **written}).expected == expected


def test_an_export_of_a_month_cannot_come_each_week() -> None:
    with pytest.raises(ValidationError, match="period: month 的报表不会 expected: weekly，应为 monthly"):
        Delivery.model_validate({"kind": "weekly", "period": "month", "expected": "weekly"})
