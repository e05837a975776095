"""Marks inside the texts of the weekly: a note's number, and what a person must still write; not how they look."""

from __future__ import annotations

import re
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


def pieces(text: str) -> list[tuple[str, int | None, bool]]:
    """A text cut at its marks: (text, number of the note or None, whether a person must write it)."""
    found: list[tuple[str, int | None, bool]] = []
    for part in filter(None, _PIECES.split(text)):
        if part[0] == _OPEN:
            found.append(("", int(part[1:-1]), False))
        else:
            found.append((part, None, part.startswith("【待填写")))
    return found
