"""Guesses the type of a column from its texts, without changing a value; label_words reads its label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from pipeline.contracts import FieldType
from pipeline.contracts.model import DEFAULT_MISSING
from pipeline.ingest.authoring.drafting.label_words import is_identifier
from pipeline.ingest.cells.dates import Context, parse_moment
from pipeline.ingest.cells.numbers import parse_number
from pipeline.privacy.masking import shown

ENOUGH = 0.95
"""A type is guessed where this share of the different texts fits it; the others are named in the guess."""
_MANY_ROWS = 20
_EXAMPLE_LENGTH = 20
_ZERO_WORDS = frozenset({"无", "无业务", "零", "没有"})
# 登记日期, 取号时间, 生日
_DAY_LABEL = re.compile("日期|时间|日$")
# 4月17日 needs some year to be a day at all; 2020 has a 29 February.
_ANY_LEAP_YEAR = Context(2020)
# 0101 would lose its zero as a number, 510101199001011234 its last digits.
_CODE_OF_DIGITS = re.compile(r"0\d+|\d{15,}")
_SIX_DECIMALS = Decimal("0.000001")
_MIDNIGHT = time(0)
PATTERNS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%m/%d/%Y",
    "%m/%d/%y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d-%b-%Y",
    "%b %d, %Y",
)


@dataclass(frozen=True)
class TypeGuess:
    """A logical type, the patterns to pin, words that mean zero, and the texts that would not fit."""

    type: FieldType
    formats: tuple[str, ...] = ()
    zero_values: tuple[str, ...] = ()
    misfits: tuple[str, ...] = ()
    doubt: str = ""


def type_of(label: str, texts: Iterable[str], is_text_file: bool, is_summed: bool = False) -> TypeGuess:
    """The type that nearly all texts fit; `texts` are different, filled ones. Text where in doubt.

    What a printed total adds up (`is_summed`) is no identifier, though its name may end like one: 过号.
    """
    kept = [text.strip() for text in texts if text.strip() not in DEFAULT_MISSING]
    if not kept:
        return TypeGuess(FieldType.STRING)
    if is_identifier(label) and not is_summed:
        return _identifier_type(kept)
    return _moment_type(label, kept, is_text_file) or _number_type(kept) or _text_type(kept)


def _identifier_type(texts: Sequence[str]) -> TypeGuess:
    """Text, whatever it looks like; where it looks like a number, the guess says so."""
    is_number = _number_type(texts) is not None
    doubt = "表头像编号，按文字保存；若是数量请写 type: integer" if is_number else ""
    return TypeGuess(FieldType.STRING, doubt=doubt)


def _text_type(texts: Sequence[str]) -> TypeGuess:
    """Text; where most of it would be numbers, the guess says so."""
    no_numbers = [text for text in texts if parse_number(text) is None]
    is_mostly_text = len(texts) == 1 or len(no_numbers) * 2 > len(texts)
    if is_mostly_text or _are_codes_of_digits(texts):
        return TypeGuess(FieldType.STRING)
    example = f"，“{shown(no_numbers[0], _EXAMPLE_LENGTH)}”等不是" if no_numbers else ""
    return TypeGuess(FieldType.STRING, doubt=f"多数是数字{example}；若应为数字请写 type: integer")


def _moment_type(label: str, texts: Sequence[str], is_text_file: bool) -> TypeGuess | None:
    context = _ANY_LEAP_YEAR if _DAY_LABEL.search(label) else Context()
    moments = {text: parse_moment(text, context) for text in texts}
    misfits = tuple(text for text, moment in moments.items() if moment is None)
    fitting_share = 1 - len(misfits) / len(texts)
    if fitting_share < ENOUGH:
        return _moment_type_by_pattern(texts)
    kind = FieldType.DATETIME if _has_clock(moments) else FieldType.DATE
    # Only a text read in one pass needs its pattern pinned; cells of a sheet are parsed one by one.
    is_pinned = is_text_file and kind is FieldType.DATETIME
    patterns = _fitting_patterns(texts, ENOUGH) if is_pinned else []
    return TypeGuess(kind, tuple(patterns[:1]), misfits=misfits)


def _has_clock(moments: Mapping[str, datetime | None]) -> bool:
    """Whether any text names a time of day: 2023-04-17 09:05, also 2023-04-17 00:00."""
    if any(":" in text for text in moments):
        return True
    return any(moment and moment.time() != _MIDNIGHT for moment in moments.values())


def _moment_type_by_pattern(texts: Sequence[str]) -> TypeGuess | None:
    """A type by the patterns that common dates do not have, such as 12/31/2017 11:59:58 PM; None where none fits."""
    patterns = _fitting_patterns(texts, ENOUGH)
    if not patterns:
        return None
    first = patterns[0]
    kind = FieldType.DATETIME if "%M" in first else FieldType.DATE
    doubt = f"也可能是 {patterns[1]}，月日次序请核对" if len(patterns) > 1 else ""
    misfits = tuple(text for text in texts if not _fits(text, first))
    return TypeGuess(kind, (first,), misfits=misfits, doubt=doubt)


def _fitting_patterns(texts: Sequence[str], share: float) -> list[str]:
    """Patterns that fit at least this share of the texts, those that fit most first."""
    first_texts = texts[:_MANY_ROWS]
    hopeful = [pattern for pattern in PATTERNS if any(_fits(text, pattern) for text in first_texts)]
    scores = {pattern: _share_that_fits(texts, pattern) for pattern in hopeful}
    best = max(scores.values(), default=0.0)
    if best < share:
        return []
    return [pattern for pattern in hopeful if scores[pattern] == best]


def _share_that_fits(texts: Sequence[str], pattern: str) -> float:
    return sum(_fits(text, pattern) for text in texts) / len(texts)


def _fits(text: str, pattern: str) -> bool:
    try:
        datetime.strptime(text, pattern)
    except ValueError:
        return False
    return True


def _number_type(texts: Sequence[str]) -> TypeGuess | None:
    if _are_codes_of_digits(texts):
        return None
    parsed = {text: parse_number(text) for text in texts}
    zeros = tuple(text for text in texts if text in _ZERO_WORDS)
    misfits = tuple(text for text, number in parsed.items() if number is None and text not in zeros)
    numbers = [number for number in parsed.values() if number is not None]
    misfit_share = len(misfits) / len(texts)
    if not numbers or misfit_share > 1 - ENOUGH:
        return None
    is_percent = any(text.endswith(("%", "％")) for text in texts)
    if _are_whole(numbers) and not is_percent:
        return TypeGuess(FieldType.INTEGER, zero_values=zeros, misfits=misfits)
    # Numbers are stored as DECIMAL with six decimals; a longer one would be rounded.
    if all(number == number.quantize(_SIX_DECIMALS) for number in numbers):
        return TypeGuess(FieldType.NUMBER, zero_values=zeros, misfits=misfits)
    return TypeGuess(FieldType.STRING, doubt="小数多于六位，按文字保存")


def _are_whole(numbers: Sequence[Decimal]) -> bool:
    return all(number == number.to_integral_value() for number in numbers)


def _are_codes_of_digits(texts: Sequence[str]) -> bool:
    return any(_CODE_OF_DIGITS.fullmatch(text) for text in texts)
