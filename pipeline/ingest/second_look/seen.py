"""What a simple reader sees of a sheet or text, and how it reads the plainest numerals; all else it leaves alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

# 12, -3.5, 007; not 1,234, not 12., not .5, not 1e3
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,15})?")
# 1,234,567 and 1,234,567.8: with two commas they part thousands, with one it may be a decimal comma
_GROUPED_NUMBER = re.compile(r"-?[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}(?:\.[0-9]{1,15})?")
# U0001234, 综合窗口1, 2023-15; nothing that could be stripped, folded, masked or taken for damage
_PLAIN_WORD = re.compile(r"[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff_-]*")
_SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}


@dataclass(frozen=True)
class SeenRow:
    """One physical row (from 1): the text of each cell that holds anything, by its column from 0 as the file counts.

    None stands for a cell that shows something else than it holds, or that takes more than a simple reader to read.
    """

    row_no: int
    cells: Mapping[int, str | None]


@dataclass(frozen=True)
class SeenRows:
    """Rows of one sheet: all of them, or a sample; `first_column` is the first that holds anything in any of them."""

    rows: Iterable[SeenRow]
    first_column: int = 0
    is_whole: bool = True


class SimpleReader(Protocol):
    """Reads a container once more."""

    def rows(self, sheet: str, *, is_whole: bool) -> SeenRows | None:
        """Returns the rows of a sheet, all or at least a sample of a large one; None where it cannot tell."""


def plain_number(text: str) -> Decimal | None:
    """Reads 12, -3.5 and 1,234,567; None for everything that needs thought, such as 3.5万, 98% or 1,234."""
    bare = text.strip(" ")
    if _PLAIN_NUMBER.fullmatch(bare):
        return Decimal(bare)
    if _GROUPED_NUMBER.fullmatch(bare):
        return Decimal(bare.replace(",", ""))
    return None


def is_plain_word(text: str) -> bool:
    """Whether a text is nothing but letters, digits, hyphens and Chinese characters, so that it stands for itself."""
    return _PLAIN_WORD.fullmatch(text) is not None


def multiplier(scale: str) -> int:
    """Returns by how much a scale above a column multiplies its numbers: 十万 → 100000, an empty one → 1."""
    product = 1
    for letter in scale:
        product *= _SCALES[letter]
    return product
