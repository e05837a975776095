"""What a hall expects of each export: its own words before those of the contract."""

from __future__ import annotations

import pytest

from pipeline.contracts import load_contracts
from pipeline.contracts.expected import ExpectedExport, expected_exports
from pipeline.contracts.loader import fingerprint
from pipeline.hall.errors import HallError
from pipeline.hall.facts import ExportWords
from pipeline.settings import Settings

CONTRACTS = load_contracts(Settings(hall=None).contracts)


def test_the_words_of_the_hall_go_before_those_of_the_contract() -> None:
    words = {"case_detail": ExportWords(required="warns"), "item_catalogue": ExportWords(expected="monthly")}
    expected = expected_exports(CONTRACTS, words)
    assert expected["case_detail"] == ExpectedExport("weekly", "warns")
    assert expected["item_catalogue"] == ExpectedExport("monthly", "warns")
    assert expected["window_weekly"] == ExpectedExport("weekly", "stops")
    assert expected["review_decisions"] == ExpectedExport("occasional", "none")


def test_nobody_misses_an_export_that_the_hall_does_not_have() -> None:
    expected = expected_exports(CONTRACTS, {"case_detail": ExportWords(expected="never", required="stops")})
    assert expected["case_detail"] == ExpectedExport("never", "none")
    assert not expected["case_detail"].is_of_hall
    assert expected["item_volume"].is_of_hall


def test_an_export_of_a_month_cannot_be_expected_each_week() -> None:
    contract = CONTRACTS["item_volume"]
    delivery = contract.delivery.model_copy(update={"period": "month", "expected": "monthly"})
    monthly = {"item_volume": contract.model_copy(update={"delivery": delivery})}
    assert (
        expected_exports(monthly, {"item_volume": ExportWords(required="warns")})["item_volume"].expected == "monthly"
    )
    with pytest.raises(HallError, match=r"\[exports.item_volume\] expected = \"weekly\" 不对：.*每份统计一个月"):
        expected_exports(monthly, {"item_volume": ExportWords(expected="weekly")})


def test_an_export_without_a_contract_is_named() -> None:
    with pytest.raises(HallError, match="没有这种报表：case_details；合同有 activity_log、case_detail"):
        expected_exports(CONTRACTS, {"case_details": ExportWords(required="none")})


def test_what_the_absence_of_an_export_does_makes_no_file_be_read_again() -> None:
    contract = CONTRACTS["case_detail"]
    delivery = contract.delivery.model_copy(update={"required": "none"})
    assert fingerprint(contract.model_copy(update={"delivery": delivery}), {}) == fingerprint(contract, {})
