"""`zhoubao doctor`: shows on one screen whether machine and home are fit; what is examined is pipeline.doctor's."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from zhoubao.console import console

if TYPE_CHECKING:
    from pipeline.doctor import Outcome

MARKS: Final = {"ok": "[green]正常[/]", "warning": "[yellow]注意[/]", "fault": "[red]故障[/]"}


def doctor(
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="输出 JSON：is_fit，outcomes（topic、level 为 ok/warning/fault、sentence、action） | print JSON",
        ),
    ] = False,
) -> None:
    """检查本机和数据目录：版本、磁盘、权限、写锁、日历、字体。See whether machine and home are fit; exit 1 if not."""
    from pipeline.doctor import examine

    outcomes = examine()
    has_fault = any(outcome.level == "fault" for outcome in outcomes)
    if as_json:
        answer = {"is_fit": not has_fault, "outcomes": [vars(outcome) for outcome in outcomes]}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    else:
        _show_outcomes(outcomes)
    raise typer.Exit(1 if has_fault else 0)


def _show_outcomes(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        action = f"。{outcome.action}" if outcome.action else ""
        console.print(f"{MARKS[outcome.level]}  [bold]{outcome.label}[/]：{escape(outcome.sentence + action)}。")
