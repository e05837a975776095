"""Reads one cell's text by its contract field, exactly or not at all; where the cell stands, tables say."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from pipeline.common.cell_marks import DAY_MARK, ERROR_MARK, MARKED, NUMBER_MARK
from pipeline.common.characters import visible
from pipeline.contracts import Contract, Field, FieldType
from pipeline.ingest.cells.damage import is_damaged, is_misread
from pipeline.ingest.cells.dates import Context, lacks_year, parse_moment, read_moment
from pipeline.ingest.cells.numbers import TOO_LARGE, parse_number
from pipeline.ingest.cells.units import PER_CENT

_SAYS_DAY = re.compile(r"日期|时间|时刻|日$|(?i:\b(?:date|day|time))", re.MULTILINE)
_LOST_IDENTIFIER = re.compile(r"-?\d(?:\.\d+)?[eE]\+\d+|-?\d\.\d+[eE]-?\d+")
_ERROR = re.compile(
    r"#+(?:(?:REF|DIV/0|VALUE|NAME|NULL|NUM|N/A|SPILL|CALC|FIELD|BLOCKED|CONNECT|BUSY|UNKNOWN|ERROR|GETTING_DATA)[!?]?)?"
)


@dataclass(frozen=True)
class Reading:
    """What a text means: a canonical text that casts without loss, nothing, or the reason why it cannot be read."""

    value: str | None
    reason: str | None = None


NOTHING = Reading(None)


def read_text(text: str | None, field: Field, contract: Contract, context: Context) -> Reading:
    """The canonical text of a cell by its field: '1234', '2023-04-17', '2023-04-17 09:05:00', or stripped text.

    A value is never rounded, cut or guessed: what does not fit exactly comes back with a reason of `MESSAGES`.
    """
    if field.type is FieldType.STRING and text is not None and is_misread(text):
        return Reading(None, "text_lost")
    stripped = _strip(text)
    if stripped[:1] in MARKED:
        reason = _marked(stripped[0], field)
        if reason:
            return Reading(None, reason)
        stripped = stripped[1:]
    if stripped in contract.missing_of(field):
        return _required(field)
    if _ERROR.fullmatch(stripped):
        return Reading(None, "error_cell")
    if stripped in field.zero_values and field.type in (FieldType.INTEGER, FieldType.NUMBER):
        return Reading("0")
    pinned = _pinned(stripped, field.formats)
    reading = _READERS[field.type](pinned, field, context)
    return reading if reading.value is None else _constrained(reading.value, field)


def is_changed_by_days(field: Field) -> bool:
    """Whether a number shown as a day has lost what was written: a code or name (3-1), not prose or a day as text."""
    return field.type is FieldType.STRING and not field.free_text and not _SAYS_DAY.search("\n".join(field.all_labels))


def _marked(mark: str, field: Field) -> str | None:
    if mark == DAY_MARK:
        return "identifier_as_day" if is_changed_by_days(field) else None
    if mark == NUMBER_MARK:
        return "identifier_as_number" if field.type is FieldType.STRING else None
    return "error_cell" if mark == ERROR_MARK else "formula_without_value"


def _strip(text: str | None) -> str:
    if text is None:
        return ""
    bare = visible(text).strip()
    if bare.startswith('="') and bare.endswith('"') and len(bare) > 2:
        bare = bare[2:-1]
    return bare[1:] if bare.startswith("'") else bare


def _pinned(text: str, formats: Sequence[str]) -> str:
    """A text in one of the contract's own date patterns, rewritten in the usual notation; any other as it is."""
    for pattern in formats:
        with suppress(ValueError):
            return datetime.strptime(text, pattern).isoformat(sep=" ")
    return text


def _required(field: Field) -> Reading:
    return Reading(None, "missing_required") if field.constraints.required else NOTHING


def _constrained(value: str, field: Field) -> Reading:
    rules = field.constraints
    if rules.pattern is not None and not re.fullmatch(rules.pattern, value):
        return Reading(None, "pattern_mismatch")
    if field.type in (FieldType.INTEGER, FieldType.NUMBER):
        number = Decimal(value)
        if rules.minimum is not None and number < Decimal(str(rules.minimum)):
            return Reading(None, "below_minimum")
        if rules.maximum is not None and number > Decimal(str(rules.maximum)):
            return Reading(None, "above_maximum")
    return Reading(value)


def _integer(text: str, field: Field, _: Context) -> Reading:
    number = parse_number(text, field.unit)
    if number is None or (field.unit not in PER_CENT and ("%" in text or "％" in text)):
        return Reading(None, "not_an_integer")
    whole = number.to_integral_value()
    if whole != number or abs(whole) >= Decimal(2) ** 63:
        return Reading(None, "not_an_integer")
    return Reading(str(int(whole)))


def _number(text: str, field: Field, _: Context) -> Reading:
    number, decimals = parse_number(text, field.unit), field.decimals
    if number is None or abs(number) >= TOO_LARGE:
        return Reading(None, "not_a_number")
    kept = number.quantize(Decimal(1).scaleb(-(6 if decimals is None else decimals)), ROUND_HALF_UP)
    if decimals is None and kept != number:
        return Reading(None, "too_many_decimals")
    return Reading(f"{kept.normalize():f}")


def _date(text: str, _: Field, context: Context) -> Reading:
    moment = read_moment(text, context)
    if moment is None:
        is_yearless = context.default_year is None and lacks_year(text)
        return Reading(None, "date_without_year" if is_yearless else "not_a_date")
    return Reading(None, "time_in_date") if moment.has_time else Reading(moment.day.isoformat())


def _datetime(text: str, _: Field, context: Context) -> Reading:
    moment = parse_moment(text, context)
    return Reading(None, "not_a_datetime") if moment is None else Reading(moment.isoformat(sep=" "))


def _string(text: str, field: Field, _: Context) -> Reading:
    if is_damaged(text, field):
        return Reading(None, "text_lost")
    if _LOST_IDENTIFIER.fullmatch(text):
        return Reading(None, "identifier_lost")
    return Reading(text)


_READERS: dict[FieldType, Callable[[str, Field, Context], Reading]] = {
    FieldType.STRING: _string,
    FieldType.INTEGER: _integer,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
}
