"""Columns of persons are hidden: by contract, or by guess."""

from __future__ import annotations

from pipeline.contracts import load_contracts
from pipeline.ingest.authoring.drafting.header_guess import provisional_contract
from pipeline.ingest.authoring.looking.hidden_columns import (
    DIGESTED,
    DROPPED,
    GUESSED,
    UNNAMED,
    all_columns,
    hidden_columns,
)
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.find import find_tables
from pipeline.settings import Settings
from tests.unit.ingest.authoring.known_exports import TRAININGS


def test_a_contract_says_what_is_dropped_and_what_is_digested(settings: Settings) -> None:
    sheet = Sheet("a", [list(TRAININGS), ["2023-04-17", "P1", "司法厅", "公证", "王小明", "G001", "综窗"]])
    contract = load_contracts(settings.contracts)["training_log"]
    (table,) = find_tables(sheet.rows, contract)
    assert hidden_columns(sheet, table) == {4: DROPPED, 5: DIGESTED}


def test_without_a_contract_what_reads_like_persons_is_hidden() -> None:
    sheet = Sheet("a", [["编组", "备用"], ["甲", "13900001111"], ["乙", "13900002222"]])
    contract = provisional_contract(sheet.rows)
    assert contract is not None
    (table,) = find_tables(sheet.rows, contract)
    assert hidden_columns(sheet, table) == {1: GUESSED}


def test_without_a_table_every_column_is_hidden() -> None:
    assert all_columns(Sheet("a", [["x"], ["y", "z"]])) == {0: UNNAMED, 1: UNNAMED}
    assert all_columns(Sheet("a", [])) == {}
