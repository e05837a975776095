"""The commands and their options; what they do belongs in pipeline and assets, how it looks in zhoubao.shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhoubao import shown, shown_notice

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.reporting_calendar import ReportingCalendar
    from pipeline.settings import Settings

app = typer.Typer(
    help="周报：从窗口导出的表格到可信的周报数字。From the weekly exports to figures that people can trust.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
)

contracts_app = typer.Typer(
    help="合同：每种导出一份 YAML。Contracts: one YAML per kind of export.", no_args_is_help=True
)
review_app = typer.Typer(help="数据专员的文件 | files for the steward", no_args_is_help=True)
app.add_typer(review_app, name="review")
app.add_typer(contracts_app, name="contract")

WeekOption = Annotated[str, typer.Option("--week", help="期号，如 2023-15 | the issue, such as 2023-15")]


@app.command()
def run(
    week: WeekOption,
    sample_if_empty: Annotated[
        bool,
        typer.Option(help="收件夹为空且从未装载过时，先生成模拟数据 | write the sample where nothing ever arrived"),
    ] = False,
    scale: Annotated[
        float, typer.Option(help="模拟数据的规模，1 为全量 | scale of that sample", min=0.0005, max=1)
    ] = 1.0,
    release: Annotated[
        bool, typer.Option(help="装载、检查之后是否发布 | whether to release what passes the gate")
    ] = True,
) -> None:
    """装载、检查、计算并发布到某一期为止有新报送的各期。Load, check, compute and release the weeks up to one."""
    from assets.runs import materialize_weeks

    settings, calendar = _start()
    target = _week(calendar, week)
    if sample_if_empty and _nothing_ever_arrived(settings):
        _write_sample(settings, calendar, settings.inbox, scale)
    with _in_sentences():
        first, last = _range(settings, calendar, target)
        shown.begin(first, last)
        report = materialize_weeks(settings, first, last, shown.RunProgress(), is_releasing=release)
    shown.finish(settings, report, target)
    shown_notice.after_run(report)
    raise typer.Exit(0 if report.is_success else 1)


@app.command()
def sample(
    scale: Annotated[float, typer.Option(help="规模，1 为全量（230 万件） | 1 is full size", min=0.0005, max=1)] = 1.0,
    seed: Annotated[int, typer.Option(help="随机种子，同种子同字节 | the same seed gives the same bytes")] = 20230421,
    defects: Annotated[bool, typer.Option(help="是否埋入已登记的缺陷 | plant the listed defects")] = True,
    out: Annotated[Path | None, typer.Option(help="输出目录，默认收件夹 | folder, by default the inbox")] = None,
) -> None:
    """生成 2023-01 至 2023-15 的模拟导出（非真实数据）。Write synthetic exports, labelled as such."""
    settings, calendar = _start()
    _write_sample(settings, calendar, out or settings.inbox, scale, seed=seed, defects=defects)


@app.command()
def status() -> None:
    """收件夹、装载情况、各期发布状态与未处理的问题。What has arrived, what is released, what is open."""
    settings, calendar = _start()
    shown.status(settings, calendar)


@app.command()
def notify(
    test: Annotated[
        bool, typer.Option("--test", help="向每个渠道试发一条 | send a trial message to each channel")
    ] = False,
) -> None:
    """通知逾期未到的报送和将到期的接受。Tell of late exports and of waivers that end soon; cron may call it."""
    from pipeline.contracts import load_contracts
    from pipeline.notice.tell import tell_between_runs, try_channels

    settings, calendar = _start()
    if test:
        outcomes = try_channels(settings)
        shown_notice.trial(outcomes)
        raise typer.Exit(0 if outcomes and all(outcome.is_sent for outcome in outcomes) else 1)
    told = tell_between_runs(settings, calendar, load_contracts(settings.contracts_dir))
    shown_notice.looked(told)
    raise typer.Exit(1 if told.failures else 0)


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="任意一份导出 | any export")],
    contract: Annotated[Path | None, typer.Option(help="一并试用的合同草稿 | a draft contract to try as well")] = None,
) -> None:
    """看一份文件：是什么、合哪份合同、会怎样装载；不改动任何东西。Look at a file; nothing is changed."""
    from pipeline.contracts import ContractError, load_contracts
    from pipeline.contracts.loader import read_contract
    from pipeline.ingest.authoring.inspect import inspect_file
    from zhoubao import shown_inspect

    settings, calendar = _start()
    try:
        contracts = load_contracts(settings.contracts_dir)
        if contract is not None:
            draft = read_contract(contract)
            contracts[draft.name] = draft
    except (ContractError, OSError, UnicodeDecodeError) as error:
        shown.complain(str(error))
        raise typer.Exit(1) from error
    found = inspect_file(file, settings, calendar, contracts)
    shown_inspect.inspection(found)
    raise typer.Exit(0 if found.is_loadable else 1)


@review_app.command("export")
def export_review(
    week: Annotated[
        str | None, typer.Option("--week", help="期号，默认最近一期 | the issue, by default the last")
    ] = None,
) -> None:
    """写出某一期的处理单：逐项选处理意见的工作簿。Write the workbook in which a week's findings are settled."""
    from pipeline.present.steward.workbook import last_week, write_review
    from pipeline.warehouse import WarehouseBusyError, open_warehouse
    from zhoubao import shown_desk

    settings, calendar = _start()
    target = _week(calendar, week) if week else None
    if not settings.warehouse_path.exists():
        shown.complain("还没有装载过任何报送，没有可处理的问题。")
        raise typer.Exit(1)
    try:
        with open_warehouse(settings) as con:
            paths = [write_review(con, settings, target or last_week(con))]
    except WarehouseBusyError as error:
        shown.complain(str(error))
        raise typer.Exit(1) from error
    shown_desk.exported(paths)


