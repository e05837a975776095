"""The version of what was delivered: it follows the deliveries of the weeks asked for, and nothing else."""

from __future__ import annotations

import duckdb

from assets.data_versions import delivered_version, reference_version, stamps_of

DELIVERIES = """
CREATE SCHEMA ledger;
CREATE TABLE ledger.delivery AS SELECT * FROM (VALUES
    ('case_detail', '2023-01', 'a', NULL, 'f', 'current'),
    ('case_detail', '2023-02', 'b', NULL, 'f', 'current'),
    ('case_detail', '2023-02', 'old', NULL, 'f', 'superseded'),
    ('item_volume', '2023-01', 'c', NULL, 'f', 'current')
) AS t (source, week_id, delivery_id, as_of, contract_fingerprint, status);
CREATE TABLE ledger.reference AS SELECT 'channel' AS name, 'h1' AS content_hash;
"""


def delivered(change: str = "") -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(DELIVERIES + change)
    return con


def test_the_same_deliveries_are_the_same_version() -> None:
    first, second = (delivered_version(stamps_of(delivered()), ["case_detail"], ["2023-01"]) for _ in range(2))
    assert first == second


def test_only_a_delivery_of_its_own_source_and_weeks_changes_a_version() -> None:
    before, after = (
        stamps_of(delivered(change))
        for change in ("", "UPDATE ledger.delivery SET delivery_id = 'new' WHERE delivery_id = 'b'")
    )
    for sources, weeks, is_same in (
        (["case_detail"], ["2023-01"], True),
        (["case_detail"], ["2023-02"], False),
        (["case_detail"], ["2023-01", "2023-02"], False),
        (["item_volume"], ["2023-01", "2023-02"], True),
        (["case_detail", "item_volume"], ["2023-02"], False),
    ):
        versions = [delivered_version(stamps, sources, weeks) for stamps in (before, after)]
        assert (versions[0] == versions[1]) is is_same, (sources, weeks)


def test_a_correction_counts_like_a_delivery() -> None:
    change = (
        "CREATE SCHEMA quality; CREATE TABLE quality.corrected_cell AS SELECT 'case_detail' AS source, "
        "'2023-01' AS week_id, 'a' AS delivery_id, 'S' AS sheet, 3 AS row_no, 'n' AS column_name, '4' AS to_value"
    )
    before, after = (stamps_of(delivered(text)) for text in ("", change))
    assert delivered_version(before, ["case_detail"], ["2023-01"]) != delivered_version(
        after, ["case_detail"], ["2023-01"]
    )


def test_code_lists_have_the_version_of_their_content() -> None:
    change = "UPDATE ledger.reference SET content_hash = 'h2'"
    assert reference_version(delivered()) == reference_version(delivered())
    assert reference_version(delivered()) != reference_version(delivered(change))
