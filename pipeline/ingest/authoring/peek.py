"""A first look at any file as text rows, in bounded time and memory; what the rows mean belongs in layout and guess."""

from __future__ import annotations

import csv
import tempfile
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from pipeline.contracts.loader import load_contracts
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.recognise.match import DELIMITERS, known_labels
from pipeline.ingest.sheets.open_file import OpenFile, open_file, sheets_of
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.csv_table import SHEET
from pipeline.ingest.text import encoding
from pipeline.settings import Settings

MAX_ROWS = 20_000
_WIDE = 1 << 20


@dataclass(frozen=True)
class Peek:
    """What a file is and its first rows; `is_whole` tells whether these are all of them."""

    kind: str
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    delimiter: str = ""
    is_whole: bool = True
    is_packed: bool = False

    @property
    def is_text(self) -> bool:
        """Whether the file is lines of text, not a workbook."""
        return bool(self.delimiter)


def peek(path: Path, settings: Settings, rows: int = MAX_ROWS) -> Peek:
    """Container, encoding and the first rows of a file; nothing is left behind and nothing of the home is touched.

    Raises RefusedFileError with a sentence for whatever is no readable file.
    """
    if not path.is_file():
        what = "是文件夹，不是文件" if path.is_dir() else "不存在"
        raise RefusedFileError(f"{path} {what}；请给出一份导出文件的路径")
    with tempfile.TemporaryDirectory(prefix="zhoubao-peek-", ignore_cleanup_errors=True) as folder:
        private = settings.model_copy(update={"home": Path(folder)})
        labels = known_labels(load_contracts(settings.contracts_dir))
        with open_file(path, private) as opened:
            seen = _peek_text(opened, labels, rows) if opened.container.is_text else _peek_sheets(opened, private, rows)
            return replace(seen, is_packed=bool(opened.wrapper))


def _peek_sheets(opened: OpenFile, settings: Settings, rows: int) -> Peek:
    sheets = sheets_of(opened, settings)
    heads = tuple(replace(sheet, rows=sheet.rows[:rows]) for sheet in sheets)
    return Peek(opened.kind, heads, is_whole=all(len(sheet.rows) <= rows for sheet in sheets))


def _peek_text(opened: OpenFile, labels: frozenset[str], rows: int) -> Peek:
    codec, head = encoding.read_head(opened.path, None, labels)
    delimiter = _delimiter(head)
    with opened.path.open(encoding=codec, errors="replace", newline=None) as file:
        lines = [line[:_WIDE] for line in islice(file, rows + 1)]
    csv.field_size_limit(_WIDE)
    try:
        read = [[cell or None for cell in row] for row in csv.reader(lines[:rows], delimiter=delimiter)]
    except csv.Error as error:
        raise RefusedFileError(f"文本不是一行一条的表格（{error}）；请从平台重新导出为 CSV 或 xlsx") from error
    whole = len(lines) <= rows
    return Peek(opened.kind, (Sheet(SHEET, read),), codec.removesuffix("-sig"), delimiter, whole)


def _delimiter(head: str) -> str:
    """The separator that most lines hold equally often, the comma where none does."""
    lines = [line for line in head.splitlines()[:50] if line.strip()]
    scores = {mark: _evenness([line.count(mark) for line in lines]) for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: scores[mark])


def _evenness(counts: list[int]) -> tuple[int, int]:
    usual = max(set(counts), key=counts.count, default=0)
    return (counts.count(usual), usual) if usual else (0, 0)
