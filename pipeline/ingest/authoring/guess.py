"""Guesses about a column that no contract describes yet, from its label and its texts; none of them changes a value."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path

from pipeline.contracts import FieldType
from pipeline.contracts.labels import label_key
from pipeline.contracts.model import DEFAULT_MISSING, RESERVED, SQL_WORDS
from pipeline.ingest.cells.dates import Context, parse_moment
from pipeline.ingest.cells.numbers import parse_number
from pipeline.privacy.masking import mask_free_text, shown

ENOUGH = 0.95
"""A type is guessed where this share of the different texts fits it; the others are named in the guess."""
_MANY_ROWS = 20
_IDENTIFIER_LABEL = re.compile(
    r"编号|编码|代码|流水|单号|证号|号码|号$|(^|[^a-z])(id|no|nr|code|zip)$|_id$|number$|zipcode$|code$", re.IGNORECASE
)
_PROSE_LABEL = re.compile(r"内容|说明|描述|备注|意见|情况|诉求|事由|comment|remark|description|note", re.IGNORECASE)
_RATE_LABEL = re.compile(
    r"率|比重|占比|比例|百分比|平均|[人户日月件周]均|均[值价分数]|均$|同比|环比|单价|增[幅速长]$|pct$|percent|rate$|average|avg|mean",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"[(（\[]\s*[%％]\s*[)）\]]")
_LEVEL_LABEL = re.compile(
    r"得分|分[数值]$|评分|满意度|指数|排名|名次|[年月]份$|年度$|时限|期限|score|rank", re.IGNORECASE
)
_LONG_TEXT = 20
_ZERO_WORDS = frozenset({"无", "无业务", "零", "没有"})
_UNIT = re.compile(r"[(（]\s*([一-鿿/]{1,4})\s*[)）]")
_SCALE_UNIT = re.compile(r"^[万亿]")
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


_YAML_WORDS = frozenset({"yes", "no", "y", "n", "on", "off", "true", "false", "null"})
_ALONE = {
    "window_value": "window_name",
    "on_value": "occurred_on",
    "at": "occurred_at",
    "no_value": "number",
    "is": "flag",
}


@dataclass(frozen=True)
class TypeGuess:
    """A logical type, the patterns to pin, words that mean zero, and the texts that would not fit."""

    type: FieldType
    formats: tuple[str, ...] = ()
    zero_values: tuple[str, ...] = ()
    misfits: tuple[str, ...] = ()
    doubt: str = ""


def ascii_name(label: str) -> tuple[str | None, bool]:
    """A column name from the field's terms or from an English label, and whether every part of the label is in it.

    None where less than half of a Chinese label is known.
    """
    bare = re.sub(r"[(（\[【].*?[)）\]】]", "", label)
    if bare.isascii():
        return usable(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", bare)), True
    words, unknown = _compose(label_key(bare))
    if unknown * 2 > len(label_key(bare)):
        return None, False
    name = usable("_".join(word for word in words if word))
    return _ALONE.get(name or "", name), not unknown


def usable(text: str) -> str | None:
    """The text as a name that contracts and SQL take, or None where nothing of it remains."""
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:60].strip("_")
    if name[:1].isdigit():
        name = f"c_{name}"
    return f"{name}_value" if name in RESERVED | SQL_WORDS | _YAML_WORDS else name or None


@cache
def _terms() -> dict[str, str]:
    with (Path(__file__).parent / "terms.csv").open(encoding="utf-8", newline="") as file:
        return {row["term"]: row["name"] for row in csv.DictReader(file)}


def _compose(label: str) -> tuple[list[str], int]:
    """The terms of a label in order, and how many of its characters belong to none."""
    terms, words, unknown = _terms(), [], 0
    longest = max(map(len, terms))
    while label:
        size = next((n for n in range(min(longest, len(label)), 0, -1) if label[:n] in terms), 0)
        ascii_run = re.match(r"[a-z0-9]+", label)
        if size:
            words.append(terms[label[:size]])
        elif ascii_run:
            words.append(ascii_run.group())
        elif label[0] != "/":
            unknown += 1
        label = label[size or (ascii_run.end() if ascii_run else 1) :]
    return words, unknown


def unit_of(label: str) -> str | None:
    """The unit in a header's brackets, 受理(件) → 件; letters and scales (万件) are none."""
    found = _UNIT.search(label)
    return None if found is None or _SCALE_UNIT.match(found[1]) else found[1]


def is_identifier(label: str) -> bool:
    """Whether a label names a number that is not counted with: 办件编号, SRNumber, ZipCode."""
    return _IDENTIFIER_LABEL.search(label.strip()) is not None


def is_rate(label: str, texts: Sequence[str], is_summed: bool) -> bool:
    """Whether numbers of a column do not add up: rates, shares and averages, and levels that no total adds up."""
    key = label_key(label)
    is_percent = bool(texts) and sum(text.strip().endswith(("%", "％")) for text in texts) * 2 > len(texts)
    is_level = not is_summed and _LEVEL_LABEL.search(key) is not None
    return is_percent or _RATE_LABEL.search(key) is not None or _PERCENT.search(label) is not None or is_level


