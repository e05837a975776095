"""What people call the columns and codes that the warehouse itself gives: keys that every table shares, bookkeeping.

Words of one table only are in the suite that shows them (`words:` in expectations/*.yaml), words of a hall in its code
lists and contracts; `pipeline.quality.checks.vocabulary` puts them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OWN_COLUMNS: Final[Mapping[str, str]] = {
    # The time and the dimensions of core.*, under whatever name a failing row carries them.
    "week_id": "期号",
    "department_id": "部门",
    "department_name": "部门",
    "department": "部门",
    "power_type": "事项类型",
    "power_group": "事项组",
    "channel": "办理形式",
    "metric": "指标",
    # The ledger and the quarantine: where a row came from, and what became of it.
    "delivery_id": "报送编号",
    "source": "来源",
    "file_name": "文件",
    "sheet": "工作表",
    "row_no": "行",
    "column_name": "列",
    "reason": "原因",
}
# ledger.row_account.reason and quarantine.cell.reason: why a row or a cell went where it did.
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
# Codes that the models in sql/ put where a hall's code list has none: all together, not recognised, no business.
OWN_CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "reason": REASONS,
    "power_type": {"ALL": "全部类型", "UNKNOWN": "未识别", "NONE": "无业务"},
    "department_id": {"ALL": "全部部门", "UNKNOWN": "未识别"},
    "channel": {"ALL": "全部形式", "UNKNOWN": "未识别"},
    "case_kind": {"UNKNOWN": "未识别"},
}
