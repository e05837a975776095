"""Tells numbers that are a person's: identity numbers of 18 and 15 digits and mobile numbers; `masking` takes them out.

GB 11643-1999: six digits of a place, the day of birth, three digits of a sequence, a check digit. Until 1999 fifteen:
the year of birth had two digits and there was no check digit. The day in such a number is fixed by that standard; days
as people write them are read by `pipeline.ingest.cells.day_notations`.
"""

from __future__ import annotations

import re
from datetime import date

# The day of birth is read by its digits alone: numbers were given out with 30 February and 31 November. Without it one
# in eleven codes of enterprises (GB 32100-2015: 915100007000013693) would be a person's by its check digit.
_ID_NUMBER = re.compile(
    r"\d{6}"  # the place
    r"(?:1[89]|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"  # born 1800 to 2099
    r"\d{3}[\dXx]"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"  # by the weighted sum modulo 11
_OLD_ID_NUMBER = re.compile(r"[1-8]\d{5}(\d{2})(\d{2})(\d{2})\d{3}")  # 510101 900101 123
# An identity number that a spreadsheet has rounded: its check digit is lost, the day of birth is not. Later years are
# left alone, because case numbers of the same length begin with the day of the case.
_ROUNDED_ID_NUMBER = re.compile(
    r"[1-8]\d{5}"  # the place
    r"(?:19\d\d|200\d|201[0-5])(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"  # born 1900 to 2015
    r"\d{3}[\dXx]"
)
_OLDEST_YEAR = "30"
MOBILE = r"1[3-9]\d{9}"
"""A mobile number, 13800001111, as a piece of a regular expression."""


def is_id_number(text: str) -> bool:
    """Whether 18 characters are a person's identity number: a day of birth and the check digit (GB 11643-1999)."""
    if not _ID_NUMBER.fullmatch(text):
        return False
    weighted = [int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False)]
    check_digit = _CHECK_DIGITS[sum(weighted) % 11]
    return text[17].upper() == check_digit


def is_old_id_number(text: str) -> bool:
    """Whether a text is an identity number of fifteen digits, as they were until 1999, with a day of birth in it."""
    number = _OLD_ID_NUMBER.fullmatch(text)
    if number is None:
        return False
    year, month, day = map(int, number.groups())
    try:
        date(1900 + year, month, day)
    except ValueError:
        return False
    return True


def is_old_id_number_of_a_person(text: str) -> bool:
    """Whether fifteen digits in a text are an identity number, and not a case's: 510000 230417 001.

    Case numbers begin with a province (0000) or a city (00) and the day of the case; persons are of a county, and those
    who ever had such a number were born before 1999, hardly any of them before 1930.
    """
    of_county = text[:1] in "12345678" and text[4:6] != "00"
    return of_county and text[6:8] >= _OLDEST_YEAR and is_old_id_number(text)


def is_rounded_id_number(digits: str) -> bool:
    """Whether 18 digits may be an identity number with wrong last ones: rounded by a spreadsheet, or mistyped."""
    return _ROUNDED_ID_NUMBER.fullmatch(digits) is not None
