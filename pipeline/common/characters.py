"""Characters that nobody sees, and blanks that fill no cell; what a text means belongs in ingest.cells."""

from __future__ import annotations

import re

# Unicode's format characters (category Cf) but those few that are seen, such as the Arabic number signs: soft hyphen,
# zero-width space and joiners, directions of writing, byte-order mark, tags.
_RANGES = (
    (0x00AD, 0x00AD), (0x061C, 0x061C), (0x180E, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F),
    (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0001, 0xE007F),
)  # fmt: skip
_INVISIBLE = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _RANGES) + "]+")
INVISIBLE = "".join(rf"\x{{{first:x}}}-\x{{{last:x}}}" for first, last in _RANGES)
"""The same characters as a class of DuckDB's regular expressions."""


def visible(text: str) -> str:
    """The text without characters that show nothing: a key with one at its end is the same key."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


# What Python's str.strip takes for a blank, as a class of DuckDB's regular expressions.
BLANKS = r"\x09-\x0d\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"


def is_blank(text: str) -> str:
    """SQL that holds where a text shows nothing; most texts are told by their first character, without the pattern."""
    may_be_blank = f"{text} < '!' OR ({text} > '~' AND {text} < '一') OR {text} >= chr({0xFEFF})"
    return f"(({may_be_blank}) AND regexp_full_match({text}, '[{BLANKS}{INVISIBLE}]*'))"


# Control characters but those that lay out a text: \t, \n, \v, \f, \r, the separators U+001C to U+001F, and U+0085, the
# line end of mainframes: `str.strip` takes these for blanks.
_CONTROLS = ((0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F))
_CONTROL = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _CONTROLS) + "]")
CONTROLS = "".join(rf"\x{{{first:x}}}-\x{{{last:x}}}" for first, last in _CONTROLS)
"""The same characters as a class of DuckDB's regular expressions."""


def has_control(text: str) -> bool:
    """Whether a text holds a character that no table does, such as a NUL in U00\\x00700: some bytes were lost there."""
    return _CONTROL.search(text) is not None
