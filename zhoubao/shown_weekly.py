"""How the printed weekly is told on the command line; what is in it is worked out in pipeline.present.weekly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape

from zhoubao.shown import console

if TYPE_CHECKING:
    from pipeline.present.weekly import WeeklyFiles


def weekly_written(weekly: WeeklyFiles) -> None:
    """Where the weekly is, what a person must still do, and why there is no PDF."""
    what = f"{weekly.week_id} 期周报（第 {weekly.revision} 次发布）"
    if weekly.is_new:
        console.print(f"{what}：{escape(str(weekly.folder))}")
    else:
        console.print(f"{what}早已写出，保持不变：{escape(str(weekly.folder))}。要另写一份，请加 --out 文件夹。")
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


def template_copied(target: Path) -> None:
    """What to do with the copy."""
    console.print(f"模板已存为 {escape(str(target))}：用 Word 或 WPS 修改，再在 zhoubao.toml 写")
    console.print(escape(f'[weekly]\ntemplate = "{target}"'))
    console.print("可用的字段见 docs/printed-weekly.md。")
