"""Copies the first lines of a large text and counts its lines; trial_load decides whether a head suffices."""

from __future__ import annotations

import codecs
import shutil
import time
from pathlib import Path

from pipeline.ingest.text.utf16 import wide_by_zeros

_COUNT_SECONDS = 1.0
_BLOCK = 4 << 20
_WIDE_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def copy_private(path: Path, target: Path, limit: int | None) -> int | None:
    """Copy a file, or its first whole lines up to `limit` bytes; returns their bytes, or None for the whole file.

    The copy keeps the file's time, and only its owner may read it.
    """
    seen_bytes = None
    if limit is None:
        shutil.copyfile(path, target)
    else:
        with path.open("rb") as file:
            head = file.read(limit)
        seen_bytes = end_of_line(head)
        target.write_bytes(head[:seen_bytes])
    shutil.copystat(path, target)
    target.chmod(0o600)
    return seen_bytes


def end_of_line(head: bytes) -> int:
    """Where the last whole line of the bytes ends; all of them where there is no line feed.

    `b"a,b\\nc,d\\ne"` → 8
    """
    codec = _WIDE_MARKS.get(head[:2]) or wide_by_zeros(head) or "utf-8"
    line_feed = "\n".encode(codec)
    width = len(line_feed)
    start = head.rfind(line_feed)
    # In UTF-16 the bytes 0A 00 may be halves of two characters (U+0A41 U+4100 holds them in little endian):
    # a character begins at a multiple of its width.
    while start > 0 and start % width != 0:
        start = head.rfind(line_feed, 0, start)
    if start < 0:
        return len(head)
    return start + width


def count_lines(path: Path) -> int | None:
    """The physical lines of a large file, counted, or estimated from what a second suffices for."""
    began = time.monotonic()
    size = path.stat().st_size
    lines = 0
    read_bytes = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            lines += block.count(b"\n")
            read_bytes += len(block)
            if time.monotonic() - began > _COUNT_SECONDS:
                return round(lines * size / read_bytes)
    return lines