@review_app.command("import")
def import_review(
    file: Annotated[Path, typer.Argument(help="填好的处理单 | the workbook, filled in")],
) -> None:
    """登记一份填好的处理单，逐行答复；之后再运行这一期。Record a filled-in workbook and answer each row."""
    from pipeline.contracts import load_contracts
    from pipeline.present.steward.import_workbook import import_workbook
    from pipeline.quality.desk.decisions import DecisionError
    from pipeline.warehouse import WarehouseBusyError
    from zhoubao import shown_desk

    settings, calendar = _start()
    try:
        with _in_sentences():
            taken, answer = import_workbook(settings, calendar, load_contracts(settings.contracts_dir), file)
    except (DecisionError, WarehouseBusyError) as error:
        shown.complain(str(error))
        raise typer.Exit(1) from error
    shown_desk.imported(taken, answer)


@app.command()
def report(
    week: Annotated[str | None, typer.Option("--week", help="期号，如 2023-15 | the issue, such as 2023-15")] = None,
    out: Annotated[Path | None, typer.Option(help="写到哪个文件夹，默认 published/weekly | folder to write to")] = None,
    copy_template: Annotated[
        Path | None, typer.Option(help="把自带的 Word 模板另存一份来改 | save the Word template to edit it")
    ] = None,
) -> None:
    """写出印发的周报：Word、网页，装有 LibreOffice 时另有 PDF。Write the weekly as it is printed."""
    from pipeline.present.weekly import copy_of_template, write_weekly
    from zhoubao import shown_weekly

    settings, calendar = _start()
    if (week is None) == (copy_template is None):
        shown.complain("请写明 --week 期号，或用 --copy-template 文件名.docx 取出模板。")
        raise typer.Exit(2)
    try:
        if copy_template is not None:
            shown_weekly.template_copied(copy_of_template(copy_template))
        else:
            shown_weekly.weekly_written(write_weekly(settings, _week(calendar, str(week)), out))
    except (ValueError, OSError) as error:
        shown.complain(str(error))
        raise typer.Exit(1) from error


@app.command()
def release(
    week: WeekOption,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只看会改动哪些数字，不发布 | only show what would change")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="试算时把全部不同写成 CSV | write all differences of a dry run as CSV")
    ] = None,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="改以先前一次发布示人 | show an earlier release again")
    ] = False,
    revision: Annotated[
        int | None, typer.Option(help="退回到第几次发布，默认前一次 | which one, by default the one before", min=1)
    ] = None,
    reason: Annotated[str, typer.Option(help="退回的原因 | why it is rolled back")] = "",
    by: Annotated[str | None, typer.Option(help="由谁决定退回 | who decided so")] = None,
) -> None:
    """发布一期：--dry-run 先看差异，--rollback 退回先前一次。Release an issue, see the difference first, roll back."""
    from pipeline.present.bring_out import bring_out
    from pipeline.release import ReleaseError, RollbackError, release_week, roll_back
    from pipeline.warehouse import WarehouseBusyError, open_warehouse
    from zhoubao import shown_release

    settings, calendar = _start()
    target = _week(calendar, week)
    _require_sense(
        dry_run=dry_run, rollback=rollback, reason=reason, has_revision=revision is not None, has_out=bool(out)
    )
    _require_warehouse(settings)
    try:
        with _in_sentences(), open_warehouse(settings) as con:
            if dry_run:
                _plan(con, settings, calendar, target, out)
                return
            if rollback:
                shown_release.rolled_back(
                    roll_back(con, settings, target, revision=revision, decided_by=by, reason=reason)
                )
            else:
                shown_release.outcomes_told(release_week(con, settings, target))
                shown_release.waiting(_waiting(settings, calendar, target))
            shown_release.brought_out(bring_out(con, settings, [target]))
    except (ReleaseError, RollbackError, WarehouseBusyError) as error:
        shown.complain(str(error))
        raise typer.Exit(1) from error


