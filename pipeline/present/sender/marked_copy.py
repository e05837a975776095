"""A workbook for the sender: its tables with the bad cells marked, a list of them first; what is bad, others say."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Container as Places
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.cell_marks import NUMBER_MARK, unmarked
from pipeline.common.spreadsheet_text import text_width
from pipeline.contracts import Contract, Field, FieldType
from pipeline.ingest.containers.detect import Container
from pipeline.ingest.recognise.match import Recognised
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.find import find_tables
from pipeline.ingest.tables.header import Header, Row, Table, find_header
from pipeline.ingest.tables.rows import NUMERIC, RowJudge, RowKind
from pipeline.present.sender.disclosure import NOT_LOADED, NOT_READ, Disclosure
from pipeline.present.shared.workbook_style import SHEET_CHARACTERS, add_sheet, style_print, write_cell
from pipeline.privacy.masking import MASK, mask_line

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

COVER: Final = "退回说明"
AUTHOR: Final = "周报"
LISTED: Final = 2_000
MARK_COLOUR: Final = "F8CBC4"
# A longer sheet is copied without its good rows: nobody looks through them, and a workbook is written cell by cell.
WHOLE_ROWS: Final = 5_000
# What of a workbook is unpacked to take over its own numbers and dates; of a larger one the texts are copied.
_MOST_UNPACKED: Final = 16 << 20
_NARROWEST, _WIDEST, _WIDEST_OF_ORIGINAL = 8, 36, 80
_MOST_COLUMNS = 500
_FORBIDDEN: Final = re.compile(r"[\\*?:/\[\]]")
_INTEGER: Final = re.compile(r"-?(?:0|[1-9]\d{0,14})")
_WIDE: Final = re.compile(r"-?\d{16,20}")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9]\d{0,11})\.\d{1,3}")
# A number format may hold any text; these are formats of numbers and dates alone.
_FORMAT: Final = re.compile(r"[#0?.,%+\-/:; _()\\\"@\[\]$*A-Za-z0-9年月日时分秒上下午¥￥]{1,60}")


@dataclass(frozen=True)
class Problem:
    """One bad cell: where it stands (row_no is the physical row, 1-based), what it held, and what to do."""

    sheet: str
    row_no: int
    column_name: str
    value: str | None
    message: str

    def without_value(self) -> Problem:
        """The same problem, told without what the cell held: a cell that is not shown is not quoted either."""
        if self.value is None:
            return self
        return replace(self, value=MASK, message=self.message.replace(f"“{self.value}”", f"“{MASK}”"))


@dataclass(frozen=True)
class Returned:
    """A delivery that goes back: its identity in the ledger and its problems, of which there may be more than kept."""

    delivery_id: str
    source: str
    file_name: str
    week_id: str
    problems: tuple[Problem, ...]
    count: int


@dataclass(frozen=True)
class _Part:
    """Rows of a sheet: their texts, by which tables are found, and what is written; `above` rows stand before them."""

    name: str
    above: int
    texts: Sequence[Row]
    values: Sequence[Sequence[Any]] | None = None
    formats: Mapping[tuple[int, int], str] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether all rows are copied."""
        return len(self.texts) <= WHOLE_ROWS

    def texts_of(self, wanted: Places[int]) -> Iterator[tuple[int, Row]]:
        """Some rows with their places, in one pass: a large sheet answers slowly to one question after the other."""
        return ((at, row) for at, row in enumerate(self.texts) if at in wanted)

    def row(self, at: int, texts: Row, fields: Mapping[int, Field]) -> Sequence[Any]:
        """The values of a row, numbers and days as such."""
        if self.values is not None:
            return self.values[at]
        return [_value(text, fields.get(place)) for place, text in enumerate(texts)]


@dataclass
class _Copied:
    """A sheet of the copy while it is being written: its tables by physical rows, and the width of each column."""

    sheet: Worksheet
    places: list[tuple[range, Mapping[str, int]]] = field(default_factory=list)
    labels: set[int] = field(default_factory=set)
    widths: dict[int, int] = field(default_factory=dict)
    rows: set[int] | None = None

    def holds(self, problem: Problem) -> bool:
        """Whether the problem's row is there; `rows` are those of a sheet of which not all are."""
        return self.rows is None or problem.row_no in self.rows


