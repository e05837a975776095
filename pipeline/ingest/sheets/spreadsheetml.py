"""Reads SpreadsheetML-2003, the XML of old spreadsheet programs, as sheets; what they mean, layout says."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial
from html import escape
from html.entities import html5
from xml.parsers import expat
from xml.parsers.expat import errors

from pipeline.ingest.containers.size_limits import refuse_doctype
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.sheets.hidden_xlsx import whole_number
from pipeline.ingest.sheets.number_formats import number_text, share_text, shows_share
from pipeline.ingest.sheets.sheet import MAX_COLUMNS, MAX_ROWS, Sheet
from pipeline.ingest.sheets.sheet import Cells as Row

_TRUNCATED = "文件不完整：表格没有结尾（可能还在复制，或下载中断）；请重新导出后再试"
_ENDS = frozenset(
    errors.codes[one]
    for one in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_PARTIAL_CHAR,
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)
"""What the parser says of a document that ends too early."""
_CAUSES = {
    errors.codes[errors.XML_ERROR_TAG_MISMATCH]: "标签不成对",
    errors.codes[errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]: "表格结束后还有内容",
    errors.codes[errors.XML_ERROR_BAD_CHAR_REF]: "有不允许的控制字符",
    errors.codes[errors.XML_ERROR_DUPLICATE_ATTRIBUTE]: "属性重复",
}
_MAY_BE_BARE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|"
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)(?:([A-Za-z][A-Za-z0-9]{1,30});)?",
    re.DOTALL,
)


class _SpreadsheetReader:
    """Builds sheets from the events of a SpreadsheetML-2003 document."""

    def __init__(self, max_cells: int) -> None:
        self.sheets: list[tuple[str, list[Row], bool, dict[int, set[int]]]] = []
        self._cells_left = max_cells
        self._rows: list[Row] = []
        self._row: Row = []
        self._row_at = self._column = 0
        self._type = ""
        self._across = 0
        self._text: list[str] | None = None
        self._in_comment = False
        self._is_hidden = False
        self._name = ""
        self._style = ""
        self._shares: set[str] = set()
        self._row_style = ""
        self._days: dict[int, set[int]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a worksheet, row, cell or value."""
        local = _local(name)
        given = {_local(key): value for key, value in attributes.items()}
        if local == "Worksheet":
            self._name, self._rows, self._row_at, self._is_hidden = given.get("Name", ""), [], 0, False
            self._days = {}
        elif local == "Style":
            self._style = given.get("ID", "")
        elif local == "NumberFormat" and (given.get("Format") == "Percent" or shows_share(given.get("Format", ""))):
            self._shares.add(self._style)
        elif local == "Row":
            self._row, self._column, self._row_style = [], 0, given.get("StyleID", "")
            self._row_at = _index(given.get("Index"), self._row_at, MAX_ROWS) + 1
        elif local == "Cell":
            self._column = _index(given.get("Index"), self._column, MAX_COLUMNS) + 1
            self._style = given.get("StyleID", self._row_style)
            self._across = _number(given.get("MergeAcross"), MAX_COLUMNS)
        elif local == "Comment":
            self._in_comment = True
        elif local in ("Data", "Visible") and not self._in_comment:
            self._type, self._text = given.get("Type", ""), []

    def end(self, name: str) -> None:
        """Finish a value, cell, row or worksheet."""
        local = _local(name)
        if local == "Comment":
            self._in_comment = False
        elif local == "Data" and self._text is not None:
            self._put(_value("".join(self._text), self._type, self._style in self._shares))
            self._text = None
        elif local == "Visible" and self._text is not None:
            self._is_hidden, self._text = "Hidden" in "".join(self._text), None
        elif local == "Cell":
            self._column += self._across
        elif local == "Row":
            self._finish_row()
        elif local == "Worksheet":
            self.sheets.append((self._name, _trimmed(self._rows), self._is_hidden, self._days))

    def data(self, text: str) -> None:
        """Characters of the open value."""
        if self._text is not None:
            self._text.append(text)

    def _put(self, text: str) -> None:
        if not text:
            return
        self._spend(self._column - len(self._row))
        self._row.extend([None] * (self._column - 1 - len(self._row)))
        self._row.append(text)
        if self._type == "DateTime":
            self._days.setdefault(self._column - 1, set()).add(self._row_at - 1)

    def _finish_row(self) -> None:
        if self._row:
            self._spend(self._row_at - len(self._rows))
            self._rows.extend([] for _ in range(self._row_at - 1 - len(self._rows)))
            self._rows.append(self._row)

    def _spend(self, cells: int) -> None:
        self._cells_left -= cells
        if self._cells_left < 0:
            raise RefusedFileError("XML 表格的单元格数超过上限；请删去远处的零散单元格后另存，或拆成几份")


