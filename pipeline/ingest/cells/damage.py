"""Tells a cell's text that an export has ruined; whether a file is legible, `pipeline.ingest.text.legibility` says."""

from __future__ import annotations

import re

from pipeline.common.characters import CONTROLS, has_control
from pipeline.contracts import Field

_REPLACED = re.compile("�|锟斤|斤拷")  # U+FFFD, and what it becomes when its bytes are read as GBK: 锟斤拷
_MARKS = re.compile(r"\?{2,}")  # 江南??厅
_MARKS_INSIDE = re.compile(r"(?<![吗呢吧啊呀嘛么?])\?{2,}(?=\w)")  # 江南??厅, not 怎么回事?? and not 好吗??谢谢
_LOST_WORD = re.compile(r"(?:么\?{2,}|\?{4,})\w")  # 怎么??事, 江南????厅
_CLAUSES = re.compile(r"[，。！；：、,!;]")
_SHORTEST_PROSE = 12
_MAY_BE_MISREAD = re.compile(r"[\xa1-\xff][^\x00-\x7f]")  # ×Û
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_CHINESE = re.compile("[\u4e00-\u9fff]")
# Neither ASCII, Chinese, East Asian punctuation, full-width forms nor circled numbers.
_OTHER = re.compile(r"[^\x00-\x7f\u4e00-\u9fff\u3000-\u303f\uff01-\uff5e\u2460-\u24ff]")
# GB 2312 has its 3,755 frequent characters, ordered by sound, in the rows with a first byte below 0xD8.
_FIRST_BYTE_OF_RARE = 0xD8
# The codec by which a text was read, and the one in which it was written.
_MISREADINGS = (("latin-1", "utf-8"), ("latin-1", "gb2312"), ("cp1252", "utf-8"), ("cp1252", "gb2312"))
DAMAGED = rf"\?\?|\x{{fffd}}|锟斤|斤拷|[\x{{a1}}-\x{{ff}}][^\x{{0}}-\x{{7f}}]|[{CONTROLS}]"
"""What every damaged text holds, and few others, as a pattern of DuckDB's regular expressions."""


def is_damaged(text: str, field: Field) -> bool:
    """Whether a text holds what stands for lost characters, or a control character, which no table holds.

    Question marks stand for lost characters in a name or a code; in prose only where they are most of it or a word
    goes on behind them: people end a sentence with two of them, and may go on behind 吗?? with the next.
    """
    if _REPLACED.search(text) or has_control(text):
        return True
    if not _MARKS.search(text):
        return False
    is_prose = field.free_text or _is_prose(text)
    if not is_prose:
        return True
    # 好????: marks are most of it.
    is_mostly_marks = 2 * text.count("?") >= len(text)
    if is_mostly_marks:
        return True
    # 江南??厅: a word goes on behind them.
    if _MARKS_INSIDE.search(text):
        return True
    return _LOST_WORD.search(text) is not None


def _is_prose(text: str) -> bool:
    """Whether a text is a sentence, whatever its column: it is long, and clauses are parted in it."""
    return len(text) >= _SHORTEST_PROSE and _CLAUSES.search(text) is not None


def is_misread(text: str) -> bool:
    """Whether a whole text, as the file has it, is Chinese in GB 2312 or UTF-8 that was read as Western: ×Û´° is 综窗.

    Certain only where there are at least two Chinese characters, all frequent ones, and little else: a Western word
    has single letters with accents, hardly ever pairs of them.
    """
    if not _MAY_BE_MISREAD.search(text):
        return False
    return any(_is_chinese_read_as(text, wrong, right) for wrong, right in _MISREADINGS)


def _is_chinese_read_as(text: str, wrong: str, right: str) -> bool:
    """Whether the bytes of a text, read by the codec `right` and not by `wrong`, are Chinese."""
    try:
        mended = text.encode(wrong).decode(right)
    except UnicodeError:
        return False
    visible_length = len("".join(text.split()))
    beyond_ascii = len(_BEYOND_ASCII.findall(text))
    if 2 * beyond_ascii < visible_length:
        return False
    letters = _CHINESE.findall(mended)
    if len(letters) < 2 or _OTHER.search(mended):
        return False
    # Bytes that are UTF-8 are hardly ever so by chance; nearly all pairs of accents are some character of GB 2312.
    if right == "utf-8":
        return True
    return _are_frequent(letters)


def _are_frequent(letters: list[str]) -> bool:
    """Whether all characters are among those that GB 2312 counts as frequent."""
    encoded = "".join(letters).encode("gb2312")
    first_bytes = encoded[::2]
    return max(first_bytes) < _FIRST_BYTE_OF_RARE
