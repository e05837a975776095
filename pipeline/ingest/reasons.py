"""Why a cell is not loaded: the closed list of reasons, each with its sentence; who finds one, says it."""

from __future__ import annotations

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
