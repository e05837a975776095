"""Says which version of reading this code is; a delivery that an earlier version read is read again from the archive.

A change that lets any file be read as other rows or other values is a new version, with a line of what it changes.
`tests/unit/ingest/inbox/test_what_is_read.py` keeps what the newest version reads of a small set of files: it fails
where that changes without a new line here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple


class ReaderChange(NamedTuple):
    """What a version reads otherwise than the one before, in words for the person who looks at a revised figure."""

    version: int
    day: str
    words: str


CHANGES: Final = (
    ReaderChange(1, "2023-04-24", "首个版本"),
    ReaderChange(
        2,
        "2026-11-29",
        "必填而只写“——”之类空记号的单元格按空处理；网页、xls、ods、xml 表格中若干漏读、误读已更正，见 CHANGELOG；"
        "各种写法的证件号、手机号、座机、邮箱、银行卡号和旁边的姓名，在所有文字列、文件名和工作表名中一律遮盖",
    ),
    ReaderChange(
        3,
        "2026-11-29",
        "NULL、\\N、(null)、N/A、None、nan、0000-00-00、暂无等写法按空处理；"
        "“是否”列认得 √、Y、TRUE、采用等写法，认不得的隔离；"
        "各种叫法的合计、平均、对比行不再当作数据，数字等于他行之和的行先询问；表下另一种表头的表隔离；"
        "漏填的部门不再取上一行，工作簿写明了合并的，只填合并的格子；xlsb 和 Excel 2003 XML 的隐藏行也提醒；"
        "只有序号的行、编号行和单位行搁置；文字列里的日期、句中的“??”不再使整行隔离；"
        "不写位置的单元格、上标注、划去的字、从未计算的公式（在最后一列或一行的也算）、数字格式里的万、单位和前导零按显示的意思读；"
        "编号和代码不分全角半角、大小写和空格；跨年、带对比期的标题和不写年份的日期按文件自己的期；表下的导出时间算数，未来的不算；"
        "逗号、句点有两种读法的数隔离；含控制字符的文字隔离；电子表格的时刻取整到秒；企业代码和小数不再当作个人号码遮盖",
    ),
    ReaderChange(
        4,
        "2026-11-30",
        "小计、合计行上的率和占比也记下，各数按印出的样子和位数记",
    ),
    ReaderChange(
        5,
        "2026-11-30",
        "超过两千行的表里，规定了小数位数的列也按位数四舍五入，与行数少的表一致",
    ),
    ReaderChange(
        6,
        "2026-11-30",
        "跨年的整周（2025年12月29日—2026年1月4日）按那一周的期；起止日期不是一期、一个月或一个季度的日子的先询问",
    ),
)
READER_VERSION: Final = CHANGES[-1].version


def changes_since(version: int) -> list[ReaderChange]:
    """Returns what the versions after `version` read otherwise, in order."""
    return [change for change in CHANGES if change.version > version]


def change_in_words(before: int, after: int) -> str:
    """Returns why rows read by two versions may differ: 读取程序更新（v1 → v2）：……."""
    between = [change.words for change in changes_since(before) if change.version <= after]
    return f"读取程序更新（v{before} → v{after}）" + _after_colon(between)


def _after_colon(words: Iterable[str]) -> str:
    joined = "；".join(words)
    return f"：{joined}" if joined else ""
