"""What a number format shows of a number."""

from __future__ import annotations

import pytest

from pipeline.ingest.sheets.number_formats import shows_share


@pytest.mark.parametrize(
    ("code", "is_share"),
    [
        ("0%", True), ("0.00%", True), ("0.0%;-0.0%", True), ('0.0%;-0.0%;"-"', True), ("[Red]#,##0.0 %", True),
        ("General", False), ('0.0"%"', False), ("0.0\\%", False), ("0.0%;0.00", False), ("@", False), ("", False),
    ],
)  # fmt: skip
def test_a_format_shows_a_share_by_its_own_sign_only(code: str, is_share: bool) -> None:
    assert shows_share(code) == is_share
