"""Labels are compared in one form."""

import pytest

from pipeline.contracts.labels import label_key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("受 理（件）：", "受理"),
        ("受理【累计】", "受理【累计】"),
        ("受理(其中网上)", "受理(其中网上)"),
        ("ＳＲ Number*", "srnumber"),
        ("受\u200b理", "受理"),
    ],
)
def test_a_label_is_reduced_to_what_identifies_it(text: str, key: str) -> None:
    assert label_key(text) == key
