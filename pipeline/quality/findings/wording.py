"""Turns failing rows into words, shown keys, figures and stable names.

Which rows fail is found in `pipeline.quality.run.runner`; what a column or a code is called is in
`pipeline.quality.checks.vocabulary`; what is wrong with a row is said in `pipeline.quality.findings.faults`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from pipeline.quality.checks.core_types import WEEK_COLUMNS
from pipeline.quality.checks.model import Check, template_fields
from pipeline.quality.checks.vocabulary import Vocabulary

Row = Mapping[str, Any]
ROWS_IN_KEYS: Final = 5
# A text file has one table, which the loader calls csv; there is no sheet that people could look for.
_SHEET_OF_TEXT_FILE: Final = " 工作表「csv」"

# What a check works out itself, and says beside the numbers that are printed.
_WORKED_OUT: Final = frozenset({"computed", "off_by", "given", "left_over", "reason", "hint"})
# 12,345 and 1,234,567.8
_GROUPED: Final = re.compile(r"(?<!\d)\d{1,3}(?:,\d{3})+(?!\d)")
# 12340 and 12340.5; of 0.12345 no digits, and none of 12,340
_UNGROUPED: Final = re.compile(r"(?<![\d.,])\d{4,}(?![\d,])")


def plain(value: object) -> str | int | float | bool | None:
    """Returns a value as JSON takes it: whole decimals as integers, days and moments in ISO form.

    Decimal("12.500000") gives "12.5", Decimal("3.0") gives 3, a date 2023-04-17 gives "2023-04-17".
    """
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return _plain_decimal(value)
        case float():
            return int(value) if value.is_integer() else round(value, 6)
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case date():
            return value.isoformat()
    return str(value)


def _plain_decimal(value: Decimal) -> int | str:
    is_whole = value == value.to_integral_value()
    return int(value) if is_whole else str(value.normalize())


def sentence(template: str, row: Row, words: Vocabulary) -> str:
    """Returns the template with the row's values in it, as people call them; an empty value reads 空.

    `{power_group}办结超出受理 {excess} 件` gives 其它9类行权事项办结超出受理 224 件.
    """
    values = {}
    for name in template_fields(template):
        values[name] = "空" if row[name] is None else spoken_value(name, row, words)
    if any(_GROUPED.search(str(value)) for value in values.values()):
        values |= {name: _grouped(str(values[name])) for name in _WORKED_OUT & values.keys()}
    return template.format(**values).replace(_SHEET_OF_TEXT_FILE, "")


def _grouped(text: str) -> str:
    """Returns a text with its numbers written as the export writes them: beside 12,345 a sum of 12340 is 12,340."""
    return _UNGROUPED.sub(lambda number: f"{int(number[0]):,}", text)


def spoken_value(name: str, row: Row, words: Vocabulary) -> object:
    """Returns one value of a row as people call it."""
    return words.value(name, plain(row[name]), row)


def shown_keys(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """Returns a JSON list of at most five rows, only of the columns that may be shown."""
    picked = [{column: plain(row[column]) for column in columns} for row in rows[:ROWS_IN_KEYS]]
    return json.dumps(picked, ensure_ascii=False)


def display_columns(check: Check) -> tuple[str, ...]:
    """Returns the columns that words and keys come from.

    Ordering by them makes the chosen example rows the same on every run.
    """
    keys = check.meta.keys
    shown = check.shown_columns
    if check.is_of_weeks:
        # Its failing row is a week: the mean of a column is seen there, the column is not.
        shown &= WEEK_COLUMNS
    return (*keys, *sorted(shown - set(keys)))


def finding_id(table: str, check: str, cause: Mapping[str, object]) -> str:
    """Returns sixteen hex digits that stay the same for the same table, check and cause."""
    values = {name: plain(value) for name, value in cause.items()}
    text = json.dumps([table, check, values], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def figures_json(columns: Sequence[str], row: Row) -> str | None:
    """Returns JSON of the figures involved in a failing row; None where the check names none."""
    if not columns:
        return None
    return json.dumps({name: plain(row[name]) for name in columns}, ensure_ascii=False)
