"""`zhoubao reload`: reads loaded deliveries again from the archive; how, is in pipeline.ingest.inbox.reread."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from zhoubao.console import console
from zhoubao.session import in_sentences, require_warehouse, start, stop, week_id_of


def reload(
    source: Annotated[str, typer.Option("--source", help="来源，如 case_detail | the source, such as case_detail")],
    week: Annotated[str | None, typer.Option("--week", help="只重读这一期 | only this issue")] = None,
) -> None:
    """从存档重读已装载的报送，说明哪些与原来不同。Read deliveries again from the archive."""
    from pipeline.contracts import load_contracts
    from pipeline.ingest.inbox.loader import make_loader
    from pipeline.ingest.inbox.reread import reload_deliveries
    from pipeline.ingest.reasons import FileOutcome
    from pipeline.warehouse import WarehouseBusyError, open_warehouse

    settings, calendar = start()
    week_id = None if week is None else week_id_of(calendar, week)
    require_warehouse(settings, "还没有装载过任何报送，没有可以重读的；请先运行 zhoubao run --week 期号。")
    with in_sentences(WarehouseBusyError):
        contracts = load_contracts(settings.contracts)
        if source not in contracts:
            stop(f"没有名为 {source} 的来源；现有：{'、'.join(contracts)}。", exit_code=2)
        with open_warehouse(settings) as con:
            loader = make_loader(con, settings, calendar, contracts)
            outcomes = []
            for event in reload_deliveries(loader, source, week_id):
                outcomes.append(event.outcome)
                words = FileOutcome(event.outcome).words
                console.print(f"  {escape(event.file_name)}  {words} {event.rows:,} 行：{escape(event.message)}")
    if not outcomes:
        of_week = f" {week_id} 期" if week_id else ""
        stop(f"{source}{of_week} 没有装载过的报送。")
    console.print(f"重读 {len(outcomes)} 份。有不同的，请运行 zhoubao run --week 期号，重新计算并发布修订。")
    if FileOutcome.REFUSED in outcomes:
        raise typer.Exit(1)
