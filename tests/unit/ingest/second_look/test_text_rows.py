"""The simple reader of delimited texts knows the line of each record, in a sample as in the whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.second_look import text_rows
from pipeline.ingest.second_look.text_rows import TextReader


def read(path: Path, content: bytes, codec: str = "utf-8", *, is_whole: bool = True) -> list[tuple[int, list[str]]]:
    path = path / "a.csv"
    path.write_bytes(content)
    seen = TextReader(path, codec, ",").rows("csv", is_whole=is_whole)
    assert seen is not None
    return [(row.row_no, [text or "" for text in row.cells.values()]) for row in seen.rows]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_records_count_by_the_line_where_they_begin(tmp_path: Path, line_end: bytes) -> None:
    content = line_end.join([b"a,b", b'1,"x', b'y"', b"", b"2,z", b""])
    assert [row_no for row_no, _ in read(tmp_path, content)] == [1, 2, 4, 5]


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_a_sample_has_the_lines_of_the_whole_with_their_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str
) -> None:
    monkeypatch.setattr(text_rows, "_SMALL", 100)
    monkeypatch.setattr(text_rows, "_SAMPLED", 200)
    content = "".join(f"{at},公安厅\r\n" for at in range(1, 2001)).encode(codec)
    sample = read(tmp_path, content, codec, is_whole=False)
    assert 100 < len(sample) < 400
    assert all(row_no == int(number) for row_no, (number, _) in sample)
    assert (sample[0][0], sample[-1][0]) == (1, 2000)


def test_a_sample_leaves_out_lines_that_may_be_part_of_a_longer_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_rows, "_SMALL", 10)
    content = b'1,a\n2,"b\n' * 50
    assert all(cells[1] == "a" for _, cells in read(tmp_path, content, is_whole=False))
