"""Turns the rows of a header into one path of labels a column; which field a path names, `contract_labels` says.

A header of two rows

    办件情况 |      | 备注
    本周     | 累计 |

has the paths (办件情况, 本周), (办件情况, 累计), (备注,). Units in the labels are read by `units`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from operator import itemgetter

from pipeline.common.characters import visible
from pipeline.contracts.labels import label_key
from pipeline.ingest.cells.units import read_unit

Row = Sequence[str | None]
"""The texts of a row's cells from left to right; None where a cell is empty."""

_ROWS_AT_ONCE = 2_000

_CHINESE = re.compile("[一-鿿]")  # 受理 in "受理 count"


def flatten(levels: Sequence[Row]) -> list[tuple[str, ...]]:
    """Returns the header path of each column, as label keys, from the outermost label to the innermost.

    A label spans the blank cells to its right as long as its parent does; the last level never spans. A repeated label
    (a vertical merge written twice) counts once, a line of units (件, 万件) under the labels not at all.
    Example: [["办件", None, "备注"], ["本周", "累计", None]] gives [("办件", "本周"), ("办件", "累计"), ("备注",)].
    """
    paths = []
    for texts in spanned_texts(levels):
        keys = list(map(label_key, texts))
        paths.append(_distinct_labels(keys))
    return paths


def spanned_texts(levels: Sequence[Row]) -> list[list[str]]:
    """Returns the texts of each column from top to bottom, where a merged label stands in every column it spans."""
    width = max(map(len, levels), default=0)
    grid = [_padded(row, width) for row in levels]
    keys = [list(map(label_key, texts)) for texts in grid]
    upper_levels = range(len(grid) - 1)
    columns_with_left = range(1, width)
    for level, column in product(upper_levels, columns_with_left):
        if _is_spanned(keys, level, column):
            keys[level][column] = keys[level][column - 1]
            grid[level][column] = grid[level][column - 1]
    texts_by_column = zip(*grid, strict=True)
    return list(map(list, texts_by_column))


def _padded(row: Row, width: int) -> list[str]:
    """Returns the texts of a row, filled up with empty ones to the width of the header."""
    texts = [cell or "" for cell in row]
    missing = width - len(texts)
    return texts + [""] * missing


def _is_spanned(keys: Sequence[Sequence[str]], level: int, column: int) -> bool:
    """Whether the label on the left spans this blank cell: a label stands below it, and all parents are the same."""
    if keys[level][column]:
        return False
    own_key, key_on_the_left = itemgetter(column), itemgetter(column - 1)
    has_label_below = any(map(own_key, keys[level + 1 :]))
    if not has_label_below:
        return False
    levels_above = keys[:level]
    parents = list(map(own_key, levels_above))
    parents_on_the_left = list(map(key_on_the_left, levels_above))
    return parents == parents_on_the_left


def _distinct_labels(keys: Sequence[str]) -> tuple[str, ...]:
    """Returns the labels of one column without blanks, repetitions and, below the first one, units."""
    path: list[str] = []
    for key in keys:
        if not key:
            continue
        if not path:
            path.append(key)
            continue
        is_repeated = path[-1] == key
        if not is_repeated and read_unit(key) is None:
            path.append(key)
    return tuple(path)


def written_labels(levels: Sequence[Row]) -> dict[str, str]:
    """Returns the labels of a header as people write them, by their label key.

    Example: [["受 理(件)"]] gives {"受理": "受理(件)"}.
    """
    labels: dict[str, str] = {}
    for row in levels:
        for cell in filter(None, row):
            key = label_key(cell)
            if key:
                labels[key] = _without_line_breaks(cell)
    return labels


def _without_line_breaks(label: str) -> str:
    """Returns a label on one line; Chinese needs no blank where the line was broken."""
    words = label.split()
    if _CHINESE.search(label):
        return "".join(words)
    return " ".join(words)


def rows_between(rows: Sequence[Row], first: int, last: int) -> Iterator[Row]:
    """Yields the rows from `first` up to the one before `last`, without going through those above them.

    A sheet of 3,000 tables has as many beginnings, and a large sheet is asked for its rows many at once.
    """
    for begin in range(first, min(last, len(rows)), _ROWS_AT_ONCE):
        yield from rows[begin : min(begin + _ROWS_AT_ONCE, last)]


def text_at(row: Row, place: int) -> str:
    """Returns the stripped text of a cell; an empty one where nothing stands or the row is shorter."""
    cell = row[place] if place < len(row) else None
    return (cell or "").strip()


def keys_of(row: Row) -> tuple[str, ...]:
    """Returns the label key of each cell of a row; that of an empty cell is empty."""
    return tuple(label_key(cell or "") for cell in row)


def is_blank_row(row: Row) -> bool:
    """Whether no cell of the row shows anything."""
    for cell in row:
        if cell is None:
            continue
        if visible(cell).strip():
            return False
    return True
