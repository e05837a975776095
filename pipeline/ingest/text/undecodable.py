"""Counts the lines of a text whose bytes do not decode, and says where they are; which codec it is, decode decides."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.ingest.errors import RefusedFileError

_BLOCK = 4 << 20
_DAMAGED_LINES = 0.01
_SEVEN_BIT = ("iso2022_jp", "hz", "utf-7")
# One codec a family, the one with the most characters: GB18030 holds GBK, Big5-HKSCS holds Big5, cp949 holds EUC-KR.
_SHOWN = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "gb18030": "GB18030", "big5hkscs": "Big5", "cp950": "Big5（cp950）",
    "cp932": "Shift_JIS", "euc_jp": "EUC-JP", "cp949": "EUC-KR", "cp1252": "西欧（cp1252）",
}  # fmt: skip


@dataclass(frozen=True)
class Damage:
    """How many lines a text has, how many of them do not decode, and the byte and line (from 1) of the first."""

    codec: str
    lines: int = 0
    damaged: int = 0
    place: int = 0
    line: int = 0

    @property
    def is_slight(self) -> bool:
        """Whether only the cells with such bytes are lost, not the file; in UTF-16 a lost byte shifts what follows."""
        return self.damaged <= (0 if self.is_wide else max(self.lines * _DAMAGED_LINES, 1))

    @property
    def is_wide(self) -> bool:
        """Whether a character has two or four bytes."""
        return self.codec.startswith(("utf-16", "utf-32"))

    def refusal(self) -> RefusedFileError:
        """Where the first such bytes are, in words."""
        where = f"第 {self.place:,} 字节附近" + (f"（第 {self.line:,} 行）" if self.line else "")
        count = f"，共有 {self.damaged:,} 行这样" if self.damaged > 1 else ""
        return RefusedFileError(f"{where}不符合 {shown_codec(self.codec)} 编码{count}，内容可能已损坏；请重新导出")


def shown_codec(codec: str) -> str:
    """An encoding's name for people."""
    return _SHOWN.get(codec, codec.upper())


def damage_of_lines(lines: Iterable[bytes], codec: str) -> Damage:
    """The damage of a text in a codec that begins each line anew, as all do but UTF-16 and UTF-32."""
    count = damaged = place = first = begin = 0
    for piece in lines:
        for line in piece.splitlines(keepends=True):
            count += 1
            if not (line.isascii() and codec not in _SEVEN_BIT) and (error := _error(line, codec)) is not None:
                damaged += 1
                if damaged == 1:
                    place, first = begin + error + 1, count
            begin += len(line)
    return Damage(codec, count, damaged, place, first)


def _error(line: bytes, codec: str) -> int | None:
    try:
        line.decode(codec)
    except UnicodeDecodeError as error:
        return error.start
    return None


def damage_of_document(content: bytes, codec: str) -> Damage:
    """The damage of a table in HTML or XML, which may be one line: what stands between two tags counts as one."""
    found = damage_of_lines([content.replace(b"<", b"\n")], codec.removesuffix("-sig"))
    return replace(found, line=content.count(b"\n", 0, found.place) + 1)


def damage_of(path: Path, codec: str) -> Damage:
    """The damage of a whole file, which is read once from its beginning to its end."""
    if Damage(codec).is_wide:
        return _damage_of_wide(path, codec)
    with path.open("rb") as file:
        return damage_of_lines(file, codec.removesuffix("-sig"))


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
    decoder = codecs.getincrementaldecoder(codec)("strict")
    feeds = done = 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            waiting = decoder.getstate()[0]
            try:
                feeds += decoder.decode(block, final=not block).count("\n")
            except UnicodeDecodeError as error:
                begin = done - len(waiting)
                feeds += (waiting + block)[: error.start].replace(b"\0", b"").count(b"\n")
                return Damage(codec, feeds + 1, 1, begin + error.start + 1, feeds + 1)
            if not block:
                return Damage(codec, feeds)
            done += len(block)
