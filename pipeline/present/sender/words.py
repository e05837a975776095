"""How a problem is told to the department that sent the file; what a steward may do about it, the findings say."""

from __future__ import annotations

from typing import Final

from pipeline.contracts import Field

# Reasons whose usual sentence asks something of the steward that a department cannot do.
_WORDS: Final = {
    "too_many_decimals": "小数位数多于 6 位；请按规定位数四舍五入后重新报送",
    "personal_data_masked": "文字中含有身份证号或手机号；请删去个人信息后重新报送",
    "not_a_date": "应为年、月、日齐全的日期，不是有效的日期；只写到月的（如 2023年4月）请补上日，核对后重新报送",
    "not_yes_or_no": "应为是或否；请改为“是”或“否”后重新报送",
    "equals_sum": "这一行的各数恰好等于其他行之和或平均，名称却不像合计；是合计请写明“合计”，不是请说明是哪个窗口",
    "other_table": "从这里起是另一种表头的表，不能按上面的表头读取；请放到单独的工作表或文件中重新报送",
    "unknown_code": "不在规定的名称之内；请核对后重新报送",
}


def words_for_sender(reason: str, message: str, value: str | None, field: Field | None) -> str:
    """The sentence for a department: `message` as it stands, unless it is written for the steward."""
    if reason != "unknown_code":
        return _WORDS.get(reason, message)
    if value is None or field is None:
        return _WORDS["unknown_code"]
    if field.codes == "department":
        return f"部门名称“{value}”无法识别，不在部门名录中；请核对全称后重新报送"
    return f"“{value}”不是“{field.title}”的规定名称，请按平台的选项核对后重新报送"
