"""Sheets that only add up the others: how they are known, and what is left of them."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from pipeline.ingest.cells.typed_row import CellProblem, TypedRow
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.load.incoming import add_problems, add_rows, open_incoming
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.load.sheet_tables.summary_sheets import LoadedSheet, summary_sheets, withdraw_rows
from pipeline.ingest.refusals.load import LoadRefusal
from pipeline.ingest.tables.control_totals import ControlTotal, Segment
from tests.unit.ingest.demo_form import DEMO


def sheet(name: str, accepted: int, rate: int = 0, rows: int = 1) -> LoadedSheet:
    sums = {"accepted": Decimal(accepted), "rate": Decimal(rate)}
    return LoadedSheet(name, Segment(rows, sums if rows else {}), first_row=4)


def names(*sheets: LoadedSheet) -> list[str]:
    return [one.name for one in summary_sheets(sheets, DEMO)]


def test_a_sheet_is_a_summary_by_its_name_though_its_sum_is_a_little_off() -> None:
    assert names(sheet("一月", 3), sheet("二月", 4), sheet("汇总", 8)) == ["汇总"]


def test_a_sheet_without_the_word_is_a_summary_where_every_sum_is_that_of_the_others() -> None:
    assert names(sheet("一月", 60, 1), sheet("全部", 100, 3), sheet("二月", 40, 2)) == ["全部"]


@pytest.mark.parametrize(
    "sheets",
    [
        [sheet("全部", 7, 3), sheet("一月", 3, 1), sheet("二月", 4, 2)],
        [sheet("全部", 100, 4), sheet("一月", 60, 1), sheet("二月", 40, 2)],
        [sheet("全部", 100), sheet("一月", 60), sheet("二月", 40)],
        [sheet("全部", 100, 3), sheet("一月", 100, 3)],
        [sheet("汇总", 100, 3)],
    ],
    ids=["so small a sum may be chance", "one sum differs", "one field only", "one other sheet", "nothing else"],
)
def test_a_sheet_that_may_be_data_of_its_own_is_no_summary(sheets: list[LoadedSheet]) -> None:
    assert names(*sheets) == []


def test_a_sheet_that_is_named_a_summary_and_says_something_else_is_refused() -> None:
    with pytest.raises(RefusedFileError) as caught:
        names(sheet("一月", 3), sheet("二月", 4), sheet("汇总", 15, 1))
    assert caught.value.refusal is LoadRefusal.SUMMARY_FAR_FROM_SHEETS
    assert caught.value.place == RefusalPlace(sheet="汇总", column="受理")
    assert (caught.value.expected, caught.value.found) == ("7", "15")


def test_of_a_withdrawn_summary_its_sums_stay_beside_those_of_the_others() -> None:
    account = Account()
    account.totals.append(ControlTotal("汇总", 9, "合计", "table", "accepted", Decimal(8), Decimal(8)))
    account.totals.append(ControlTotal("一月", 9, "合计", "table", "accepted", Decimal(3), Decimal(3)))
    with duckdb.connect() as con:
        open_incoming(con, DEMO)
        add_rows(con, DEMO, [TypedRow(name, 4, {"department": "公安厅"}) for name in ("一月", "汇总")])
        add_problems(con, [CellProblem("汇总", 5, "accepted", "not_an_integer", "x", "quarantined")])
        withdraw_rows(con, account, sheet("汇总", 8, 2), [sheet("一月", 3, 1), sheet("二月", 4, 1)])
        assert con.execute("SELECT sheet FROM incoming").fetchall() == [("一月",)]
        assert con.execute("FROM cell_problem").fetchall() == []
        assert con.execute("FROM excluded").fetchall() == []
    assert dict(account.rows) == {("汇总", "set_aside", "summary_sheet"): 2}
    found = [(one.sheet, one.label, one.column_name, one.printed, one.computed) for one in account.totals]
    assert found == [
        ("一月", "合计", "accepted", 3, 3),
        ("汇总", "汇总", "accepted", 8, 7),
        ("汇总", "汇总", "rate", 2, 2),
    ]
