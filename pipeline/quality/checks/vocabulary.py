"""What people call the columns, codes and fields that findings name; which sentence they stand in belongs to a check.

Keys stay codes, because figures are found by them; whatever a steward reads goes through here first.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import insert_rows
from pipeline.contracts import Contract

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

DDL: Final = """
CREATE TABLE IF NOT EXISTS quality.word (
    column_name VARCHAR NOT NULL, source VARCHAR NOT NULL, code VARCHAR NOT NULL, words VARCHAR NOT NULL
);
"""
# Columns of failing rows that keys, causes and figures name. A test holds that every check's columns are here.
COLUMNS: Final[Mapping[str, str]] = {
    "accepted": "受理",
    "accepted_week": "本周受理",
    "accepted_ytd": "累计受理",
    "authorization_status": "授权状态",
    "authorized": "已授权",
    "band_high": "正常范围上限",
    "band_low": "正常范围下限",
    "calendar_week_id": "日期所在的期",
    "carried_over": "上年结转",
    "case_no": "办件编号",
    "cases": "件数",
    "change_mark": "数据状态",
    "channel": "办理形式",
    "closed": "终结",
    "closed_ytd": "累计终结",
    "closing": "期末在办",
    "column_name": "列",
    "completed": "办结",
    "completed_week": "本周办结",
    "completed_ytd": "累计办结",
    "computed_value": "各行之和",
    "consulted": "咨询",
    "correction_id": "更正编号",
    "counted": "办件明细",
    "data_rows": "数据行数",
    "days": "日期数",
    "delivery_id": "报送编号",
    "department": "部门",
    "department_id": "部门",
    "department_name": "部门",
    "difference": "相差",
    "earlier": "原合计",
    "excess_over_accepted": "办结超出受理",
    "file_name": "文件",
    "inspected_on": "巡查日期",
    "inspection_item": "巡查项目",
    "issued": "颁发",
    "issues": "问题数",
    "item_code": "事项编码",
    "item_name": "事项",
    "kept": "所属部门或类型",
    "label": "行名",
    "later": "现合计",
    "legal_days": "法定时限（工作日）",
    "lines": "行数",
    "measure": "项目",
    "measure_label": "项目",
    "median": "往周中位数",
    "metric": "指标",
    "missing_week_id": "缺少的期号",
    "missing_weeks": "缺少的期数",
    "not_authorized": "未授权",
    "occurred_on": "动态日期",
    "of_weeks": "各周差数之和",
    "open_cases": "逐件数出的在办",
    "opening": "上年结转",
    "opening_week": "期初在办",
    "parts": "分项之和",
    "per_day": "每个工作日",
    "power_group": "事项组",
    "power_type": "事项类型",
    "previous_ytd": "上期累计",
    "printed_rate": "印出的办结率（%）",
    "printed_share": "印出的比重（%）",
    "printed_value": "印出的数",
    "promised_days": "承诺时限（工作日）",
    "rate": "算得的办结率（%）",
    "reason": "原因",
    "report_date": "日期",
    "reported": "报送",
    "row_no": "行",
    "rows_accounted": "有去向的行数",
    "rows_physical": "物理行数",
    "seq": "序号",
    "session_no": "场次",
    "share": "算得的比重（%）",
    "sheet": "工作表",
    "snapshot_week_id": "最近一份的期号",
    "source": "来源",
    "split_by": "分法",
    "stationed": "进驻",
    "status": "状态",
    "total": "全表合计",
    "transferred": "流转",
    "value": "本周",
    "value_ytd": "今年累计",
    "week_id": "期号",
    "week_value": "本周",
    "weeks": "已过期数",
    "whole": "合计",
    "whole_value": "所属的数",
    "window_name": "窗口",
    "windows": "窗口数",
    "working_days": "工作日数",
    "working_days_late": "超期工作日",
    "year": "年份",
    "ytd": "累计",
}
MEASURES: Final = {
    "accepted": "受理",
    "completed": "办结",
    "consulted": "咨询",
    "issued": "颁发",
    "transferred": "流转",
    "accepted_week": "本周受理",
    "completed_week": "本周办结",
    "accepted_ytd": "累计受理",
    "completed_ytd": "累计办结",
}
# The loader's own words for why a row or a cell went where it did.
REASONS: Final[Mapping[str, str]] = {
    "loaded": "",
    "title": "标题",
    "header": "表头",
    "numbering": "序号行",
    "total": "小计或合计",
    "of_which": "其中",
    "note": "说明",
    "blank": "空行",
    "duplicate_row": "重复行",
    "conflicting_duplicate": "同键而内容不同",
    "unknown_code": "代码不在表内",
    "personal_data_masked": "文字里的个人信息已遮盖",
    "not_an_integer": "不是整数",
    "not_a_number": "不是数",
    "not_a_date": "不是日期",
    "not_a_datetime": "不是时间",
    "time_in_date": "日期带有时间",
    "date_without_year": "日期没有年份",
    "too_many_decimals": "小数位数过多",
    "error_cell": "公式错误",
    "formula_without_value": "公式没有结果",
    "identifier_lost": "编号已失真",
    "identifier_as_number": "编号存成数字",
    "identifier_as_day": "编号变成日期",
    "text_lost": "文字已损坏",
    "missing_required": "必填而空",
    "below_minimum": "小于允许的最小值",
    "above_maximum": "大于允许的最大值",
    "pattern_mismatch": "写法不合规定",
    "wrong_column_count": "列数与表头不同",
    "sheet_without_table": "不含报送表",
}
_FIXED: Final[Mapping[str, Mapping[str, str]]] = {
    "measure": MEASURES,
    "reason": REASONS,
    "status": {"stationed": "进驻", "authorized": "已授权", "not_authorized": "未授权"},
    "calendar_status": {"announced": "已公布", "provisional": "尚未公布、按星期推定"},
    "power_type": {"ALL": "全部类型", "UNKNOWN": "未识别", "NONE": "无业务"},
    "department_id": {"ALL": "全部部门", "UNKNOWN": "未识别"},
    "channel": {"ALL": "全部形式", "UNKNOWN": "未识别"},
    "case_kind": {"UNKNOWN": "未识别"},
    "accepted_week_id": {"UNKNOWN": "日历之外"},
    "prev_week_id": {"UNKNOWN": "日历之外"},
}
# Reference list, its code and its label; a column is called by the list's name where nothing else is said.
_LISTS: Final = (
    ("power_type", "code", "label", "power_type"),
    ("power_type", "power_group", "power_group_label", "power_group"),
    ("channel", "code", "label", "channel"),
    ("case_kind", "code", "label", "case_kind"),
    ("department", "department_id", "department_name", "department_id"),
)
_FIELD: Final = "column_name"


@dataclass(frozen=True)
class Word:
    """How a value of a column is called. Key: column_name, source, code; `source` only where it decides."""

    column_name: str
    source: str
    code: str
    words: str


class Vocabulary:
    """Words by column and code; what it does not know stays as it is."""

    def __init__(self, words: Sequence[Word] = ()) -> None:
        self.words = tuple(words)
        self._known = {(one.column_name, one.source, one.code): one.words for one in words}

    def column(self, name: str) -> str:
        """A column as people call it; its own name where nothing better is known."""
        return COLUMNS.get(name, name)

    def field(self, source: str, name: str) -> str:
        """The header that a file of this source has for a field."""
        return self._known.get((_FIELD, source, name)) or self.column(name)

    def value(self, column: str, value: Any, row: Mapping[str, Any]) -> Any:
        """A value of a row as people call it: the label of a code, the header of a field, the title of a source."""
        if not isinstance(value, str):
            return value
        if column == _FIELD:
            return self.field(str(row.get("source") or ""), value)
        return self._known.get((column, "", value), value)


def vocabulary(reference_dir: Path, contracts: Mapping[str, Contract]) -> Vocabulary:
    """The words of a hall: its code lists, the headers of its exports and what the checks call their columns."""
    fixed = [Word(column, "", code, words) for column, known in _FIXED.items() for code, words in known.items()]
    return Vocabulary(_unique([*fixed, *_code_words(reference_dir), *_contract_words(contracts)]))


def write_words(con: duckdb.DuckDBPyConnection, known: Vocabulary) -> None:
    """Keep the words beside the findings, so that a reader of keys can say them; inside the caller's transaction."""
    con.execute(DDL)
    con.execute("DELETE FROM quality.word")
    insert_rows(con, "quality.word", Word, sorted(known.words, key=lambda one: (one.column_name, one.source, one.code)))


