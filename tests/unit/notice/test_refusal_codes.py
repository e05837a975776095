"""Codes of refused files as the ledger keeps them."""

from __future__ import annotations

import duckdb

from pipeline.notice.refusal_codes import refusal_codes

ARRIVALS = """
CREATE SCHEMA IF NOT EXISTS ledger;
CREATE TABLE ledger.arrival (delivery_id VARCHAR, outcome VARCHAR, code VARCHAR, seen_at TIMESTAMP);
INSERT INTO ledger.arrival VALUES
    ('d1', 'refused', 'too_large', '2023-04-24 09:00:00'), ('d1', 'refused', 'no_table', '2023-04-25 09:00:00'),
    ('d2', 'loaded', NULL, '2023-04-24 09:00:00'), (NULL, 'refused', 'locked', '2023-04-24 09:00:00');
"""


def test_the_code_of_the_last_refusal_counts() -> None:
    with duckdb.connect() as con:
        con.execute(ARRIVALS)
        assert refusal_codes(con) == {"d1": "no_table"}


def test_a_ledger_of_an_earlier_version_has_no_codes() -> None:
    with duckdb.connect() as con:
        assert refusal_codes(con) == {}
        con.execute("CREATE SCHEMA ledger; CREATE TABLE ledger.arrival (delivery_id VARCHAR, outcome VARCHAR)")
        assert refusal_codes(con) == {}
