"""Names of environment variables stand in the place of keys."""

from __future__ import annotations

import pytest

from pipeline.common.environment import filled, unset_variables


def test_names_are_filled_and_what_is_not_set_or_empty_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHOUBAO_A", "k1")
    monkeypatch.setenv("ZHOUBAO_EMPTY", "")
    monkeypatch.delenv("ZHOUBAO_NONE", raising=False)
    assert unset_variables("x://${ZHOUBAO_A}@${ZHOUBAO_EMPTY}/${ZHOUBAO_NONE}") == ["ZHOUBAO_EMPTY", "ZHOUBAO_NONE"]
    assert filled("x://${ZHOUBAO_A}/") == "x://k1/"
    assert filled("no key") == "no key"
