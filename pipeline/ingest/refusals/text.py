"""Why a text cannot be read: its encoding, its bytes, its lines; quotes and records have `refusals.tables`."""

from __future__ import annotations

from pipeline.ingest.refusals.base import RefusalCode, RefusalText


class TextRefusal(RefusalCode):
    """Refusals that `pipeline.ingest.text` raises."""

    ENCODING_UNKNOWN = RefusalText(
        sentence="文字编码无法识别，或内容已损坏；请另存为 UTF-8 编码的 CSV 后再试",
        meaning="用常见的中、日、韩和西欧编码都读不成通顺的文字，文件可能不是文本，或已经损坏。",
        action="请在原来的软件中另存为 UTF-8 编码的 CSV，或从平台重新导出。",
    )
    ENCODING_UNCLEAR = RefusalText(
        sentence="文字编码无法确定，可能是 {names}；请另存为 UTF-8 编码的 CSV，或在合同的 csv.encoding 写明编码",
        meaning="文字太少，或用几种编码都读得通，系统不猜测是哪一种。",
        action="请另存为 UTF-8 编码的 CSV；若平台总是这样导出，请在合同的 csv.encoding 写明编码。",
    )
    NOT_AS_PINNED = RefusalText(
        sentence="合同写明编码是 {codec}，但文件内容不符合；请按这个编码重新导出，或改合同的 csv.encoding",
        meaning="合同的 csv.encoding 规定了编码，文件却有一成以上的行不符合这个编码。",
        action="请按合同的编码重新导出；若平台改了编码，请修改合同的 csv.encoding。",
    )
    TEXT_LOST = RefusalText(
        sentence="文字已丢失：许多字变成了问号或“�”，找不回来；请从平台重新导出，导出时编码选 UTF-8 或 GB18030",
        meaning="导出或另存时选了容纳不了汉字的编码，许多字已经变成问号或“�”，原来的字不在文件里了。",
        action="请从平台重新导出，编码选 UTF-8 或 GB18030；不要用这份文件修补。",
    )
    BYTES_UNREADABLE = RefusalText(
        sentence="{where}不符合 {codec} 编码{count}，内容可能已损坏；请重新导出",
        meaning="文件有许多行（或 UTF-16 文件的一处）不符合它自己的编码，多半在传送或拼接时损坏。",
        action="请从平台重新导出，并以压缩包或原文件传送，不要经过文本编辑器。",
    )
    ODD_LINE_ENDS = RefusalText(
        sentence="各行之间不是换行，而是别的分行符（如 NEL、U+2028），读出来只有一行；请另存为 CSV 后再试",
        meaning="文件用罕见的字符分行，读表的软件都会把它当作一整行。",
        action="请用表格软件打开后另存为 CSV，再重新报送。",
    )
