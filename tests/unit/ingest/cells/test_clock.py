"""Times of day are read exactly or not at all."""

import re

import pytest

from pipeline.ingest.cells.clock import CLOCK_IN_TEXT, Clock, read_clock


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("9:05", (9, 5, 0, 0)),
        ("9时5分", (9, 5, 0, 0)),
        ("9时05", (9, 5, 0, 0)),
        ("9 点", (9, 0, 0, 0)),
        ("下午3时5分", (15, 5, 0, 0)),
        ("090500", (9, 5, 0, 0)),
        ("09:05:00.4", (9, 5, 0, 400_000)),
        ("24:00", (24, 0, 0, 0)),
    ],
)
def test_a_time_is_read_however_it_is_written_and_found_in_running_text(text: str, clock: Clock) -> None:
    assert read_clock(text) == clock
    assert re.fullmatch(CLOCK_IN_TEXT, text)


@pytest.mark.parametrize("text", ["9时5", "上午12:05", "凌晨8:05", "9", "0905", "9:5"])
def test_an_unclear_time_is_none(text: str) -> None:
    assert read_clock(text) is None
