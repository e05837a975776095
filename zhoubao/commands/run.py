"""`zhoubao run`: starts a run and shows its files, figures and findings; running belongs in assets.runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.markup import escape
from rich.table import Table

from pipeline.present.shared.rows import signed_percent
from zhoubao.commands.sample import last_known_week, write_first_sample
from zhoubao.commands.status import show_release_state
from zhoubao.console import complain, console, new_table
from zhoubao.session import in_sentences, say_hall, start, stop, week_id_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from assets.runs import RunEvent, RunReport
    from assets.weeks_to_run import RunWeeks
    from pipeline.ingest.inbox.loader import FileEvent
    from pipeline.present.shared.summary import SummaryRow
    from pipeline.reporting_calendar import ReportingCalendar
    from pipeline.settings import Settings
    from pipeline.settled import SettledRun

OUTCOMES: Final = {
    "duplicate": "重复，未再装载",
    "refused": "拒收",
    "set_aside": "搁置",
    "waiting": "等待",
    "kept": "照旧保留",
    "remark": "提醒",
}
# What became of a file that the next run has to look at, or to name, again.
LEFT_OUTCOMES: Final = frozenset({"refused", "waiting", "later"})
# Step of Dagster → what people are told that the run does now.
STEPS: Final = {
    "load_inbox": "装载收件夹",
    "expectations": "检查",
    "quality__check_result": "执行检查",
    "release__gate": "发布闸门",
    "release__issue": "冻结各期数字",
    "published__metrics": "发布 metrics.duckdb 与 Parquet",
    "published__site": "生成网页",
    "published__weekly": "写出印发的周报",
    "review__findings": "写出处理单",
    "handover__packages": "上报",
    "notice__told": "通知",
}
# The first part of a step such as `core__item_volume`, for the many steps that build one table each.
FLOORS: Final = dict.fromkeys(("staging", "core", "marts", "charts"), "计算各层表")
FIGURE_HEADINGS: Final = ("项目", "指标", "本周", "今年累计", "较上期", "单位", "提示")
NUMBER_HEADINGS: Final = ("本周", "今年累计", "较上期")
FINDINGS: Final = """
SELECT f.severity, f.status, f.owner, w.evidence, w.figures, w.unexpected_count
FROM quality.finding_week AS w JOIN quality.finding AS f ON f.finding_id = w.finding_id
WHERE w.week_id = ? ORDER BY f.finding_id
"""
OPEN_FINDINGS_OF_OTHER_WEEKS: Final = """
SELECT count(*) FILTER (severity = 'critical'), count(*) FILTER (severity = 'warning')
FROM quality.finding
WHERE status IN ('open', 'expired')
    AND finding_id IN (SELECT finding_id FROM quality.finding_week WHERE week_id BETWEEN ? AND ?)
    AND finding_id NOT IN (SELECT finding_id FROM quality.finding_week WHERE week_id = ?)
