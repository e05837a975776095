"""The bad lines of a delimited text, each with its number and reasons; what of them may go out, disclosure.py says."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pipeline.common.spreadsheet_text import neutralise
from pipeline.ingest.recognise.match import Recognised
from pipeline.ingest.tables.csv_table import CsvTable
from pipeline.ingest.tables.headers.header import find_header
from pipeline.ingest.tables.rows import RowKind
from pipeline.present.sender.disclosure import NOT_LOADED, Disclosure
from pipeline.present.sender.problems import Problem
from pipeline.present.sender.uncopied import UncopiedError
from pipeline.privacy.masking import MASK

_HIDDEN: Final = (None, MASK, NOT_LOADED)


def bad_lines(export: Recognised, table: CsvTable, path: Path, problems: Mapping[int, Sequence[Problem]]) -> str:
    """A CSV of the lines that have `problems`, by their physical number; `path` is the text itself, unpacked.

    A line whose fields may have shifted could show a person anywhere: of it only number and reasons are given.
    Raises UncopiedError where the text cannot be read line by line.
    """
    disclosure = Disclosure(table.header, export.contract)
    columns = table.header.columns
    index_of = {column.field.name: column.index for column in columns if column.field}
    label_of = {column.index: column.written or column.label for column in columns}
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_neutralised("行号", "原因", *(label_of[index] for index in disclosure.columns)))
    for number, cells in _lines_with_problems(export, table, path, problems):
        disclosed = _disclosed_cells(disclosure, cells, len(columns))
        # A line may have the same reason twice: it is told once.
        reasons = dict.fromkeys(_reason(problem, disclosed, index_of) for problem in problems[number])
        written = [disclosed[index] for index in disclosure.columns]
        writer.writerow(_neutralised(number, "；".join(reasons), *written))
    return text.getvalue()


def _neutralised(*cells: str | int | None) -> list[str | int]:
    """The cells as a spreadsheet shows them and never runs them."""
    return [cell if isinstance(cell, int) else neutralise(cell or "") for cell in cells]


def _disclosed_cells(disclosure: Disclosure, cells: list[str] | None, width: int) -> Sequence[str | None]:
    if not cells:
        return [None] * width
    return disclosure.row([cell or None for cell in cells], RowKind.DATA)


def _reason(problem: Problem, disclosed: Sequence[str | None], columns: Mapping[str, int]) -> str:
    """What is told of a problem: a cell that is not shown is not quoted either."""
    index = columns.get(problem.column_name)
    is_hidden = index is None or disclosed[index] in _HIDDEN
    return problem.without_value().message if is_hidden else problem.message


def _lines_with_problems(
    export: Recognised, table: CsvTable, path: Path, wanted: Collection[int]
) -> Iterator[tuple[int, list[str] | None]]:
    """Number and cells of each wanted line; no cells where they do not stand under the header's columns."""
    for number in _lines_above(table, wanted):
        yield number, None
    width = len(table.header.columns)
    last = max(wanted, default=0)
    header_cells = frozenset(column.written for column in table.header.columns if column.written)
    is_below_other_header = False
    for number, cells in _records(export, table, path):
        if number > last:
            return
        # From another header on, cells stand under other columns: nobody knows what they are.
        is_below_other_header = is_below_other_header or _is_other_header(cells, header_cells, export, table)
        if number in wanted:
            fits = len(cells) == width and not is_below_other_header
            yield number, cells if fits else None


def _lines_above(table: CsvTable, wanted: Collection[int]) -> list[int]:
    """The wanted lines above the first data row, which have no cells to show."""
    return [number for number in sorted(wanted) if number <= table.lines_above]


def _is_other_header(cells: list[str], header_cells: frozenset[str], export: Recognised, table: CsvTable) -> bool:
    """Whether a line is a header that is not the table's own; most lines share no cell with it: told quickly."""
    if header_cells.isdisjoint(cells):
        return False
    if table.header.is_repeated_by(cells):
        return False
    row = [cell or None for cell in cells]
    return find_header([row], export.contract) is not None


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
            raise UncopiedError(f"第 {begins:,} 行有过长的内容或不成对的引号，后面的行无法逐行列出") from error
