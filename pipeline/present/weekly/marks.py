"""Marks inside the texts of the weekly: a note's number, and what a person must still write; not how they look."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pipeline.common.spreadsheet_text import printable

# Private-use characters: data never bring them (`clean` takes them out), so a mark is always ours.
_OPEN, _CLOSE = "\ue000", "\ue001"
_PRIVATE: Final = re.compile("[\ue000-\uf8ff]")
_BLANKS: Final = re.compile(r"\s+")
_PIECES: Final = re.compile(f"({_OPEN}\\d+{_CLOSE}|【待填写[：:][^】]*】)")


def clean(text: str) -> str:
    """A text from the data as one line: no control or private-use characters, no line breaks."""
    return _PRIVATE.sub("", printable(_BLANKS.sub(" ", text))).strip()


def to_write(what: str) -> str:
    """The mark for what a person must still write."""
    return f"【待填写：{what}】"


def noted(text: str, note: int | None) -> str:
    """`text` with the mark of note number `note` behind it, or as it is."""
    return text if note is None else f"{text}{_OPEN}{note}{_CLOSE}"


@dataclass(frozen=True)
class Piece:
    """A part of a text: plain words, the mark of a note, or what a person must still write."""

    text: str
    note: int | None = None
    is_open: bool = False

    @property
    def is_mark(self) -> bool:
        """Whether the piece is anything but plain words."""
        return self.note is not None or self.is_open


def pieces(text: str) -> list[Piece]:
    """Cuts a text at its marks: `受理【待填写：数】件` gives 受理, the open mark, 件."""
    cut: list[Piece] = []
    for part in _PIECES.split(text):
        if not part:
            continue
        if part.startswith(_OPEN):
            number = int(part.removeprefix(_OPEN).removesuffix(_CLOSE))
            cut.append(Piece("", note=number))
        else:
            cut.append(Piece(part, is_open=part.startswith("【待填写")))
    return cut
