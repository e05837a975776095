"""Judges whether a text looks like what people write, or was lost on the way; codecs are tried by `candidates`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import filterfalse

from pipeline.contracts.labels import label_key
from pipeline.ingest.refusals.text import TextRefusal
from pipeline.ingest.text.common_characters import COMMON, HANGUL

LOST = TextRefusal.TEXT_LOST
"""What is said of a text whose characters became question marks or U+FFFD."""

_COMMON_OR_HANGUL = COMMON | HANGUL
# The weight of a common character is 1. These have the same weight wherever they stand.
_RANGE_WEIGHTS = (
    (0x3040, 0x30FF, 0.8),  # Kana
    (0xAC00, 0xD7A3, 0.2),  # Hangul that is not common
    (0x3000, 0x303F, 0.5),  # the punctuation of East Asia: 、。《》
    (0xFF01, 0xFF5E, 0.5),  # full-width forms: （），：
    (0x2010, 0x2027, 0.5),  # dashes and curly quotation marks
    (0x2460, 0x24FF, 0.5),  # circled numbers: ①
    (0xFF61, 0xFF9F, -0.5),  # half-width kana, in which wrong decodings abound: ｺｬﾃﾅ
)
_CHINESE = (0x4E00, 0x9FFF)
_FREQUENT, _RARE = 0.1, -0.4
"""Weights of Chinese characters that are not common: those of a standard's first level, and the others."""
_NEVER_WRITTEN = -3.0
_NEVER_CATEGORIES = ("Co", "Cn", "Cc", "Cs")  # private use, unassigned, control, surrogate
_OTHER_SIGN = -0.3
_LETTER_AMONG_ITS_LIKE, _STRANGE_LETTER = 0.6, -0.3
_LETTER_AMONG_CHINESE = -0.6  # Ã between Chinese characters is half of a wrong decoding

_DELIMITERS = re.compile(r"[,;|<>\"'\r\n\t]+")
# A cell of nothing but question marks (,??,) or three of them anywhere (部门???).
_LOST_CELL = re.compile(r"(^|[,;|\t\">])\s*[?？]{2,}\s*($|[,;|\t\"<])|\?{3,}", re.MULTILINE)
_LOST_MARKS = ("\ufffd", "锟斤拷", "锟斤")  # 锟斤拷 is U+FFFD twice, saved as UTF-8 and read as GB18030
# A word of an alphabet with accents, such as Größe, or of Cyrillic or Greek.
_WORD = re.compile(r"[A-Za-z\u00c0-\u052f\u1e00-\u1fff]{2,}")
_MOST_IN_WORDS = 0.8
_MOST_CHARACTERS = 4000
_LABEL_CHARACTERS, _LABEL_LINES, _LONGEST_LABEL = 1 << 16, 60, 64
_HARDLY_LEGIBLE, _LEGIBLE = 0.4, 0.5


def legibility(text: str) -> float:
    """Returns the mean weight of the characters beyond ASCII: 1 common in running text, 0 unusual, below 0 hardly ever
    written. Text without such characters has 0.

    Example: 受理部门 has 1.0; the same bytes of GB18030 read as cp1252, ÊÜÀí²¿ÃÅ, have less than 0.3.
    """
    beyond_ascii = [place for place, letter in enumerate(text) if letter > "\x7f"]
    looked_at = beyond_ascii[:_MOST_CHARACTERS]
    if not looked_at:
        return 0.0
    total = 0.0
    for place in looked_at:
        letter = text[place]
        weight = _weight(letter)
        if weight is None:
            before = text[max(place - 1, 0) : place]
            after = text[place + 1 : place + 2]
            weight = _weight_among(letter, before + after)
        total += weight
    return total / len(looked_at)


def is_writing(text: str) -> bool:
    """Whether most characters beyond ASCII are common ones, or make up words of an alphabet with two cases.

    Wrong decodings also yield letters of alphabets, but in them small and capital letters stand in any order.
    """
    beginning = text[:_MOST_CHARACTERS]
    beyond_ascii = list(filterfalse(str.isascii, beginning))
    common_letters = list(filter(_COMMON_OR_HANGUL.__contains__, beyond_ascii))
    is_mostly_common = len(common_letters) * 2 > len(beyond_ascii)
    if is_mostly_common:
        return True
    in_words = 0
    for word in _WORD.findall(beginning):
        has_orderly_case = word[1:].islower() or word.isupper()  # Größe, größe, GRÖẞE; not ÊÜÀí
        if has_orderly_case:
            letters = list(filterfalse(str.isascii, word))
            in_words += len(letters)
    return in_words > len(beyond_ascii) * _MOST_IN_WORDS


