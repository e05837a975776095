"""What a file that begins with text is: a page, XML, delimited text or none of them."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest

from pipeline.ingest.containers.container import Container
from pipeline.ingest.containers.detect import sniff
from pipeline.ingest.containers.text_formats import text_container
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.refusals.containers import ContainerRefusal
from tests.unit.ingest.deliveries import (
    container,
    not_loaded,
    put,
    stored,
)
from tests.unit.ingest.exports import (
    STORED,
    weekly_html,
)


@pytest.mark.parametrize(
    "before",
    [
        "\ufeff\r\n\ufeff",
        "导出结果<br>",
        "导出结果,共3条\r\n\t<div title='a,b'>",
        'Warning: Undefined index "x", "y" in /srv/a.php on line 3\n',
        "Content-Type: text/html; charset=utf-8\n\n",
    ],
)
def test_a_page_that_begins_with_words_is_a_page(quick_loader: Loader, before: str) -> None:
    page = weekly_html()
    put(quick_loader, "a.xls", (before + page[page.index("<table") :]).encode())
    assert not_loaded(quick_loader) == []
    assert stored(quick_loader) == STORED
    assert container(quick_loader) == "html"


@pytest.mark.parametrize("cell", ["<table><tr><td>1</td></tr></table>", '"<p>a, b</p><table border=""1""><tr><td>1"'])
def test_a_table_of_html_in_a_cell_makes_no_page_of_a_text(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"编号,说明\n1,{cell}\n", "utf-8")
    assert sniff(path, 10, 500) is Container.CSV


@pytest.mark.parametrize("head", ["[公安厅],受理", "{a},b", "ID;名称", "TABLE,1", "SET a;b", "CREATE,TABLE"])
def test_a_text_that_only_begins_like_another_format_is_a_text(tmp_path: Path, head: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{head}\n1,2\n", "utf-8")
    assert sniff(path, 10, 500) is Container.CSV


@pytest.mark.parametrize("damage", [b"-- " * 9000, b"/**/" * 9000, b"<table " * 9000, b"[" * 60_000, b'["' * 30_000])
def test_a_hostile_text_is_sniffed_in_seconds(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"SET a;" + damage)
    began = time.monotonic()
    with contextlib.suppress(RefusedFileError):
        sniff(path, 10, 500)
    path.write_bytes(damage)
    with contextlib.suppress(RefusedFileError):
        sniff(path, 10, 500)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("text", "container"),
    [
        ("部门,受理\n公安厅,1\n", Container.CSV),
        ("<!DOCTYPE html>\n<p>表", Container.HTML),
        ("<tables><a/></tables> <TD>1", Container.HTML),
        ("MIME-Version: 1.0\nX: y\n\n", Container.MHTML),
        ('<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', Container.SPREADSHEETML),
    ],
)
@pytest.mark.parametrize("codec", ["utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_a_text_is_told_by_its_beginning_in_every_encoding(
    tmp_path: Path, text: str, container: Container, codec: str
) -> None:
    path = tmp_path / "a"
    path.write_bytes(text.encode(codec))
    assert text_container(path.read_bytes(), path) is container


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xef\xbb\xbf \r\n", ContainerRefusal.ONLY_BLANKS),
        (b"a,\x1b$)A\n", ContainerRefusal.SEVEN_BIT_ENCODING),
        (b"a,b\n" * 50 + b"1,\x002\n", ContainerRefusal.NUL_BYTE),
        (b"\x01\x02\x03abc", ContainerRefusal.UNKNOWN_FORMAT),
        (b"<office:document/>", ContainerRefusal.UNREADABLE_FORMAT),
        (b"<tables/>", ContainerRefusal.OTHER_XML),
        (b"<feed/>", ContainerRefusal.FOREIGN_FORMAT),
    ],
)
def test_a_text_that_holds_no_table_is_refused_as_what_it_is(
    tmp_path: Path, content: bytes, code: ContainerRefusal
) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(RefusedFileError) as caught:
        text_container(content, path)
    assert caught.value.refusal is code


def test_of_a_long_text_only_the_end_is_looked_at_beside_the_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" * 5000 + bytes(9))
    with pytest.raises(RefusedFileError) as caught:
        text_container(b"a,b\n", path)
    assert caught.value.refusal is ContainerRefusal.NUL_TAIL
