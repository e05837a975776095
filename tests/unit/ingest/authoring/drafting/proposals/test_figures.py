"""Numbers of a table are read with the precision to which they are printed."""

from __future__ import annotations

from decimal import Decimal

from pipeline.ingest.authoring.drafting.proposals.figures import MOST_ROWS, like_printed
from tests.unit.ingest.authoring.drafting.proposals.small_table import Cell, figures


def test_a_cell_is_read_with_its_step_and_a_blank_is_nothing() -> None:
    table = figures("单位 受理 办结率", ["甲", "2.31万", "93.5%"], ["乙", "—", ""], ["丙", "1,204", "90%"])
    accepted, rate = table.figures
    assert [None if number is None else (number.value, number.step) for number in accepted.numbers] == [
        (Decimal(23100), Decimal(100)),
        None,
        (Decimal(1204), Decimal(1)),
    ]
    assert [None if number is None else number.value for number in rate.numbers] == [Decimal("93.5"), None, Decimal(90)]
    assert (accepted.is_count, rate.is_count, rate.factor) == (True, False, 100)


def test_printed_totals_are_lines_too_and_are_known_as_such() -> None:
    table = figures("单位 受理 办结", ["甲", 10, 9], ["乙", 20, 18], ["合计", 30, 27])
    assert [(line.row_no, line.is_total) for line in table.lines] == [(2, False), (3, False), (4, True)]
    assert table.lines[-1].words == "第 4 行（合计）"


def test_a_number_is_written_like_the_one_beside_it() -> None:
    assert like_printed(Decimal(45204), "45,210 件") == "45,204"
    assert like_printed(Decimal("45204.50"), "45210") == "45204.5"
    assert like_printed(Decimal(10), "12") == "10"


def test_of_a_long_table_the_first_rows_are_looked_at() -> None:
    rows: list[list[Cell]] = [[f"窗口{place}", place, place] for place in range(1, MOST_ROWS + 2)]
    table = figures("窗口 受理 办结", *rows)
    assert (len(table.lines), table.is_whole) == (MOST_ROWS, False)
