"""`zhoubao checks`: gives the checks to plain Great Expectations, as a folder or as its pages; see quality.export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from zhoubao.console import console
from zhoubao.session import in_sentences, require_warehouse, start, week_id_of

if TYPE_CHECKING:
    from pipeline.settings import Settings

checks_app = typer.Typer(
    help="检查：交给 Great Expectations。Checks: hand them to plain Great Expectations.",
    epilog="例 | example：zhoubao checks export --gx 检查；zhoubao checks docs",
    no_args_is_help=True,
)
_NOTHING_LOADED: Final = "还没有数据仓库，没有可以检查的数据：请先运行 zhoubao run --week 期号。"
_IN_USE: Final = "SELECT week_id FROM core.week_in_use ORDER BY week_id"
_RELEASED: Final = "SELECT DISTINCT week_id FROM release.issue ORDER BY week_id"
_Weeks = Annotated[list[str] | None, typer.Option("--week", help="期号，可写几个 | issues; may be given several times")]


@checks_app.command("export", epilog="例 | example：zhoubao checks export --gx 检查 --week 2023-15")
def export_checks(
    gx: Annotated[Path, typer.Option(help="写到哪个文件夹 | the folder to write")],
    week: _Weeks = None,
) -> None:
    """写出 Great Expectations 能直接打开的文件夹：检查、只读的数据副本、检查点。Write a file context of it."""
    from pipeline.quality.contract_checks.suites import hall_suites
    from pipeline.quality.export.gx_context import CHECKPOINT, export_gx

    settings, weeks = _start(week, _IN_USE)
    with in_sentences():
        exported = export_gx(settings, weeks, hall_suites(settings), gx)
    console.print(
        f"[green]已写出[/] {escape(str(gx))}：{exported.suites} 组、{exported.expectations} 项检查，"
        f"{len(exported.weeks)} 期，数据副本 {exported.tables} 张表。"
    )
    console.print(
        f'打开：great_expectations.get_context(mode="file", project_root_dir="{escape(str(gx))}")'
        f'.checkpoints.get("{CHECKPOINT}").run()',
        soft_wrap=True,
    )
    console.print("数据副本有逐件办件的行，请与数据仓库一样保管。")


@checks_app.command("docs", epilog="例 | example：zhoubao checks docs")
def write_docs(week: _Weeks = None) -> None:
    """生成 Great Expectations 的检查网页（Data Docs），不联网也能看，质量页有链接。Make its Data Docs, offline."""
    from pipeline.present.site import build_site
    from pipeline.quality.contract_checks.suites import hall_suites
    from pipeline.quality.export.data_docs import write_data_docs
    from pipeline.release.published.publish import DATABASE

    settings, weeks = _start(week, _RELEASED)
    with in_sentences():
        docs = write_data_docs(settings, weeks, hall_suites(settings))
    if (settings.published / DATABASE).is_file():
        # The pages about quality lead to them now.
        build_site(settings)
    console.print(f"[green]已生成[/] {escape(str(docs.path))}：{docs.checked} 项检查，{docs.failed} 项有不符。")


def _start(typed: list[str] | None, query: str) -> tuple[Settings, list[str]]:
    """Returns the settings, and the weeks that were typed or, without any, those that `query` finds."""
    from pipeline.warehouse.database import read_warehouse

    settings, calendar = start(is_only_looking=True)
    require_warehouse(settings, _NOTHING_LOADED)
    if typed:
        return settings, [week_id_of(calendar, week) for week in typed]
    with in_sentences(), read_warehouse(settings) as con:
        return settings, [week for (week,) in con.execute(query).fetchall()]
