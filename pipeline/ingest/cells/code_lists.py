"""The code lists and names that cells are checked against; resolving a name to an id belongs in SQL (`sql/core`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline.common.characters import visible
from pipeline.common.utf8_text import read_utf8_csv
from pipeline.hall.files_in_force import Files, files_of

CodeLists = Mapping[str, frozenset[str]]
"""Accepted labels by list name, such as `channel` → {窗口, 网上}."""
# An export may write the code, or another word, in the place of a label: the list's column `alias` has these.
_LABEL_COLUMNS = ("label", "alias")
_LIST_NAME = {"department_alias": "department"}


def read_code_lists(*places: Files) -> CodeLists:
    """Accepted labels by list name (`power_type`, `channel`, …; `department` holds every known name and alias).

    A place holds one CSV a list; one without labels, such as a table of targets, is no code list. Lists of one name
    in several places are one list; a folder that is not there has none. Raises NotUtf8Error.
    """
    lists: dict[str, frozenset[str]] = {}
    for place in places:
        for path in files_of(place, "*.csv"):
            labels = _labels_in(path)
            if labels:
                name = _LIST_NAME.get(path.stem, path.stem)
                lists[name] = lists.get(name, frozenset()) | labels
    return lists


def _labels_in(path: Path) -> frozenset[str]:
    """The labels of one list without what nobody sees; empty cells and columns that are not there give none."""
    cells = [row.get(column) for row in read_utf8_csv(path) for column in _LABEL_COLUMNS]
    filled = filter(None, cells)
    return frozenset(visible(cell).strip() for cell in filled)
