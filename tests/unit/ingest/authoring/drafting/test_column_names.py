"""Names of columns come from the terms of the field, or from English labels."""

from __future__ import annotations

import pytest

from pipeline.ingest.authoring.drafting.column_names import ascii_name


@pytest.mark.parametrize(
    ("label", "name"),
    [("投诉编号", "complaint_no"), ("受理/本周", "accepted_week"), ("SRNumber", "srnumber"), ("奇异栏目", None)],
)
def test_names_come_from_the_terms_of_the_field(label: str, name: str | None) -> None:
    assert ascii_name(label)[0] == name
