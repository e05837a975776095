"""CSV files for people: exact numbers, blanks for nothing, and no cell that a spreadsheet runs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.common.csv_text import csv_cell, csv_text, write_csv


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (Decimal("42.500000"), "42.5"),
        (-7, "-7"),
        (True, "true"),
        (False, "false"),
        ("=1+1", "'=1+1"),
        ("水利厅", "水利厅"),
        (date(2023, 4, 21), "2023-04-21"),
        (datetime(2023, 4, 24, 9), "2023-04-24 09:00:00"),
    ],
)
def test_a_cell_says_the_value_and_runs_nothing(value: Any, cell: str) -> None:
    assert csv_cell(value) == cell


def test_lines_end_as_rfc_4180_says_and_commas_are_quoted() -> None:
    assert csv_text(["期", "内容"], [("2023-15", "受理，办结,流转")]) == '期,内容\r\n2023-15,"受理，办结,流转"\r\n'


def test_a_file_begins_with_the_mark_that_excel_needs(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    write_csv(path, ["期"], [["2023-15"]])
    assert path.read_bytes() == b"\xef\xbb\xbf" + "期\r\n2023-15\r\n".encode()
