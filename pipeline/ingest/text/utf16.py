"""Tells texts of two or four bytes a character, with a byte-order mark or without; other encodings belong in decode."""

from __future__ import annotations

import codecs
import re

from pipeline.ingest.text.legibility import legibility

_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAMPLE = 64 << 10
_FEW = 4
_ASCII_SHARE = 0.01
_MARGIN = 0.3
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f-\x84\x86-\x9f]")


def is_wide(head: bytes) -> bool:
    """Whether the bytes are UTF-16 or UTF-32: by the byte-order mark, or by their zero bytes."""
    return head.startswith(_MARKS) or wide_by_zeros(head) is not None


def wide_by_zeros(head: bytes) -> str | None:
    """The codec of UTF-16 or UTF-32 without a mark, or None where the bytes are neither.

    Characters such as 一 (4E00) and the wide blank (3000) have a zero byte in the other half, so that zeros alone do
    not tell the byte order: that in which the text reads like writing does.
    """
    if b"\0" not in head:
        return None
    sample = head[:_SAMPLE]
    for codec in ("utf-32-le", "utf-32-be"):
        text = _decoded(sample, codec)
        if text is not None and len(text) >= _FEW:
            return codec
    read = {codec: text for codec in ("utf-16-le", "utf-16-be") if (text := _decoded(sample, codec)) is not None}
    return next((codec for codec in read if _is_right(codec, read)), None)


def _decoded(sample: bytes, codec: str) -> str | None:
    """The text, unless it does not decode or holds characters that no text has."""
    try:
        text = codecs.getincrementaldecoder(codec)("strict").decode(sample, final=False)
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text


def _is_right(codec: str, read: dict[str, str]) -> bool:
    text = read[codec]
    plain = sum(letter < "\x7f" for letter in text)
    if plain < max(_FEW, len(text) * _ASCII_SHARE):
        return False
    others = [legibility(other) for name, other in read.items() if name != codec]
    return plain == len(text) or legibility(text) >= max([0.0, *(other + _MARGIN for other in others)])
