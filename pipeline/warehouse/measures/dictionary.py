"""The measures of all contracts as a list, each definition with the days in which it holds and what it says in words.

Written as `raw.ref_measure` by `pipeline.warehouse.reference`; `core.measure` is made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from pipeline.contracts import Contract, Field, FieldType
from pipeline.contracts.check_words import DEPARTMENT
from pipeline.contracts.measure_rules import DEPARTMENT_ID
from pipeline.contracts.measures import FOR_EVER, Definition, Measure, Way, is_percentage

MEASURE_COLUMNS: Final = {
    "metric": "VARCHAR",
    "valid_from": "DATE",
    "valid_to": "DATE",
    "label_zh": "VARCHAR",
    "label_en": "VARCHAR",
    "unit": "VARCHAR",
    "basis": "VARCHAR",
    "way": "VARCHAR",
    "numerator": "VARCHAR",
    "denominator": "VARCHAR",
    "scale": "BIGINT",
    "decimals": "BIGINT",
    "is_whole": "BOOLEAN",
    "splits": "VARCHAR",
    "split_labels": "VARCHAR",
    "source": "VARCHAR",
    "description": "VARCHAR",
    "definition_zh": "VARCHAR",
    "definition_digest": "VARCHAR",
    "note": "VARCHAR",
    "sort_order": "BIGINT",
    "is_headline": "BOOLEAN",
}
"""The columns of the list, in order. Key: metric, valid_from."""


def definition_spans(measure: Measure) -> Iterator[tuple[Definition, date, date]]:
    """Yields each definition with its first day and its last: the day before the next begins."""
    definitions = measure.definitions
    days_before = [following.begins - timedelta(days=1) for following in definitions[1:]]
    for definition, last in zip(definitions, [*days_before, FOR_EVER], strict=True):
        yield definition, definition.begins, last


def measure_rows(contracts: Iterable[Contract]) -> Iterator[tuple[object, ...]]:
    """Yields a row a definition, in the order of the contracts and of their measures; values as MEASURE_COLUMNS."""
    measured = [(contract, measure) for contract in contracts for measure in contract.measures]
    for position, (contract, measure) in enumerate(measured, start=1):
        fields = {field.name: field for field in contract.stored_fields}
        splits = [fields[name] for name in measure.by]
        for definition, first, last in definition_spans(measure):
            ratio, unit = definition.rate, measure.unit_of(definition)
            yield (
                *(measure.name, first, last, measure.label, measure.label_en, unit, measure.kind),
                definition.way.value,
                ratio.of if ratio else None,
                ratio.per if ratio else None,
                100 if is_percentage(unit) else 1,
                measure.places,
                is_whole(measure, fields),
                ",".join(map(split_of, splits)),
                ",".join(field.title for field in splits),
                *(contract.name, measure.description),
                definition_words(definition, fields, _labels(contract)),
                measure.digest_of(definition),
                *(definition.note, position, measure.headline),
            )


def split_of(field: Field) -> str:
    """Returns what a split by a field is called: `department_id` where its names are those of the departments' list."""
    return DEPARTMENT_ID if field.codes == DEPARTMENT else field.name


def is_whole(measure: Measure, fields: dict[str, Field]) -> bool:
    """Whether all figures of a measure are whole numbers, as those of `marts.weekly_metric` are."""
    if measure.kind == "rate":
        return False
    read = [fields[name] for one in measure.definitions if one.way is not Way.DISTINCT for name in one.fields_read]
    return all(field.type is FieldType.INTEGER for field in read)


def _labels(contract: Contract) -> dict[str, str]:
    return {measure.name: measure.label for measure in contract.measures}


def definition_words(definition: Definition, fields: dict[str, Field], labels: dict[str, str]) -> str:
    """Says what is counted: `“评价数”相加，只计“渠道”为 窗口 的，按“评价日期”计入各期`.

    `labels` are those of the contract's measures by their codes.
    """
    words = [_counted(definition, fields, labels)]
    for name, values in definition.conditions.items():
        words.append(f"只计“{fields[name].title}”为 {'、'.join(map(_value_words, values))} 的")
    if definition.day:
        words.append(f"按“{fields[definition.day].title}”计入各期")
    return "，".join(words)


def _counted(definition: Definition, fields: dict[str, Field], labels: dict[str, str]) -> str:
    titles = [f"“{fields[name].title}”" for name in definition.fields_read]
    if definition.rate is not None:
        return f"“{labels[definition.rate.of]}”除以“{labels[definition.rate.per]}”"
    if definition.mean is not None:
        weighted = f"，按{titles[1]}加权" if definition.mean.weight else ""
        return f"{titles[0]}的平均{weighted}"
    patterns = {
        Way.COUNT: "每行计一",
        Way.SUM: f"{'、'.join(titles)}相加",
        Way.DISTINCT: f"不同的{'、'.join(titles)}，一期内只计一次",
        Way.LATEST: f"本期最后{'一天' if definition.day else '报送'}的{'、'.join(titles)}",
    }
    return patterns[definition.way]


def _value_words(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)
