"""Finds the columns that tell the rows of a table apart, and the one that tells which state of a row is the latest."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from pipeline.contracts import FieldType
from pipeline.contracts.model import DATED
from pipeline.ingest.authoring.drafting.columns import DraftColumn
from pipeline.ingest.authoring.drafting.label_words import is_identifier
from pipeline.ingest.authoring.drafting.row_cells import filled_text
from pipeline.ingest.tables.header_paths import Row

_KEY_CANDIDATES = 10
_KEY_COLUMNS = 3
# 办件状态, 当前环节, 办结结果: what changes from one state of a row to the next
_STATE_LABEL = re.compile("状态|环节|结果|阶段|进度|步骤|stat(e|us)|stage|step")
# Of rows that are states of one thing, at least this share of the other columns says the same in all of them.
_SAME_SHARE = 0.5
# 更新时间, 最后修改, updated_at
_CHANGED_LABEL = re.compile("更新|修改|updat|modif")


@dataclass(frozen=True)
class KeyGuess:
    """The columns that tell rows apart, () where none do; the field that tells the latest of several states; and why.

    `restates` says that rows of one key are states of one thing, in this file or in those to come.
    """

    columns: tuple[str, ...] = ()
    latest: str = ""
    restates: bool = False
    evidence: str = ""


def guess_key(columns: Sequence[DraftColumn], rows: Sequence[Row]) -> KeyGuess:
    """The key of a table: one that names each row, one whose rows are states of it, or several columns together."""
    key = smallest_key(columns, rows)
    identifiers = {column.name for column in columns if _may_name_things(column)}
    names_each_row = len(key) == 1 and identifiers.issuperset(key)
    # Moments to the second tell rows apart by chance: an identifier that repeats comes before them.
    states = None if names_each_row else _key_of_states(columns, rows)
    if states is not None:
        return states
    if not key:
        return KeyGuess(evidence=_why_no_key(columns, rows))
    latest = latest_by(columns)
    is_of_latest = latest is not None and latest.name not in key
    return KeyGuess(
        columns=key,
        latest=latest.name if latest and is_of_latest else "",
        restates=len(key) == 1 and is_of_latest,
        evidence=f"在看过的 {len(rows):,} 行中不重复",
    )


def _key_of_states(columns: Sequence[DraftColumn], rows: Sequence[Row]) -> KeyGuess | None:
    """An identifier that repeats where a moment tells its rows apart, and most other columns stay the same; or None.

    A case with a row for each of its states is one; a window with a row for each of its tickets, or a case with a row
    for each of its documents, is none.
    """
    moments = [column for column in columns if _is_moment(column)]
    moments.sort(key=lambda column: not _tells_last_change(column))
    for identifier in filter(_may_name_things, columns):
        for moment in moments:
            if _are_states(identifier, moment, columns, rows):
                return KeyGuess(
                    columns=(identifier.name,),
                    latest=moment.name,
                    restates=True,
                    evidence=_evidence_of_states(identifier, moment, rows),
                )
    return None


def _are_states(
    identifier: DraftColumn, moment: DraftColumn, columns: Sequence[DraftColumn], rows: Sequence[Row]
) -> bool:
    """Whether rows of one identifier differ by a moment, and by nothing that would name another thing."""
    distinct_rows = list(dict.fromkeys(tuple(row) for row in rows))
    groups = _groups(identifier, distinct_rows)
    if "" in groups or len(groups) == len(distinct_rows):
        return False
    repeated = [group for group in groups.values() if len(group) > 1]
    if not all(_differ(moment, group) for group in repeated):
        return False
    others = [column for column in columns if _is_said_of_thing(column) and column is not identifier]
    if any(_differs_everywhere(column, repeated) for column in others):
        return False
    same = [column for column in others if all(_is_same(column, group) for group in repeated)]
    has_state = any(map(_tells_state, columns))
    return has_state if not others else len(same) >= _SAME_SHARE * len(others)


def _groups(identifier: DraftColumn, rows: Sequence[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row, value in zip(rows, _filled_values(identifier, rows), strict=True):
        groups[value].append(row)
    return groups


def _differ(column: DraftColumn, rows: Sequence[Row]) -> bool:
    """Whether a column has a value in each of the rows, and another in each."""
    values = {filled_text(row, column.index) for row in rows}
    return "" not in values and len(values) == len(rows)


def _differs_everywhere(column: DraftColumn, groups: Sequence[Sequence[Row]]) -> bool:
    return all(_differ(column, group) for group in groups)


def _is_same(column: DraftColumn, rows: Sequence[Row]) -> bool:
    return len({filled_text(row, column.index) for row in rows}) == 1


def _is_said_of_thing(column: DraftColumn) -> bool:
    """Whether a column is to stay the same from state to state: neither a moment, nor a state, nor prose."""
    may_change = _is_moment(column) or column.free_text or _tells_state(column)
    return not (may_change or column.personal)


def _tells_state(column: DraftColumn) -> bool:
    return _STATE_LABEL.search(column.title.lower()) is not None


def _is_moment(column: DraftColumn) -> bool:
    return column.guess.type in DATED and not column.personal


def _may_name_things(column: DraftColumn) -> bool:
    return is_identifier(column.title) and _may_be_key(column)


def _evidence_of_states(identifier: DraftColumn, moment: DraftColumn, rows: Sequence[Row]) -> str:
    values = _filled_values(identifier, rows)
    return (
        f"看过的 {len(rows):,} 行中有 {len(set(values)):,} 个不同的“{identifier.title}”，"
        f"重复的各行“{moment.title}”不同，像是同一件的几个状态"
    )


def _why_no_key(columns: Sequence[DraftColumn], rows: Sequence[Row]) -> str:
    """How often the best identifier repeats; "" where there is no such column."""
    for column in filter(_may_name_things, columns):
        different = len(set(filter(None, _filled_values(column, rows))))
        return f"“{column.title}”在 {len(rows):,} 行中只有 {different:,} 个不同"
    return ""


def smallest_key(columns: Sequence[DraftColumn], rows: Sequence[Row]) -> tuple[str, ...]:
    """The fewest columns whose values tell all rows apart, identifiers first; () where three do not suffice.

    Moments to the second may differ by chance: one alone is the key only where other columns do not tell rows apart.
    """
    candidates = list(filter(_may_be_key, columns))
    candidates.sort(key=lambda column: (not is_identifier(column.title), _tells_state(column), column.index))
    values_without_gaps: dict[str, list[str]] = {}
    for column in candidates:
        values = _filled_values(column, rows)
        if all(values):
            values_without_gaps[column.name] = values
    names = list(values_without_gaps)[:_KEY_CANDIDATES]
    moments = {column.name for column in candidates if column.guess.type is FieldType.DATETIME}
    keys = chain.from_iterable(combinations(names, size) for size in range(1, _KEY_COLUMNS + 1))
    by_chance: tuple[str, ...] = ()
    for key in keys:
        key_values = map(values_without_gaps.__getitem__, key)
        tells_apart = len(set(zip(*key_values, strict=True))) == len(rows)
        if tells_apart and not moments.issuperset(key):
            return key
        if tells_apart:
            by_chance = by_chance or key
    return by_chance


def latest_by(columns: Sequence[DraftColumn]) -> DraftColumn | None:
    """The column that tells when a row was last changed: 更新时间; None where there is none."""
    return next(filter(_tells_last_change, columns), None)


def _tells_last_change(column: DraftColumn) -> bool:
    if column.guess.type is not FieldType.DATETIME or column.personal:
        return False
    return _CHANGED_LABEL.search(column.title.lower()) is not None


def _may_be_key(column: DraftColumn) -> bool:
    # A dropped column is not stored, prose is long, and a count is equal by chance.
    is_dropped = column.personal == "drop"
    return not (is_dropped or column.free_text or column.is_numeric)


def _filled_values(column: DraftColumn, rows: Sequence[Row]) -> list[str]:
    """The texts of a column, merged cells filled downwards."""
    values: list[str] = []
    above = ""
    for row in rows:
        text = filled_text(row, column.index)
        if not text and column.fill_down:
            text = above
        values.append(text)
        above = text
    return values
