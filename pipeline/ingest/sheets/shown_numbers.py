"""Says what a number format shows of a number beside its digits: a scale (万件), a unit (小时), leading zeros.

Per cent and days are in `number_formats`. [ECMA-376] part 1, 18.8.31 has the letters of number formats.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from math import isfinite, prod
from operator import eq, ge, gt, le, lt, ne

from pipeline.common.cell_marks import SCALED_MARK
from pipeline.ingest.cells.numbers import OWN_MEASURE, SCALES
from pipeline.ingest.cells.units import may_scale, read_unit
from pipeline.ingest.sheets.number_texts import EXACT_DIGITS, rounded

# "text", \x and !x (one letter as it is), _x and *x (blanks), [Red], General, digits, and any other letter.
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|(?P<blank>_.|\*.|\[[^\]]*\])'
    r"|(?P<general>General|G/通用格式)|(?P<digit>[0#?])|(?P<sign>[.,%/@]|[eE][+-])|(?P<letter>.)",
    re.S,
)
# [>=10000]0.0,"万" : the section counts for such numbers
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[\d.]+)\]")
_TESTS: dict[str, Callable[[float, float], bool]] = {"<": lt, ">": gt, "<=": le, ">=": ge, "=": eq, "<>": ne}
# 1.2K, 3M, 4bn
_LATIN_SCALES = {"k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9}
# 万亩, 亿千瓦时, 百户; but 千克, 千米, 百帕 are units of their own.
_SCALED_UNIT = re.compile(r"[万亿十]|千(?![克米瓦卡伏赫升帕])|百(?![帕分])")
_BRACKETS = "()（）[]【】 "
_LEAST_ZEROS = 2


@dataclass(frozen=True)
class _Piece:
    """One piece of a section: a digit's place (`0`, `#`, `?` or `General`), a sign (`.`, `,`), or a text."""

    kind: str
    text: str


@dataclass(frozen=True)
class ShownNumber:
    """What one number format shows; it has a section for each of several kinds of numbers."""

    sections: tuple[_Section, ...]

    def text(self, number: float) -> str | None:
        """The number in full with what its cell shows beside it: 12 in `0.0"万件"` is `12万件`, 19 in `0000` is `0019`.

        None where the cell shows the number alone.
        """
        if not isfinite(number) or abs(number) >= 10**EXACT_DIGITS:
            return None
        section = self._section_of(number)
        return section.text(rounded(number)) if section else None

    def _section_of(self, number: float) -> _Section | None:
        """The section that counts: the first whose condition holds; without conditions for >= 0, < 0 and 0."""
        if any(section.condition for section in self.sections):
            fitting = (section for section in self.sections if section.holds_for(number))
            return next(fitting, None)
        place = 0
        if number < 0:
            place = 1
        elif number == 0:
            place = 2
        return self.sections[place if place < len(self.sections) else 0]


