"""What becomes of rows and cells, and why: the closed lists of the words that the ledger and the quarantine keep.

Each value is stored as it stands here and shown to people in its Chinese `words`. Elsewhere: why a whole file is
refused stands in `pipeline.ingest.refusals`; what a row of a sheet is, `pipeline.ingest.tables.rows` decides.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class Disposition(StrEnum):
    """What became of a physical row: exactly one of these, so that the rows of a file add up."""

    LOADED = "loaded"
    QUARANTINED = "quarantined"
    SET_ASIDE = "set_aside"

    @property
    def words(self) -> str:
        """The disposition as people read it: 载入."""
        return _DISPOSITION_WORDS[self]


class FileOutcome(StrEnum):
    """What became of a file in the inbox."""

    LOADED = "loaded"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    SET_ASIDE = "set_aside"
    LATER = "later"
    WAITING = "waiting"
    KEPT = "kept"
    REMARK = "remark"

    @property
    def words(self) -> str:
        """The outcome as people read it: 拒收."""
        return _OUTCOME_WORDS[self]


class RowReason(StrEnum):
    """Why a row is loaded or set aside; a quarantined row has the `Reason` of its first bad cell instead."""

    LOADED = "loaded"
    TITLE = "title"
    HEADER = "header"
    REPEATED_HEADER = "repeated_header"
    NUMBERING = "numbering"
    TOTAL = "total"
    OF_WHICH = "of_which"
    COMPARISON = "comparison"
    UNIT_LINE = "unit_line"
    ONLY_NUMBERED = "only_numbered"
    NO_VALUES = "no_values"
    NOTE = "note"
    BLANK = "blank"
    DUPLICATE_ROW = "duplicate_row"
    SUPERSEDED_IN_FILE = "superseded_in_file"
    SHEET_WITHOUT_TABLE = "sheet_without_table"
    SUMMARY_SHEET = "summary_sheet"
    HIDDEN_SHEET = "hidden_sheet"

    @property
    def words(self) -> str:
        """The reason in a few Chinese words: 重复行; nothing for a row that is loaded."""
        return _ROW_WORDS[self]


class Reason(StrEnum):
    """Why a cell is quarantined, or loaded with a remark (`PERSONAL_DATA_MASKED`, `DAY_AMONG_TEXTS`, `ROWS_HIDDEN`)."""

    NOT_AN_INTEGER = "not_an_integer"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    NOT_A_DATETIME = "not_a_datetime"
    NOT_YES_OR_NO = "not_yes_or_no"
    TIME_IN_DATE = "time_in_date"
    DATE_WITHOUT_YEAR = "date_without_year"
    TOO_MANY_DECIMALS = "too_many_decimals"
    ERROR_CELL = "error_cell"
    FORMULA_WITHOUT_VALUE = "formula_without_value"
    IDENTIFIER_LOST = "identifier_lost"
    TEXT_LOST = "text_lost"
    MISSING_REQUIRED = "missing_required"
    BELOW_MINIMUM = "below_minimum"
    ABOVE_MAXIMUM = "above_maximum"
    PATTERN_MISMATCH = "pattern_mismatch"
    UNKNOWN_CODE = "unknown_code"
    WRONG_COLUMN_COUNT = "wrong_column_count"
    CONFLICTING_DUPLICATE = "conflicting_duplicate"
    EQUALS_SUM = "equals_sum"
    OTHER_TABLE = "other_table"
    PERSONAL_DATA_MASKED = "personal_data_masked"
    PERSONAL_DATA_LEFT = "personal_data_left"
    IDENTIFIER_AS_DAY = "identifier_as_day"
    DAY_AMONG_TEXTS = "day_among_texts"
    IDENTIFIER_AS_NUMBER = "identifier_as_number"
    TWO_READINGS = "two_readings"
    STRUCK_OUT = "struck_out"
    SCALE_UNCLEAR = "scale_unclear"
    ROWS_HIDDEN = "rows_hidden"
    LABEL_AFTER_PERIOD = "label_after_period"

    @property
    def words(self) -> str:
        """The reason in a few Chinese words: 不是整数."""
        return _REASON_TEXTS[self][0]

    @property
    def sentence(self) -> str:
        """What is expected and what to do, for the sender of the file and the steward."""
        return _REASON_TEXTS[self][1]


_DISPOSITION_WORDS = {
    Disposition.LOADED: "载入",
    Disposition.QUARANTINED: "隔离",
    Disposition.SET_ASIDE: "搁置",
}
_OUTCOME_WORDS = {
    FileOutcome.LOADED: "已装载",
    FileOutcome.DUPLICATE: "重复",
    FileOutcome.REFUSED: "拒收",
    FileOutcome.SET_ASIDE: "搁置",
    FileOutcome.LATER: "属于其他周",
    FileOutcome.REMARK: "提醒",
    FileOutcome.WAITING: "等待",
    FileOutcome.KEPT: "照旧保留",
}
_ROW_WORDS = {
    RowReason.LOADED: "",
    RowReason.TITLE: "标题",
    RowReason.HEADER: "表头",
    RowReason.REPEATED_HEADER: "重复表头",
    RowReason.NUMBERING: "序号行",
    RowReason.TOTAL: "小计或合计",
    RowReason.OF_WHICH: "其中",
    RowReason.COMPARISON: "对比或平均",
    RowReason.UNIT_LINE: "单位或频度行",
    RowReason.ONLY_NUMBERED: "只有序号",
    RowReason.NO_VALUES: "各列都没有填数",
    RowReason.NOTE: "说明",
    RowReason.BLANK: "空行",
    RowReason.DUPLICATE_ROW: "重复行",
    RowReason.SUPERSEDED_IN_FILE: "同一主键的旧状态",
    RowReason.SHEET_WITHOUT_TABLE: "不含报送表",
    RowReason.SUMMARY_SHEET: "汇总的工作表",
    RowReason.HIDDEN_SHEET: "隐藏的工作表",
}
# For each reason a few words for tables, and the sentence for people.
_REASON_TEXTS = {
    Reason.NOT_AN_INTEGER: ("不是整数", "应为整数，读到的不是整数；请改为整数后重新报送"),
    Reason.NOT_A_NUMBER: ("不是数", "应为数字，无法识别；请改为数字后重新报送"),
    Reason.NOT_A_DATE: (
        "不是日期",
        "应为年、月、日齐全的日期，不是有效的日期；只写到月的（如 2023年4月）请补上日；这一列本来按月填写的，"
        "请数据专员在合同中改为文字；请核对后重新报送",
    ),
    Reason.NOT_A_DATETIME: ("不是时间", "应为日期时间，不是有效的时间；请核对后重新报送"),
    Reason.NOT_YES_OR_NO: (
        "不知是或否",
        "应为是或否，不认识这种写法；请改为“是”或“否”后重新报送，或由数据专员在合同中登记这种写法",
    ),
    Reason.TIME_IN_DATE: ("日期带有时间", "应为日期却带有时间，截去会改变数值；请核对"),
    Reason.DATE_WITHOUT_YEAR: ("日期没有年份", "日期没有年份，表头也没有写明统计年份；请补上年份"),
    Reason.TOO_MANY_DECIMALS: (
        "小数位数过多",
        "小数位数多于 6 位，照存会改变数值；请按规定位数四舍五入，或在合同中写明 decimals",
    ),
    Reason.ERROR_CELL: ("公式错误", "单元格是公式错误；请在原表中修正公式"),
    Reason.FORMULA_WITHOUT_VALUE: (
        "公式没有结果",
        "单元格是公式，文件中没有它的计算结果；请用表格软件打开，重新计算后保存再报送",
    ),
    Reason.IDENTIFIER_LOST: ("编号已失真", "编号已被电子表格改成科学计数，原值无法恢复；请从平台以文本格式重新导出"),
    Reason.TEXT_LOST: ("文字已损坏", "文字在导出时已损坏；请重新导出"),
    Reason.MISSING_REQUIRED: ("必填而空", "必填项为空；请补填后重新报送"),
    Reason.BELOW_MINIMUM: ("小于允许的最小值", "小于允许的最小值；请核对"),
    Reason.ABOVE_MAXIMUM: ("大于允许的最大值", "大于允许的最大值；请核对"),
    Reason.PATTERN_MISMATCH: ("写法不合规定", "不符合规定的写法；请核对"),
    Reason.UNKNOWN_CODE: ("代码不在表内", "不在代码表或部门名录中；请核对名称"),
    Reason.WRONG_COLUMN_COUNT: ("列数与表头不同", "这一行的列数与表头不同；请检查逗号、引号或换行"),
    Reason.CONFLICTING_DUPLICATE: (
        "同键而内容不同",
        "同一主键有多行且内容不同，无法判断以哪一行为准；请保留正确的一行",
    ),
    Reason.EQUALS_SUM: (
        "疑为合计行",
        "这一行的各数恰好等于其他行之和或平均，名称却不像合计；是合计请写明“合计”后重新报送，确是一个窗口或部门，"
        "请数据专员在合同的 layout.dataLabels 中登记它的名称",
    ),
    Reason.OTHER_TABLE: (
        "属于另一张表",
        "从这里起是另一种表头的表，不能按上面的表头读取；请把它放到单独的工作表或文件中报送，或请数据专员为它写合同",
    ),
    Reason.PERSONAL_DATA_MASKED: (
        "文字里的个人信息已遮盖",
        "文字中含有个人信息，已遮盖；请提醒报送单位不要填写个人信息",
    ),
    Reason.PERSONAL_DATA_LEFT: (
        "文字里还有个人信息",
        "文字中仍疑似有证件号、手机号，或本表个人信息列里的姓名、号码，读取时没有遮盖；请从来源文件中删去后重新报送，并请平台维护人员核对遮盖的规则",
    ),
    Reason.IDENTIFIER_AS_DAY: (
        "编号变成日期",
        "编号或名称已被电子表格改成日期，原值无法恢复；请把这一列设为文本格式后重新导出",
    ),
    Reason.DAY_AMONG_TEXTS: (
        "文字列里的日期",
        "这一列是文字，这一格却是日期，已按日期的写法存入；如果原来写的是编号（如 3-1），请以文本格式重新报送",
    ),
    Reason.TWO_READINGS: (
        "数有两种读法",
        "逗号或句点既可能是千分位，也可能是小数点（如 97,205 可读作 97205，也可读作 97.205），同列或同表的写法定不了；"
        "请去掉千分位、小数点用“.”，再重新报送",
    ),
    Reason.STRUCK_OUT: (
        "内容已被划去",
        "单元格的内容带删除线，无法判断是否还算数；请删去作废的内容，或去掉删除线后重新报送",
    ),
    Reason.SCALE_UNCLEAR: (
        "格式缩小了显示的数",
        "单元格的数字格式把数缩小后显示，表头却没有写明以千、万计，显示的数与存放的数不同；请改用常规格式，或在表头写明单位后重新报送",
    ),
    Reason.ROWS_HIDDEN: (
        "有隐藏或筛选掉的行",
        "工作表里有隐藏或筛选掉的行，已照常载入；请核对这些行是否应当计入，不应计入的请删去后重新报送",
    ),
    Reason.LABEL_AFTER_PERIOD: (
        "列的时间在报告期之后",
        "这一列的周、月或日在报告期之后，格子里却有数；请核对标题的期、列名的年份和所填的数，改正后重新报送",
    ),
    Reason.IDENTIFIER_AS_NUMBER: ("编号存成数字", "编号以数字格式存放，位数过多时会失真；请以文本格式重新导出"),
}

MESSAGES = MappingProxyType({reason.value: reason.sentence for reason in Reason})
"""The sentence of each reason by its stored value, for SQL that joins it."""
WORDS = MappingProxyType({code.value: code.words for code in (*RowReason, *Reason)})
"""A few Chinese words for everything that stands in a column `reason`, of rows and of cells alike."""
