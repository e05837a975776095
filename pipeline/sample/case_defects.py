"""Planting the listed defects into cases and case files belongs here; the list of them and plain cases do not.

A defect of a line says which lines fit (the first ones of the week that no other has taken) and what they become.
Defects that change what is counted are planted before anything is counted, so that the statistics follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.sample.cases import DAY, OPEN, CaseTable
from pipeline.sample.catalogue import LONG, PROMISED, Catalogue, Item
from pipeline.sample.identity import ID_CHECKS, MOBILE_BASE, id_check_positions

Array = npt.NDArray[Any]
Fields = list[str]
LineEdit = Callable[[str], list[str]]

# Stands for the week where a defect is planted in whatever week is written, not in its own.
ANY_WEEK: Final = ""
WITHDRAWN_CASES: Final = 3
WITHDRAWN_DEPARTMENT: Final = "shuili"
ADDED_IN_WEEK, TAKEN_BACK_IN_WEEK = 8, 10
LATE_ACCEPTED_IN, LATE_REPORTED_IN = 9, 11
SURGE_IN_WEEK: Final = 11
SURGE_FROM, SURGE_TO = "renshe", "yibao"
EXPIRED_NAME: Final = ("自然资源厅", "国土资源厅")
_COLUMNS: Final = (
    "number", "item", "name", "type", "department", "kind", "channel", "applicant_type", "applicant", "certificate",
    "phone", "address", "applied", "accepted", "due", "closed", "result", "rating", "mark", "updated",
)  # fmt: skip
NUMBER, TYPE, DEPARTMENT, KIND, CHANNEL, APPLIED, ACCEPTED, DUE, CLOSED, RESULT, MARK, UPDATED = map(
    _COLUMNS.index,
    [
        "number",
        "type",
        "department",
        "kind",
        "channel",
        "applied",
        "accepted",
        "due",
        "closed",
        "result",
        "mark",
        "updated",
    ],
)
_TIME_FIELDS: Final = (APPLIED, ACCEPTED, DUE, CLOSED, UPDATED)


@dataclass(frozen=True)
class LinePlan:
    """Which lines of which week a defect takes, and the lines that stand there afterwards."""

    week_id: str
    lines: int
    fits: Callable[[Fields], bool]
    edit: Callable[[Fields], list[Fields]]


def _is_whole(fields: Fields) -> bool:
    """Accepted and completed within the week: no other week's file speaks of the case."""
    return fields[MARK] == "I" and fields[CLOSED] > fields[ACCEPTED] > "2023" and fields[RESULT] not in ("作废", "删除")


def _is_whole_promised(fields: Fields) -> bool:
    return _is_whole(fields) and fields[KIND] == "承诺件"


def _is_whole_from_two(fields: Fields) -> bool:
    """Accepted at two in the morning or later, and completed on the same day: an hour before is still that day."""
    is_same_day = fields[CLOSED][:10] == fields[ACCEPTED][:10]
    return is_same_day and fields[ACCEPTED][11:] > "02" and _is_whole(fields)


def _is_open(fields: Fields) -> bool:
    return fields[MARK] == "I" and not fields[CLOSED] and fields[ACCEPTED] > "2023"


def _is_later(fields: Fields) -> bool:
    """A case that an earlier week's file brought, accepted late enough to be moved a week back."""
    return fields[MARK] == "U" and fields[ACCEPTED] > "2023-01-15"


def _is_old(fields: Fields) -> bool:
    return fields[KIND] == "承诺件" and fields[CLOSED] > "2023" and fields[ACCEPTED] < "2022-12-20"


def _set(**changes: str) -> Callable[[Fields], list[Fields]]:
    """Some fields replaced, by the names of `_COLUMNS`."""
    places = {_COLUMNS.index(name): value for name, value in changes.items()}
    return lambda fields: [[places.get(i, field) for i, field in enumerate(fields)]]


def _moved(field: int, of: int, **by: int) -> Callable[[Fields], list[Fields]]:
    """One time replaced by another one, moved."""

    def edit(fields: Fields) -> list[Fields]:
        moment = datetime.fromisoformat(fields[of]) + timedelta(**by)
        return [[*fields[:field], moment.isoformat(sep=" "), *fields[field + 1 :]]]

    return edit


