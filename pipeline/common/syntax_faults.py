"""Says in Chinese where a TOML or YAML file that people write cannot be read: which line, what to look at there.

In: the text and the parser's error. What a file that can be read says wrongly, `model_faults` tells.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import tomllib

    import yaml

# Invalid value (at line 6, column 8)
_LINE_OF_TOML = re.compile(r"at line (\d+)")
# Characters of a Chinese keyboard where the syntax wants its ASCII twin.
_FULL_WIDTH: Final = {
    "“": '"', "”": '"', "‘": "'", "’": "'", "＂": '"', "：": ":", "，": ",", "＝": "=", "［": "[", "］": "]",
    "｛": "{", "｝": "}", "【": "[", "】": "]", "＃": "#", "\u3000": "空格",
}  # fmt: skip
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')
_SHOWN_CHARACTERS: Final = 40


def toml_fault(error: tomllib.TOMLDecodeError, text: str) -> str:
    """Returns where and why: `第 6 行（name = “某市”）：“ 是全角的，请换成英文的 "`."""
    found = _LINE_OF_TOML.search(str(error))
    number = int(found[1]) if found else len(text.splitlines())
    advice = '文字和代码要写在英文引号里（name = "某市大厅"），数、true、false 不用；一行一项，括号要成对'
    return _fault(text, number, advice)


def yaml_fault(error: yaml.YAMLError, text: str) -> str:
    """Returns where and why: `第 12 行（→ name: a）：行首有制表符（Tab），请换成空格`."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    number = mark.line + 1 if mark else len(text.splitlines())
    return _fault(text, number, "请核对缩进（同一级对齐，只用空格）、英文冒号后的空格、成对的引号和括号")


def _fault(text: str, number: int, otherwise: str) -> str:
    lines = text.splitlines()
    # A parser that waits for a bracket complains at the end of the file, after the last line.
    number = max(1, min(number, len(lines)))
    line = lines[number - 1] if lines else ""
    shown = line.strip().replace("\t", " ")[:_SHOWN_CHARACTERS]
    return f"第 {number} 行（{shown}）：{_reason(line) or otherwise}"


def _reason(line: str) -> str:
    """What a line has that no syntax takes; "" where nothing is seen. Full-width characters in quotes are text."""
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    if "\t" in indent:
        return "行首有制表符（Tab），请换成空格"
    outside = _QUOTED.sub("", line)
    for character in outside.partition("#")[0]:
        if character in _FULL_WIDTH:
            name = "全角空格" if character == "\u3000" else character
            return f"{name} 是全角的，请换成英文的 {_FULL_WIDTH[character]}（引号、冒号、逗号、括号都用英文输入法写）"
    return ""
