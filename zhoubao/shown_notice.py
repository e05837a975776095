"""How notices look on the command line; what is sent to whom is worked out in pipeline.notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from zhoubao.shown import complain, console

if TYPE_CHECKING:
    from assets.runs import RunReport
    from pipeline.notice.channels import Outcome
    from pipeline.notice.tell import Told

OFF = "没有设置通知渠道：请在 zhoubao.toml 的 [notice] 中写上 urls，写法见该文件。"


def trial(outcomes: Sequence[Outcome]) -> None:
    """What became of the trial message on each channel."""
    if not outcomes:
        complain(OFF)
        return
    table = Table(title="试发通知", title_justify="left", header_style="bold")
    for heading in ("渠道", "结果"):
        table.add_column(heading, overflow="fold")
    for outcome in outcomes:
        words = "[green]已送达[/]" if outcome.is_sent else f"[red]失败[/]：{escape(outcome.reason)}"
        table.add_row(escape(outcome.channel), words)
    console.print(table)


def looked(told: Told) -> None:
    """What a look at due times and waivers told, and whom it did not reach."""
    for event in told.events:
        console.print(escape(event.words))
    if told.failures:
        complain(told.message)
    else:
        console.print(escape(told.message))


def after_run(report: RunReport) -> None:
    """One line for a run whose notices did not all arrive."""
    from assets.notice import TOLD_CHECK

    for failed in report.checks_failed:
        if failed.check == TOLD_CHECK:
            console.print(f"[yellow]通知：{escape(failed.message)}[/]")
