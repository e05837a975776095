"""Finds in an .xlsx workbook's own XML what its reader keeps silent about; what such a cell means, cells say."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

from pipeline.common.cell_marks import ERROR_MARK, FORMULA_MARK, NUMBER_MARK
from pipeline.ingest.sheets.hidden_values import Oddities
from pipeline.ingest.sheets.number_formats import NO_STYLES, Styles, share_text, styles_of

_BLOCK = 4 << 20
_LONGEST_CELL = 16 << 20
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(/>|>(.*?)</(?:\w+:)?c>)", re.S)
_SILENT = (b't="e"', b"<f", b":f")
_WIDE = re.compile(rb">-?\d(?:\d{15}|[\d.]*[eE]\+)")
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_TYPE = re.compile(rb'\bt="(\w+)"')
_STYLE = re.compile(rb'\bs="(\d+)"')
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]*)</")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)</)", re.S)
_FILLED = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})\d+"[^>]*>(?:<(?:\w+:)?f\b.*?(?:</(?:\w+:)?f>|/>))?'
                     rb"<(?:\w+:)?(?:v>[^<]|is>)", re.S)  # fmt: skip
_EXACT_DIGITS = 15


@dataclass(frozen=True)
class Parts:
    """Where a workbook keeps each sheet's XML, whether its serials count from 1904, and what its styles show."""

    sheets: dict[str, str]
    is_1904: bool
    styles: Styles = NO_STYLES


def read_parts(archive: zipfile.ZipFile) -> Parts:
    """The XML member of each sheet by the sheet's name; empty where the archive is no xlsx."""
    members = {name.lower(): name for name in archive.namelist()}
    book = members.get("xl/workbook.xml")
    links = members.get("xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        return Parts({}, False)
    targets = {one.get("Id"): one.get("Target", "") for one in _parse(archive, links)}
    sheets: dict[str, str] = {}
    is_1904 = False
    for element in _parse(archive, book).iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "workbookPr":
            is_1904 = element.get("date1904", "0") in ("1", "true")
        if tag == "sheet":
            link = next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "id"), "")
            path = posixpath.normpath(posixpath.join("/xl", targets.get(link, ""))).lstrip("/").lower()
            if path in members:
                sheets[element.get("name", "")] = members[path]
    return Parts(sheets, is_1904, _styles(archive, members.get("xl/styles.xml")))


def _styles(archive: zipfile.ZipFile, member: str | None) -> Styles:
    """What the cell styles show; of broken ones nothing is known."""
    codes: dict[int, str] = {}
    formats: list[int] = []
    with suppress(ElementTree.ParseError, ValueError):
        for part in _parse(archive, member) if member else ():
            kind = part.tag.rpartition("}")[2]
            if kind == "numFmts":
                codes = {int(one.get("numFmtId", "0")): one.get("formatCode", "") for one in part}
            elif kind == "cellXfs":
                formats = [int(one.get("numFmtId", "0")) for one in part]
    return styles_of(formats, codes)


def _parse(archive: zipfile.ZipFile, member: str) -> ElementTree.Element:
    content = archive.read(member)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        return ElementTree.Element("none")
    return ElementTree.fromstring(content)  # noqa: S314 - without a document type there are no entities to expand


def find_oddities(path: Path, member: str, wide: bool = False, styles: Styles = NO_STYLES) -> Oddities:
    """Search one sheet's XML for errors, formulas without a value and shares, or, if `wide`, for over 15 digits.

    The first costs about as much as unzipping and runs beside the reader; the second is for sheets with such texts.
    """
    found = Oddities()
    needles = () if wide else (*_SILENT, *(b' s="%d"' % style for style in sorted(styles.shares)))
    with zipfile.ZipFile(path) as archive:
        for block in _blocks(archive, member):
            for at in _starts(block, needles):
                cell = _CELL.match(block, at)
                if cell and (place := _PLACE.search(cell[1])):
                    text = (
                        _wide_text(cell[1], cell[3] or b"") if wide else _silent_text(cell[1], cell[3] or b"", styles)
                    )
                    if text is not None:
                        found.cells[int(place[2]) - 1, column_number(place[1].decode()) - 1] = text
        if found.cells:
            found.first_column = min((_first_column(block) for block in _blocks(archive, member)), default=0)
    return found


