"""Reads one cell's text by its contract field, exactly or not at all; which cell stands where belongs in layout."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from pipeline.common.cell_marks import DAY_MARK, ERROR_MARK, MARKED, NUMBER_MARK
from pipeline.common.characters import visible
from pipeline.contracts import Contract, Field, FieldType
from pipeline.ingest.moments import Context, lacks_year, parse_moment, read_moment
from pipeline.ingest.ruined import is_damaged, is_misread
from pipeline.ingest.units import MEASURES, PER_CENT

SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
"""What a scale written behind a number multiplies it by."""
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?|[+-]?\d{1,3}( \d{3})+(\.\d+)?")
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_UNIT_TAIL = re.compile(rf"个?({MEASURES})$")
# What these count is never what another unit counts; people and cases go by several names.
_OWN_MEASURE = frozenset({"小时", "分钟", "平方米", "元", "吨"})
_SAYS_DAY = re.compile(r"日期|时间|时刻|日$|(?i:\b(?:date|day|time))", re.MULTILINE)
_LOST_IDENTIFIER = re.compile(r"-?\d(?:\.\d+)?[eE]\+\d+|-?\d\.\d+[eE]-?\d+")
_ERROR = re.compile(
    r"#+(?:(?:REF|DIV/0|VALUE|NAME|NULL|NUM|N/A|SPILL|CALC|FIELD|BLOCKED|CONNECT|BUSY|UNKNOWN|ERROR|GETTING_DATA)[!?]?)?"
)
_TOO_LARGE = Decimal(10) ** 21


@dataclass(frozen=True)
class Reading:
    """What a text means: a canonical text that casts without loss, nothing, or the reason why it cannot be read."""

    value: str | None
    reason: str | None = None


NOTHING = Reading(None)
MESSAGES = {
    "not_an_integer": "应为整数，读到的不是整数；请改为整数后重新报送",
    "not_a_number": "应为数字，无法识别；请改为数字后重新报送",
    "not_a_date": "应为日期，不是有效的日期；请核对后重新报送",
    "not_a_datetime": "应为日期时间，不是有效的时间；请核对后重新报送",
    "time_in_date": "应为日期却带有时间，截去会改变数值；请核对",
    "date_without_year": "日期没有年份，表头也没有写明统计年份；请补上年份",
    "too_many_decimals": "小数位数多于 6 位，照存会改变数值；请按规定位数四舍五入，或在合同中写明 decimals",
    "error_cell": "单元格是公式错误；请在原表中修正公式",
    "formula_without_value": "单元格是公式，文件中没有它的计算结果；请用表格软件打开，重新计算后保存再报送",
    "identifier_lost": "编号已被电子表格改成科学计数，原值无法恢复；请从平台以文本格式重新导出",
    "text_lost": "文字在导出时已损坏；请重新导出",
    "missing_required": "必填项为空；请补填后重新报送",
    "below_minimum": "小于允许的最小值；请核对",
    "above_maximum": "大于允许的最大值；请核对",
    "pattern_mismatch": "不符合规定的写法；请核对",
    "unknown_code": "不在代码表或部门名录中；请核对名称，或请数据专员登记别名",
    "wrong_column_count": "这一行的列数与表头不同；请检查逗号、引号或换行",
    "conflicting_duplicate": "同一主键有多行且内容不同，无法判断以哪一行为准；请保留正确的一行",
    "personal_data_masked": "文字中含有身份证号或手机号，已遮盖；请提醒报送单位不要填写个人信息",
    "identifier_as_day": "编号或名称已被电子表格改成日期，原值无法恢复；请把这一列设为文本格式后重新导出",
    "identifier_as_number": "编号以数字格式存放，位数过多时会失真；请以文本格式重新导出",
}


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


def parse_number(text: str, unit: str | None = None) -> Decimal | None:
    """An exact decimal from the ways in which exports write numbers, or None; full-width digits are understood.

    98.5% is 0.985, or where the `unit` of the numbers is per cent 98.5. 3小时 is no number of days. Other look-alikes
    of digits (①, 5²) are not understood: a footnote mark must not become a digit of the number.
    """
    normal = visible(text).translate(_FULL_WIDTH).strip()
    if normal.startswith("(") and normal.endswith(")"):
        normal = "-" + normal[1:-1].strip()
    tail = _UNIT_TAIL.search(normal)
    if tail:
        if unit is not None and tail[1] != unit and tail[1] in _OWN_MEASURE:
            return None
        normal = normal[: tail.start()].rstrip()
    factor = 1
    while normal[-1:] in SCALES and factor < 10**12:
        factor *= SCALES[normal[-1]]
        normal = normal[:-1].rstrip()
    if normal.endswith("%"):
        if factor > 1:
            return None
        normal, factor = normal[:-1].rstrip(), int(unit in PER_CENT)
    if _GROUPED.fullmatch(normal):
        normal = normal.replace(",", "").replace(" ", "")
    if not _PLAIN.fullmatch(normal):
        return None
    try:
        return Decimal(normal) * factor if factor else Decimal(normal) / 100
    except InvalidOperation:
        return None


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
    if number is None or abs(number) >= _TOO_LARGE:
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
