"""Reads the web archives (MHTML) that programs save as .xls: each HTML part is handed to `html.page`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from html import unescape

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.sheets import SheetRefusal
from pipeline.ingest.sheets.html.page import SHEET_NAME, read_html
from pipeline.ingest.sheets.sheet import Sheet

Decode = Callable[[bytes], str]
# <x:Name>综窗</x:Name> <x:WorksheetSource HRef="表.files/sheet001.htm"/>
_SHEET_SOURCE = re.compile(r"<x:Name>([^<]*)</x:Name>\s*<x:WorksheetSource\s+HRef=[\"']?([^\"'\s>]+)", re.IGNORECASE)
_ANY_TABLE = re.compile(r"<table\b", re.IGNORECASE)
_PAGES = ("text/html", "application/xhtml+xml")
# A workbook saved so has a part with its tabs, whose table holds nothing but the names of the sheets.
_TABS = "tabstrip.htm"


@dataclass(frozen=True)
class _Page:
    """One HTML part of an archive: the last part of its address (`sheet001.htm`) and its text."""

    file_name: str
    text: str


def read_mhtml(content: bytes, decode: Decode, max_cells: int) -> list[Sheet]:
    """Reads the tables of a web archive (one file that holds a page or a workbook saved as a page), one sheet a part.

    `decode` turns a part without a known charset into text. Raises RefusedFileError where no part holds a table.
    """
    archive = message_from_bytes(content.removeprefix(b"\xef\xbb\xbf").lstrip(), policy=compat32)
    pages = list(_pages(archive, decode))
    with_table = [page for page in pages if _ANY_TABLE.search(page.text) and page.file_name.lower() != _TABS]
    if not with_table:
        raise RefusedFileError(SheetRefusal.NO_TABLE_IN_WEB_ARCHIVE, expected="<table>")
    names = _sheet_names(pages, with_table)
    sheets: list[Sheet] = []
    for name, page in zip(names, with_table, strict=True):
        sheets += read_html(page.text, max_cells, name)
    return sheets


def _sheet_names(pages: Sequence[_Page], with_table: Sequence[_Page]) -> list[str]:
    """Names the sheet of each part: as the workbook's own part says, else in its order, else by the part's own name."""
    names_by_file: dict[str, str] = {}
    listed: list[str] = []
    for page in pages:
        for name, address in _SHEET_SOURCE.findall(page.text):
            names_by_file[_file_name(address).lower()] = unescape(name)
        listed += map(unescape, SHEET_NAME.findall(page.text))
    if len(listed) != len(with_table):
        listed = [page.file_name.rsplit(".", 1)[0] for page in with_table]
    return [names_by_file.get(page.file_name.lower(), name) for page, name in zip(with_table, listed, strict=True)]


def _pages(archive: Message, decode: Decode) -> Iterator[_Page]:
    for part in archive.walk():
        payload = part.get_payload(decode=True)
        if part.get_content_type() in _PAGES and isinstance(payload, bytes):
            address = _plain_header(str(part.get("Content-Location", "")))
            yield _Page(_file_name(address), _decoded(payload, part.get_content_charset(), decode))


def _file_name(address: str) -> str:
    r"""`sheet001.htm` of `file:///C:/表.files/sheet001.htm` or `表.files\sheet001.htm`."""
    return address.replace("\\", "/").rsplit("/", 1)[-1]


def _plain_header(written: str) -> str:
    """Decodes a header: `=?utf-8?B?6KGo?=` is 表."""
    try:
        return str(make_header(decode_header(written)))
    except (LookupError, ValueError, MessageError):
        return written


def _decoded(payload: bytes, charset: str | None, decode: Decode) -> str:
    if not charset:
        return decode(payload)
    # GB18030 holds what gb2312 and gbk hold, and what is written under their names.
    codec = "gb18030" if charset.lower() in ("gb2312", "gbk") else charset
    try:
        return payload.decode(codec)
    except (LookupError, UnicodeDecodeError):
        return decode(payload)
