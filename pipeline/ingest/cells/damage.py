"""Tells a cell's text that an export has ruined; whether a whole file is legible belongs in legible."""

from __future__ import annotations

import re

from pipeline.contracts import Field

_REPLACED = re.compile("�|锟斤|斤拷")
_MARKS = re.compile(r"\?{2,}")
_MARKS_INSIDE = re.compile(r"\?{2,}\w")
_MAY_BE_MISREAD = re.compile(r"[\xa1-\xff][^\x00-\x7f]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_OTHER = re.compile(r"[^\x00-\x7f\u4e00-\u9fff\u3000-\u303f\uff01-\uff5e\u2460-\u24ff]")
DAMAGED = r"\?\?|\x{fffd}|锟斤|斤拷|[\x{a1}-\x{ff}][^\x{0}-\x{7f}]"
"""What every damaged text holds, and few others, as a pattern of DuckDB's regular expressions."""


def is_damaged(text: str, field: Field) -> bool:
    """Whether a text holds what stands for lost characters.

    Question marks stand for lost characters in a name or a code; in prose only where they are most of it or a word
    goes on behind them: people end a sentence with two of them.
    """
    if _REPLACED.search(text):
        return True
    if not _MARKS.search(text):
        return False
    return not field.free_text or _MARKS_INSIDE.search(text) is not None or 2 * text.count("?") >= len(text)


def is_misread(text: str) -> bool:
    """Whether a whole text, as the file has it, is Chinese in GB 2312 or UTF-8 that was read as Western: ×Û´° is 综窗.

    Certain only where there are at least two Chinese characters, all frequent ones, and little else: a Western word
    has single letters with accents, hardly ever pairs of them.
    """
    if not _MAY_BE_MISREAD.search(text):
        return False
    return any(_is_chinese(text, one, other) for one in ("latin-1", "cp1252") for other in ("utf-8", "gb2312"))


def _is_chinese(text: str, wrong: str, right: str) -> bool:
    try:
        found = text.encode(wrong).decode(right)
    except UnicodeError:
        return False
    is_much = 2 * len(_BEYOND_ASCII.findall(text)) >= len("".join(text.split()))
    letters = _CHINESE.findall(found)
    return is_much and len(letters) > 1 and not _OTHER.search(found) and (right == "utf-8" or _are_frequent(letters))


def _are_frequent(letters: list[str]) -> bool:
    """Whether they all are among the 3,755 that GB 2312 counts as frequent."""
    return all(letter.encode("gb2312")[0] < 0xD8 for letter in letters)
