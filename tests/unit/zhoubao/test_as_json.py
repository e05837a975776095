"""What programs read is whole JSON, whatever stands in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from zhoubao.as_json import print_json


@dataclass(frozen=True)
class Row:
    day: date
    rate: Decimal
    note: str


def test_days_decimals_and_dataclasses_keep_what_they_say(capsys: pytest.CaptureFixture[str]) -> None:
    row = Row(date(2023, 4, 17), Decimal("57.30"), "咨询\u2028\x1b[31m")
    print_json({"row": row, "at": datetime(2023, 4, 17, 9, 5, tzinfo=UTC), "rows": (row,)})
    read = json.loads(capsys.readouterr().out)
    plain = {"day": "2023-04-17", "rate": "57.30", "note": "咨询\u2028\x1b[31m"}
    assert read == {"row": plain, "at": "2023-04-17T09:05:00+00:00", "rows": [plain]}


def test_what_has_no_form_in_json_is_no_silent_text() -> None:
    with pytest.raises(TypeError, match="set"):
        print_json({"weeks": {1}})