"""


def run(
    week: Annotated[
        str | None,
        typer.Option(
            "--week",
            help="期号，如 2023-15；不写就是最后报送的一期 | the issue, such as 2023-15; by default the last delivered",
        ),
    ] = None,
    sample_if_empty: Annotated[
        bool,
        typer.Option(
            help="收件夹为空且从未装载过时，先生成模拟数据 | write the sample where nothing ever arrived",
            show_default=False,
        ),
    ] = False,
    scale: Annotated[
        float, typer.Option(help="模拟数据的规模，1 为全量 | scale of that sample", min=0.001, max=1)
    ] = 1.0,
    release: Annotated[
        bool, typer.Option(help="装载、检查之后是否发布 | whether to release what passes the gate")
    ] = True,
    again: Annotated[
        bool, typer.Option("--again", help="没有变化也重新运行 | run although nothing has changed since the last run")
    ] = False,
) -> None:
    """装载、检查、计算并发布到某一期为止有新报送的各期。Load, check, compute and release the weeks up to one."""
    from pipeline.settled import record_settled, settled_run

    settings, calendar = start()
    if week is None:
        target = _last_delivered_week(settings, calendar, scale, sample_if_empty=sample_if_empty)
    else:
        target = week_id_of(calendar, week)
    settled = None if again else settled_run(settings, target)
    if settled is not None:
        show_settled(settings, settled, target)
        return
    from assets.instance import InstanceError
    from assets.runs import materialize_weeks
    from assets.weeks_to_run import weeks_to_run

    with in_sentences(InstanceError):
        # First of all: a home that has lost its warehouse must not get the sample.
        _say_upgrade(settings)
        say_hall(settings)
        if sample_if_empty and _has_nothing_arrived(settings):
            write_first_sample(settings, calendar, scale)
        _require_room(settings)
        weeks = weeks_to_run(settings, calendar, target)
        _show_start(weeks)
        report = materialize_weeks(settings, weeks.first, weeks.last, RunProgress(), is_releasing=release)
    if release and _has_settled(report, weeks):
        record_settled(settings, report.first_week, report.last_week)
    show_end(settings, report, target)
    is_foreseen = _complain_of_unforeseen(report)
    raise typer.Exit(0 if report.is_success and is_foreseen else 1)


def _last_delivered_week(
    settings: Settings, calendar: ReportingCalendar, scale: float, *, sample_if_empty: bool
) -> str:
    """Returns the last week that is loaded or waits in the inbox, after the sample was written where that is asked for.

    Ends the command where there is none, and for a home that has lost its warehouse.
    """
    from pipeline.warehouse.database import refuse_lost

    with in_sentences():
        refuse_lost(settings)
        if sample_if_empty and _has_nothing_arrived(settings):
            write_first_sample(settings, calendar, scale)
        last = last_known_week(settings, calendar)
    if last is None:
        stop(f"收件夹 {settings.inbox} 里没有看得出期号的文件，也没有装载过。请放入导出，或用 --week 写明期号。")
    return last


def _has_settled(report: RunReport, weeks: RunWeeks) -> bool:
    """Whether a run has left nothing for the next one: no week for a run of its own, no file refused or waited for."""
    is_left = any(event.outcome in LEFT_OUTCOMES for event in report.files)
    return report.is_success and not weeks.left and not is_left


def _complain_of_unforeseen(report: RunReport) -> bool:
    """Says which files met an error of the program itself; returns whether none did.

    The other files are loaded and released, and yet somebody has to look: so the exit status says it too.
    """
    from pipeline.ingest.refusals.inbox import InboxRefusal

    files = [event.file_name for event in report.files if event.code == InboxRefusal.UNFORESEEN.code]
    if files:
        complain(f"{'、'.join(files)} 读取时出错，其余文件不受影响；编号和详情见日志")
    return not files


def _say_upgrade(settings: Settings) -> None:
    """Says that the run will upgrade a home of an earlier version; a damaged or a later one ends the command here."""
    from pipeline.warehouse.database import version_of_home
    from pipeline.warehouse.errors import WarehouseBusyError
    from pipeline.warehouse.upgrade import upgrade_words
    from pipeline.warehouse.versions import current_version

    try:
        version = version_of_home(settings)
    except WarehouseBusyError:
        # The run itself says who is writing, and since when.
        return
    if version is not None and version < current_version():
        console.print(f"[yellow]{upgrade_words(version)}[/]")


def _require_room(settings: Settings) -> None:
    """Ends the command where the disk has clearly too little room for the run, and warns where it is tight."""
    from pipeline.doctor.room import refuse_without_room

    room = refuse_without_room(settings)
    if room.level == "warning":
        console.print(f"[yellow]{escape(room.words)}，不多了：请腾出空间。[/]")


def _has_nothing_arrived(settings: Settings) -> bool:
    """Whether this home has never seen a file; a sample that was not written to its end counts as nothing."""
    from pipeline.ingest.inbox.entries import inbox_files
    from pipeline.sample import has_unfinished_sample

    if settings.warehouse_path.exists():
        return False
    return has_unfinished_sample(settings.inbox) or not inbox_files(settings)


def _show_start(weeks: RunWeeks) -> None:
    from assets.weeks_to_run import left_words

    span = weeks.last if weeks.first == weeks.last else f"{weeks.first} 至 {weeks.last}"
    console.print(f"[bold]周报[/] 运行 {span} 期")
    for sentence in left_words(weeks):
        console.print(sentence)
    if weeks.unfinished:
        console.print(
            f"其中 {'、'.join(weeks.unfinished)} 期此前没有做完（中断、未过闸门或只检查未发布），这次接着做。"
        )


class RunProgress:
    """Prints a line per file while it is loaded and a line per stage."""

    def __init__(self) -> None:
        self._last_stage = ""

    def __call__(self, event: RunEvent) -> None:
        """Shows one event of a run."""
        if event.kind == "file" and event.file is not None:
            self._show_file(event.file)
        elif event.kind == "step_started":
            self._show_stage(event)
        elif event.kind == "step_failed":
            console.print(f"[red]{event.seconds:6.1f} 秒  {escape(event.subject)} 未完成[/]")

    def _show_stage(self, event: RunEvent) -> None:
        floor = event.subject.split("__")[0]
        stage = STEPS.get(event.subject, FLOORS.get(floor, ""))
        if stage and stage != self._last_stage:
            console.print(f"[dim]{event.seconds:6.1f} 秒[/]  {stage} …")
            self._last_stage = stage

    def _show_file(self, event: FileEvent) -> None:
        if event.outcome == "later":
            return
        name = escape(event.file_name)
        if event.outcome == "loaded":
            speed = f"，{event.rows / event.seconds:>9,.0f} 行/秒" if event.seconds > 0 else ""
            console.print(f"          {name}  [green]{event.rows:>9,} 行[/]{speed}  {escape(event.message)}")
            return
        colour = "red" if event.outcome == "refused" else "yellow"
        outcome = OUTCOMES.get(event.outcome, event.outcome)
        console.print(f"          {name}  [{colour}]{outcome}[/]：{escape(event.message)}")


def show_settled(settings: Settings, settled: SettledRun, week: str) -> None:
    """Says that there is nothing to do since a run, and shows the week as that run did."""
    from pipeline.warehouse.database import read_warehouse

    console.print(
        f"[bold]周报[/] {week} 期没有新的内容：{settled.ended_at} 的运行以后，收件夹、数据、口径和程序都没有变，"
        "不再运行。要重新运行，请加 --again。"
    )
    with in_sentences(), read_warehouse(settings) as con:
        _show_week(con, (settled.first_week, settled.last_week), week)
        _show_revision(con, week)
        show_release_state(con, settings)
    _show_paths(settings, week)


def show_end(settings: Settings, report: RunReport, week: str) -> None:
    """Shows the week's figures, the findings, and where things are; or why there is no release."""
    from pipeline.warehouse.database import read_warehouse
    from pipeline.warehouse.errors import WarehouseError

    for failure in report.failures:
        if failure.message and not report.is_blocked:
            # What failed the run before its first step has no step: another program holds the warehouse, say.
            complain(f"{failure.step}：{failure.message}" if failure.step else failure.message)
    if settings.warehouse_path.exists():
        try:
            with read_warehouse(settings) as con:
                _show_warehouse(con, settings, report, week)
        except WarehouseError as error:
            complain(str(error))
    if report.is_blocked:
        complain(report.gate_message)
    _show_paths(settings, week)
    _show_totals(report)
    _show_refused(report)
    _show_unreached_channels(report)


