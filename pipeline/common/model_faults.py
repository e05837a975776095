"""Says in Chinese what pydantic found wrong in a file that people write: which key, what it is, what it should be.

Messages of `value_error` are written by the models themselves, in Chinese already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from pipeline.common.known_keys import hint, keys_at

# By pydantic's type of an error, with what its context says: https://docs.pydantic.dev/latest/errors/validation_errors/
_WORDS: Final[Mapping[str, str]] = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这个键，请核对拼写",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数",
    "float_parsing": "应为数",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "string_type": "应为文字，写在引号里",
    "string_pattern_mismatch": "写法不对，应符合 {pattern}",
    "string_too_short": "不能空着",
    "literal_error": "应是 {expected} 之一",
    "enum": "应是 {expected} 之一",
    "tuple_type": "应为几项的列表，写成 [甲, 乙]",
    "list_type": "应为几项的列表，写成 [甲, 乙]",
    "dict_type": "应为一组“键: 值”",
    "model_type": "应为一组“键: 值”",
    "model_attributes_type": "应为一组“键: 值”",
    "too_short": "至少要有 {min_length} 项",
    "greater_than_equal": "不能小于 {ge}",
    "greater_than": "要大于 {gt}",
    "less_than_equal": "不能大于 {le}",
    "less_than": "要小于 {lt}",
    "date_from_datetime_parsing": "应为日期，如 2026-01-31",
    "date_parsing": "应为日期，如 2026-01-31",
}
# What the patterns of our models mean, for those who read no regular expressions.
_SHAPES: Final[Mapping[str, str]] = {
    r"^[a-z][a-z0-9_]{0,62}$": "写法不对，应以小写字母开头，只用小写字母、数字和下划线",
    r"^\d{6}(\d{2}|\d{3}|\d{6})?$": "写法不对，应为六位数字的区划代码，可再接两位、三位或六位数字",
}
_SHOWN_CHARACTERS: Final = 40
# Of these the value is the fault; of others, such as a key too many, it says nothing.
_SAYS_NOTHING: Final = frozenset({"missing", "extra_forbidden", "value_error", "assertion_error"})


def faults_in_words(error: ValidationError, content: object = None, model: type[BaseModel] | None = None) -> list[str]:
    """Returns a sentence for each fault: `fields 第 3 项（受理）的 type：应是 'string' … 之一，现为 'text'`.

    `content` is the plain data that was validated: of it come the names of list items. `model` is what it should have
    been: of it comes the key that was probably meant, `feilds：没有这个键，是不是 fields？`
    """
    sentences = []
    for fault in error.errors(include_url=False):
        place = _place(fault["loc"], content)
        words = fault_words(fault)
        if fault["type"] == "extra_forbidden" and model is not None:
            words = _unknown_key(fault["loc"], model) or words
        sentences.append(f"{place}：{words}" if place else words)
    return sentences


def _unknown_key(location: Sequence[str | int], model: type[BaseModel]) -> str:
    """Returns what a key that nobody knows was probably meant to be; "" where no known key is near."""
    question = hint(str(location[-1]), keys_at(model, location))
    return f"没有这个键，{question}" if question else ""


def fault_words(fault: Mapping[str, Any]) -> str:
    """Returns what one of pydantic's errors says, without its place: `应为整数，现为 'x'`."""
    words = _words(fault["type"], fault.get("ctx", {}), fault["msg"])
    value = fault["input"]
    is_plain = isinstance(value, str | int | float | bool)
    if is_plain and fault["type"] not in _SAYS_NOTHING:
        words += f"，现为 {str(value)[:_SHOWN_CHARACTERS]!r}"
    return words


def _words(kind: str, context: Mapping[str, Any], message: str) -> str:
    if kind in {"value_error", "assertion_error"}:
        return str(context.get("error", message))
    shape = _SHAPES.get(str(context.get("pattern")))
    if shape is not None:
        return shape
    template = _WORDS.get(kind)
    if template is None:
        return message
    expected = {name: str(value).replace(" or ", "、") for name, value in context.items()}
    return template.format_map(expected)


def _place(location: Sequence[str | int], content: object) -> str:
    """('fields', 2, 'type') → fields 第 3 项（受理）的 type."""
    words = ""
    for step in location:
        content = _inside(content, step)
        if isinstance(step, int):
            name = _name_of(content)
            words += f" 第 {step + 1} 项" + (f"（{name}）" if name else "")
        elif words:
            words += f".{step}" if words[-1].isascii() else f"的 {step}"
        else:
            words = str(step)
    return words


def _inside(content: object, step: str | int) -> object:
    if isinstance(step, int):
        return content[step] if isinstance(content, list | tuple) and step < len(content) else None
    return content.get(step) if isinstance(content, Mapping) else None


def _name_of(item: object) -> str:
    if not isinstance(item, Mapping):
        return ""
    return str(item.get("title") or item.get("name") or item.get("code") or "")
