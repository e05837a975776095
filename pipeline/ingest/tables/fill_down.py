"""Says whether the blanks of a column mean "as above", as below the first row of a merged cell, or a forgotten value.

A sheet's texts do not tell merged cells. Where each department stands once at the head of its rows, blanks are the
rule; a gap in a column that is filled in nearly every row is a missing value, and never that of the row above.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline.common.characters import visible
from pipeline.contracts import Contract
from pipeline.ingest.tables.header import Header
from pipeline.ingest.tables.header_paths import Row
from pipeline.ingest.tables.rows import RowKind

_BLOCKS_PER_LONG_ONE = 3
"""Of so many blocks at least one has several rows where blanks are the rule."""
_FEWEST_ROWS = 4
"""In fewer rows there is no rule to be seen; a blank below a value is taken for a merged cell."""


def filled_down_columns(
    rows: Iterable[tuple[int, Row, RowKind]], header: Header, contract: Contract
) -> Mapping[str, bool]:
    """Returns for each field that the contract fills down whether the blanks of this table mean "as above".

    `rows` are the physical row, cells and kind of each row; a total ends what stands above it.
    """
    columns = [column for column in header.columns if column.field is not None and column.field.fill_down]
    texts: dict[str, list[str | None]] = {column.field.name: [] for column in columns if column.field}
    groups: list[int] = []
    group = 0
    for _, row, kind in rows:
        if kind is RowKind.TOTAL:
            group += 1
        if kind is not RowKind.DATA:
            continue
        groups.append(group)
        for column in columns:
            if column.field is not None:
                texts[column.field.name].append(row[column.index] if column.index < len(row) else None)
    return {name: blanks_mean_above(cells, groups) for name, cells in texts.items()}


def blanks_mean_above(cells: Sequence[str | None], groups: Sequence[int]) -> bool:
    """Whether the blank cells of a column stand for the value above them.

    `groups` says for each cell between which totals it stands. Examples, with a dot for a blank: 甲 . . 乙 . is merged;
    甲 甲 乙 . 丙 is flat with a gap, and so is 甲 乙 . 丙 丁 戊.
    """
    blanks, repeated = 0, 0
    lengths: list[int] = []  # of the blocks: a value with the blanks and repetitions below it
    above, group_above = "", -1
    for cell, group in zip(cells, groups, strict=True):
        text = visible(cell or "").strip()
        is_further = group == group_above and lengths != []
        if is_further and not text:
            blanks += 1
            lengths[-1] += 1
        elif is_further and text == above:
            repeated += 1
            lengths[-1] += 1
        elif text:
            lengths.append(1)
        above, group_above = text or above, group
    if blanks == 0 or len(cells) < _FEWEST_ROWS:
        return True
    long_blocks = sum(length > 1 for length in lengths)
    is_lone = blanks == 1 and len(lengths) >= _BLOCKS_PER_LONG_ONE
    return not is_lone and blanks > repeated and long_blocks * _BLOCKS_PER_LONG_ONE >= len(lengths)
