"""A first look at any file as text rows, in bounded time and memory; drafting and looking tell what the rows mean."""

from __future__ import annotations

import csv
import tempfile
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from pipeline.common.file_names import shown_name
from pipeline.contracts.loader import load_contracts
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.recognise.fits import DELIMITERS, known_labels
from pipeline.ingest.refusals.authoring import AuthoringRefusal
from pipeline.ingest.sheets.open_file import OpenFile, open_file, sheets_of
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.csv_table import SHEET
from pipeline.ingest.text import encoding
from pipeline.settings import Settings

MAX_ROWS = 20_000
# A line of text is read up to this many characters: one without any line break must not fill the memory. As many are
# the most that Python's csv takes for a cell; its limit is one for the whole process, and the loader relies on it.
_LONGEST_LINE = 1 << 17
_DELIMITER_LINES = 50


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
    place = RefusalPlace(shown_name(path.name))
    if path.is_dir():
        raise RefusedFileError(AuthoringRefusal.FOLDER_GIVEN, place=place, path=shown_name(str(path)))
    if not path.is_file():
        raise RefusedFileError(AuthoringRefusal.NO_SUCH_FILE, place=place, path=shown_name(str(path)))
    labels = known_labels(load_contracts(settings.contracts))
    with tempfile.TemporaryDirectory(prefix="zhoubao-peek-", ignore_cleanup_errors=True) as folder:
        private = settings.model_copy(update={"home": Path(folder)})
        with open_file(path, private) as opened:
            is_text = opened.container.is_text
            seen = _peek_text(opened, labels, rows) if is_text else _peek_sheets(opened, private, rows)
            return replace(seen, is_packed=bool(opened.wrapper))


def _peek_sheets(opened: OpenFile, settings: Settings, rows: int) -> Peek:
    sheets = sheets_of(opened, settings)
    heads = tuple(replace(sheet, rows=sheet.rows[:rows]) for sheet in sheets)
    return Peek(opened.kind, heads, is_whole=all(len(sheet.rows) <= rows for sheet in sheets))


def _peek_text(opened: OpenFile, labels: frozenset[str], rows: int) -> Peek:
    codec, head = encoding.read_head(opened.path, None, labels)
    delimiter = _delimiter(head)
    with opened.path.open(encoding=codec, errors="replace", newline=None) as file:
        # One line more than is kept tells whether these are all.
        lines = [line[:_LONGEST_LINE] for line in islice(file, rows + 1)]
    try:
        records = list(csv.reader(lines[:rows], delimiter=delimiter))
    except csv.Error as error:
        place = RefusalPlace(opened.path.name)
        raise RefusedFileError(AuthoringRefusal.NOT_A_TEXT_TABLE, place=place, reason=error) from error
    sheet = Sheet(SHEET, [[cell or None for cell in record] for record in records])
    is_whole = len(lines) <= rows
    return Peek(opened.kind, (sheet,), codec.removesuffix("-sig"), delimiter, is_whole)


def _delimiter(head: str) -> str:
    """The separator that most records hold equally often, the comma where none does; what stands in quotes is text."""
    first_lines = head.splitlines()[:_DELIMITER_LINES]
    lines = list(filter(str.strip, first_lines))

    def evenness(mark: str) -> tuple[int, int]:
        return _evenness(_separators_of_records(lines, mark))

    # Of equals `max` takes the first, which is the comma.
    return max(DELIMITERS, key=evenness)


def _separators_of_records(lines: list[str], mark: str) -> list[int]:
    """How often each record holds a separator outside of quotes: `1,"a;b",c` holds two commas and no semicolon."""
    try:
        # Of a blank record nothing is kept; a record of one cell holds no separator.
        return [len(record) - 1 for record in csv.reader(lines, delimiter=mark) if record]
    except csv.Error:
        return [line.count(mark) for line in lines]


def _evenness(counts: list[int]) -> tuple[int, int]:
    """How many lines hold the usual number of a separator, and that number: [5, 5, 0] → (2, 5)."""
    usual = max(set(counts), key=counts.count, default=0)
    if usual == 0:
        return 0, 0
    return counts.count(usual), usual
