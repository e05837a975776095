"""Writes a text export in UTF-8 for DuckDB, block by block; which encoding it is in, encoding says."""

from __future__ import annotations

import codecs
import os
from dataclasses import dataclass
from pathlib import Path

from pipeline.ingest.text.undecodable import Damage, damage_of

BLOCK_BYTES = 4 << 20


@dataclass(frozen=True)
class TextFile:
    """A UTF-8 text on disk: the original itself, or a private working copy of it."""

    path: Path
    physical_lines: int


def refuse_much_damage(damage: Damage) -> None:
    """Raises RefusedFileError where more lines are damaged than a few."""
    if not damage.is_slight:
        raise damage.refusal()


def as_utf8(path: Path, codec: str, work: Path) -> TextFile:
    """A working copy (0600) of a whole text in `work`, in UTF-8 with line feeds.

    Lone carriage returns, with which old programs end lines, become line feeds in the copy; CRLF stays. A few bytes
    that do not decode become U+FFFD, so that only their cells are lost; raises RefusedFileError where there are many.
    """
    copy = work / "text.utf8"
    try:
        lines, last = _transcode(path, codec, copy, "strict")
    except UnicodeDecodeError:
        copy.unlink()
        refuse_much_damage(damage_of(path, codec))
        lines, last = _transcode(path, codec, copy, "replace")
    return TextFile(copy, lines + (last != "\n"))


def _transcode(source: Path, codec: str, target: Path, errors: str) -> tuple[int, str]:
    decoder = codecs.getincrementaldecoder(codec)(errors)
    breaks = LoneReturns()
    lines, last = 0, ""
    handle = os.open(target, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with source.open("rb") as read, os.fdopen(handle, "wb") as write:
        while True:
            block = read.read(BLOCK_BYTES)
            text = breaks.mended(decoder.decode(block, final=not block), is_last=not block)
            lines += text.count("\n")
            last = text[-1:] or last
            write.write(text.encode("utf-8", "replace"))
            if not block:
                return lines, last


class LoneReturns:
    """Makes lone carriage returns into line feeds and leaves CRLF, block by block."""

    def __init__(self) -> None:
        self._held = ""

    def mended(self, text: str, *, is_last: bool) -> str:
        """The next piece of text; a return at its end waits for what follows."""
        text = self._held + text
        self._held = "\r" if text.endswith("\r") and not is_last else ""
        text = text[: len(text) - len(self._held)]
        if "\r" not in text or text.count("\r") == text.count("\r\n"):
            return text
        return text.replace("\r\n", "\n").replace("\r", "\n")
