"""Decodes bytes whose encoding is not known for sure: strictly, to test a codec, or with U+FFFD for what does not fit.

Which codec a text is in, `encoding` says; where the damaged lines are, `undecodable` says.
"""

from __future__ import annotations

import codecs

HEAD_BYTES = 256 << 10
"""Bytes of a file that are looked at to find the encoding and the header."""
SAMPLE_BYTES = 32 << 10
"""Bytes that are weighed where several codecs are possible."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),  # EF BB BF
    (codecs.BOM_UTF32_LE, "utf-32"),  # FF FE 00 00, which begins as that of UTF-16 does: it has to be tried first
    (codecs.BOM_UTF32_BE, "utf-32"),  # 00 00 FE FF
    (codecs.BOM_UTF16_LE, "utf-16"),  # FF FE
    (codecs.BOM_UTF16_BE, "utf-16"),  # FE FF
)


def marked_codec(head: bytes) -> str | None:
    """Returns the codec that a byte-order mark names: EF BB BF gives utf-8-sig; None where there is no mark."""
    for mark, codec in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return codec
    return None


def decodes(head: bytes, codec: str) -> bool:
    """Whether the beginning of a file decodes strictly; a character cut in two at the end does not count."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        decoder.decode(head, final=False)
    except UnicodeDecodeError:
        return False
    return True


def decoded_roughly(sample: bytes, codec: str) -> str:
    """Returns the text with U+FFFD for what does not decode; a character cut in two at the end is left out."""
    decoder = codecs.getincrementaldecoder(codec)("replace")
    return decoder.decode(sample, final=False)


def telling_sample(head: bytes) -> bytes:
    """Returns the part of the head that says something: from the line before its first byte beyond ASCII on."""
    first = _first_block_beyond_ascii(head)
    line_start = max(head.rfind(b"\n", 0, first), 0)
    return head[line_start : line_start + SAMPLE_BYTES]


def _first_block_beyond_ascii(head: bytes) -> int:
    """Returns where the first 256 bytes begin that hold a byte beyond ASCII; 0 where there is none."""
    step = 256
    for start in range(0, len(head), step):
        block = head[start : start + step]
        if not block.isascii():
            return start
    return 0