def is_prose(label: str, texts: Sequence[str]) -> bool:
    """Whether a column holds free text, in which people may have written numbers of persons."""
    if any(mask_free_text(text) != text for text in texts):
        return True
    is_long = bool(texts) and sum(map(len, texts)) / len(texts) >= _LONG_TEXT
    return is_long and (_PROSE_LABEL.search(label) is not None or any("，" in text or "。" in text for text in texts))


def type_of(label: str, texts: Iterable[str], is_text_file: bool, is_summed: bool = False) -> TypeGuess:
    """The type that nearly all texts fit; `texts` are different, filled ones. Text where in doubt.

    What a printed total adds up (`is_summed`) is no identifier, though its name may end like one: 过号.
    """
    kept = [text.strip() for text in texts if text.strip() not in DEFAULT_MISSING]
    if not kept:
        return TypeGuess(FieldType.STRING)
    if is_identifier(label) and not is_summed:
        is_number = _number_type(kept) is not None
        return TypeGuess(
            FieldType.STRING, doubt="表头像编号，按文字保存；若是数量请写 type: integer" if is_number else ""
        )
    return _moment_type(label, kept, is_text_file) or _number_type(kept) or _text_type(kept)


def _text_type(texts: Sequence[str]) -> TypeGuess:
    """Text; where most of it would be numbers, the guess says so."""
    others = [text for text in texts if parse_number(text) is None]
    is_mixed = len(texts) > 1 and len(others) * 2 <= len(texts) and not _number_like_codes(texts)
    example = f"，“{shown(others[0], 20)}”等不是" if others else ""
    return TypeGuess(FieldType.STRING, doubt=f"多数是数字{example}；若应为数字请写 type: integer" if is_mixed else "")


def _moment_type(label: str, texts: Sequence[str], is_text_file: bool) -> TypeGuess | None:
    context = Context(2020) if re.search("日期|时间|日$", label) else Context()
    moments = {text: parse_moment(text, context) for text in texts}
    misfits = tuple(text for text, moment in moments.items() if moment is None)
    if 1 - len(misfits) / len(texts) >= ENOUGH:
        has_clock = any(moment and moment.time() != time(0) for moment in moments.values())
        kind = FieldType.DATETIME if has_clock or any(":" in text for text in texts) else FieldType.DATE
        pinned = _fitting(texts, ENOUGH) if is_text_file and kind is FieldType.DATETIME else []
        return TypeGuess(kind, tuple(pinned[:1]), misfits=misfits)
    fitting = _fitting(texts, ENOUGH)
    if not fitting:
        return None
    kind = FieldType.DATETIME if "%M" in fitting[0] else FieldType.DATE
    doubt = f"也可能是 {fitting[1]}，月日次序请核对" if len(fitting) > 1 else ""
    misfits = tuple(text for text in texts if not _fits(text, fitting[0]))
    return TypeGuess(kind, (fitting[0],), misfits=misfits, doubt=doubt)


def _fitting(texts: Sequence[str], share: float) -> list[str]:
    """Patterns that fit at least this share of the texts, those that fit most first."""
    few = texts[:_MANY_ROWS]
    hopeful = [pattern for pattern in PATTERNS if any(_fits(text, pattern) for text in few)]
    scores = {pattern: sum(_fits(text, pattern) for text in texts) / len(texts) for pattern in hopeful}
    enough = [pattern for pattern in hopeful if scores[pattern] >= share]
    best = max(scores.values(), default=0.0)
    return [pattern for pattern in enough if scores[pattern] == best]


def _fits(text: str, pattern: str) -> bool:
    with suppress(ValueError):
        datetime.strptime(text, pattern)
        return True
    return False


def _number_type(texts: Sequence[str]) -> TypeGuess | None:
    if _number_like_codes(texts):
        return None
    numbers = {text: parse_number(text) for text in texts}
    zeros = tuple(text for text in texts if text in _ZERO_WORDS)
    misfits = tuple(text for text, number in numbers.items() if number is None and text not in zeros)
    found = [number for number in numbers.values() if number is not None]
    if not found or len(misfits) / len(texts) > 1 - ENOUGH:
        return None
    is_percent = any(text.endswith(("%", "％")) for text in texts)
    if not is_percent and _all(found, lambda number: number == number.to_integral_value()):
        return TypeGuess(FieldType.INTEGER, zero_values=zeros, misfits=misfits)
    if _all(found, lambda number: number == number.quantize(Decimal("0.000001"))):
        return TypeGuess(FieldType.NUMBER, zero_values=zeros, misfits=misfits)
    return TypeGuess(FieldType.STRING, doubt="小数多于六位，按文字保存")


def _number_like_codes(texts: Sequence[str]) -> bool:
    return any(re.fullmatch(r"0\d+|\d{15,}", text) for text in texts)


def _all(numbers: Sequence[Decimal], holds: Callable[[Decimal], bool]) -> bool:
    return all(holds(number) for number in numbers)
