"""Measures how many cells a workbook spans before a reader allocates them all; reading cells belongs in sheets."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from xml.parsers import expat

from pipeline.ingest.containers.biff import biff_records, read_variable
from pipeline.ingest.errors import RefusedFileError


def refuse_large(size: int, max_unpacked_mb: int) -> None:
    """Refuse what unpacks to more than the limit."""
    if size > max_unpacked_mb << 20:
        raise RefusedFileError(
            f"文件解压后有 {size / (1 << 20):,.0f} MB，超过上限 {max_unpacked_mb} MB；"
            "请拆分后重新导出，或在设置中提高上限"
        )


_BLOCK = 1 << 20
_OVERLAP = 512
# A cell holds 32,767 characters at most: what stands between two tags for longer is padding, not a table.
_LONGEST_TEXT = 4 << 20
_SHEET_XML = re.compile(r"(^|/)worksheets/[^/]+\.xml$", re.IGNORECASE)
_SHEET_BIN = re.compile(r"(^|/)worksheets/[^/]+\.bin$", re.IGNORECASE)
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FILLED = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*?\s)?r=[\"']([A-Z]{1,3})(\d{1,9})[\"'][^>]*(?<!/)>\s*<(?!/)")
_UNPLACED = re.compile(rb"<(?:\w+:)?c(?=[\s>])(?![^>]*\sr=)[^>]*(?<!/)>\s*<(?!/)")
_STRINGS = re.compile(r"(^|/)sharedStrings\.(xml|bin)$", re.IGNORECASE)
_WORTH_CHECKING = 1 << 20
_OFTEN_SHRUNK = 16
_BIFF_CELLS = frozenset({0x0201, 0x0203, 0x0204, 0x0205, 0x0006, 0x0406, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x027E,
                         0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x0206})  # fmt: skip
Measure = Callable[[zipfile.ZipFile, zipfile.ZipInfo, int], int]


def refuse_huge_zip(path: Path, max_cells: int) -> None:
    """Refuse a zipped workbook (xlsx, xlsm, xlsb, ods) in which a sheet's filled cells span more than `max_cells`.

    What a sheet declares of itself is not believed; its cells are looked at, a block at a time. Also refuses XML with a
    document type, and members whose content does not fit their checksum.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                measure = _measure_of(info.filename)
                if measure:
                    _refuse_over(measure(archive, info, max_cells), max_cells)
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError) as error:
        raise RefusedFileError("文件不完整或已损坏（压缩内容与校验值不符）；请重新复制或重新导出") from error
    except RuntimeError as error:
        raise RefusedFileError("工作簿设有打开密码；请取消密码后重新保存") from error


def refuse_huge_xls(book: bytes, max_cells: int) -> None:
    """Refuse a BIFF stream in which a sheet's cells span more than `max_cells`."""
    top, left, bottom, right = 1 << 20, 1 << 20, -1, -1
    for kind, place, length in biff_records(book):
        if kind in (0x0809, 0x0409, 0x0209, 0x0009):
            top, left, bottom, right = 1 << 20, 1 << 20, -1, -1
        elif kind in _BIFF_CELLS and length >= 4:
            row, first = struct.unpack_from("<HH", book, place)
            last = first
            if kind in (0x00BD, 0x00BE) and length >= 6:
                last = struct.unpack_from("<H", book, place + length - 2)[0]
            top, left, bottom, right = min(top, row), min(left, first), max(bottom, row), max(right, last)
            if (bottom - top + 1) * (right - left + 1) > max_cells:
                _refuse_over((bottom - top + 1) * (right - left + 1), max_cells)


def _measure_of(name: str) -> Measure | None:
    if _SHEET_XML.search(name):
        return _xlsx_cells
    if _SHEET_BIN.search(name):
        return _xlsb_cells
    if _STRINGS.search(name):
        return _no_cells
    return _ods_cells if name == "content.xml" else None


def _no_cells(archive: zipfile.ZipFile, info: zipfile.ZipInfo, max_cells: int) -> int:
    """Texts span no cells, but a large member is read through: padding, and a lie about its size, are found so."""
    if info.compress_size > _WORTH_CHECKING or info.file_size > _WORTH_CHECKING * _OFTEN_SHRUNK:
        for _ in _blocks(archive, info):
            pass
    return 0


def _refuse_over(cells: int, max_cells: int) -> None:
    if cells > max_cells:
        raise RefusedFileError(
            f"工作表的内容跨越 {cells:,} 个单元格（行数×列数），超过上限 {max_cells:,}；"
            "请删去远处的零散单元格后另存，或拆成几份、改导 CSV"
        )


def _xlsx_cells(archive: zipfile.ZipFile, info: zipfile.ZipInfo, max_cells: int) -> int:
    """Rows × columns of a sheet, as an upper bound where that is small: few bytes are worth a look at each cell."""
    rows = last_row = 0
    width = 26
    plain, quoted = (_places(max_cells, quotes) for quotes in (b'"', b"[\"']"))
    for number, block in enumerate(_blocks(archive, info)):
        if number == 0:
            refuse_doctype(block)
        has_quotes = b"'" in block and b"r='" in block  # the first is by far the faster search
        found = (quoted if has_quotes else plain).findall(block)
        numbers = list(filter(bytes.isdigit, found))
        others = [one for one in found if not one.isdigit()] if len(numbers) < len(found) else []
        wide = [one for one in others if one[:2].isalpha()]
        width = max(width, 16384 if any(one.isalpha() for one in wide) else 702 if wide else 26)
        far = (int(one.lstrip(_LETTERS)) for one in others if not one[:2].isalpha())
        last_row = max(last_row, *map(int, numbers), *far, 0)
        rows += len(numbers) or block.count(b"row>") + block.count(b"row ")
    rows = max(rows, last_row)
    return rows * width if rows * width <= max_cells else _filled_cells(archive, info)


