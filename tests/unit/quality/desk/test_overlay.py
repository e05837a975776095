"""Corrected cells lie over raw in a view; raw itself is never touched."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from pipeline.contracts import Contract
from pipeline.quality.desk.overlay import CorrectedCell, lay_over, write_cells

CELL = CorrectedCell("k1", "hall_inspection", "2023-15", "i1", "四月", 7, "issues", "3")


def test_a_view_has_the_corrected_cell_and_every_other_one_as_raw_has_it(
    delivered: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]
) -> None:
    before = delivered.execute("SELECT * FROM raw.hall_inspection").fetchall()
    write_cells(delivered, [CELL])
    lay_over(delivered, contracts["hall_inspection"])
    different = "SELECT row_no, issues FROM (FROM corrected.hall_inspection EXCEPT FROM raw.hall_inspection)"
    assert delivered.execute(different).fetchall() == [(7, 3)]
    assert delivered.execute("SELECT * FROM raw.hall_inspection").fetchall() == before


def test_cells_take_the_place_of_those_before(delivered: duckdb.DuckDBPyConnection) -> None:
    for cells in ([CELL], [CELL], []):
        write_cells(delivered, cells)
        assert delivered.execute("SELECT count(*) FROM quality.corrected_cell").fetchone() == (len(cells),)
