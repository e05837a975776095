"""What a contract file may say, and what is said when it is wrong."""

import json
from pathlib import Path

import pytest

from pipeline.contracts import ContractError, load_contracts
from pipeline.contracts.loader import fingerprint, json_schema, read_contract
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
