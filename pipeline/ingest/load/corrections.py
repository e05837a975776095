"""Says which cells of a delivery are read as a steward corrected them: cells that could not be read as they stand.

In: `quality.correction`, those with a delivery, sheet and row. A cell that could be read is corrected over `raw`, by
`pipeline.quality.desk.overlay`; there is no row in `raw` over which one that could not be read could be laid.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from typing import TYPE_CHECKING

from pipeline.common.tables import has_table
from pipeline.ingest.cells.row_reader import Corrections

if TYPE_CHECKING:
    import duckdb

# A correction whose delivery counts no more stays with it: it may count again.
_CELLS = """
SELECT delivery_id, sheet, row_no, column_name, to_value FROM quality.correction
WHERE delivery_id IS NOT NULL AND status NOT IN ('replaced', 'withdrawn')
ORDER BY delivery_id, sheet, row_no, column_name
"""
_MARK_LENGTH = 12


def corrections_of(con: duckdb.DuckDBPyConnection, delivery_id: str) -> Corrections:
    """Returns the corrected cells of one delivery; usually there are none."""
    rows: dict[tuple[str, int], dict[str, str]] = defaultdict(dict)
    for of_delivery, sheet, row_no, column, text in _cells(con):
        if of_delivery == delivery_id:
            rows[sheet, row_no][column] = text
    return dict(rows)


def correction_marks(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Returns, by delivery_id, what its corrections add to the fingerprint of how it is read: `+1f0c9a2e77b0`.

    A delivery without corrections has no entry.
    """
    cells: dict[str, list[tuple[str, int, str, str]]] = defaultdict(list)
    for delivery_id, sheet, row_no, column, text in _cells(con):
        cells[delivery_id].append((sheet, row_no, column, text))
    marks = {}
    for delivery_id, corrected in cells.items():
        text = json.dumps(corrected, ensure_ascii=False)
        marks[delivery_id] = "+" + hashlib.sha256(text.encode()).hexdigest()[:_MARK_LENGTH]
    return marks


def _cells(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int, str, str]]:
    if not has_table(con, "quality", "correction"):
        return []
    return con.execute(_CELLS).fetchall()
