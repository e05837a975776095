"""Turns a text export into UTF-8 that DuckDB reads; finding the table in it belongs in layout."""

from __future__ import annotations

import codecs
import os
from dataclasses import dataclass
from pathlib import Path

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.sniff import FileStamp

_BLOCK = 4 << 20
_HEAD = 256 << 10


@dataclass(frozen=True)
class TextFile:
    """A UTF-8 text on disk: the original itself, or a private working copy of it."""

    path: Path
    encoding: str
    physical_lines: int


def choose_encoding(head: bytes, pinned: str | None) -> str:
    """The Python codec of a text export, from its byte-order mark, the contract, or strict trial of UTF-8.

    Raises RefusedFileError where the head decodes in none.
    """
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return codec
    for codec in (pinned,) if pinned else ("utf-8", "gb18030"):
        if _decodes(head, codec):
            return codec
    raise RefusedFileError("文字编码既不是 UTF-8 也不是 GB18030；请另存为 UTF-8 编码的 CSV 后再试")


def _decodes(head: bytes, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        decoder.decode(head, final=False)
    except UnicodeDecodeError:
        return False
    return True


def read_head(path: Path, pinned: str | None = None) -> tuple[str, str]:
    """The codec and the decoded first 256 KB, cut at the last whole line."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    codec = choose_encoding(head, pinned)
    text = codecs.getincrementaldecoder(codec)("strict").decode(head, final=False)
    cut = text.rfind("\n")
    return codec, text if cut < 0 or len(head) < _HEAD else text[: cut + 1]


def as_utf8(path: Path, codec: str, stamp: FileStamp, work: Path) -> TextFile:
    """The file in UTF-8: itself where it is that already, else a working copy (0600) in `work`.

    Raises RefusedFileError with the byte position of the first byte that does not decode.
    """
    if codec == "utf-8":
        return TextFile(path, codec, stamp.line_feeds + (not stamp.ends_with_line_feed))
    copy = work / f"{stamp.delivery_id}.utf8"
    lines, last = _transcode(path, codec, copy)
    return TextFile(copy, codec.removesuffix("-sig"), lines + (last != "\n"))


def _transcode(source: Path, codec: str, target: Path) -> tuple[int, str]:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    lines, last, done = 0, "", 0
    handle = os.open(target, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with source.open("rb") as read, os.fdopen(handle, "wb") as write:
        while True:
            block = read.read(_BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                where = f"{done + error.start + 1:,}"
                raise RefusedFileError(
                    f"第 {where} 字节附近不符合 {codec.upper()} 编码，内容可能已损坏；请重新导出"
                ) from error
            lines += text.count("\n")
            last = text[-1:] or last
            write.write(text.encode("utf-8"))
            done += len(block)
            if not block:
                return lines, last