def _require_sense(*, dry_run: bool, rollback: bool, reason: str, has_revision: bool, has_out: bool) -> None:
    """Options that contradict each other end in a sentence."""
    if rollback and dry_run:
        sentence = "--rollback 没有试算：它不改动任何数字，可以随时再退回来。"
    elif rollback and not reason.strip():
        sentence = "请用 --reason 写明为什么退回：读者会看到。"
    elif not rollback and (has_revision or reason):
        sentence = "--revision 和 --reason 只与 --rollback 一起用。"
    elif has_out and not dry_run:
        sentence = "--out 只与 --dry-run 一起用；已发布的不同在发布文件的 release.revision_diff 里。"
    else:
        return
    shown.complain(sentence)
    raise typer.Exit(2)


def _require_warehouse(settings: Settings) -> None:
    if not settings.warehouse_path.exists():
        shown.complain("还没有装载过任何报送；请先运行 zhoubao run --week 期号。")
        raise typer.Exit(1)


def _waiting(settings: Settings, calendar: ReportingCalendar, week: str) -> list[str]:
    """Weeks up to this one for which the inbox has files that no run has taken yet."""
    from pipeline.contracts import load_contracts
    from pipeline.ingest.inbox.run import pending_weeks

    found = pending_weeks(settings, calendar, load_contracts(settings.contracts_dir))
    return sorted({one for one in found if one <= week})


def _plan(
    con: DuckDBPyConnection, settings: Settings, calendar: ReportingCalendar, week: str, out: Path | None
) -> None:
    from pipeline.present.shared.differences import write_differences
    from pipeline.present.shared.labels import with_words
    from pipeline.release import plan_release
    from zhoubao import shown_release

    plan, verdict = plan_release(con, settings, week)
    rows = with_words(con, plan.differences)
    shown_release.planned(plan, verdict, rows, _waiting(settings, calendar, week))
    if out is not None:
        write_differences(out, rows)
        shown_release.written(out, len(rows))


@app.command()
def trace(
    table: Annotated[str, typer.Argument(help="图表，如 charts.item_ytd，可带列 charts.item_ytd.value_ytd | a chart")],
    week: Annotated[str, typer.Argument(help="期号，如 2023-15 | the issue, such as 2023-15")],
    words: Annotated[
        list[str] | None,
        typer.Argument(help="哪一行、哪一列：名称、名称的一部分或代码，如 其它9类 办结 | which row and column"),
    ] = None,
    sql: Annotated[bool, typer.Option("--sql", help="显示每一步的 SQL | show the SQL of every step")] = False,
) -> None:
    """一个已发布的数从哪些文件的哪些行而来，经过哪些表。From a published figure back to the rows of the files."""
    from pipeline.present.trace import TraceError, trace_published
    from zhoubao import shown_trace

    settings, calendar = _start()
    target = _week(calendar, week)
    try:
        found = trace_published(settings, table, target, words or [])
    except TraceError as error:
        shown.complain(str(error))
        raise typer.Exit(1) from error
    shown_trace.traced(found, has_sql=sql)


@review_app.command("send-back")
def send_back_copies(week: WeekOption) -> None:
    """为有问题的报送生成退回副本（标红、批注、退回说明）。Write the annotated copies that go back."""
    import duckdb

    from pipeline.contracts import load_contracts
    from pipeline.present.sender.send_back import send_back

    settings, calendar = _start()
    target = _week(calendar, week)
    left_out: list[str] = []
    if not settings.warehouse_path.exists():
        shown.complain("还没有装载过任何报送，没有可退回的文件。")
        raise typer.Exit(1)
    try:
        with _in_sentences(), duckdb.connect(str(settings.warehouse_path), read_only=True) as con:
            contracts = load_contracts(settings.contracts_dir)
            copies = send_back(con, settings, [target], contracts, left_out.append)
    except duckdb.IOException as error:
        shown.complain("另一个运行正在写入；请等它结束后再试。")
        raise typer.Exit(1) from error
    shown.sent_back(target, copies, left_out)
    raise typer.Exit(1 if left_out else 0)


@contracts_app.command("draft")
def draft_contract(
    file: Annotated[Path, typer.Argument(help="没有合同的导出 | an export without a contract")],
    name: Annotated[str | None, typer.Option(help="合同名，如 complaint_log | the contract's name")] = None,
    out: Annotated[Path | None, typer.Option(help="写到哪里，默认当前目录 | where to, by default here")] = None,
) -> None:
    """为一种新的导出起草合同，凡猜测处都有标记。Draft a contract; every guess is marked."""
    from pipeline.ingest.authoring.draft import write_draft
    from pipeline.ingest.errors import RefusedFileError
    from zhoubao import shown_inspect

    settings, _ = _start()
    try:
        draft, target = write_draft(file, settings, name, out)
    except RefusedFileError as error:
        shown.complain(str(error))
        raise typer.Exit(1) from error
    shown_inspect.drafted(draft, target, settings.contracts_dir)


