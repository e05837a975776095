"""How a look at a file, a draft and a check of contracts are shown; what they find is worked out in pipeline."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from zhoubao.shown import console

if TYPE_CHECKING:
    from pipeline.ingest.authoring.draft import Draft
    from pipeline.ingest.authoring.inspect import HeaderLine, Inspection, PictureRow, SheetLook
    from pipeline.ingest.authoring.try_files import Outcome

KINDS = {
    "title": ("标题", "cyan"),
    "header": ("表头", "bold bright_blue"),
    "numbering": ("编号行", "dim"),
    "data": ("数据", "green"),
    "total": ("合计", "yellow"),
    "of_which": ("其中", "yellow"),
    "repeated_header": ("重复表头", "bright_blue"),
    "blank": ("空行", "dim"),
    "note": ("附注", "magenta"),
}
REASONS = {
    "loaded": "装载",
    "title": "标题行",
    "header": "表头行",
    "numbering": "编号行",
    "total": "合计行",
    "of_which": "其中行",
    "repeated_header": "重复表头",
    "blank": "空行",
    "note": "附注",
    "sheet_without_table": "没有此表的工作表",
    "hidden_sheet": "隐藏的工作表",
    "summary_sheet": "汇总的工作表",
    "duplicate_row": "完全重复的行",
    "superseded_in_file": "同一主键的旧状态",
}
DISPOSITIONS = {"loaded": "[green]装载[/]", "quarantined": "[red]隔离[/]", "set_aside": "[yellow]搁置[/]"}
DELIMITERS = {",": "逗号", "\t": "制表符", ";": "分号", "|": "竖线"}
WHOLE_LINES = ("title", "note")
SHOWN_CANDIDATES = 3
SHOWN_SHEETS = 6
ROWS_OF_OTHERS = 6
MAX_WIDTH = 20
TAG_WIDTH = 20


def inspection(found: Inspection) -> None:
    """The whole look, the verdict last, where the eye stays."""
    _what(found)
    _candidates(found)
    _headers(found)
    for place, sheet in enumerate(found.sheets[:SHOWN_SHEETS]):
        _picture(sheet, ROWS_OF_OTHERS if place else len(sheet.picture))
    if len(found.sheets) > SHOWN_SHEETS:
        console.print(f"[dim]另有 {len(found.sheets) - SHOWN_SHEETS} 张工作表未画出[/]")
    _problems(found)
    _totals(found)
    _verdict(found)


def _what(found: Inspection) -> None:
    parts = [found.container, found.encoding, f"{DELIMITERS.get(found.delimiter, '')}分隔" if found.delimiter else ""]
    parts += [_size(found.size_bytes)]
    if found.delimiter == "" and found.sheets:
        names = "、".join(f"{sheet.name}（{sheet.rows:,} 行）" for sheet in found.sheets[:6])
        more = f" 等 {len(found.sheets)} 张" if len(found.sheets) > 6 else ""
        parts.append(f"工作表 {names}{more}")
    if found.lines is not None:
        parts.append(f"约 {found.lines:,} 行")
    console.print(f"[bold]{escape(found.file_name)}[/]  {escape('，'.join(part for part in parts if part))}")
    for note in found.notes:
        console.print(f"[dim]{escape(note)}[/]")


def _size(size: int) -> str:
    return f"{size / (1 << 20):,.1f} MB" if size >= 1 << 20 else f"{size / 1024:,.1f} KB"


def _candidates(found: Inspection) -> None:
    """The contract that fits; else the nearest one and what it lacks; the rest in one line."""
    if not found.candidates:
        console.print("没有一份合同认得这些表头。")
        return
    first, *others = found.candidates
    mark = "[green]●[/] 合同" if first.name == found.source else "[yellow]○[/] 最接近的合同"
    reasons = "；".join(first.reasons)
    console.print(f"{mark} {escape(f'{first.name}（{first.title}）：{reasons}')}")
    counts = "，".join(f"{one.name} {one.matched}/{one.fields} 列" for one in others[:SHOWN_CANDIDATES])
    if counts:
        console.print(f"[dim]  其次：{escape(counts)}[/]")


def _headers(found: Inspection) -> None:
    """How the columns of each export map, on the first of its sheets."""
    for source in dict.fromkeys(line.source for line in found.headers):
        sheets = list(dict.fromkeys(line.sheet for line in found.headers if line.source == source))
        sheet = sheets[0]
        lines = [line for line in found.headers if (line.source, line.sheet) == (source, sheet)]
        same = f"（{len(sheets)} 张工作表，此处为“{sheet}”）" if len(sheets) > 1 else ""
        which = f"：{source}" if len(found.exports) > 1 else ""
        table = Table(title=f"表头如何对应{escape(which + same)}", title_justify="left", header_style="bold")
        for heading in ("列", "表头", "字段", "类型", "说明"):
            table.add_column(heading, overflow="fold")
        for line in lines:
            table.add_row(_column(line), escape(line.written), line.name, line.type, _remark(line))
        console.print(table)


def _column(line: HeaderLine) -> str:
    place, letters = line.place + 1, ""
    while place > 0:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _remark(line: HeaderLine) -> str:
    colour = (
        "red" if "必需" in line.remark or line.remark == "合同中没有" else "magenta" if "［" in line.remark else "dim"
    )
    return f"[{colour}]{escape(line.remark)}[/]" if line.remark else ""


def _picture(sheet: SheetLook, rows: int) -> None:
    counts = "，".join(f"{KINDS.get(kind, (kind, ''))[0]} {count:,}" for kind, count in sheet.kinds.items())
    note = f"  {sheet.note}" if sheet.note else ""
    console.print(f"[italic]{escape(sheet.name)}：{counts or f'{sheet.rows:,} 行'}{escape(note)}[/]")
    widths = _widths(sheet)
    last = 0
    for row in sheet.picture[:rows]:
        if row.row_no > last + 1:
            console.print("[dim]     ⋮[/]")
        last = row.row_no
        console.print(_line(row, widths), no_wrap=True, overflow="ellipsis", crop=True)


def _widths(sheet: SheetLook) -> list[int]:
    """How wide each column is drawn, from the rows of the table itself; as many columns as the terminal holds."""
    rows = [row.cells for row in sheet.picture if row.kind not in WHOLE_LINES]
    count = max((len(cells) for cells in rows), default=0)
    widths = [
        min(MAX_WIDTH, max((cell_len(_flat(cells[place])) for cells in rows if place < len(cells)), default=0))
        for place in range(count)
    ]
    room = console.width - TAG_WIDTH
    return [width for place, width in enumerate(widths) if sum(widths[: place + 1]) + 2 * (place + 1) <= room]


def _line(row: PictureRow, widths: Sequence[int]) -> Text:
    label, style = KINDS.get(row.kind, ("", ""))
    line = Text().append(f"{row.row_no:>6} ", style="dim")
    line.append(set_cell_size(f" {label}", 10) if label else " " * 10, style=f"{style} reverse" if label else "")
    line.append(" ")
    if row.kind in WHOLE_LINES:
        return line.append("  ".join(_flat(cell) for cell in row.cells if cell), style=style)
    for cell, width in zip(row.cells, widths, strict=False):
        text = _flat(cell)
        fitted = text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"
        line.append(" " + set_cell_size(fitted, width) + " ", style="magenta" if text.startswith("［") else style)
    return line.append("…", style="dim") if len(row.cells) > len(widths) else line


def _flat(cell: str) -> str:
    return " ".join(cell.split())


def _problems(found: Inspection) -> None:
    if found.account:
        lines = [
            f"{DISPOSITIONS.get(what, what)}：{REASONS.get(why, _message(why))} {rows:,}"
            for what, why, rows in found.account
        ]
        console.print("行账  " + "；".join(lines))
    if not found.problems:
        return
    table = Table(title="读不进的单元格", title_justify="left", header_style="bold")
    for heading in ("列", "格数", "其中整行隔离", "例", "原因与办法"):
        table.add_column(heading, overflow="fold", justify="right" if "格" in heading or "行" in heading else "left")
    for one in found.problems:
        lost = f"[red]{one.lost_rows:,}[/]" if one.lost_rows else "0"
        table.add_row(escape(one.column), f"{one.cells:,}", lost, escape(one.example), escape(one.message))
    console.print(table)


def _message(reason: str) -> str:
    from pipeline.ingest.load.incoming import message_of

    return message_of(reason).split("；")[0]


def _totals(found: Inspection) -> None:
    if not found.totals:
        return
    table = Table(title="与逐行相加不符的合计", title_justify="left", header_style="bold")
    for heading in ("工作表", "行", "名称", "列", "表中印的", "逐行相加", "相差"):
        table.add_column(heading, justify="right" if heading in ("行", "表中印的", "逐行相加", "相差") else "left")
    for one in found.totals:
        table.add_row(
            escape(one.sheet), str(one.row_no), escape(one.label), escape(one.column),
            one.printed, one.computed, f"[red]{one.difference}[/]",
        )  # fmt: skip
    console.print(table)
    held = sum(rows for what, _, rows in found.account if what == "quarantined")
    if held:
        console.print(f"  逐行相加不含被隔离的 {held:,} 行：先处理这些行，再看合计。")


def _verdict(found: Inspection) -> None:
    if not found.is_loadable:
        console.print(f"[red]会被拒收[/]：{escape(found.verdict)}")
        if found.container and not found.source:
            console.print(
                f"若这是一种新的导出，可起草合同：{command()} contract draft {escape(shlex.quote(found.path))}"
            )
        return
    part = ""
    if found.seen_bytes is not None:
        part = f"（只读了前 {found.seen_bytes / (1 << 20):.0f} MB，全文件约 {found.lines or 0:,} 行）"
    exports = "；".join(f"{one.title}，第 {one.week_id} 期，{one.rows:,} 行" for one in found.exports)
    console.print(f"[green]可以装载[/]：{escape(exports)}{part}。以上只是查看，没有改动任何东西。")


def command() -> str:
    """How this command line is called here: `zhoubao` where it is installed, else Python with the module."""
    if Path(sys.argv[0]).name == "zhoubao":
        return "zhoubao"
    python = Path(sys.executable)
    return f"{python.relative_to(Path.cwd()) if python.is_relative_to(Path.cwd()) else python} -m zhoubao"


def drafted(draft: Draft, target: Path, contracts: Path) -> None:
    """Where a draft is and what is left to do; `contracts` is the folder in which contracts count."""
    is_in_place = target.resolve().parent == contracts.resolve()
    option, move = ("", "") if is_in_place else (f" --contract {target}", f"移入 {contracts}/，")
    console.print(f"[green]已起草[/] {target}：看了 {draft.rows_seen:,} 行，有 {draft.guesses} 处猜测（# 猜测：…）。")
    console.print(
        f"下一步：1. 打开它，核对每处猜测，尤其是个人信息；2. 试读：{command()} inspect 文件{option}；"
        f"3. {move}把导出放进收件夹并运行。"
    )


def checked(count: int, problems: Sequence[str]) -> None:
    """A sentence per problem, or that there is none."""
    for problem in problems:
        console.print(f"[red]✗[/] {escape(problem)}")
    if not problems:
        console.print(f"[green]{count} 份合同都有效。[/]")


def tried(one: Outcome) -> None:
    """One line on a foreign file: loaded with its account, or why it was refused."""
    if one.outcome != "loaded":
        console.print(f"[yellow]{escape(one.name)}[/]  {one.outcome}：{escape(one.message)}")
        return
    account = f"物理 {one.physical:,} 行 = 装载 {one.loaded:,} + 隔离 {one.quarantined:,} + 搁置 {one.set_aside:,}"
    verdict = "" if one.adds_up else "  [red]不平！[/]"
    console.print(f"[green]{escape(one.name)}[/]  {one.container}  {account}{verdict}")
