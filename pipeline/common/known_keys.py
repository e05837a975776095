"""Says which keys a model knows at a place, and which of them was probably meant: feilds → fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel


def nearest(word: str, known: Sequence[str]) -> str:
    """Returns the known word that is spelt most like another one; "" where none is near."""
    by_small = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), by_small, 1)
    return by_small[near[0]] if near else ""


def hint(word: str, known: Sequence[str]) -> str:
    """Returns the question whether the nearest known word was meant: 是不是 fields？ "" where none is near."""
    near = nearest(word, known)
    return f"是不是 {near}？" if near else ""


def keys_at(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    """Returns the keys that a model knows beside the last step of a place, as people write them.

    In: Contract and ("fields", 2, "titel"). Out: name, title, type …
    """
    annotation: Any = model
    for step in location[:-1]:
        annotation = _inside(annotation, step)
    return [key for known in _models_in(annotation) for key in _keys_of(known)]


def _inside(annotation: Any, step: str | int) -> Any:
    """What stands below a key. A number in a list and a name in a mapping lead to what the annotation holds anyway."""
    for model in _models_in(annotation):
        for name, field in model.model_fields.items():
            if step in (name, field.alias):
                return field.annotation
    return annotation


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that an annotation names: Field of tuple[Field, ...], Checks of Checks | None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for part in get_args(annotation):
        yield from _models_in(part)


def _keys_of(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]
