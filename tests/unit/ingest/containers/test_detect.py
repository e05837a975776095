"""What a file is, told by its content whatever its name, and what is refused with a sentence of its own."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from tests.unit.ingest.deliveries import (
    container,
    not_loaded,
    outcome,
    put,
    stored,
    workbook_bytes,
    zipped,
)
from tests.unit.ingest.exports import (
    STORED,
    weekly_html,
    weekly_mhtml,
    weekly_spreadsheetml,
    weekly_text,
)


@pytest.mark.parametrize("name", ["周报.xlsx", "周报.xls", "周报.csv ", "周报 ", "周报.XLS  "])
@pytest.mark.parametrize("made", ["xls", "ods", "html", "xlsm", "xlsx"])
def test_what_libreoffice_writes_is_read_under_any_name(
    quick_loader: Loader, by_libreoffice: dict[str, Path], made: str, name: str
) -> None:
    put(quick_loader, name, by_libreoffice[made].read_bytes())
    assert not_loaded(quick_loader) == []
    assert stored(quick_loader) == STORED
    assert container(quick_loader) == made


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (weekly_html().encode("gb18030"), "html"),
        (weekly_html().encode("utf-16"), "html"),
        (weekly_spreadsheetml().encode(), "spreadsheetml"),
        (weekly_mhtml(), "mhtml"),
        (weekly_text("\t").encode("gb18030"), "csv"),
        (weekly_text(";").encode(), "csv"),
        (weekly_text("|").encode(), "csv"),
        (weekly_text(",", "\n").encode(), "csv"),
        (zipped(表__xlsx=workbook_bytes()), "xlsx.zip"),
        (zipped(表__csv=weekly_text().encode("gb18030"), 说明__txt="导出说明".encode()), "csv.zip"),
        (gzip.compress(weekly_text().encode()), "csv.gz"),
        (gzip.compress(weekly_html().encode()), "html.gz"),
    ],
)
@pytest.mark.parametrize("name", ["周报.xls", "周报.dat"])
def test_tables_as_text_markup_or_packed_are_read_under_any_name(
    quick_loader: Loader, content: bytes, kind: str, name: str
) -> None:
    put(quick_loader, name, content)
    assert not_loaded(quick_loader) == []
    assert stored(quick_loader) == STORED
    assert container(quick_loader) == kind
    assert not list(quick_loader.settings.work.iterdir())


def test_a_sniffed_delimiter_does_not_count_as_a_changed_contract(quick_loader: Loader) -> None:
    put(quick_loader, "a.txt", weekly_text("\t").encode())
    load_inbox(quick_loader)
    assert load_inbox(quick_loader).events == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的"),
        (b" \r\n\r\n  ", "没有内容"),
        (b"\xef\xbb\xbf", "没有内容"),
        (workbook_bytes()[:-200], "文件不完整"),
        (weekly_text().encode() + bytes(5000), "末尾是空字节"),
        (weekly_text().encode().replace(b"\n", b"\n\0", 1), "第 2 行有空字节"),
        (weekly_html().encode()[:-40], "表格没有结尾"),
        (weekly_spreadsheetml().encode()[:-40], "表格没有结尾"),
        (gzip.compress(weekly_text().encode())[:-9], "压缩包不完整"),
        (zipped(a__csv=b"x", b__csv=b"y"), "多份表格"),
        (zipped(), "没有文件"),
        (zipped(a__zip=zipped(b__csv=b"x")), "还有压缩包"),
        (gzip.compress(zipped(b__csv=b"x")), "还有压缩包"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"Rar!\x1a\x07\x01\x00", "RAR"),
        (b"7z\xbc\xaf\x27\x1c\x00", "7z"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (zipped(**{"word/document.xml": b"<x/>", "[Content_Types].xml": b"<x/>"}), "Word"),
        (b"<?xml version='1.0'?><note>x</note>", "不是 Excel 的 XML 表格"),
        (b"<html><body>please log in</body></html>", "网页里没有表格"),
        (b"<html><frameset><frame src='x.htm'></frameset></html>", "数据在旁边的文件夹"),
        (b"<?xml version='1.0'?><rss><channel/></rss>", "RSS"),
        (b'{"code": 0, "rows": [{"a": 1}]}', "JSON"),
        (b"\xef\xbb\xbf[\r\n  {}\r\n]", "JSON"),
        ('[["日期", "咨询"], ["2023-04-17", 1]]'.encode("utf-16"), "JSON"),
        (b"ID;PWXL;N;E\r\nC;Y1;X1;K1\r\nE\r\n", "SYLK"),
        (b'TABLE\r\n0,1\r\n"EXCEL"\r\n', "DIF"),
        (b"-- dump\n/*!40101 SET NAMES utf8 */;\nSET a = 1;\nINSERT INTO t VALUES (1, 2);\n", "SQL"),
        (b"\x01\x02\x03\x04" * 100, "格式无法识别"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00", "Excel 4.0"),
        (
            weekly_spreadsheetml(prologue='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>').encode(),
            "外部实体",
        ),
        (weekly_spreadsheetml().replace("<Row/>", '<Row ss:Index="9999999"/>').encode(), "超出表格软件的上限"),
    ],
)
def test_what_is_no_whole_table_is_refused_with_its_own_sentence(
    quick_loader: Loader, content: bytes, sentence: str
) -> None:
    put(quick_loader, "周报.xls", content)
    report = load_inbox(quick_loader)
    assert outcome(report) == "refused"
    assert sentence in report.events[0].message
