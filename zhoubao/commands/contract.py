"""`zhoubao contract`: drafts, checks and tries contracts; what they find is worked out in pipeline.ingest.authoring."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from zhoubao.console import command_name, console
from zhoubao.session import start, stop

if TYPE_CHECKING:
    from pipeline.hall.files_in_force import FilesInForce
    from pipeline.ingest.authoring.draft import Draft
    from pipeline.ingest.authoring.try_files import Outcome

contract_app = typer.Typer(
    help="合同：每种导出一份 YAML。Contracts: one YAML per kind of export.",
    epilog="例 | example：zhoubao contract draft 投诉_2023-15.xlsx --name complaint_log；zhoubao contract check",
    no_args_is_help=True,
)


@contract_app.command("draft", epilog="例 | example：zhoubao contract draft 投诉_2023-15.xlsx --name complaint_log")
def draft_contract(
    file: Annotated[Path, typer.Argument(help="没有合同的导出 | an export without a contract")],
    name: Annotated[str | None, typer.Option(help="合同名，如 complaint_log | the contract's name")] = None,
    out: Annotated[Path | None, typer.Option(help="写到哪里，默认当前目录 | where to, by default here")] = None,
    sheet: Annotated[
        str | None, typer.Option(help="从哪张工作表起草：名称或序号 | the sheet to draft from: its name or number")
    ] = None,
) -> None:
    """为一种新的导出起草合同，用文件试装，凡猜测处都有标记。Draft a contract and try it; every guess is marked."""
    from pipeline.ingest.authoring.draft import write_draft
    from pipeline.ingest.errors import RefusedFileError
    from pipeline.quality.run.contract_trial import complaints

    settings, _ = start(is_only_looking=True)
    try:
        draft, target = write_draft(file, settings, name, out, sheet, complaints)
    except RefusedFileError as error:
        stop(str(error), error)
    _show_draft(draft, target, settings.contracts)
    raise typer.Exit(0 if draft.is_whole else 1)


@contract_app.command("check", epilog="例 | example：zhoubao contract check")
def check_contracts(
    place: Annotated[Path | None, typer.Argument(help="合同或文件夹，默认全部 | a contract or folder")] = None,
) -> None:
    """检查全部合同和大厅文件夹，不装载任何文件。Validate every contract and the hall's folder; nothing is loaded."""
    from pipeline.doctor.hall_folder import problems_in_force
    from pipeline.ingest.authoring.contract_check import check_contracts as problems_of

    settings, _ = start(is_only_looking=True)
    count, problems = problems_in_force(settings) if place is None else problems_of(place, settings.reference)
    _show_problems(count, problems, settings.hall if place is None else None)
    raise typer.Exit(1 if problems else 0)


@contract_app.command("try", epilog="例 | example：zhoubao contract try 外来文件 --out 结果.md")
def try_contracts(
    folder: Annotated[Path, typer.Argument(help="放着外来文件的文件夹 | a folder of foreign files")],
    out: Annotated[Path | None, typer.Option(help="把结果写成 Markdown 表 | write the outcomes as Markdown")] = None,
) -> None:
    """逐个试装一个文件夹里的文件，不碰本厅数据。Try each file of a folder without touching the hall's data."""
    from pipeline.contracts import load_contracts
    from pipeline.ingest.authoring.try_files import as_markdown, try_folder

    settings, calendar = start(is_only_looking=True)
    contracts = load_contracts(settings.contracts)
    outcomes = []
    for outcome in try_folder(folder, settings, calendar, contracts):
        _show_outcome(outcome)
        outcomes.append(outcome)
    if out is not None:
        out.write_text(as_markdown(outcomes), "utf-8")
    is_balanced = all(outcome.adds_up for outcome in outcomes)
    raise typer.Exit(0 if is_balanced else 1)


