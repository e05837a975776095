"""Makes names for columns and contracts from Chinese or English labels; terms.csv lists the words of the field."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pipeline.contracts.labels import label_key
from pipeline.contracts.model import RESERVED, SQL_WORDS

_LONGEST_NAME = 60
# Words that YAML would read as something else than a text.
_YAML_WORDS = frozenset({"yes", "no", "y", "n", "on", "off", "true", "false", "null"})
# SQL knows these as words of joins, tests and types: where no quotes are written, a query with them does not run.
_JOINING_WORDS = (
    "anti asof at binary by cross full generated glob ilike inner is isnull join left like map natural notnull outer "
    "over overlaps positional right semi similar struct"
)
_WORDS_OF_JOINS = frozenset(_JOINING_WORDS.split())
# A term that is the whole label needs a fuller name than it has within one: 窗口 alone is window_name.
_ALONE = {
    "window_value": "window_name",
    "on_value": "occurred_on",
    "at_value": "occurred_at",
    "no_value": "number",
    "is_value": "flag",
    "case_value": "cases",
}
# 受理(件), 金额（万元）, 备注【必填】
_BRACKETED = re.compile(r"[(（\[【].*?[)）\]】]")
# Between the parts of a label: 受理/本周, 受理(累计), 咨询、投诉
_BORDERS = frozenset("/()[]【】、-—_·:,.&+|“”\"'")
# 2023年, 4月份, 第15周: in a name the number stands behind its word, year_2023.
_NUMBERED = re.compile(r"第?(\d{1,4})(年|季度|月|周|期|日)(?:份|度)?")
_NUMBERED_WORDS = {"年": "year", "季度": "quarter", "月": "month", "周": "week", "期": "issue", "日": "day"}
_YEAR = re.compile(r"(?:19|20)\d\d")
# CreatedDate → Created|Date
_CAMEL_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# 12345热线 begins with 12345
_ASCII_RUN = re.compile(r"[a-z0-9]+")
_NO_NAME_CHARACTERS = re.compile(r"[^a-z0-9]+")
# 2023年第15期 is no name; 一窗受理, requests are.
_NO_TITLE_CHARACTERS = re.compile(r"[^A-Za-z_一-鿿]+")
_TWO_LETTERS = re.compile("[a-z]{2}")


def ascii_name(label: str) -> tuple[str | None, bool]:
    """A column name from the field's terms or from an English label, and whether every part of the label is in it.

    投诉编号 → complaint_no, 受理（累计） → accepted_ytd, CreatedDate → created_date, 2023 → year_2023. None where less
    than half of a Chinese label is known.
    """
    bare = _BRACKETED.sub("", label).strip()
    if _YEAR.fullmatch(bare):
        return f"year_{bare}", True
    if bare.isascii():
        return usable(_CAMEL_BORDER.sub("_", bare)), True
    # What a bracket says of a measure stays in the key, units do not.
    key = label_key(label)
    words, unknown = _compose(key)
    is_mostly_unknown = unknown * 2 > len(key)
    if is_mostly_unknown:
        return None, False
    name = usable("_".join(word for word in words if word))
    is_whole = unknown == 0
    return _ALONE.get(name or "", name), is_whole


def contract_name(title: str) -> str | None:
    """A contract's name from a title; digits alone say nothing. 政务服务投诉登记表 → complaint_log, or None."""
    without_period = _NUMBERED.sub("_", title)
    letters = _NO_TITLE_CHARACTERS.sub("_", without_period).strip("_")
    name, _ = ascii_name(letters)
    if name is None or not _TWO_LETTERS.match(name):
        return None
    return name


def usable(text: str) -> str | None:
    """The text as a name that contracts and SQL take, or None where nothing of it remains.

    Order No. → order_no, 2nd → c_2nd, order → order_value (a word of SQL).
    """
    name = _NO_NAME_CHARACTERS.sub("_", text.lower()).strip("_")
    name = name[:_LONGEST_NAME].strip("_")
    if name[:1].isdigit():
        name = f"c_{name}"
    taken = RESERVED | SQL_WORDS | _YAML_WORDS | _WORDS_OF_JOINS
    if name in taken:
        return f"{name}_value"
    return name or None


@cache
def _terms() -> dict[str, str]:
    with (Path(__file__).parent / "terms.csv").open(encoding="utf-8", newline="") as file:
        return {row["term"]: row["name"] for row in csv.DictReader(file)}


def _compose(label: str) -> tuple[list[str], int]:
    """The terms of a label in order, and how many of its characters belong to none.

    奇异投诉编号 → ["complaint", "no"], 2. Words that only bind others, such as 及, are empty in terms.csv.
    """
    terms = _terms()
    longest = max(map(len, terms))
    words: list[str] = []
    unknown = 0
    rest = label
    while rest:
        term = _leading_term(rest, terms, longest)
        numbered = _NUMBERED.match(rest)
        ascii_run = _ASCII_RUN.match(rest)
        if numbered:
            words.append(f"{_NUMBERED_WORDS[numbered[2]]}_{int(numbered[1])}")
            rest = rest[numbered.end() :]
        elif term:
            words.append(terms[term])
            rest = rest[len(term) :]
        elif ascii_run:
            words.append(ascii_run.group())
            rest = rest[ascii_run.end() :]
        else:
            unknown += 0 if rest[0] in _BORDERS else 1
            rest = rest[1:]
    return words, unknown


def _leading_term(text: str, terms: Mapping[str, str], longest: int) -> str:
    """The longest term that the text begins with; "" where there is none."""
    for size in range(min(longest, len(text)), 0, -1):
        if text[:size] in terms:
            return text[:size]
    return ""
