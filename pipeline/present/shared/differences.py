"""The report of what a revision changes as a CSV for spreadsheets; finding the differences is the part of release."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from pipeline.common.atomic_files import write_text
from pipeline.common.spreadsheet_text import neutralise
from pipeline.present.shared.rows import Row
from pipeline.release.revisions.figures import number_text

COLUMNS: Final = {
    "week_id": "期",
    "figure": "数字",
    "row": "行",
    "kind": "变化",
    "before": "原",
    "after": "今",
    "difference": "差",
    "before_ytd": "原累计",
    "after_ytd": "今累计",
    "difference_ytd": "累计差",
    "before_text": "原文字",
    "after_text": "今文字",
    "cause": "原因",
    "metric": "代号",
    "keys": "键",
}


def write_differences(path: Path, rows: Sequence[Row]) -> None:
    """Write rows as `with_words` gives them to a CSV that Excel reads as UTF-8; replaces what is there."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS.values())
    for row in rows:
        writer.writerow([_cell(row[name]) for name in COLUMNS])
    write_text(path, stream.getvalue(), "utf-8-sig")


def _cell(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(number_text(value))
    return "" if value is None else neutralise(str(value))
