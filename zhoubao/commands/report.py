"""`zhoubao report`: writes the printed weekly and says where it is; its content is pipeline.present.weekly's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from pipeline.common.system_errors import system_sentence
from zhoubao.console import console
from zhoubao.session import in_sentences, say_hall, start, stop, week_id_of

if TYPE_CHECKING:
    from pipeline.present.weekly import WeeklyFiles


def report(
    week: Annotated[str | None, typer.Option("--week", help="期号，如 2023-15 | the issue, such as 2023-15")] = None,
    out: Annotated[Path | None, typer.Option(help="写到哪个文件夹，默认 published/weekly | folder to write to")] = None,
    quarter: Annotated[
        str | None,
        typer.Option("--quarter", help="季度，如 2023Q2：写数据质量评估报告 | report on data quality of a quarter"),
    ] = None,
    copy_template: Annotated[
        Path | None, typer.Option(help="把自带的 Word 模板另存一份来改 | save the Word template to edit it")
    ] = None,
) -> None:
    """写出印发的周报：Word、网页，装有 LibreOffice 时另有 PDF；或一个季度的数据质量评估报告。

    Write the weekly as it is printed, or the report on data quality of a quarter.
    """
    from pipeline.present.weekly import copy_of_template, write_quality_report, write_weekly

    settings, calendar = start()
    asked_for = [choice for choice in (week, quarter, copy_template) if choice is not None]
    if len(asked_for) != 1:
        stop("请写明 --week 期号、--quarter 季度，或用 --copy-template 文件名.docx 取出模板，三者选一。", exit_code=2)
    if copy_template is None:
        with in_sentences():
            say_hall(settings)
    try:
        if copy_template is not None:
            _show_template(copy_of_template(copy_template))
        elif quarter is not None:
            console.print(f"数据质量评估报告：{escape(str(write_quality_report(settings, quarter, out)))}")
        else:
            _show_weekly(write_weekly(settings, week_id_of(calendar, str(week)), out))
    except (ValueError, OSError) as error:
        stop(system_sentence(error) or str(error), error)


def _show_weekly(weekly: WeeklyFiles) -> None:
    """Says where the weekly is, what a person must still do, and why there is no PDF."""
    title = f"{weekly.week_id} 期周报（第 {weekly.revision} 次发布）"
    folder = escape(str(weekly.folder))
    if weekly.is_new:
        console.print(f"{title}：{folder}")
    else:
        console.print(f"{title}早已写出，保持不变：{folder}。要另写一份，请加 --out 文件夹。")
    for path in sorted(weekly.folder.glob("weekly.*")):
        console.print(f"  {escape(path.name)}  {path.stat().st_size // 1024 + 1} KB")
    if weekly.fields_to_write:
        console.print(f"[yellow]还有 {weekly.fields_to_write} 处【待填写】，已用黄色标出，请在 Word 中补写。[/]")
    if weekly.notes:
        console.print(f"正文中有 {weekly.notes} 个数字带脚注，说明检查发现的问题和处理结果。")
    if weekly.findings_elsewhere:
        console.print(f"另有 {weekly.findings_elsewhere} 项问题不在文中的数字上，见处理单。")
    if weekly.remark:
        console.print(escape(weekly.remark))


def _show_template(target: Path) -> None:
    """Says what to do with the copy of the template."""
    console.print(f"模板已存为 {escape(str(target))}：用 Word 或 WPS 修改，存为大厅文件夹的 weekly.docx；")
    console.print(escape(f'另有名字的，在大厅文件夹的 hall.toml 写 [weekly] 和 template = "{target}"。'))
    console.print("可用的字段见 docs/printed-weekly.md。")
