"""Planting the listed defects into the case files belongs here; the list of them and plain cases do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from pipeline.sample.cases import DAY, CaseTable
from pipeline.sample.catalogue import PROMISED, Catalogue, Item
from pipeline.sample.identity import ID_CHECKS, MOBILE_BASE, id_check_positions

LineEdit = Callable[[str], list[str]]

WITHDRAWN_CASES: Final = 3
WITHDRAWN_DEPARTMENT: Final = "shuili"
ADDED_IN_WEEK, TAKEN_BACK_IN_WEEK = 8, 10
_TIME_FIELDS: Final = (12, 13, 14, 15, 19)
_ACCEPTED_FIELD, _CHANNEL_FIELD = 13, 6


def alter_cases(cases: CaseTable, chosen: frozenset[str]) -> None:
    """Defects that must be known before anything is counted: two cases of issue 10 completed before accepted."""
    if "completed_before_accepted" not in chosen:
        return
    is_candidate = (cases.first_week == 9) & (cases.closed_week == 9) & cases.is_completed
    is_candidate &= (cases.accepted % DAY > 2 * 3600) & (cases.accepted // DAY == cases.closed // DAY)
    two = np.flatnonzero(is_candidate)[:2]
    cases.closed[two] = cases.accepted[two] - 3600


def line_edits(chosen: frozenset[str], week_id: str, fresh: list[int], catalogue: Catalogue) -> dict[int, LineEdit]:
    """Which lines of a week's file to rewrite (position among the data rows, from 0), and how.

    `fresh` are positions of a few cases accepted in the week, those of the printed Monday first.
    """
    edits: dict[int, LineEdit] = {}
    if week_id == "2023-07" and "impossible_date" in chosen:
        edits[fresh[0]] = _with_impossible_date
    if week_id == "2023-15" and "slash_timestamps" in chosen:
        edits[fresh[0]] = _with_slashes
    if week_id == "2023-09" and "repeated_line" in chosen:
        edits[fresh[1]] = _repeated
    if week_id == "2023-13" and "unknown_channel" in chosen:
        edits |= dict.fromkeys(fresh[:5], _with_unknown_channel)
    if week_id in ("2023-09", "2023-11") and "withdrawn_cases" in chosen:
        lines = withdrawn_lines(catalogue, is_taken_back=week_id == "2023-11")
        edits[fresh[0]] = lambda line: [line, *lines]
    return edits


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


def _with_impossible_date(line: str) -> list[str]:
    fields = line.split(",")
    fields[0] = fields[0][:-6] + "990101"
    fields[_ACCEPTED_FIELD] = "2023-02-30 10:15:00"
    return [line, ",".join(fields)]


def _with_slashes(line: str) -> list[str]:
    fields = line.split(",")
    for i in _TIME_FIELDS:
        fields[i] = _slashed(fields[i])
    return [",".join(fields)]


def _slashed(text: str) -> str:
    """`2023-04-17 09:05:00` as `2023/4/17 9:05`; the seconds go, as they do on a sheet."""
    if not text:
        return text
    day, time = text.split(" ")
    year, month, dom = day.split("-")
    hour, minute, _ = time.split(":")
    return f"{year}/{int(month)}/{int(dom)} {int(hour)}:{minute}"


def _repeated(line: str) -> list[str]:
    return [line, line]


def _with_unknown_channel(line: str) -> list[str]:
    fields = line.split(",")
    fields[_CHANNEL_FIELD] = "自助终端"
    return [",".join(fields)]
