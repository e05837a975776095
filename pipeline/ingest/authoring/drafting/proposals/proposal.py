"""Holds what is proposed for a contract: one check word, what it says, and the evidence of the file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pipeline.ingest.authoring.drafting.proposals.agreement import Agreement, Standing

WORDS_OF_FIELDS: Final = ("rate", "share", "average", "cumulative", "change", "blank")
"""Words that stand on the field which they judge; all others stand under `checks:`."""
# How the names of the checks of a word begin. That of `blank: unknown` is called filled_…: it asks once a column, and
# that there are blanks is why it was proposed.
_CHECKS: Final = MappingProxyType(
    {
        "rate": ("rate", "rate_of_nothing"),
        "share": ("share", "total_of"),
        "average": ("average",),
        "cumulative": ("cumulative", "week_within"),
        "change": ("change",),
        "blank": ("blank",),
        "parts": ("parts",),
        "within": ("within",),
        "balance": ("balance",),
        "flow": ("flow",),
    }
)


@dataclass(frozen=True)
class Proposal:
    """One word: `field` is the field that it judges, `said` its value in YAML, `meaning` the same for people.

    A doubted word is one that its labels suggest and its file contradicts: it is mentioned and not written. `misfits`
    are the rows that contradict a word which is written nevertheless.
    """

    word: str
    field: str
    said: str
    meaning: str
    evidence: str
    is_doubted: bool = False
    misfits: tuple[int, ...] = ()

    @property
    def is_on_field(self) -> bool:
        """Whether the word stands on its field."""
        return self.word in WORDS_OF_FIELDS

    def is_asked_by(self, check: str) -> bool:
        """Whether a check of that name comes of this word: parts_completed and parts_completed_2_near of parts."""
        beginnings = "|".join(_CHECKS[self.word])
        return re.fullmatch(rf"(?:{beginnings})_{self.field}(?:_\d+)?(?:_near)?", check) is not None

    @property
    def note(self) -> str:
        """The evidence as it stands in a comment: 主动评价÷办件，12 行中 12 行相符."""
        if self.is_doubted:
            return f"按名称像 {self.word}: {self.said}（{self.meaning}），但 {self.evidence}；核对后再写上"
        return f"{self.meaning}，{self.evidence}"


def proposal(
    word: str, field: str, said: str, meaning: str, agreement: Agreement, *, is_named: bool
) -> Proposal | None:
    """Returns the proposal of a word by what the rows say of it; None where it is not thought of."""
    standing = agreement.standing(is_named=is_named)
    if standing is Standing.UNTHOUGHT:
        return None
    return Proposal(
        word=word,
        field=field,
        said=said,
        meaning=meaning,
        evidence=agreement.words,
        is_doubted=standing is Standing.DOUBTED,
        misfits=tuple(misfit.line.row_no for misfit in agreement.misfits),
    )


def best_of(candidates: Sequence[tuple[tuple[int, ...], Proposal]]) -> Proposal | None:
    """Returns the proposal of the smallest rank, a doubted one only where there is no other."""
    ranked = sorted(candidates, key=lambda candidate: (candidate[1].is_doubted, candidate[0]))
    return ranked[0][1] if ranked else None
