"""A moment that a library has moved by less than a tenth of a second is the second that was meant."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.cells.serial_moments import rounded_moment


@pytest.mark.parametrize(
    ("text", "rounded"),
    [
        ("2023-04-19 23:59:59.999", "2023-04-20 00:00:00"),
        ("2023-12-31T23:59:59.914", "2024-01-01 00:00:00"),
        ("2023-04-17 12:34:00.009", "2023-04-17 12:34:00"),
        ("2023-04-17 12:34:59.500", "2023-04-17 12:34:59.500"),
        ("2023-04-17 12:34:59", "2023-04-17 12:34:59"),
        ("2023-02-30 23:59:59.999", "2023-02-30 23:59:59.999"),
        ("9999-12-31 23:59:59.999", "9999-12-31 23:59:59.999"),
        ("45035.99999999", "45035.99999999"),
    ],
)
def test_a_moment_near_a_second_is_that_second(text: str, rounded: str) -> None:
    assert rounded_moment(text) == rounded


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), st.integers(-99, 99))
def test_a_second_comes_back_whatever_was_lost(moment: datetime, milliseconds: int) -> None:
    second = moment.replace(microsecond=0)
    moved = second + timedelta(milliseconds=milliseconds)
    assert rounded_moment(moved.isoformat(" ", "milliseconds")) in (str(second), f"{second}.000")
