"""Where the bytes of a text do not decode: how many lines, and the first of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.text import undecodable
from pipeline.ingest.text.undecodable import Damage, damage_of, damage_of_document, shown_codec


def damage(folder: Path, content: bytes, codec: str) -> Damage:
    path = folder / "a.txt"
    path.write_bytes(content)
    return damage_of(path, codec)


@pytest.mark.parametrize(
    ("codec", "name"), [("utf-8-sig", "UTF-8"), ("big5hkscs", "Big5"), ("cp949", "EUC-KR"), ("utf-16", "UTF-16")]
)
def test_an_encoding_has_the_name_that_people_know(codec: str, name: str) -> None:
    assert shown_codec(codec) == name


@pytest.mark.parametrize(
    ("content", "codec", "lines", "damaged", "byte", "line"),
    [
        (b"ok\n\xff\nok\n\xff", "utf-8", 4, 2, 4, 2),
        ("部门\n受理\n".encode("gb18030"), "gb18030", 2, 0, 0, 0),
        (b"a\rb\r\xff\r", "utf-8", 3, 1, 5, 3),
        (b"\xef\xbb\xbfok\n\xff\n", "utf-8-sig", 2, 1, 7, 2),
        (b"~{2?C\n", "hz", 1, 1, 5, 1),
    ],
    ids=["two lines", "whole", "lone carriage returns", "behind a byte-order mark", "a codec of seven bits"],
)
def test_the_damage_of_a_text_is_counted_by_lines_with_its_first_place(
    tmp_path: Path, content: bytes, codec: str, lines: int, damaged: int, byte: int, line: int
) -> None:
    found = damage(tmp_path, content, codec)
    assert (found.lines, found.damaged, found.byte, found.line) == (lines, damaged, byte, line)


@pytest.mark.parametrize("block", [3, 4 << 20])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-16"])
def test_of_text_in_two_bytes_the_first_place_is_told(
    tmp_path: Path, codec: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undecodable, "_BLOCK", block)
    before = "部门\n受理\n办".encode(codec)
    order = "utf-16-be" if codec == "utf-16-be" else "utf-16-le"
    lone_half = "\ud800".encode(order, "surrogatepass")
    found = damage(tmp_path, before + lone_half + "结\n".encode(order), codec)
    assert (found.damaged, found.byte, found.line) == (1, len(before) + 1, 3)
    assert not found.is_slight


def test_whole_text_in_two_bytes_has_no_damage_and_one_cut_in_two_at_its_end_has(tmp_path: Path) -> None:
    content = "部门\n受理\n".encode("utf-16-le")
    assert damage(tmp_path, content, "utf-16-le").is_slight
    assert not damage(tmp_path, content[:-1], "utf-16-le").is_slight


def test_in_a_document_what_stands_between_two_tags_counts_and_the_line_is_that_of_the_file() -> None:
    content = b"<tr>\n<td>ok</td><td>\xff</td>\n<td>ok</td></tr>"
    found = damage_of_document(content, "utf-8")
    assert (found.damaged, found.byte, found.line) == (1, content.index(b"\xff") + 1, 2)
    assert found.lines > 6


def test_a_whole_document_names_no_place() -> None:
    found = damage_of_document("<td>部门</td>\n".encode(), "utf-8")
    assert (found.damaged, found.byte, found.line) == (0, 0, 0)
