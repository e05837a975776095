"""Says which cells of a delivery are read as a steward corrected them: cells that could not be read as they stand.

In: `quality.correction`, those with a delivery, sheet and row. A cell that could be read is corrected over `raw`, by
`pipeline.quality.desk.overlay`; of one that could not, the row is in quarantine, or the check on unread cells would go
on failing: its file is read again.
"""

from __future__ import annotations

import hashlib
import json
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


def corrections_by_delivery(con: duckdb.DuckDBPyConnection) -> dict[str, Corrections]:
    """Returns the corrected cells of each delivery that has some, by delivery_id; usually there are none."""
    if not has_table(con, "quality", "correction"):
        return {}
    deliveries: dict[str, dict[tuple[str, int], dict[str, str]]] = {}
    for delivery_id, sheet, row_no, column, text in con.execute(_CELLS).fetchall():
        deliveries.setdefault(delivery_id, {}).setdefault((sheet, row_no), {})[column] = text
    return dict(deliveries)


def correction_mark(corrections: Corrections) -> str:
    """Returns what corrections add to the fingerprint of how their delivery is read: `+1f0c9a2e77b0`, or nothing."""
    if not corrections:
        return ""
    cells = []
    for (sheet, row_no), texts in sorted(corrections.items()):
        cells += [(sheet, row_no, column, text) for column, text in sorted(texts.items())]
    text = json.dumps(cells, ensure_ascii=False)
    return "+" + hashlib.sha256(text.encode()).hexdigest()[:_MARK_LENGTH]