def _a_week_back(fields: Fields) -> list[Fields]:
    (once,) = _moved(ACCEPTED, ACCEPTED, days=-7)(fields)
    return _moved(APPLIED, APPLIED, days=-7)(once)


def _with_impossible_date(fields: Fields) -> list[Fields]:
    extra = [f"{fields[NUMBER][:-6]}990101", *fields[1:]]
    extra[ACCEPTED] = "2023-02-30 10:15:00"
    return [fields, extra]


def _in_the_wrong_century(fields: Fields) -> list[Fields]:
    return [["19" + field[2:] if i in (APPLIED, ACCEPTED) else field for i, field in enumerate(fields)]]


def _with_slashes(fields: Fields) -> list[Fields]:
    return [[_slashed(field) if i in _TIME_FIELDS else field for i, field in enumerate(fields)]]


def _slashed(text: str) -> str:
    """`2023-04-17 09:05:00` as `2023/4/17 9:05`; the seconds go, as they do on a sheet."""
    if not text:
        return text
    day, time = text.split(" ")
    year, month, dom = day.split("-")
    hour, minute, _ = time.split(":")
    return f"{year}/{int(month)}/{int(dom)} {int(hour)}:{minute}"


def _monday(day: str) -> Callable[[Fields], bool]:
    return lambda fields: _is_whole(fields) and fields[ACCEPTED].startswith(day)


_OTHER_CHANNEL: Final = {"窗口": "快递", "快递": "窗口", "电脑网上": "移动端", "移动端": "电脑网上", "其他": "窗口"}
PLANS: Final[dict[str, LinePlan]] = {
    "impossible_date": LinePlan("2023-07", 1, _is_whole, _with_impossible_date),
    "slash_timestamps": LinePlan("2023-15", 1, _monday("2023-04-17"), _with_slashes),
    "repeated_line": LinePlan("2023-09", 1, _is_whole, lambda fields: [fields, fields]),
    "unknown_channel": LinePlan("2023-13", 5, _is_whole, _set(channel="自助终端")),
    "blank_channel": LinePlan("2023-14", 2, _is_whole, _set(channel="")),
    "applied_after_accepted": LinePlan("2023-04", 2, _is_whole, _moved(APPLIED, ACCEPTED, hours=1)),
    "due_before_accepted": LinePlan("2023-05", 1, _is_whole_promised, _moved(DUE, ACCEPTED, days=-1)),
    "result_missing": LinePlan("2023-06", 3, _is_whole, _set(result="")),
    "rated_while_open": LinePlan("2023-08", 2, _is_open, _set(rating="满意")),
    "deadline_missing": LinePlan("2023-08", 4, _is_whole_promised, _set(due="")),
    "immediate_took_weeks": LinePlan("2023-01", 1, _is_old, _set(kind="即办件")),
    "completed_in_future": LinePlan("2023-14", 2, _is_whole_promised, _set(closed="2023-11-30 10:00:00")),
    "wrong_century": LinePlan("2023-10", 1, _is_open, _in_the_wrong_century),
    "expired_name_in_cases": LinePlan(
        "2023-11",
        1,
        lambda fields: _is_whole(fields) and fields[DEPARTMENT] == EXPIRED_NAME[0],
        _set(department=EXPIRED_NAME[1]),
    ),
    "unknown_department": LinePlan("2023-12", 1, _is_whole, _set(department="省数据局")),
    "identifier_lost": LinePlan("2023-04", 1, _is_whole, _set(item="5.1E+17")),
    "unknown_item": LinePlan("2023-03", 3, _is_whole, _set(item="11510000MB00000009X4010009999000")),
    "item_of_another": LinePlan("2023-13", 1, lambda fields: _is_whole(fields) and fields[TYPE] == "公共服务", _set()),
    "channel_changed": LinePlan(
        "2023-09", 1, _is_later, lambda fields: _set(channel=_OTHER_CHANNEL[fields[CHANNEL]])(fields)
    ),
    "accepted_date_moved": LinePlan("2023-08", 1, _is_later, _a_week_back),
}

