"""Makes the quality tables of `pipeline.state_tables` where they are missing, and the macro for past days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.state_tables.create import create_tables as create_state_tables

if TYPE_CHECKING:
    import duckdb

# A waiver that ran out is expired from that day on, whether or not a run has noted it since.
STATE_ON: Final = """
CREATE OR REPLACE MACRO quality.state_on(day) AS TABLE
SELECT finding_id, CASE WHEN last.until < CAST(day AS DATE) THEN 'expired' ELSE last.to_status END AS status,
    last.until AS until, last.decision_id AS decision_id, last.happened_at AS since
FROM (
    SELECT e.finding_id, arg_max(e, e.event_no) AS last FROM quality.finding_event AS e
    WHERE CAST(e.happened_at AS DATE) <= CAST(day AS DATE) GROUP BY e.finding_id
)
"""


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Makes the tables and the macro `quality.state_on(day)` where they are missing."""
    create_state_tables(con, "quality")
    con.execute(STATE_ON)
