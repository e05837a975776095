"""Tells which encoding a text export is in, on evidence.

The order: a byte-order mark, the contract, what needs no weighing, and then the candidates that `candidates` weighs.
Writing the text in UTF-8 is done by `transcode`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO

from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.refusals.text import TextRefusal
from pipeline.ingest.text.candidates import candidates, damaged_share, decide, may_be_damaged
from pipeline.ingest.text.decoding import (
    HEAD_BYTES,
    SAMPLE_BYTES,
    decoded_roughly,
    decodes,
    marked_codec,
    telling_sample,
)
from pipeline.ingest.text.legibility import label_hits, legibility
from pipeline.ingest.text.transcode import BLOCK_BYTES, refuse_much_damage
from pipeline.ingest.text.undecodable import Damage, damage_of, damage_of_document
from pipeline.ingest.text.utf16 import wide_by_zeros

_ENOUGH_LABELS = 3
"""So many known labels decide at once between GB18030 and UTF-8."""
_ENOUGH_CHARACTERS = 4
"""So many characters of several bytes that are valid UTF-8 do not happen by chance."""
_DAMAGED_AS_PINNED = 0.1
"""Share of lines that may be damaged in a text whose encoding the contract names."""
_LEGIBLE_SEVEN_BIT = 0.45
# Codecs that write Chinese in ASCII, and what begins a run of it: ~{2?CE~} is 部门 in HZ, +kOiVaA- in UTF-7.
_ESCAPES = {"hz": b"~{", "utf-7": b"+"}
_ISO_2022_ESCAPE = b"\x1b$"  # ESC $ B begins two-byte characters in ISO-2022-JP
_REPLACEMENT = "\ufffd".encode()
_UTF8_CHARACTER = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")  # E9 83 A8 is 部
_TWO_BYTES_BEYOND_ASCII = re.compile(rb"[\x80-\xff]{2}")  # B2 BF is 部 in GB18030; a lone B2 is no character
# Ends of lines that no CSV has: vertical tab, form feed, separators 1C to 1E, NEL, U+2028, U+2029.
_ODD_LINE_ENDS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SEVERAL_ODD_ENDS = 2
# Names in <meta charset=…> and <?xml encoding=…?> that browsers read as GB18030, which holds their characters.
_CALLED_GB = ("gb2312", "gbk", "gb_2312-80", "x-gbk")


def choose_encoding(head: bytes, pinned: str | None, labels: Collection[str] = ()) -> str:
    """Returns the Python codec of a text: by its byte-order mark, the contract, or the evidence of what it reads like.

    `labels` are header labels (reduced by `label_key`) that tell a right decoding from one that merely works.
    Raises RefusedFileError where the head decodes in none, or in several with no clear winner.
    """
    marked = marked_codec(head)
    if marked:
        return marked
    if pinned:
        return _pinned_codec(head, pinned)
    return _codec_without_weighing(head, labels) or _codec_by_evidence(head, labels)


def _pinned_codec(head: bytes, codec: str) -> str:
    """Returns the contract's codec if the bytes are a text in it."""
    if decodes(head, codec) or damaged_share(head, codec) <= _DAMAGED_AS_PINNED:
        return codec
    name = codec.upper()
    raise RefusedFileError(TextRefusal.NOT_AS_PINNED, expected=name, codec=name)


def _codec_without_weighing(head: bytes, labels: Collection[str]) -> str | None:
    """Returns what needs no weighing, or None.

    That is UTF-16 and UTF-32 by zero bytes, seven-bit codecs by their escapes, ASCII, and plenty of UTF-8.
    """
    told_by_bytes = wide_by_zeros(head) or _seven_bit_codec(head, labels)
    if told_by_bytes:
        return told_by_bytes
    if not head.isascii():
        characters = _UTF8_CHARACTER.findall(head[:SAMPLE_BYTES])
        if len(characters) < _ENOUGH_CHARACTERS:
            return None
    return "utf-8" if decodes(head, "utf-8") else None


def _seven_bit_codec(head: bytes, labels: Collection[str]) -> str | None:
    """Returns a codec that writes other characters in ASCII between escapes.

    What may also be plain ASCII (a+b, ~{) has to read well.
    """
    if _ISO_2022_ESCAPE in head and decodes(head, "iso2022_jp"):
        return "iso2022_jp"
    if not head.isascii():
        return None
    for codec in _ESCAPES:
        if _is_written_in(codec, head, labels):
            return codec
    return None


def _is_written_in(codec: str, head: bytes, labels: Collection[str]) -> bool:
    """Whether an ASCII text is written in a seven-bit codec: it has its escape, decodes, and reads well."""
    sample = head[:SAMPLE_BYTES]
    has_escape = _ESCAPES[codec] in sample
    if not has_escape or not decodes(head, codec):
        return False
    return _reads_well(sample, codec, labels)


def _reads_well(sample: bytes, codec: str, labels: Collection[str]) -> bool:
    """Whether a sample shows labels in a seven-bit codec; in HZ, which has letters of its own, texts do as well."""
    text = decoded_roughly(sample, codec)
    has_labels = label_hits(text, labels) >= 2
    if has_labels:
        return True
    is_hz = codec == "hz"
    return is_hz and legibility(text) >= _LEGIBLE_SEVEN_BIT


