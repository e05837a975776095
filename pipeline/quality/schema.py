"""The quality tables: their DDL, what older warehouses lack, the macro for past days; nothing is written here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import duckdb

# Grain: check_result week_id, table_name, check_name · finding finding_id · finding_week finding_id, week_id ·
# decision decision_id · finding_event finding_id, event_no · correction correction_id · corrected_cell correction_id.
# review_answer delivery_id, sheet, row_no.
# decision, finding_event and review_answer are append-only. Of a correction only status and observed move: they follow
# from the deliveries that count now, and what that means for its finding is an event.
DDL: Final = """
CREATE SCHEMA IF NOT EXISTS quality;
CREATE TABLE IF NOT EXISTS quality.check_result (
    week_id VARCHAR NOT NULL, table_name VARCHAR NOT NULL, check_name VARCHAR NOT NULL,
    severity VARCHAR NOT NULL, status VARCHAR NOT NULL, unexpected_count BIGINT NOT NULL, element_count BIGINT NOT NULL,
    observed VARCHAR NOT NULL, evidence VARCHAR NOT NULL, keys VARCHAR NOT NULL, checked_at TIMESTAMP NOT NULL
);
CREATE TABLE IF NOT EXISTS quality.finding_week (
    finding_id VARCHAR NOT NULL, week_id VARCHAR NOT NULL, table_name VARCHAR NOT NULL, check_name VARCHAR NOT NULL,
    unexpected_count BIGINT NOT NULL, keys VARCHAR NOT NULL, evidence VARCHAR NOT NULL, explanation VARCHAR
);
CREATE TABLE IF NOT EXISTS quality.finding (
    finding_id VARCHAR NOT NULL, table_name VARCHAR NOT NULL, check_name VARCHAR NOT NULL, title VARCHAR NOT NULL,
    severity VARCHAR NOT NULL, status VARCHAR NOT NULL, owner VARCHAR NOT NULL, first_seen VARCHAR NOT NULL,
    last_seen VARCHAR NOT NULL, weeks BIGINT NOT NULL, unexpected_count BIGINT NOT NULL, keys VARCHAR NOT NULL,
    evidence VARCHAR NOT NULL, explanation VARCHAR, action VARCHAR NOT NULL
);
CREATE TABLE IF NOT EXISTS quality.decision (
    decision_id VARCHAR NOT NULL, finding_id VARCHAR NOT NULL, kind VARCHAR NOT NULL, reason VARCHAR, value VARCHAR,
    until DATE, decided_by VARCHAR, decided_at TIMESTAMP NOT NULL
);
CREATE TABLE IF NOT EXISTS quality.finding_event (
    finding_id VARCHAR NOT NULL, event_no BIGINT NOT NULL, happened_at TIMESTAMP NOT NULL, origin VARCHAR NOT NULL,
    from_status VARCHAR, to_status VARCHAR NOT NULL, until DATE, decision_id VARCHAR, words VARCHAR NOT NULL
);
CREATE TABLE IF NOT EXISTS quality.correction (
    correction_id VARCHAR NOT NULL, source VARCHAR NOT NULL, keys VARCHAR NOT NULL, column_name VARCHAR NOT NULL,
    from_value VARCHAR, to_value VARCHAR, reason VARCHAR, decided_by VARCHAR, decided_at TIMESTAMP NOT NULL,
    week_id VARCHAR NOT NULL, status VARCHAR NOT NULL, finding_id VARCHAR NOT NULL, observed VARCHAR, note VARCHAR
);
CREATE TABLE IF NOT EXISTS quality.corrected_cell (
    correction_id VARCHAR NOT NULL, source VARCHAR NOT NULL, week_id VARCHAR NOT NULL, delivery_id VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL, row_no BIGINT NOT NULL, column_name VARCHAR NOT NULL, to_value VARCHAR
);
CREATE TABLE IF NOT EXISTS quality.review_answer (
    delivery_id VARCHAR NOT NULL, sheet VARCHAR NOT NULL, row_no BIGINT NOT NULL, finding_id VARCHAR,
    outcome VARCHAR NOT NULL, message VARCHAR NOT NULL, answered_at TIMESTAMP NOT NULL
);
"""
# Columns that came later; a warehouse of an earlier version gets them empty and the next checks fill them.
ADDED: Final = {
    "quality.finding": {
        "category": "VARCHAR",
        "owner_department": "VARCHAR",
        "figures": "VARCHAR",
        "places": "VARCHAR",
        "cell": "VARCHAR",
        "until": "DATE",
        "decision_id": "VARCHAR",
    },
    "quality.finding_week": {"owner_department": "VARCHAR", "figures": "VARCHAR", "places": "VARCHAR"},
    "quality.decision": {"correction_id": "VARCHAR", "origin": "VARCHAR", "week_id": "VARCHAR", "basis": "VARCHAR"},
}
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
    """Make the tables and the macro `quality.state_on(day)` where they are missing; add what an older version lacks."""
    con.execute(DDL)
    for table, columns in ADDED.items():
        for name, sql_type in columns.items():
            con.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {name} {sql_type}")
    con.execute(STATE_ON)
