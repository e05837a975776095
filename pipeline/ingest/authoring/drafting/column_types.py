"""Guesses the type of a column from its texts, without changing a value; label_words reads its label."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from decimal import Decimal
from typing import TypeVar

from pipeline.contracts import FieldType
from pipeline.contracts.words import NO, NOTHING, YES
from pipeline.ingest.authoring.drafting.label_words import is_identifier, is_rate, unit_of
from pipeline.ingest.cells.dates import Context, parse_moment
from pipeline.ingest.cells.numbers import parse_number
from pipeline.privacy.masking import shown

Value = TypeVar("Value")
ENOUGH = 0.95
"""A type is guessed where this share of the different texts fits it; the others are named in the guess."""
_MANY_ROWS = 20
_EXAMPLE_LENGTH = 20
_ZERO_WORDS = frozenset({"无", "无业务", "零", "没有"})
# 登记日期, 取号时间, 受理日, created_date; but 当日 counts what happened in a day, and so does 4月17日
_DAY_LABEL = re.compile(
    r"日期|时间|(?<![当本今昨每单作上次前平休假计\d一二三四五六七八九十])日$|(?:^|[_\s])(?:date|day|time)$|[a-z]Date$",
    re.IGNORECASE,
)
# 登记日期, 生日: days and nothing else; 办理时间 may be a duration as well
_ONLY_DAY_LABEL = re.compile(r"日期|生日|(?:^|[_\s])date$|[a-z]Date$", re.IGNORECASE)
# 45033: the number under which a spreadsheet keeps 2023-04-17; or a count
_SERIAL_DAY = re.compile(r"\d{1,6}(?:\.\d+)?")
# Serial numbers of days that people write down, 1927 to 2064; counts such as 71184 (2094) lie outside by chance only.
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 60_000
# Days of one export lie within ten years, counts of five digits seldom do.
_WIDEST_SPREAD = 3_660
# 4月17日 needs some year to be a day at all; 2020 has a 29 February.
_ANY_LEAP_YEAR = Context(2020)
# 0101 would lose its zero as a number, 510101199001011234 its last digits.
_CODE_OF_DIGITS = re.compile(r"0\d+|\d{15,}")
_SIX_DECIMALS = Decimal("0.000001")
_DECIMALS_OF_RATIOS = 4
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
    """A logical type, the patterns to pin, words that mean zero, and the texts that would not fit.

    `decimals` are the places to which a ratio is rounded that a spreadsheet computed: 91.304347826087%.
    """

    type: FieldType
    formats: tuple[str, ...] = ()
    zero_values: tuple[str, ...] = ()
    misfits: tuple[str, ...] = ()
    doubt: str = ""
    decimals: int | None = None


_ASKS = "是否"  # 是否采用, 是否办结


def type_of(label: str, texts: Iterable[str], is_text_file: bool, is_summed: bool = False) -> TypeGuess:
    """The type that nearly all texts fit; `texts` are different, filled ones. Text where in doubt.

    What a printed total adds up (`is_summed`) is no identifier, though its name may end like one: 过号.
    """
    kept = _texts_that_tell(texts)
    if not kept:
        return TypeGuess(FieldType.STRING)
    if is_identifier(label) and not is_summed:
        return _identifier_type(kept)
    if label.startswith(_ASKS) and _answer_yes_or_no(kept):
        return TypeGuess(FieldType.BOOLEAN)
    # Moments come first: 20230417 could be read as a number too.
    moment = _moment_type(label, kept, is_text_file)
    if moment is not None:
        return moment
    number = _number_type(kept)
    if number is not None and number.type is FieldType.STRING and is_rate(label, kept, is_summed):
        return _rounded(number)
    return number or _text_type(kept)


def _rounded(guess: TypeGuess) -> TypeGuess:
    """A ratio that a spreadsheet computed to its last digit: nothing is lost where it is rounded."""
    doubt = f"小数多于六位，四舍五入到 {_DECIMALS_OF_RATIOS} 位"
    return replace(guess, type=FieldType.NUMBER, decimals=_DECIMALS_OF_RATIOS, doubt=doubt)


def _texts_that_tell(texts: Iterable[str]) -> list[str]:
    """The texts, stripped, without those that stand for nothing."""
    stripped = map(str.strip, texts)
    return [text for text in stripped if text not in NOTHING]


def _answer_yes_or_no(texts: Iterable[str]) -> bool:
    """Whether all texts are words for yes or no: 是, 否, Y."""
    answers = set(map(str.casefold, texts))
    return answers <= YES | NO


def _identifier_type(texts: Sequence[str]) -> TypeGuess:
    """Text, whatever it looks like; where it looks like a number, the guess says so."""
    if _number_type(texts) is None:
        return TypeGuess(FieldType.STRING)
    return TypeGuess(
        FieldType.STRING,
        doubt="表头像编号，按文字保存；若是数量请写 type: integer",
    )


def _text_type(texts: Sequence[str]) -> TypeGuess:
    """Text; where most of it would be numbers, the guess says so."""
    _, no_numbers = _read_each(texts, parse_number)
    is_mostly_text = len(texts) == 1 or len(no_numbers) * 2 > len(texts)
    if is_mostly_text or _are_codes_of_digits(texts):
        return TypeGuess(FieldType.STRING)
    example = ""
    if no_numbers:
        example = f"，“{shown(no_numbers[0], _EXAMPLE_LENGTH)}”等不是"
    return TypeGuess(
        FieldType.STRING,
        doubt=f"多数是数字{example}；若应为数字请写 type: integer",
    )


def _read_each(texts: Iterable[str], read: Callable[[str], Value | None]) -> tuple[list[Value], tuple[str, ...]]:
    """What `read` makes of the texts, and the texts of which it makes nothing."""
    values = []
    misfits = []
    for text in texts:
        value = read(text)
        if value is None:
            misfits.append(text)
        else:
            values.append(value)
    return values, tuple(misfits)


def _moment_type(label: str, texts: Sequence[str], is_text_file: bool) -> TypeGuess | None:
    names_a_day = _names_a_day(label)
    context = _ANY_LEAP_YEAR if names_a_day else Context()
    # A cell whose number format says so comes as 2023-04-17: what comes as a number is one, unless its header names a
    # day and the numbers may be days.
    serials = [Decimal(text) for text in texts if _SERIAL_DAY.fullmatch(text)]
    are_days = names_a_day and _may_be_days(label, serials)

    def read(text: str) -> datetime | None:
        is_count = not are_days and _SERIAL_DAY.fullmatch(text) is not None
        return None if is_count else parse_moment(text, context)

    moments, misfits = _read_each(texts, read)
    if len(moments) / len(texts) < ENOUGH:
        return _moment_type_by_pattern(texts) or _counts_under_a_day(label, texts, serials)
    asked = _asked_of_serials(serials)
    if not _has_clock(texts, moments):
        return TypeGuess(FieldType.DATE, misfits=misfits, doubt=asked)
    # Only a text read in one pass needs its pattern pinned; cells of a sheet are parsed one by one.
    patterns = _fitting_patterns(texts) if is_text_file else []
    return TypeGuess(
        FieldType.DATETIME,
        formats=tuple(patterns[:1]),
        misfits=misfits,
        doubt=asked,
    )


def _may_be_days(label: str, serials: Sequence[Decimal]) -> bool:
    """Whether numbers below a header that names a day are days as a spreadsheet keeps them: 45033, not 71184.

    受理日期 above 45033 and 45034 holds days; 办理时间 above 12034 and 58210 holds minutes or counts: days of one
    export lie closer together.
    """
    if not serials:
        return True
    least, most = min(serials), max(serials)
    if least < _FIRST_SERIAL or most > _LAST_SERIAL:
        return False
    names_only_days = _ONLY_DAY_LABEL.search(label) is not None
    return names_only_days or most - least <= _WIDEST_SPREAD


def _asked_of_serials(serials: Sequence[Decimal]) -> str:
    """A question to who knows the export, where bare numbers were taken for days; "" where there are none."""
    if not serials:
        return ""
    day = parse_moment(str(serials[0]), Context())
    read_as = f"{day:%Y-%m-%d}" if day else ""
    return f"{serials[0]} 等数按表头读作日期（{read_as}）；若是数量请写 type: integer"


def _counts_under_a_day(label: str, texts: Sequence[str], serials: Sequence[Decimal]) -> TypeGuess | None:
    """Numbers below a header that names a day, which are no days: 受理时间 above 71184; None for everything else."""
    numbers = _number_type(texts)
    if numbers is None or not serials or not _names_a_day(label):
        return None
    return replace(numbers, doubt=f"表头像日期，{serials[0]} 等却不像，按数量读；若是日期请写 type: date")


def _names_a_day(label: str) -> bool:
    """Whether a header names a day or a moment: 登记日期, but not 办理时间(分钟)."""
    return _DAY_LABEL.search(label) is not None and unit_of(label) is None


def _has_clock(texts: Sequence[str], moments: Sequence[datetime]) -> bool:
    """Whether any text names a time of day: 2023-04-17 09:05, also 2023-04-17 00:00."""
    if ":" in "".join(texts):
        return True
    times = {moment.time() for moment in moments}
    return times != {_MIDNIGHT}


def _moment_type_by_pattern(texts: Sequence[str]) -> TypeGuess | None:
    """A type by the patterns that common dates do not have, such as 12/31/2017 11:59:58 PM; None where none fits."""
    patterns = _fitting_patterns(texts)
    if not patterns:
        return None
    first, *others = patterns
    has_clock = "%M" in first
    _, misfits = _read_each(texts, lambda text: _read_by(first, text))
    return TypeGuess(
        FieldType.DATETIME if has_clock else FieldType.DATE,
        formats=(first,),
        misfits=misfits,
        doubt=f"也可能是 {others[0]}，月日次序请核对" if others else "",
    )


def _fitting_patterns(texts: Sequence[str]) -> list[str]:
    """Patterns that fit nearly all of the texts, and none of the others more of them.

    31/12/2017 leaves `%d/%m/%Y` alone, 1/2/2017 leaves `%m/%d/%Y` too.
    """
    first_texts = texts[:_MANY_ROWS]
    scores = {}
    for pattern in PATTERNS:
        # Most patterns fit none of the first texts, and need not be tried on the others.
        is_hopeful = _count_fits(pattern, first_texts) > 0
        if is_hopeful:
            scores[pattern] = _count_fits(pattern, texts)
    best = max(scores.values(), default=0)
    is_enough = best / len(texts) >= ENOUGH
    if not is_enough:
        return []
    return [pattern for pattern, score in scores.items() if score == best]


def _count_fits(pattern: str, texts: Sequence[str]) -> int:
    moments, _ = _read_each(texts, lambda text: _read_by(pattern, text))
    return len(moments)


def _read_by(pattern: str, text: str) -> datetime | None:
    try:
        return datetime.strptime(text, pattern)
    except ValueError:
        return None


def _number_type(texts: Sequence[str]) -> TypeGuess | None:
    if _are_codes_of_digits(texts):
        return None
    numbers, no_numbers = _read_each(texts, parse_number)
    zeros = tuple(filter(_ZERO_WORDS.__contains__, texts))
    misfits = tuple(text for text in no_numbers if text not in zeros)
    misfit_share = len(misfits) / len(texts)
    if not numbers or misfit_share > 1 - ENOUGH:
        return None
    kind = _number_kind(numbers, texts)
    if kind is FieldType.STRING:
        return TypeGuess(kind, doubt="小数多于六位，按文字保存")
    return TypeGuess(
        kind,
        zero_values=zeros,
        misfits=misfits,
    )


def _number_kind(numbers: Sequence[Decimal], texts: Sequence[str]) -> FieldType:
    """Integers and numbers; text where these would not fit the six decimals of the DECIMAL that stores them."""
    has_percent = any(text.endswith(("%", "％")) for text in texts)
    are_whole = all(map(_is_whole, numbers))
    if are_whole and not has_percent:
        return FieldType.INTEGER
    if all(map(_has_six_decimals, numbers)):
        return FieldType.NUMBER
    return FieldType.STRING


def _is_whole(number: Decimal) -> bool:
    return number == number.to_integral_value()


def _has_six_decimals(number: Decimal) -> bool:
    """Whether no more than six decimals say something: 1.1234567 would be rounded."""
    return number == number.quantize(_SIX_DECIMALS)


def _are_codes_of_digits(texts: Sequence[str]) -> bool:
    return any(map(_CODE_OF_DIGITS.fullmatch, texts))
