"""Refusals of authoring: what stops a look at a file, a draft of a contract, or its writing."""

from __future__ import annotations

from pipeline.ingest.refusals.base import RefusalCode, RefusalText


class AuthoringRefusal(RefusalCode):
    """Why `zhoubao inspect` or `zhoubao contract draft` cannot do what was asked."""

    NO_SUCH_FILE = RefusalText(
        "{path} 不存在；请给出一份导出文件的路径",
        "命令中写的路径上没有文件。",
        "请核对路径和文件名，再运行一次。",
    )
    FOLDER_GIVEN = RefusalText(
        "{path} 是文件夹，不是文件；请给出一份导出文件的路径",
        "查看和起草一次只看一份文件，给出的却是文件夹。",
        "请写出文件夹里某一份导出文件的路径。",
    )
    NOT_A_TEXT_TABLE = RefusalText(
        "文本不是一行一条的表格（{reason}）；请从平台重新导出为 CSV 或 xlsx",
        "文件是文本，但不能按分隔符拆成行和列。",
        "请从业务系统重新导出为 CSV 或 xlsx。",
    )
    NO_HEADER_TO_DRAFT = RefusalText(
        "没有找到表头：前 40 行中没有一行像是列名；请确认文件里有表格，或先删去无关内容",
        "起草合同要先找到列名所在的行，而文件开头没有这样的行。",
        "请确认文件里有带列名的表格；表格上方内容过多的，先删去再起草。",
    )
    TABLES_SIDE_BY_SIDE = RefusalText(
        "同样的列名并排出现了 {groups} 遍（{labels}），是并排的几组；请把各组上下排成一组后再起草",
        "一张窄表为了省纸分成几组并排摆放；只按第一组起草，其余各组的数以后每次都会漏掉。",
        "请把右边各组移到第一组的下面，用同一行列名，再起草；平台能不分组导出的，请改设导出方式。",
    )
    NO_SUCH_SHEET = RefusalText(
        "没有找到带表格的工作表“{wanted}”；有表格的是 {known}，请在 --sheet 后写其中一个的名称或序号",
        "用 --sheet 指定的工作表不在文件中，或上面没有表格。",
        "请从句中列出的工作表里选一个，写它的名称或序号。",
    )
    TEXT_HAS_NO_SHEETS = RefusalText(
        "这份文件是文本，没有工作表；请去掉 --sheet 再起草",
        "--sheet 只用于工作簿，文本文件只有一张表。",
        "请去掉 --sheet，再运行一次。",
    )
    BAD_CONTRACT_NAME = RefusalText(
        "名称 {name} 不能用作合同名；请用小写英文字母、数字和下划线，如 complaint_log",
        "合同名同时是数据库中的表名，只能用小写英文字母、数字和下划线。",
        "请用 --name 换一个名称，如 complaint_log。",
    )
    NAME_DIFFERS_FROM_FILE = RefusalText(
        "{file} 与合同名 {name} 不一致；请用 --name {stem} 或改 --out",
        "合同文件要与合同同名，否则平台找不到它。",
        "请让 --name 与 --out 的文件名一致。",
    )
    NO_SUCH_FOLDER = RefusalText(
        "--out 写的文件夹 {folder} 不存在，没有写；请先建这个文件夹，或让 --out 写已有的文件夹或其中的 {name}.yaml",
        "--out 后面是要写入的文件夹，或以 .yaml 结尾的文件；文件夹要先有，不替人建，以免写错一个字就写到别处。",
        "请先建这个文件夹，或核对 --out 的写法，再运行一次。",
    )
    CONTRACT_EXISTS = RefusalText(
        "{path} 已存在，没有覆盖；请用 --out 换一个位置，或先移走它",
        "要写的合同文件已经存在，里面可能有核对过的内容，所以不覆盖。",
        "请用 --out 换一个位置，或先把原来的文件移走。",
    )
    CANNOT_WRITE = RefusalText(
        "{path} 写不了（{reason}）；请用 --out 换一个位置",
        "合同文件写不到指定的位置，例如文件夹不存在或没有权限。",
        "请用 --out 换一个能写入的位置。",
    )
