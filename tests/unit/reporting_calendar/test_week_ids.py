"""Week ids are written and read in one module, and no other code cuts them by position."""

from __future__ import annotations

import pytest

from pipeline.reporting_calendar import CalendarError
from pipeline.reporting_calendar.week_ids import is_week_id, read_week_id, week_id_of


def test_a_week_id_is_read_as_it_was_written() -> None:
    assert week_id_of(2023, 5) == "2023-05"
    assert read_week_id("2023-05") == (2023, 5)


@pytest.mark.parametrize("text", ["2023-5", "2023年第5期", "2023-005", " 2023-05", ""])
def test_any_other_way_of_writing_is_no_week_id(text: str) -> None:
    assert not is_week_id(text)
    with pytest.raises(CalendarError, match="写法不对"):
        read_week_id(text)
