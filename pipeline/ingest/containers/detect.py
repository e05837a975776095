"""Tells what a file is from its bytes, never from its name; reading what is inside belongs in open_file."""

from __future__ import annotations

import re
import zipfile
from enum import StrEnum
from pathlib import Path

from pipeline.ingest.containers.biff import biff_records
from pipeline.ingest.containers.ole import BrokenOleError, CompoundFile, workbook_stream
from pipeline.ingest.containers.size_limits import refuse_large
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.text.utf16 import is_wide

_BLOCK = 1 << 20
_HEAD = 64 << 10
_TAIL = 4096
_WORTH_WEIGHING = 64 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_FILE_PASS = 0x002F
_INCOMPLETE = "文件不完整（可能还在复制，或下载中断）；请重新复制后再试"
_LOCKED = "工作簿设有打开密码；请取消密码后重新保存"
_FOREIGN = {
    b"%PDF": "PDF",
    b"Rar!": "RAR 压缩包",
    b"7z\xbc\xaf\x27\x1c": "7z 压缩包",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"GIF8": "图片",
    b"{\\rtf": "RTF 文档",
    b"SQLite format 3": "SQLite 数据库",
    b"PAR1": "Parquet",
}
_OLD_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
_DOCUMENTS = {
    "word/document.xml": "Word 文档",
    "ppt/presentation.xml": "演示文稿",
    "Index/Document.iwa": "Numbers 表格",
    "OFD.xml": "OFD 版式文件",
}
_OFFICE_PARTS = {
    "[Content_Types].xml", "META-INF/manifest.xml", "content.xml", "xl/workbook.xml", "xl/workbook.bin", *_DOCUMENTS,
}  # fmt: skip
_SPREADSHEETML = re.compile(rb"urn:schemas-microsoft-com:office:spreadsheet|progid=[\"']excel\.sheet", re.IGNORECASE)
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body|table|thead|tbody|tr|td|th|style|meta|div|center|font)\b", re.I)
_MHTML = re.compile(rb"^(mime-version:|content-type:\s*multipart/related)", re.IGNORECASE | re.MULTILINE)
_LEADING = re.compile(rb"^(?:\s|\xef\xbb\xbf)+")
_TABLE = re.compile(rb"<table\b[^<>]*>(?=(?:(?!</table).){0,2000}<t[rdh]\b)", re.IGNORECASE | re.DOTALL)
_ANY_TAG = re.compile(rb"<[^<>]{0,2000}>")
_DELIMITERS = (b",", b"\t", b";", b"|")
_FEED = re.compile(rb"<(rss|feed|rdf:RDF)\b", re.IGNORECASE)
_NO_TABLE = "不是表格；请从平台重新导出 xlsx、xls 或 CSV"
_TO_BE_SAVED = "读不了；请用表格软件打开后另存为 xlsx 再报送"
_OTHER_TEXTS = {
    f"文件是 JSON 数据，{_NO_TABLE}": re.compile(rb"[\[{][\[{\s]*(?:\"[^\"\r\n]{0,200}\"\s*[:,\]]|[\]}][\]}\s]*$)"),
    f"文件是 SYLK（.slk）格式，{_TO_BE_SAVED}": re.compile(rb"ID;[PN]"),
    f"文件是 DIF 格式，{_TO_BE_SAVED}": re.compile(rb"TABLE\r?\n0,1\r?\n"),
    f"文件是 SQL 脚本，{_NO_TABLE}": re.compile(
        rb"(?:\s|--[^\r\n]*[\r\n]|/\*(?:(?!\*/).){0,2000}\*/;?|(?:SET|USE|BEGIN|START|PRAGMA|SELECT|LOCK)\b[^;]{0,300};)*"
        rb"(?:INSERT\s+INTO|(?:CREATE|DROP|ALTER)\s+TABLE|COPY)\s", re.IGNORECASE | re.DOTALL
    ),
}  # fmt: skip
_HEADER_LINE = re.compile(rb"^\s*[A-Za-z][A-Za-z0-9-]*:\s")
_CONTROL = bytes(set(range(32)) - {9, 10, 11, 12, 13, 26, 27})


