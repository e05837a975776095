"""`zhoubao hall`: says for which hall a home was made, and makes it that of the settings; the warehouse keeps it."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from zhoubao.console import console
from zhoubao.session import in_sentences, require_warehouse, start


def hall(
    accept: Annotated[
        bool,
        typer.Option("--accept", help="按现在的设置改，各期在下一次运行时重读 | make the home that of the settings"),
    ] = False,
) -> None:
    """说明这个数据目录是为哪个大厅、按什么报告周建的。Say for which hall, and by which week rule, a home was made.

    设置里的报告周与它不同时不能运行：确实要改的，加 --accept。已发布的各期不变，重读后有不同的另出修订。
    """
    from pipeline.warehouse.database import accept_hall, stored_hall
    from pipeline.warehouse.home_hall import hall_of_settings, rule_in_words

    settings, _ = start()
    require_warehouse(settings, "还没有装载过任何报送：第一次运行时记下大厅和报告周。")
    with in_sentences():
        stored = stored_hall(settings)
        now = hall_of_settings(settings)
        if stored is not None:
            console.print(
                f"数据目录的大厅：{escape(stored.name or '（没有名称）')}；{rule_in_words(stored.week_rule)}。"
            )
        console.print(f"现在的设置　　：{escape(now.name or '（没有名称）')}；{rule_in_words(now.week_rule)}。")
        if not accept:
            return
        deliveries = accept_hall(settings)
    again = f"{deliveries} 份报送在下一次运行时按新的报告周重读。" if deliveries else ""
    console.print(f"[green]已按现在的设置改好。[/]{again}")
