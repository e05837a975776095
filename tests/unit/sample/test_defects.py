"""Which of the listed defects are planted."""

from __future__ import annotations

import pytest

from pipeline.sample.defects import DEFECTS, chosen_defects


def test_the_defects_for_demonstration_are_planted_unless_others_are_named() -> None:
    shown = {defect.defect_id for defect in DEFECTS if defect.is_shown}
    assert chosen_defects(True) == shown
    assert 0 < len(shown) < len(DEFECTS)
    assert chosen_defects(False) == frozenset()
    assert chosen_defects(["result_missing", "impossible_date"]) == {"result_missing", "impossible_date"}
    assert chosen_defects([]) == frozenset()


def test_a_defect_that_is_not_listed_is_named_in_the_error_with_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"没有名为 gone、lost 的缺陷；可选：.*impossible_date"):
        chosen_defects(["lost", "impossible_date", "gone"])
