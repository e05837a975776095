"""A first look at any file as text rows, in bounded time and memory; what the rows mean belongs in layout and guess."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from pipeline.ingest import decode
from pipeline.ingest.csv_file import SHEET
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.grid import Sheet, read_sheets
from pipeline.ingest.sniff import Container, sniff
from pipeline.settings import Settings

MAX_LINES = 20_000
_DELIMITERS = (",", "\t", ";", "|")
_WIDE = 1 << 20


@dataclass(frozen=True)
class Peek:
    """What a file is and its first rows; `is_whole` tells whether these are all of them."""

    container: Container
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    delimiter: str = ""
    is_whole: bool = True

    @property
    def is_text(self) -> bool:
        """Whether the file is lines of text, not a workbook."""
        return bool(self.delimiter)


def peek(path: Path, settings: Settings, encoding: str | None = None) -> Peek:
    """Container, encoding and rows of a file; of a text file the first twenty thousand lines.

    Raises RefusedFileError with a sentence for whatever is no readable file.
    """
    if not path.is_file():
        what = "是文件夹，不是文件" if path.is_dir() else "不存在"
        raise RefusedFileError(f"{path} {what}；请给出一份导出文件的路径")
    try:
        container = sniff(path, settings.max_unpacked_mb)
        if container is Container.CSV:
            return _peek_text(path, encoding)
        sheets = tuple(read_sheets(path))
        heads = tuple(replace(sheet, rows=sheet.rows[:MAX_LINES]) for sheet in sheets)
        return Peek(container, heads, is_whole=all(len(sheet.rows) <= MAX_LINES for sheet in sheets))
    except OSError as error:
        raise RefusedFileError(f"{path} 读不了（{error.strerror}）；请检查权限，或先关闭正在使用它的程序") from error


def _peek_text(path: Path, pinned: str | None) -> Peek:
    codec, head = decode.read_head(path, pinned)
    delimiter = _delimiter(head)
    with path.open(encoding=codec, errors="replace", newline="") as file:
        lines = [line[:_WIDE] for line in islice(file, MAX_LINES + 1)]
    csv.field_size_limit(_WIDE)
    try:
        rows = [[cell or None for cell in row] for row in csv.reader(lines[:MAX_LINES], delimiter=delimiter)]
    except csv.Error as error:
        raise RefusedFileError(f"文本不是一行一条的表格（{error}）；请从平台重新导出为 CSV 或 xlsx") from error
    whole = len(lines) <= MAX_LINES
    return Peek(Container.CSV, (Sheet(SHEET, rows),), codec.removesuffix("-sig"), delimiter, whole)


def _delimiter(head: str) -> str:
    """The separator that most lines hold equally often, the comma where none does."""
    lines = [line for line in head.splitlines()[:50] if line.strip()]
    scores = {mark: _evenness([line.count(mark) for line in lines]) for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda mark: scores[mark])


def _evenness(counts: list[int]) -> tuple[int, int]:
    usual = max(set(counts), key=counts.count, default=0)
    return (counts.count(usual), usual) if usual else (0, 0)