@contract_app.command("export", epilog="例 | example：zhoubao contract export 合同")
def export_contracts(
    folder: Annotated[Path, typer.Argument(help="写到哪个文件夹 | the folder to write into")],
) -> None:
    """把全部合同写成开放数据合同标准 ODCS 3.1，给目录平台用。Write all contracts in the Open Data Contract Standard."""
    from pipeline.common.atomic_files import write_text
    from pipeline.contracts import load_contracts
    from pipeline.contracts.odcs import odcs_text, to_odcs

    settings, _ = start(is_only_looking=True)
    contracts = load_contracts(settings.contracts)
    for name, contract in contracts.items():
        write_text(folder / f"{name}.odcs.yaml", odcs_text(to_odcs(contract)))
    console.print(f"[green]{len(contracts)} 份合同已写入[/] {escape(str(folder))}")


@contract_app.command("import", epilog="例 | example：zhoubao contract import 投诉.odcs.yaml")
def import_contract(
    file: Annotated[Path, typer.Argument(help="ODCS 3 合同 | a contract in ODCS 3")],
    out: Annotated[Path | None, typer.Option(help="写到哪里，默认当前目录 | where to, by default here")] = None,
) -> None:
    """把一份 ODCS 3 合同变成本程序的合同，核对后再用。Turn a contract of the standard into one of ours."""
    from pipeline.common.atomic_files import write_text
    from pipeline.contracts import ContractError
    from pipeline.contracts.odcs import contract_text, read_odcs

    start(is_only_looking=True)
    try:
        contract = read_odcs(file)
    except ContractError as error:
        stop(str(error), error)
    target = out or Path(f"{contract.name}.yaml")
    if target.exists():
        stop(f"{target} 已经有了，没有改动。请用 --out 换一个名字。")
    write_text(target, contract_text(contract))
    console.print(
        f"[green]已写成[/] {escape(str(target))}。请核对个人信息（personal）和每列的类型，再用"
        f" {command_name()} contract check {escape(str(target))} 检查。"
    )


def _show_draft(draft: Draft, target: Path, contracts: FilesInForce) -> None:
    """Says where the draft is and what is left to do; `contracts` are those in force."""
    folder = target.resolve().parent
    is_in_force_there = any(folder == counts.resolve() for counts in contracts.folders)
    option = "" if is_in_force_there else f" --contract {target}"
    move = "" if is_in_force_there else f"移入 {contracts.folder_of_hall}/，"
    if draft.is_refused:
        began = "[red]草稿还不能用[/]"
    elif draft.is_whole:
        began = "[green]已起草[/]"
    else:
        began = "[yellow]草稿还要改[/]"
    console.print(
        f"{began} {escape(str(target))}：看了 {draft.rows_seen:,} 行，有 {draft.guesses} 处猜测（# 猜测：…）。"
    )
    for sentence in draft.sentences:
        console.print(escape(sentence))
    console.print(
        f"下一步：1. 打开它，核对每处猜测，尤其是个人信息；2. 试读：{command_name()} inspect 文件{option}；"
        f"3. {move}把导出放进收件夹并运行。"
    )


def _show_problems(count: int, problems: Sequence[str], hall: Path | None) -> None:
    """Shows the problems; where there are none, how many contracts and which hall's folder were looked at."""
    for problem in problems:
        console.print(f"[red]✗[/] {escape(problem)}")
    if not problems:
        of_hall = f"大厅文件夹 {escape(str(hall))} 没有问题。" if hall else ""
        console.print(f"[green]{count} 份合同都有效。[/]{of_hall}")


def _show_outcome(outcome: Outcome) -> None:
    """Says in one line that a file was loaded, with its row account, or why it was refused."""
    name = escape(outcome.name)
    if outcome.outcome != "loaded":
        console.print(f"[yellow]{name}[/]  {outcome.outcome}：{escape(outcome.message)}")
        return
    account = (
        f"物理 {outcome.physical:,} 行 = 装载 {outcome.loaded:,} + "
        f"隔离 {outcome.quarantined:,} + 搁置 {outcome.set_aside:,}"
    )
    verdict = "" if outcome.adds_up else "  [red]不平！[/]"
    console.print(f"[green]{name}[/]  {outcome.container}  {account}{verdict}")
