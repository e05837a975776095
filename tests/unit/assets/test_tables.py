"""Which asset and which group stand for a table."""

from __future__ import annotations

import dagster as dg
import pytest

from assets.tables import REFERENCE, group_of, key_of, table_of


@pytest.mark.parametrize(
    ("table", "path"),
    [
        ("core.item", ["core", "item"]),
        ("raw.ref_channel", REFERENCE.path),
        ("raw.report_week", REFERENCE.path),
        ("ledger.current_delivery", ["ledger", "delivery"]),
    ],
)
def test_code_lists_and_views_belong_to_the_asset_that_writes_them(table: str, path: list[str]) -> None:
    assert key_of(table) == dg.AssetKey(path)


def test_a_key_names_its_table_and_its_floor() -> None:
    assert table_of(dg.AssetKey(["core", "item"])) == "core.item"
    assert [group_of(table) for table in ("core.item", "quality.decision", "quality.desk")] == [
        "core",
        "decisions",
        "review",
    ]
