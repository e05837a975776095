"""Reads the web archives (MHTML) that programs save as .xls: each HTML part is handed to html_tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from html import unescape

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.sheets.html_tables import SHEET_NAME, read_html
from pipeline.ingest.sheets.sheet import Sheet

Decode = Callable[[bytes], str]
_SHEET_SOURCE = re.compile(r"<x:Name>([^<]*)</x:Name>\s*<x:WorksheetSource\s+HRef=[\"']?([^\"'\s>]+)", re.IGNORECASE)
_DECLARED = re.compile(r"<\?xml[^>]*encoding=[\"']([A-Za-z0-9_.-]+)", re.IGNORECASE)
_ANY_TABLE = re.compile(r"<table\b", re.IGNORECASE)


def read_mhtml(content: bytes, decode: Decode, max_cells: int) -> list[Sheet]:
    """The tables of a web archive (one file that holds a page or a workbook saved as a page), one sheet a part.

    Raises RefusedFileError where no part holds a table.
    """
    archive = message_from_bytes(content.removeprefix(b"\xef\xbb\xbf").lstrip(), policy=compat32)
    pages = [(place.replace("\\", "/").rsplit("/", 1)[-1], page) for place, page in _html_parts(archive, decode)]
    # A workbook saved so has a part with its tabs, whose table holds nothing but the names of the sheets.
    tables = [(place, page) for place, page in pages if _ANY_TABLE.search(page) and place.lower() != "tabstrip.htm"]
    if not tables:
        raise RefusedFileError("网页存档（MHTML）里没有表格，可能没有保存完整；请用表格软件打开后另存为 xlsx 再报送")
    names = _sheet_names([page for _, page in pages], [place for place, _ in tables])
    return [sheet for name, (_, page) in zip(names, tables, strict=True) for sheet in read_html(page, max_cells, name)]


def _sheet_names(pages: list[str], places: list[str]) -> list[str]:
    """The name of each part's sheet: as the workbook's own part says, else in its order, else the part's own name."""
    by_place = {
        source.replace("\\", "/").rsplit("/", 1)[-1].lower(): unescape(name)
        for page in pages
        for name, source in _SHEET_SOURCE.findall(page)
    }
    listed = [unescape(name) for page in pages for name in SHEET_NAME.findall(page)]
    in_order = listed if len(listed) == len(places) else [place.rsplit(".", 1)[0] for place in places]
    return [by_place.get(place.lower(), name) for place, name in zip(places, in_order, strict=True)]


def _html_parts(message: Message, decode: Decode) -> Iterator[tuple[str, str]]:
    for part in message.walk():
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            yield (
                _plain_header(str(part.get("Content-Location", ""))),
                _decoded(payload, part.get_content_charset(), decode),
            )


def _plain_header(written: str) -> str:
    try:
        return str(make_header(decode_header(written)))
    except (LookupError, ValueError, MessageError):
        return written


def _decoded(payload: bytes, charset: str | None, decode: Decode) -> str:
    if charset:
        try:
            return payload.decode("gb18030" if charset.lower() in ("gb2312", "gbk") else charset)
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(payload)


def declared_encoding(head: str) -> str | None:
    """The encoding that an XML declaration or an HTML meta element names."""
    found = _DECLARED.search(head[:1000]) or re.search(
        r"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.-]+)", head[:8000], re.IGNORECASE
    )
    return found[1].lower() if found else None
