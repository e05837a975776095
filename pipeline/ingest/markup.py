"""Reads tables written in HTML, MHTML or SpreadsheetML-2003 as sheets of text cells; what they mean, layout says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from functools import partial
from html import unescape
from xml.parsers import expat

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.extent import refuse_doctype
from pipeline.ingest.formats import number_text, share_text, shows_share
from pipeline.ingest.grid import Sheet
from pipeline.ingest.oddities import whole_number

Row = list[str | None]
Decode = Callable[[bytes], str]

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
_BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "caption", "li", "br", "hr", "center"})
_RAW = {tag: re.compile(f"</{tag}", re.IGNORECASE) for tag in ("script", "style", "title", "xml")}
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:]{0,30})")
_ATTRIBUTE = re.compile(r"([^\s=/>\"']+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+))?")
_LONGEST_TAG = 64 << 10
_NUMBER = re.compile(r"-?[0-9][0-9,]*(\.[0-9]+)?")
_EXACT = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_SHEET_NAME = re.compile(r"<x:Name>([^<]*)</x:Name>")
_DECLARED = re.compile(r"<\?xml[^>]*encoding=[\"']([A-Za-z0-9_.-]+)", re.IGNORECASE)
_TRUNCATED = "文件不完整：表格没有结尾（可能还在复制，或下载中断）；请重新导出后再试"


def read_html(text: str, max_cells: int) -> list[Sheet]:
    """The tables of an HTML document as one sheet, in the order in which a spreadsheet program lays them out.

    A merged cell's text stands in its first cell and the others are blank. Text outside of tables becomes rows of one
    cell: titles are often written so. Where the program that wrote the file kept exact numbers beside the rounded ones
    that it shows, the exact ones are taken. Raises RefusedFileError where there is no table or the last is cut off.
    """
    parser = _TableParser(max_cells)
    parser.feed(text)
    parser.finish()
    if not parser.tables:
        if "<frameset" in text.lower():
            raise RefusedFileError("网页只有框架，数据在旁边的文件夹里；请用表格软件打开后另存为 xlsx 再报送")
        raise RefusedFileError("网页里没有表格（可能是登录页或报错页）；请重新导出后再放入收件夹")
    if parser.depth and "</html>" not in text[-2000:].lower() and "</body>" not in text[-2000:].lower():
        raise RefusedFileError(_TRUNCATED)
    named = _SHEET_NAME.search(text[: 1 << 16])
    return [Sheet(unescape(named[1]) if named else "网页", _trimmed(parser.rows))]


@dataclass
class _Table:
    """One open table: where the next cell goes and which columns a taller cell above still covers."""

    row: Row = field(default_factory=list)
    column: int = 0
    is_in_row: bool = False
    covered: list[tuple[int, int, int]] = field(default_factory=list)

    def next_free(self) -> int:
        """The first column from here on that no taller cell covers."""
        moved = True
        while moved:
            moved = False
            for first, last, _ in self.covered:
                if first <= self.column <= last:
                    self.column, moved = last + 1, True
        return self.column


def _tokens(text: str) -> Iterator[tuple[str, str, str]]:
    """The tags and texts of an HTML document: kind (start, end, text), tag, and attributes or text.

    Every step goes forward and what is never closed ends the document, so that no damage can make it slow.
    """
    place = 0
    while (opening := text.find("<", place)) >= 0:
        if opening > place:
            yield "text", "", text[place:opening]
        if text.startswith("<!--", opening):
            place = text.find("-->", opening + 4) + 3
            if place < 3:
                return
            continue
        found = _TAG.match(text, opening)
        if not found:
            place = opening + 1
            if text[opening + 1 : opening + 2] in ("!", "?", "/"):
                place = text.find(">", opening) + 1 or len(text)
            else:
                yield "text", "", "<"
            continue
        end = _end_of_tag(text, found.end())
        tag = found[2].lower()
        yield ("end" if found[1] else "start"), tag, text[found.end() : end]
        place = min(end + 1, len(text))
        if tag in _RAW and not found[1]:
            closing = _RAW[tag].search(text, place)
            place = closing.start() if closing else len(text)
    yield "text", "", text[place:]


def _end_of_tag(text: str, place: int) -> int:
    """Where a tag ends: the next > that stands in no quotes, or the end of the document."""
    end = text.find(">", place)
    attributes = text[place:end] if end >= 0 else ""
    for quote in ('"', "'"):
        if attributes.count(quote) % 2:
            closed = text.find(quote, end)
            end = text.find(">", closed) if 0 <= closed < place + _LONGEST_TAG else end
            break
    return end if end >= 0 else len(text)


def _attributes(written: str) -> dict[str, str]:
    return {found[1].lower(): unescape((found[2] or "").strip("\"'")) for found in _ATTRIBUTE.finditer(written)}


class _TableParser:
    """Collects rows of cells from tables and loose lines from between them."""

    def __init__(self, max_cells: int) -> None:
        self.rows: list[Row] = []
        self.tables = 0
        self._cells_left = max_cells
        self._open: list[_Table] = []
        self._cell: list[str] | None = None
        self._outer: list[tuple[list[str] | None, str | None, tuple[int, int]]] = []
        self._exact: str | None = None
        self._span = (1, 1)
        self._loose: list[str] = []

    @property
    def depth(self) -> int:
        """How many tables are still open."""
        return len(self._open)

    def feed(self, text: str) -> None:
        """Read a whole document."""
        for kind, tag, content in _tokens(text):
            if kind == "text":
                self._read_text(content)
            elif kind == "start":
                self._start(tag, content)
            else:
                self._end(tag)

    def _start(self, tag: str, attributes: str) -> None:
        """Open a table, a row or a cell; a new one closes what its writer forgot to close."""
        if tag == "table":
            self._flush_loose()
            self.tables += 1
            self._outer.append((self._cell, self._exact, self._span))
            self._cell = None
            self._open.append(_Table())
        elif tag == "tr" and self._open:
            self._end_row()
            self._begin_row()
        elif tag in ("td", "th") and self._open:
            self._end_cell()
            self._begin_cell(_attributes(attributes))
        elif tag in _BLOCKS:
            self._break()

    def _end(self, tag: str) -> None:
        """Close what the tag closes."""
        if tag == "table" and self._open:
            self._end_row()
            self._open.pop()
            self._cell, self._exact, self._span = self._outer.pop()
        elif tag == "tr" and self._open:
            self._end_row()
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag in _BLOCKS and tag != "br":
            self._break()

    def _read_text(self, text: str) -> None:
        """Text goes to the open cell, or to the line between tables."""
        if self._cell is not None:
            self._cell.append(unescape(text))
        elif not self._open:
            self._loose.append(unescape(text))

    def finish(self) -> None:
        """Close everything at the end of the document."""
        if self._open:
            self._end_row()
        self._flush_loose()

    def _break(self) -> None:
        if self._cell is not None:
            self._cell.append("\x00")
        elif not self._open:
            self._flush_loose()

    def _flush_loose(self) -> None:
        text = _collapsed(self._loose)
        self._loose = []
        if text and not self._open:
            self._add_row([text])

    def _begin_row(self) -> None:
        table = self._open[-1]
        table.row, table.column, table.is_in_row = [], 0, True

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        if not self._open[-1].is_in_row:
            self._begin_row()
        self._cell = []
        exact = next((attributes[name] for name in ("x:num", "x:str", "sdval") if attributes.get(name)), None)
        self._exact = exact
        self._span = (_span(attributes.get("colspan"), MAX_COLUMNS), _span(attributes.get("rowspan"), MAX_ROWS))

    def _end_cell(self) -> None:
        if self._cell is None or not self._open:
            return
        table, (across, down) = self._open[-1], self._span
        first = table.next_free()
        last = min(first + across, MAX_COLUMNS) - 1
        if first >= MAX_COLUMNS:
            raise RefusedFileError(f"网页表格超过 {MAX_COLUMNS:,} 列；请拆分后重新导出")
        text = _exact_or_shown(_collapsed(self._cell), self._exact)
        if text:
            table.row.extend([None] * (first - len(table.row)))
            table.row.append(text)
        table.column = last + 1
        if down > 1:
            table.covered.append((first, last, down))
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        table = self._open[-1]
        if not table.is_in_row:
            return
        self._add_row(table.row)
        table.covered = [(first, last, down - 1) for first, last, down in table.covered if down > 1]
        table.row, table.is_in_row = [], False

    def _add_row(self, row: Row) -> None:
        self._cells_left -= max(len(row), 1)
        if self._cells_left < 0:
            raise RefusedFileError("网页表格的单元格数超过上限；请拆成几份，或改导 CSV")
        self.rows.append(row)


def _span(written: str | None, most: int) -> int:
    digits = (written or "").strip()
    return min(max(int(digits), 1), most) if digits.isdecimal() and len(digits) < 12 else 1


def _collapsed(parts: list[str]) -> str:
    """Text as a browser shows it: runs of blanks are one, a line break is a line break."""
    lines = "".join(parts).replace("\xa0", " ").split("\x00")
    return "\n".join(line for line in (" ".join(one.split()) for one in lines) if line)


def _exact_or_shown(shown: str, exact: str | None) -> str:
    if not exact:
        return shown
    is_rounded = _NUMBER.fullmatch(shown) and _EXACT.fullmatch(exact)
    return exact if is_rounded or not shown else shown


def _trimmed(rows: list[Row]) -> list[Row]:
    """Rows of one width, as sheets have them, without blank ones at the end."""
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((len(row) for row in rows), default=0)
    for row in rows:
        row.extend([None] * (width - len(row)))
    return rows


def read_mhtml(content: bytes, decode: Decode, max_cells: int) -> list[Sheet]:
    """The tables of a web archive (one file that holds a page or a workbook saved as a page), one sheet a part.

    Raises RefusedFileError where no part holds a table.
    """
    pages = list(_html_parts(message_from_bytes(content, policy=compat32), decode))
    names = [unescape(name) for _, page in pages for name in _SHEET_NAME.findall(page)]
    tables = [(place, page) for place, page in pages if re.search(r"<table\b", page, re.IGNORECASE)]
    if not tables:
        raise RefusedFileError("网页存档（MHTML）里没有表格，可能没有保存完整；请用表格软件打开后另存为 xlsx 再报送")
    sheets = []
    for number, (place, page) in enumerate(tables):
        name = names[number] if len(names) == len(tables) else place.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        sheets += [Sheet(name or one.name, one.rows) for one in read_html(page, max_cells)]
    return sheets


def _html_parts(message: Message, decode: Decode) -> Iterator[tuple[str, str]]:
    for part in message.walk():
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            yield str(part.get("Content-Location", "")), _decoded(payload, part.get_content_charset(), decode)


def _decoded(payload: bytes, charset: str | None, decode: Decode) -> str:
    if charset:
        try:
            return payload.decode("gb18030" if charset.lower() in ("gb2312", "gbk") else charset)
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(payload)


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
    """The worksheets of an Excel 2003 XML document; dates come as ISO texts, numbers as those of other
    workbooks.

    Raises RefusedFileError for a document type or entities, cut-off XML, and cells out of bounds.
    """
    refuse_doctype(text[: 1 << 16].encode("utf-8", "replace"))
    reader, parser = _SpreadsheetReader(max_cells), expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.data
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(text.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as error:
        raise RefusedFileError(f"{_TRUNCATED}（XML 第 {error.lineno:,} 行）") from error
    return [Sheet(name, rows, days=partial(_frozen, days)) for name, rows, _, days in reader.sheets]


def _frozen(days: dict[int, set[int]]) -> dict[int, frozenset[int]]:
    return {column: frozenset(rows) for column, rows in days.items()}


def _refuse_doctype(*_: object) -> None:
    refuse_doctype(b"<!DOCTYPE")


def declared_encoding(head: str) -> str | None:
    """The encoding that an XML declaration or an HTML meta element names."""
    found = _DECLARED.search(head[:1000]) or re.search(
        r"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.-]+)", head[:8000], re.IGNORECASE
    )
    return found[1].lower() if found else None
