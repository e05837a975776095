"""Tells what a file is from its bytes, never from its name; reading what is inside belongs in grid and csv_file."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.ingest.errors import RefusedFileError

_BLOCK = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"


class Container(StrEnum):
    """What a file is, as far as this reader can open it."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"


@dataclass(frozen=True)
class FileStamp:
    """A file's identity: SHA-256 of its bytes, its size, and how many line feeds it holds."""

    sha256: str
    size_bytes: int
    line_feeds: int
    ends_with_line_feed: bool

    @property
    def delivery_id(self) -> str:
        """The first sixteen hex digits of the SHA-256."""
        return self.sha256[:16]


def stamp(path: Path) -> FileStamp:
    """Read the file once and say what identifies it."""
    digest, size, line_feeds, last = hashlib.sha256(), 0, 0, b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
            line_feeds += block.count(b"\n")
            last = block[-1:]
    return FileStamp(digest.hexdigest(), size, line_feeds, last == b"\n")


def sniff(path: Path, max_unpacked_mb: int) -> Container:
    """The container of a file by its content.

    Raises RefusedFileError for what is empty, locked, cut off, too large when unpacked, or of no known format.
    """
    with path.open("rb") as file:
        head = file.read(_BLOCK)
    if not head:
        raise RefusedFileError("文件是空的（0 字节）；请重新导出后再放入收件夹")
    if head.startswith(_ZIP):
        return _zip_container(path, max_unpacked_mb)
    if head.startswith(_OLE):
        return _ole_container(path)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise RefusedFileError("文件是网页或 XML 格式；请用表格软件打开后另存为 xlsx 再放入收件夹")
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RefusedFileError("文件格式无法识别，不是 xlsx、xls、ods 或 CSV；请从平台重新导出")
    return Container.CSV


def _zip_container(path: Path, max_unpacked_mb: int) -> Container:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            names = {info.filename for info in infos}
    except zipfile.BadZipFile as error:
        raise RefusedFileError("文件不完整（可能还在复制，或下载中断）；请重新复制后再试") from error
    unpacked_mb = sum(info.file_size for info in infos) / (1 << 20)
    if unpacked_mb > max_unpacked_mb:
        raise RefusedFileError(
            f"文件解压后有 {unpacked_mb:,.0f} MB，超过上限 {max_unpacked_mb} MB；请拆分后重新导出，或在设置中提高上限"
        )
    for member, container in (
        ("xl/workbook.xml", Container.XLSX),
        ("xl/workbook.bin", Container.XLSB),
        ("content.xml", Container.ODS),
    ):
        if member in names:
            return container
    raise RefusedFileError("压缩包里不是工作簿；请解压后把其中的表格放入收件夹")


def _ole_container(path: Path) -> Container:
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise RefusedFileError("工作簿设有打开密码；请取消密码后重新保存")
    names = ("Workbook", "Book")
    if any(name.encode("utf-16-le") in content for name in names):
        return Container.XLS
    raise RefusedFileError("文件不是表格（可能是 Word 等其他文档）；请从平台重新导出")
