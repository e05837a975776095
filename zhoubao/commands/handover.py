"""`zhoubao handover` and `zhoubao province`: what a hall hands over, and what a province makes of it; see province."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer
from rich.markup import escape

from pipeline.present.shared.rows import grouped
from zhoubao.console import complain, console, new_table
from zhoubao.session import in_sentences, require_warehouse, say_hall, start, stop, week_id_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.province.check import ProvinceReport
    from pipeline.settings import Settings

_SHOWN: Final = 20
_WEEKS_SHOWN: Final = 4


def handover(
    out: Annotated[
        Path | None,
        typer.Option(
            help="交到哪个文件夹；不写为 zhoubao.toml 的 handover | the folder, by default that of the settings"
        ),
    ] = None,
    week: Annotated[
        list[str] | None,
        typer.Option("--week", help="期号，可写几个；不写为已发布的各期 | issues; without it all released"),
    ] = None,
) -> None:
    """把已发布的各期交给全省：定型的行和发布的数，没有个人信息。Hand released weeks over to the province.

    没有变化的期不重写；有新的修订，换上新的一包。有一期没有上报，退出码为 1。
    """
    from pipeline.contracts import load_contracts
    from pipeline.province import HandedOver, hand_over, hand_over_all
    from pipeline.warehouse import open_warehouse
    from pipeline.warehouse.measures import hall_models

    settings, calendar = start()
    folder = out or settings.handover
    if folder is None:
        stop("请用 --out 写明交到哪个文件夹，或在 zhoubao.toml 写明 handover。", exit_code=2)
    require_warehouse(settings, "还没有数据仓库，没有可以上报的：请先运行 zhoubao run --week 期号。")
    chosen = [week_id_of(calendar, one) for one in week or ()]
    with in_sentences(OSError):
        say_hall(settings)
        with open_warehouse(settings) as con:
            if chosen:
                contracts = load_contracts(settings.contracts).values()
                outcomes = hand_over(con, settings, hall_models(settings), contracts, chosen, folder)
            else:
                outcomes = hand_over_all(con, settings, folder)
    handed = [outcome for outcome in outcomes if isinstance(outcome, HandedOver)]
    kept_back = [outcome.message for outcome in outcomes if not isinstance(outcome, HandedOver)]
    if not outcomes:
        stop("还没有发布过任何一期，没有可以上报的：请先运行 zhoubao run --week 期号。")
    title = escape(f"上报 {settings.hall_id} {settings.hall_name}")
    table = new_table(("期", "修订", "行数", "上报"), title=title, right=("行数",))
    for one in handed:
        table.add_row(one.week_id, str(one.revision), f"{one.rows:,}", "新" if one.is_new else "没有变化")
    if handed:
        console.print(table)
        console.print(f"上报包：{escape(str(folder / settings.hall_id))}")
    for message in kept_back:
        complain(message)
    if kept_back:
        raise typer.Exit(1)


def hand_over_again(con: DuckDBPyConnection, settings: Settings) -> None:
    """Brings the packages in line with what readers see now, where runs hand over; says what is new or taken away."""
    from pipeline.province import HandedOver, hand_over_all

    if settings.handover is None:
        return
    try:
        outcomes = hand_over_all(con, settings, settings.handover)
    except OSError as error:
        complain(f"上报文件夹 {settings.handover} 写不了（{error}）：修好后请运行 zhoubao handover。")
        return
    for outcome in outcomes:
        if isinstance(outcome, HandedOver):
            if outcome.is_new:
                console.print(f"上报：{outcome.week_id} 期第 {outcome.revision} 次发布。")
        else:
            console.print(f"[yellow]{escape(outcome.message)}[/]")


def province(
    folder: Annotated[Path, typer.Argument(help="各厅上报包的文件夹 | the folder of packages")],
    halls: Annotated[
        Path | None, typer.Option(help="大厅名单 CSV：hall_id,hall_name | list of the halls that are expected")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="全省的表写成这个 DuckDB 文件 | keep the tables of all halls in this file")
    ] = None,
    engine: Annotated[
        Literal["duckdb", "spark"] | None,
        typer.Option(
            help="在哪里算；不写为 zhoubao.toml 的 [engine] | where to compute, by default as the settings say"
        ),
    ] = None,
) -> None:
    """接收各厅上报的各期，用同一套 SQL 算出全省的表，逐表逐行与各厅发布的对照。Build all halls and compare.

    有拒收的包、或有一行与该厅发布的不同，退出码为 1。
    """
    import duckdb

    from pipeline.common.quoting import quoted
    from pipeline.contracts import load_contracts
    from pipeline.province.check import Province, check_province
    from pipeline.province.engine import spark_of
    from pipeline.province.halls import expected_halls
    from pipeline.warehouse.measures import hall_models

    settings, calendar = start(is_only_looking=True)
    if out is not None and out.exists():
        stop(f"{out} 已经存在，没有改动：请另写一个文件名，或先移走它。")
    with in_sentences(OSError):
        expected = expected_halls(halls) if halls is not None else None
        with duckdb.connect(config={"memory_limit": settings.memory_limit, "threads": settings.threads}) as con:
            if out is not None:
                # Under a name of its own: in core.duckdb, core.item could be a table or a schema.
                con.execute(f"ATTACH {quoted(str(out))} AS all_halls; USE all_halls")
            contracts = load_contracts(settings.contracts).values()
            rules = Province(settings, calendar, contracts, hall_models(settings), expected)
            if (engine or settings.engine.kind) == "spark":
                with spark_of(settings) as spark:
                    report = check_province(con, rules, folder, spark)
            else:
                report = check_province(con, rules, folder)
    _show(report, out)
    if not report.is_sound:
        raise typer.Exit(1)


def _show(report: ProvinceReport, out: Path | None) -> None:
    for refused in report.refused:
        console.print(f"[red]拒收[/] {escape(refused.message)}")
    late: dict[str, list[str]] = {}
    for hall_id, week_id in report.missing:
        late.setdefault(hall_id, []).append(week_id)
    for hall_id, weeks in late.items():
        more = f" 等 {len(weeks)} 期" if len(weeks) > _WEEKS_SHOWN else ""
        listed = "、".join(weeks[:_WEEKS_SHOWN])
        console.print(f"[yellow]缺[/] {escape(hall_id)} 还没有上报 {listed}{more}：这些期的数不含该厅。")
    _show_mismatches(report)
    _show_metrics(report)
    packages = f"{len(report.halls)} 个大厅、{len(report.weeks)} 期、{len(report.taken)} 包"
    counted = f"{packages}，{report.tables} 张表 {report.rows:,} 行"
    if not report.mismatches:
        console.print(f"[green]{counted}：与各厅发布的逐行相同。[/]")
    else:
        console.print(f"{counted}：有 {len(report.mismatches)} 处与各厅发布的不同，这些厅、期没有计入全省的数。")
    if out is not None:
        console.print(f"全省的表：{escape(str(out))}")


def _show_metrics(report: ProvinceReport) -> None:
    """Shows the last week of the province; beside each figure, of how many halls it is the sum."""
    numbers = ("本周", "厅数", "今年累计", "累计厅数")
    table = new_table(("报表", "指标", *numbers, "单位"), title=f"全省 {report.weeks[-1]}", right=numbers)
    for metric in report.metrics:
        table.add_row(
            escape(metric.export),
            escape(metric.label),
            grouped(metric.value),
            f"{metric.halls_reporting}/{metric.halls_expected}",
            grouped(metric.value_ytd),
            "" if metric.value_ytd is None else f"{metric.halls_reporting_ytd}/{metric.halls_expected}",
            escape(metric.unit),
        )
    console.print(table)


def _show_mismatches(report: ProvinceReport) -> None:
    """Says what differs from what halls released; what follows from a week that is missing is told with that week."""
    others: list[str] = []
    gaps = report.gaps
    behind_gap: dict[str, int] = dict.fromkeys(gaps, 0)
    for found in report.mismatches:
        if found.hall_id in behind_gap:
            behind_gap[found.hall_id] += 1
        else:
            others.append(found.message)
    for hall_id, count in behind_gap.items():
        if count:
            console.print(
                f"[red]不符[/] {escape(hall_id)} 缺 {gaps[hall_id]} 期，少了这一期的行，累计和各期的部门都不全，"
                f"与该厅发布的有 {count} 处不同：请该厅补报这一期，再运行一次。"
            )
    for message in others[:_SHOWN]:
        console.print(f"[red]不符[/] {escape(message)}")
    if len(others) > _SHOWN:
        console.print(f"[red]不符[/] 另有 {len(others) - _SHOWN} 处。")
