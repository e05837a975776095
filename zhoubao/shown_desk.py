"""How the steward's desk looks on the command line: workbooks, answers, what is open; deciding is in quality."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from zhoubao.shown import console

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.quality.desk.desk import DeskState, Taken

GOOD = ("applied", "repeated")


def exported(paths: Sequence[Path]) -> None:
    """Where the workbooks are."""
    for path in paths:
        console.print(f"处理单：{path}")
    console.print("填好黄色格、存盘，再放入收件夹，或运行 zhoubao review import 文件。")


def imported(taken: Taken, answer: Path) -> None:
    """What became of a workbook: how many rows, then each row that was not recorded, and the copy with all answers."""
    from pipeline.present.steward.answers import summary
    from pipeline.quality.desk.answers import OUTCOME_LABELS

    console.print(f"{escape(taken.workbook.file_name)}（{taken.workbook.week_id} 期）：{summary(taken)}")
    for one in taken.answers:
        if one.outcome != "blank":
            colour = "green" if one.outcome in GOOD else "yellow"
            label = OUTCOME_LABELS[one.outcome]
            console.print(f"  「{escape(one.sheet)}」第 {one.row_no} 行 [{colour}]{label}[/]：{escape(one.message)}")
    console.print(f"逐行答复：{answer}")
    console.print(f"再运行 zhoubao run --week {taken.workbook.week_id}，处理意见即生效。")


def desk(con: DuckDBPyConnection) -> None:
    """The desk in short: open by owner, what runs out, corrections. Nothing for a warehouse without a desk."""
    from pipeline.common.tables import has_table
    from pipeline.quality.desk.desk import desk_state

    if has_table(con, "quality", "correction"):
        _state(desk_state(con))


def _state(state: DeskState) -> None:
    table = Table(title="待处理的问题", title_justify="left", header_style="bold")
    for heading in ("责任单位", "严重", "提醒", "最早出现"):
        table.add_column(heading, justify="right" if heading in ("严重", "提醒") else "left")
    for one in state.open_by_owner:
        table.add_row(escape(one.owner), str(one.critical), str(one.warning), one.oldest)
    console.print(table if state.open_by_owner else "没有待处理的问题。")
    if state.running_out:
        console.print(f"[yellow]{state.running_out} 项处理意见将在一周内到期。[/]")
    if state.corrections_active or state.corrections_broken:
        broken = f"，[red]{state.corrections_broken} 项因来源有变不再生效[/]" if state.corrections_broken else ""
        console.print(f"更正：{state.corrections_active} 项在起作用{broken}。")
