"""`zhoubao notify`: tells people between two runs; what is sent to whom is worked out in pipeline.notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from zhoubao.console import complain, console, new_table
from zhoubao.session import start

if TYPE_CHECKING:
    from pipeline.notice.channels import Outcome
    from pipeline.notice.tell import Told

OFF: Final = "没有设置通知渠道：请在 zhoubao.toml 的 [notice] 中写上 urls，写法见该文件。"


def notify(
    test: Annotated[
        bool, typer.Option("--test", help="向每个渠道试发一条 | send a trial message to each channel")
    ] = False,
) -> None:
    """通知逾期未到的报送和将到期的接受。Tell of late exports and of waivers that end soon; cron may call it."""
    from pipeline.contracts import load_contracts
    from pipeline.notice.tell import tell_between_runs, try_channels

    settings, calendar = start()
    if test:
        outcomes = try_channels(settings)
        _show_trial(outcomes)
        is_reached = bool(outcomes) and all(outcome.is_sent for outcome in outcomes)
        raise typer.Exit(0 if is_reached else 1)
    told = tell_between_runs(settings, calendar, load_contracts(settings.contracts))
    _show_told(told)
    raise typer.Exit(1 if told.failures else 0)


def _show_trial(outcomes: Sequence[Outcome]) -> None:
    if not outcomes:
        complain(OFF)
        return
    table = new_table(("渠道", "结果"), title="试发通知", overflow=True)
    for outcome in outcomes:
        words = "[green]已送达[/]" if outcome.is_sent else f"[red]失败[/]：{escape(outcome.reason)}"
        table.add_row(escape(outcome.channel), words)
    console.print(table)


def _show_told(told: Told) -> None:
    for event in told.events:
        console.print(escape(event.words))
    if told.failures:
        complain(told.message)
    else:
        console.print(escape(told.message))
