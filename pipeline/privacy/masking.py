"""Masks what points at a person in texts that people read; which column is personal, contracts say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z-])1[3-9]\d{9}(?![0-9A-Za-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
MASK = "［已脱敏］"
# An identity number that a spreadsheet has rounded: its check digit is lost, the day of birth is not. Later years are
# left alone, because case numbers of the same length begin with the day of the case.
_ROUNDED_ID = re.compile(r"[1-8]\d{5}(?:19\d\d|200\d|201[0-5])(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4}")
_LANDLINE = re.compile(r"(?<![0-9A-Za-z-])(?:[(（]0\d{2,3}[)）]\s*|0\d{2,3}\s*[-－—–]\s*)\d{7,8}(?!\d)")
_CALL = re.compile(r"((?:电话|传真|手机|联系方式)(?:号码)?\s*[:：]?\s*)[(（]?\d[\d\s()（）－—–-]{5,}\d")
_WORK = "姓名|制表|填报|填表|审核|复核|审批|签发|经办|校对|录入"
_ROLE = rf"(?:(?:{_WORK}|联系|负责|报送|打印|导出|统计|责任)人员?|(?:{_WORK})者|(?:分管|主管)?领导)"
_ALSO = "(?:[及和与、/]?(?:联系)?(?:电话|方式|手机))?"
_NAME = r"(?:[一-鿿][ \t　]+[一-鿿](?![一-鿿])|[^\s\d,，;；:：。［（()）][^\s,，;；:：。［（()）]*)"
# 填报人：王小明, 审核：王小明 and 填报人 王小明; the name of a unit behind such a word is masked too.
_SIGNED = re.compile(rf"((?:(?:{_ROLE}|{_WORK}){_ALSO}\s*[:：]\s*|{_ROLE}{_ALSO}\s+)){_NAME}")
_ANNOUNCED = re.compile(rf"(?:{_ROLE}{_ALSO}[:：]?|(?:{_WORK})[:：])")
_NAME_ALONE = re.compile(r"[一-鿿](?:\s*[一-鿿]){1,3}|[一-鿿]{2,8}[·•・][一-鿿·•・]{1,12}|[A-Za-z][A-Za-z .·-]{1,30}")


def is_id_number(text: str) -> bool:
    """Whether an 18-character text is a citizen's identity number by its check digit (GB 11643-1999)."""
    if not re.fullmatch(r"\d{17}[\dXx]", text):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return _CHECK_DIGITS[total % 11] == text[17].upper()


def mask_free_text(text: str) -> str:
    """The text with identity numbers and mobile numbers replaced; unchanged where there are none."""
    masked = _ID_NUMBER.sub(lambda found: MASK if is_id_number(found.group()) else found.group(), text)
    return _MOBILE.sub(MASK, masked)


def mask_number(value: int | float) -> int | float | str:
    """A number of a cell, masked where it is a person's: a mobile number, or an identity number, rounded or not."""
    digits = f"{value:.0f}" if value == value and abs(value) < 1e18 else ""  # noqa: PLR0124 - NaN has no digits
    is_personal = _MOBILE.fullmatch(digits) or is_id_number(digits) or _ROUNDED_ID.fullmatch(digits)
    return MASK if is_personal else value


def mask_line(text: str, mark: str = MASK) -> str:
    """A title, note or header without persons: no numbers of any kind to call, and no names behind 填报人 or 审核."""
    return mask_landlines(_CALL.sub(rf"\1{mark}", mask_names(mask_free_text(text), mark)))


def mask_names(text: str, mark: str = MASK) -> str:
    """The text with the names of those replaced who signed for it: 填报人：王小明."""
    return _SIGNED.sub(rf"\1{mark}", text)


def mask_landlines(text: str) -> str:
    """The text with telephone numbers that begin with an area code replaced."""
    return _LANDLINE.sub(MASK, text)


def signed_places(cells: Sequence[str | None]) -> frozenset[int]:
    """Which cells of a row hold the name that the filled cell before them announces: 填报人, and beside it 王小明."""
    filled = [(place, cell.strip()) for place, cell in enumerate(cells) if cell and cell.strip()]
    return frozenset(
        place
        for (_, before), (place, cell) in pairwise(filled)
        if _ANNOUNCED.fullmatch("".join(before.split()))
        and _NAME_ALONE.fullmatch(cell)
        and not _ANNOUNCED.fullmatch("".join(cell.split()))
    )


def shown(value: str | None, limit: int = 60) -> str | None:
    """A bad cell as it may be shown to people: masked and short; control characters are made visible."""
    if value is None:
        return None
    visible = "".join(char if char.isprintable() else "␣" for char in mask_names(mask_free_text(value)))
    return visible if len(visible) <= limit else visible[: limit - 1] + "…"