def read_words(con: duckdb.DuckDBPyConnection) -> Vocabulary:
    """The words kept beside the findings; none in a warehouse or a published file that has no such table."""
    row = con.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'quality' "
        "AND table_name = 'word'"
    ).fetchone()
    if not row or not row[0]:
        return Vocabulary()
    rows = con.execute("SELECT column_name, source, code, words FROM quality.word ORDER BY ALL").fetchall()
    return Vocabulary([Word(*found) for found in rows])


def _code_words(folder: Path) -> list[Word]:
    found = [
        Word(column, "", row[code].strip(), row[label].strip())
        for name, code, label, column in _LISTS
        for row in _rows(folder / f"{name}.csv")
    ]
    # The parts of a whole are kept apart by department or by type, whichever was not added up.
    found += [
        Word("kept", "", one.code, one.words) for one in found if one.column_name in ("department_id", "power_type")
    ]
    found += [Word("kept", "", "ALL", "全部")]
    return found + _metric_words(folder)


def _metric_words(folder: Path) -> list[Word]:
    """Metrics by their label, with the window's own apart where the platform has one of the same name."""
    rows = _rows(folder / "metric.csv")
    times = Counter(row["label_zh"] for row in rows)
    return [
        Word("metric", "", row["metric"], f"综窗{row['label_zh']}" if _is_windows(row, times) else row["label_zh"])
        for row in rows
    ]


def _is_windows(row: Mapping[str, str], times: Mapping[str, int]) -> bool:
    return row["source"] == "window_weekly" and times[row["label_zh"]] > 1


def _contract_words(contracts: Mapping[str, Contract]) -> list[Word]:
    titles = [Word("source", "", name, contract.title) for name, contract in contracts.items()]
    return titles + [
        Word(_FIELD, name, field.name, field.title) for name, contract in contracts.items() for field in contract.fields
    ]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _unique(words: Sequence[Word]) -> list[Word]:
    return list({(one.column_name, one.source, one.code): one for one in words}.values())
