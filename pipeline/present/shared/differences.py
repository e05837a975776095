"""The report of what a revision changes, as a CSV for spreadsheets.

The differences are found in `pipeline.release.revisions.figures`, their words in `pipeline.present.shared.labels`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pipeline.common.atomic_files import replaced
from pipeline.common.csv_text import write_csv
from pipeline.present.shared.rows import Row

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
    """Writes rows as `with_words` gives them to a CSV that Excel reads as UTF-8; replaces what is there."""
    cells = ([row[name] for name in COLUMNS] for row in rows)
    with replaced(path) as temporary:
        write_csv(temporary, tuple(COLUMNS.values()), cells)
