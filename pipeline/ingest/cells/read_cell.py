"""Reads one cell's text by its contract field, exactly or not at all; where it stands, `pipeline.ingest.tables` says.

Notations of days are in `day_notations` and `dates`, of numbers in `numbers`; code lists and persons are looked at in
`row_reader`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from pipeline.common.cell_marks import (
    DAY_MARK,
    DOUBT_MARK,
    ERROR_MARK,
    FORMULA_MARK,
    MARKED,
    NUMBER_MARK,
    SCALED_MARK,
    STRUCK_MARK,
)
from pipeline.common.characters import visible
from pipeline.contracts import Contract, Field, FieldType
from pipeline.contracts.model import NUMERIC
from pipeline.contracts.words import NO, YES
from pipeline.ingest.cells.damage import is_damaged, is_misread
from pipeline.ingest.cells.dates import Context, lacks_year, parse_moment, read_moment
from pipeline.ingest.cells.numbers import TOO_LARGE, parse_number
from pipeline.ingest.cells.units import PER_CENT
from pipeline.ingest.reasons import Reason

# 申请日期, 受理时间, 登记日, update_time has no word boundary but Update Time has
_SAYS_DAY = re.compile(r"日期|时间|时刻|日$|(?i:\b(?:date|day|time))", re.MULTILINE)
# 窗口编号, 案号, 单位名称, 事项类型: what a spreadsheet makes a day of (3-1) is lost there
_SAYS_CODE = re.compile(r"编[号码]|代码|[号码]$|名|窗口|部门|单位|科室|事项|类[型别]|级|序|(?i:\b(?:no|code|id|name))")
# 5.1E+17, 5E+17, 5.11702304E17, 1.0E-4; not 5E17, which may be a code
_LOST_IDENTIFIER = re.compile(r"-?\d(?:\.\d+)?[eE]\+\d+|-?\d\.\d+[eE]-?\d+")
# #REF!, #N/A, #DIV/0!, #NAME?, and #### where a column was too narrow
_ERROR = re.compile(
    r"#+(?:(?:REF|DIV/0|VALUE|NAME|NULL|NUM|N/A|SPILL|CALC|FIELD|BLOCKED|CONNECT|BUSY|UNKNOWN|ERROR|GETTING_DATA)[!?]?)?"
)
_QUOTED_FORMULA = re.compile(r'="(.*)"', re.DOTALL)  # ="0001"
_PER_CENT = re.compile(f"[{''.join(PER_CENT)}]")  # % and ％
_TOO_LARGE_INTEGER = Decimal(2) ** 63  # of DuckDB's BIGINT
_REASONS_OF_MARKS = {
    ERROR_MARK: Reason.ERROR_CELL,
    FORMULA_MARK: Reason.FORMULA_WITHOUT_VALUE,
    DOUBT_MARK: Reason.TWO_READINGS,
    STRUCK_MARK: Reason.STRUCK_OUT,
}
_KEPT_DECIMALS = 6  # of DuckDB's DECIMAL(38, 6), the type of a number field


@dataclass(frozen=True)
class Reading:
    """What a text means: a canonical text that casts without loss, nothing, or the reason why it cannot be read."""

    value: str | None
    reason: str | None = None


NOTHING = Reading(None)
_UNREADABLE = {reason: Reading(None, reason) for reason in Reason}


def read_text(text: str | None, field: Field, contract: Contract, context: Context) -> Reading:
    """The canonical text of a cell by its field: '1234', '2023-04-17', '2023-04-17 09:05:00', or stripped text.

    ' 1,234件' in an integer field → '1234'. A value is never rounded, cut or guessed: what does not fit exactly comes
    back with a `Reason`.
    """
    if text is not None and field.type is FieldType.STRING and is_misread(text):
        return _UNREADABLE[Reason.TEXT_LOST]
    stripped = _strip(text)
    mark = stripped[:1]
    remark = None
    if mark in MARKED:
        reason, remark = _judge_mark(mark, field, contract)
        if reason:
            return _UNREADABLE[reason]
        # A number or day that this field may hold: the mark has done its work.
        stripped = stripped[1:]
    # "", — or / : not reported, which is never zero.
    if stripped in contract.missing_of(field):
        is_required = field.constraints.required
        return _UNREADABLE[Reason.MISSING_REQUIRED] if is_required else NOTHING
    # #REF! as text, in files that cannot mark it.
    if _ERROR.fullmatch(stripped):
        return _UNREADABLE[Reason.ERROR_CELL]
    # 无业务, where the contract says that it means zero.
    if stripped in field.zero_values and field.type in NUMERIC:
        return Reading("0")
    usual = _in_usual_notation(stripped, field.formats)
    read = _READERS[field.type]
    return _with_remark(read(usual, field, context), field, remark)


def _judge_mark(mark: str, field: Field, contract: Contract) -> tuple[Reason | None, Reason | None]:
    """Why a marked cell cannot be read, and what is remarked of one that can: a day among texts is no lost code."""
    reason = _reason_of_mark(mark, field)
    is_day = reason is Reason.IDENTIFIER_AS_DAY
    if is_day and not _is_code(field, contract):
        return None, Reason.DAY_AMONG_TEXTS
    return reason, None


def is_changed_by_days(field: Field) -> bool:
    """Whether a number shown as a day has lost what was written: a code or name (3-1), not prose or a day as text."""
    if field.type is not FieldType.STRING:
        return False
    if field.free_text:
        return False
    labels = "\n".join(field.all_labels)
    return not _SAYS_DAY.search(labels)


def _is_code(field: Field, contract: Contract) -> bool:
    """Whether the texts of a field tell things apart, so that a day in their place is a lost code: 3-1."""
    is_key = field.name in contract.primary_key
    is_looked_up = (field.codes, field.personal, field.constraints.pattern, field.identifier)
    if is_key or any(is_looked_up):
        return True
    last_labels = [label.rsplit("/", maxsplit=1)[-1] for label in field.all_labels]
    return any(map(_SAYS_CODE.search, last_labels))


def _reason_of_mark(mark: str, field: Field) -> Reason | None:
    """Why a cell with a reader's mark (`pipeline.common.cell_marks`) cannot be read; None where it can."""
    if mark == DAY_MARK:
        # 3-1 in a column of codes, which a spreadsheet has made the first of March.
        return Reason.IDENTIFIER_AS_DAY if is_changed_by_days(field) else None
    if mark == NUMBER_MARK:
        # A case number of 18 digits that a spreadsheet keeps as a number, of which it holds 15.
        is_identifier = field.type is FieldType.STRING
        return Reason.IDENTIFIER_AS_NUMBER if is_identifier else None
    if mark == SCALED_MARK:
        # 12345 that its cell shows as 12, under a header that does not say 千: 12 or 12345?
        return Reason.SCALE_UNCLEAR if field.type in NUMERIC else None
    return _REASONS_OF_MARKS[mark]