# How a defect that is bound to a day or to counted cases is planted in another week than its own.
MOVED_PLANS: Final[dict[str, LinePlan]] = {
    "slash_timestamps": LinePlan(ANY_WEEK, 1, _is_whole, _with_slashes),
    "completed_before_accepted": LinePlan(ANY_WEEK, 2, _is_whole_from_two, _moved(CLOSED, ACCEPTED, hours=-1)),
}


def line_edits(chosen: frozenset[str], week_id: str, raw: Path, catalogue: Catalogue) -> dict[int, LineEdit]:
    """Which lines of a week's rows to rewrite (position among them, from 0), and how.

    Raises LookupError where a defect is to be planted in any week, and too few of its lines fit.
    """
    edits: dict[int, LineEdit] = {}
    is_any_week = week_id == ANY_WEEK
    plans = PLANS | MOVED_PLANS if is_any_week else PLANS
    for name, plan in plans.items():
        is_planted_here = is_any_week or plan.week_id == week_id
        if name not in chosen or not is_planted_here:
            continue
        edit = _with_item_of_another(catalogue) if name == "item_of_another" else plan.edit
        positions = _fitting(raw, plan, edits)
        if is_any_week and len(positions) < plan.lines:
            raise LookupError(name)
        for position in positions:
            edits[position] = _of_line(edit)
    is_withdrawal_in_week = week_id in ("2023-09", "2023-11")
    if is_withdrawal_in_week and "withdrawn_cases" in chosen:
        lines = withdrawn_lines(catalogue, is_taken_back=week_id == "2023-11")
        edits[next(_free(edits))] = lambda line: [line, *lines]
    return edits


def _of_line(edit: Callable[[Fields], list[Fields]]) -> LineEdit:
    return lambda line: [",".join(fields) for fields in edit(line.split(","))]


def _fitting(raw: Path, plan: LinePlan, taken: dict[int, LineEdit]) -> list[int]:
    found: list[int] = []
    with raw.open(encoding="utf-8") as lines:
        for position, line in enumerate(lines):
            if position not in taken and plan.fits(line.rstrip("\n").split(",")):
                found.append(position)
                if len(found) == plan.lines:
                    break
    return found


def _free(taken: dict[int, LineEdit]) -> Iterator[int]:
    return (position for position in range(len(taken) + 1) if position not in taken)


def _with_item_of_another(catalogue: Catalogue) -> Callable[[Fields], list[Fields]]:
    """The code of a licence of the market regulator, on whatever the line is about."""
    return _set(item=next(item.code for item in catalogue.items_of("shichang") if item.group == 0))


def alter_cases(cases: CaseTable, chosen: frozenset[str], catalogue: Catalogue) -> None:
    """Defects that must be known before anything is counted."""
    for name, alter in _ALTERATIONS.items():
        if name in chosen:
            alter(cases, catalogue)


