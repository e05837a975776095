"""Web archives: the sheets of their pages and the names of these."""

from __future__ import annotations

from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from pipeline.ingest.containers.container import Container
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.sheets.mhtml import read_mhtml
from pipeline.ingest.sheets.open_file import open_file, sheets_of
from pipeline.settings import Settings
from tests.unit.ingest.exports import (
    DATA,
    DATA_ROWS,
    MANY,
)


def archive_of(frame: str, **parts: str) -> bytes:
    """A web archive as spreadsheet programs write it, in UTF-8 with a byte-order mark and a blank line above."""
    whole = MIMEMultipart("related", type="text/html")
    for place, page in {"book": frame, **parts}.items():
        part = MIMEText(page, "html", "utf-8")
        part["Content-Location"] = f"file:///C:/表.files/{place}.htm"
        whole.attach(part)
    return b"\xef\xbb\xbf\r\n" + whole.as_bytes()


NAMED = "<frameset><x:Name>{}</x:Name> <x:WorksheetSource HRef='表.files/{}.htm'/></frameset>"


@pytest.mark.parametrize(
    ("frame", "names"),
    [
        (NAMED.format("综窗", "sheet002") + NAMED.format("汇总&amp;表", "sheet001"), ["汇总&表", "综窗"]),
        ("<x:Name>甲</x:Name><x:Name>乙</x:Name>", ["甲", "乙"]),
        ("<p>x</p>", ["sheet001", "sheet002"]),
    ],
)
def test_the_sheets_of_a_web_archive_have_their_names_beside_a_strip_of_tabs(
    tmp_path: Path, frame: str, names: list[str]
) -> None:
    path = tmp_path / "a.xls"
    tabs = "<table><tr><td>综窗<td>汇总</table>"
    path.write_bytes(archive_of(frame, tabstrip=tabs, sheet001=DATA, sheet002=f"{DATA}<p>共1条"))
    with open_file(path, Settings(home=tmp_path)) as opened:
        assert opened.container is Container.MHTML
        sheets = sheets_of(opened, Settings(home=tmp_path))
    assert [sheet.name for sheet in sheets] == [*names, f"{names[1]}（表格以外）"]
    assert [sheet.rows for sheet in sheets[:2]] == [DATA_ROWS, DATA_ROWS]


def one_page(page: bytes, kind: str = "text/html") -> bytes:
    return f"MIME-Version: 1.0\nContent-Type: {kind}\nContent-Transfer-Encoding: 8bit\n\n".encode() + page


def never(part: bytes) -> str:
    raise AssertionError(f"decoded without need: {part!r}")


@pytest.mark.parametrize(
    ("charset", "codec"), [("gb2312", "gb18030"), ("GBK", "gb18030"), ("utf-8", "utf-8"), ("big5", "big5")]
)
def test_a_part_is_decoded_by_its_own_charset(charset: str, codec: str) -> None:
    page = DATA.replace("丁", "鎔" if codec == "gb18030" else "丁").encode(codec)
    (sheet,) = read_mhtml(one_page(page, f"text/html; charset={charset}"), never, MANY)
    assert sheet.rows[0][:3] == DATA_ROWS[0][:3]


@pytest.mark.parametrize("kind", ["text/html", "text/html; charset=utf-8", "text/html; charset=no-such"])
def test_a_part_without_a_true_charset_is_decoded_by_whoever_asks(kind: str) -> None:
    (sheet,) = read_mhtml(one_page(DATA.encode("gb18030"), kind), lambda part: part.decode("gb18030"), MANY)
    assert sheet.rows == DATA_ROWS


def test_an_archive_without_a_table_is_refused() -> None:
    for content in (one_page(b"<p>x"), one_page(DATA.encode(), "text/plain"), b""):
        with pytest.raises(RefusedFileError, match="没有表格"):
            read_mhtml(content, bytes.decode, MANY)