def _strip(text: str | None) -> str:
    """The text without blanks, and without what keeps a spreadsheet from changing it: ="0001" → 0001, '0001 → 0001."""
    if text is None:
        return ""
    bare = visible(text).strip()
    quoted = _QUOTED_FORMULA.fullmatch(bare)
    if quoted:
        bare = quoted[1]
    return bare.removeprefix("'")


def _in_usual_notation(text: str, formats: Sequence[str]) -> str:
    """A text in one of the contract's own date patterns rewritten: 04/17/2023 → 2023-04-17 00:00:00; others as is."""
    for pattern in formats:
        with suppress(ValueError):
            return datetime.strptime(text, pattern).isoformat(sep=" ")
    return text


def _with_remark(reading: Reading, field: Field, remark: Reason | None) -> Reading:
    """The reading within the field's constraints, with a remark where there is one and no reason."""
    if reading.value is None:
        return reading
    constrained = _constrained(reading.value, field)
    return Reading(constrained.value, constrained.reason or remark)


def _constrained(value: str, field: Field) -> Reading:
    """The value, or the reason why the field's constraints do not take it."""
    pattern = field.constraints.pattern
    if pattern is not None and not re.fullmatch(pattern, value):
        return _UNREADABLE[Reason.PATTERN_MISMATCH]
    if field.type in NUMERIC:
        return _within_limits(value, field.constraints.minimum, field.constraints.maximum)
    return Reading(value)


