"""`zhoubao rebuild` and `zhoubao expire`: a lost warehouse anew, originals past their time; both are the library's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from zhoubao.commands.run import RunProgress, show_end
from zhoubao.console import complain, console, new_table
from zhoubao.session import in_sentences, require_warehouse, start, stop, week_id_of

if TYPE_CHECKING:
    from pipeline.ingest.inbox.loader import FileEvent
    from pipeline.keeping.rebuild import Rebuilt

_MOST_SHOWN: Final = 20


def rebuild(
    week: Annotated[str, typer.Option("--week", help="算到哪一期 | up to which issue, such as 2023-15")],
    partial: Annotated[
        bool, typer.Option("--partial", help="缺原件的报送略去 | leave out deliveries without an original")
    ] = False,
) -> None:
    """数据仓库没了或坏了：从归档、台账和已发布的文件重建，数字与原来相同。Build a lost warehouse from the originals."""
    from assets.runs import materialize_weeks
    from pipeline.contracts import load_contracts
    from pipeline.keeping.rebuild import rebuild as rebuild_warehouse

    settings, calendar = start()
    target = week_id_of(calendar, week)
    with in_sentences():
        contracts = load_contracts(settings.contracts)
        rebuilt = rebuild_warehouse(settings, calendar, contracts, _show_file, is_partial=partial)
        _show_rebuilt(rebuilt)
        first = min([*rebuilt.weeks, target])
        report = materialize_weeks(settings, first, target, RunProgress())
    show_end(settings, report, target)
    is_whole = report.is_success and not rebuilt.unread
    raise typer.Exit(0 if is_whole else 1)


def _show_file(event: FileEvent) -> None:
    colour = "red" if event.outcome == "refused" else "green"
    words = event.message if event.outcome == "refused" else f"{event.rows:>9,} 行"
    console.print(f"          {escape(event.file_name)}  [{colour}]{escape(words)}[/]")


def _show_rebuilt(rebuilt: Rebuilt) -> None:
    if rebuilt.damaged is not None:
        console.print(f"损坏的数据仓库已移到 {rebuilt.damaged}，核对无误后可以删除。")
    console.print(
        f"[green]已重建[/]：{rebuilt.deliveries} 份报送、{rebuilt.decisions} 条处理意见、{rebuilt.releases} 次发布；"
        "接着计算各表、检查并核对发布。"
    )
    for event in rebuilt.unread:
        complain(f"{event.file_name}：{event.message}")
    if rebuilt.left_out:
        complain(f"没有原件、未能重算的报送 {len(rebuilt.left_out)} 份：{'、'.join(rebuilt.left_out[:_MOST_SHOWN])}")


def expire(
    yes: Annotated[bool, typer.Option("--yes", help="删除列出的原件 | remove what is listed")] = False,
) -> None:
    """列出超过保存期限的原件；核对本机时间后加 --yes 删除。List originals past their time; --yes removes them."""
    from pipeline.common.clock import beijing_now
    from pipeline.ingest.inbox.retention import expiry_of, remove
    from pipeline.warehouse import open_warehouse

    settings, _ = start()
    require_warehouse(settings, "还没有装载过任何报送，没有原件。")
    with in_sentences(), open_warehouse(settings) as con:
        expiry = expiry_of(con, settings, is_clock_right=True)
        if not expiry.expired:
            console.print(f"没有超过保存期限 {settings.retention_days} 天的原件。")
            return
        table = new_table(("来源", "期", "原件"), title=f"超过保存期限的原件：{len(expiry.expired)} 份")
        for path in expiry.expired[:_MOST_SHOWN]:
            table.add_row(path.parent.parent.name, path.parent.name, path.name)
        console.print(table)
        if not yes:
            stop(f"本机时间是 {beijing_now():%Y-%m-%d %H:%M}。时间无误、确要删除的，加 --yes 再运行一次。")
        remove(expiry.expired)
    console.print(f"已删除 {len(expiry.expired)} 份原件，尚存 {expiry.kept} 份；台账保留其摘要和行数。")
