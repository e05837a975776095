"""Says which check words of a contract make no sense: a rate of a text, a part that is no field, a rate of a rate.

In: a contract whose shape is right. Out: one sentence a mistake. The words themselves are in `check_words`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

from pipeline.common.known_keys import hint
from pipeline.contracts.check_words import (
    DEPARTMENT,
    SPANS_OF_AVERAGES,
    WHOLES_OF_SHARES,
    Average,
    Reporters,
    Share,
)
from pipeline.contracts.model import NUMERIC, Contract, Field, FieldType

_RATIOS: Final = ("rate", "share", "average", "change")
"""Words of fields that are no counts: what is computed of them is no count either."""
WORDS_OF_FIELDS: Final = frozenset({*_RATIOS, "cumulative"})
"""Words of fields that change nothing of how a file is read."""
# 件 and 人次 are counted; 元 may be paid back, and 分钟 are measured.
_COUNTED_UNITS: Final = frozenset(
    ["件", "件次", "人次", "户次", "人", "个", "名", "次", "家", "户", "条", "项", "宗", "份", "处", "起", "笔"]
)
_DIFFERENCE: Final = re.compile("增减|净增|变化|差额|差值|相差|盈亏|升降|[比较]上|[比较]去年|同比|环比")


def wrong_words(contract: Contract) -> list[str]:
    """Returns a sentence for each check word of a contract that cannot be checked, in the contract's order."""
    fields = {field.name: field for field in contract.stored_fields}
    rules = _Rules(contract, fields)
    of_fields = chain.from_iterable(map(rules.of_field, contract.fields))
    return [*of_fields, *rules.of_checks()]


