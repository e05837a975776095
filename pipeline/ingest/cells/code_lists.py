"""The code lists and names that cells are checked against; resolving a name to an id belongs in SQL (core)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from pipeline.common.characters import visible

CodeLists = Mapping[str, frozenset[str]]
_LABEL_COLUMN = {"department_alias": "alias"}
_LIST_NAME = {"department_alias": "department"}


def read_code_lists(folder: Path) -> CodeLists:
    """Accepted labels by list name (`power_type`, `channel`, …; `department` holds every known name and alias)."""
    lists: dict[str, frozenset[str]] = {}
    for path in sorted(folder.glob("*.csv")):
        column = _LABEL_COLUMN.get(path.stem, "label")
        with path.open(encoding="utf-8-sig", newline="") as file:
            labels = frozenset(visible(row[column]).strip() for row in csv.DictReader(file) if row.get(column))
        if labels:
            lists[_LIST_NAME.get(path.stem, path.stem)] = labels
    return lists