@dataclass(frozen=True)
class _Section:
    """One section of a number format, as the pieces between its semicolons."""

    pieces: tuple[_Piece, ...]
    condition: tuple[str, float] | None = None

    def holds_for(self, number: float) -> bool:
        """Whether the section is for such numbers; one without a condition is for whatever the others leave."""
        if self.condition is None:
            return True
        sign, limit = self.condition
        return _TESTS[sign](number, limit)

    @property
    def places(self) -> list[int]:
        """Where in the section its digits stand."""
        return [at for at, piece in enumerate(self.pieces) if piece.kind in ("digit", "general")]

    @property
    def says_more(self) -> bool:
        """Whether it may show more than the number alone: 12 stands for all numbers with few digits."""
        return self.text(Decimal(12)) is not None or self._zeros >= _LEAST_ZEROS

    def text(self, number: Decimal) -> str | None:
        """The number with its scale, unit or zeros; None where there are none, or the section shows no digits."""
        if not self.places:
            return None
        if self._zeros >= _LEAST_ZEROS:
            return self._code(number)
        suffix = self._words(self.places[-1] + 1, len(self.pieces))
        factor = self._factor
        shown = _plain(number * factor)
        scale = _scale_of(suffix)
        if scale == 1:
            return SCALED_MARK + shown if factor != 1 else self._with_unit(shown, suffix)
        # 12345 in `0!.0,"万"` is shown as 1.2万, which is what it is.
        if scale is not None and factor * scale == 1:
            return None
        # 12345 in `0.0,"万"` is shown as 12.3万: the format itself is wrong, and nobody knows what was meant.
        return shown + suffix if factor == 1 else SCALED_MARK + shown + suffix

    @staticmethod
    def _with_unit(shown: str, suffix: str) -> str | None:
        """A number with a unit that no other may stand for: 3小时 in a column of 工作日 is no 3."""
        return shown + suffix if suffix in OWN_MEASURE else None

    @property
    def _zeros(self) -> int:
        """How many digits a code has: `0000` and `000-0000` are codes, `00.0` and `#,##0` are none."""
        kinds = {piece.text if piece.kind == "digit" else piece.kind for piece in self.pieces}
        return len(self.places) if kinds <= {"0", "words"} else 0

    def _code(self, number: Decimal) -> str | None:
        """19 in `0000` is 0019, in `"A"000` A019; None for a number that is no code, or that shows all its digits."""
        if number < 0 or number != number.to_integral_value():
            return None
        digits = f"{number:f}".partition(".")[0]
        first, last = self.places[0], self.places[-1]
        padded = digits.zfill(len(self.places))
        rest = len(padded) - len(self.places)
        letters = iter(padded[rest:])
        inside = "".join(
            next(letters) if piece.kind == "digit" else piece.text for piece in self.pieces[first : last + 1]
        )
        before, behind = self._words(0, first), self._words(last + 1, len(self.pieces))
        # 第 and 期 stand beside numbers, PX- and A beside codes, and 年 and 月 among the digits of a month.
        if inside.isdigit():
            before, behind = (words if words.isascii() else "" for words in (before, behind))
        text = before + padded[:rest] + inside + behind
        return None if text == digits else text

    @property
    def _factor(self) -> Decimal:
        """What the number is multiplied by before it is shown: `0,` shows thousands, `0!.0,` ten thousands."""
        last_before_point = self._last_digit_before_point()
        signs = [(at, piece.text) for at, piece in enumerate(self.pieces) if piece.kind == "sign"]
        commas = sum(text == "," and at > last_before_point for at, text in signs)
        is_share = any(text == "%" for _, text in signs)
        factor = Decimal(100 if is_share else 1).scaleb(-3 * commas)
        return factor.scaleb(-self._digits_behind_written_point(signs))

    def _last_digit_before_point(self) -> int:
        """Where the last digit of the whole number stands: commas before it only group, as in #,##0."""
        point = next((at for at, piece in enumerate(self.pieces) if piece == _Piece("sign", ".")), len(self.pieces))
        before = [at for at in self.places if at < point]
        return before[-1] if before else -1

    def _digits_behind_written_point(self, signs: Sequence[tuple[int, str]]) -> int:
        """How many digits stand behind a point that is mere text among them: 12345 in `0!.0000` is shown as 1.2345."""
        if any(text == "." for _, text in signs):
            return 0
        inside = range(self.places[0], self.places[-1])
        points = [at for at in inside if self.pieces[at] == _Piece("words", ".")]
        return sum(at > points[0] for at in self.places) if points else 0

    def _words(self, first: int, last: int) -> str:
        """The texts between two places, without blanks and brackets around them: （万件） is 万件."""
        words = "".join(piece.text for piece in self.pieces[first:last] if piece.kind == "words")
        return "".join(words.split()).strip(_BRACKETS)


@cache
def shown_number(code: str) -> ShownNumber | None:
    """Returns what a number format shows of numbers beside their digits; None where it shows nothing more.

    Days and texts (`@`), fractions and powers of ten are no business of this.
    """
    sections = tuple(_section(text) for text in _sections(code)[:3])
    shown = ShownNumber(sections)
    return shown if any(section.says_more for section in sections) else None


def _sections(code: str) -> list[str]:
    """Divides a format at its semicolons, not at those inside quotation marks or behind a stroke."""
    sections = [""]
    for match in _TOKEN.finditer(code):
        if match["letter"] == ";":
            sections.append("")
        else:
            sections[-1] += match[0]
    return sections


def _section(text: str) -> _Section:
    condition = _CONDITION.search(text)
    pieces = [_piece(match) for match in _TOKEN.finditer(text)]
    is_other = any(piece.kind == "sign" and piece.text not in ".,%" for piece in pieces)
    return _Section(
        () if is_other else tuple(piece for piece in pieces if piece.kind != "blank"),
        (condition[1], float(condition[2])) if condition else None,
    )


def _piece(match: re.Match[str]) -> _Piece:
    """`"万"`, `\\万` and 万 are words all three."""
    kind = match.lastgroup or ""
    if kind in ("quoted", "escaped", "letter"):
        return _Piece("words", match[kind])
    return _Piece(kind, match[0])


def _scale_of(suffix: str) -> int | None:
    """What a text behind a number multiplies it by: 万件 by 10,000, K by 1,000, 件 by 1.

    None where it names a scale in no way that is understood: 万余件, 万亩.
    """
    unit = read_unit(suffix)
    if unit:
        return prod(SCALES[letter] for letter in unit.scale)
    if may_scale(suffix) or _SCALED_UNIT.match(suffix):
        return None
    return _LATIN_SCALES.get(suffix.lower(), 1)


def _plain(number: Decimal) -> str:
    """12.50 → 12.5, 1E+3 → 1000."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
