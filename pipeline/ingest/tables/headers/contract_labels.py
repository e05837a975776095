"""Says which field of a contract a header label names; how a header is cut into labels, `paths` says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from pipeline.contracts import Contract, Field
from pipeline.contracts.labels import OTHER_PERIOD, label_key, written_key
from pipeline.ingest.tables.headers.paths import Row

RUNNING = "序号"
"""The label of a column that only counts the rows; no contract needs to name it."""
_COLUMNS_BESIDE = 200
"""So many columns that nobody knows may stand beside those of a contract, and its header is still found."""
_POSITION = re.compile("第([1-9][0-9]*)列")  # 第4列


@lru_cache(maxsize=64)
def fields_by_path(contract: Contract) -> dict[str, Field]:
    """Returns the field of each label of the contract, by the label keys of its path joined with "/".

    Example: the label 办件情况/受 理 has the path 办件情况/受理. A label of two fields belongs to the first one.
    """
    fields: dict[str, Field] = {}
    for field in contract.fields:
        for label in field.all_labels:
            parts = map(label_key, label.split("/"))
            fields.setdefault("/".join(parts), field)
    return fields


@lru_cache(maxsize=64)
def ignored_labels(contract: Contract) -> frozenset[str]:
    """Returns the label keys of columns that nobody needs; one that only counts the rows says nothing anywhere."""
    labels = (*contract.ignored_labels, RUNNING)
    return frozenset(map(label_key, labels))


@lru_cache(maxsize=64)
def twins_by_path(contract: Contract) -> dict[str, Field | None]:
    """Returns the field of each label that differs from another one only in its brackets; None for one of no interest.

    Example: 预登记 and 预登记（新） are two fields; their label keys are the same, their written keys are not.
    """
    named: list[tuple[str, Field | None]] = [(label, field) for field in contract.fields for label in field.all_labels]
    named += [(label, None) for label in contract.ignored_labels]
    written: dict[str, dict[str, Field | None]] = {}
    for label, field in named:
        parts = label.split("/")
        path = "/".join(map(label_key, parts))
        path_as_written = "/".join(map(written_key, parts))
        written.setdefault(path, {}).setdefault(path_as_written, field)
    twins: dict[str, Field | None] = {}
    for fields_as_written in written.values():
        names = set(map(_name_of, fields_as_written.values()))
        if len(names) > 1:
            twins.update(fields_as_written)
    return twins


def _name_of(field: Field | None) -> str:
    return field.name if field else ""


def twin_path(texts: Sequence[str], twins: Mapping[str, Field | None]) -> str | None:
    """Returns the path of a column that is one of `twins` as it is written, or None."""
    if not twins:
        return None
    labels = filter(None, map(written_key, texts))
    parts = list(dict.fromkeys(labels))
    for start in range(len(parts)):
        path = "/".join(parts[start:])
        if path in twins:
            return path
    return None


@lru_cache(maxsize=64)
def labels_by_place(contract: Contract) -> dict[int, str]:
    """Returns the labels by which the contract names columns that have none, by their place from 0.

    Example: the label 第 4 列 gives {3: "第4列"}.
    """
    labels = {*fields_by_path(contract), *ignored_labels(contract)}
    matches = filter(None, map(_POSITION.fullmatch, labels))
    return {int(match[1]) - 1: match[0] for match in matches}


@lru_cache(maxsize=64)
def columns_searched(contract: Contract) -> int:
    """Returns in how many columns the contract's header is looked for; the one that is found is read in full.

    A stray cell in column XFD, the 16,384th, makes every row of its sheet so wide, and each look so long.
    """
    last_place = max(labels_by_place(contract), default=0) + 1
    return max(_COLUMNS_BESIDE + 2 * len(contract.fields), last_place)


@lru_cache(maxsize=64)
def known_labels(contract: Contract) -> frozenset[str]:
    """Returns the outermost and innermost label keys of every header path that the contract knows."""
    labels = set()
    for path in fields_by_path(contract):
        parts = path.split("/")
        labels.add(parts[0])
        labels.add(parts[-1])
    return frozenset(labels)


def names(row: Row, known: frozenset[str]) -> bool:
    """Whether a row holds at least two known labels, as the top of a header does."""
    hits = 0
    for cell in row[: _COLUMNS_BESIDE + 2 * len(known)]:
        if cell and label_key(cell) in known:
            hits += 1
    return hits >= 2


def field_of(label: str, contract: Contract) -> Field | None:
    """Returns the field that a header path names, whether or not another column holds it already."""
    return field_of_path(label.split("/"), fields_by_path(contract))


def field_of_path(parts: Sequence[str], fields: dict[str, Field]) -> Field | None:
    """Returns the field of the longest end of a path that is known, or None.

    A label above may only be left out if it names no other period: 办件情况/受理 is 受理, 去年同期/受理 is not.
    """
    for start in range(len(parts)):
        field = fields.get("/".join(parts[start:]))
        if field is None:
            continue
        for left_out in parts[:start]:
            if OTHER_PERIOD.search(left_out):
                return None
        return field
    return None
