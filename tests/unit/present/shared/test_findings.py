"""Findings and checks in words."""

from __future__ import annotations

import duckdb
import pytest

from pipeline.present.shared.findings import check_counts, read_keys, week_findings
from pipeline.release.revisions.masks import PENDING


@pytest.mark.parametrize(
    ("keys", "rows"),
    [
        ('[{"measure": "consulted"}, 3, "x"]', [{"measure": "consulted"}]),
        ('{"measure": "consulted"}', []),
        ("no JSON", []),
        (None, []),
    ],
)
def test_only_objects_in_a_list_are_keys(keys: str | None, rows: list[dict[str, str]]):
    assert read_keys(keys) == rows


def test_checks_are_counted_by_what_became_of_them(con: duckdb.DuckDBPyConnection):
    assert check_counts(con, "2023-03") == {"failed": 1, "passed": 1}
    assert check_counts(con, "2023-01") == {}
    with duckdb.connect() as empty:
        assert check_counts(empty, "2023-03") == {}


def test_findings_of_a_week_say_their_fault_first_and_what_waits_stands_before_what_is_settled(
    con: duckdb.DuckDBPyConnection,
):
    con.execute("UPDATE quality.finding_week SET evidence = '咨询为 9。见表' WHERE finding_id = 'f2'")
    rows = week_findings(con, "2023-03")
    assert [row["is_settled"] for row in rows] == sorted(row["is_settled"] for row in rows)
    (shown,) = [row for row in rows if row["finding_id"] == "f2"]
    assert (shown["title"], shown["rest"]) == ("咨询为 9", "见表")


def test_of_a_finding_whose_figures_are_withheld_the_rule_is_told(con: duckdb.DuckDBPyConnection):
    con.execute("UPDATE quality.finding SET title = '数量在往周的范围内' WHERE finding_id = 'f2'")
    con.execute("UPDATE quality.finding_week SET evidence = ? WHERE finding_id = 'f2'", [PENDING])
    (shown,) = [row for row in week_findings(con, "2023-03") if row["finding_id"] == "f2"]
    assert (shown["title"], shown["rest"]) == ("数量在往周的范围内", PENDING)
