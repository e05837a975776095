"""Tells what a file is that begins with text: delimited text, a page, XML, or one of the formats that are refused.

Files that begin with a magic number, `detect` tells; encodings, `pipeline.ingest.text`.
"""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.ingest.containers.container import Container
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.refusals.containers import ContainerRefusal
from pipeline.ingest.text.utf16 import is_wide

_TAIL = 4096
# A text may hold tabs, line and page ends, and the marks of old systems (1A ends a file of DOS, 1B begins ISO-2022).
_CONTROL = bytes(set(range(32)) - {9, 10, 11, 12, 13, 26, 27})
_LEAST_READABLE = 0.99
# ESC $ ) begins ISO-2022-CN and -KR, the seven-bit encodings of e-mail.
_ISO_2022 = b"\x1b$)"
# Blanks and byte-order marks of UTF-8 before the first character.
_LEADING = re.compile(rb"^(?:\s|\xef\xbb\xbf)+")

# xmlns="urn:schemas-microsoft-com:office:spreadsheet", or <?mso-application progid="Excel.Sheet"?>
_SPREADSHEETML = re.compile(rb"urn:schemas-microsoft-com:office:spreadsheet|progid=[\"']excel\.sheet", re.IGNORECASE)
# <html>, <!DOCTYPE html ...>, <TABLE border=1>, but no <tables>
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body|table|thead|tbody|tr|td|th|style|meta|div|center|font)\b", re.I)
# <rss version="2.0">, <feed>, <rdf:RDF>
_FEED = re.compile(rb"<(rss|feed|rdf:RDF)\b", re.IGNORECASE)
# A first line such as "MIME-Version: 1.0", as web archives and e-mails have.
_HEADER_LINE = re.compile(rb"^\s*[A-Za-z][A-Za-z0-9-]*:\s")
_MHTML = re.compile(rb"^(mime-version:|content-type:\s*multipart/related)", re.IGNORECASE | re.MULTILINE)
# <table ...> with a <tr, <td or <th within 2,000 bytes, before any </table
_TABLE = re.compile(rb"<table\b[^<>]*>(?=(?:(?!</table).){0,2000}<t[rdh]\b)", re.IGNORECASE | re.DOTALL)
_ANY_TAG = re.compile(rb"<[^<>]{0,2000}>")
_DELIMITERS = (b",", b"\t", b";", b"|")

# [{"a": 1}], {"rows": [ ...}, [] : brackets, then a name or a text with what follows it in JSON, or the end.
_JSON = re.compile(rb"[\[{][\[{\s]*(?:\"[^\"\r\n]{0,200}\"\s*[:,\]]|[\]}][\]}\s]*$)")
# ID;PWXL;N;E : the first record of a SYLK file names the program that wrote it.
_SYLK = re.compile(rb"ID;[PN]")
# TABLE, then 0,1 : the first item of a DIF file.
_DIF = re.compile(rb"TABLE\r?\n0,1\r?\n")
# -- dump, /*!40101 SET NAMES utf8 */; or SET a = 1; any number of times, then INSERT INTO, CREATE TABLE, COPY ...
_SQL = re.compile(
    rb"(?:\s|--[^\r\n]*[\r\n]|/\*(?:(?!\*/).){0,2000}\*/;?"
    rb"|(?:SET|USE|BEGIN|START|PRAGMA|SELECT|LOCK)\b[^;]{0,300};)*"
    rb"(?:INSERT\s+INTO|(?:CREATE|DROP|ALTER)\s+TABLE|COPY)\s",
    re.IGNORECASE | re.DOTALL,
)
_OTHER_TEXTS = (
    (_JSON, ContainerRefusal.FOREIGN_FORMAT, " JSON 数据"),
    (_SYLK, ContainerRefusal.UNREADABLE_FORMAT, " SYLK（.slk）格式"),
    (_DIF, ContainerRefusal.UNREADABLE_FORMAT, " DIF 格式"),
    (_SQL, ContainerRefusal.FOREIGN_FORMAT, " SQL 脚本"),
)


def text_container(head: bytes, path: Path) -> Container:
    """Returns CSV, HTML, MHTML or SPREADSHEETML by the first bytes of a text; `path` is read at its end only.

    Raises RefusedFileError for what holds no text, is no text, or is a text of another format.
    """
    is_two_bytes_a_letter = is_wide(head)
    # Latin letters tell all formats apart, so that dropping the zero bytes of UTF-16 and UTF-32 is decoding enough.
    skeleton = head.replace(b"\0", b"") if is_two_bytes_a_letter else head
    skeleton = skeleton.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    skeleton = _LEADING.sub(b"", skeleton, count=1)
    if not skeleton.strip():
        raise RefusedFileError(ContainerRefusal.ONLY_BLANKS)
    if not is_two_bytes_a_letter:
        _refuse_binary(head, path)
    if skeleton.startswith(b"<"):
        return _markup_container(skeleton)
    if _HEADER_LINE.match(skeleton) and _MHTML.search(skeleton[:4096]):
        return Container.MHTML
    if _is_page_after_text(skeleton):
        return Container.HTML
    _refuse_other_text(skeleton)
    return Container.CSV


def _refuse_other_text(skeleton: bytes) -> None:
    for pattern, code, kind in _OTHER_TEXTS:
        if pattern.match(skeleton):
            raise RefusedFileError(code, kind=kind)


def _markup_container(head: bytes) -> Container:
    if _SPREADSHEETML.search(head):
        return Container.SPREADSHEETML
    if b"<office:document" in head:
        raise RefusedFileError(ContainerRefusal.UNREADABLE_FORMAT, kind="单文件的 OpenDocument（fods）")
    if _HTML.search(head):
        return Container.HTML
    if _FEED.search(head):
        raise RefusedFileError(ContainerRefusal.FOREIGN_FORMAT, kind=" XML 订阅源（RSS 或 Atom）")
    raise RefusedFileError(ContainerRefusal.OTHER_XML)


def _is_page_after_text(head: bytes) -> bool:
    """Whether a table of HTML follows a few words (a message, a warning of the program that wrote the page).

    A table in a cell of delimited text is none: it stands in quotes, or behind a delimiter that the first line has too.
    """
    table = _TABLE.search(head)
    if table is None:
        return False
    before = head[: table.start()]
    if before.count(b'"') % 2:
        return False
    first_line, _, rest = before.partition(b"\n")
    line_of_table = _ANY_TAG.sub(b"", rest.rpartition(b"\n")[2]).lstrip()
    return not any(mark in first_line and mark in line_of_table for mark in _DELIMITERS)


def _refuse_binary(head: bytes, path: Path) -> None:
    if _ISO_2022 in head:
        raise RefusedFileError(ContainerRefusal.SEVEN_BIT_ENCODING)
    filled = head.rstrip(b"\0")
    readable = filled.translate(None, _CONTROL)
    if len(readable) < len(filled) * _LEAST_READABLE:
        raise RefusedFileError(ContainerRefusal.UNKNOWN_FORMAT, found=filled[:8].hex(" "))
    if b"\0" in filled:
        line = filled[: filled.index(b"\0")].count(b"\n") + 1
        raise RefusedFileError(ContainerRefusal.NUL_BYTE, place=RefusalPlace(row=line), line=line)
    with path.open("rb") as file:
        file.seek(-min(_TAIL, path.stat().st_size), 2)
        if b"\0" in file.read():
            raise RefusedFileError(ContainerRefusal.NUL_TAIL)
