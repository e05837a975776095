"""Says which deliveries the steward sent back, so that a correction is to come; what is made of it, the inbox says.

In: `quality.finding`, `finding_week` and `decision`. A delivery is sent back where a finding that stands in it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.common.tables import has_table

if TYPE_CHECKING:
    import duckdb

# The latest decision of a delivery comes last.
_SENT_BACK = """
SELECT w.places, d.decision_id, d.decided_at FROM quality.finding AS f
INNER JOIN quality.decision AS d ON d.decision_id = f.decision_id AND d.kind = 'send_back'
INNER JOIN quality.finding_week AS w ON w.finding_id = f.finding_id
WHERE f.status = 'sent_back' AND w.places IS NOT NULL
ORDER BY d.decided_at, d.decision_id
"""


@dataclass(frozen=True)
class SentBack:
    """The decision by which a delivery was sent back; `decided_at` is Beijing time."""

    decision_id: str
    decided_at: datetime


def sent_back_deliveries(con: duckdb.DuckDBPyConnection) -> dict[str, SentBack]:
    """Returns delivery_id → the latest decision that sent it back and still stands; usually there are none."""
    if not has_table(con, "quality", "decision"):
        return {}
    found: dict[str, SentBack] = {}
    for places, *decision in con.execute(_SENT_BACK).fetchall():
        for place in json.loads(places):
            delivery_id = place["delivery_id"]
            if delivery_id is not None:
                found[delivery_id] = SentBack(*decision)
    return found
