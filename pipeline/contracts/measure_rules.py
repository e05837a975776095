"""Says which measures make no sense: the sum of a rate, a rate of texts, one code for two figures.

In: a contract whose shape is right. Out: one sentence a mistake. The shape itself is in `measures`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import chain
from typing import Final

from pipeline.contracts.check_rules import is_count
from pipeline.contracts.check_words import DEPARTMENT
from pipeline.contracts.measures import Definition, Measure, Way
from pipeline.contracts.model import DATED, NUMERIC, Contract, Field, FieldType

DEPARTMENT_ID: Final = "department_id"
"""What a split by department is called, whatever the export calls its field."""
_TYPES_OF_VALUES: Final[Mapping[FieldType, type]] = {FieldType.BOOLEAN: bool, FieldType.INTEGER: int}


def wrong_measures(contract: Contract) -> list[str]:
    """Returns a sentence for each measure of a contract that cannot be counted, in the contract's order."""
    rules = _Rules(contract)
    return [*rules.of_names(), *chain.from_iterable(map(rules.of_measure, contract.measures))]


def clashing_measures(contracts: Iterable[Contract]) -> list[str]:
    """Returns a sentence for each code or label that measures of two contracts have."""
    codes: dict[str, list[str]] = defaultdict(list)
    labels: dict[str, list[str]] = defaultdict(list)
    for contract in contracts:
        for measure in contract.measures:
            codes[measure.name].append(contract.name)
            labels[measure.label].append(f"{contract.name} 的 {measure.name}")
    sentences = []
    for name, sources in codes.items():
        if len(set(sources)) > 1:
            sentences.append(f"measures：代号 {name} 在 {'、'.join(sources)} 里都有，请各用各的")
    for label, measures in labels.items():
        if len(measures) > 1:
            sentences.append(f"measures：{'、'.join(measures)} 都叫“{label}”，周报模板分不清，请各用各的名称")
    return sentences


