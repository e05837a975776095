"""Why `pipeline.ingest.sheets` refuses a file: its sheets, pages or XML tables cannot be read whole."""

from __future__ import annotations

from pipeline.ingest.refusals.base import RefusalCode, RefusalText


class SheetRefusal(RefusalCode):
    """Faults found while the sheets of a file are read."""

    FILE_NOT_READABLE_NOW = RefusalText(
        "文件现在读不了（{cause}），可能被其他程序锁住或没有权限；处理后下次运行会再读",
        "操作系统现在不让读这个文件；文件留在收件夹里。",
        "关闭占用它的程序，或请管理员给出读取权限；下次运行会再读。",
    )
    WORKBOOK_UNREADABLE = RefusalText(
        "工作簿打不开（{cause}）；请用表格软件打开并另存为 xlsx 后再试",
        "工作簿的容器完好，但里面的内容读取程序读不了。",
        "用表格软件打开，另存为 xlsx 后再试。",
    )
    ROW_WRITTEN_TWICE = RefusalText(
        "工作表“{sheet}”的第 {row:,} 行（单元格 {cell}）在文件里写了两次；请用表格软件打开、核对并另存为 xlsx 后再报送",
        "工作簿由其他程序写成，同一个行号或单元格出现两次，无法判断以哪一次为准；照常读就会丢掉其中一次。",
        "用表格软件打开，核对这一行后另存为 xlsx 再报送；或请导出程序的维护人员更正行号。",
    )
    FORMULA_OUTSIDE_TABLE = RefusalText(
        "工作表“{sheet}”的单元格 {cell} 是没有算过的公式，在有内容的单元格之外；请用表格软件打开、保存后再报送",
        "写这个工作簿的程序没有计算公式；整列或最后几行都是这样的公式时，读取程序看不到它们，照常读就会丢掉。",
        "用表格软件打开（公式会重新计算），保存为 xlsx 后再报送。",
    )

    # Pages (HTML, MHTML).
    FRAMES_ONLY = RefusalText(
        "网页只有框架，数据在旁边的文件夹里；请用表格软件打开后另存为 xlsx 再报送",
        "网页只引用旁边文件夹里的文件，数据没有随文件一起报来。",
        "用表格软件打开，另存为 xlsx 后再报送。",
    )
    NO_TABLE_IN_PAGE = RefusalText(
        "网页里没有表格（可能是登录页或报错页）；请重新导出后再放入收件夹",
        "文件是网页，但没有表格；登录过期时平台常给出这样的文件。",
        "重新登录平台，重新导出后再放入收件夹。",
    )
    NO_TABLE_IN_WEB_ARCHIVE = RefusalText(
        "网页存档（MHTML）里没有表格，可能没有保存完整；请用表格软件打开后另存为 xlsx 再报送",
        "网页存档的各部分里都没有表格。",
        "用表格软件打开，另存为 xlsx 后再报送。",
    )
    TABLE_CUT_OFF = RefusalText(
        "文件不完整：表格没有结尾（可能还在复制，或下载中断）；请重新导出后再试",
        "最后一个表格没有写完，后面的行可能丢了。",
        "重新导出后再试。",
    )
    PAGE_CELLS_OVER_LIMIT = RefusalText(
        "网页表格的单元格数超过上限；请拆成几份，或改导 CSV",
        "网页中各表格的行数乘列数超过设置 max_cells。",
        "拆成几份，或改导 CSV。",
    )
    PAGE_NESTED_TOO_DEEP = RefusalText(
        "网页的表格套了 {levels} 层以上，可能已损坏；请重新导出，或另存为 xlsx 再报送",
        "表格里套表格的层数多得不可能是正常网页。",
        "重新导出，或用表格软件打开后另存为 xlsx 再报送。",
    )
    PAGE_TOO_WIDE = RefusalText(
        "网页表格超过 {limit:,} 列；请拆分后重新导出",
        "网页表格的列数超过表格软件的上限。",
        "拆分后重新导出。",
    )

    # Excel 2003 XML (SpreadsheetML).
    XML_TABLE_CUT_OFF = RefusalText(
        "文件不完整：表格没有结尾（可能还在复制，或下载中断）；请重新导出后再试（XML 第 {line:,} 行）",
        "XML 表格在写完之前就结束了。",
        "重新导出后再试。",
    )
    XML_MALFORMED = RefusalText(
        "文件的 XML 在第 {line:,} 行写得不对（{cause}），读不下去；请重新导出，或用表格软件打开后另存为 xlsx 再报送",
        "XML 表格里有不合规则的字符或标签，后面的内容无法可靠地读出。",
        "重新导出，或用表格软件打开后另存为 xlsx 再报送。",
    )
    XML_POSITION_BEYOND_SHEET = RefusalText(
        "XML 表格的行号或列号超出表格软件的上限，文件可能已损坏；请重新导出",
        "XML 表格给某行或某列的编号超过 1,048,576 行、16,384 列。",
        "重新导出。",
    )
    XML_CELLS_OVER_LIMIT = RefusalText(
        "XML 表格的单元格数超过上限；请删去远处的零散单元格后另存，或拆成几份",
        "XML 表格跨越的单元格数超过设置 max_cells。",
        "删去远处的零散单元格后另存，或拆成几份。",
    )
