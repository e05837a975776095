"""Masks what points at a person in texts that people read; which column is personal, `pipeline.contracts` says.

What is a person's number, `person_numbers` knows; which columns seem to hold persons, `guess` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import compress, pairwise
from typing import Final

from pipeline.privacy.id_numbers import MOBILE, is_id_number, is_rounded_id_number
from pipeline.privacy.person_numbers import MAY_HOLD_NUMBER, replaced_numbers
from pipeline.privacy.surnames import DOUBLE_SURNAMES, SURNAMES

MASK = "［已脱敏］"
MAY_BE_PERSONAL: Final = rf"{MAY_HOLD_NUMBER}|[:：]"
"""What every text matches that `mask_field` changes: an RE2 pattern for DuckDB. A colon may announce a name."""
_LONGEST_SHOWN = 60
_LARGEST_EXACT = 1e18
# Of a longer value only the beginning is looked at: a cell may hold 100 MB, and 60 characters of it are shown.
_LONGEST_LOOKED_AT = 1_000
# Where the beginning ends, half a number may stand that only the whole of it would show to be a person's.
_CUT_NUMBER = re.compile(r"[0-9A-Za-z()（） \-－—–]{1,40}$")

_MOBILE = re.compile(rf"(?:86)?{MOBILE}")
# 电话：86601234, 联系方式 (028)8660 1234
_CALL = re.compile(r"((?:电话|传真|手机|联系方式)(?:号码)?\s*[:：]?\s*)[(（]?\d[\d\s()（）－—–-]{5,}\d")
# 028-86601234, （0817）5223344, whatever the area is
_LANDLINE = re.compile(r"(?<![0-9A-Za-z-])(?:[(（]0\d{2,3}[)）]\s*|0\d{2,3}\s*[-－—–]\s*)\d{7,8}(?!\d)")

# 王小明, 欧阳娜娜: a surname and one to three characters; 王某 was made to name nobody already
_PERSON = rf"(?!.{{1,2}}某)(?:{'|'.join(DOUBLE_SURNAMES)}|[{''.join(sorted(SURNAMES))}])[一-鿿]{{1,3}}?"
_CITIZEN = (
    "群众|市民|居民|村民|申请人|申办人|办事人|当事人|来访人|来电人|投诉人|举报人|联系人|委托人|代理人|经办人|负责人"
    "|法人|业主|家长|患者|学生|老人"
)
_NO_END_OF_NAME = "(?<![区县市州省镇乡村街路厅局委办处科室部院所站厂店口门厦])"  # 高新区电话：, 江安县
# 身份证, 联系电话： between a name and its number
_NUMBER_WORD = r"(?:(?:本人)?(?:身份证|证件)(?:号码?)?|(?:联系)?(?:电话|手机|方式)(?:号码?)?|卡号|邮箱|微信|来电|致电)"
# 群众王小明（身份证［已脱敏］）, 王小明，电话：［已脱敏］, _王小明_［已脱敏］: the number is masked already.
_BESIDE_NUMBER = re.compile(
    rf"(?:(?<![一-鿿])|(?<={')|(?<='.join(_CITIZEN.split('|'))})){_PERSON}{_NO_END_OF_NAME}"
    rf"(?=[\s(（,，、:：_\-－]{{0,2}}(?:{_NUMBER_WORD})?[\s:：为是]{{0,2}}{MASK})"
)

_WORK = "姓名|制表|填报|填表|审核|复核|审批|签发|经办|校对|录入"
# 填报人, 审核人员, 制表者, 分管领导
_ROLE = rf"(?:(?:{_WORK}|联系|负责|报送|打印|导出|统计|责任)人员?|(?:{_WORK})者|(?:分管|主管)?领导)"
_ALSO = "(?:[及和与、/]?(?:联系)?(?:电话|方式|手机))?"  # 联系人及电话
# 王 明 with a blank between its two characters, or whatever stands up to the next blank, digit or comma
_NAME = r"(?:[一-鿿][ \t　]+[一-鿿](?![一-鿿])|[^\s\d,，;；:：。［（()）][^\s,，;；:：。［（()）]*)"
# 填报人：王小明, 联系人：欧阳娜娜 in a cell of data, where 审核：通过 is no name
_NAMED = re.compile(rf"((?:{_ROLE}|{_WORK}|{_CITIZEN}){_ALSO}\s*[:：]\s*){_PERSON}(?![一-鿿])")
# 填报人：王小明, 审核：王小明 and 填报人 王小明; the name of a unit behind such a word is masked too.
_SIGNED = re.compile(rf"((?:(?:{_ROLE}|{_WORK}){_ALSO}\s*[:：]\s*|{_ROLE}{_ALSO}\s+)){_NAME}")
_ANNOUNCED = re.compile(rf"(?:{_ROLE}{_ALSO}[:：]?|(?:{_WORK})[:：])")  # a cell 填报人, 审核：
# a cell 王 小明, 阿卜杜拉·买买提, Wang Xiaoming
_NAME_ALONE = re.compile(r"[一-鿿](?:\s*[一-鿿]){1,3}|[一-鿿]{2,8}[·•・][一-鿿·•・]{1,12}|[A-Za-z][A-Za-z .·-]{1,30}")


def mask_free_text(text: str) -> str:
    """The text without personal numbers, and without the names that stand beside one; officials' names stay.

    群众王小明（身份证510105198703030024）来电 → 群众［已脱敏］（身份证［已脱敏］）来电.
    """
    without_numbers = replaced_numbers(text, MASK)
    if without_numbers == text:
        return text
    return _BESIDE_NUMBER.sub(MASK, without_numbers)


def mask_field(text: str, *, keeps_names: bool = False) -> str:
    """The text of a cell that is no identifier: without personal numbers, and without names that a word announces.

    联系人：王小明 → 联系人：［已脱敏］; where the column names officials on purpose, `keeps_names` lets that stand.
    """
    masked = mask_free_text(text)
    return masked if keeps_names else _NAMED.sub(rf"\1{MASK}", masked)


def mask_name(name: str) -> str:
    """The name of a file or sheet as it is stored and shown; days, weeks and units in it stay.

    窗口动态_王小明_13900001111_2023-01-09.xlsx → 窗口动态_［已脱敏］_［已脱敏］_2023-01-09.xlsx.
    """
    return mask_line(name)


def mask_sheet_names(names: Iterable[str]) -> list[str]:
    """The names of a workbook's sheets as they are stored and shown, still different from each other.

    Two sheets 13900001111 and 13900002222 → ［已脱敏］ and ［已脱敏］ (2).
    """
    masked: list[str] = []
    for name in names:
        safe_name = mask_name(name)
        number = 2
        while safe_name in masked and safe_name != name:
            safe_name = f"{mask_name(name)} ({number})"
            number += 1
        masked.append(safe_name)
    return masked


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
    """The text with all telephone numbers replaced that seem to begin with an area code."""
    return _LANDLINE.sub(MASK, text)


def signed_places(cells: Sequence[str | None]) -> frozenset[int]:
    """Which cells of a row (from 0) hold the name that the filled cell before them announces: 填报人 | 王小明."""
    texts = [(cell or "").strip() for cell in cells]
    filled = compress(range(len(texts)), texts)
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


def _printable(char: str) -> str:
    return char if char.isprintable() else "␣"


def shown(value: str | None, limit: int = _LONGEST_SHOWN) -> str | None:
    """A bad cell as it may be shown to people: masked and short; control characters are made visible."""
    if value is None:
        return None
    beginning = value
    is_cut = len(value) > limit + _LONGEST_LOOKED_AT
    if is_cut:
        beginning = _CUT_NUMBER.sub("", value[: limit + _LONGEST_LOOKED_AT])
    masked = mask_names(mask_free_text(beginning))
    visible = "".join(map(_printable, masked))
    if len(visible) <= limit and not is_cut:
        return visible
    return visible[: limit - 1] + "…"
