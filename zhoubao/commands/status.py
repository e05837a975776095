"""`zhoubao status`: shows what has arrived, what is released and what is open; the state is read by pipeline.status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from zhoubao.as_json import print_json
from zhoubao.console import complain, console, new_table, number_text
from zhoubao.session import in_sentences, start

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.contracts import Contract
    from pipeline.quality.desk.backlog import DeskState
    from pipeline.settings import Settings
    from pipeline.status import Refusal, WaitingFile, WeekState

WEEK_HEADINGS: Final = ("期号", "报送", "装载行数", "发布", "未处理：严重", "未处理：提醒")
# The newest refusals that the terminal shows; `--json` has them all.
MOST_REFUSALS: Final = 10


def status(
    as_json: Annotated[
        bool, typer.Option("--json", help="输出 JSON，供程序读取，各键见上 | print JSON for programs, keys as above")
    ] = False,
) -> None:
    """收件夹、装载情况、各期发布状态与未处理的问题。What has arrived, what is released, what is open.

    --json 的各键固定，只增不改 | keys of --json, which are only ever added to:

    \b
    version, home     程序版本，数据目录 | version and home
    is_busy           正在写入，此时下列除 waiting 外为 null | a run is writing: the rest but waiting is null
    waiting           收件夹中的文件 | files in the inbox: file, weeks, refusal
    loaded            已装载各期 | loaded weeks: week_id, deliveries, rows, open_critical, open_warning
    refused           拒收的文件 | refused files: file, code, sentence, place, seen_at
    released          已发布各期 | released weeks: week_id, revision, shown_revision
    blocking          阻止发布的问题 | findings that block: finding_id, title, first_week, last_week, owner,
                      evidence, action
    unchecked_weeks   尚未检查的各期 | loaded weeks that nobody has checked
    withdrawn         已收回的发布 | withdrawn releases: week_id, revision, withdrawn_at, reason
    place             出错之处 | where: file, sheet, row, column, each null where unknown
    """
    from pipeline.contracts import load_contracts
    from pipeline.status import status_json, waiting_files
    from pipeline.warehouse.database import read_warehouse, refuse_lost
    from pipeline.warehouse.errors import WarehouseBusyError

    settings, calendar = start(is_only_looking=True)
    contracts = load_contracts(settings.contracts)
    with in_sentences():
        refuse_lost(settings)
    if as_json:
        with in_sentences():
            state = status_json(settings, calendar, contracts)
        print_json(state)
        return
    waiting = waiting_files(settings, calendar, contracts)
    _show_inbox(settings, waiting)
    _show_weeks_apart(settings, contracts, waiting)
    if not settings.warehouse_path.exists():
        console.print("还没有装载过任何报送。请把导出放入收件夹，再运行 zhoubao run --week 期号。")
        return
    with in_sentences():
        try:
            with read_warehouse(settings) as con:
                _show_version(con)
                _show_warehouse(con, settings)
        except WarehouseBusyError as error:
            console.print(str(error))


def _show_version(con: DuckDBPyConnection) -> None:
    """Says that a home of an earlier version will be upgraded; it is read as it is."""
    from pipeline.warehouse.upgrade import upgrade_words
    from pipeline.warehouse.versions import current_version, stored_version

    version = stored_version(con)
    if version is not None and version < current_version():
        console.print(f"[yellow]{escape(upgrade_words(version))}下一次运行自动升级，也可先运行 zhoubao upgrade。[/]")


def _show_inbox(settings: Settings, files: Sequence[WaitingFile]) -> None:
    weeks = sorted({week for file in files for week in file.weeks})
    of_weeks = f"，属于 {'、'.join(weeks)} 期" if weeks else ""
    console.print(f"收件夹 {settings.inbox}：{len(files)} 个文件{of_weeks}")
    for file in files:
        if file.refusal is not None:
            console.print(
                f"[yellow]  {escape(file.file)} 会被拒收{_code_text(file.refusal)}：{_sentence(file.refusal)}[/]"
            )


def _show_weeks_apart(settings: Settings, contracts: Mapping[str, Contract], files: Sequence[WaitingFile]) -> None:
    """Says which weeks the run of the last week in the inbox would leave, since a gap of whole years divides them."""
    from assets.weeks_to_run import left_words, loaded_weeks, range_of

    pending = [week for file in files for week in file.weeks]
    if not pending:
        return
    loaded = loaded_weeks(settings, contracts).of_years(settings.calendar_years)
    for sentence in left_words(range_of(pending, max(pending), loaded)):
        console.print(sentence)


def _show_warehouse(con: DuckDBPyConnection, settings: Settings) -> None:
    from pipeline.common.tables import has_table
    from pipeline.quality.desk.backlog import desk_state
    from pipeline.status import refusals, week_states

    _show_weeks(week_states(con))
    _show_refusals(refusals(con))
    if has_table(con, "quality", "correction"):
        _show_desk(desk_state(con))
    show_release_state(con, settings)


def _show_weeks(weeks: Sequence[WeekState]) -> None:
    table = new_table(WEEK_HEADINGS, title="各期状态", right=WEEK_HEADINGS[1:])
    for week in weeks:
        table.add_row(
            week.week_id,
            str(week.deliveries),
            number_text(week.rows),
            f"第 {week.revision} 次" if week.revision else "未发布",
            str(week.open_critical),
            str(week.open_warning),
        )
    console.print(table)


def _show_refusals(refused: Sequence[Refusal]) -> None:
    """Lists the newest refused files; nothing where none was refused."""
    if not refused:
        return
    table = new_table(("文件", "代码", "原因"), title="拒收的文件", overflow=True)
    for refusal in refused[:MOST_REFUSALS]:
        table.add_row(escape(refusal.file), refusal.code or "", _sentence(refusal))
    console.print(table)
    if len(refused) > MOST_REFUSALS:
        console.print(f"另有 {len(refused) - MOST_REFUSALS} 份较早拒收的文件，见 zhoubao status --json。")


def _code_text(refusal: Refusal) -> str:
    return f"（{refusal.code}）" if refusal.code else ""


def _sentence(refusal: Refusal) -> str:
    return escape(refusal.sentence)


def _show_desk(state: DeskState) -> None:
    """Shows the steward's desk in short: open by owner, what runs out, corrections."""
    table = new_table(("责任单位", "严重", "提醒", "最早出现"), title="待处理的问题", right=("严重", "提醒"))
    for load in state.open_by_owner:
        table.add_row(escape(load.owner), str(load.critical), str(load.warning), load.oldest)
    console.print(table if state.open_by_owner else "没有待处理的问题。")
    if state.running_out:
        console.print(f"[yellow]{state.running_out} 项处理意见将在一周内到期。[/]")
    if state.corrections_active or state.corrections_broken:
        broken = f"，[red]{state.corrections_broken} 项因来源有变不再生效[/]" if state.corrections_broken else ""
        console.print(f"更正：{state.corrections_active} 项在起作用{broken}。")


def show_release_state(con: DuckDBPyConnection, settings: Settings) -> None:
    """Says which issues are shown as they were before, and which released folders somebody changed."""
    from pipeline.common.tables import has_table
    from pipeline.release.revisions.activation import held_issues
    from pipeline.release.revisions.release_folders import check_releases
    from pipeline.status import withdrawn_releases

    if not has_table(con, "release", "activation"):
        return
    for week, shown_revision, last_revision in held_issues(con):
        how = f"要再次发布，请运行 zhoubao release --week {week}。"
        console.print(f"[yellow]{week} 期第 {last_revision} 次发布已退回，仍以第 {shown_revision} 次示人；{how}[/]")
    for release in withdrawn_releases(con):
        console.print(
            f"[yellow]{release.week_id} 期第 {release.revision} 次发布已于 {release.withdrawn_at:%Y-%m-%d %H:%M} 收回："
            f"{escape(release.reason)}[/]"
        )
    for sentence in check_releases(con, settings.published):
        complain(sentence)
