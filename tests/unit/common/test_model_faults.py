"""What is wrong in a file that people write is said in Chinese, with the name of the item and what stands there."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as PydanticField

from pipeline.common.model_faults import faults_in_words


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    kind: Literal["text", "number"] = "text"


class Paper(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: int = PydanticField(ge=1)
    items: tuple[Item, ...] = PydanticField(min_length=1)
    is_open: bool = False


def faults(**content: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Paper.model_validate(content)
    return faults_in_words(caught.value, content)


ITEMS = [{"title": "受理"}]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"version": "一", "items": ITEMS}, "version：应为整数，现为 '一'"),
        ({"version": 0, "items": ITEMS}, "version：不能小于 1，现为 '0'"),
        ({"items": ITEMS}, "version：缺少这一项"),
        ({"version": 1, "items": []}, "items：至少要有 1 项"),
        ({"version": 1, "items": "受理"}, "items：应为几项的列表，写成 [甲, 乙]，现为 '受理'"),
        ({"version": 1, "items": ITEMS, "is_open": "也许"}, "is_open：应为 true 或 false，现为 '也许'"),
        ({"version": 1, "items": ITEMS, "itmes": []}, "itmes：没有这个键，请核对拼写"),
    ],
)
def test_a_fault_says_what_should_stand_there(content: dict[str, Any], sentence: str) -> None:
    assert faults(**content) == [sentence]


def test_an_item_of_a_list_goes_by_its_name() -> None:
    content = {"version": 1, "items": [{"title": "受理"}, {"title": "办结", "kind": "texte"}, {}]}
    assert faults(**content) == [
        "items 第 2 项（办结）的 kind：应是 'text'、'number' 之一，现为 'texte'",
        "items 第 3 项的 title：缺少这一项",
    ]
