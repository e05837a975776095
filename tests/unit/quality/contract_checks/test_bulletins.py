"""Made-up bulletins with arithmetic errors and innocent rounding: each error is found by words of a contract alone.

The bulletins are in ../shared/cases; where they are not there, nothing is tried.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from pipeline.settings import PROJECT_ROOT
from tests.unit.quality.contract_checks.small_hall import Found, SmallHall

BULLETINS: Final = PROJECT_ROOT.parent / "shared" / "cases" / "bulletins.json"
COUNT: Final = "type: integer, unit: 件"
PER_CENT: Final = 'type: number, unit: "%"'
TOTALS: Final = "layout: {totals: [{label: 合计, covers: table}]}"

pytestmark = pytest.mark.skipif(not BULLETINS.is_file(), reason="the bulletins are not here")


def bulletin(number: str) -> dict[str, Any]:
    cases: list[dict[str, Any]] = json.loads(BULLETINS.read_text("utf-8"))
    return next(case for case in cases if case["id"] == f"made-{number}")


def contract(fields: Sequence[str], checks: Mapping[str, str] | None = None, key: str = "") -> str:
    lines = [
        "name: bulletin",
        "title: 数据通报",
        "version: 1",
        "delivery: {kind: weekly}",
        "titleWords: [数据通报]",
        TOTALS,
    ]
    if key:
        lines.append(f"primaryKey: [{key}]")
    lines += ["fields:", *(f"  - {{{field}}}" for field in fields)]
    if checks:
        lines += ["checks:", *(f"  {word}: {said}" for word, said in checks.items())]
    return "\n".join(lines) + "\n"


UNIT: Final = "name: unit, title: 单位"
RATED: Final = contract(
    [
        UNIT,
        f"name: cases, title: 办件, {COUNT}",
        f"name: rated, title: 主动评价, {COUNT}",
        f"name: rate, title: 主动评价率, {PER_CENT}, rate: {{of: rated, per: cases}}",
    ],
    {"within": "[{part: rated, whole: cases}]"},
    key="unit",
)
AT_ONCE: Final = contract(
    [
        UNIT,
        f"name: cases, title: 办结, {COUNT}",
        f"name: at_once, title: 即办件, {COUNT}",
        f"name: rate, title: 即办件占比, {PER_CENT}, rate: {{of: at_once, per: cases}}",
    ],
    key="unit",
)
COMPLETED: Final = contract(
    [
        UNIT,
        f"name: accepted, title: 受理, {COUNT}",
        f"name: completed, title: 办结, {COUNT}",
        f"name: rate, title: 办结率, {PER_CENT}, rate: {{of: completed, per: accepted}}",
    ],
    key="unit",
)
BALANCE: Final = contract(
    [
        f"name: f{place}, title: {title}, {COUNT}"
        for place, title in enumerate(("上期结转", "新收", "办理", "结转下期"))
    ],
    {"balance": "[{opening: f0, in: [f1], out: [f2], closing: f3, continues: true}]"},
)
PARTS: Final = contract(
    [
        f"name: f{place}, title: {title}, {COUNT}"
        for place, title in enumerate(("办结", "网上", "窗口", "自助", "快递"))
    ],
    {"parts": "[{whole: f0, of: [f1, f2, f3, f4]}]"},
)
AVERAGE: Final = contract(
    [
        f"name: accepted, title: 受理, {COUNT}",
        "name: days, title: 天数, type: integer, additive: false",
        "name: per_day, title: 日均, type: number, average: {of: accepted, over: days}",
    ]
)


def shares(within: str) -> str:
    share = f"name: share, title: 占比, {PER_CENT}, share: {{of: cases, within: {within}}}"
    return contract(["name: kind, title: 类型", f"name: cases, title: 件数, {COUNT}", share], key="kind")


def flow(**more: str) -> str:
    carried = [f"name: carried, title: 上年结转, {COUNT}"] if "opening" in more else []
    remark = ["name: remark, title: 备注, freeText: true"] if "note" in more else []
    fields = [
        "name: kind, title: 类别",
        f"name: accepted, title: 受理, {COUNT}",
        f"name: completed, title: 办结, {COUNT}",
        *carried,
        *remark,
    ]
    said = "".join(f", {word}: {field}" for word, field in more.items())
    return contract(fields, {"flow": f"[{{in: accepted, out: completed{said}}}]"}, key="kind")


def check(home: Path, text: str, *deliveries: tuple[str, Sequence[Sequence[Any]]], kind: str = "csv") -> list[Found]:
    hall = SmallHall(home, text)
    for issue, rows in deliveries:
        put = hall.csv if kind == "csv" else hall.xlsx
        put(issue, rows)
    found = hall.check([issue for issue, _ in deliveries])
    assert all(outcome.startswith("loaded") for outcome in hall.outcomes), hall.outcomes
    return found


def rows_of(number: str) -> list[list[Any]]:
    rows: list[list[Any]] = bulletin(number)["rows"]
    return rows


ERRORS = {
    "02": (RATED, ["rate_rate"], ["甲区的主动评价率印为 88.40%，主动评价 5952 件除以办件 6400 件为 93.00%"]),
    "03": (
        RATED,
        ["rate_rate", "within_rated"],
        ["印为 94.10%，主动评价 2805 件除以办件 2710 件为 103.51%", "甲区的主动评价 2805 件，比办件 2710 件多 95"],
    ),
    "07": (PARTS, ["parts_f0"], ["办结印为 45210 件，各部分之和为 45204，少 6"]),
    "09": (BALANCE, ["balance_f3"], ["加新收 530 件为 542，办理 523 件加结转下期 9 件为 532，相差 10"]),
    "12": (COMPLETED, ["rate_rate"], ["合计的办结率印为 95.70%，办结 375 件除以受理 400 件为 93.75%"]),
    "14": (AVERAGE, ["average_per_day"], ["日均印为 11030，受理 70210 件除以天数 7 为 10030"]),
}
CLEAN = {"04": AT_ONCE, "08": BALANCE, "13": AVERAGE}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("number", ERRORS)
def test_an_error_is_found_with_its_row_and_its_numbers(number: str, kind: str, tmp_path: Path) -> None:
    text, checks, sentences = ERRORS[number]
    found = check(tmp_path, text, ("2023-15", rows_of(number)), kind=kind)
    assert [one.check for one in found] == checks
    for one, sentence in zip(found, sentences, strict=True):
        assert sentence in one.evidence


@pytest.mark.parametrize("number", CLEAN)
def test_what_rounds_to_what_is_printed_is_clean(number: str, tmp_path: Path) -> None:
    assert check(tmp_path, CLEAN[number], ("2023-15", rows_of(number))) == []


def test_more_completed_than_accepted_is_a_warning_and_explained_where_the_opening_covers_it(tmp_path: Path) -> None:
    rows = rows_of("01")
    (found,) = check(tmp_path / "alone", flow(), ("2023-15", rows))
    assert (found.severity, found.status) == ("warning", "open")
    assert "其它9类的办结 3185 件，比受理 3120 件多 65" in found.evidence
    opened = [[*row, stock] for row, stock in zip(rows, (0, 0, 64), strict=True)]
    (found,) = check(tmp_path / "64", flow(opening="carried"), ("2023-15", opened))
    assert found.status == "open"
    opened[2][-1] = 65
    (found,) = check(tmp_path / "65", flow(opening="carried"), ("2023-15", opened))
    assert found.status == "explained"
    noted = [[*row, note] for row, note in zip(rows, ("", "", "含上年结转"), strict=True)]
    (found,) = check(tmp_path / "note", flow(note="remark"), ("2023-15", noted))
    assert found.status == "explained"


def test_eleven_rows_that_their_opening_covers_are_explained(tmp_path: Path) -> None:
    rows = [[f"第{number}类", 100, 100 + number, number] for number in range(1, 12)]
    (found,) = check(tmp_path, flow(opening="carried"), ("2023-15", rows))
    assert (found.status, found.evidence[:10]) == ("explained", "共 11 处，分属 ")


@pytest.mark.parametrize(("note", "status"), [("注：办结含上年结转。", "explained"), ("注：不含上年结转。", "open")])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_note_below_the_table_explains_it_as_well(note: str, status: str, kind: str, tmp_path: Path) -> None:
    (found,) = check(tmp_path, flow(), ("2023-15", [*rows_of("01"), [note, "", ""]]), kind=kind)
    assert found.status == status


def test_shares_of_another_total_name_the_total_that_fits(tmp_path: Path) -> None:
    case = bulletin("05")
    rows = [*case["rows"], ["合计", case["total"], None]]
    of_total = {one.check: one for one in check(tmp_path / "a", shares("printed_total"), ("2023-15", rows))}
    assert of_total.keys() == {"share_share", "parts_equal_printed_total"}
    assert "与占各行之和 150483 的比重相符" in of_total["share_share"].evidence
    of_table = {one.check: one for one in check(tmp_path / "b", shares("table"), ("2023-15", rows))}
    assert of_table.keys() == {"total_of_share", "parts_equal_printed_total"}
    assert "合计的件数印为 210400 件，占比却是按各行之和 150483 算的" in of_table["total_of_share"].evidence


@pytest.mark.parametrize("within", ["table", "printed_total"])
def test_shares_that_are_rounded_are_clean(within: str, tmp_path: Path) -> None:
    case = bulletin("06")
    rows = [*case["rows"], ["合计", case["total"], "100.0%"]]
    assert check(tmp_path, shares(within), ("2023-15", rows)) == []


@pytest.mark.parametrize(("printed", "is_right"), [("2.31万", True), ("2.41万", False), ("2.32万", False)])
def test_a_total_in_ten_thousands_is_held_to_its_printed_places(printed: str, is_right: bool, tmp_path: Path) -> None:
    rows = rows_of("10")
    rows[0][1] = printed
    text = contract([UNIT, f"name: accepted, title: 受理, {COUNT}"], {"copies": "true"}, key="unit")
    found = check(tmp_path, text, ("2023-15", rows))
    assert [one.check for one in found] == ([] if is_right else ["parts_equal_printed_total"])
    assert all(f"「受理合计」的受理印为 {printed}" in one.evidence for one in found)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(("total", "is_right"), [(10909, True), (10928, False)])
def test_a_row_in_ten_thousands_is_held_to_its_printed_places(
    total: int, is_right: bool, kind: str, tmp_path: Path
) -> None:
    rows = [["东城", "10177"], ["西城", "0.07万"], ["小计", str(total)], ["合计", str(total)]]
    text = contract([UNIT, f"name: accepted, title: 受理, {COUNT}"], {"copies": "true"}, key="unit")
    found = check(tmp_path, text, ("2023-15", rows), kind=kind)
    assert [one.check for one in found] == ([] if is_right else ["parts_equal_printed_total"])


def test_a_column_that_nobody_filled_in_is_asked_for_once(tmp_path: Path) -> None:
    week, ytd = f"name: week, title: 本周受理, {COUNT}, blank: unknown", f"name: ytd, title: 累计办结, {COUNT}"
    text = contract(["name: department, title: 部门", week, ytd], key="department")
    (found,) = check(tmp_path, text, ("2023-15", rows_of("11")))
    assert found.check == "filled_week"
    assert "本周受理整列没有填" in found.evidence


def test_a_year_to_date_goes_on_from_week_to_week_and_from_row_to_row(tmp_path: Path) -> None:
    weeks = bulletin("15")["weeks"]
    fields = [f"name: week, title: 本周, {COUNT}", f"name: ytd, title: 累计, {COUNT}, cumulative: {{of: week}}"]
    deliveries = [(f"2023-0{place}", [row[1:]]) for place, row in enumerate(weeks, start=1)]
    (found,) = check(tmp_path / "weeks", contract(fields), *deliveries)
    assert (found.check, found.week_id) == ("cumulative_ytd", "2023-03")
    assert "累计印为 359 件，上期累计 251 件加本周 118 件为 369，相差 10" in found.evidence
    fields[1] = fields[1].replace("{of: week}", "{of: week, along: rows}")
    (found,) = check(tmp_path / "rows", contract(["name: label, title: 周", *fields], key="label"), ("2023-15", weeks))
    assert "第3周的累计印为 359 件，上一行的累计 251 件加本周 118 件为 369，相差 10" in found.evidence
