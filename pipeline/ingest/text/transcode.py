"""Writes a text export in UTF-8 for DuckDB, block by block; which encoding it is in, `encoding` says."""

from __future__ import annotations

import codecs
import os
from dataclasses import dataclass
from pathlib import Path

from pipeline.ingest.text.undecodable import Damage, damage_of

BLOCK_BYTES = 4 << 20
_ONLY_FOR_OWNER = 0o600


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
    """Writes a working copy (0600) of a whole text in `work`, in UTF-8 with line feeds.

    Lone carriage returns, with which old programs end lines, become line feeds in the copy; CRLF stays. A few bytes
    that do not decode become U+FFFD, so that only their cells are lost; raises RefusedFileError where there are many.
    """
    copy = work / "text.utf8"
    try:
        lines = _transcode(path, codec, copy, "strict")
    except UnicodeDecodeError:
        copy.unlink()
        refuse_much_damage(damage_of(path, codec))
        lines = _transcode(path, codec, copy, "replace")
    return TextFile(copy, lines)


def private_file(path: Path) -> int:
    """Opens a new file that only its owner may read, for writing; returns its descriptor."""
    # One that stands there already would keep the rights that it has.
    path.unlink(missing_ok=True)
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _ONLY_FOR_OWNER)


def _transcode(source: Path, codec: str, target: Path, errors: str) -> int:
    """Writes the text in UTF-8 and returns its physical lines, of which the last may lack its line feed."""
    decoder = codecs.getincrementaldecoder(codec)(errors)
    returns = LoneReturns()
    line_feeds = 0
    last_character = ""
    with source.open("rb") as read, os.fdopen(private_file(target), "wb") as write:
        while True:
            block = read.read(BLOCK_BYTES)
            is_end = not block
            decoded = decoder.decode(block, final=is_end)
            text = returns.mended(decoded, is_last=is_end)
            line_feeds += text.count("\n")
            last_character = text[-1:] or last_character
            write.write(text.encode("utf-8", "replace"))
            if is_end:
                break
    is_last_line_open = last_character != "\n"
    return line_feeds + is_last_line_open


class LoneReturns:
    """Makes lone carriage returns into line feeds and leaves CRLF, block by block.

    Example: the blocks "a\\rb\\r" and "\\nc" become "a\\nb" and "\\r\\nc".
    """

    def __init__(self) -> None:
        self._held = ""

    def mended(self, text: str, *, is_last: bool) -> str:
        """Returns the next piece of text; a return at its end waits for what follows."""
        text = self._held + text
        self._held = ""
        if text.endswith("\r") and not is_last:
            self._held = "\r"
            text = text[:-1]
        if "\r" not in text:
            return text
        are_all_paired = text.count("\r") == text.count("\r\n")
        if are_all_paired:
            return text
        return text.replace("\r\n", "\n").replace("\r", "\n")
