"""Finds the columns that tell the rows of a table apart, and the one that tells which state of a row is the latest."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, combinations, product
from operator import attrgetter, ne

from pipeline.contracts import FieldType
from pipeline.contracts.model import DATED
from pipeline.ingest.authoring.drafting.columns import DraftColumn
from pipeline.ingest.authoring.drafting.label_words import is_identifier
from pipeline.ingest.authoring.drafting.row_cells import filled_text
from pipeline.ingest.tables.headers.paths import Row

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
    identifiers = list(filter(_may_name_things, columns))
    names = set(map(attrgetter("name"), identifiers))
    names_each_row = len(key) == 1 and names.issuperset(key)
    if names_each_row:
        return _key_of_rows(key, columns, rows)
    states = _key_of_states(identifiers, columns, rows)
    if states is not None:
        return states
    if not key:
        return KeyGuess(evidence=_why_no_key(identifiers, rows))
    return _key_of_rows(key, columns, rows)


def _key_of_rows(key: tuple[str, ...], columns: Sequence[DraftColumn], rows: Sequence[Row]) -> KeyGuess:
    """A key of which each row has its own value, in this file; in one to come, a later state may follow."""
    evidence = f"在看过的 {len(rows):,} 行中不重复"
    latest = latest_by(columns)
    if latest is None or latest.name in key:
        return KeyGuess(key, evidence=evidence)
    return KeyGuess(
        columns=key,
        latest=latest.name,
        restates=len(key) == 1,
        evidence=evidence,
    )


def _key_of_states(
    identifiers: Sequence[DraftColumn], columns: Sequence[DraftColumn], rows: Sequence[Row]
) -> KeyGuess | None:
    """An identifier that repeats where a moment tells its rows apart, and most other columns stay the same; or None.

    A case with a row for each of its states is one; a window with a row for each of its tickets, or a case with a row
    for each of its documents, is none.
    """
    moments = list(filter(_is_moment, columns))
    moments.sort(key=lambda column: not _tells_last_change(column))
    for identifier, moment in product(identifiers, moments):
        if not _are_states(identifier, moment, columns, rows):
            continue
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
    distinct_rows = list(dict.fromkeys(map(tuple, rows)))
    groups = _groups(identifier, distinct_rows)
    repeated = list(filter(_has_several, groups.values()))
    names_each_row = "" not in groups
    if not repeated or not names_each_row:
        return False
    differs_by_moment = _in_each(_differs, moment, repeated)
    if not differs_by_moment:
        return False
    said_of_things = filter(_is_said_of_thing, columns)
    others = list(filter(partial(ne, identifier), said_of_things))
    for column in others:
        names_another_thing = _in_each(_differs, column, repeated)
        if names_another_thing:
            return False
    if not others:
        return any(map(_tells_state, columns))
    same = sum(_in_each(_is_same, column, repeated) for column in others)
    return same >= _SAME_SHARE * len(others)


def _groups(identifier: DraftColumn, rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows by what the identifier says."""
    groups: dict[str, list[Row]] = defaultdict(list)
    values = _filled_values(identifier, rows)
    for row, value in zip(rows, values, strict=True):
        groups[value].append(row)
    return groups


def _has_several(rows: Sequence[Row]) -> bool:
    return len(rows) > 1


def _in_each(
    holds: Callable[[DraftColumn, Sequence[Row]], bool], column: DraftColumn, groups: Sequence[Sequence[Row]]
) -> bool:
    """Whether something holds of a column in each group of rows."""
    return all(map(partial(holds, column), groups))


def _differs(column: DraftColumn, rows: Sequence[Row]) -> bool:
    """Whether a column has a value in each of the rows, and another in each."""
    values = set(map(partial(filled_text, index=column.index), rows))
    is_filled = "" not in values
    return is_filled and len(values) == len(rows)


def _is_same(column: DraftColumn, rows: Sequence[Row]) -> bool:
    values = set(map(partial(filled_text, index=column.index), rows))
    return len(values) == 1


def _is_said_of_thing(column: DraftColumn) -> bool:
    """Whether a column is to stay the same from state to state: neither a moment, nor a state, nor prose."""
    if column.personal:
        return False
    may_change = _is_moment(column) or _tells_state(column)
    return not may_change and not column.free_text


def _tells_state(column: DraftColumn) -> bool:
    return _STATE_LABEL.search(column.title.lower()) is not None


def _is_moment(column: DraftColumn) -> bool:
    is_dated = column.guess.type in DATED
    return is_dated and not column.personal


def _may_name_things(column: DraftColumn) -> bool:
    names_something = is_identifier(column.title)
    return names_something and _may_be_key(column)


def _evidence_of_states(identifier: DraftColumn, moment: DraftColumn, rows: Sequence[Row]) -> str:
    values = _filled_values(identifier, rows)
    return (
        f"看过的 {len(rows):,} 行中有 {len(set(values)):,} 个不同的“{identifier.title}”，"
        f"重复的各行“{moment.title}”不同，像是同一件的几个状态"
    )


def _why_no_key(identifiers: Sequence[DraftColumn], rows: Sequence[Row]) -> str:
    """How often the first identifier repeats; "" where there is no such column."""
    if not identifiers:
        return ""
    first = identifiers[0]
    values = _filled_values(first, rows)
    different = set(filter(None, values))
    return f"“{first.title}”在 {len(rows):,} 行中只有 {len(different):,} 个不同"


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
    moments = set(map(attrgetter("name"), filter(_is_datetime, candidates)))
    sizes = range(1, _KEY_COLUMNS + 1)
    keys = chain.from_iterable(map(partial(combinations, names), sizes))
    by_chance: list[tuple[str, ...]] = []
    for key in keys:
        key_values = map(values_without_gaps.__getitem__, key)
        distinct = set(zip(*key_values, strict=True))
        if len(distinct) < len(rows):
            continue
        if not moments.issuperset(key):
            return key
        by_chance.append(key)
    return next(iter(by_chance), ())


def _is_datetime(column: DraftColumn) -> bool:
    return column.guess.type is FieldType.DATETIME


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
