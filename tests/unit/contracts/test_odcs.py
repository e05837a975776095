"""Contracts in the Open Data Contract Standard: valid against its schema, and the same contract on the way back."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft201909Validator

from pipeline.contracts import Contract, load_contracts
from pipeline.contracts.loader import ContractError
from pipeline.contracts.odcs import from_odcs, odcs_text, read_odcs, to_odcs
from pipeline.settings import PROJECT_ROOT, Settings

SCHEMA = json.loads(
    (PROJECT_ROOT / "tests" / "fixtures" / "schemas" / "odcs-json-schema-v3.1.0.json").read_text("utf-8")
)
CONTRACTS = load_contracts(Settings().contracts)
# Every key of a contract with a value that is not its default.
EVERYTHING: dict[str, Any] = {
    "name": "complaint_log",
    "title": "投诉台账",
    "description": "一行一件。One row a complaint.",
    "version": 7,
    "delivery": {
        "kind": "restating",
        "expected": "occasional",
        "scope": "reporting_unit",
        "weekFrom": "received_at",
    },
    "owner": "数据专员",
    "titleWords": ["投诉"],
    "csv": {"encoding": "gb18030", "delimiter": ";"},
    "layout": {
        "headerSearchRows": 12,
        "maxHeaderLevels": 2,
        "totals": [{"label": "共计", "covers": "year"}],
        "ofWhich": ["其中：", "内"],
        "dataLabels": ["汇总窗口"],
        "hiddenSheets": "read",
        "summarySheets": ["总"],
        "otherColumns": "set_aside",
        "sheetName": "unit",
    },
    "unpivot": {"labels": "month", "into": "month", "value": "count"},
    "missingValues": ["", "无"],
    "primaryKey": ["month", "complaint_no"],
    "key": "exact",
    "latestBy": "received_at",
    "onError": "refuse_file",
    "ignoredLabels": ["备注"],
    "fields": [
        {
            "name": "complaint_no",
            "title": "编号",
            "labels": ["投诉号"],
            "constraints": {"required": True, "pattern": "[A-Z]{2}[0-9]+"},
            "identifier": True,
        },
        {"name": "unit", "title": "单位", "codes": "department", "fillDown": True, "namesOfficials": True},
        {"name": "month", "title": "月", "freeText": True, "onError": "null_and_flag"},
        {
            "name": "count",
            "title": "件数",
            "type": "integer",
            "unit": "件",
            "zeroValues": ["无"],
            "constraints": {"minimum": 0, "maximum": 9999.5},
            "blank": "unknown",
        },
        {"name": "share", "title": "占比", "type": "number", "decimals": 2, "additive": False, "missingValues": []},
        {"name": "open_rate", "title": "未结率", "type": "number", "rate": {"of": "open_count", "per": "count"}},
        {"name": "of_unit", "title": "占本单位", "type": "number", "share": {"of": "count", "within": "unit"}},
        {"name": "per_day", "title": "日均", "type": "number", "average": {"of": "count", "over": "working_days"}},
        {"name": "ytd", "title": "累计", "type": "integer", "cumulative": {"of": "count", "along": "rows"}},
        {"name": "change", "title": "增减", "type": "integer", "change": {"of": "count", "against": "year_ago"}},
        {"name": "open_count", "title": "未结件数", "type": "integer", "blank": "zero"},
        {
            "name": "received_at",
            "title": "收到时间",
            "type": "datetime",
            "format": ["%Y-%m-%d %H:%M", "%d.%m.%Y"],
            "description": "到分",
        },
        {"name": "day", "title": "日", "type": "date", "format": "%y%m%d", "constraints": {"pattern": "[0-9]{6}"}},
        {"name": "is_open", "title": "未结", "type": "boolean", "trueValues": ["未"], "falseValues": ["结"]},
        {"name": "caller", "title": "来电人", "personal": "drop"},
        {"name": "caller_id", "title": "证件号", "personal": "hmac"},
    ],
    "checks": {
        "parts": [{"whole": "count", "of": ["open_count", "ytd"]}],
        "within": [{"part": "open_count", "whole": "count"}],
        "balance": [{"opening": "ytd", "in": ["count"], "out": ["change"], "closing": "open_count", "continues": True}],
        "flow": [{"in": "count", "out": "open_count", "opening": "ytd", "note": "month"}],
        "reporters": {"field": "unit", "from": "previous", "none": "无业务"},
        "band": {"of": ["count"], "by": ["unit"]},
        "history": {"by": ["complaint_no"]},
        "copies": True,
    },
    "measures": [
        {
            "name": "open_cases",
            "label": "未结件数",
            "labelEn": "Open",
            "unit": "件",
            "sum": ["open_count", "ytd"],
            "where": {"is_open": True, "unit": ["甲", "乙"]},
            "day": "day",
            "by": ["unit"],
            "basis": "stock",
            "decimals": 1,
            "description": "期末",
            "validFrom": date(2024, 1, 1),
            "note": "改按日期",
            "was": [{"count": "rows"}],
        },
        {"name": "open_rates", "label": "率", "unit": "%", "rate": {"of": "open_cases", "per": "open_cases"}},
        {"name": "open_mean", "label": "均", "unit": "天", "mean": {"of": "open_count", "weight": "count"}},
    ],
}


def errors_of(document: dict[str, Any]) -> list[str]:
    return [error.message for error in Draft201909Validator(SCHEMA).iter_errors(document)]


@pytest.mark.parametrize("name", CONTRACTS)
def test_the_packages_contracts_are_valid_odcs_and_come_back_equal(name: str) -> None:
    document = yaml.safe_load(odcs_text(to_odcs(CONTRACTS[name])))
    assert errors_of(document) == []
    assert from_odcs(document) == CONTRACTS[name]


def test_a_contract_with_every_key_there_is_comes_back_equal() -> None:
    contract = Contract.model_validate(EVERYTHING)
    document = yaml.safe_load(odcs_text(to_odcs(contract)))
    assert errors_of(document) == []
    assert from_odcs(document) == contract


def test_the_contract_with_every_key_has_every_key() -> None:
    keys = {key for field in EVERYTHING["fields"] for key in field}
    schema = Contract.model_json_schema(by_alias=True)
    assert set(EVERYTHING) == set(schema["properties"])
    assert keys == set(schema["$defs"]["Field"]["properties"])
    assert set(EVERYTHING["layout"]) == set(schema["$defs"]["Layout"]["properties"])
    assert set(EVERYTHING["checks"]) == set(schema["$defs"]["Checks"]["properties"])
    (flow,), (balance,) = EVERYTHING["checks"]["flow"], EVERYTHING["checks"]["balance"]
    assert set(flow) == set(schema["$defs"]["Flow"]["properties"])
    assert set(balance) == set(schema["$defs"]["Balance"]["properties"])


def test_what_the_standard_has_a_word_for_stands_in_its_words() -> None:
    document = to_odcs(Contract.model_validate(EVERYTHING))
    (described,) = document["schema"]
    properties = {entry["name"]: entry for entry in described["properties"]}
    assert (document["apiVersion"], document["version"], described["businessName"]) == ("v3.1.0", "7", "投诉台账")
    number = properties["complaint_no"]
    assert (number["required"], number["primaryKey"], number["primaryKeyPosition"]) == (True, True, 2)
    assert number["logicalTypeOptions"] == {"pattern": "[A-Z]{2}[0-9]+"}
    assert properties["count"]["logicalTypeOptions"] == {"minimum": 0, "maximum": 9999.5}
    received = properties["received_at"]
    assert (received["logicalType"], received["physicalType"]) == ("timestamp", "TIMESTAMP")
    assert received["logicalTypeOptions"] == {"format": "yyyy-MM-dd HH:mm"}
    assert properties["caller"]["classification"] == "restricted"
    # A two-digit year has no word that says the same: the pattern stays ours.
    assert "logicalTypeOptions" not in properties["day"]


def test_a_document_of_another_origin_becomes_a_weekly_contract(tmp_path: Path) -> None:
    path = tmp_path / "calls.odcs.yaml"
    path.write_text(
        "apiVersion: v3.1.0\nkind: DataContract\nid: x\nversion: 1\nstatus: draft\nschema:\n"
        "- name: calls\n  properties:\n  - {name: week, logicalType: string, required: true, primaryKey: true}\n"
        "  - {name: calls, logicalType: integer}\n",
        encoding="utf-8",
    )
    contract = read_odcs(path)
    assert (contract.name, contract.title, contract.delivery.kind) == ("calls", "calls", "weekly")
    assert contract.primary_key == ("week",)
    assert [field.type.value for field in contract.fields] == ["string", "integer"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "最外层应是键和值"),
        ("a: [", "不是有效的 YAML"),
        ("kind: DataContract\napiVersion: v2.2.2", "不是 ODCS v3 合同"),
        ("kind: DataContract\napiVersion: v3.1.0\nschema: []", "有 0 个对象"),
        (
            "{kind: DataContract, apiVersion: v3.1.0, version: 1, schema: [{name: a,"
            " properties: [{name: b, logicalType: array}]}]}",
            "fields.0.type",
        ),
    ],
    ids=["list", "broken", "version", "objects", "type"],
)
def test_what_is_no_contract_is_refused_with_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "x.odcs.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError, match=words):
        read_odcs(path)
