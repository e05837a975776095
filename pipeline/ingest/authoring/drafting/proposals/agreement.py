"""Decides when the rows of a file are evidence enough for a proposal: the one rule, with its numbers.

In: what each row prints, and what it should print by the word. Out: how many rows agree, which do not, and whether the
word is proposed, only mentioned, or not thought of. Numbers agree by chance in one row or two, so that there the labels
decide; from three rows on the arithmetic does. Where all rows but one or two agree, those are where the errors are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, auto
from typing import Final

from pipeline.ingest.authoring.drafting.proposals.figures import Line, Number

FEWEST_ROWS: Final = 3
"""So many rows have to agree before numbers alone say anything."""
MOST_MISFITS: Final = 2
"""So many rows may disagree: they are shown as errors of the file."""
_FITS_PER_MISFIT: Final = 4
_ROWS_NAMED: Final = 2
_EXACT: Final = Decimal("1e-9")


class Verdict(Enum):
    """What one row says: it tells for the word, it only does not contradict it, or it contradicts it."""

    TELLS = auto()
    ALLOWS = auto()
    CONTRADICTS = auto()


class Standing(Enum):
    """What becomes of a word: written, mentioned with the rows that contradict it, or left out."""

    PROPOSED = auto()
    DOUBTED = auto()
    UNTHOUGHT = auto()


@dataclass(frozen=True)
class Misfit:
    """A row that contradicts: where it is, and in words what it prints and should print."""

    line: Line
    words: str


@dataclass
class Agreement:
    """What the rows of a file say of one word, added row by row."""

    telling: int = 0
    allowing: int = 0
    misfits: list[Misfit] = field(default_factory=list)

    @property
    def fitting(self) -> int:
        """Rows that do not contradict."""
        return self.telling + self.allowing

    @property
    def tested(self) -> int:
        """Rows in which every number is there."""
        return self.fitting + len(self.misfits)

    def add(self, verdict: Verdict, misfit: Misfit) -> None:
        """Counts one row; `misfit` is kept where it contradicts."""
        if verdict is Verdict.CONTRADICTS:
            self.misfits.append(misfit)
        elif verdict is Verdict.TELLS:
            self.telling += 1
        else:
            self.allowing += 1

    @property
    def rank(self) -> tuple[int, int]:
        """Of two words for one column the one with the smaller rank fits better."""
        return len(self.misfits), -self.telling

    @property
    def words(self) -> str:
        """12 行中 11 行相符，不符：第 7 行印为 88.40%，应为 93.00%; for no rows, that none could be looked at."""
        if not self.tested:
            return "按名称，没有可核对的行"
        counted = f"{self.tested:,} 行中 {self.fitting:,} 行相符"
        if not self.misfits:
            return counted
        named = "；".join(f"{misfit.line.words}{misfit.words}" for misfit in self.misfits[:_ROWS_NAMED])
        and_more = "等" if len(self.misfits) > _ROWS_NAMED else ""
        return f"{counted}，不符：{named}{and_more}"

    def standing(self, *, is_named: bool) -> Standing:
        """What becomes of the word; `is_named` says that the labels alone would suggest it."""
        misfits = len(self.misfits)
        if self.telling >= FEWEST_ROWS and misfits <= MOST_MISFITS:
            is_enough = is_named or self.fitting >= _FITS_PER_MISFIT * misfits
            return Standing.PROPOSED if is_enough else Standing.UNTHOUGHT
        if not is_named:
            return Standing.UNTHOUGHT
        is_held = misfits == 0 or (misfits <= MOST_MISFITS and self.fitting > misfits)
        return Standing.PROPOSED if is_held else Standing.DOUBTED


def ratio_verdict(printed: Number, computed: Decimal, unsure: Decimal, *, is_telling: bool) -> Verdict:
    """Compares a printed ratio: half a unit of its last place is rounding, a whole one is forgiven as a check does."""
    difference = abs(printed.value - computed)
    if difference <= printed.step / 2 + unsure + _EXACT:
        return Verdict.TELLS if is_telling else Verdict.ALLOWS
    if difference <= printed.step + unsure + _EXACT:
        return Verdict.ALLOWS
    return Verdict.CONTRADICTS


def sum_verdict(difference: Decimal, numbers: Iterable[Number], *, is_telling: bool) -> Verdict:
    """Compares counted numbers: they agree exactly, and where they are rounded (2.31万), to half of that unit."""
    if abs(difference) > sum((number.slack for number in numbers), Decimal(0)):
        return Verdict.CONTRADICTS
    return Verdict.TELLS if is_telling else Verdict.ALLOWS
