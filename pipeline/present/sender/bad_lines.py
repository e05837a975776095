"""The bad lines of a delimited text, each with its number and reasons; what of them may be shown, disclosed says."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from pipeline.common.spreadsheet_text import neutralise
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.recognise.match import Recognised
from pipeline.ingest.tables.csv_table import CsvTable
from pipeline.ingest.tables.header import find_header
from pipeline.ingest.tables.rows import RowKind
from pipeline.present.sender.disclosure import NOT_LOADED, Disclosure
from pipeline.present.sender.marked_copy import Problem
from pipeline.privacy.masking import MASK


def bad_lines(export: Recognised, table: CsvTable, path: Path, problems: Mapping[int, Sequence[Problem]]) -> str:
    """A CSV of the lines that have `problems`, by their physical number; `path` is the text itself, unpacked.

    A line whose fields may have shifted could show a person anywhere: of it only number and reasons are given.
    """
    disclosure = Disclosure(table.header, export.contract)
    labels = {column.index: column.written or column.label for column in table.header.columns}
    places = {column.field.name: column.index for column in table.header.columns if column.field}
    width = len(table.header.columns)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["行号", "原因", *(neutralise(labels[at]) for at in disclosure.places)])
    above: list[tuple[int, list[str] | None]] = [(one, None) for one in sorted(problems) if one <= table.lines_above]
    for number, cells in chain(above, _wanted(export, table, path, problems)):
        shown = disclosure.row([cell or None for cell in cells], RowKind.DATA) if cells else [None] * width
        words = "；".join(dict.fromkeys(_words(one, shown, places) for one in problems[number]))
        writer.writerow([number, neutralise(words), *(neutralise(shown[at] or "") for at in disclosure.places)])
    return text.getvalue()


def _words(problem: Problem, shown: Sequence[str | None], places: Mapping[str, int]) -> str:
    """What is told of a problem: a cell that is not shown is not quoted either."""
    place = places.get(problem.column_name)
    is_hidden = place is None or shown[place] in (None, MASK, NOT_LOADED)
    return (problem.without_value() if is_hidden else problem).message


def _wanted(
    export: Recognised, table: CsvTable, path: Path, wanted: Collection[int]
) -> Iterator[tuple[int, list[str] | None]]:
    """Number and cells of each wanted line; no cells where they do not stand under the header's columns."""
    columns = [column.index for column in table.header.columns]
    header_cells = frozenset(column.written for column in table.header.columns if column.written)
    last, has_other_header = max(wanted, default=0), False
    for number, cells in _records(export, table, path):
        if number > last:
            return
        if not has_other_header and not header_cells.isdisjoint(cells):
            has_other_header = _is_other_header(cells, export, table)
        if number in wanted:
            yield number, cells if len(cells) == len(columns) and not has_other_header else None


def _is_other_header(cells: list[str], export: Recognised, table: CsvTable) -> bool:
    if table.header.is_repeated_by(cells):
        return False
    return find_header([[cell or None for cell in cells]], export.contract) is not None


def _records(export: Recognised, table: CsvTable, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each record below the header, and the physical line on which it begins."""
    with path.open(encoding=export.encoding or "utf-8", errors="replace", newline="") as file:
        for _ in range(table.lines_above):
            file.readline()
        reader = csv.reader(file, delimiter=export.contract.csv.delimiter)
        begins = table.lines_above + 1
        try:
            for cells in reader:
                yield begins, cells
                begins = table.lines_above + reader.line_num + 1
        except csv.Error as error:
            raise RefusedFileError(f"第 {begins:,} 行有过长的内容或不成对的引号，后面的行无法逐行列出") from error
