"""Holds the measures of the contracts against what readers have been told: a definition changes with date and note.

In: `docs.measure` (metric, valid_from) of the published file. What a definition is, `pipeline.contracts.measures` says;
which columns its fields read is told by the labels that its published words quote: `“受理”相加，只计“渠道”为 窗口 的`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.common.sentences import SentenceError
from pipeline.common.tables import has_table
from pipeline.contracts import Contract, Field, load_contracts
from pipeline.contracts.measures import FROM_THE_BEGINNING, Definition, Measure
from pipeline.release.published.publish import DATABASE

if TYPE_CHECKING:
    from pipeline.settings import Settings


class Told(NamedTuple):
    """A definition as readers were told it: its digest, what it says, its unit, and what its measure is called."""

    digest: str
    words: str
    unit: str
    label: str


# (metric, first day) → what was told.
Published = dict[tuple[str, date], Told]
_QUOTED: Final = re.compile("“([^”]*)”")
_NEXT: Final = "请把原来的口径写进 was，现在的写上 validFrom（从哪天起）和 note（为什么变）"


class ChangedDefinitionError(SentenceError):
    """A measure is counted in another way than readers were told, and nothing says since when."""


def refuse_changed_definitions(settings: Settings) -> None:
    """Raises ChangedDefinitionError for what `changed_definitions` finds."""
    sentences = changed_definitions(settings, load_contracts(settings.contracts).values())
    if sentences:
        raise ChangedDefinitionError("\n".join(sentences))


def changed_definitions(settings: Settings, contracts: Iterable[Contract]) -> list[str]:
    """Returns a sentence for each published definition that the contracts no longer have as it was.

    A measure that is gone is no change: its figures end.
    """
    published = _published(settings)
    listed = list(contracts)
    names = {measure.name for contract in listed for measure in contract.measures}
    codes_gone = {told.label: metric for (metric, _), told in published.items() if metric not in names}
    codes_told = {metric for metric, _ in published}
    sentences = []
    for contract in listed:
        fields = {field.name: field for field in contract.stored_fields}
        for measure in contract.measures:
            found = [*_changes_of(measure, published), *_changed_columns(measure, fields, published)]
            former = codes_gone.get(measure.label)
            if former is not None and measure.name not in codes_told:
                found.append(
                    f"指标“{measure.label}”已按代号 {former} 发布，现在的代号是 {measure.name}，往期的数会接不上；"
                    f"请改回 {former}，确是另一个指标的，另起名称"
                )
            sentences += [f"{contract.name}.yaml：{words}" for words in found]
    return sentences


def _changes_of(measure: Measure, published: Published) -> Iterator[str]:
    """Yields a sentence for each published definition that counts otherwise now."""
    now = {one.begins: measure.digest_of(one) for one in measure.definitions}
    for (metric, first_day), told in published.items():
        if metric == measure.name and now.get(first_day) != told.digest:
            since = "" if first_day == FROM_THE_BEGINNING else f"自 {first_day} 起的"
            words = f"{told.words}，单位 {told.unit}"
            yield f"指标 {measure.name}（{measure.label}）{since}口径与已发布的“{words}”不同；{_NEXT}"


def _changed_columns(measure: Measure, fields: Mapping[str, Field], published: Published) -> Iterator[str]:
    """Yields a sentence for each field of a published definition that reads another column now.

    A column that its platform calls otherwise keeps its old label among the `labels` of its field: that is no change.
    """
    for definition in measure.definitions:
        told = published.get((measure.name, definition.begins))
        if told is None or told.digest != measure.digest_of(definition):
            continue
        for title, readers in _columns_told(definition, told.words):
            if any(title in fields[name].all_labels for name in readers):
                continue
            now_zh = "、".join(f"“{fields[name].title}”" for name in readers)
            yield (
                f"指标 {measure.name}（{measure.label}）发布时数的是“{title}”一列，"
                f"现在 {'、'.join(readers)} 读的是{now_zh}；"
                f"同一列换了表头的，把“{title}”写进这个字段的 labels；换了一列的，另起一个字段，{_NEXT}"
            )


def _columns_told(definition: Definition, words: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yields each label that the words of a definition quote, and the fields of which one has to read it.

    The conditions may have been written in another order. A rate quotes its parts, which are told by themselves.
    """
    if definition.rate is not None:
        return
    conditions = tuple(definition.conditions)
    readers = [(name,) for name in definition.fields_read] + [conditions] * len(conditions)
    if definition.day:
        readers.append((definition.day,))
    titles = _QUOTED.findall(words)
    if len(titles) == len(readers):
        yield from zip(titles, readers, strict=True)


def _published(settings: Settings) -> Published:
    import duckdb

    database = settings.published / DATABASE
    if not database.is_file():
        return {}
    try:
        with duckdb.connect(str(database), read_only=True) as con:
            if not has_table(con, "docs", "measure"):
                return {}
            rows = con.execute(
                "SELECT metric, valid_from, definition_digest, definition_zh, unit, label_zh FROM docs.measure "
                "ORDER BY ALL"
            ).fetchall()
    except duckdb.Error:
        # A file that cannot be read tells readers nothing, and the next publication writes it anew.
        return {}
    return {(metric, first_day): Told(*told) for metric, first_day, *told in rows}
