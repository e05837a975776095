"""The report of a revision as a CSV."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from pipeline.present.shared.differences import COLUMNS, write_differences


def test_the_report_opens_in_excel_and_runs_no_formula(tmp_path: Path):
    row = dict.fromkeys(COLUMNS) | {"week_id": "2023-01", "figure": "=1+1", "before": Decimal("3.000000"), "after": 4}
    write_differences(tmp_path / "report.csv", [row])
    data = (tmp_path / "report.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and b"\r\n" in data
    header, line, _ = data.decode("utf-8-sig").split("\r\n")
    assert header.startswith("期,数字,行,变化,原,今")
    cells = line.split(",")
    assert cells[0] == "2023-01" and not cells[1].startswith("=") and cells[4:6] == ["3", "4"]
