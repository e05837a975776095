"""Builds worksheets from the tags of a SpreadsheetML-2003 document; `spreadsheetml` parses the document.

`<Row ss:Index="2"><Cell><Data ss:Type="Number">12</Data></Cell></Row>` is a blank row and the row ["12"].
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from pipeline.common.cell_marks import STRUCK_MARK
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.refusals.sheets import SheetRefusal
from pipeline.ingest.sheets.number_formats import shows_share
from pipeline.ingest.sheets.number_texts import number_text, share_text, whole_number
from pipeline.ingest.sheets.sheet import MAX_COLUMNS, MAX_ROWS, MergedRange
from pipeline.ingest.sheets.sheet import Cells as Row
from pipeline.ingest.sheets.shown_numbers import shown_number

_Attributes = dict[str, str]
_MIDNIGHT = frozenset({"", "00:00:00"})


@dataclass
class Worksheet:
    """One sheet; `days` are the rows (0-based), by column, of cells of type DateTime, `hidden_rows` those hidden."""

    name: str
    rows: list[Row] = field(default_factory=list)
    is_hidden: bool = False
    days: dict[int, set[int]] = field(default_factory=dict)
    merged: list[MergedRange] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)


class SpreadsheetmlCells:
    """Takes in the tags of a document in their order and collects `worksheets`.

    Raises RefusedFileError where the worksheets hold more than `max_cells` cells, or name places beyond any sheet.
    """

    def __init__(self, max_cells: int) -> None:
        self.worksheets: list[Worksheet] = []
        self._max_cells = self._cells_left = max_cells
        self._sheet = Worksheet("")
        self._row: Row = []
        # 1-based, as the file counts them.
        self._row_no = self._column_no = 0
        self._merged_across = 0
        self._type = ""
        # The text of the open value; None outside of values.
        self._value: list[str] | None = None
        self._is_in_comment = False
        self._style = self._row_style = ""
        self._shown_by_style: dict[str, Callable[[float], str | None]] = {}
        self._struck_styles: set[str] = set()
        self._starts: dict[str, Callable[[_Attributes], None]] = {
            "Style": self._begin_style,
            "NumberFormat": self._note_format,
            "Font": self._note_font,
            "Worksheet": self._begin_worksheet,
            "Row": self._begin_row,
            "Cell": self._begin_cell,
            "Comment": self._begin_comment,
            "Data": self._begin_value,
            "Visible": self._begin_value,
        }
        self._ends: dict[str, Callable[[], None]] = {
            "Worksheet": self._end_worksheet,
            "Row": self._end_row,
            "Cell": self._end_cell,
            "Comment": self._end_comment,
            "Data": self._end_data,
            "Visible": self._end_visible,
        }

    def start(self, name: str, attributes: _Attributes) -> None:
        """Begins an element: `ss:Cell` with {"ss:Index": "3"}, whatever the prefix."""
        begin = self._starts.get(_local(name))
        if begin:
            begin({_local(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        """Finishes an element."""
        finish = self._ends.get(_local(name))
        if finish:
            finish()

    def text(self, text: str) -> None:
        """Takes in characters of the open value."""
        if self._value is not None:
            self._value.append(text)

    def _begin_style(self, attributes: _Attributes) -> None:
        self._style = attributes.get("ID", "")

    def _note_format(self, attributes: _Attributes) -> None:
        """`<Style ss:ID="s62"><NumberFormat ss:Format="Percent"/>`: cells of s62 are shown as shares."""
        code = attributes.get("Format", "")
        shown = shown_number(code)
        if code == "Percent" or shows_share(code):
            self._shown_by_style[self._style] = share_text
        elif shown:
            self._shown_by_style[self._style] = shown.text

    def _note_font(self, attributes: _Attributes) -> None:
        """`<Style ss:ID="s62"><Font ss:StrikeThrough="1"/>`: cells of s62 are struck out."""
        if attributes.get("StrikeThrough") == "1":
            self._struck_styles.add(self._style)

    def _begin_worksheet(self, attributes: _Attributes) -> None:
        self._sheet = Worksheet(attributes.get("Name", ""))
        self._row_no = 0

    def _end_worksheet(self) -> None:
        self._sheet.rows = _trimmed(self._sheet.rows)
        self.worksheets.append(self._sheet)

    def _begin_row(self, attributes: _Attributes) -> None:
        self._row = []
        self._column_no = 0
        self._row_style = attributes.get("StyleID", "")
        self._row_no = self._number_of(attributes, self._row_no, MAX_ROWS)
        if attributes.get("Hidden") == "1":
            self._sheet.hidden_rows.add(self._row_no - 1)

    def _end_row(self) -> None:
        if not self._row:
            return
        blank_rows = self._row_no - 1 - len(self._sheet.rows)
        self._spend(blank_rows + 1)
        self._sheet.rows.extend([] for _ in range(blank_rows))
        self._sheet.rows.append(self._row)

    def _begin_cell(self, attributes: _Attributes) -> None:
        self._column_no = self._number_of(attributes, self._column_no, MAX_COLUMNS)
        self._style = attributes.get("StyleID", self._row_style)
        self._merged_across = min(_whole(attributes.get("MergeAcross")) or 0, MAX_COLUMNS)
        merged_down = min(_whole(attributes.get("MergeDown")) or 0, MAX_ROWS)
        if merged_down or self._merged_across:
            top, left = self._row_no - 1, self._column_no - 1
            self._sheet.merged.append(MergedRange(top, top + merged_down, left, left + self._merged_across))

    def _end_cell(self) -> None:
        self._column_no += self._merged_across

    def _begin_comment(self, _: _Attributes) -> None:
        self._is_in_comment = True

    def _end_comment(self) -> None:
        self._is_in_comment = False

    def _begin_value(self, attributes: _Attributes) -> None:
        if not self._is_in_comment:
            self._type = attributes.get("Type", "")
            self._value = []

    def _end_data(self) -> None:
        if self._value is not None:
            text = _cell_text("".join(self._value), self._type, self._shown_by_style.get(self._style))
            is_struck = self._style in self._struck_styles and text.strip()
            self._put(STRUCK_MARK + text if is_struck else text)
        self._value = None

    def _end_visible(self) -> None:
        """`<Visible>SheetHidden</Visible>` stands in the options of a worksheet that is hidden."""
        if self._value is not None:
            self._sheet.is_hidden = "Hidden" in "".join(self._value)
        self._value = None

    def _put(self, text: str) -> None:
        if not text:
            return
        blank_cells = self._column_no - 1 - len(self._row)
        self._spend(blank_cells + 1)
        self._row.extend([None] * blank_cells)
        self._row.append(text)
        if self._type == "DateTime":
            self._sheet.days.setdefault(self._column_no - 1, set()).add(self._row_no - 1)

    def _number_of(self, attributes: _Attributes, before: int, most: int) -> int:
        """Returns the 1-based number of a row or cell: the one that its Index names, else the next after `before`."""
        index = _whole(attributes.get("Index"))
        number = before + 1 if index is None else index
        if number > most:
            raise RefusedFileError(
                SheetRefusal.XML_POSITION_BEYOND_SHEET,
                place=RefusalPlace(sheet=self._sheet.name, row=self._row_no),
                expected=f"<= {most}",
                found=str(number),
            )
        return max(number, before + 1)

    def _spend(self, cells: int) -> None:
        self._cells_left -= cells
        if self._cells_left < 0:
            raise RefusedFileError(
                SheetRefusal.XML_CELLS_OVER_LIMIT,
                place=RefusalPlace(sheet=self._sheet.name, row=self._row_no),
                expected=f"<= {self._max_cells}",
            )


def _local(name: str) -> str:
    """`ss:Row` is Row."""
    return name.rsplit(":", 1)[-1]


def _whole(written: str | None) -> int | None:
    """Reads the number in an attribute; None where there is none, or one of more digits than any sheet needs."""
    if written is None:
        return None
    is_number = written.isdecimal() and len(written) < 12
    return int(written) if is_number else None


def _cell_text(text: str, kind: str, shown: Callable[[float], str | None] | None) -> str:
    """Writes a value as other workbooks' readers do, by its type: `1` of Boolean is TRUE."""
    if kind == "Number":
        return _number(text, shown)
    if kind == "DateTime":
        return _moment(text)
    if kind == "Boolean":
        return {"1": "TRUE", "0": "FALSE"}.get(text, text)
    return text


def _number(text: str, shown: Callable[[float], str | None] | None) -> str:
    """Writes a number as one of another kind of workbook: marked where too wide, as `shown` where it is shown so."""
    with suppress(ValueError):
        as_shown = shown(float(text)) if shown else None
        if as_shown:
            return as_shown
    return whole_number(text) or number_text(text)


def _moment(text: str) -> str:
    """`2023-04-17T00:00:00.000` is 2023-04-17, `2023-04-17T09:05:00.000` is 2023-04-17 09:05:00."""
    day, _, time = text.partition("T")
    time = time.removesuffix("Z")
    seconds, _, fraction = time.partition(".")
    if not fraction.strip("0"):
        time = seconds
    return day if time in _MIDNIGHT else f"{day} {time}"


def _trimmed(rows: list[Row]) -> list[Row]:
    """Makes rows of one width, as sheets have them, without blank ones at the end."""
    while rows and not any(rows[-1]):
        rows.pop()
    width = max(map(len, rows), default=0)
    for row in rows:
        row.extend([None] * (width - len(row)))
    return rows