def _complete_before_accepted(cases: CaseTable, _: Catalogue) -> None:
    """Two cases of issue 10 completed an hour before they were accepted, on the same day."""
    is_candidate = (cases.first_week == 9) & (cases.closed_week == 9) & cases.is_completed
    is_candidate &= (cases.accepted % DAY > 2 * 3600) & (cases.accepted // DAY == cases.closed // DAY)
    two = np.flatnonzero(is_candidate)[:2]
    cases.closed[two] = cases.accepted[two] - 3600


def _let_deadline_pass(cases: CaseTable, catalogue: Catalogue) -> None:
    """One case of issue 2 that is open to the end was due on the last day of the issue on which a case was accepted."""
    is_long = np.array([item.item_class == LONG for item in catalogue.items])[cases.item]
    is_of_issue = cases.first_week == 1
    one = np.flatnonzero(is_of_issue & (cases.closed == OPEN) & is_long)[:1]
    cases.due[one] = (cases.accepted[is_of_issue].max() // DAY + 1) * DAY - 1


def _report_late(cases: CaseTable, _: Catalogue) -> None:
    one = _late_case(cases)
    cases.first_week[one] = LATE_REPORTED_IN


def _late_case(cases: CaseTable) -> Array:
    """The case that was accepted in issue 10 and is first reported in issue 12; it is closed later, or not at all."""
    start = (cases.first_week == LATE_ACCEPTED_IN) | (cases.first_week == LATE_REPORTED_IN)
    in_week = cases.ymd == 20230313
    return np.flatnonzero(start & in_week & (cases.closed_week > LATE_REPORTED_IN))[:1]


def _let_department_surge(cases: CaseTable, catalogue: Catalogue) -> None:
    """In issue 12 two fifths of one department's public services are put down to another one."""
    department = np.array(list(map(attrgetter("department"), catalogue.items)))[cases.item]
    group = np.array(list(map(attrgetter("group"), catalogue.items)))[cases.item]
    is_in_week = (cases.first_week == SURGE_IN_WEEK) & (cases.closed_week == SURGE_IN_WEEK)
    is_of_department = department == catalogue.position(SURGE_FROM)
    is_public_service = group == 1
    fitting = np.flatnonzero(is_in_week & is_of_department & is_public_service)
    chosen = fitting[: len(fitting) * 2 // 5]
    public_services = filter(attrgetter("group"), catalogue.items_of(SURGE_TO))
    cases.item[chosen] = catalogue.items.index(next(public_services))


_ALTERATIONS: Final[dict[str, Callable[[CaseTable, Catalogue], None]]] = {
    "completed_before_accepted": _complete_before_accepted,
    "deadline_long_passed": _let_deadline_pass,
    "reported_late": _report_late,
    "department_surge": _let_department_surge,
}


def restate(known: Array, cases: CaseTable, catalogue: Catalogue, chosen: frozenset[str]) -> Array:
    """Add to what became `known` in each week what the defects add; returns the part of it that is about earlier weeks.

    Both arrays: cases by (week, department, power type, measure).
    """
    restated = np.zeros_like(known)
    codes = [code for code, _, _ in catalogue.power_types]
    if "withdrawn_cases" in chosen:
        item = withdrawn_item(catalogue)
        place = (item.department, codes.index(item.power_type), 0)
        known[(ADDED_IN_WEEK, *place)] += WITHDRAWN_CASES
        known[(TAKEN_BACK_IN_WEEK, *place)] -= WITHDRAWN_CASES
        restated[(TAKEN_BACK_IN_WEEK, *place)] -= WITHDRAWN_CASES
    if "reported_late" in chosen:
        for one in _late_case(cases):
            item = catalogue.items[cases.item[one]]
            restated[LATE_REPORTED_IN, item.department, codes.index(item.power_type), 0] += 1
    return restated


def withdrawn_item(catalogue: Catalogue) -> Item:
    """The item of the cases that are reported in issue 9 and taken back in issue 11."""
    items = catalogue.items_of(WITHDRAWN_DEPARTMENT)
    return next(item for item in items if item.group == 0 and item.item_class == PROMISED)


def withdrawn_lines(catalogue: Catalogue, *, is_taken_back: bool) -> list[str]:
    """The extra lines: first as new cases (I), later taken back (D)."""
    item = withdrawn_item(catalogue)
    department = catalogue.departments[item.department].name
    mark, updated = ("D", "2023-03-22 16:20:05") if is_taken_back else ("I", "2023-03-08 15:40:12")
    lines = []
    for i in range(1, WITHDRAWN_CASES + 1):
        body = np.array([51_990_019_800_101_000 + i])
        certificate = f"{body[0]}{ID_CHECKS[int(id_check_positions(body)[0])]}"
        fields = [
            f"510000-20230308-99000{i}", item.code, item.name, item.power_label, department, "承诺件", "电脑网上",
            "自然人", "张样宁", certificate, str(MOBILE_BASE + i), "样例市锦样区演示路1号", "2023-03-08 14:58:00",
            f"2023-03-08 15:3{i}:00", "2023-05-31 23:59:59", "", "", "", mark, updated,
        ]  # fmt: skip
        lines.append(",".join(fields))
    return lines
