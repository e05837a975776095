"""What the words of a header say: rates, units, identifiers, prose."""

from __future__ import annotations

import pytest

from pipeline.ingest.authoring.drafting.label_words import is_rate, unit_of


@pytest.mark.parametrize(
    ("label", "is_summed", "expected"),
    [
        ("均衡件数", False, False),
        ("年度得分", True, False),
        ("占比", True, True),
        ("完成(%)", False, True),
        ("比上周增减", False, False),
    ],
)
def test_what_only_looks_like_a_rate_is_added_up(label: str, is_summed: bool, expected: bool) -> None:
    assert is_rate(label, ["1", "2"], is_summed) is expected


def test_a_scale_in_the_header_is_no_unit() -> None:
    assert (unit_of("受理(件)"), unit_of("受理(万件)"), unit_of("受理(A)")) == ("件", None, None)
