"""A key in several spellings is one key, within a delivery and over several; what is stored is as it was written."""

from __future__ import annotations

from pipeline.ingest.inbox.loader import Loader, make_loader
from pipeline.ingest.inbox.run import load_inbox
from tests.unit.ingest.inbox.deliveries import account, case, case_file, put, rows

SPELLINGS = ("A001", "Ａ001", "A 001", "a001", "A00１")
STORED = "SELECT case_no, case_no_folded FROM raw.case_detail ORDER BY ALL"


def test_spellings_of_one_case_with_the_same_content_are_one_case(loader: Loader) -> None:
    put(loader, "a.csv", case_file(*map(case, SPELLINGS), case("A002")))
    (event,) = load_inbox(loader).events
    assert event.outcome == "loaded"
    assert "办件编号有 1 个写法不一，按同一个计" in event.message
    assert "（依据：只差全半角、空格或大小写；把握大）" in event.message
    assert rows(loader, STORED) == [("A001", None), ("A002", None)]
    assert account(loader)["duplicate_row"] == 4


def test_spellings_of_one_case_with_other_content_contradict_each_other(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A001"), case("ａ００１", channel="网上")))
    load_inbox(loader)
    assert account(loader)["conflicting_duplicate"] == 2


def test_a_key_is_stored_as_written_beside_the_form_in_which_it_is_compared(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("Ａ001"), case("A002")))
    load_inbox(loader)
    assert rows(loader, STORED) == [("A002", None), ("Ａ001", "A001")]
    # Another spelling in a later export of the week is the same case, and no part of its own.
    put(loader, "b.csv", case_file(case("a 001"), case("A002"), exported="2023-04-25"))
    load_inbox(loader)
    assert rows(loader, "SELECT file_name FROM ledger.current_delivery") == [("b.csv",)]


def test_a_contract_can_compare_keys_exactly(loader: Loader) -> None:
    exact = loader.contracts["case_detail"].model_copy(update={"key": "exact"})
    contracts = {**loader.contracts, "case_detail": exact}
    put(loader, "a.csv", case_file(*map(case, SPELLINGS)))
    load_inbox(make_loader(loader.con, loader.settings, loader.calendar, contracts))
    assert rows(loader, "SELECT count(DISTINCT case_no) FROM raw.case_detail") == [(5,)]
    # The SQL of staging reads the column, whatever the contract says.
    assert rows(loader, "SELECT count(*), count(case_no_folded) FROM raw.case_detail") == [(5, 0)]


def test_a_code_in_another_spelling_is_the_label_of_its_list(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A001", department="公安 厅")))
    load_inbox(loader)
    assert rows(loader, "SELECT department FROM raw.case_detail") == [("公安厅",)]