@contracts_app.command("check")
def check_contracts(
    place: Annotated[Path | None, typer.Argument(help="合同或文件夹，默认全部 | a contract or folder")] = None,
) -> None:
    """检查全部合同，不装载任何文件。Validate every contract without loading anything."""
    from pipeline.ingest.authoring.contract_check import check_contracts as check
    from zhoubao import shown_inspect

    settings, _ = _start()
    count, problems = check(place or settings.contracts_dir, settings.reference_dir)
    shown_inspect.checked(count, problems)
    raise typer.Exit(1 if problems else 0)


@contracts_app.command("try")
def try_contracts(
    folder: Annotated[Path, typer.Argument(help="放着外来文件的文件夹 | a folder of foreign files")],
    out: Annotated[Path | None, typer.Option(help="把结果写成 Markdown 表 | write the outcomes as Markdown")] = None,
) -> None:
    """逐个试装一个文件夹里的文件，不碰本厅数据。Try each file of a folder without touching the hall's data."""
    from pipeline.contracts import load_contracts
    from pipeline.ingest.authoring.try_files import as_markdown, try_folder
    from zhoubao import shown_inspect

    settings, calendar = _start()
    outcomes = []
    for outcome in try_folder(folder, settings, calendar, load_contracts(settings.contracts_dir)):
        shown_inspect.tried(outcome)
        outcomes.append(outcome)
    if out is not None:
        out.write_text(as_markdown(outcomes), "utf-8")
    raise typer.Exit(0 if all(outcome.adds_up for outcome in outcomes) else 1)


@contextmanager
def _in_sentences() -> Iterator[None]:
    """A contract, check or SQL file that is wrong is said in its own sentence, without a traceback."""
    from pipeline.contracts import ContractError
    from pipeline.quality.checks.suites import SuiteError
    from pipeline.warehouse.models import ModelError

    try:
        yield
    except (ContractError, SuiteError, ModelError) as error:
        shown.complain(str(error))
        raise typer.Exit(1) from error


def _start() -> tuple[Settings, ReportingCalendar]:
    from pipeline.reporting_calendar import load_calendar
    from pipeline.settings import load_settings

    settings = load_settings()
    return settings, load_calendar(settings.calendar_overrides)


def _week(calendar: ReportingCalendar, week: str) -> str:
    try:
        return calendar.week(week).week_id
    except ValueError as error:
        shown.complain(str(error))
        raise typer.Exit(2) from error


def _range(settings: Settings, calendar: ReportingCalendar, target: str) -> tuple[str, str]:
    """From the first week with something new up to the target; a re-export takes the year's later weeks with it.

    Their years to date move with the earlier week, so that they need a revision too.
    """
    from pipeline.contracts import load_contracts
    from pipeline.ingest.inbox.run import pending_weeks

    waiting = pending_weeks(settings, calendar, load_contracts(settings.contracts_dir))
    new = [week for week in waiting if week <= target]
    if not new:
        return target, target
    return min(new), max(target, _last_delivered(settings, min(new)))


def _last_delivered(settings: Settings, week: str) -> str:
    """The last week of a week's year that has a delivery, or the week itself."""
    import duckdb

    if not settings.warehouse_path.exists():
        return week
    try:
        with duckdb.connect(str(settings.warehouse_path), read_only=True) as con:
            row = con.execute(
                "SELECT max(week_id) FROM ledger.delivery WHERE status = 'current' AND left(week_id, 4) = left(?, 4)",
                [week],
            ).fetchone()
    except duckdb.Error:
        return week  # being written, or begun and killed: the run itself says so
    return max(week, row[0]) if row and row[0] else week


def _nothing_ever_arrived(settings: Settings) -> bool:
    from pipeline.ingest.inbox.run import inbox_files
    from pipeline.sample import has_unfinished_sample

    if has_unfinished_sample(settings.inbox):
        return True
    return not inbox_files(settings) and not settings.warehouse_path.exists()


def _write_sample(
    settings: Settings,
    calendar: ReportingCalendar,
    folder: Path,
    scale: float,
    seed: int = 20230421,
    defects: bool = True,
) -> None:
    from pipeline.sample import write_sample

    with shown.sample_progress(folder, scale) as on_progress:
        report = write_sample(
            folder, scale=scale, seed=seed, defects=defects, calendar=calendar, on_progress=on_progress
        )
    shown.sample_written(report, folder)
