"""Refusals of the inbox: what stops a file on its way from the folder to the ledger."""

from __future__ import annotations

from pipeline.ingest.refusals.base import RefusalCode, RefusalText


class InboxRefusal(RefusalCode):
    """Why `pipeline.ingest.inbox` does not take a file, or does not take it yet."""

    STILL_BEING_WRITTEN = RefusalText(
        "文件还在写入（大小或时间在变，或被其他程序占用）；写完后下次运行会再读",
        "文件正在被复制、下载或编辑，内容还不完整；它留在收件目录里，没有被拒收。",
        "等文件写完，或关闭正在使用它的程序，再运行一次。",
    )
    CHANGED_WHILE_READ = RefusalText(
        "文件在读取时被改动；改完后下次运行会再读",
        "读取途中文件的大小或修改时间变了，读到的内容可能一半新一半旧，所以一行也没有装载。",
        "等改动结束后再运行一次；不要直接在收件目录里编辑文件。",
    )
    MOVED_AWAY = RefusalText(
        "文件在读取前被移走或改名",
        "运行开始时文件还在收件目录里，轮到它时已经不在了。",
        "如果仍要报送，请把文件放回收件目录，再运行一次。",
    )
    LINK = RefusalText(
        "收件目录里放的是链接（快捷方式），不是文件本身，没有读取；请把文件本身复制进来，并删去这个链接",
        "链接指向别处的文件：照收会改动那份文件，归档的却只是链接，所以不打开、也不移走。",
        "请把链接所指的文件复制到收件目录，再删去链接。",
    )
    NO_PLAIN_FILE = RefusalText(
        "收件目录里放的是{kind}，不是文件，没有读取；请把报送的文件直接放在收件目录中，并移走它",
        "文件夹、管道、套接字、设备都不是一份报送；它们不会被打开，也不会被移走。",
        "文件夹里若有报送的文件，请把文件直接放进收件目录；其余的请移走。",
    )
    SAME_EXPORT_TIME = RefusalText(
        "与已装载的“{rival}”同属第 {week_id} 期、导出时间也相同，但内容不同，无法判断以哪份为准；"
        "请重新导出一份（导出时间会更新）后再放入",
        "同一来源、同一期的两份文件写着同一个导出时间，内容却不一样，平台不猜哪份是对的。",
        "请从业务系统重新导出一份，新的导出时间较晚，放入后以它为准。",
    )
    NO_EXPORT_TIME = RefusalText(
        "与已装载的“{rival}”同属第 {week_id} 期、都没有写导出时间，但内容不同，无法判断以哪份为准；"
        "若这份较新，请在它的表头上方加一行“导出时间：2023-04-25 09:00”（写实际时间）后再放入",
        "同一来源、同一期的两份文件都没有导出时间，内容不一样，分不出先后。",
        "若后一份较新，请在表头上方加一行“导出时间：…”写明实际时间，再放入收件目录。",
    )
    UNFORESEEN = RefusalText(
        "读取时出现没有预料到的错误（编号 {number}），没有装载；请把这份文件和编号告诉平台维护人员",
        "读取程序在这份文件上出错，原因不在已知的各种情况之内；同一种错误的编号相同，其他文件照常装载。",
        "请从业务系统重新导出再试；仍然出错的，把文件和编号交给平台维护人员，运行日志中同一编号处有详情。",
    )
