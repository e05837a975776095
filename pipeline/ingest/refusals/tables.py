"""Why no table can be read in a text; what is wrong with single columns has `refusals.load`."""

from __future__ import annotations

from pipeline.ingest.refusals.base import RefusalCode, RefusalText


class TableRefusal(RefusalCode):
    """Refusals that `pipeline.ingest.tables` raises."""

    QUOTE_NOT_CLOSED = RefusalText(
        sentence="第 {line} 行有不成对的引号，或有过长的内容，后面的行会被并进一个单元格；请改正这一行后重新导出",
        meaning="这一行有一个英文双引号没有配成对，或有一个单元格长得不合常理，照读会把后面的行吞进一个单元格。",
        action="请用文本编辑器打开文件，改正所指的一行；若文件由平台导出，请重新导出。",
    )
    BACKSLASH_ESCAPES = RefusalText(
        sentence="第 {line} 行用反斜杠（\\）转义引号或分隔符，照 CSV 的通行写法会读错；请把引号改为写两遍后重新导出",
        meaning="导出程序在引号或分隔符前加反斜杠（如 MySQL 的 SELECT … INTO OUTFILE），CSV 的通行写法是把引号写两遍。",
        action="请在导出时选择标准的 CSV（分隔符在双引号之内，引号写两遍），或导出为 .xlsx 后重新报送。",
    )
