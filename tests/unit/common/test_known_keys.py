"""The key that was probably meant is named, wherever in a file it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from pydantic import BaseModel, Field, ValidationError

from pipeline.common.known_keys import hint, keys_at, nearest
from pipeline.common.model_faults import faults_in_words


class Item(BaseModel):
    model_config = {"extra": "forbid"}
    title: str = ""
    fill_down: bool = Field(default=False, alias="fillDown")


class Paper(BaseModel):
    model_config = {"extra": "forbid"}
    fields: tuple[Item, ...] = ()
    by_name: Mapping[str, Item] = {}
    first: Item | None = None


def test_the_nearest_word_is_found_and_far_ones_are_not() -> None:
    assert nearest("feilds", ["fields", "checks"]) == "fields"
    assert nearest("fieldown", ["fillDown"]) == "fillDown"
    assert hint("feilds", ["fields"]) == "是不是 fields？"
    assert hint("xyz", ["fields"]) == ""


@pytest.mark.parametrize("location", [("fields", 2, "titel"), ("by_name", "甲", "titel"), ("first", "titel")], ids=str)
def test_keys_of_lists_mappings_and_what_may_be_missing_are_known(location: Sequence[str | int]) -> None:
    assert keys_at(Paper, location) == ["title", "fillDown"]
    assert keys_at(Paper, ("feilds",)) == ["fields", "by_name", "first"]


def test_a_fault_names_the_key_that_was_meant() -> None:
    content = {"feilds": [], "fields": [{"titel": "受理", "filDown": True}], "xyzq": 1}
    with pytest.raises(ValidationError) as caught:
        Paper.model_validate(content)
    assert faults_in_words(caught.value, content, Paper) == [
        "fields 第 1 项的 titel：没有这个键，是不是 title？",
        "fields 第 1 项的 filDown：没有这个键，是不是 fillDown？",
        "feilds：没有这个键，是不是 fields？",
        "xyzq：没有这个键，请核对拼写",
    ]