def _codec_by_evidence(head: bytes, labels: Collection[str]) -> str:
    """Returns the codec in which the text shows the known labels, else the one in which it reads best."""
    sample = telling_sample(head)
    for codec in ("gb18030", "utf-8"):
        if _shows_labels(codec, head, sample, labels):
            return codec
    try:
        return decide(candidates(head, sample, labels), sample)
    except RefusedFileError:
        # Bytes beyond ASCII that all stand alone are no writing: their cells are lost.
        has_writing = _TWO_BYTES_BEYOND_ASCII.search(head)
        if not has_writing and damaged_share(head, "utf-8") == 0:
            return "utf-8"
        # EF BF BD EF BF BD is U+FFFD twice in UTF-8 and 锟斤拷 in GB18030: saved after it had been read wrongly.
        if head.count(_REPLACEMENT) >= _ENOUGH_CHARACTERS:
            raise RefusedFileError(TextRefusal.TEXT_LOST) from None
        raise


def _shows_labels(codec: str, head: bytes, sample: bytes, labels: Collection[str]) -> bool:
    """Whether a text in this codec, perhaps with damaged lines, has enough known labels to decide at once."""
    if not decodes(head, codec) and not may_be_damaged(head, codec):
        return False
    text = decoded_roughly(sample, codec)
    return label_hits(text, labels) >= _ENOUGH_LABELS


def read_roughly(path: Path, codec: str) -> str:
    """Returns the beginning of a file in a codec that may not be its own, to say why the file cannot be read."""
    with path.open("rb") as file:
        return decoded_roughly(file.read(SAMPLE_BYTES), codec)


def read_head(path: Path, pinned: str | None = None, labels: Collection[str] = ()) -> tuple[str, str]:
    """Returns the codec and the decoded first 256 KB, cut at the last whole line.

    Where the beginning is plain ASCII, the codec is that of the first lines beyond ASCII, wherever they stand. A few
    bytes that do not decode become U+FFFD; raises RefusedFileError where in the whole file there are many.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        evidence = head
        if not pinned and _says_nothing(head, labels):
            evidence = _first_block_beyond_ascii(file)
    codec = choose_encoding(evidence, pinned, labels)
    try:
        text = codecs.getincrementaldecoder(codec)("strict").decode(head, final=False)
    except UnicodeDecodeError:
        refuse_much_damage(damage_of(path, codec))
        text = decoded_roughly(head, codec)
    return codec, _whole_lines(text, is_whole_file=len(head) < HEAD_BYTES, file_name=path.name)


def _says_nothing(head: bytes, labels: Collection[str]) -> bool:
    """Whether a full head is plain ASCII, so that only what follows tells the encoding."""
    is_full = len(head) == HEAD_BYTES
    if not is_full or not head.isascii() or b"\0" in head:
        return False
    return _seven_bit_codec(head, labels) is None


def _first_block_beyond_ascii(file: BinaryIO) -> bytes:
    """Reads on and returns the first block that is not ASCII; nothing where all is."""
    while block := file.read(BLOCK_BYTES):
        if not block.isascii():
            return block
    return b""


def _whole_lines(text: str, *, is_whole_file: bool, file_name: str) -> str:
    """Returns the text up to its last line end; all of it where it is the whole file or a single line.

    Raises RefusedFileError where that line is none: its ends are characters that CSV readers do not know.
    """
    last_line_end = max(text.rfind("\n"), text.rfind("\r"))
    if last_line_end < 0:
        if len(_ODD_LINE_ENDS.findall(text)) >= _SEVERAL_ODD_ENDS:
            raise RefusedFileError(TextRefusal.ODD_LINE_ENDS, place=RefusalPlace(file=file_name))
        return text
    return text if is_whole_file else text[: last_line_end + 1]


def decode_whole(content: bytes, declared: str | None, labels: Collection[str]) -> str:
    """Returns a whole document as text; the encoding that it declares itself counts only if it decodes and reads well.

    A few bytes that do not decode become U+FFFD, as in `as_utf8`; raises RefusedFileError where there are many.
    """
    codec = _believed_codec(content, declared, labels) if declared else choose_encoding(content, None, labels)
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        # In UTF-16 a lost byte shifts all that follows.
        if codec.startswith(("utf-16", "utf-32")):
            raise Damage(codec, damaged=1, byte=error.start + 1).refusal() from error
        refuse_much_damage(damage_of_document(content, codec))
        text = content.decode(codec, "replace")
    return text.removeprefix("\ufeff")


def _believed_codec(content: bytes, declared: str, labels: Collection[str]) -> str:
    """Returns the declared codec if the document decodes in it and reads well, else the one that the evidence gives."""
    head = content[:HEAD_BYTES]
    if marked_codec(head) or wide_by_zeros(head):
        return choose_encoding(content, None, labels)
    codec = "gb18030" if declared in _CALLED_GB else declared
    if _is_true(content, codec):
        return codec
    return choose_encoding(content, None, labels)


def _is_true(content: bytes, codec: str) -> bool:
    """Whether the document decodes in the codec and does not read like a wrong decoding (below 0)."""
    try:
        if not decodes(content, codec):
            return False
    except LookupError:  # charset=x-user-defined: Python knows no such codec
        return False
    sample = telling_sample(content[:HEAD_BYTES])
    return legibility(decoded_roughly(sample, codec)) >= 0
