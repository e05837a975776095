"""Tables in markup are read in the encoding that the file declares, or by how its text reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.containers.container import Container
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.sheets.markup_readers import HtmlReader, MhtmlReader, SpreadsheetmlReader
from pipeline.ingest.sheets.reader import SheetReader, Source
from tests.unit.ingest.exports import weekly_spreadsheetml

ROWS = "<table><tr><td>部门<td>受理<tr><td>公安厅<td>3</table>"


def read(folder: Path, reader: SheetReader, content: bytes) -> list[list[str | None]]:
    path = folder / "a"
    path.write_bytes(content)
    source = Source(path, next(iter(reader.containers)), folder, 1000, 10)
    reader.refuse_oversized(source)
    (sheet,) = reader.sheets(source, reader.hidden_values(source))
    return list(sheet.rows)


@pytest.mark.parametrize(
    "content",
    [
        f"<meta charset='gb2312'>{ROWS}".encode("gb18030"),
        f'<META http-equiv=Content-Type content="text/html; charset=GBK">{ROWS}'.encode("gb18030"),
        f'<meta charset="utf-8">{ROWS}'.encode(),
        f'<meta charset="utf-8">{ROWS}'.encode("gb18030"),
        f'<meta charset="x-user-defined">{ROWS}'.encode("gb18030"),
        f"<meta charset=gb2312>{ROWS}".encode("utf-16"),
        ROWS.encode("gb18030"),
        ROWS.encode("utf-8-sig"),
    ],
    ids=["gb2312", "GBK", "utf-8", "utf-8 that is none", "no codec", "utf-16", "nothing, GB18030", "nothing, UTF-8"],
)
def test_a_page_is_read_in_the_encoding_it_is_in_whatever_it_declares(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, HtmlReader(), content) == [["部门", "受理"], ["公安厅", "3"]]


@pytest.mark.parametrize(("declared", "codec"), [("gb2312", "gb18030"), ("utf-8", "utf-8"), ("UTF-16", "utf-16")])
def test_an_xml_workbook_is_read_in_the_encoding_that_it_declares(tmp_path: Path, declared: str, codec: str) -> None:
    text = weekly_spreadsheetml([["2023-04-17", "综合窗口１", *"1234"]])
    text = text.replace('version="1.0"', f'version="1.0" encoding="{declared}"')
    assert read(tmp_path, SpreadsheetmlReader(), text.encode(codec))[-1][:2] == ["2023-04-17", "综合窗口１"]


def test_a_page_of_a_web_archive_without_a_charset_says_its_encoding_itself(tmp_path: Path) -> None:
    head = b"MIME-Version: 1.0\nContent-Type: text/html\nContent-Transfer-Encoding: 8bit\n\n"
    page = f"<meta charset=gb2312>{ROWS}".encode("gb18030")
    assert read(tmp_path, MhtmlReader(), head + page)[1] == ["公安厅", "3"]


def test_markup_larger_than_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b" " * ((1 << 20) + 1))
    with pytest.raises(RefusedFileError, match="超过上限 1 MB"):
        HtmlReader().refuse_oversized(Source(path, Container.HTML, tmp_path, 1000, 1))