def _show_warehouse(con: DuckDBPyConnection, settings: Settings, report: RunReport, week: str) -> None:
    """Shows what the warehouse holds; a run that failed early may have left any of its tables unmade."""
    from pipeline.common.tables import has_table

    _show_week(con, (report.first_week, report.last_week), week)
    _show_whether_nothing_is_new(con, report)
    if has_table(con, "release", "issue"):
        _show_revision(con, week)
    show_release_state(con, settings)


def _show_week(con: DuckDBPyConnection, run_weeks: tuple[str, str], week: str) -> None:
    """Shows figures and findings of a week, and how many findings are open in the other weeks of its run."""
    from pipeline.common.tables import has_table

    if has_table(con, "charts", "window_weekly"):
        _show_figures(con, week)
    if has_table(con, "quality", "finding"):
        _show_findings(con, week)
        _show_findings_of_other_weeks(con, run_weeks, week)
    if has_table(con, "quality", "correction"):
        _show_broken_corrections(con)


def _show_revision(con: DuckDBPyConnection, week: str) -> None:
    """Says which revision of the week is the last that was released; a rollback is said by `show_release_state`."""
    row = con.execute("SELECT max(revision) FROM release.issue WHERE week_id = ?", [week]).fetchone()
    revision = row[0] if row else None
    if revision is not None:
        console.print(f"{week} 期最近一次发布：第 {revision} 次。")
        return
    delivered = con.execute("SELECT 1 FROM ledger.current_delivery WHERE week_id = ? LIMIT 1", [week]).fetchone()
    if delivered is None:
        console.print(f"[yellow]{week} 期没有收到任何文件，所以没有发布；收到后把文件放进收件夹，再运行一次。[/]")
    else:
        console.print(f"{week} 期还没有发布。")


