"""Why `pipeline.ingest.containers` refuses a file: what it is, how it is packed, how much it unpacks to."""

from __future__ import annotations

from pipeline.ingest.refusals.base import RefusalCode, RefusalText


class ContainerRefusal(RefusalCode):
    """Faults of a file as a whole, before any of its cells is read."""

    # What the file is.
    EMPTY_FILE = RefusalText(
        "文件是空的（0 字节）；请重新导出后再放入收件夹",
        "文件里一个字节也没有，多半是导出或下载没有完成。",
        "从平台重新导出，确认文件大小不为零后再放入收件夹。",
    )
    ONLY_BLANKS = RefusalText(
        "文件里只有空白或空字节，没有内容；请重新导出后再放入收件夹",
        "文件有长度，但只有空格、换行、编码标记或空字节。",
        "从平台重新导出，打开确认有数据后再放入收件夹。",
    )
    FOREIGN_FORMAT = RefusalText(
        "文件是{kind}，不是表格；请从平台重新导出 xlsx、xls 或 CSV",
        "按文件开头的字节看，这是另一种文件（如 PDF、图片、JSON），里面没有可读的表格。",
        "从平台重新导出 xlsx、xls 或 CSV。",
    )
    UNREADABLE_FORMAT = RefusalText(
        "文件是{kind}，读不了；请用表格软件打开后另存为 xlsx 再报送",
        "文件是一种表格，但格式太旧或太少见，没有对应的读取程序。",
        "用表格软件打开，另存为 xlsx 后再报送。",
    )
    OTHER_XML = RefusalText(
        "文件是 XML，但不是 Excel 的 XML 表格；请用表格软件打开后另存为 xlsx 再放入收件夹",
        "文件以 XML 标签开头，但不是 Excel 2003 的 XML 表格，也不是网页。",
        "用表格软件打开，另存为 xlsx 后再放入收件夹。",
    )
    NO_SPREADSHEET_STREAM = RefusalText(
        "文件不是表格（可能是 Word 等其他文档）；请从平台重新导出",
        "文件是老式 Office 文档（OLE2），但里面没有工作簿。",
        "从平台重新导出表格；如果数据写在 Word 里，请另行整理成表格。",
    )
    UNKNOWN_FORMAT = RefusalText(
        "文件格式无法识别，不是 xlsx、xls、ods 或 CSV；请从平台重新导出",
        "文件内容多是控制字符，不是任何一种已知的表格，也不是文字。",
        "从平台重新导出；如果文件经过加密软件，请先解密。",
    )
    SEVEN_BIT_ENCODING = RefusalText(
        "文字是 ISO-2022 编码（电子邮件用的七位编码），读不了；请另存为 UTF-8 编码的 CSV 后再试",
        "文字用了电子邮件系统的七位编码，不是 CSV 常用的编码。",
        "用文本编辑器打开，另存为 UTF-8 编码的 CSV。",
    )

    # Whether it is whole.
    FILE_CUT_OFF = RefusalText(
        "文件不完整（可能还在复制，或下载中断）；请重新复制后再试",
        "文件缺了结尾或目录，多半是复制或下载中断。",
        "等复制结束，或重新复制、重新下载后再试。",
    )
    CHECKSUM_MISMATCH = RefusalText(
        "文件不完整或已损坏（压缩内容与校验值不符）；请重新复制或重新导出",
        "工作簿中有一部分解不开，或解开后与文件自带的校验值不符。",
        "重新复制一份；仍然不行就从平台重新导出。",
    )
    ZIP_DIRECTORY_BROKEN = RefusalText(
        "文件的压缩目录已损坏（其中的文件名、大小或位置读不出来）；请重新复制或重新导出",
        "文件末尾的压缩目录还在，但其中的记录互相矛盾或无法解读。",
        "重新复制一份；仍然不行就从平台重新导出。",
    )
    XML_BROKEN = RefusalText(
        "文件不完整或已损坏（内容不是完整的 XML）；请重新复制或重新导出",
        "工作簿内部的 XML 写得不对或没有写完。",
        "重新复制一份；仍然不行就从平台重新导出，或用表格软件打开后另存。",
    )
    NUL_BYTE = RefusalText(
        "第 {line:,} 行有空字节，内容可能已损坏；请重新导出",
        "文本中间夹着空字节，正常的导出不会有。",
        "从平台重新导出。",
    )
    NUL_TAIL = RefusalText(
        "文件末尾是空字节，没有下载或复制完整；请重新复制后再试",
        "文件已占好空间，但结尾还没有写入内容。",
        "等复制结束，或重新复制后再试。",
    )
    WORKBOOK_LOCKED = RefusalText(
        "工作簿设有打开密码；请取消密码后重新保存",
        "工作簿是加密的，没有密码读不出来。",
        "用表格软件打开，取消打开密码后重新保存。",
    )
    WORKBOOK_COMPRESSION = RefusalText(
        "工作簿中的 {member} 用了少见的压缩方式，读不了；请用表格软件打开后另存为 xlsx 再报送",
        "工作簿的某一部分用了普通 zip 以外的压缩方式。",
        "用表格软件打开，另存为 xlsx 后再报送。",
    )
    DOCUMENT_TYPE = RefusalText(
        "文件的 XML 中有外部实体或文档类型声明，可能有安全风险；请用表格软件打开后另存为 xlsx 再报送",
        "XML 声明了文档类型；表格不需要它，外部文件可由此被读入。",
        "用表格软件打开，另存为 xlsx 后再报送；来历不明的文件请先核实。",
    )

    # How much it holds.
    TOO_LARGE = RefusalText(
        "文件解压后有 {size_mb:,.0f} MB，超过上限 {limit_mb} MB；请拆分后重新导出，或在设置中提高上限",
        "文件解压后的大小超过设置 max_unpacked_mb。",
        "拆分后重新导出；确实需要时在设置中提高 max_unpacked_mb。",
    )
    TOO_MANY_CELLS = RefusalText(
        "工作表的内容跨越 {cells:,} 个单元格（行数×列数），超过上限 {limit:,}；"
        "请删去远处的零散单元格后另存，或拆成几份、改导 CSV",
        "从第一个到最后一个有内容的单元格，行数乘列数超过设置 max_cells。",
        "删去远处的零散单元格后另存，或拆成几份、改导 CSV。",
    )
    CELL_BEYOND_SHEET = RefusalText(
        "工作表中有单元格写在第 {limit:,} 列（XFD）以外，表格软件没有这样的列，文件可能已损坏；请重新导出",
        "单元格的位置超出了表格软件的上限，正常的导出不会有。",
        "从平台重新导出，或用表格软件打开后另存为 xlsx。",
    )
    TOO_MANY_SHEETS = RefusalText(
        "工作簿有 {sheets:,} 张工作表，超过上限 {limit:,}；请拆成几份，或合并成一张表后重新导出",
        "工作表多到不像是一份报送，逐张打开要很久。",
        "拆成几份，或把各表合并成一张后重新导出。",
    )
    PADDED_PART = RefusalText(
        "文件中的 {member} 解压后有 {size_mb:,} MB，是压缩时的 {ratio:,.0f} 倍（上限 {limit} 倍），几乎全是空白；"
        "请用表格软件打开后另存为 xlsx 再报送，或在设置中提高上限",
        "工作簿的某一部分几乎全是重复内容，可能是填充出来的。",
        "用表格软件打开后另存为 xlsx；确实是数据时在设置中提高 max_unpacked_ratio。",
    )
    LONG_PADDING = RefusalText(
        "文件中的 {member} 有连续 {limit_mb} MB 以上的空白或不属于任何单元格的内容；"
        "请用表格软件打开后另存为 xlsx 再报送",
        "两个标签之间的内容长得不可能是单元格。",
        "用表格软件打开，另存为 xlsx 后再报送。",
    )

    # How it is packed.
    NO_WORKBOOK_IN_ZIP = RefusalText(
        "压缩包里不是工作簿；请解压后把其中的表格放入收件夹",
        "文件是 Office 文档的压缩结构，但里面没有工作簿。",
        "解压后把其中的表格放入收件夹，或从平台重新导出。",
    )
    PACKED_EMPTY = RefusalText(
        "压缩包里没有文件；请重新压缩后再放入收件夹",
        "压缩包是空的，或只有系统自带的隐藏文件。",
        "重新压缩后再放入收件夹。",
    )
    PACKED_SEVERAL = RefusalText(
        "压缩包里有多份表格（{names}{rest}）；请解压后逐份放入收件夹",
        "一个压缩包只读一份表格；有几份时不猜哪一份是周报。",
        "解压后逐份放入收件夹。",
    )
    PACKED_NESTED = RefusalText(
        "压缩包里还有压缩包；请全部解压后把其中的表格放入收件夹",
        "压缩包里装的又是压缩包，只解一层。",
        "全部解压后把其中的表格放入收件夹。",
    )
    PACKED_LOCKED = RefusalText(
        "压缩包设有密码；请取消密码后重新压缩",
        "压缩包是加密的，没有密码解不开。",
        "取消密码后重新压缩，或直接放入其中的表格。",
    )
    PACKED_COMPRESSION = RefusalText(
        "压缩包用了少见的压缩方式，解不开；请用普通 zip 重新压缩",
        "压缩包用了普通 zip 以外的压缩方式。",
        "用普通 zip 重新压缩，或直接放入其中的表格。",
    )
    PACKED_DAMAGED = RefusalText(
        "压缩包不完整或已损坏；请重新压缩或重新复制后再试",
        "压缩包缺了结尾，或内容与校验值不符。",
        "重新压缩或重新复制后再试。",
    )