def _within_limits(value: str, minimum: float | None, maximum: float | None) -> Reading:
    """The number, or the reason why it lies outside of what the field allows."""
    number = Decimal(value)
    # By way of text, so that a limit of 0.1 is a tenth exactly.
    if minimum is not None and number < Decimal(str(minimum)):
        return _UNREADABLE[Reason.BELOW_MINIMUM]
    if maximum is not None and number > Decimal(str(maximum)):
        return _UNREADABLE[Reason.ABOVE_MAXIMUM]
    return Reading(value)


def _integer(text: str, field: Field, _: Context) -> Reading:
    """1,234件 → '1234'; 12.7 is no integer and never 13."""
    number = parse_number(text, field.unit)
    if number is None:
        return _UNREADABLE[Reason.NOT_AN_INTEGER]
    # 100% is the number 1 and no count, unless the field counts in per cent.
    if field.unit not in PER_CENT and _PER_CENT.search(text):
        return _UNREADABLE[Reason.NOT_AN_INTEGER]
    whole = number.to_integral_value()
    is_exact = whole == number
    is_storable = abs(whole) < _TOO_LARGE_INTEGER
    if not (is_exact and is_storable):
        return _UNREADABLE[Reason.NOT_AN_INTEGER]
    return Reading(str(int(whole)))


def _number(text: str, field: Field, _: Context) -> Reading:
    """98.50 → '98.5'; more decimals than are kept are refused unless the contract says how to round."""
    number = parse_number(text, field.unit)
    if number is None or abs(number) >= TOO_LARGE:
        return _UNREADABLE[Reason.NOT_A_NUMBER]
    is_rounded = field.decimals is not None
    decimals = field.decimals if field.decimals is not None else _KEPT_DECIMALS
    step = Decimal(1).scaleb(-decimals)
    kept = number.quantize(step, ROUND_HALF_UP)
    if kept != number and not is_rounded:
        return _UNREADABLE[Reason.TOO_MANY_DECIMALS]
    without_zeros = f"{kept.normalize():f}"
    return Reading(without_zeros)


def _date(text: str, _: Field, context: Context) -> Reading:
    """2023年4月17日 → '2023-04-17'; a day with a time is refused, for the time would be cut off."""
    moment = read_moment(text, context)
    if moment is None:
        return _UNREADABLE[_reason_of_no_date(text, context)]
    if moment.has_time:
        return _UNREADABLE[Reason.TIME_IN_DATE]
    day = moment.day.isoformat()
    return Reading(day)


def _reason_of_no_date(text: str, context: Context) -> Reason:
    """Why a text is no date: 4月17日 lacks a year where the file names none, 2月30日 is none in any year."""
    if context.default_year is not None:
        return Reason.NOT_A_DATE
    return Reason.DATE_WITHOUT_YEAR if lacks_year(text) else Reason.NOT_A_DATE


def _datetime(text: str, _: Field, context: Context) -> Reading:
    """2023/4/17 9:05 → '2023-04-17 09:05:00'."""
    moment = parse_moment(text, context)
    if moment is None:
        return _UNREADABLE[Reason.NOT_A_DATETIME]
    return Reading(moment.isoformat(sep=" "))


def _boolean(text: str, field: Field, _: Context) -> Reading:
    """√, Ｙ and 是 → 'true'; 采用 where the contract says that it means yes; a word that says neither is no answer."""
    word = unicodedata.normalize("NFKC", text).casefold().rstrip("。.!")
    if word in YES or text in field.true_values:
        return Reading("true")
    if word in NO or text in field.false_values:
        return Reading("false")
    return _UNREADABLE[Reason.NOT_YES_OR_NO]


def _string(text: str, field: Field, _: Context) -> Reading:
    """A text as it is, unless an export or a spreadsheet has ruined it."""
    if is_damaged(text, field):
        return _UNREADABLE[Reason.TEXT_LOST]
    if _LOST_IDENTIFIER.fullmatch(text):
        return _UNREADABLE[Reason.IDENTIFIER_LOST]
    return Reading(text)


_READERS: dict[FieldType, Callable[[str, Field, Context], Reading]] = {
    FieldType.STRING: _string,
    FieldType.INTEGER: _integer,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.BOOLEAN: _boolean,
}