def _show_broken_corrections(con: DuckDBPyConnection) -> None:
    """Says what a steward corrected and the source has changed since: after every run until it is settled."""
    from pipeline.quality.desk.corrections import broken_words

    for words in broken_words(con):
        console.print(f"[red]{escape(words)}[/]")


def _show_figures(con: DuckDBPyConnection, week: str) -> None:
    from pipeline.present.shared.summary import unreported_words, week_summary

    table = Table(title=_figures_title(con, week), title_justify="left", header_style="bold")
    for heading in FIGURE_HEADINGS:
        is_number = heading in NUMBER_HEADINGS
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold", no_wrap=is_number)
    last_section = ""
    rows = week_summary(con, week)
    for row in rows:
        section = row.section if row.section != last_section else ""
        table.add_row(*figure_cells(row, section))
        last_section = row.section
    if rows:
        console.print(table)
    missing = unreported_words(rows)
    if missing:
        console.print(f"[yellow]{missing}[/]")


def _figures_title(con: DuckDBPyConnection, week: str) -> str:
    """The heading of the week's figures; a week that critical findings keep back says that they are not settled."""
    from pipeline.common.tables import has_table
    from pipeline.quality.desk.gate import gate

    if not has_table(con, "quality", "finding"):
        return f"{week} 期数据"
    blocking = len(gate(con, [week]).blocking)
    if not blocking:
        return f"{week} 期数据"
    return f"{week} 期数据　[red]未发布：{blocking} 项严重问题未处理，以下数字待核实[/]"


def figure_cells(row: SummaryRow, section: str) -> tuple[str, ...]:
    """Writes one figure in the order of FIGURE_HEADINGS; a note that begins with the flag says it already.

    A figure whose file has not arrived is 未报送, not 0; one that is withheld is 【待核实】.
    """
    from pipeline.present.shared.rows import reported

    change = signed_percent(row.printed("change_pct")) if row.printed("change_pct") is not None else ""
    remarks = [row.flag, row.note]
    if row.flag and row.note and row.note.startswith(row.flag):
        remarks = [row.note]
    return (
        section,
        row.label,
        reported(row.printed("value")),
        _number_or_words(row.printed("value_ytd")),
        change,
        row.unit,
        escape("；".join(filter(None, remarks))),
    )


