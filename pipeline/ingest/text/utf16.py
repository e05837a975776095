"""Tells texts of two or four bytes a character, with a byte-order mark or without; all others `encoding` tells."""

from __future__ import annotations

import codecs
import re

from pipeline.ingest.text.legibility import legibility

_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAMPLE = 64 << 10
_FEW_CHARACTERS = 4
_ASCII_SHARE = 0.01
"""Least share of ASCII (delimiters, digits, line ends) in any table."""
_MARGIN = 0.3
"""By how much the right byte order reads better than the wrong one."""
# Controls that stand in no text; tab, line ends, Ctrl-Z (1A) and NEL (85) do.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f-\x84\x86-\x9f]")


def is_wide(head: bytes) -> bool:
    """Whether the bytes are UTF-16 or UTF-32: by the byte-order mark, or by their zero bytes."""
    return head.startswith(_MARKS) or wide_by_zeros(head) is not None


def wide_by_zeros(head: bytes) -> str | None:
    """Returns the codec of UTF-16 or UTF-32 without a mark, or None where the bytes are neither.

    Characters such as 一 (4E00) and the wide blank (3000) have a zero byte in the other half, so that zeros alone do
    not tell the byte order: that in which the text reads like writing does.
    Example: b"a\\0,\\0b\\0\\n\\0" gives utf-16-le.
    """
    if b"\0" not in head:
        return None
    sample = head[:_SAMPLE]
    for codec in ("utf-32-le", "utf-32-be"):
        text = _decoded_text(sample, codec)
        if text is not None and len(text) >= _FEW_CHARACTERS:
            return codec
    little = _decoded_text(sample, "utf-16-le")
    big = _decoded_text(sample, "utf-16-be")
    if _is_right(little, other=big):
        return "utf-16-le"
    if _is_right(big, other=little):
        return "utf-16-be"
    return None


def _decoded_text(sample: bytes, codec: str) -> str | None:
    """Returns the text, or None where it does not decode or holds characters that no text has."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        text = decoder.decode(sample, final=False)
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text


def _is_right(text: str | None, *, other: str | None) -> bool:
    """Whether a text is in this byte order rather than in the other: it has some ASCII, and reads the better."""
    if text is None:
        return False
    ascii_characters = sum(letter < "\x7f" for letter in text)
    least = max(_FEW_CHARACTERS, len(text) * _ASCII_SHARE)
    if ascii_characters < least:
        return False
    if ascii_characters == len(text):
        return True
    own = legibility(text)
    if own < 0.0:
        return False
    return other is None or own >= legibility(other) + _MARGIN
