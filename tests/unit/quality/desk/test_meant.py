"""Which cells one line of the workbook corrects: one, several that are named, or all that could not be read alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import duckdb
import pytest

from pipeline.contracts import Contract
from pipeline.quality.desk.decisions import DecisionError
from pipeline.quality.desk.meant import cells_meant, pairs_of
from pipeline.quality.desk.workbook_rows import FindingInWeek, Row
from pipeline.quality.findings.places import Place

TENTH = Place("巡查.xlsx", "四月", 10, 10, "i1")
TENTH_TO_TWELFTH = Place("巡查.xlsx", "四月", 10, 12, "i1")


def finding(*places: Place) -> FindingInWeek:
    return FindingInWeek("f1", "open", None, 1, "", None, True, places, "warning", None)


def line(value: str | None, row_meant: str | None = None, column: str | None = None) -> Row:
    return Row("来源数据", 4, "f1", "", "", "更正", "电话核实", None, row_meant, column, value, "张三", "", None)


def quarantine(con: duckdb.DuckDBPyConnection, *cells: tuple[int, str, str]) -> None:
    for row_no, column, value in cells:
        con.execute(
            "INSERT INTO quarantine.cell VALUES ('i1', '四月', ?, ?, 'not_a_number', ?, '不是数', 'quarantined')",
            [row_no, column, value],
        )


def meant(
    con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract], row: Row, places: Sequence[Place]
) -> list[tuple[int, str, str | None]]:
    found = cells_meant(con, contracts, "2023-15", finding(*places), row)
    return [(one.cell.row_no, one.cell.field.name, one.text) for one in found]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("7=198；9=12", [("7", "198"), ("9", "12")]),
        ("四月!7＝198; 第9行=12\n", [("四月!7", "198"), ("第9行", "12")]),
        ("7=198；", [("7", "198")]),
        ("198", []),
        ("A=B", []),
        ("7=198；十二", []),
        ("7=", []),
        (None, []),
    ],
)
def test_rows_with_their_values_are_told_from_a_value(text: str | None, pairs: list[tuple[str, str]]) -> None:
    assert pairs_of(text) == pairs


def test_the_only_unread_cell_of_the_only_row_needs_neither_row_nor_column(
    delivered: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]
) -> None:
    quarantine(delivered, (10, "issues", "约三"))
    assert meant(delivered, contracts, line("3"), [TENTH]) == [(10, "issues", "3")]
    (found,) = cells_meant(delivered, contracts, "2023-15", finding(TENTH), line("3"))
    assert (found.cell.is_unread, found.cell.value) == (True, "约三")
    assert found.cell.words == "大厅巡查记录 巡查.xlsx!四月!10 的发现问题数"


def test_cells_that_say_the_same_become_the_same(
    delivered: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]
) -> None:
    quarantine(delivered, (10, "issues", "约三"), (11, "issues", "约三"), (40, "issues", "约三"))
    # The places of a finding are the first only: the fortieth row is meant, too.
    found = meant(delivered, contracts, line("3"), [TENTH_TO_TWELFTH])
    assert found == [(10, "issues", "3"), (11, "issues", "3"), (40, "issues", "3")]


def test_cells_that_say_different_things_need_a_value_each(
    delivered: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]
) -> None:
    quarantine(delivered, (10, "issues", "约三"), (12, "issues", "约五"))
    with pytest.raises(DecisionError, match=r"原值不同（四月!10“约三”、四月!12“约五”）.*如 7=198；9=12"):
        meant(delivered, contracts, line("3"), [TENTH_TO_TWELFTH])
    found = meant(delivered, contracts, line("10=3；12=5"), [TENTH_TO_TWELFTH])
    assert found == [(10, "issues", "3"), (12, "issues", "5")]


def test_cells_of_loaded_rows_that_could_not_be_read_are_meant_too_and_other_faults_of_the_rows_are_not(
    delivered: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]
) -> None:
    delivered.execute("UPDATE raw.hall_inspection SET issues = NULL")
    quarantine(delivered, (7, "issues", "约三"), (8, "issues", "约三"), (8, "note", "乱码"))
    delivered.execute("UPDATE quarantine.cell SET row_disposition = 'loaded'")
    both = finding(Place("巡查.xlsx", "四月", 7, 8, "i1"))
    keys = '[{"column_name": "issues", "reason": "not_a_number"}]'
    found = cells_meant(delivered, contracts, "2023-15", replace(both, keys=keys), line("3"))
    assert [(one.cell.row_no, one.cell.field.name, one.cell.is_unread) for one in found] == [
        (7, "issues", True),
        (8, "issues", True),
    ]
    with pytest.raises(DecisionError, match=r"原值不同"):
        cells_meant(delivered, contracts, "2023-15", both, line("3"))


def test_a_cell_beside_the_unread_one_of_a_quarantined_row_cannot_be_corrected(
    delivered: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]
) -> None:
    quarantine(delivered, (10, "issues", "约三"))
    with pytest.raises(DecisionError, match=r"第 10 行没有载入.*读不懂的是 发现问题数"):
        meant(delivered, contracts, line("很好", "10", "巡查结论"), [TENTH])
