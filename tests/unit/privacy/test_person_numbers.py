"""Numbers of persons are found however they are written; figures, days and numbers of cases stay."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.privacy.masking import MASK
from pipeline.privacy.person_numbers import personal_spans, replaced_numbers

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
GAPS = st.sampled_from(("", " ", "-", ".", "－", "　", "—", "\u200b", "·", " -"))
WIDE = str.maketrans("0123456789+-()", "０１２３４５６７８９＋－（）")
WORDS = st.sampled_from(("", "电话", "请联系：", "（", "群众来电", "，", "a ", "_", "手机号是"))
ENDS = st.sampled_from(("", "。", "转", "）咨询", "，", " 已办", "_2023", "、"))


def id_number(place: str, born: date, sequence: int) -> str:
    digits = f"{place}{born:%Y%m%d}{sequence:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return digits + "10X98765432"[total % 11]


IDS = st.builds(
    id_number,
    st.sampled_from(("510105", "110101", "310115", "650102", "440306")),
    st.dates(date(1930, 1, 1), date(2020, 12, 31)),
    st.integers(0, 999),
)
MOBILES = st.builds(lambda second, rest: f"1{second}{rest:09d}", st.integers(3, 9), st.integers(0, 999_999_999))
SUBSCRIBERS = st.builds(lambda first, rest: f"{first}{rest:07d}", st.integers(2, 8), st.integers(0, 9_999_999))


def is_masked(before: str, number: str, behind: str) -> bool:
    return replaced_numbers(f"{before}{number}{behind}", MASK) == f"{before}{MASK}{behind}"


@given(IDS, WORDS, ENDS, GAPS, st.booleans(), st.booleans())
def test_an_identity_number_is_found_in_every_form(
    number: str, before: str, behind: str, gap: str, is_lower: bool, is_wide: bool
) -> None:
    written = gap.join((number[:6], number[6:10], number[10:14], number[14:]))
    written = written.lower() if is_lower else written
    assert is_masked(before, written.translate(WIDE) if is_wide else written, behind)


@given(st.dates(date(1930, 1, 1), date(1998, 12, 31)), st.integers(0, 999), WORDS, ENDS)
def test_an_identity_number_of_fifteen_digits_is_found(born: date, sequence: int, before: str, behind: str) -> None:
    assert is_masked(before, f"510105{born:%y%m%d}{sequence:03d}", behind)


@given(MOBILES, WORDS, ENDS, GAPS, st.sampled_from(("", "+86", "0086", "86", "+86 ", "+86-", "(+86)")), st.booleans())
def test_a_mobile_number_is_found_in_every_form(
    number: str, before: str, behind: str, gap: str, country: str, is_wide: bool
) -> None:
    written = country + gap.join((number[:3], number[3:7], number[7:]))
    assert is_masked(before, written.translate(WIDE) if is_wide else written, behind)


@given(
    SUBSCRIBERS,
    WORDS,
    ENDS,
    st.sampled_from(("028-{}", "（028）{}", "(028) {}", "028 {}", "028－{}", "028{}", "+86 28 {}")),
)
def test_a_landline_is_found_in_every_form(number: str, before: str, behind: str, form: str) -> None:
    assert is_masked(before, form.format(number), behind)


@pytest.mark.parametrize(
    "text",
    [
        "邮箱[zhang.san+1@mail.example.org]",
        "邮箱：[ｚｓ＠ｅｘａｍｐｌｅ．ｏｒｇ]",
        "卡号[6222021234567890123]",
        "[6222 0212 3456 7890 128]",
        "身份证[510105198704121231]",
        "[13900001111]-[13900001119]",
        "ID[51010519871212011X]",
        "tel:[13900001111]",
        "座机[86601234]",
        "动<b>[510105198712120115]</b>",
    ],
)
def test_numbers_beside_words_and_signs_are_found(text: str) -> None:
    bare = text.replace("[", "").replace("]", "")
    assert replaced_numbers(bare, MASK) == re.sub(r"\[[^\]]*\]", MASK, text)


FIGURES = st.one_of(
    st.integers(0, 999_999).map(str),
    st.integers(0, 10**9).map(lambda number: f"{number:,}"),
    st.decimals(0, 10**6, places=2).map(str),
    st.decimals(0, 1000, places=2).map(lambda share: f"{share}%"),
    st.dates(date(2000, 1, 1), date(2040, 1, 1)).map(lambda day: f"{day:%Y-%m-%d}"),
    st.dates(date(2000, 1, 1), date(2040, 1, 1)).map(lambda day: f"{day:%Y%m%d}"),
    st.dates(date(2000, 1, 1), date(2040, 1, 1)).map(lambda day: f"{day.year}年{day.month}月{day.day}日"),
    st.datetimes().map(lambda moment: f"{moment:%Y-%m-%d %H:%M:%S}"),
    st.datetimes(datetime(2000, 1, 1)).map(lambda moment: f"{moment:%Y%m%d%H%M%S}"),
    st.builds(
        lambda day, number: f"510000-{day:%Y%m%d}-{number:06d}", st.dates(date(2016, 1, 1)), st.integers(0, 999_999)
    ),
    st.builds(lambda day, number: f"510000{day:%Y%m%d}{number:03d}", st.dates(date(2016, 1, 1)), st.integers(0, 999)),
    st.sampled_from(("91510000MA62X1234K", "第15期", "12345", "400-820-8820", "110", "3.5万", "A13900001111")),
)


@given(st.lists(FIGURES, min_size=1, max_size=4), st.sampled_from(("，同比", "件、", "；", "至")))
def test_figures_days_codes_and_numbers_of_cases_stay(figures: list[str], between: str) -> None:
    text = "受理" + between.join(figures) + "件"
    assert personal_spans(text) == []


@given(st.text())
def test_masking_twice_is_masking_once(text: str) -> None:
    once = replaced_numbers(text, MASK)
    assert replaced_numbers(once, MASK) == once


@given(
    st.integers(-179, 179),
    st.integers(0, 10**11 - 1).map("{:011d}".format),
    st.sampled_from((6, 8, 9, 10, 11)),
    st.sampled_from(("，", "°", "")),
)
def test_a_run_of_digits_in_a_decimal_number_is_no_telephone_number(
    degrees: int, decimals: str, places: int, behind: str
) -> None:
    # 139.50000006 may be a mobile number that somebody wrote so.
    assume(not (13 <= abs(degrees) // 10 <= 19 and places == 8))
    text = f"经度 {degrees}.{decimals[:places]}{behind}"
    assert personal_spans(text) == []


def test_a_mobile_number_with_a_point_behind_its_third_digit_is_still_found() -> None:
    assert is_masked("电话", "139.50000006", "")
    assert is_masked("电话", "1.39.5000.0006", "")
