"""Counts the lines of a text whose bytes do not decode, and says where they are; the codec is told by `encoding`."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.refusals.text import TextRefusal

_BLOCK = 4 << 20
_DAMAGED_LINES = 0.01
"""Share of lines that may be damaged; their cells are lost, the file is not."""
# In these codecs ASCII bytes may be anything, so that a line of ASCII has to be decoded too.
_SEVEN_BIT = ("iso2022_jp", "hz", "utf-7")
_NAMES_FOR_PEOPLE = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "gb18030": "GB18030",
    "big5hkscs": "Big5",
    "cp950": "Big5（cp950）",
    "cp932": "Shift_JIS",
    "euc_jp": "EUC-JP",
    "cp949": "EUC-KR",
    "cp1252": "西欧（cp1252）",
}


@dataclass(frozen=True)
class Damage:
    """How many lines a text has, how many of them do not decode, and the byte and line (from 1) of the first.

    `line` is 0 where it is not known.
    """

    codec: str
    lines: int = 0
    damaged: int = 0
    byte: int = 0
    line: int = 0

    @property
    def is_slight(self) -> bool:
        """Whether only the cells with such bytes are lost, not the file; in UTF-16 a lost byte shifts what follows."""
        if self.is_wide:
            return self.damaged == 0
        return self.damaged <= max(self.lines * _DAMAGED_LINES, 1)

    @property
    def is_wide(self) -> bool:
        """Whether a character has two or four bytes."""
        return self.codec.startswith(("utf-16", "utf-32"))

    def refusal(self) -> RefusedFileError:
        """Returns the error that says where the first such bytes are: 第 1,024 字节附近（第 12 行）不符合 …."""
        where = f"第 {self.byte:,} 字节附近"
        if self.line:
            where += f"（第 {self.line:,} 行）"
        count = f"，共有 {self.damaged:,} 行这样" if self.damaged > 1 else ""
        codec = shown_codec(self.codec)
        return RefusedFileError(
            TextRefusal.BYTES_UNREADABLE,
            place=RefusalPlace(row=self.line or None),
            expected=codec,
            where=where,
            codec=codec,
            count=count,
        )


def shown_codec(codec: str) -> str:
    """Returns an encoding's name for people: Big5 for big5hkscs."""
    return _NAMES_FOR_PEOPLE.get(codec, codec.upper())


def _damage_of_lines(lines: Iterable[bytes], codec: str) -> Damage:
    """Counts the damage of a text in a codec that begins each line anew, as all do but UTF-16 and UTF-32.

    Example: [b"ok\\n", b"\\xff\\n"] in UTF-8 has 2 lines, 1 damaged, the first at byte 4 in line 2.
    """
    is_ascii_whole = codec not in _SEVEN_BIT
    count = damaged = 0
    first_byte = first_line = 0
    line_start = 0
    for piece in lines:
        for line in piece.splitlines(keepends=True):
            count += 1
            error = None if is_ascii_whole and line.isascii() else _first_error(line, codec)
            if error is not None:
                damaged += 1
                if damaged == 1:
                    first_byte = line_start + error + 1
                    first_line = count
            line_start += len(line)
    return Damage(codec, count, damaged, first_byte, first_line)


def _first_error(line: bytes, codec: str) -> int | None:
    """Returns the position of the first byte that does not decode, or None."""
    try:
        line.decode(codec)
    except UnicodeDecodeError as error:
        return error.start
    return None


def damage_of_document(content: bytes, codec: str) -> Damage:
    """Counts the damage of a table in HTML or XML, which may be one line: what stands between two tags is a line."""
    cut_at_tags = content.replace(b"<", b"\n")  # one byte for one byte, so that positions stay
    damage = _damage_of_lines([cut_at_tags], codec.removesuffix("-sig"))
    if not damage.damaged:
        return damage
    line_in_document = content.count(b"\n", 0, damage.byte) + 1
    return replace(damage, line=line_in_document)


def damage_of(path: Path, codec: str) -> Damage:
    """Counts the damage of a whole file, which is read once from its beginning to its end."""
    if Damage(codec).is_wide:
        return _damage_of_wide(path, codec)
    with path.open("rb") as file:
        return _damage_of_lines(file, codec.removesuffix("-sig"))


def is_whole(path: Path, codec: str) -> bool:
    """Whether every byte of a file decodes."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _damage_of_wide(path: Path, codec: str) -> Damage:
    """Finds the first bytes of a text in UTF-16 or UTF-32 that do not decode; what follows them is not read."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    line_feeds = bytes_before = 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            waiting: bytes = decoder.getstate()[0]  # half a character at the end of the block before
            try:
                line_feeds += decoder.decode(block, final=not block).count("\n")
            except UnicodeDecodeError as error:
                good = (waiting + block)[: error.start]
                # A line feed is 0A 00 or 00 0A: without the zero bytes it is a plain one.
                line_feeds += good.replace(b"\0", b"").count(b"\n")
                byte = bytes_before - len(waiting) + error.start + 1
                line = line_feeds + 1
                return Damage(codec, lines=line, damaged=1, byte=byte, line=line)
            if not block:
                return Damage(codec, lines=line_feeds)
            bytes_before += len(block)
