"""The rows of an original as they are copied: numbers and days as such; what of them may go out, disclosure.py says."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Container as Places
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import filterfalse
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.cell_marks import NUMBER_MARK, unmarked
from pipeline.contracts import Contract, Field, FieldType
from pipeline.contracts.model import NUMERIC
from pipeline.ingest.containers.container import Container
from pipeline.ingest.recognise.match import Recognised
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.find import find_tables
from pipeline.ingest.tables.headers.header import Table, find_header
from pipeline.ingest.tables.headers.paths import Row
from pipeline.privacy.masking import mask_sheet_names

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

# A longer sheet is copied without its good rows: nobody looks through them, and a workbook is written cell by cell.
WHOLE_ROWS: Final = 5_000
# What of a workbook is unpacked to take over its own numbers and dates; of a larger one the texts are copied.
MOST_UNPACKED: Final = 16 << 20
# "0", "-12", "57"; no "007", which is a code.
_INTEGER: Final = re.compile(r"-?(?:0|[1-9]\d{0,14})")
# "511602198001010012": sixteen digits and more, which a spreadsheet cannot hold as a number.
_LONG_INTEGER: Final = re.compile(r"-?\d{16,20}")
# "98.5", "-0.125"
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9]\d{0,11})\.\d{1,3}")
# A number format may hold any text; these are formats of numbers and dates alone: "#,##0.00", "yyyy年m月d日".
_FORMAT: Final = re.compile(r"[#0?.,%+\-/:; _()\\\"@\[\]$*A-Za-z0-9年月日时分秒上下午¥￥]{1,60}")
_IS_HIDDEN: Final = attrgetter("is_hidden")


@dataclass(frozen=True)
class SheetRows:
    """Rows of one piece of a sheet: the texts by which tables are found, and the values that are written.

    `rows_above` rows of the sheet stand before them; `formats` has the number format of a cell by (row, column).
    """

    name: str
    rows_above: int
    texts: Sequence[Row]
    values: Sequence[Sequence[Any]] | None = None
    formats: Mapping[tuple[int, int], str] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether all rows are copied."""
        return len(self.texts) <= WHOLE_ROWS

    def texts_of(self, wanted: Places[int]) -> Iterator[tuple[int, Row]]:
        """Some rows with their positions, in one pass: a large sheet answers slowly to one question after the other."""
        return ((position, row) for position, row in enumerate(self.texts) if position in wanted)

    def values_of(self, position: int, texts: Row, fields: Mapping[int, Field]) -> Sequence[Any]:
        """The values of a row, numbers and days as such."""
        if self.values is not None:
            return self.values[position]
        return [_value_of(text, fields.get(column)) for column, text in enumerate(texts)]


def visible_sheets(export: Recognised) -> list[Sheet]:
    """Sheets that people see; nobody who looks at the copy would see what goes back with it on a hidden one."""
    with_table = [sheet for sheet in export.sheets if find_header(sheet.rows, export.contract) is not None]
    visible = list(filterfalse(_IS_HIDDEN, with_table))
    # Where the table stands on hidden sheets alone, the loader has read these.
    return visible or with_table


def native_sheets(path: Path, container: Container) -> dict[str, Worksheet]:
    """The sheets of an .xlsx with their own numbers, days and looks; none where that is no such file, or a large one.

    Their columns keep their letters. What a reader of workbooks cannot open is copied as the loader read it.
    """
    if container not in (Container.XLSX, Container.XLSM):
        return {}
    if _unpacked_size(path) > MOST_UNPACKED:
        return {}
    from openpyxl import load_workbook

    try:
        with path.open("rb") as file:
            book = load_workbook(file, data_only=True, keep_links=False)
    except Exception:  # openpyxl raises whatever a broken style makes it raise
        return {}
    # The loader calls them so, too: in its order, hidden ones and charts included.
    names = mask_sheet_names(book.sheetnames)
    natives = zip(names, map(book.__getitem__, book.sheetnames), strict=True)
    return {name: sheet for name, sheet in natives if sheet in book.worksheets}


def _unpacked_size(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        return sum(member.file_size for member in archive.infolist())


def rows_with_tables(
    piece: Sheet, original: Worksheet | None, contract: Contract
) -> tuple[SheetRows, tuple[Table, ...]]:
    """The piece as the workbook itself has it, or as the loader read it where no table is found in the first."""
    if original is not None:
        native = _native_rows(piece, original)
        tables = find_tables(native.texts, contract)
        if tables:
            return native, tables
    is_large = len(piece.rows) > WHOLE_ROWS
    rows = piece.rows if is_large else list(piece.rows)
    return SheetRows(piece.name, piece.rows_above, rows), find_tables(rows, contract)


def _cell_values(cells: Iterable[Any]) -> list[Any]:
    return [cell.value for cell in cells]


def _native_rows(piece: Sheet, original: Worksheet) -> SheetRows:
    first = piece.rows_above + 1
    last = piece.rows_above + len(piece.rows)
    rows = list(original.iter_rows(min_row=first, max_row=last))
    values = list(map(_cell_values, rows))
    texts = [list(map(text_of, row)) for row in values]
    formats: dict[tuple[int, int], str] = {}
    for position, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if _has_plain_format(cell):
                formats[position, column] = cell.number_format
    return SheetRows(piece.name, piece.rows_above, texts, values, formats)


def _has_plain_format(cell: Any) -> bool:
    if cell.value is None:
        return False
    if cell.number_format == "General":
        return False
    return _FORMAT.fullmatch(cell.number_format) is not None


def text_of(value: object) -> str | None:
    """A cell's value as text; an empty cell stays None."""
    return None if value is None else str(value)


def _value_of(text: str | None, field: Field | None) -> Any:
    """A text of the loader as people saw it: a number of a column of numbers, a day without its midnight."""
    if text is None:
        return None
    # The reader marks a number whose last digits a spreadsheet cannot hold.
    marked_number = text.removeprefix(NUMBER_MARK)
    if marked_number != text and _LONG_INTEGER.fullmatch(marked_number):
        return int(marked_number)
    bare = unmarked(text) or ""
    type_of_column = field.type if field else None
    if type_of_column is FieldType.DATE:
        return bare.removesuffix(" 00:00:00")
    # A column that the contract does not read may hold numbers as well.
    if type_of_column is None or type_of_column in NUMERIC:
        return _number_or_text(bare)
    return bare


def _number_or_text(text: str) -> int | float | str:
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text
