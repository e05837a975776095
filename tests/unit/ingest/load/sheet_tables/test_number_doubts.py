"""A number that can be read in two ways goes to quarantine, whichever way its table is loaded."""

from __future__ import annotations

import pytest

from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.sheets.bulk_rows import in_columns
from pipeline.ingest.sheets.sheet import Sheet
from tests.unit.ingest.demo_form import DEMO, HEADER, TITLES, Cell, Loaded


def loaded(accepted: list[str], rates: list[str], *, is_large: bool) -> Loaded:
    rows: list[list[Cell]] = [
        [*TITLES, HEADER][at] if at < 3 else ["公安厅", None, None, *numbers, None]
        for at, numbers in enumerate([(), (), (), *zip(accepted, rates, strict=True)])
    ]
    return Loaded([Sheet("表", in_columns(rows) if is_large else rows)], DEMO)


@pytest.mark.parametrize("is_large", [False, True])
def test_what_can_be_read_in_two_ways_is_quarantined_with_what_was_written(is_large: bool) -> None:
    found = loaded(["1,234", "12", "17"], ["97,205", "93,33", "95"], is_large=is_large)
    problems = [(row_no, name, reason, value) for _, _, row_no, name, reason, value, _ in found.problems]
    assert problems == [
        (4, "accepted", "two_readings", "1,234"),
        (4, "rate", "two_readings", "97,205"),
        (5, "rate", "two_readings", "93,33"),
    ]
    assert [row[1] for row in found.rows] == [6]


@pytest.mark.parametrize("is_large", [False, True])
def test_groups_of_thousands_are_read_as_before(is_large: bool) -> None:
    found = loaded(["1,234", "12", "1,234,567"], ["97.205", "95", "1,000.5"], is_large=is_large)
    assert [(row[5], str(row[6])) for row in found.rows] == [
        (1234, "97.205000"),
        (12, "95.000000"),
        (1234567, "1000.500000"),
    ]


def test_a_text_with_decimal_commas_loads_no_number_a_thousand_times_too_large(quick_loader: Loader) -> None:
    text = (
        "事项受理办结统计（2023年第15期）\n导出时间：2023-04-24 09:00\n"
        "部门;事项类型;本周受理;累计受理;本周办结;累计办结;办结率;比重\n"
        "公安厅;行政许可;1.234;12.345;1.200;12.000;97,205;25,125\n教育厅;行政许可;30;300;25;280;93,33;0,611\n"
    )
    (quick_loader.settings.inbox / "事项受理办结统计.csv").write_text(text, "utf-8-sig")
    load_inbox(quick_loader)
    rows = quick_loader.con.execute(
        "SELECT department, accepted_week, completion_rate_pct, accepted_share_pct FROM raw.item_volume"
    ).fetchall()
    assert rows == [("教育厅", 30, None, None)]
    problems = quick_loader.con.execute("SELECT row_no, value FROM quarantine.cell WHERE reason = 'two_readings'")
    assert set(problems.fetchall()) >= {(5, "93,33"), (5, "0,611"), (4, "12.000"), (4, "97,205")}
