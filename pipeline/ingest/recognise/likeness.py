"""Says how alike two names are, and which known name is nearest to an unknown one; what to do then, others say.

`aliases` proposes aliases of departments and codes by it, `drift` the labels of columns.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

ENOUGH = 50.0
"""Below this score (0–100) a name is not called near."""
_ABBREVIATION = 85.0  # the least score of an abbreviation: 住建厅 for 住房城乡建设厅
_REMEMBERED_NAMES = 20_000

LevelWords = tuple[str, ...]
"""Words of the hall's own level that may stand before a department's name and tell nothing: 江南, 省."""


@dataclass(frozen=True)
class Near:
    """A known name that looks like an unknown one, with its score from 0 to 100."""

    name: str
    score: float


def nearest(wanted: Iterable[str], known: Iterable[str]) -> Near | None:
    """The known name that is nearest to any of the wanted ones, or None where none comes near enough.

    The names are labels of columns; 省 and the like at their beginning count as any other word.
    """
    pairs = product(wanted, known)
    scored = [Near(name, likeness(label, name)) for label, name in pairs]
    best = max(scored, key=lambda near: near.score, default=None)
    if best is None:
        return None
    is_near = best.score >= ENOUGH
    return best if is_near else None


def likeness(first: str, second: str, level_words: LevelWords = ()) -> float:
    """How alike two names are, from 0 to 100; 住建厅 is an abbreviation of 住房城乡建设厅 and counts as near.

    `level_words` at the beginning of a name are left out: 江南省住建厅 → 住建厅.
    """
    from rapidfuzz import fuzz

    left = _bare(first, level_words)
    right = _bare(second, level_words)
    if not left or not right:
        return 0.0
    ratio = fuzz.ratio(left, right)
    short, long = sorted((left, right), key=len)
    if not _is_abbreviation(short, long):
        return ratio
    return max(ratio, _ABBREVIATION + ratio / 10)


@lru_cache(maxsize=_REMEMBERED_NAMES)
def _bare(name: str, level_words: LevelWords) -> str:
    """The name in plain letters without blanks and without level words before it, unless it is nothing else."""
    normal = "".join(unicodedata.normalize("NFKC", name).lower().split())
    rest = _without_level(normal, level_words)
    return rest or normal


def _without_level(name: str, level_words: Sequence[str]) -> str:
    """江南省住建厅 → 住建厅."""
    word = next(filter(name.startswith, level_words), "")
    while word:
        name = name.removeprefix(word)
        word = next(filter(name.startswith, level_words), "")
    return name


def _is_abbreviation(short: str, long: str) -> bool:
    """Whether the letters of a name stand in the longer one in this order, with the same last: 住建厅."""
    if len(short) < 2 or short[-1] != long[-1]:
        return False
    # `in` consumes the iterator, so that each letter is looked for behind the one before it.
    letters_of_long = iter(long)
    return all(letter in letters_of_long for letter in short)
