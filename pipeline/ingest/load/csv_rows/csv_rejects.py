"""Explains the records that the typed pass rejected: finds their lines, reads them cell by cell, names the reasons.

The pass itself is in `csv_typed`; physical lines are counted by `text.lines`.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pipeline.ingest.cells.typed_row import CellProblem, TypedRow
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.load.csv_rows.typed_pass import CHUNK, TypedPass, UnaccountedError, kind_of_words, says_nothing
from pipeline.ingest.load.incoming import add_problems, add_rows, wrong_column_count
from pipeline.ingest.reasons import Disposition, RowReason
from pipeline.ingest.refusals.load import LoadRefusal
from pipeline.ingest.tables.backslashes import refuse_backslash_escapes
from pipeline.ingest.tables.csv_table import SHEET
from pipeline.ingest.tables.rows import RowKind
from pipeline.ingest.text.lines import irregular_lines, starts_of
from pipeline.ingest.text.transcode import TextFile

if TYPE_CHECKING:
    from pipeline.ingest.text.lines import Numbers


@dataclass(frozen=True)
class Rejected:
    """Records that the typed pass rejected: their first physical line (ascending) and how many lines they have."""

    lines: Numbers
    spans: Numbers

    @classmethod
    def single_lines(cls, lines: Numbers) -> Self:
        """Records of one line each."""
        import numpy as np

        return cls(lines, np.ones(len(lines), dtype=np.int64))


def among_irregular(
    typed_pass: TypedPass, part: TextFile, lines: Numbers, lines_above: int, loaded: int
) -> tuple[Rejected, Numbers]:
    """Returns the rejected records, and all lines that hold no loaded row, where not every line is a record.

    Lines may be blank, or inside a quoted field. Raises UnaccountedError where the numbers do not add up:
    physical lines = above + loaded + rejected + blank + inside a field.
    """
    import numpy as np

    irregular = irregular_lines(part.path, lines_above)
    if irregular.is_open:
        raise UnaccountedError(part.path.name)
    begin_no_record = irregular.both
    rejected = lines_behind_blanks(lines, irregular.blank)
    accounted = loaded + len(rejected) + len(begin_no_record)
    is_accounted = accounted == part.physical_lines - lines_above
    if not is_accounted or np.intersect1d(rejected, begin_no_record).size:
        raise UnaccountedError(part.path.name)
    typed_pass.account.add(SHEET, Disposition.SET_ASIDE, RowReason.BLANK, len(irregular.blank))
    records = Rejected(rejected, _spans(rejected, irregular.inside))
    return records, np.sort(np.concatenate([begin_no_record, rejected]))


def lines_behind_blanks(lines: Numbers, blank: Numbers) -> Numbers:
    """Returns the lines themselves, or the next ones that are not blank: DuckDB counts blank lines to what follows.

    Example: the lines [3, 9] with the blank lines [3, 4] are [5, 9].
    """
    import numpy as np

    for place in np.flatnonzero(np.isin(lines, blank)):
        next_blank = int(np.searchsorted(blank, lines[place]))
        while next_blank < len(blank) and blank[next_blank] == lines[place]:
            lines[place] += 1
            next_blank += 1
    return lines


def _spans(lines: Numbers, inside: Numbers) -> Numbers:
    """Returns how many physical lines the records take that begin on `lines`.

    Example: records at [3, 9] with the lines [4, 5] inside a field take [3, 1] lines.
    """
    import numpy as np

    spans = np.ones(len(lines), dtype=np.int64)
    for place, line in enumerate(lines):
        next_inside = int(np.searchsorted(inside, line + 1))
        while next_inside < len(inside) and inside[next_inside] == line + spans[place]:
            spans[place] += 1
            next_inside += 1
    return spans


def explain(typed_pass: TypedPass, path: Path, rejected: Rejected, lines_before: int) -> None:
    """Reads the rejected records of a part one by one; their rows go to `incoming`, their faults to the problems."""
    rows: list[TypedRow] = []
    problems: list[CellProblem] = []
    delimiter = typed_pass.contract.csv.delimiter
    with path.open("rb") as file:
        starts = starts_of(path, rejected.lines)
        for line, start, span in zip(rejected.lines, starts, rejected.spans, strict=True):
            file.seek(int(start))
            # Bytes that do not decode begin the load again, from a copy that marks them if they are few.
            record = [file.readline().decode("utf-8") for _ in range(int(span))]
            line_no = lines_before + int(line)
            cells = _cells(record, delimiter)
            refuse_backslash_escapes(record, cells, delimiter, len(typed_pass.header.columns), line_no)
            read_record(typed_pass, cells, line_no, rows, problems)
            if len(rows) + len(problems) >= CHUNK:
                flush(typed_pass, rows, problems)
    flush(typed_pass, rows, problems)


def _cells(record: Sequence[str], delimiter: str) -> list[str]:
    """Returns the cells of a record of one or more physical lines."""
    try:
        return next(csv.reader(record, delimiter=delimiter), [])
    except csv.Error as error:  # a cell too long for one
        raise UnaccountedError(str(error)) from error


def flush(typed_pass: TypedPass, rows: list[TypedRow], problems: list[CellProblem]) -> None:
    """Writes what was read one by one and empties the lists."""
    add_rows(typed_pass.con, typed_pass.contract, rows)
    add_problems(typed_pass.con, problems)
    rows.clear()
    problems.clear()


def read_record(
    typed_pass: TypedPass, cells: list[str], line: int, rows: list[TypedRow], problems: list[CellProblem]
) -> None:
    """Reads one record cell by cell: adds a typed row, its problems, or a row for the account that is no data.

    Raises RefusedFileError for a second header with the columns in another order: what follows it would be read under
    the first one.
    """
    kind = _kind_without_data(typed_pass, cells)
    if kind is not None:
        typed_pass.account.add(SHEET, Disposition.SET_ASIDE, kind.value)
        return
    columns = typed_pass.header.columns
    if len(cells) != len(columns):
        problems.append(wrong_column_count(SHEET, line, expected=len(columns), actual=len(cells)))
        return
    if typed_pass.header.is_repeated_by(cells):
        typed_pass.account.add(SHEET, Disposition.SET_ASIDE, RowKind.REPEATED_HEADER.value)
        return
    if typed_pass.header.is_reordered_by(cells):
        raise RefusedFileError(
            LoadRefusal.COLUMNS_REORDERED_BELOW, place=RefusalPlace(sheet=SHEET, row=line), line=f"{line:,}"
        )
    fields = typed_pass.header.fields_by_index
    texts = {field.name: cells[index] or None for index, field in fields.items()}
    marks = typed_pass.marks_of_nothing
    is_blank = all(says_nothing(texts.get(field.name), marks) for field in typed_pass.contract.stored_fields)
    if is_blank:
        typed_pass.account.add(SHEET, Disposition.SET_ASIDE, RowKind.BLANK.value)
        return
    typed_row, row_problems = typed_pass.reader.row(SHEET, line, texts)
    problems.extend(row_problems)
    if typed_row is not None:
        rows.append(typed_row)


def _kind_without_data(typed_pass: TypedPass, cells: Sequence[str]) -> RowKind | None:
    """Returns BLANK, NOTE or TOTAL for a record that is no data, whatever its columns are; None for all others."""
    if all(map(says_nothing, cells)):
        return RowKind.BLANK
    return kind_of_words(typed_pass, cells)