def marked_copy(one: Returned, export: Recognised, path: Path) -> Workbook:
    """The visible sheets that hold the contract's table, and of these its rows: what else is there may name persons.

    `path` is the workbook itself, unpacked. Formulas come as their values; links, macros and objects do not.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    book.properties.creator = AUTHOR
    native = _native_sheets(path, export.container)
    by_sheet: dict[str, list[Problem]] = {}
    for problem in one.problems:
        by_sheet.setdefault(problem.sheet, []).append(problem)
    copies: dict[str, _Copied] = {}
    for piece in _shown_sheets(export):
        if piece.name not in copies:
            copies[piece.name] = _Copied(book.create_sheet(_FORBIDDEN.sub("_", piece.name)[:SHEET_CHARACTERS]))
        part, tables = _with_tables(piece, native.get(piece.name), export.contract)
        _copy(copies[piece.name], part, tables, export.contract, by_sheet.get(piece.name, []))
    told = tuple(_as_shown(problem, copies.get(problem.sheet)) for problem in one.problems)
    for name, copied in copies.items():
        _mark(copied, [problem for problem in told if problem.sheet == name])
        _dress(copied, native.get(name))
    titles = {name: copied.sheet.title for name, copied in copies.items()}
    _cover(book, replace(one, problems=told), export.contract, titles)
    return book


def _shown_sheets(export: Recognised) -> Iterator[Sheet]:
    """Sheets that people see; nobody who looks at the copy would see what goes back with it on a hidden one."""
    found = [sheet for sheet in export.sheets if find_header(sheet.rows, export.contract)]
    is_any_visible = any(not sheet.is_hidden for sheet in found)
    return (sheet for sheet in found if not (sheet.is_hidden and is_any_visible))


def _native_sheets(path: Path, container: Container) -> dict[str, Worksheet]:
    """The sheets of an .xlsx with their own numbers, days and looks; none where that is no such file, or a large one.

    Their columns keep their letters. What a reader of workbooks cannot open is copied as the loader read it.
    """
    if container not in (Container.XLSX, Container.XLSM):
        return {}
    from openpyxl import load_workbook

    with zipfile.ZipFile(path) as archive:
        if sum(info.file_size for info in archive.infolist()) > _MOST_UNPACKED:
            return {}
    try:
        with path.open("rb") as file:
            book = load_workbook(file, data_only=True, keep_links=False)
    except Exception:
        return {}
    return {sheet.title: sheet for sheet in book.worksheets}


def _with_tables(piece: Sheet, original: Worksheet | None, contract: Contract) -> tuple[_Part, tuple[Table, ...]]:
    """The piece as the workbook itself has it, or as the loader read it, where no table is found in the first."""
    if original is not None:
        part = _native_part(piece, original)
        if tables := find_tables(part.texts, contract):
            return part, tables
    rows = piece.rows if len(piece.rows) > WHOLE_ROWS else list(piece.rows)
    return _Part(piece.name, piece.rows_above, rows), find_tables(rows, contract)


def _native_part(piece: Sheet, original: Worksheet) -> _Part:
    first = piece.rows_above + 1
    cells = list(original.iter_rows(min_row=first, max_row=piece.rows_above + len(piece.rows)))
    values = [[cell.value for cell in row] for row in cells]
    formats = {
        (at, place): cell.number_format
        for at, row in enumerate(cells)
        for place, cell in enumerate(row)
        if cell.value is not None and cell.number_format != "General" and _FORMAT.fullmatch(cell.number_format)
    }
    texts = [[_text(value) for value in row] for row in values]
    return _Part(piece.name, piece.rows_above, texts, values, formats)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _value(text: str | None, field: Field | None) -> Any:
    """A text of the loader as people saw it: a number of a column of numbers, a day without its midnight."""
    if text is None:
        return None
    if text.startswith(NUMBER_MARK) and _WIDE.fullmatch(text[1:]):
        return int(text[1:])
    bare = unmarked(text) or ""
    if field is None or field.type in NUMERIC:
        return int(bare) if _INTEGER.fullmatch(bare) else float(bare) if _DECIMAL.fullmatch(bare) else bare
    return bare.removesuffix(" 00:00:00") if field.type is FieldType.DATE else bare


def _copy(
    copied: _Copied, part: _Part, tables: Sequence[Table], contract: Contract, problems: Sequence[Problem]
) -> None:
    """Write the rows of each table where they stand, without what may not go out."""
    wanted = {problem.row_no - part.above - 1 for problem in problems[:LISTED]}
    if not part.is_whole:
        copied.sheet.sheet_format.zeroHeight = True  # rows that are not there are hidden, the others keep their numbers
        copied.rows = set()
    for table in tables:
        places = {column.field.name: column.index for column in table.header.columns if column.field}
        copied.places.append((range(part.above + table.first + 1, part.above + table.last + 1), places))
        copied.labels |= set(range(part.above + table.header.top + 1, part.above + table.header.below + 1))
        wanted |= set(range(table.first, table.header.below))
        if part.is_whole:
            wanted |= set(range(table.header.below, table.last))
    rows = dict(part.texts_of(wanted))
    for table in tables:
        mine = range(table.first, table.last)
        _copy_table(copied, part, table.header, contract, {at: row for at, row in rows.items() if at in mine})


def _copy_table(copied: _Copied, part: _Part, header: Header, contract: Contract, rows: Mapping[int, Row]) -> None:
    disclosure, judge = Disclosure(header, contract), RowJudge(part.texts, header, contract)
    fields = {column.index: column.field for column in header.columns if column.field}
    kind = RowKind.HEADER
    for at, texts in rows.items():
        if at < header.top:
            shown = disclosure.title(part.row(at, texts, {}))
        elif at < header.below:
            shown = disclosure.line(part.row(at, texts, {}))
        else:
            kind = judge.kind(texts, kind if at - 1 in rows else RowKind.DATA)
            shown = disclosure.row(part.row(at, texts, fields), kind)
        _write_row(copied, part, at, shown, is_measured=at >= header.top and kind is not RowKind.NOTE)


def _write_row(copied: _Copied, part: _Part, at: int, shown: Sequence[Any], *, is_measured: bool) -> None:
    number = part.above + at + 1
    if copied.rows is not None:
        copied.rows.add(number)
    for place, value in enumerate(shown):
        if value is None:
            continue
        write_cell(copied.sheet, number, place + 1, value)
        number_format = part.formats.get((at, place))
        if number_format and not isinstance(value, str):
            copied.sheet.cell(number, place + 1).number_format = number_format
        if is_measured:
            copied.widths[place + 1] = max(copied.widths.get(place + 1, 0), _width(value))


def _width(value: object) -> int:
    """How wide a value stands, however its day is written."""
    is_day = isinstance(value, datetime) and value.time() == time(0)
    return (len("2023年04月17日") + 3 if is_day else text_width(value)) + 2


def _as_shown(problem: Problem, copied: _Copied | None) -> Problem:
    """The problem as it may be told: a cell that the copy hides is not quoted."""
    if copied is None or not copied.holds(problem):
        return problem
    cell = copied.sheet.cell(*_place(problem, copied))
    return problem.without_value() if cell.value in (MASK, NOT_LOADED, NOT_READ) else problem


def _place(problem: Problem, copied: _Copied) -> tuple[int, int]:
    """Row and column (1-based) of a problem: its own column in the table of its row, else the first one."""
    places = next((places for rows, places in copied.places if problem.row_no in rows), {})
    return problem.row_no, places.get(problem.column_name, min(places.values(), default=0)) + 1


def _mark(copied: _Copied, problems: Sequence[Problem]) -> None:
    """Colour and comment each bad cell."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    words: dict[tuple[int, int], list[str]] = {}
    for problem in problems:
        if copied.holds(problem):
            words.setdefault(_place(problem, copied), []).append(problem.message)
    for (row, column), messages in words.items():
        cell = copied.sheet.cell(row, column)
        cell.fill = PatternFill("solid", fgColor=MARK_COLOUR)
        text = "\n".join(dict.fromkeys(messages))
        lines = sum(-(-text_width(line) // 44) for line in text.splitlines())
        cell.comment = Comment(text, AUTHOR, width=320, height=min(30 + 20 * lines, 400))


def _dress(copied: _Copied, looks: Worksheet | None) -> None:
    """Widths, merged titles and a header that stays in view, so that the department knows its own table again."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet = copied.sheet
    for number in copied.labels:
        for cell in sheet[number]:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            if cell.value is not None and cell.comment is None:
                cell.fill = PatternFill("solid", fgColor="E7ECF2")
    widths: dict[int, float] = {place: min(max(width, _NARROWEST), _WIDEST) for place, width in copied.widths.items()}
    for place, width in _original_widths(looks):
        widths[place] = max(min(width, _WIDEST_OF_ORIGINAL), min(widths.get(place, 0), _WIDEST))
    for place, width in widths.items():
        sheet.column_dimensions[get_column_letter(place)].width = width
    _merge_titles(copied, looks)
    style_print(sheet)
    if copied.labels:
        first, last = min(copied.labels), _end_of_run(copied.labels)
        sheet.freeze_panes = f"A{last + 1}"
        sheet.print_title_rows = f"{first}:{last}"


def _end_of_run(numbers: set[int]) -> int:
    """The last of the numbers that follow the first one without a gap."""
    last = min(numbers)
    while last + 1 in numbers:
        last += 1
    return last


def _original_widths(looks: Worksheet | None) -> Iterator[tuple[int, float]]:
    """The width of each column that has one of its own; neighbours of one width share an entry."""
    for dimension in looks.column_dimensions.values() if looks is not None else ():
        if dimension.customWidth and not dimension.hidden and dimension.min:
            for place in range(dimension.min, min(dimension.max, _MOST_COLUMNS) + 1):
                yield place, dimension.width


def _merge_titles(copied: _Copied, looks: Worksheet | None) -> None:
    """Merge again what is merged in titles and headers; below them each row keeps a cell of its own to be marked."""
    from openpyxl.styles import Alignment

    data = [range(rows.start, rows.stop) for rows, _ in copied.places]
    for merged in looks.merged_cells.ranges if looks is not None else ():
        rows = range(merged.min_row, merged.max_row + 1)
        is_title = all(
            any(row in table and (row in copied.labels or row < _first_label(copied, table)) for table in data)
            for row in rows
        )
        if is_title and not any(cell.comment for cell in _others(copied.sheet, merged)):
            copied.sheet.merge_cells(merged.coord)
            copied.sheet.cell(merged.min_row, merged.min_col).alignment = Alignment(
                horizontal="center", vertical="center", wrap_text=True
            )


def _first_label(copied: _Copied, table: range) -> int:
    return min((number for number in copied.labels if number in table), default=table.start)


def _others(sheet: Worksheet, merged: Any) -> Iterator[Any]:
    """The cells of a range but the first, which alone stays."""
    cells = (cell for row in sheet[merged.coord] for cell in row)
    return islice(cells, 1, None)


def _cover(book: Workbook, one: Returned, contract: Contract, sheets: Mapping[str, str]) -> None:
    from openpyxl.styles import Alignment, Font

    titles = {field.name: field.title for field in contract.fields}
    rows = [
        (bad.sheet, bad.row_no, titles.get(bad.column_name, bad.column_name), bad.value, bad.message)
        for bad in one.problems[:LISTED]
    ]
    sheet = add_sheet(book, COVER, ["工作表", "行", "列", "原值（已遮盖）", "问题与处理办法"], rows)
    sheet.insert_rows(1, 3)
    for number, line in enumerate(
        _intro(one, contract, has_hidden=any(other.sheet_format.zeroHeight for other in book.worksheets)), start=1
    ):
        write_cell(sheet, number, 1, line)
        sheet.cell(number, 1).alignment = Alignment(vertical="center")
    sheet["A1"].font = Font(bold=True, size=16)
    for number, bad in enumerate(one.problems[:LISTED], start=5):
        if bad.sheet in sheets:
            quoted = sheets[bad.sheet].replace("'", "''")
            sheet.cell(number, 2).hyperlink = f"#'{quoted}'!A{bad.row_no}"
    sheet.freeze_panes = "A5"
    sheet.auto_filter.ref = f"A4:E{4 + len(rows)}"
    sheet.print_title_rows = "1:4"
    book.move_sheet(sheet, -len(book.worksheets) + 1)
    book.active = 0


def _intro(one: Returned, contract: Contract, *, has_hidden: bool) -> list[str]:
    listed = f"，这里列出前 {LISTED:,} 处" if one.count > LISTED else ""
    left_out = "表较大，只留下了有问题的行，行号不变。" if has_hidden else ""
    return [
        f"{contract.title}（{one.week_id} 期）退回说明",
        f"来源文件：{mask_line(one.file_name)}。下列 {one.count:,} 处读不进或对不上{listed}，已在各表中标红并加批注。"
        f"{left_out}",
        "请在平台或原表中更正后重新导出报送；本副本中的个人信息和不读的列已删除，请勿直接用它报送。",
    ]