class _Rules:
    """The fields and measures of one contract, and what may be counted of them."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._fields = {field.name: field for field in contract.stored_fields}
        self._measures = {measure.name: measure for measure in contract.measures}

    def of_names(self) -> Iterator[str]:
        """Yields what is wrong with codes that are there twice; labels are compared over the whole hall."""
        names = [measure.name for measure in self._contract.measures]
        for name in self._measures:
            if names.count(name) > 1:
                yield f"measures：代号 {name} 写了 {names.count(name)} 次，请各用各的"

    def of_measure(self, measure: Measure) -> Iterator[str]:
        """Yields what is wrong with one measure."""
        where = f"指标 {measure.name}（{measure.label}）"
        for definition in measure.definitions:
            yield from self._of_definition(where, definition, measure)
        yield from self._of_splits(where, measure)
        yield from self._of_basis(where, measure)
        yield from _of_changes(where, measure)

    def _of_definition(self, where: str, definition: Definition, measure: Measure) -> Iterator[str]:
        if definition.way is Way.RATE:
            yield from self._of_rate(where, definition, measure)
            return
        if definition.way is Way.SUM:
            yield from self._of_sum(where, definition.fields_read, measure)
        elif definition.way is Way.DISTINCT:
            yield from self._labels(f"{where} 的 distinct", definition.fields_read, also_persons=True)
        else:
            for name in definition.fields_read:
                yield from self._number(f"{where} 的 {definition.way}", name)
        if definition.mean is not None and definition.mean.weight is not None:
            yield from self._count(f"{where} 的 mean.weight", definition.mean.weight)
        yield from self._of_conditions(where, definition)
        yield from self._of_day(where, definition)

    def _of_rate(self, where: str, definition: Definition, measure: Measure) -> Iterator[str]:
        if definition.where or definition.day:
            yield f"{where}：where 和 day 写在分子、分母那两个指标里，rate 自己不写"
        if definition.rate is None:
            return
        for name in (definition.rate.of, definition.rate.per):
            part = self._measures.get(name)
            if part is None:
                yield f"{where} 的 rate：没有指标 {name}；{_nearest(name, self._measures)}"
                continue
            if part.kind == "rate":
                yield f"{where} 的 rate：{name} 本身是比率或平均，不能再作分子、分母；请写件数的那个指标"
            missing = [split for split in measure.by if split not in part.by]
            if missing:
                yield f"{where} 按 {'、'.join(missing)} 分，{name} 没有这样分；请在 {name} 的 by 里也写上"

    def _of_sum(self, where: str, names: tuple[str, ...], measure: Measure) -> Iterator[str]:
        for name in names:
            problems = list(self._count(f"{where} 的 sum", name))
            yield from problems
            if problems:
                continue
            field = self._fields[name]
            if field.cumulative is not None and measure.kind != "stock":
                yield f"{where} 的 sum：{name} 是累计数，各期相加会重复；请写本期的 {field.cumulative.of}，或用 latest"
            if field.type is FieldType.NUMBER and measure.decimals is None:
                yield f"{where} 的 sum：{name} 有小数；请写 decimals，说明印几位（0 至 2）"
        if len(names) > 1 and not self._are_parts(names):
            yield (
                f"{where} 的 sum：{'、'.join(names)} 各数各的，加起来不是一个数；只有 checks.parts 里同一个整体的各部分"
                "才能相加，请写成几个指标"
            )

    def _are_parts(self, names: tuple[str, ...]) -> bool:
        """Whether the fields are different parts of one whole."""
        is_repeated = len(set(names)) < len(names)
        return not is_repeated and any(set(names) <= set(parts.of) for parts in self._contract.checks.parts)

    def _of_conditions(self, where: str, definition: Definition) -> Iterator[str]:
        for name, values in definition.conditions.items():
            problems = list(self._labels(f"{where} 的 where", [name]))
            yield from problems
            if problems:
                continue
            field = self._fields[name]
            expected = _TYPES_OF_VALUES.get(field.type, str)
            strange = [value for value in values if type(value) is not expected]
            if field.type in DATED or field.type is FieldType.NUMBER:
                yield f"{where} 的 where：字段 {name} 是 {field.type.value} 类型，不能用来挑行"
            elif strange:
                yield f"{where} 的 where：{name} 是 {field.type.value} 类型，{strange[0]!r} 不是；文字请写在引号里"

    def _of_day(self, where: str, definition: Definition) -> Iterator[str]:
        kind = self._contract.delivery.kind
        if definition.day is None:
            if kind == "restating":
                yield f"{where}：这种报表会改动往期的行，要用 day 写明按哪个日期字段计入各期"
            return
        field = self._fields.get(definition.day)
        if field is None:
            yield f"{where} 的 day：没有字段 {definition.day}；{_nearest(definition.day, self._fields)}"
        elif field.type not in DATED:
            yield f"{where} 的 day：字段 {definition.day} 是 {field.type.value} 类型，应为 date 或 datetime"

    def _of_splits(self, where: str, measure: Measure) -> Iterator[str]:
        yield from self._labels(f"{where} 的 by", measure.by)
        split_fields = [self._fields[name] for name in measure.by if name in self._fields]
        departments = [field.name for field in split_fields if field.codes == DEPARTMENT]
        if len(departments) > 1:
            yield f"{where} 的 by：{'、'.join(departments)} 都是部门，只能按其中一个分"
        for field in split_fields:
            if field.type is not FieldType.STRING:
                yield f"{where} 的 by：字段 {field.name} 是 {field.type.value} 类型，应为 string"
            elif field.name == DEPARTMENT_ID and field.codes != DEPARTMENT:
                yield f"{where} 的 by：字段名 {DEPARTMENT_ID} 由部门名录使用；请写上 codes: department，或换一个名字"

    def _of_basis(self, where: str, measure: Measure) -> Iterator[str]:
        if measure.basis is not None and measure.kind != measure.basis:
            yield f"{where}：用 {measure.way} 计数的是 {measure.kind}，不用写 basis"
        is_snapshot = self._contract.delivery.kind == "snapshot"
        has_day = all(definition.day for definition in measure.definitions)
        if is_snapshot and measure.is_additive and not has_day:
            yield (f"{where}：每次报送的是全部现状，各期相加会重复计；时点数写 basis: stock，按日期计入各期的写 day")

    def _number(self, where: str, name: str) -> Iterator[str]:
        field = self._fields.get(name)
        if field is None:
            yield f"{where}：没有字段 {name}；{_nearest(name, self._fields)}"
        elif field.type not in NUMERIC:
            yield f"{where}：字段 {name}（{field.title}）是 {field.type.value} 类型，不是数"

    def _count(self, where: str, name: str) -> Iterator[str]:
        problems = list(self._number(where, name))
        yield from problems
        if not problems and not is_count(self._fields[name]):
            yield (
                f"{where}：{name}（{self._fields[name].title}）是比率、占比或平均，加起来没有意义；请用 rate 写明分子、"
                "分母，或用 mean"
            )

    def _labels(self, where: str, names: Iterable[str], *, also_persons: bool = False) -> Iterator[str]:
        """Yields what keeps the named fields from telling rows apart."""
        for name in names:
            field = self._fields.get(name)
            if field is None:
                yield f"{where}：没有字段 {name}；{_nearest(name, self._fields)}"
            elif _is_hidden(field, also_persons):
                yield f"{where}：字段 {name}（{field.title}）是个人信息或自由文本，不能这样用"


def _is_hidden(field: Field, also_persons: bool) -> bool:
    if field.personal and not also_persons:
        return True
    return field.free_text


def _of_changes(where: str, measure: Measure) -> Iterator[str]:
    """Yields what is wrong with the dates and notes of a measure whose definition changed."""
    if not measure.was:
        return
    for definition in measure.definitions[1:]:
        if not definition.note.strip():
            yield f"{where}：口径变更要写 note，说明为什么变"
    *earlier, latest = [definition.begins for definition in measure.definitions]
    if measure.valid_from is None or latest != measure.begins:
        yield f"{where}：现行口径要写 validFrom，并晚于 was 里的各个口径"
    if len({latest, *earlier}) <= len(earlier):
        yield f"{where}：两个口径的 validFrom 是同一天；每个口径写各自开始的日期"
    is_rate = {definition.way in (Way.RATE, Way.MEAN) for definition in measure.definitions}
    if len(is_rate) > 1:
        yield f"{where}：比率或平均与件数不是一种数；请另起一个指标，不要写在 was 里"


def _nearest(name: str, known: Iterable[str]) -> str:
    """Returns what could have been meant: 是不是 rated？可以写的有：rated、cases."""
    names = list(known)
    near = get_close_matches(name, names, 1)
    hint = f"是不是 {near[0]}？" if near else ""
    return f"{hint}可以写的有：{'、'.join(names) or '（没有）'}"
