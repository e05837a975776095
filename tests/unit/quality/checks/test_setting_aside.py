"""Setting aside has a limit: whatever the reason, more rows than are loaded are a finding, but for rows of no data."""

from __future__ import annotations

import duckdb
import pytest

from pipeline.ingest.reasons import RowReason
from pipeline.quality.checks.model import Check
from pipeline.quality.checks.suites import load_suites
from pipeline.settings import load_settings
from tests.unit.quality.tiny_warehouse import GOOD

# What is no row of data by its nature.
NO_DATA = {
    "title", "header", "repeated_header", "numbering", "unit_line", "only_numbered", "no_values", "note", "blank",
    "total", "of_which",
}  # fmt: skip
LOADED = 4  # rows of the delivery a2


def query_of(name: str) -> str:
    suites = load_suites(load_settings().expectations)
    suite = next(suite for suite in suites if suite.table == "ledger.delivery")
    check: Check = next(check for check in suite.expectations if check.name == name)
    return str(check.kwargs["unexpected_rows_query"]).replace("{batch}", "ledger.delivery")


def found(*set_aside: tuple[str, int]) -> list[tuple[object, ...]]:
    with duckdb.connect() as con:
        con.execute(GOOD)
        for reason, rows in set_aside:
            con.execute("INSERT INTO ledger.row_account VALUES ('a2', 'Sheet1', 'set_aside', ?, ?)", [reason, rows])
        query = query_of("more_loaded_than_set_aside")
        return con.execute(
            f"SELECT delivery_id, rows_loaded, rows_set_aside, reason FROM ({query}) q WHERE delivery_id = 'a2'"
        ).fetchall()


@pytest.mark.parametrize("reason", sorted({reason.value for reason in RowReason} - NO_DATA - {"loaded"}))
def test_each_reason_for_which_data_are_set_aside_has_the_limit(reason: str) -> None:
    assert found((reason, LOADED)) == []
    assert found((reason, LOADED + 1)) == [("a2", LOADED, LOADED + 1, reason)]


@pytest.mark.parametrize("reason", sorted(NO_DATA))
def test_rows_that_are_no_data_have_no_limit(reason: str) -> None:
    assert found((reason, 1_000)) == []


def test_all_reasons_count_together_and_the_largest_is_named() -> None:
    aside = (("duplicate_row", 2), ("sheet_without_table", 3), ("note", 50))
    assert found(*aside) == [("a2", LOADED, 5, "sheet_without_table")]
