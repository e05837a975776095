"""Rows of cases on their way into a delivered file: encoded, edited, counted."""

from __future__ import annotations

from pathlib import Path

from pipeline.sample.case_files import ENCODING, transcode
from pipeline.sample.cases import day_number


def test_edits_replace_add_and_remove_lines_and_the_rows_are_counted_as_written(tmp_path: Path) -> None:
    source = tmp_path / "rows.csv"
    source.write_text("a,1\nb,2\nc,3\n", encoding="utf-8")
    edits = {0: lambda line: [line, "a,1"], 1: lambda _: [], 2: lambda line: [line.replace("c", "川")]}
    target = tmp_path / "delivered.csv"
    assert transcode(source, target, ["名称,数"], edits) == 3
    assert target.read_bytes().decode(ENCODING) == "名称,数\r\na,1\r\na,1\r\n川,3\r\n"


def test_days_are_counted_from_1970() -> None:
    from datetime import date

    assert day_number(date(1970, 1, 2)) == 1
