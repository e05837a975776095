"""Writes the cells of one .xlsx sheet anew: each with its place, its value as one text.

Which cells are merged is kept; all else is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from pipeline.ingest.containers.column_letters import column_letters, column_number
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.refusals.sheets import SheetRefusal
from pipeline.ingest.sheets.hidden.xlsx_parts import is_true
from pipeline.ingest.sheets.usual_form.rewriting import rewritten
from pipeline.ingest.sheets.usual_form.rich_text import RunCollector, text_of

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
"""The namespace of the parts of a workbook, as nearly all programs write it."""
_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="{MAIN}"><sheetData>'
_END_OF_CELLS = "</sheetData>"
_FOOT = "</worksheet>"
# AB12, ab12, $AB$12
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,7})\$?([0-9]{1,10})")
# Types of cells whose value is no text, so that blanks around it say nothing.
_BARE_VALUES = frozenset({"", "n", "s", "b", "e", "d"})


@dataclass
class _Cell:
    """A cell as its XML says: where it stands (from 1), and what it holds."""

    row: int
    column: int
    style: str
    kind: str
    value: str = ""
    formula: str | None = None
    texts: RunCollector | None = None

    @property
    def is_filled(self) -> bool:
        """Whether it holds anything; a formatted blank does not."""
        has_formula = self.formula is not None
        has_texts = self.texts is not None
        is_error = self.kind == "e"
        return any((self.value, has_formula, has_texts, is_error))

    def xml(self) -> str:
        """The cell in the usual form."""
        style = f' s="{escape(self.style)}"' if self.style else ""
        place = f'<c r="{column_letters(self.column)}{self.row}"{style}'
        formula = "" if self.formula is None else f"<f>{escape(self.formula)}</f>"
        if self.texts is None:
            return self._xml_of_value(place, formula)
        text = escape(text_of(self.texts.runs))
        return f'{place} t="inlineStr">{formula}<is><t xml:space="preserve">{text}</t></is></c>'

    def _xml_of_value(self, begin: str, formula: str) -> str:
        """The XML of a cell that holds no text of its own: `<c r="A1"`, then kind, formula and value."""
        # A text without its element: <c t="inlineStr"><v>窗口</v></c>
        kind = "str" if self.kind == "inlineStr" else self.kind
        is_bare = kind in _BARE_VALUES
        value = escape(self.value.strip() if is_bare else self.value)
        shown_kind = f' t="{escape(kind)}"' if kind else ""
        shown_value = f"<v>{value}</v>" if value else ""
        return f"{begin}{shown_kind}>{formula}{shown_value}</c>"


@dataclass
class _Row:
    """A row that is being read: its number where it says one, and its filled cells."""

    number: int | None
    is_hidden: bool
    cells: list[_Cell] = field(default_factory=list)
    column: int = 0


class _SheetRewriter:
    """Turns the events of a sheet's XML into lines of the usual form, row by row."""

    def __init__(self, sheet: str) -> None:
        self.lines: list[str] = []
        self._sheet = sheet
        self._last_row = 0
        self._written: set[int] = set()
        self._row: _Row | None = None
        self._cell: _Cell | None = None
        self._path: list[str] = []
        self._merged: list[str] = []

    @property
    def merged_xml(self) -> str:
        """The merged cells of the sheet, known at its end."""
        cells = "".join(f"<mergeCell ref={quoteattr(place)}/>" for place in self._merged)
        return f"<mergeCells>{cells}</mergeCells>" if cells else ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begins a row, a cell, or a part of a cell."""
        tag = name.rpartition(":")[2]
        if self._cell is not None:
            self._path.append(tag)
            self._start_in_cell(self._cell, tag, attributes)
        elif tag == "row":
            number = attributes.get("r", "").strip()
            self._row = _Row(int(number) if number else None, is_true(attributes.get("hidden", "0")))
        elif tag == "c" and self._row is not None:
            self._cell = self._place(self._row, attributes)
        elif tag == "mergeCell":
            self._merged.append(attributes.get("ref", ""))

    def letters(self, letters: str) -> None:
        """Takes in letters of a value, a formula or a text."""
        cell = self._cell
        if cell is None:
            return
        path = self._path
        if path == ["v"]:
            cell.value += letters
        elif path == ["f"]:
            written = cell.formula or ""
            cell.formula = written + letters
        elif path[:1] == ["is"] and cell.texts is not None:
            cell.texts.letters(letters)

    def end(self, name: str) -> None:
        """Finishes a part of a cell, a cell or a row."""
        tag = name.rpartition(":")[2]
        if self._path:
            self._path.pop()
            self._end_in_cell(tag)
            return
        row = self._row
        if row is None:
            return
        if tag == "c":
            self._end_cell(row)
        elif tag == "row":
            self._finish(row)
            self._row = None

    def _end_in_cell(self, tag: str) -> None:
        """Finishes a part of a cell; only texts need to know."""
        cell = self._cell
        if cell is not None and cell.texts is not None:
            cell.texts.end(tag)

    def _end_cell(self, row: _Row) -> None:
        """Finishes a cell of a row; a formatted blank is left out."""
        cell = self._cell
        if cell is not None and cell.is_filled:
            row.cells.append(cell)
        self._cell = None

    def _place(self, row: _Row, attributes: dict[str, str]) -> _Cell:
        """Says where a cell stands: where it says so itself, else behind the one before it."""
        row_no = row.number if row.number is not None else self._last_row + 1
        row.column += 1
        reference = _REFERENCE.fullmatch(attributes.get("r", "").strip())
        if reference:
            row.column = column_number(reference[1])
            row_no = int(reference[2])
            # <row><c r="B3"/><c/></row> : the row is that of its first cell.
            row.number = row_no if row.number is None else row.number
        return _Cell(row_no, row.column, attributes.get("s", ""), attributes.get("t", ""))

    @staticmethod
    def _start_in_cell(cell: _Cell, tag: str, attributes: dict[str, str]) -> None:
        if tag == "f" and cell.formula is None:
            cell.formula = ""
        elif tag == "is" and cell.texts is None:
            cell.texts = RunCollector()
        elif cell.texts is not None:
            cell.texts.start(tag, attributes)

    def _finish(self, row: _Row) -> None:
        """Writes a row; raises RefusedFileError where one of the same number, or a cell of it, was written before."""
        number = row.number if row.number is not None else self._last_row + 1
        self._last_row = number
        if not row.cells:
            return
        self._refuse_repeated(row)
        self._written.update(cell.row for cell in row.cells)
        hidden = ' hidden="1"' if row.is_hidden else ""
        cells = "".join(map(_Cell.xml, row.cells))
        self.lines.append(f'<row r="{number}"{hidden}>{cells}</row>')

    def _refuse_repeated(self, row: _Row) -> None:
        places: set[tuple[int, int]] = set()
        for cell in row.cells:
            place = (cell.row, cell.column)
            if cell.row in self._written or place in places:
                raise RefusedFileError(
                    SheetRefusal.ROW_WRITTEN_TWICE,
                    place=RefusalPlace(sheet=self._sheet, row=cell.row),
                    sheet=self._sheet,
                    row=cell.row,
                    cell=f"{column_letters(cell.column)}{cell.row}",
                )
            places.add(place)


def rewritten_sheet(blocks: Iterable[bytes], sheet: str) -> Iterator[bytes]:
    """Yields the XML of a sheet in the usual form; `blocks` are the original, however it is written.

    Raises RefusedFileError where a row or a cell is written twice, so that one would be lost, and ExpatError or
    ValueError for what is no such XML.
    """
    rewriter = _SheetRewriter(sheet)
    yield from rewritten(blocks, rewriter, _HEAD, _END_OF_CELLS)
    yield (rewriter.merged_xml + _FOOT).encode()