def _number_or_words(value: Any) -> str:
    """A number as the terminal writes it; 【待核实】 stays as it is."""
    from pipeline.present.shared.rows import grouped

    return "" if value is None else grouped(value)


def _show_findings(con: DuckDBPyConnection, week: str) -> None:
    from pipeline.present.shared.rows import fetch
    from pipeline.quality.codes import STATUS_LABELS, UNSETTLED
    from pipeline.quality.findings.faults import parted
    from pipeline.quality.findings.order import rank_of

    rows = sorted(fetch(con, FINDINGS, [week]), key=rank_of)
    if not rows:
        checked = con.execute("SELECT 1 FROM quality.check_result WHERE week_id = ? LIMIT 1", [week]).fetchone()
        # A run that failed before its checks has found nothing because it has not looked.
        console.print("[yellow]本期还没有检查过。[/]" if checked is None else "本期没有发现问题。")
        return
    table = new_table(("级别", "问题", "依据", "责任单位"), title=f"{week} 期发现的问题", overflow=True)
    for row in rows:
        level = "[red]严重[/]" if row["severity"] == "critical" else "[yellow]提醒[/]"
        is_settled = row["status"] not in UNSETTLED
        state = f"（{STATUS_LABELS[row['status']]}）" if is_settled else ""
        fault, rest = parted(row["evidence"])
        table.add_row(
            f"{level}{state}", escape(fault), escape(rest), escape(row["owner"]), style="dim" if is_settled else None
        )
    console.print(table)


def _show_findings_of_other_weeks(con: DuckDBPyConnection, run_weeks: tuple[str, str], week: str) -> None:
    """Counts in one line the open findings of a run's other weeks, which are in their own workbooks."""
    parameters = [*run_weeks, week]
    row = con.execute(OPEN_FINDINGS_OF_OTHER_WEEKS, parameters).fetchone()
    if row and any(row):
        console.print(f"其余各期另有未处理的问题：严重 {row[0]} 项，提醒 {row[1]} 项，见各期的处理单。")


def _show_whether_nothing_is_new(con: DuckDBPyConnection, report: RunReport) -> None:
    if any(event.outcome == "loaded" for event in report.files):
        return
    row = con.execute("SELECT count(*) FROM ledger.current_delivery").fetchone()
    console.print(f"收件夹没有新的报送：已装载的 {row[0] if row else 0} 份未再装载。")


def _show_paths(settings: Settings, week: str) -> None:
    paths = {
        "发布文件": settings.published / "metrics.duckdb",
        "网页": settings.published / "site" / "index.html",
        "周报": settings.published / "weekly" / week,
        "处理单": settings.review / week / "findings.xlsx",
        "收件夹": settings.inbox,
    }
    for label, path in paths.items():
        if path.exists():
            console.print(f"{label}：{path}")


def _show_totals(report: RunReport) -> None:
    failed = len(report.checks_failed)
    console.print(
        f"检查 {report.checks_passed + failed} 项，未通过 {failed} 项；"
        f"用时 {report.seconds:.0f} 秒；在 make dev 中可见，运行编号 {report.run_id[:8]}"
    )


def _show_refused(report: RunReport) -> None:
    """Names the files that the run refused once more at its end; `zhoubao status` says why until somebody acts."""
    refused = [event.file_name for event in report.files if event.outcome == "refused"]
    if refused:
        names = escape("、".join(refused))
        console.print(
            f"[yellow]拒收 {len(refused)} 份文件，没有进入统计：{names}。原因和做法见上，或运行 zhoubao status。[/]"
        )


def _show_unreached_channels(report: RunReport) -> None:
    """Writes one line for a run whose notices did not all arrive."""
    from assets.notice import TOLD_CHECK

    for failed in report.checks_failed:
        if failed.check == TOLD_CHECK:
            console.print(f"[yellow]通知：{escape(failed.message)}[/]")
