"""`zhoubao inspect`: shows what a file is and how it would load; looking is pipeline.ingest.authoring.inspect's."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.cells import cell_len, set_cell_size
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from zhoubao.as_json import print_json
from zhoubao.console import command_name, console, new_table
from zhoubao.session import start, stop

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.contracts import Contract
    from pipeline.ingest.authoring.inspect import Inspection
    from pipeline.ingest.authoring.looking.header_lines import HeaderLine
    from pipeline.ingest.authoring.looking.row_picture import PictureRow, SheetLook
    from pipeline.settings import Settings

# Kind of a row → how it is called and its colour.
KINDS: Final = {
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
DISPOSITIONS: Final = {"loaded": "[green]装载[/]", "quarantined": "[red]隔离[/]", "set_aside": "[yellow]搁置[/]"}
DELIMITERS: Final = {",": "逗号", "\t": "制表符", ";": "分号", "|": "竖线"}
# Rows that are one text over the whole width, not cells below a header.
WHOLE_LINES: Final = ("title", "note")
MOST_CANDIDATES: Final = 3
MOST_SHEETS: Final = 6
ROWS_OF_LATER_SHEETS: Final = 6
MAX_WIDTH: Final = 20
# The row number (7), the kind of the row (10) and blanks at the left of a drawn row.
TAG_WIDTH: Final = 20
KIND_WIDTH: Final = 10
MEGABYTE: Final = 1 << 20


def inspect(
    file: Annotated[Path, typer.Argument(help="任意一份导出 | any export")],
    contract: Annotated[Path | None, typer.Option(help="一并试用的合同草稿 | a draft contract to try as well")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取 | print JSON for programs")] = False,
) -> None:
    """看一份文件：是什么、合哪份合同、会怎样装载；不改动任何东西。Look at a file; nothing is changed."""
    from pipeline.ingest.authoring.inspect import inspect_file

    settings, calendar = start(is_only_looking=True)
    contracts = _contracts_with(settings, contract)
    inspection = inspect_file(file, settings, calendar, contracts)
    if as_json:
        print_json({"is_loadable": inspection.is_loadable, **asdict(inspection)})
    else:
        _show_inspection(inspection)
    raise typer.Exit(0 if inspection.is_loadable else 1)


def _contracts_with(settings: Settings, draft_path: Path | None) -> Mapping[str, Contract]:
    """Returns the contracts in force and, where one is given, the draft beside them or in the place of its namesake."""
    from pipeline.contracts import ContractError, load_contracts
    from pipeline.contracts.loader import read_contract

    try:
        contracts = load_contracts(settings.contracts)
        if draft_path is None:
            return contracts
        draft = read_contract(draft_path)
    except (ContractError, OSError, UnicodeDecodeError) as error:
        stop(str(error), error)
    return {**contracts, draft.name: draft}


def _show_inspection(inspection: Inspection) -> None:
    """Shows the whole look, the verdict last, where the eye stays."""
    _show_file(inspection)
    _show_candidates(inspection)
    _show_headers(inspection)
    for position, sheet in enumerate(inspection.sheets[:MOST_SHEETS]):
        row_count = len(sheet.picture) if position == 0 else ROWS_OF_LATER_SHEETS
        _show_sheet(sheet, row_count)
    if len(inspection.sheets) > MOST_SHEETS:
        console.print(f"[dim]另有 {len(inspection.sheets) - MOST_SHEETS} 张工作表未画出[/]")
    _show_row_account(inspection)
    _show_problems(inspection)
    _show_totals(inspection)
    _show_verdict(inspection)


def _show_file(inspection: Inspection) -> None:
    """Says in one line what the file is: container, encoding, delimiter, size, sheets."""
    parts = [inspection.container, inspection.encoding]
    if inspection.delimiter:
        parts.append(f"{DELIMITERS.get(inspection.delimiter, '')}分隔")
    parts.append(_size_text(inspection.size_bytes))
    if inspection.delimiter == "" and inspection.sheets:
        parts.append(_sheet_names(inspection.sheets))
    if inspection.lines is not None:
        parts.append(f"约 {inspection.lines:,} 行")
    description = "，".join(filter(None, parts))
    console.print(f"[bold]{escape(inspection.file_name)}[/]  {escape(description)}")


def _size_text(size: int) -> str:
    return f"{size / MEGABYTE:,.1f} MB" if size >= MEGABYTE else f"{size / 1024:,.1f} KB"


def _sheet_names(sheets: Sequence[SheetLook]) -> str:
    names = "、".join(f"{sheet.name}（{sheet.rows:,} 行）" for sheet in sheets[:MOST_SHEETS])
    rest = f" 等 {len(sheets)} 张" if len(sheets) > MOST_SHEETS else ""
    return f"工作表 {names}{rest}"


def _show_candidates(inspection: Inspection) -> None:
    """Shows the contract that fits; else the nearest one and what it lacks; the rest in one line."""
    if not inspection.candidates:
        console.print("没有一份合同认得这些表头。")
        return
    nearest, *others = inspection.candidates
    mark = "[green]●[/] 合同" if nearest.name == inspection.source else "[yellow]○[/] 最接近的合同"
    reasons = "；".join(nearest.reasons)
    console.print(f"{mark} {escape(f'{nearest.name}（{nearest.title}）：{reasons}')}")
    counts = "，".join(
        f"{candidate.name} {candidate.matched}/{candidate.fields} 列" for candidate in others[:MOST_CANDIDATES]
    )
    if counts:
        console.print(f"[dim]  其次：{escape(counts)}[/]")


def _show_headers(inspection: Inspection) -> None:
    """Shows how the columns of each export map, on the first of its sheets."""
    sources = dict.fromkeys(line.source for line in inspection.headers)
    for source in sources:
        lines = [line for line in inspection.headers if line.source == source]
        of_source = f"：{source}" if len(inspection.exports) > 1 else ""
        console.print(_header_table(lines, of_source))


def _header_table(lines: Sequence[HeaderLine], of_source: str) -> Table:
    sheets = list(dict.fromkeys(line.sheet for line in lines))
    first_sheet = sheets[0]
    of_sheet = f"（{len(sheets)} 张工作表，此处为“{first_sheet}”）" if len(sheets) > 1 else ""
    table = new_table(
        ("列", "表头", "字段", "类型", "说明"),
        title=f"表头如何对应{escape(of_source + of_sheet)}",
        overflow=True,
    )
    for line in lines:
        if line.sheet == first_sheet:
            table.add_row(
                _column_letters(line),
                escape(line.written),
                line.name,
                line.type,
                _remark(line),
            )
    return table


def _column_letters(line: HeaderLine) -> str:
    """Names a column as spreadsheets do: the first is `A`, the 27th is `AA`."""
    number, letters = line.place + 1, ""
    while number > 0:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _remark(line: HeaderLine) -> str:
    if not line.remark:
        return ""
    colour = "dim"
    if "必需" in line.remark or line.remark == "合同中没有":
        colour = "red"
    elif "［" in line.remark:
        colour = "magenta"
    return f"[{colour}]{escape(line.remark)}[/]"


def _show_sheet(sheet: SheetLook, row_count: int) -> None:
    """Draws the first rows of a sheet; a gap between rows is a line of dots."""
    counts = "，".join(f"{KINDS.get(kind, (kind, ''))[0]} {count:,}" for kind, count in sheet.kinds.items())
    note = f"  {sheet.note}" if sheet.note else ""
    console.print(f"[italic]{escape(sheet.name)}：{counts or f'{sheet.rows:,} 行'}{escape(note)}[/]")
    widths = _column_widths(sheet)
    last_row_no = 0
    for row in sheet.picture[:row_count]:
        if row.row_no > last_row_no + 1:
            console.print("[dim]     ⋮[/]")
        last_row_no = row.row_no
        console.print(_drawn_row(row, widths), no_wrap=True, overflow="ellipsis", crop=True)


def _column_widths(sheet: SheetLook) -> list[int]:
    """Says how wide each column is drawn, from the rows of the table; as many columns as the terminal holds."""
    rows = [row.cells for row in sheet.picture if row.kind not in WHOLE_LINES]
    widest: list[int] = []
    for cells in rows:
        widest += [0] * (len(cells) - len(widest))
        for position, cell in enumerate(cells):
            widest[position] = max(widest[position], cell_len(_on_one_line(cell)))
    room = console.width - TAG_WIDTH
    widths: list[int] = []
    for widest_cell in widest:
        width = min(MAX_WIDTH, widest_cell)
        # One blank at each side of a cell.
        room -= width + 2
        if room < 0:
            break
        widths.append(width)
    return widths


def _drawn_row(row: PictureRow, widths: Sequence[int]) -> Text:
    label, style = KINDS.get(row.kind, ("", ""))
    line = Text().append(f"{row.row_no:>6} ", style="dim")
    if label:
        line.append(set_cell_size(f" {label}", KIND_WIDTH), style=f"{style} reverse")
    else:
        line.append(" " * KIND_WIDTH)
    line.append(" ")
    if row.kind in WHOLE_LINES:
        return line.append("  ".join(_on_one_line(cell) for cell in row.cells if cell), style=style)
    for cell, width in zip(row.cells, widths, strict=False):
        text = _on_one_line(cell)
        fitted = text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"
        is_hidden = text.startswith("［")
        line.append(f" {set_cell_size(fitted, width)} ", style="magenta" if is_hidden else style)
    if len(row.cells) > len(widths):
        line.append("…", style="dim")
    return line


def _on_one_line(cell: str) -> str:
    return " ".join(cell.split())


def _show_row_account(inspection: Inspection) -> None:
    if not inspection.account:
        return
    from pipeline.ingest.reasons import WORDS

    lines = []
    for disposition, reason, rows in inspection.account:
        # A loaded row has no reason but that it is loaded.
        why = f"（{WORDS[reason]}）" if WORDS.get(reason) else ""
        lines.append(f"{DISPOSITIONS.get(disposition, disposition)}{why} {rows:,}")
    console.print("行账  " + "；".join(lines))


def _show_problems(inspection: Inspection) -> None:
    """Lists the columns with cells that cannot be read, and how many rows that costs."""
    if not inspection.problems:
        return
    table = new_table(
        ("列", "格数", "其中整行隔离", "例", "原因与办法"),
        title="读不进的单元格",
        right=("格数", "其中整行隔离"),
        overflow=True,
    )
    for problem in inspection.problems:
        lost = f"[red]{problem.lost_rows:,}[/]" if problem.lost_rows else "0"
        table.add_row(
            escape(problem.column),
            f"{problem.cells:,}",
            lost,
            escape(problem.example),
            escape(problem.message),
        )
    console.print(table)


def _show_totals(inspection: Inspection) -> None:
    """Lists printed totals that are not the sum of their rows."""
    if not inspection.totals:
        return
    table = new_table(
        ("工作表", "行", "名称", "列", "表中印的", "逐行相加", "相差"),
        title="与逐行相加不符的合计",
        right=("行", "表中印的", "逐行相加", "相差"),
    )
    for total in inspection.totals:
        table.add_row(
            escape(total.sheet),
            str(total.row_no),
            escape(total.label),
            escape(total.column),
            total.printed,
            total.computed,
            f"[red]{total.difference}[/]",
        )
    console.print(table)
    quarantined = sum(rows for disposition, _, rows in inspection.account if disposition == "quarantined")
    if quarantined:
        console.print(f"  逐行相加不含被隔离的 {quarantined:,} 行：先处理这些行，再看合计。")


def _show_verdict(inspection: Inspection) -> None:
    """Says whether the file would be loaded, as what, and what to do where it would not."""
    if not inspection.is_loadable:
        console.print(f"[red]会被拒收[/]：{escape(inspection.verdict)}")
        is_readable_but_unknown = bool(inspection.container) and not inspection.source
        if is_readable_but_unknown:
            path = escape(shlex.quote(inspection.path))
            console.print(f"若这是一种新的导出，可起草合同：{command_name()} contract draft {path}")
        return
    part = ""
    if inspection.seen_bytes is not None:
        part = f"（只读了前 {inspection.seen_bytes / MEGABYTE:.0f} MB，全文件约 {inspection.lines or 0:,} 行）"
    exports = "；".join(f"{export.title}，第 {export.week_id} 期，{export.rows:,} 行" for export in inspection.exports)
    console.print(f"[green]可以装载[/]：{escape(exports)}{part}。以上只是查看，没有改动任何东西。")
    if inspection.remark:
        console.print(f"装载时会说明：{escape(inspection.remark)}。")