def find_days(path: Path, member: str, styles: Styles) -> dict[int, frozenset[int]]:
    """The rows, by column, of the cells that show a number as a day or time; 0-based, as the reader counts."""
    found: dict[int, set[int]] = {}
    first = 1 << 14
    needles = [b' s="%d"' % style for style in sorted(styles.days)]
    with zipfile.ZipFile(path) as archive:
        for block in _blocks(archive, member) if needles else ():
            first = min(first, _first_column(block))
            for at in _starts(block, needles):
                cell = _CELL.match(block, at)
                if cell and _kind(cell[1]) == b"n" and _raw(cell[3] or b"") and (place := _PLACE.search(cell[1])):
                    found.setdefault(column_number(place[1].decode()) - 1, set()).add(int(place[2]) - 1)
    return {column - first: frozenset(rows) for column, rows in found.items()}


def _blocks(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """The XML in blocks that end with a row, or with a cell where a row is long, so that no cell is cut.

    Where no cell ends for longer than one can be, what was read is no cell, and is let go.
    """
    left = b""
    with archive.open(member) as file:
        while read := file.read(_BLOCK):
            block = left + read
            end = max(block.rfind(b"</row>") + 6, block.rfind(b"</c>") + 4, block.rfind(b":c>") + 3)
            if end < 7:
                left = block if len(block) <= _LONGEST_CELL else block[-_BLOCK:]
                continue
            yield _double_quoted(block[:end])
            left = block[end:]
    yield _double_quoted(left)


def _double_quoted(block: bytes) -> bytes:
    return block.replace(b"'", b'"') if b" r='" in block[:4096] else block


def _starts(block: bytes, needles: Sequence[bytes]) -> Iterator[int]:
    """Where in a block the cells begin that hold one of `needles`, or without any a wide number, each once."""
    last = -1
    for at in sorted(_hits(block, needles)):
        start = max(block.rfind(b"<c ", 0, at), block.rfind(b":c ", 0, at))
        start = block.rfind(b"<", 0, start + 1)
        if start > last:
            last = start
            yield start


def _hits(block: bytes, needles: Sequence[bytes]) -> Iterator[int]:
    if not needles:
        yield from (match.start() for match in _WIDE.finditer(block))
    for needle in needles:
        at = block.find(needle)
        while at >= 0:
            yield at
            at = block.find(needle, at + 1)


def _kind(attributes: bytes) -> bytes:
    kind = _TYPE.search(attributes)
    return kind[1] if kind else b"n"


def _silent_text(attributes: bytes, content: bytes, styles: Styles) -> str | None:
    kind, formula, raw = _kind(attributes), _FORMULA.search(content), _raw(content)
    if kind == b"e":
        return ERROR_MARK + (raw or "#ERROR!")
    if formula is not None and not raw and kind != b"str":
        return FORMULA_MARK + "=" + unescape((formula[1] or b"").decode("utf-8", "replace"))
    style = _STYLE.search(attributes)
    if kind == b"n" and style and int(style[1]) in styles.shares:
        with suppress(ValueError):
            return share_text(float(raw))
    return None


def _wide_text(attributes: bytes, content: bytes) -> str | None:
    return whole_number(_raw(content)) if _kind(attributes) == b"n" else None


def _raw(content: bytes) -> str:
    value = _VALUE.search(content)
    return unescape(value[1].decode("utf-8", "replace")) if value else ""


def whole_number(raw: str) -> str | None:
    """A number of more than fifteen digits: exact where the XML writes all of them, else marked as rounded.

    A spreadsheet keeps fifteen and fills up with zeros; more significant ones come from a program that wrote them all.
    """
    digits = raw.lstrip("-")
    if digits.isdigit() and len(digits.rstrip("0")) > _EXACT_DIGITS:
        return raw
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return None
    is_wide = number == number.to_integral_value() and abs(number) >= 10**_EXACT_DIGITS
    return NUMBER_MARK + f"{number:f}".partition(".")[0] if is_wide else None


def _first_column(block: bytes) -> int:
    return min((column_number(letters.decode()) - 1 for letters in set(_FILLED.findall(block))), default=1 << 14)


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
