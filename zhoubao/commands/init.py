"""`zhoubao init`: writes the skeleton of a hall's folder, which is pipeline.hall's, and says what to do with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from zhoubao.console import command_name, console
from zhoubao.session import in_sentences


def init(
    folder: Annotated[Path, typer.Argument(help="大厅文件夹，须不存在或为空 | the hall's folder, missing or empty")],
) -> None:
    """为一个大厅写出自己的文件夹：设置、名录、合同、检查都放在里面。Write the skeleton of a hall's own folder."""
    from pipeline.hall.skeleton import write_skeleton

    with in_sentences():
        files = write_skeleton(folder)
    command = command_name()
    place = escape(str(folder.absolute()))
    console.print(f"[green]已写出[/] {place}：{len(files)} 个文件，每一项都有默认值和说明。")
    console.print("下一步：")
    console.print(f"  1. 填写 {place}/hall.toml 和 {place}/reference/department.csv、department_alias.csv")
    console.print(f'  2. 在当前文件夹的 zhoubao.toml 写一行：hall = "{place}"')
    console.print(f"  3. {command} contract check")
    console.print(f"  4. {command} doctor")
    console.print(f"  5. 把导出放进收件夹，{command} run --week 期号")
