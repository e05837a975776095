"""Holds the measures of the contracts against what readers have been told: a definition changes with date and note.

In: `docs.measure` (metric, valid_from) of the published file. What a definition is, `pipeline.contracts.measures` says.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Final

from pipeline.common.sentences import SentenceError
from pipeline.common.tables import has_table
from pipeline.contracts import Contract, load_contracts
from pipeline.contracts.measures import FROM_THE_BEGINNING, Measure
from pipeline.release.published.publish import DATABASE

if TYPE_CHECKING:
    from pipeline.settings import Settings

# (metric, first day) → digest of the definition, and the definition and its unit in words.
Published = dict[tuple[str, date], tuple[str, str]]
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
    sentences = []
    for contract in contracts:
        for measure in contract.measures:
            sentences += [f"{contract.name}.yaml：{words}" for words in _changes_of(measure, published)]
    return sentences


def _changes_of(measure: Measure, published: Published) -> list[str]:
    now = {one.begins: measure.digest_of(one) for one in measure.definitions}
    sentences = []
    for (metric, first_day), (digest, words) in published.items():
        if metric == measure.name and now.get(first_day) != digest:
            since = "" if first_day == FROM_THE_BEGINNING else f"自 {first_day} 起的"
            sentences.append(f"指标 {measure.name}（{measure.label}）{since}口径与已发布的“{words}”不同；{_NEXT}")
    return sentences


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
                "SELECT metric, valid_from, definition_digest, definition_zh || '，单位 ' || unit FROM docs.measure"
                " ORDER BY ALL"
            ).fetchall()
    except duckdb.Error:
        # A file that cannot be read tells readers nothing, and the next publication writes it anew.
        return {}
    return {(metric, first_day): (digest, words) for metric, first_day, digest, words in rows}