@cache
def _places(max_cells: int, quote: bytes) -> re.Pattern[bytes]:
    """Finds what stands behind r=": the number of a row; the first letters of a column behind Z (the third is not A to
    Z up to ZZ); the place of a cell in a row that may be beyond the limit, whatever row it stands in.
    """
    most = str(max(max_cells // 26, 10))
    # Most cells are near, and are done with first.
    near = b"[A-Z][0-%d]?[0-9]{1,%d}" % (int(most[0]) - 1, len(most) - 1)
    values = {b"quote": quote, b"near": near}
    return re.compile(
        rb"r=%(quote)s(?!%(near)s%(quote)s)"
        rb"([0-9]+(?=%(quote)s)|[A-Z](?:[A-Z][A-Z0-9]|[0-9]+(?=%(quote)s)))" % values
    )


def _filled_cells(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> int:
    """Rows × columns from the first to the last cell that holds something; formatted blanks are no cells."""
    rows, columns, widest_row, unplaced_rows = [0], [0], 0, 0
    for block in _blocks(archive, info):
        for letters, number in set(_FILLED.findall(block)):
            rows.append(int(number))
            columns.append(_column_number(letters))
        rows, columns = _ends(rows), _ends(columns)
        if _UNPLACED.search(block):
            counts = [len(_UNPLACED.findall(row)) for row in block.split(b"row>")]
            widest_row = max(widest_row, *counts)
            unplaced_rows += sum(count > 0 for count in counts)
    bottom = max(rows[-1] - rows[0] + 1 if len(rows) > 1 else 0, unplaced_rows)
    return bottom * max(columns[-1] - columns[0] + 1 if len(columns) > 1 else 0, widest_row)


def _ends(numbers: list[int]) -> list[int]:
    known = [number for number in numbers if number]
    return [min(known), max(known)] if known else [0]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _blocks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """A member in blocks that end at the end of a tag, so that no tag is seen in two halves."""
    left = b""
    for read in _read(archive, info):
        block = left + read
        cut = block.rfind(b">") + 1
        yield block[:cut]
        left = block[cut:]
        if len(left) > _BLOCK:
            left = left[-_OVERLAP:]
    if left:
        yield left


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """A member piece by piece; refuses XML with padding, which the reader of workbooks would hold in memory whole."""
    is_xml = not info.filename.lower().endswith(".bin")
    run = 0
    with archive.open(info) as member:
        while block := member.read(_BLOCK):
            last = block.rfind(b">")
            run = run + len(block) if last < 0 else len(block) - last - 1
            if is_xml and run > _LONGEST_TEXT:
                raise RefusedFileError(
                    f"文件中的 {info.filename} 有连续 {_LONGEST_TEXT >> 20} MB 以上的空白或不属于任何单元格的内容；"
                    "请用表格软件打开后另存为 xlsx 再报送"
                )
            yield block


def refuse_doctype(xml: bytes) -> None:
    """Refuse XML that declares a document type: it is where external entities come in, and no table needs one."""
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise RefusedFileError(
            "文件的 XML 中有外部实体或文档类型声明，可能有安全风险；请用表格软件打开后另存为 xlsx 再报送"
        )


def _xlsb_cells(archive: zipfile.ZipFile, info: zipfile.ZipInfo, max_cells: int) -> int:
    book = archive.read(info)
    place, last_row, last_column = 0, 0, 0
    while place < len(book):
        kind, place = read_variable(book, place, 2)
        length, place = read_variable(book, place, 4)
        if place + length > len(book):
            break
        if kind == 0 and length >= 4:
            last_row = max(last_row, struct.unpack_from("<I", book, place)[0])
        elif kind <= 11 and length >= 4:
            last_column = max(last_column, struct.unpack_from("<I", book, place)[0])
        place += length
    return (last_row + 1) * (last_column + 1)


class _OdsExtent:
    """Counts rows and columns of an OpenDocument sheet up to the last filled cell, repeats included."""

    def __init__(self) -> None:
        self.most = self.row = self.column = self.bottom = self.right = 0
        self.cell = self.repeats = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rsplit(":", 1)[-1]
        if local == "table":
            self.row = self.bottom = self.right = 0
        elif local == "table-row":
            self.column, self.cell = 0, 0
            self.repeats = int(attributes.get("table:number-rows-repeated", 1))
        elif local in ("table-cell", "covered-table-cell"):
            self.column += int(attributes.get("table:number-columns-repeated", 1))
            if "office:value-type" in attributes or "calcext:value-type" in attributes:
                self.cell = self.column

    def end(self, name: str) -> None:
        if name.rsplit(":", 1)[-1] == "table-row":
            self.row += self.repeats
            if self.cell:
                self.bottom, self.right = self.row, max(self.right, self.cell)
                self.most = max(self.most, self.bottom * self.right)


def _ods_cells(archive: zipfile.ZipFile, info: zipfile.ZipInfo, max_cells: int) -> int:
    extent, parser = _OdsExtent(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = extent.start, extent.end
    parser.StartDoctypeDeclHandler = lambda *_: refuse_doctype(b"<!DOCTYPE")
    try:
        for block in _read(archive, info):
            parser.Parse(block)
            _refuse_over(extent.most, max_cells)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as error:
        if isinstance(error, RefusedFileError):
            raise
        raise RefusedFileError("文件不完整或已损坏（内容不是完整的 XML）；请重新复制或重新导出") from error
    return extent.most