def _weight_among(letter: str, neighbours: str) -> float:
    """Returns the weight of a letter that no East Asian text is written in.

    A letter with an accent stands among plain ones (Größe); a letter of another alphabet among its like (отдел).
    """
    if any(map(_is_east_asian, neighbours)):
        return _LETTER_AMONG_CHINESE
    if _is_among_its_like(letter, neighbours):
        return _LETTER_AMONG_ITS_LIKE
    return _STRANGE_LETTER


def _is_among_its_like(letter: str, neighbours: str) -> bool:
    letters = filter(str.isalpha, neighbours)
    is_latin = ord(letter) < 0x250
    if is_latin:
        return any(map(str.isascii, letters))
    stands_alone = not neighbours.strip()
    if stands_alone:
        return True
    return any(map(_is_beyond_latin, letters))


def _is_beyond_latin(letter: str) -> bool:
    """Whether a letter stands behind those of the Latin alphabet, their accents included."""
    return letter > "\u036f"


@lru_cache(maxsize=20_000)
def _weight(letter: str) -> float | None:
    """Returns the weight of a character; None for a letter of another script, which its neighbours decide."""
    if letter in _COMMON_OR_HANGUL:
        return 1.0
    code = ord(letter)
    first_chinese, last_chinese = _CHINESE
    is_chinese = first_chinese <= code <= last_chinese
    if is_chinese:
        return _FREQUENT if _is_first_level(letter) else _RARE
    for first, last, weight in _RANGE_WEIGHTS:
        if first <= code <= last:
            return weight
    category = unicodedata.category(letter)
    if category in _NEVER_CATEGORIES:
        return _NEVER_WRITTEN
    is_letter = category.startswith("L")
    if is_letter and not _is_east_asian(letter):
        return None
    return _OTHER_SIGN


def _is_east_asian(letter: str) -> bool:
    """Whether a character stands in the blocks of East Asia: radicals to full-width forms, and the planes beyond."""
    return "\u2e80" <= letter <= "\uffef" or letter >= "\U00020000"


def _is_first_level(letter: str) -> bool:
    """Whether a national standard counts a character among the frequent ones.

    Level 1 of GB 2312 has the rows B0 to D7, level 1 of Big5 the rows A4 to C6.
    """
    try:
        return letter.encode("gb2312")[0] < 0xD8
    except UnicodeEncodeError:
        pass
    try:
        return letter.encode("big5")[0] < 0xC7
    except UnicodeEncodeError:
        return False


def label_hits(text: str, labels: Collection[str]) -> int:
    """Returns how many different known header labels stand as whole cells in the first lines.

    Example: "部门,受理\\n" has two of the labels {部门, 受理, 办结}. Labels in ASCII read the same in any codec and do
    not count.
    """
    if not labels:
        return 0
    lines = text[:_LABEL_CHARACTERS].splitlines()[:_LABEL_LINES]
    keys = set()
    for cell in cells_of(lines):
        if len(cell) < _LONGEST_LABEL and not cell.isascii():
            keys.add(label_key(cell))
    return len(keys.intersection(labels))


def cells_of(lines: Iterable[str]) -> list[str]:
    """Returns what stands between delimiters, quotes and line ends, whichever the delimiter is.

    Example: ["部门;受理", "'甲'"] gives ["部门", "受理", "甲", ""].
    """
    return _DELIMITERS.split("\n".join(lines))


def is_misread(text: str, others: Iterable[str]) -> bool:
    """Whether a text is hardly legible, and one of the others that it may have been reads like writing."""
    own = legibility(text)
    if own >= _HARDLY_LEGIBLE:
        return False
    least = max(_LEGIBLE, own + _LEGIBLE)
    different = (other for other in others if other != text)
    return any(legibility(other) >= least for other in different)


def lost_share(text: str) -> float:
    """Returns the share of the filled lines in which characters were lost.

    Lost are U+FFFD (部\\ufffd门), and question marks in place of words (,????,).
    """
    may_be_lost = "??" in text or "？？" in text or _has_lost_mark(text)
    if not may_be_lost:
        return 0.0
    filled_lines = list(filter(str.strip, text.splitlines()))
    if not filled_lines:
        return 0.0
    lost_lines = sum(map(is_lost, filled_lines))
    return lost_lines / len(filled_lines)


def is_lost(line: str) -> bool:
    """Whether a line holds a replacement character, or a cell of nothing but question marks."""
    if _has_lost_mark(line):
        return True
    return _LOST_CELL.search(line) is not None


def _has_lost_mark(text: str) -> bool:
    return any(mark in text for mark in _LOST_MARKS)
