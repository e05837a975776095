"""The quality tables: any past day can be asked."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from pipeline.quality.schema import create_tables


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2023-04-20", []),
        ("2023-04-21", [("f1", "open")]),
        ("2023-04-28", [("f1", "waived")]),
        ("2023-05-01", [("f1", "expired")]),
    ],
)
def test_the_state_of_any_past_day_can_be_asked(con: duckdb.DuckDBPyConnection, day: str, state: list[Any]) -> None:
    create_tables(con)
    con.execute("""
        INSERT INTO quality.finding_event (finding_id, event_no, happened_at, origin, to_status, until, words) VALUES
            ('f1', 1, '2023-04-21 09:00:00', '检查', 'open', NULL, '发现'),
            ('f1', 2, '2023-04-24 09:00:00', '数据专员', 'waived', '2023-04-30', '暂缓')""")
    assert con.execute("SELECT finding_id, status FROM quality.state_on(?)", [day]).fetchall() == state