class _Rules:
    """The fields of one contract, and what may be said of them."""

    def __init__(self, contract: Contract, fields: dict[str, Field]) -> None:
        self._contract = contract
        self._fields = fields

    def of_field(self, field: Field) -> Iterator[str]:
        """Yields what is wrong with the words on one field."""
        words = [word for word in sorted(WORDS_OF_FIELDS) if getattr(field, word) is not None]
        where = f"字段 {field.name}"
        if len(words) > 1:
            yield f"{where} 同时写了 {'、'.join(words)}：一个字段只能是其中一种，请只留一个"
        for word in words:
            if field.name not in self._fields:
                yield f"{where} 是个人信息，不入库，不能写 {word}"
            elif field.type not in NUMERIC:
                yield f"{where} 是 {field.type.value} 类型，不能写 {word}：应为 integer 或 number"
        if field.rate is not None:
            named = [field.rate.of, field.rate.per]
            yield from self._counts(f"{where} 的 rate", named, but=field.name)
            yield from _repeated(f"{where} 的 rate", named)
        if field.share is not None:
            yield from self._of_share(where, field, field.share)
        if field.average is not None:
            yield from self._of_average(where, field, field.average)
        if field.cumulative is not None:
            yield from self._of_cumulative(where, field, field.cumulative.of)
        if field.change is not None:
            yield from self._numbers(f"{where} 的 change", [field.change.of], but=field.name)

    def _of_cumulative(self, where: str, field: Field, of_week: str) -> Iterator[str]:
        yield from self._counts(f"{where} 的 cumulative", [of_week], but=field.name)
        named = self._fields.get(of_week)
        if named is not None and named.cumulative is not None and named.name != field.name:
            yield f"{where} 的 cumulative：{of_week} 本身是累计数；请写本期的那个件数字段"

    def _of_share(self, where: str, field: Field, share: Share) -> Iterator[str]:
        yield from self._counts(f"{where} 的 share", [share.of], but=field.name)
        if share.within not in WHOLES_OF_SHARES:
            yield from self._labels(f"{where} 的 share.within", [share.within], also=WHOLES_OF_SHARES)

    def _of_average(self, where: str, field: Field, average: Average) -> Iterator[str]:
        yield from self._counts(f"{where} 的 average", [average.of], but=field.name)
        over = average.over
        if isinstance(over, int):
            if over < 1:
                yield f"{where} 的 average.over 是 {over}，应是正数"
        elif over in self._fields or over not in SPANS_OF_AVERAGES:
            yield from self._numbers(f"{where} 的 average.over", [over], but=field.name, also=SPANS_OF_AVERAGES)

    def of_checks(self) -> Iterator[str]:
        """Yields what is wrong with the words under `checks:`."""
        checks = self._contract.checks
        for parts in checks.parts:
            where = f"checks.parts 的 {parts.whole}"
            yield from self._counts(where, [parts.whole, *parts.of])
            yield from _repeated(where, [parts.whole, *parts.of])
        for within in checks.within:
            where = f"checks.within 的 {within.part}"
            yield from self._numbers(where, [within.part, within.whole])
            yield from _repeated(where, [within.part, within.whole])
        for balance in checks.balance:
            named = [balance.opening, *balance.in_, *balance.out, balance.closing]
            yield from self._counts("checks.balance", named)
            yield from _repeated("checks.balance", named)
        for flow in checks.flow:
            named = [name for name in (flow.in_, flow.out, flow.opening) if name is not None]
            yield from self._counts("checks.flow", named)
            yield from _repeated("checks.flow", named)
            if flow.note is not None:
                yield from self._texts("checks.flow 的 note", [flow.note])
        yield from self._of_several_rows()

    def _of_several_rows(self) -> Iterator[str]:
        checks = self._contract.checks
        if checks.reporters is not None:
            yield from self._of_reporters(checks.reporters)
        if checks.band is not None:
            yield from self._counts("checks.band 的 of", checks.band.of)
            yield from self._labels("checks.band 的 by", checks.band.by)
        if checks.history is not None:
            if checks.history.by == "primaryKey":
                if not self._contract.primary_key:
                    yield "checks.history 的 by: primaryKey：合同没有 primaryKey，认不出哪一行是哪一行；请写上主键"
            else:
                yield from self._labels("checks.history 的 by", checks.history.by)
        if isinstance(checks.copies, tuple):
            yield from self._counts("checks.copies", checks.copies)
        elif checks.copies and not any(map(is_count, self._fields.values())):
            yield "checks.copies：合同没有件数字段（integer 类型），没有可比的数"

    def _of_reporters(self, reporters: Reporters) -> Iterator[str]:
        problems = list(self._labels("checks.reporters 的 field", [reporters.field]))
        yield from problems
        if problems or reporters.from_ != DEPARTMENT:
            return
        field = self._fields[reporters.field]
        if field.codes != DEPARTMENT:
            yield (
                f"checks.reporters：字段 {field.name}（{field.title}）没有写 codes: department，与部门名录对不上；"
                "请写上，或改为 from: previous"
            )

    def _counts(self, where: str, names: Iterable[str], but: str = "") -> Iterator[str]:
        """Yields what keeps the named fields from being counts that can be added up and divided."""
        for name in names:
            problems = list(self._numbers(where, [name], but))
            yield from problems
            if problems:
                continue
            field = self._fields[name]
            ratio = next((word for word in _RATIOS if getattr(field, word) is not None), None)
            if ratio is not None:
                yield f"{where}：{name} 本身是 {ratio} 算出的数，不是件数；请写算它的那个件数字段"

    def _numbers(self, where: str, names: Iterable[str], but: str = "", also: Sequence[str] = ()) -> Iterator[str]:
        for name in names:
            field = self._fields.get(name)
            if field is None:
                yield f"{where}：{self._unknown(name, also)}"
            elif name == but:
                yield f"{where}：{name} 是它自己；请写算它的字段"
            elif field.type not in NUMERIC:
                yield f"{where}：字段 {name}（{field.title}）是 {field.type.value} 类型，不是数；应为 integer 或 number"

    def _labels(self, where: str, names: Iterable[str], also: Sequence[str] = ()) -> Iterator[str]:
        """Yields what keeps the named fields from telling rows apart in sentences that people read."""
        for name in names:
            field = self._fields.get(name)
            if field is None:
                yield f"{where}：{self._unknown(name, also)}"
            elif field.personal or field.free_text:
                yield f"{where}：字段 {name}（{field.title}）是个人信息或自由文本，不能写进问题的说明"

    def _texts(self, where: str, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            field = self._fields.get(name)
            if field is None:
                yield f"{where}：{self._unknown(name)}"
            elif field.type is not FieldType.STRING or field.personal:
                yield f"{where}：字段 {name}（{field.title}）不是可以读的文字；应为 string 类型"

    def _unknown(self, name: str, also: Sequence[str] = ()) -> str:
        """Returns the sentence for a name that no stored field has, with the nearest one."""
        known = [*self._fields, *also]
        return f"没有字段 {name}；{hint(name, known)}可以写的有：{'、'.join(known)}"


def is_count(field: Field) -> bool:
    """Whether a field is a count of its own row and time: it adds up, and is no rate, share, average or change."""
    is_ratio = any(getattr(field, word) is not None for word in _RATIOS)
    return field.type in NUMERIC and field.additive and not is_ratio


def counts_from_zero(contract: Contract) -> list[Field]:
    """Returns the counts of a contract that cannot be below zero, and of which no `minimum` says so.

    With a `minimum` the load itself takes care, and one below zero allows negative numbers. What is part of the key
    numbers things; a difference, such as 比上周增减, may well be negative.
    """
    fields = [field for field in contract.stored_fields if _is_counted(field)]
    return [field for field in fields if field.constraints.minimum is None and field.name not in contract.primary_key]


def _is_counted(field: Field) -> bool:
    """Whether a field holds how many there are: an integer, or 3.5 of a unit that is counted, such as 万件."""
    if not is_count(field) or _DIFFERENCE.search(field.title):
        return False
    return field.type is FieldType.INTEGER or field.unit in _COUNTED_UNITS


def _repeated(where: str, names: Sequence[str]) -> Iterator[str]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        yield f"{where}：字段 {'、'.join(twice)} 写了两次"