def _local(name: str) -> str:
    return name.rsplit(":", 1)[-1]


def _number(written: str | None, most: int) -> int:
    return min(int(written), most) if written and written.isdecimal() and len(written) < 12 else 0


def _index(written: str | None, before: int, most: int) -> int:
    """The 0-based place of a row or cell: the one that it names, else the next."""
    place = int(written) - 1 if written and written.isdecimal() and len(written) < 12 else before
    if place >= most:
        raise RefusedFileError("XML 表格的行号或列号超出表格软件的上限，文件可能已损坏；请重新导出")
    return max(place, before)


def _value(text: str, kind: str, is_share: bool) -> str:
    if kind == "Number":
        return _number_value(text, is_share)
    if kind == "DateTime":
        day, _, moment = text.partition("T")
        moment = moment.removesuffix("Z")
        moment = moment.partition(".")[0] if set(moment.partition(".")[2]) <= {"0"} else moment
        return day if moment in ("", "00:00:00") else f"{day} {moment}"
    return {"1": "TRUE", "0": "FALSE"}.get(text, text) if kind == "Boolean" else text


def _number_value(text: str, is_share: bool) -> str:
    """A number as one of another kind of workbook: marked where it is too wide, per cent where it is shown so."""
    if is_share:
        with suppress(ValueError):
            return share_text(float(text)) or text
    return whole_number(text) or number_text(text)


def read_spreadsheetml(text: str, max_cells: int) -> list[Sheet]:
    """The worksheets of an Excel 2003 XML document; dates come as ISO texts, numbers as other workbooks'.

    What is no XML but can mean one thing only is read: blanks before the declaration, a bare &, HTML's names of
    characters. Raises RefusedFileError for a document type or entities, cut-off XML, other errors of writing, and cells
    out of bounds.
    """
    refuse_doctype(text[: 1 << 16].encode("utf-8", "replace"))
    whole = text.lstrip("\ufeff \t\r\n")
    lines_above = text[: len(text) - len(whole)].count("\n")
    try:
        return _parsed(whole, max_cells)
    except expat.ExpatError as error:
        mended = _MAY_BE_BARE.sub(_escaped, whole) if error.code not in _ENDS else whole
        if mended == whole:
            raise _refusal(error, lines_above) from error
    try:
        return _parsed(mended, max_cells)
    except expat.ExpatError as error:
        raise _refusal(error, lines_above) from error


def _parsed(text: str, max_cells: int) -> list[Sheet]:
    reader, parser = _SpreadsheetReader(max_cells), expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.data
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.Parse(text.encode("utf-8", "surrogatepass"), True)
    return [Sheet(name, rows, hidden, days=partial(_frozen, days)) for name, rows, hidden, days in reader.sheets]


def _frozen(days: dict[int, set[int]]) -> dict[int, frozenset[int]]:
    return {column: frozenset(rows) for column, rows in days.items()}


def _escaped(found: re.Match[str]) -> str:
    """An & that begins no reference of XML, as a reference; what is no text (comments, CDATA) as it is."""
    if not found[0].startswith("&"):
        return found[0]
    meant = html5.get(f"{found[1]};") if found[1] else None
    return escape(meant) if meant else f"&amp;{found[0][1:]}"


def _refusal(error: expat.ExpatError, lines_above: int) -> RefusedFileError:
    line = error.lineno + lines_above
    if error.code in _ENDS:
        return RefusedFileError(f"{_TRUNCATED}（XML 第 {line:,} 行）")
    return RefusedFileError(
        f"文件的 XML 在第 {line:,} 行写得不对（{_CAUSES.get(error.code, '有不允许的字符或标签')}），读不下去；"
        "请重新导出，或用表格软件打开后另存为 xlsx 再报送"
    )


def _refuse_doctype(*_: object) -> None:
    refuse_doctype(b"<!DOCTYPE")


def _trimmed(rows: list[Row]) -> list[Row]:
    """Rows of one width, as sheets have them, without blank ones at the end."""
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((len(row) for row in rows), default=0)
    for row in rows:
        row.extend([None] * (width - len(row)))
    return rows
