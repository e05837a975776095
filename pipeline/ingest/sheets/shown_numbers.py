"""Says what a number format shows of a number beside its digits: a scale (万件), a unit (小时), leading zeros.

Per cent and days are in `number_formats`. [ECMA-376] part 1, 18.8.31 has the letters of number formats.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from math import isfinite, prod
from operator import eq, ge, gt, le, lt, ne

from pipeline.common.cell_marks import SCALED_MARK
from pipeline.ingest.cells.numbers import OWN_MEASURE, SCALES
from pipeline.ingest.cells.units import may_scale, read_unit
from pipeline.ingest.sheets.number_texts import EXACT_DIGITS, rounded

# "text", \x and !x (one letter as it is), _x and *x (blanks), [Red], General, digits, and any other letter.
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|(?P<blank>_.|\*.|\[[^\]]*\])'
    r"|(?P<general>General|G/通用格式)|(?P<sign>[0#?.,%/@;]|[eE][+-])|(?P<letter>.)",
    re.S,
)
_WORDS = frozenset({"quoted", "escaped", "letter"})
# A letter that is mere text is kept so far behind its place in Unicode, so that it is no sign: the 万 of `0"万"`.
_PLANE_OF_WORDS = 0xF0000
_W = "\U000f0000-\U000fffff"
_POINT = chr(_PLANE_OF_WORDS + ord("."))
# A number: words before its first digit (1), whatever stands between its digits (2), words and signs behind (3)
_NUMBER = re.compile(r"([^0#?]*)([0#?].*[0#?]|[0#?])([^0#?]*)", re.S)
# 0000 and 000-0000, perhaps among words: a code; not 0, #,##0 and 0.00
_CODE = re.compile(rf"([{_W}]*)(0[0{_W}]*0)([{_W}]*)")
_NO_NUMBER = re.compile(r"[/@]|[eE][+-]")
# The commas of `0,`, `0.0,,` and `#,##0,.0` make thousands of ones; that of `#,##0` only groups.
_THOUSANDS = re.compile(r"(?<=[0#?]),+(?![,0#?])")
_DIGITS = re.compile(r"[0#?]")
# [>=10000]0.0,"万" : the section counts for such numbers
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[\d.]+)\]")
_TESTS: dict[str, Callable[[float, float], bool]] = {"<": lt, ">": gt, "<=": le, ">=": ge, "=": eq, "<>": ne}
# 1.2K, 3M, 4bn
_LATIN_SCALES = {"k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9}
# 万亩, 亿千瓦时, 百户; but 千克, 千米, 百帕 are units of their own.
_SCALED_UNIT = re.compile(r"[万亿十]|千(?![克米瓦卡伏赫升帕])|百(?![帕分])")
_BRACKETS = "()（）[]【】 "


@dataclass(frozen=True)
class ShownNumber:
    """What one number format shows; it has a section for each of several kinds of numbers."""

    sections: tuple[_Section, ...]

    def text(self, number: float) -> str | None:
        """The number in full with what its cell shows beside it: 12 in `0.0"万件"` is `12万件`, 19 in `0000` is `0019`.

        None where the cell shows the number alone.
        """
        is_exact = isfinite(number) and abs(number) < 10**EXACT_DIGITS
        section = self._section_of(number) if is_exact else None
        return section.text(rounded(number)) if section else None

    @cached_property
    def _has_conditions(self) -> bool:
        return any(section.condition for section in self.sections)

    def _section_of(self, number: float) -> _Section | None:
        """The section that counts: the first whose condition holds; without conditions for >= 0, < 0 and 0."""
        if self._has_conditions:
            fitting = (section for section in self.sections if section.holds_for(number))
            return next(fitting, None)
        place = {-1: 1, 0: 2, 1: 0}[(number > 0) - (number < 0)]
        has_own = place < len(self.sections)
        return self.sections[place if has_own else 0]


@dataclass(frozen=True)
class _Section:
    """One section of a number format: its signs (`0 # ? . , %`), and its words, moved to a plane of their own."""

    signs: str
    condition: tuple[str, float] | None = None

    def holds_for(self, number: float) -> bool:
        """Whether the section is for such numbers; one without a condition is for whatever the others leave."""
        if self.condition is None:
            return True
        sign, limit = self.condition
        return _TESTS[sign](number, limit)

    @property
    def says_more(self) -> bool:
        """Whether it may show more than the number alone: 1 stands for all numbers with few digits."""
        return self.text(Decimal(1)) is not None

    def text(self, number: Decimal) -> str | None:
        """The number with its scale, unit or zeros; None where there are none, or the section shows no digits."""
        if self._code:
            return _code_text(number, *self._code.groups())
        if self._suffix is None:
            return None
        if "%" in self.signs:
            return _plain(number * 100) + "%"
        suffix, scale, factor = self._suffix, self._scale, self._factor
        # 12345 in `0!.0,"万"` is shown as 1.2万, which is what it is.
        is_same = scale is not None and factor * scale == 1
        if is_same:
            # 3小时 in a column of 工作日 is no 3; 件 and 人次 stand for each other.
            return _plain(number) + suffix if suffix in OWN_MEASURE else None
        shown = _plain(number * factor)
        if factor == 1:
            return shown + suffix
        # 12345 in `0,` is shown as 12, and in `0.0,"万"` as 12.3万: nobody knows what was meant.
        return SCALED_MARK + shown + (suffix if scale != 1 else "")

    @cached_property
    def _code(self) -> re.Match[str] | None:
        """The zeros of a code and the words around them; None where the section shows a number."""
        return _CODE.fullmatch(self.signs)

    @cached_property
    def _suffix(self) -> str | None:
        """The words behind the digits; None where there are no digits."""
        parts = _NUMBER.fullmatch(self.signs)
        return _words(parts[3]) if parts else None

    @cached_property
    def _scale(self) -> int | None:
        """What these words multiply the number by."""
        return _scale_of(self._suffix or "")

    @cached_property
    def _factor(self) -> Decimal:
        """What the number is multiplied by before it is shown: `0,` shows thousands, `0!.0,` ten thousands."""
        commas = sum(map(len, _THOUSANDS.findall(self.signs)))
        factor = Decimal("0.001") ** commas
        # A point that is mere text among the digits: 12345 in `0!.0000` is shown as 1.2345.
        _, point, behind = self.signs.partition(_POINT)
        is_written = bool(point) and "." not in self.signs
        decimals = len(_DIGITS.findall(behind)) if is_written else 0
        return factor.scaleb(-decimals)


@cache
def shown_number(code: str) -> ShownNumber | None:
    """Returns what a number format shows of numbers beside their digits; None where it shows nothing more.

    Days and texts (`@`), fractions and powers of ten are no business of this.
    """
    sections = tuple(map(_section, _sections(code)[:3]))
    says_more = any(section.says_more for section in sections)
    return ShownNumber(sections) if says_more else None


def _sections(code: str) -> list[str]:
    """Divides a format at its semicolons, not at those inside quotation marks or behind a stroke."""
    sections: list[str] = []
    begin = 0
    for token in _TOKEN.finditer(code):
        if token[0] == ";":
            section = code[begin : token.start()]
            sections.append(section)
            begin = token.end()
    last_section = code[begin:]
    return [*sections, last_section]


def _section(text: str) -> _Section:
    condition = _CONDITION.search(text)
    signs = _TOKEN.sub(_sign, text)
    limits = (condition[1], float(condition[2])) if condition else None
    return _Section("" if _NO_NUMBER.search(signs) else signs, limits)


def _sign(match: re.Match[str]) -> str:
    """`0` and `.` stay, `"万"`, `\\万` and 万 are words all three, General is a digit, and blanks go."""
    kind = match.lastgroup or ""
    if kind in _WORDS:
        return "".join(chr(_PLANE_OF_WORDS + ord(letter) % 2**16) for letter in match[kind])
    return {"general": "#", "blank": ""}.get(kind, match[0])


def _words(signs: str) -> str:
    """Returns the words among signs, without blanks and brackets around them: （万件） is 万件."""
    letters = [chr(ord(sign) - _PLANE_OF_WORDS) for sign in signs if ord(sign) >= _PLANE_OF_WORDS]
    return "".join("".join(letters).split()).strip(_BRACKETS)


def _code_text(number: Decimal, before: str, zeros: str, behind: str) -> str | None:
    """19 in `0000` is 0019, in `"A"000` A019; None for a number that is no code, or that shows all its digits."""
    is_code = number >= 0 and number == number.to_integral_value()
    if not is_code:
        return None
    digits = f"{number:f}".partition(".")[0]
    width = zeros.count("0")
    padded = digits.zfill(width)
    letters = iter(padded[-width:])
    inside = padded[:-width] + _DIGITS.sub(lambda _: next(letters), zeros)
    around = [_words(before), _words(behind)]
    if inside.isdigit():
        # 第 and 期 stand beside numbers, PX- and A beside codes; 年 and 月 among the digits of a month belong to it.
        around = [words if words.isascii() else "" for words in around]
    text = around[0] + _unmoved(inside) + around[1]
    return None if text == digits else text


def _unmoved(signs: str) -> str:
    """Returns digits and words as they are read."""
    return "".join(chr(ord(sign) % _PLANE_OF_WORDS) for sign in signs)


def _scale_of(suffix: str) -> int | None:
    """What a text behind a number multiplies it by: 万件 by 10,000, K by 1,000, 件 by 1.

    None where it names a scale in no way that is understood: 万余件, 万亩.
    """
    unit = read_unit(suffix)
    if unit:
        return prod(SCALES[letter] for letter in unit.scale)
    is_unclear = may_scale(suffix) or _SCALED_UNIT.match(suffix) is not None
    return None if is_unclear else _LATIN_SCALES.get(suffix.lower(), 1)


def _plain(number: Decimal) -> str:
    """12.50 → 12.5, 1E+3 → 1000."""
    text = f"{number:f}"
    has_decimals = "." in text
    return text.rstrip("0").rstrip(".") if has_decimals else text
