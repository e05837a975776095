"""Turns failing rows into words, shown keys and stable names; which rows fail is decided elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from pipeline.quality.checks.suites import Check, template_fields
from pipeline.quality.checks.vocabulary import Vocabulary

Row = Mapping[str, Any]
ROWS_IN_EVIDENCE = 3
ROWS_IN_KEYS = 5
STATUS_LABELS: Final = {
    "open": "待处理",
    "explained": "已解释",
    "waived": "已接受",
    "corrected": "已更正",
    "sent_back": "已退回",
    "fixed_at_source": "来源已改",
    "expired": "已到期",
}
KIND_LABELS: Final = {
    "accept": "接受并说明",
    "correct": "更正",
    "send_back": "退回",
    "postpone": "暂缓至",
    "withdraw": "撤回",
}


def plain(value: object) -> str | int | float | bool | None:
    """A value as JSON takes it: whole decimals as integers, dates in ISO form, midnight as a date."""
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return int(value) if value == value.to_integral_value() else str(value.normalize())
        case float():
            return int(value) if value.is_integer() else round(value, 6)
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case date():
            return value.isoformat()
    return str(value)


def sentence(template: str, row: Row, words: Vocabulary) -> str:
    """The template with the row's values in it, as people call them; an empty value reads 空."""
    shown = {name: "空" if row[name] is None else said(name, row, words) for name in template_fields(template)}
    # A text file has one table and no sheet that people could look for.
    return template.format(**shown).replace(" 工作表「csv」", "")


def said(name: str, row: Row, words: Vocabulary) -> object:
    """One value of a row as people call it."""
    return words.value(name, plain(row[name]), row)


def evidence(check: Check, rows: Sequence[Row], total: int, words: Vocabulary) -> str:
    """The first few failing rows in words, and how many there are in all."""
    text = "；".join(sentence(check.meta.evidence_zh, row, words) for row in rows[:ROWS_IN_EVIDENCE])
    return text if total <= ROWS_IN_EVIDENCE else f"{text}；等共 {total} 处"


def shown_keys(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """JSON list of at most five rows, only of the columns that may be shown."""
    picked = [{column: plain(row[column]) for column in columns} for row in rows[:ROWS_IN_KEYS]]
    return json.dumps(picked, ensure_ascii=False)


def display_columns(check: Check) -> tuple[str, ...]:
    """The columns that words and keys come from; ordering by them makes the chosen example the same on every run."""
    return (*check.meta.keys, *sorted(check.shown_columns - set(check.meta.keys)))


def finding_id(table: str, check: str, cause: Mapping[str, object]) -> str:
    """Sixteen hex digits that stay the same for the same table, check and cause."""
    text = json.dumps([table, check, {name: plain(value) for name, value in cause.items()}], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def figures_json(columns: Sequence[str], row: Row) -> str | None:
    """JSON of the figures involved in a failing row; None where the check names none."""
    return json.dumps({name: plain(row[name]) for name in columns}, ensure_ascii=False) if columns else None