class Container(StrEnum):
    """What a file is, as far as this reader can open it."""

    XLSX = "xlsx"
    XLSM = "xlsm"
    XLSB = "xlsb"
    XLS = "xls"
    ET = "et"
    ODS = "ods"
    HTML = "html"
    MHTML = "mhtml"
    SPREADSHEETML = "spreadsheetml"
    CSV = "csv"

    @property
    def is_text(self) -> bool:
        """Whether the file is lines of delimited text."""
        return self is Container.CSV

    @property
    def is_markup(self) -> bool:
        """Whether the file is a table written in HTML or XML."""
        return self in (Container.HTML, Container.MHTML, Container.SPREADSHEETML)


def sniff(path: Path, max_unpacked_mb: int, max_unpacked_ratio: int) -> Container:
    """The container of an unwrapped file by its content.

    Raises RefusedFileError for what is empty, locked, cut off, too large when unpacked, or of no known format.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise RefusedFileError("文件是空的（0 字节）；请重新导出后再放入收件夹")
    if head.startswith(_ZIP):
        return _zip_container(path, max_unpacked_mb, max_unpacked_ratio)
    if head.startswith(_OLE):
        return _ole_container(path)
    if head.startswith(_OLD_EXCEL):
        raise RefusedFileError("文件是 Excel 4.0 或更早的格式，读不了；请用表格软件打开后另存为 xlsx 再报送")
    for magic, what in _FOREIGN.items():
        if head.startswith(magic):
            raise RefusedFileError(f"文件是{what}，不是表格；请从平台重新导出 xlsx、xls 或 CSV")
    return _text_container(head, path)


def _text_container(head: bytes, path: Path) -> Container:
    wide = is_wide(head)
    skeleton = head.replace(b"\0", b"") if wide else head
    skeleton = _LEADING.sub(b"", skeleton.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff"), count=1)
    if not skeleton.strip():
        raise RefusedFileError("文件里只有空白或空字节，没有内容；请重新导出后再放入收件夹")
    if not wide:
        _refuse_binary(head, path)
    if skeleton.startswith(b"<"):
        return _markup_container(skeleton)
    if _HEADER_LINE.match(skeleton) and _MHTML.search(skeleton[:4096]):
        return Container.MHTML
    if _is_page_after_text(skeleton):
        return Container.HTML
    _refuse_other_text(skeleton)
    return Container.CSV


def _is_page_after_text(head: bytes) -> bool:
    """Whether a table of HTML follows a few words (a message, a warning of the program that wrote the page).

    A table in a cell of delimited text is none: it stands in quotes, or behind a delimiter that the first line has too.
    """
    table = _TABLE.search(head)
    if table is None:
        return False
    before = head[: table.start()]
    first, _, rest = before.partition(b"\n")
    line = _ANY_TAG.sub(b"", rest.rpartition(b"\n")[2]).lstrip()
    is_in_cell = any(mark in first and mark in line for mark in _DELIMITERS)
    return before.count(b'"') % 2 == 0 and not is_in_cell


def _refuse_other_text(head: bytes) -> None:
    for sentence, pattern in _OTHER_TEXTS.items():
        if pattern.match(head):
            raise RefusedFileError(sentence)


def _markup_container(head: bytes) -> Container:
    if _SPREADSHEETML.search(head):
        return Container.SPREADSHEETML
    if b"<office:document" in head:
        raise RefusedFileError("文件是单文件的 OpenDocument（fods），读不了；请用表格软件打开后另存为 xlsx 再报送")
    if _HTML.search(head):
        return Container.HTML
    if _FEED.search(head):
        raise RefusedFileError(f"文件是 XML 订阅源（RSS 或 Atom），{_NO_TABLE}")
    raise RefusedFileError("文件是 XML，但不是 Excel 的 XML 表格；请用表格软件打开后另存为 xlsx 再放入收件夹")


def _refuse_binary(head: bytes, path: Path) -> None:
    if b"\x1b$)" in head:
        raise RefusedFileError("文字是 ISO-2022 编码（电子邮件用的七位编码），读不了；请另存为 UTF-8 编码的 CSV 后再试")
    filled = head.rstrip(b"\0")
    if len(filled.translate(None, _CONTROL)) < len(filled) * 0.99:
        raise RefusedFileError("文件格式无法识别，不是 xlsx、xls、ods 或 CSV；请从平台重新导出")
    if b"\0" in filled:
        line = filled[: filled.index(b"\0")].count(b"\n") + 1
        raise RefusedFileError(f"第 {line:,} 行有空字节，内容可能已损坏；请重新导出")
    with path.open("rb") as file:
        file.seek(-min(_TAIL, path.stat().st_size), 2)
        if b"\0" in file.read():
            raise RefusedFileError("文件末尾是空字节，没有下载或复制完整；请重新复制后再试")


def _zip_container(path: Path, max_unpacked_mb: int, max_unpacked_ratio: int) -> Container:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            names = {info.filename.replace("\\", "/").lstrip("/"): info for info in infos}
            kind = _part(archive, names, "[Content_Types].xml")
            manifest = _part(archive, names, "META-INF/manifest.xml")
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise RefusedFileError(_INCOMPLETE) from error
    except RuntimeError as error:
        raise RefusedFileError(_LOCKED) from error
    refuse_large(sum(info.file_size for info in infos), max_unpacked_mb)
    for info in infos:
        _refuse_padded(info, max_unpacked_ratio)
    if b"encryption-data" in manifest or "encrypted-package" in names:
        raise RefusedFileError(_LOCKED)
    found = _workbook_kind(names, kind)
    if found:
        return found
    for member, what in _DOCUMENTS.items():
        if member in names:
            raise RefusedFileError(f"文件是{what}，不是表格；请从平台重新导出 xlsx、xls 或 CSV")
    raise RefusedFileError("压缩包里不是工作簿；请解压后把其中的表格放入收件夹")


def is_document(names: set[str]) -> bool:
    """Whether the members of a zip are the parts of one office document, not files that somebody packed."""
    parts = {name.replace("\\", "/").lstrip("/") for name in names}
    return bool(parts & _OFFICE_PARTS)


def _part(archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], wanted: str) -> bytes:
    info = names.get(wanted)
    if info is None or info.file_size > _BLOCK:
        return b""
    return archive.read(info)


def _workbook_kind(names: dict[str, zipfile.ZipInfo], content_types: bytes) -> Container | None:
    lowered = {name.lower() for name in names}
    if any(name.endswith("workbook.bin") for name in lowered):
        return Container.XLSB
    if any(re.search(r"(^|/)workbook\d*\.xml$", name) for name in lowered):
        return Container.XLSM if b"macroEnabled" in content_types else Container.XLSX
    return Container.ODS if "content.xml" in lowered and "mimetype" in lowered else None


def _refuse_padded(info: zipfile.ZipInfo, max_unpacked_ratio: int) -> None:
    """Refuse a large part that unpacks to so many times its size that it can hold hardly anything but padding.

    Sheets of texts unpack to 10 to 100 times their size, the same number in every cell to 400, blanks to 1,000.
    """
    ratio = info.file_size / max(info.compress_size, 1)
    if info.file_size > _WORTH_WEIGHING and ratio > max_unpacked_ratio:
        raise RefusedFileError(
            f"文件中的 {info.filename} 解压后有 {info.file_size >> 20:,} MB，是压缩时的 {ratio:,.0f} 倍"
            f"（上限 {max_unpacked_ratio} 倍），几乎全是空白；请用表格软件打开后另存为 xlsx 再报送，或在设置中提高上限"
        )


def _ole_container(path: Path) -> Container:
    content = path.read_bytes()
    try:
        file = CompoundFile(content)
        is_encrypted = file.find("EncryptedPackage") is not None
        book = workbook_stream(file)
        names = {entry.name for entry in file.entries}
    except BrokenOleError as error:
        raise _broken_ole(content) from error
    if is_encrypted or (book and _is_locked(book)):
        raise RefusedFileError(_LOCKED)
    if book is None:
        raise RefusedFileError("文件不是表格（可能是 Word 等其他文档）；请从平台重新导出")
    return Container.ET if any(name.startswith("ETExtData") for name in names) else Container.XLS


def _broken_ole(content: bytes) -> RefusedFileError:
    """What a compound file is for whose directory cannot be followed: the names in it still tell."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return RefusedFileError(_LOCKED)
    if "WordDocument".encode("utf-16-le") in content:
        return RefusedFileError("文件不是表格（可能是 Word 等其他文档）；请从平台重新导出")
    return RefusedFileError(_INCOMPLETE)


def _is_locked(book: bytes) -> bool:
    """FilePass stands among the first records of a workbook that needs a password."""
    for count, (kind, _, _) in enumerate(biff_records(book)):
        if kind == _FILE_PASS:
            return True
        if count > 64:
            break
    return False
