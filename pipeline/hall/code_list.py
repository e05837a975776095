"""Reads the code lists in force as rows of text, with the hall's own groups of power types.

Which labels a cell may have is read in `pipeline.ingest.cells.code_lists`, tables are made in `pipeline.warehouse`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.common.utf8_text import NotUtf8Error, read_utf8
from pipeline.hall.errors import HallError
from pipeline.hall.facts import PowerGroup
from pipeline.hall.files_in_force import Files, files_of

POWER_TYPES: Final = "power_type"
DEPARTMENTS: Final = "department"


@dataclass(frozen=True)
class CodeList:
    """A list by its file's name without `.csv`; every value is a text without blanks around it, or None."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]

    @property
    def records(self) -> list[dict[str, str]]:
        """The rows by the names of their columns; nothing is the empty text."""
        return [{name: value or "" for name, value in zip(self.columns, row, strict=True)} for row in self.rows]


def code_lists(reference: Files, groups: Sequence[PowerGroup] = ()) -> list[CodeList]:
    """Returns all lists in force by name; `groups` take the place of the groups in the list of power types.

    Raises HallError for a row with too few or too many cells, and for groups that do not hold each power type.
    """
    lists = []
    for path in files_of(reference, "*.csv"):
        read = read_code_list(path)
        if groups and read.name == POWER_TYPES:
            read = regrouped(read, groups)
        lists.append(read)
    return lists


def labels_of_lists(reference: Files) -> dict[str, tuple[str, ...]]:
    """Returns what each list calls its entries: the labels of codes, and the names that departments have now.

    Raises HallError as `read_code_list`.
    """
    labels = {}
    for one in code_lists(reference):
        column = "department_name" if one.name == DEPARTMENTS else "label"
        if column in one.columns:
            labels[one.name] = tuple(record[column] for record in one.records)
    return labels


def read_code_list(path: Path) -> CodeList:
    """Reads one CSV; empty lines do not count.

    Raises HallError for a text that is no UTF-8, and for a row with too few or too many cells.
    """
    try:
        text = read_utf8(path)
    except NotUtf8Error as error:
        raise HallError(f"代码表 {error}") from error
    # csv gives [] for an empty line.
    lines = list(filter(None, csv.reader(io.StringIO(text, newline=""))))
    if not lines:
        raise HallError(f"代码表 {path.name} 是空的：第一行应是表头。")
    header, *body = lines
    rows = []
    for number, line in enumerate(body, start=2):
        if len(line) != len(header):
            raise HallError(
                f"代码表 {path.name} 第 {number} 行有 {len(line)} 列，表头有 {len(header)} 列（{'、'.join(header)}）。"
            )
        rows.append(tuple(value.strip() or None for value in line))
    return CodeList(path.stem, tuple(header), tuple(rows))


def regrouped(power_types: CodeList, groups: Sequence[PowerGroup]) -> CodeList:
    """Returns the power types in the hall's groups and in their order.

    Raises HallError for a power type that the list does not know, and for one that no group holds: its cases would be
    missing from every chart by groups.
    """
    by_label = {record["label"]: record for record in power_types.records}
    named = [label for group in groups for label in group.types]
    unknown = [label for label in named if label not in by_label]
    if unknown:
        known = "、".join(by_label)
        raise HallError(f"hall.toml 的 power_groups 中没有这种事项类型：{'、'.join(unknown)}；应是 {known} 之一。")
    lost = [label for label in by_label if label not in named]
    if lost:
        raise HallError(f"hall.toml 的 power_groups 漏了事项类型 {'、'.join(lost)}：每种都要归入一组。")
    rows = tuple(_rows_of(power_types.columns, by_label, groups))
    return CodeList(power_types.name, power_types.columns, rows)


def _rows_of(
    columns: Sequence[str], by_label: dict[str, dict[str, str]], groups: Sequence[PowerGroup]
) -> Iterator[tuple[str | None, ...]]:
    place = 0
    for group in groups:
        for label in group.types:
            place += 1
            own = {"power_group": group.code, "power_group_label": group.label, "sort_order": str(place)}
            record = by_label[label] | own
            yield tuple(record[name] or None for name in columns)
