"""A workbook for the sender: its tables with the bad cells marked, a list of them first.

In: a delivery with its problems and its original. Out: a workbook that is not saved yet.
Elsewhere: which cells are bad in `pipeline.ingest`; what of a row may go out in disclosure.py; a text in bad_lines.py.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.ingest.recognise.match import Recognised
from pipeline.present.sender.copied_sheet import AUTHOR, CopiedSheet, copy_tables, mark_problems
from pipeline.present.sender.cover import add_cover
from pipeline.present.sender.looks import dress_sheet
from pipeline.present.sender.original_rows import native_sheets, rows_with_tables, visible_sheets
from pipeline.present.sender.problems import Problem, ReturnedDelivery
from pipeline.present.shared.workbook_style import SHEET_CHARACTERS

if TYPE_CHECKING:
    from openpyxl import Workbook

# No spreadsheet takes these characters in the name of a sheet.
_FORBIDDEN: Final = re.compile(r"[\\*?:/\[\]]")


def marked_copy(delivery: ReturnedDelivery, export: Recognised, path: Path) -> Workbook:
    """The visible sheets that hold the contract's table, and of these its rows: what else is there may name persons.

    `path` is the workbook itself, unpacked. Formulas come as their values; links, macros and objects do not.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    book.properties.creator = AUTHOR
    natives = native_sheets(path, export.container)
    problems_of = delivery.problems_by_sheet()
    copies: dict[str, CopiedSheet] = {}
    # A sheet with several exports comes in pieces, one below the other.
    for piece in visible_sheets(export):
        if piece.name not in copies:
            copies[piece.name] = CopiedSheet(book.create_sheet(_sheet_title(piece.name)))
        original, tables = rows_with_tables(piece, natives.get(piece.name), export.contract)
        copy_tables(copies[piece.name], original, tables, export.contract, problems_of.get(piece.name, []))
    disclosed = _disclosed(delivery, copies)
    for name, copied in copies.items():
        mark_problems(copied, disclosed.problems_by_sheet().get(name, []))
        dress_sheet(copied, natives.get(name))
    titles = {name: copied.sheet.title for name, copied in copies.items()}
    add_cover(book, disclosed, export.contract, titles)
    return book


def _sheet_title(name: str) -> str:
    return _FORBIDDEN.sub("_", name)[:SHEET_CHARACTERS]


def _disclosed(delivery: ReturnedDelivery, copies: dict[str, CopiedSheet]) -> ReturnedDelivery:
    """The delivery with its problems as they may be told."""
    problems: list[Problem] = []
    for problem in delivery.problems:
        copied = copies.get(problem.sheet)
        problems.append(problem if copied is None else copied.as_disclosed(problem))
    return replace(delivery, problems=tuple(problems))
