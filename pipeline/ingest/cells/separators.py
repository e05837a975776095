"""Finds the numbers of a table of which nobody can say whether a comma or a dot parts thousands or decimals.

1,234 is 1234 in most exports and 1.234 in those of many other countries. What the columns of a table hold decides it:
beside 93,33 or 0,611, which can only have a decimal comma, 97,205 is doubtful. Elsewhere: what a number is on its own
in `numbers`; the doubtful texts are marked by `ingest.load` and quarantined by `read_cell`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from pipeline.common.characters import visible
from pipeline.contracts import Field, FieldType
from pipeline.ingest.cells.numbers import FULL_WIDTH
from pipeline.ingest.cells.units import MEASURES, PER_CENT

# The digits and separators of 1,234.5万件, (1,234) or ¥12; a line of prose such as 2,3号窗口 is no number.
_DIGITS = re.compile(rf"[-+(¥￥]{{0,2}}(\d[\d.,]*) ?[十百千万亿]*(?:个?(?:{MEASURES})|%)?\)?")


class Separation(Enum):
    """What the separators of a number say."""

    NONE = auto()
    """12"""
    THOUSANDS_COMMA = auto()
    """1,234,567 or 1,234.5: the commas can only part thousands."""
    DECIMAL_COMMA = auto()
    """93,33 or 0,611 or 1.234,5: the comma can only be a decimal one."""
    EITHER_COMMA = auto()
    """1,234"""
    THOUSANDS_DOT = auto()
    """1.234.567"""
    DECIMAL_DOT = auto()
    """93.33 or 0.611"""
    EITHER_DOT = auto()
    """1.234"""
    OTHER = auto()
    """1,23,456 or 1.2.3: no number in any of these notations."""


_NOTATIONS = (
    (Separation.NONE, re.compile(r"\d+")),
    (Separation.THOUSANDS_COMMA, re.compile(r"[1-9]\d{0,2}(?:(?:,\d{3}){2,}(?:\.\d*)?|(?:,\d{3})+\.\d*)")),
    (Separation.THOUSANDS_DOT, re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,}")),
    (Separation.EITHER_COMMA, re.compile(r"[1-9]\d{0,2},\d{3}")),
    (Separation.EITHER_DOT, re.compile(r"[1-9]\d{0,2}\.\d{3}")),
    (Separation.DECIMAL_COMMA, re.compile(r"\d+,\d+|[1-9]\d{0,2}(?:\.\d{3})+,\d+")),
    (Separation.DECIMAL_DOT, re.compile(r"\d+\.\d*")),
)
_DOUBTFUL_BESIDE_DECIMAL_COMMAS = frozenset(
    {Separation.DECIMAL_COMMA, Separation.EITHER_COMMA, Separation.THOUSANDS_DOT, Separation.EITHER_DOT}
)
_FOREIGN = frozenset({Separation.DECIMAL_COMMA, Separation.THOUSANDS_DOT})
_USUAL = frozenset({Separation.THOUSANDS_COMMA, Separation.DECIMAL_DOT})


def separation_of(text: str) -> Separation:
    """Returns what the separators of a number say: `1,234` → EITHER_COMMA, `0,611` → DECIMAL_COMMA."""
    digits = _DIGITS.fullmatch(visible(text).translate(FULL_WIDTH).strip())
    if digits is None:
        return Separation.OTHER
    for separation, notation in _NOTATIONS:
        if notation.fullmatch(digits[1]):
            return separation
    return Separation.OTHER


@dataclass(frozen=True)
class _Column:
    """The texts of one numeric column by what their separators say."""

    field: Field
    texts: Mapping[Separation, frozenset[str]]

    def holds(self, separations: Collection[Separation]) -> bool:
        """Whether one of its numbers has one of these notations."""
        return any(self.texts.get(separation) for separation in separations)

    @property
    def is_foreign(self) -> bool:
        """Whether it holds numbers that can only have decimal commas or dots between thousands."""
        return self.holds(_FOREIGN)

    def doubtful(self, *, is_foreign_table: bool) -> frozenset[str]:
        """Returns its texts that can be read in two ways, where nothing decides which is meant."""
        is_usual = self.holds(_USUAL)
        if self.is_foreign:
            return self._of(_DOUBTFUL_BESIDE_DECIMAL_COMMAS)
        if is_foreign_table and not is_usual:
            return self._of(_DOUBTFUL_BESIDE_DECIMAL_COMMAS)
        if self.field.type is FieldType.INTEGER:
            return self._doubtful_counts()
        # 97,205 in a column of per cent: 97205 % is no rate, and nothing says that it is 97.205 %.
        is_rate = self.field.unit in PER_CENT
        if is_rate and not is_usual:
            return self._of([Separation.EITHER_COMMA])
        return frozenset()

    def _doubtful_counts(self) -> frozenset[str]:
        """Returns the counts such as 12.000, which may be twelve or twelve thousand."""
        counts = self._of([Separation.EITHER_DOT])
        if self._has_fixed_decimals():
            return frozenset()
        return frozenset(filter(_is_whole, counts))

    def _has_fixed_decimals(self) -> bool:
        """Whether all counts are written with decimals, as a database writes DECIMAL(10,3): 12.000, 5.000, 0.000."""
        if self.holds([Separation.DECIMAL_DOT]):
            return True
        counts = self._of([Separation.EITHER_DOT])
        has_whole_numbers = self.holds([Separation.NONE, Separation.EITHER_COMMA])
        return len(counts) > 1 and all(map(_is_whole, counts)) and not has_whole_numbers

    def _of(self, separations: Collection[Separation]) -> frozenset[str]:
        return frozenset[str]().union(*(self.texts.get(separation, ()) for separation in separations))


def _is_whole(text: str) -> bool:
    """Whether 12.000 is a count also where its dot is a decimal one; 1.234 is none, and is not taken for one."""
    return ".000" in text


def doubtful_numbers(columns: Collection[tuple[Field, Collection[str]]]) -> dict[str, frozenset[str]]:
    """Returns by field the texts of a table that can be read as two numbers; fields without such texts are left out.

    `columns` are the numeric fields of the table with the distinct texts of their columns. Example: a field with 97,205
    and 93,33 has both, one with 1,234 and 12 has none.
    """
    read = [_Column(field, _by_separation(texts)) for field, texts in columns]
    is_foreign_table = any(column.is_foreign for column in read)
    doubtful = {}
    for column in read:
        texts = column.doubtful(is_foreign_table=is_foreign_table)
        if texts:
            doubtful[column.field.name] = texts
    return doubtful


def _by_separation(texts: Collection[str]) -> dict[Separation, frozenset[str]]:
    sorted_texts: dict[Separation, set[str]] = {}
    for text in texts:
        sorted_texts.setdefault(separation_of(text), set()).add(text)
    return {separation: frozenset(found) for separation, found in sorted_texts.items()}
