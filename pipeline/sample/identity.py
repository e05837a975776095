"""Made-up persons and enterprises belong here, made so that none of them can exist; nothing real is looked up.

How to recognise them: ID numbers lie in the district 519900, which no administrative division has; mobiles begin with
154, which no operator was given; every person's name holds 样, every enterprise's and address's 样例. The check digits
of ID numbers and credit codes are valid, so that a scanner for personal data finds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

ID_DISTRICT: Final = 519900
ID_CHECKS: Final = "10X98765432"
MOBILE_BASE: Final = 15_400_000_000
PERSONS: Final = 160_000
ENTERPRISES: Final = 6_000

_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
# 䶮 and 𠮷 exist in GB18030 but not in GBK: a reader that takes the wrong one fails on them.
_GIVEN: Final = "宁安欣怡然博文雅静晨阳嘉瑞思远子涵雨桐一诺浩宇梓萱铭泽若曦景行知远明哲䶮𠮷"
_DISTRICTS: Final = ("锦样区", "青样区", "武样区", "成样区", "龙样区", "新样区", "温样县", "双样县", "郫样县", "金样县")
_TRADES: Final = ("新材料", "建筑工程", "医药", "物流", "农业科技", "文化传播", "机械", "食品", "信息技术", "环保")


@dataclass(frozen=True)
class Identities:
    """The pool that applicants are drawn from: parallel arrays of persons, and texts of enterprises."""

    id_bodies: Array
    id_checks: Array
    person_names: tuple[str, ...]
    person_name_codes: Array
    enterprise_names: tuple[str, ...]
    enterprise_codes: tuple[str, ...]
    addresses: tuple[str, ...]


def build_identities(rng: np.random.Generator) -> Identities:
    """A pool of persons and enterprises; the same generator state gives the same pool."""
    given_names = list(dict.fromkeys(_GIVEN))
    names: list[str] = []
    for surname in _SURNAMES:
        names += [f"{surname}样{given}" for given in given_names]
    addresses: list[str] = []
    for district in _DISTRICTS:
        addresses += [f"样例市{district}演示路{number}号" for number in range(1, 200)]
    bodies = _id_bodies(rng, PERSONS)
    return Identities(
        id_bodies=bodies,
        id_checks=id_check_positions(bodies),
        person_names=tuple(names),
        person_name_codes=rng.integers(0, len(names), PERSONS, dtype=np.int16),
        enterprise_names=tuple(f"四川样例{i:04d}{_TRADES[i % 10]}有限公司" for i in range(ENTERPRISES)),
        enterprise_codes=tuple(credit_code(f"915199{i % 100:02d}MA{6_000_000 + i:07d}") for i in range(ENTERPRISES)),
        addresses=tuple(addresses),
    )


def _id_bodies(rng: np.random.Generator, count: int) -> Array:
    """The first 17 digits: district, birthday 1950–2004, sequence."""
    first = date(1950, 1, 1)
    birthdays = np.array([int(f"{first + timedelta(days=i):%Y%m%d}") for i in range(20_000)], dtype=np.int64)
    born = birthdays[rng.integers(0, len(birthdays), count)]
    return ID_DISTRICT * 10**11 + born * 1000 + rng.integers(1, 1000, count)


def id_check_positions(bodies: Array) -> Array:
    """Position of each 17-digit body's check character in `ID_CHECKS` (GB 11643: weighted sum modulo 11)."""
    total = np.zeros(len(bodies), dtype=np.int64)
    rest = bodies.copy()
    for weight in reversed(_ID_WEIGHTS):
        rest, digit = np.divmod(rest, 10)
        total += weight * digit
    return (total % 11).astype(np.int8)


def credit_code(body: str) -> str:
    """A unified social credit code of 18 characters from its first 17 (GB 32100: weights 3^i, modulo 31)."""
    total = sum(_CREDIT_ALPHABET.index(char) * pow(3, i, 31) for i, char in enumerate(body))
    return body + _CREDIT_ALPHABET[-total % 31]
