"""Masks what points at a person in texts that people read; which column is personal, `pipeline.contracts` says.

What is a person's number, `id_numbers` knows; which columns seem to hold persons, `guess` says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.privacy.id_numbers import MOBILE, is_id_number, is_rounded_id_number

MASK = "［已脱敏］"
_LONGEST_SHOWN = 60
_LARGEST_EXACT = 1e18
# Of a longer value only the beginning is looked at: a cell may hold 100 MB, and 60 characters of it are shown.
_LONGEST_LOOKED_AT = 1_000
# Where the beginning ends, half a number may stand that only the whole of it would show to be a person's.
_CUT_NUMBER = re.compile(r"[0-9A-Za-z()（） \-－—–]{1,40}$")

_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")  # no part of a longer code
_MOBILE = re.compile(rf"(?<![0-9A-Za-z-]){MOBILE}(?![0-9A-Za-z])")
# 028-86601234, （0817）5223344
_LANDLINE = re.compile(r"(?<![0-9A-Za-z-])(?:[(（]0\d{2,3}[)）]\s*|0\d{2,3}\s*[-－—–]\s*)\d{7,8}(?!\d)")
# 电话：86601234, 联系方式 (028)8660 1234
_CALL = re.compile(r"((?:电话|传真|手机|联系方式)(?:号码)?\s*[:：]?\s*)[(（]?\d[\d\s()（）－—–-]{5,}\d")

_WORK = "姓名|制表|填报|填表|审核|复核|审批|签发|经办|校对|录入"
# 填报人, 审核人员, 制表者, 分管领导
_ROLE = rf"(?:(?:{_WORK}|联系|负责|报送|打印|导出|统计|责任)人员?|(?:{_WORK})者|(?:分管|主管)?领导)"
_ALSO = "(?:[及和与、/]?(?:联系)?(?:电话|方式|手机))?"  # 联系人及电话
# 王 明 with a blank between its two characters, or whatever stands up to the next blank, digit or comma
_NAME = r"(?:[一-鿿][ \t　]+[一-鿿](?![一-鿿])|[^\s\d,，;；:：。［（()）][^\s,，;；:：。［（()）]*)"
# 填报人：王小明, 审核：王小明 and 填报人 王小明; the name of a unit behind such a word is masked too.
_SIGNED = re.compile(rf"((?:(?:{_ROLE}|{_WORK}){_ALSO}\s*[:：]\s*|{_ROLE}{_ALSO}\s+)){_NAME}")
_ANNOUNCED = re.compile(rf"(?:{_ROLE}{_ALSO}[:：]?|(?:{_WORK})[:：])")  # a cell 填报人, 审核：
# a cell 王 小明, 阿卜杜拉·买买提, Wang Xiaoming
_NAME_ALONE = re.compile(r"[一-鿿](?:\s*[一-鿿]){1,3}|[一-鿿]{2,8}[·•・][一-鿿·•・]{1,12}|[A-Za-z][A-Za-z .·-]{1,30}")


def mask_free_text(text: str) -> str:
    """The text with identity numbers and mobile numbers replaced; unchanged where there are none."""
    without_ids = _ID_NUMBER.sub(_mask_of_id, text)
    return _MOBILE.sub(MASK, without_ids)


def _mask_of_id(number: re.Match[str]) -> str:
    """18 digits with a wrong check digit are the number of a case or a licence and stay."""
    digits = number.group()
    return MASK if is_id_number(digits) else digits


def mask_number(value: int | float) -> int | float | str:
    """A number of a cell, masked where it is a person's: a mobile number, or an identity number, rounded or not."""
    # NaN and infinities are in no range of numbers.
    if not abs(value) < _LARGEST_EXACT:
        return value
    digits = f"{value:.0f}"
    if _MOBILE.fullmatch(digits):
        return MASK
    if is_id_number(digits) or is_rounded_id_number(digits):
        return MASK
    return value


def mask_line(text: str, mark: str = MASK) -> str:
    """A title, note or header without persons: no numbers of any kind to call, and no names behind 填报人 or 审核.

    填报人：王小明 电话：86601234 → 填报人：［已脱敏］ 电话：［已脱敏］.
    """
    without_numbers = mask_free_text(text)
    without_names = mask_names(without_numbers, mark)
    without_calls = _CALL.sub(rf"\1{mark}", without_names)
    return mask_landlines(without_calls)


def mask_names(text: str, mark: str = MASK) -> str:
    """The text with the names of those replaced who signed for it: 填报人：王小明."""
    return _SIGNED.sub(rf"\1{mark}", text)


def mask_landlines(text: str) -> str:
    """The text with telephone numbers that begin with an area code replaced."""
    return _LANDLINE.sub(MASK, text)


def signed_places(cells: Sequence[str | None]) -> frozenset[int]:
    """Which cells of a row (from 0) hold the name that the filled cell before them announces: 填报人 | 王小明."""
    texts = [(cell or "").strip() for cell in cells]
    filled = [place for place, text in enumerate(texts) if text]
    signed = set()
    for before, place in pairwise(filled):
        is_announced = _announces(texts[before])
        if is_announced and _is_signature(texts[place]):
            signed.add(place)
    return frozenset(signed)


def _is_signature(text: str) -> bool:
    """Whether a cell may be a name; in 制表人 | 审核人 | 王小明 only the last is one."""
    if _announces(text):
        return False
    return _NAME_ALONE.fullmatch(text) is not None


def _announces(text: str) -> bool:
    return _ANNOUNCED.fullmatch("".join(text.split())) is not None


def shown(value: str | None, limit: int = _LONGEST_SHOWN) -> str | None:
    """A bad cell as it may be shown to people: masked and short; control characters are made visible."""
    if value is None:
        return None
    beginning = value
    is_cut = len(value) > limit + _LONGEST_LOOKED_AT
    if is_cut:
        beginning = _CUT_NUMBER.sub("", value[: limit + _LONGEST_LOOKED_AT])
    masked = mask_names(mask_free_text(beginning))
    visible = "".join(char if char.isprintable() else "␣" for char in masked)
    if len(visible) <= limit and not is_cut:
        return visible
    return visible[: limit - 1] + "…"
