"""A clean export of six weeks is silent; each planted fault is found once, by words of the contract alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.reporting_calendar import load_calendar
from tests.unit.quality.contract_checks.every_word import DISTRICTS
from tests.unit.quality.contract_checks.small_hall import Cell, Found, SmallHall

ISSUES = [f"2023-{number:02d}" for number in range(1, 7)]
LAST = ISSUES[-1]
NAMES = ("东区", "西区", "北区")
WORKING_DAYS = {week.week_id: week.working_days for week in load_calendar().weeks(2023)}
COLUMNS = (
    "district", "carried_in", "received", "handled", "carried_out", "received_ytd", "online", "counter", "rated",
    "rated_rate_pct", "share_pct", "per_day", "change_pct", "remark",
)  # fmt: skip
# What adds up over the districts of a week.
SUMMED = ("carried_in", "received", "handled", "carried_out", "received_ytd", "online", "counter", "rated")
Line = dict[str, Cell]


def per_cent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}%"


@dataclass
class Export:
    """The lines of each issue: those of the districts, then the total; whoever plants a fault changes a cell."""

    lines: dict[str, list[Line]] = field(default_factory=dict)

    def line(self, issue: str, name: str) -> Line:
        return next(line for line in self.lines[issue] if line["district"] == name)


def clean() -> Export:
    """Six weeks in which all agrees with all."""
    export = Export()
    for number, issue in enumerate(ISSUES):
        lines = [_line(export, number, place, name) for place, name in enumerate(NAMES)]
        total: Line = {"district": "合计"}
        for name in SUMMED:
            total[name] = sum(int(str(line[name])) for line in lines)
        export.lines[issue] = [*lines, total]
        before = export.lines[ISSUES[number - 1]] if number else [{} for _ in export.lines[issue]]
        for line, line_before in zip(export.lines[issue], before, strict=True):
            _print_ratios(line, int(str(total["received"])), line_before, WORKING_DAYS[issue])
    return export


def _line(export: Export, number: int, place: int, name: str) -> Line:
    before = export.line(ISSUES[number - 1], name) if number else {}
    received = 400 + 130 * place + 17 * number + (7 * number * (place + 2)) % 23
    handled = received - 3 - place
    carried_in = int(str(before.get("carried_out", 12 + place)))
    online = received * 2 // 3 - number
    return {
        "district": name,
        "carried_in": carried_in,
        "received": received,
        "handled": handled,
        "carried_out": carried_in + received - handled,
        "received_ytd": int(str(before.get("received_ytd", 0))) + received,
        "online": online,
        "counter": received - online,
        "rated": handled * 9 // 10 - number,
    }


def _print_ratios(line: Line, all_received: int, before: Line, working_days: int) -> None:
    received, handled, rated = (int(str(line[name])) for name in ("received", "handled", "rated"))
    line["rated_rate_pct"] = per_cent(rated, handled)
    line["share_pct"] = per_cent(received, all_received)
    line["per_day"] = f"{received / working_days:.1f}"
    if before:
        received_before = int(str(before["received"]))
        line["change_pct"] = per_cent(received - received_before, received_before)


def found_in(home: Path, export: Export, *, later: Export | None = None) -> list[Found]:
    hall = SmallHall(home, DISTRICTS)
    for issue, lines in export.lines.items():
        hall.csv(issue, [[line.get(name) for name in COLUMNS] for line in lines])
    if later is not None:
        rows = [[line.get(name) for name in COLUMNS] for line in later.lines[LAST]]
        hall.csv(LAST, rows, name="district_weekly_改.csv", exported="2023-06-02")
    found = hall.check(ISSUES)
    assert all(outcome.startswith("loaded") for outcome in hall.outcomes), hall.outcomes
    return found


def test_a_clean_export_is_silent(tmp_path: Path) -> None:
    assert found_in(tmp_path, clean()) == []


def wrong_rate(export: Export) -> None:
    export.line(LAST, "西区")["rated_rate_pct"] = "71.25%"


def wrong_rate_on_total(export: Export) -> None:
    export.line(LAST, "合计")["rated_rate_pct"] = "95.70%"


def wrong_share(export: Export) -> None:
    export.line(LAST, "北区")["share_pct"] = "41.99%"


def wrong_average(export: Export) -> None:
    export.line(LAST, "东区")["per_day"] = "99.9"


def wrong_change(export: Export) -> None:
    export.line(LAST, "东区")["change_pct"] = "15.00%"


def parts_short(export: Export) -> None:
    line, total = export.line(LAST, "西区"), export.line(LAST, "合计")
    for one in (line, total):
        one["online"] = int(str(one["online"])) - 6


def more_rated_than_handled(export: Export) -> None:
    line, total = export.line(LAST, "西区"), export.line(LAST, "合计")
    more = int(str(line["handled"])) + 5 - int(str(line["rated"]))
    for one in (line, total):
        one["rated"] = int(str(one["rated"])) + more
        one["rated_rate_pct"] = per_cent(int(str(one["rated"])), int(str(one["handled"])))


def balance_off(export: Export) -> None:
    line, total = export.line(LAST, "西区"), export.line(LAST, "合计")
    for one in (line, total):
        one["carried_out"] = int(str(one["carried_out"])) + 10


def stock_not_continued(export: Export) -> None:
    line, total = export.line(LAST, "西区"), export.line(LAST, "合计")
    for one in (line, total):
        one["carried_in"] = int(str(one["carried_in"])) + 4
        one["carried_out"] = int(str(one["carried_out"])) + 4


def ytd_off(export: Export) -> None:
    line, total = export.line(LAST, "西区"), export.line(LAST, "合计")
    for one in (line, total):
        one["received_ytd"] = int(str(one["received_ytd"])) - 90


def ytd_off_a_week_before(export: Export) -> None:
    line, total = export.line(ISSUES[-2], "西区"), export.line(ISSUES[-2], "合计")
    for one in (line, total):
        one["received_ytd"] = int(str(one["received_ytd"])) + 20


def blank_cells(export: Export) -> None:
    for name in ("东区", "西区"):
        export.line(LAST, name)["online"] = None


def nobody_from_the_north(export: Export) -> None:
    lost = export.line(LAST, "北区")
    export.lines[LAST].remove(lost)
    total = export.line(LAST, "合计")
    for name in SUMMED:
        total[name] = int(str(total[name])) - int(str(lost[name]))
    before = export.line(ISSUES[-2], "合计")
    for line in export.lines[LAST]:
        line_before = before if line is total else export.line(ISSUES[-2], str(line["district"]))
        _print_ratios(line, int(str(total["received"])), line_before, WORKING_DAYS[LAST])
    # What the total of the week before carried out is no longer what this one carries in.
    for name in ("carried_in", "received_ytd", "change_pct"):
        total[name] = None


def more_handled_than_received(export: Export) -> None:
    line, total = export.line(LAST, "西区"), export.line(LAST, "合计")
    for one in (line, total):
        one["handled"] = int(str(one["handled"])) + 7
        one["carried_out"] = int(str(one["carried_out"])) - 7
        one["rated_rate_pct"] = per_cent(int(str(one["rated"])), int(str(one["handled"])))


FAULTS: dict[str, tuple[Callable[[Export], None], str, str]] = {
    "rate": (wrong_rate, "rate_rated_rate_pct", "西区的主动评价率印为 71.25%，主动评价"),
    "rate on the total": (wrong_rate_on_total, "rate_rated_rate_pct", "合计的主动评价率印为 95.70%"),
    "share": (wrong_share, "share_share_pct", "北区的占比印为 41.99%"),
    "average": (wrong_average, "average_per_day", "东区的日均印为 99.9"),
    "change": (wrong_change, "change_change_pct", "东区的环比印为 15.00%"),
    "parts": (parts_short, "parts_received", "西区的新收印为"),
    "within": (more_rated_than_handled, "within_rated", "西区的主动评价"),
    "balance": (balance_off, "balance_carried_out", "相差 10"),
    "continues": (stock_not_continued, "continues_carried_out", "西区的上期结转印为"),
    "cumulative": (ytd_off, "cumulative_received_ytd", "相差 90"),
    "cumulative, mended": (ytd_off_a_week_before, "cumulative_received_ytd", "相差 20"),
    "blank": (blank_cells, "filled_online", "网上有 2 行没有填"),
    "reporters": (nobody_from_the_north, "everybody_reported", "北区本期没有报送"),
    "flow": (more_handled_than_received, "flow_handled", "西区的办理"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_once_with_its_row_and_its_numbers(fault: str, tmp_path: Path) -> None:
    plant, check, words = FAULTS[fault]
    export = clean()
    plant(export)
    found = found_in(tmp_path, export)
    assert [one.check for one in found] == [check], [one.evidence for one in found]
    assert words in found[0].evidence


def test_more_going_out_than_coming_in_is_explained_where_the_opening_covers_it(tmp_path: Path) -> None:
    export = clean()
    more_handled_than_received(export)
    (found,) = found_in(tmp_path, export)
    assert (found.severity, found.status) == ("warning", "explained")


def test_ten_faults_together_are_ten_findings(tmp_path: Path) -> None:
    export = clean()
    # Each in a line or a column of its own.
    export.line("2023-02", "东区")["rated_rate_pct"] = "71.25%"
    export.line("2023-03", "合计")["rated_rate_pct"] = "95.70%"
    export.line("2023-04", "北区")["share_pct"] = "41.99%"
    export.line("2023-05", "东区")["per_day"] = "12.3"
    export.line("2023-06", "西区")["change_pct"] = "15.00%"
    parts_short(export)
    ytd_off_a_week_before(export)
    export.line("2023-03", "北区")["online"] = None
    line = export.line("2023-04", "东区")
    line["rated"] = int(str(line["handled"])) + 5
    line["rated_rate_pct"] = per_cent(int(str(line["rated"])), int(str(line["handled"])))
    total = export.line("2023-04", "合计")
    total["rated"] = sum(int(str(export.line("2023-04", name)["rated"])) for name in NAMES)
    total["rated_rate_pct"] = per_cent(int(str(total["rated"])), int(str(total["handled"])))
    export.line("2023-06", "合计")["handled"] = int(str(export.line("2023-06", "合计")["handled"])) + 1_000
    found = found_in(tmp_path, export)
    checks = sorted((one.check, one.week_id) for one in found)
    assert len({one for one in checks}) >= 10, checks


def test_a_week_that_is_a_copy_stops_the_release(tmp_path: Path) -> None:
    export = clean()
    export.lines[LAST] = [dict(line) for line in export.lines[ISSUES[-2]]]
    found = {one.check: one for one in found_in(tmp_path, export)}
    assert found["not_copied"].severity == "critical"
    assert "3 行里有 3 行的数与 2023-05 完全相同" in found["not_copied"].evidence


def test_ten_times_the_past_stops_the_release(tmp_path: Path) -> None:
    export = clean()
    line = export.line(LAST, "东区")
    for name in ("received", "online", "counter"):
        line[name] = int(str(line[name])) * 12
    found = {one.check: one for one in found_in(tmp_path, export)}
    assert found["received_in_proportion"].severity == "critical"
    assert "东区新收本期" in found["received_in_proportion"].evidence


def test_a_later_export_tells_each_value_that_it_changes(tmp_path: Path) -> None:
    later = clean()
    line, total = later.line(LAST, "西区"), later.line(LAST, "合计")
    for one in (line, total):
        one["rated"] = int(str(one["rated"])) - 1
        one["rated_rate_pct"] = per_cent(int(str(one["rated"])), int(str(one["handled"])))
    found = found_in(tmp_path, clean(), later=later)
    assert [one.check for one in found] == ["kept_rated", "kept_rated_rate_pct"]
    assert "西区的主动评价由" in found[0].evidence
    assert "改为" in found[0].evidence
