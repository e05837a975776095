"""How the command line looks: progress lines, tables and sentences; what is shown is worked out in pipeline."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from assets.runs import RunEvent, RunReport
    from pipeline.ingest.inbox.loader import FileEvent
    from pipeline.present.shared.summary import SummaryRow
    from pipeline.reporting_calendar import ReportingCalendar
    from pipeline.sample import SampleReport
    from pipeline.settings import Settings

WIDTH_WITHOUT_TERMINAL = 160
console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL)
OUTCOMES = {"duplicate": "重复，未再装载", "refused": "拒收", "set_aside": "搁置", "waiting": "等待"}
STEPS = {
    "load_inbox": "装载收件夹",
    "expectations": "检查",
    "quality__check_result": "执行检查",
    "release__gate": "发布闸门",
    "release__issue": "冻结各期数字",
    "published__metrics": "发布 metrics.duckdb 与 Parquet",
    "published__site": "生成网页",
    "published__weekly": "写出印发的周报",
    "review__findings": "写出处理单",
    "notice__told": "通知",
}
FLOORS = dict.fromkeys(("staging", "core", "marts", "charts"), "计算各层表")
FINDINGS = """
SELECT severity, status, title, owner, evidence, weeks, first_seen, last_seen FROM quality.finding
WHERE finding_id IN (SELECT finding_id FROM quality.finding_week WHERE week_id = ?)
ORDER BY severity, status DESC, title, evidence
"""


def complain(message: str) -> None:
    """One sentence on the error stream."""
    Console(stderr=True, highlight=False).print(f"[red]{escape(message)}[/]", soft_wrap=True)


def begin(first: str, last: str) -> None:
    """Which weeks a run takes."""
    span = last if first == last else f"{first} 至 {last}"
    console.print(f"[bold]周报[/] 运行 {span} 期")


class RunProgress:
    """Prints a line per file while it is loaded and a line per stage."""

    def __init__(self) -> None:
        self._stage_shown = ""

    def __call__(self, event: RunEvent) -> None:
        """Show one event of a run."""
        if event.kind == "file" and event.file is not None:
            self._file(event.file)
        elif event.kind == "step_started":
            self._stage(event)
        elif event.kind == "step_failed":
            console.print(f"[red]{event.seconds:6.1f} 秒  {escape(event.subject)} 未完成[/]")

    def _stage(self, event: RunEvent) -> None:
        stage = STEPS.get(event.subject, FLOORS.get(event.subject.split("__")[0], ""))
        if stage and stage != self._stage_shown:
            console.print(f"[dim]{event.seconds:6.1f} 秒[/]  {stage} …")
            self._stage_shown = stage

    def _file(self, event: FileEvent) -> None:
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


def finish(settings: Settings, report: RunReport, week: str) -> None:
    """The week's figures, the findings, and where things are; or why there is no release."""
    import duckdb

    for failure in report.failures:
        if failure.message and not report.is_blocked:
            complain(f"{failure.step}：{failure.message}")
    if settings.warehouse_path.exists():
        with duckdb.connect(str(settings.warehouse_path), read_only=True) as con:
            _figures(con, week)
            _findings(con, week)
            _findings_elsewhere(con, report, week)
            _broken_corrections(con)
            _nothing_new(con, report)
            _released(con, settings)
    if report.is_blocked:
        complain(report.gate_message)
    _places(settings, report, week)


def _broken_corrections(con: DuckDBPyConnection) -> None:
    """What a steward corrected and the source has changed since: said after every run until it is settled."""
    from pipeline.quality.desk.corrections import broken_words

    if _has_table(con, "quality", "correction"):
        for words in broken_words(con):
            console.print(f"[red]{escape(words)}[/]")


def _figures(con: DuckDBPyConnection, week: str) -> None:
    from pipeline.present.shared.summary import week_summary

    if not _has_table(con, "charts", "window_weekly"):
        return
    table = Table(title=f"{week} 期数据", title_justify="left", header_style="bold")
    for heading in ("项目", "指标", "本周", "今年累计", "较上期", "单位", "提示"):
        is_number = heading in ("本周", "今年累计", "较上期")
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold", no_wrap=is_number)
    section = ""
    for row in week_summary(con, week):
        table.add_row(*_cells(row, row.section if row.section != section else ""))
        section = row.section
    console.print(table)


def _cells(row: SummaryRow, section: str) -> tuple[str, ...]:
    change = "" if row.change_pct is None else f"{row.change_pct:+.1f}%"
    repeats = row.flag and row.note and row.note.startswith(row.flag)
    remark = "；".join(part for part in (None if repeats else row.flag, row.note) if part)
    return (section, row.label, _number(row.value), _number(row.value_ytd), change, row.unit, escape(remark))


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _findings(con: DuckDBPyConnection, week: str) -> None:
    if not _has_table(con, "quality", "finding"):
        return
    rows = con.execute(FINDINGS, [week]).fetchall()
    from pipeline.quality.findings.wording import STATUS_LABELS

    if not rows:
        console.print("本期没有发现问题。")
        return
    table = Table(title=f"{week} 期发现的问题", title_justify="left", header_style="bold")
    for heading in ("级别", "问题", "证据", "责任单位"):
        table.add_column(heading, overflow="fold")
    for severity, status, title, owner, evidence, *_ in rows:
        level = "[red]严重[/]" if severity == "critical" else "[yellow]提醒[/]"
        explained = "" if status in ("open", "expired") else f"（{STATUS_LABELS.get(status, status)}）"
        table.add_row(f"{level}{explained}", escape(title), escape(evidence or ""), escape(owner))
    console.print(table)


def _findings_elsewhere(con: DuckDBPyConnection, report: RunReport, week: str) -> None:
    """One line on the other weeks of a run, whose findings are in their own workbooks."""
    if not _has_table(con, "quality", "finding"):
        return
    row = con.execute(
        "SELECT count(*) FILTER (severity = 'critical'), count(*) FILTER (severity = 'warning') FROM quality.finding "
        "WHERE status IN ('open', 'expired') AND finding_id IN (SELECT finding_id FROM quality.finding_week "
        "WHERE week_id BETWEEN ? AND ?) AND finding_id NOT IN (SELECT finding_id FROM quality.finding_week "
        "WHERE week_id = ?)",
        [report.first_week, report.last_week, week],
    ).fetchone()
    if row and any(row):
        console.print(f"其余各期另有未处理的问题：严重 {row[0]} 项，提醒 {row[1]} 项，见各期的处理单。")


def _nothing_new(con: DuckDBPyConnection, report: RunReport) -> None:
    loaded = sum(1 for event in report.files if event.outcome == "loaded")
    if not loaded:
        deliveries = con.execute("SELECT count(*) FROM ledger.current_delivery").fetchone()
        console.print(f"收件夹没有新的报送：已装载的 {deliveries[0] if deliveries else 0} 份未再装载。")


def _released(con: DuckDBPyConnection, settings: Settings) -> None:
    """Issues that are shown as they were before, and released folders that somebody changed."""
    from pipeline.release import check_releases, held_issues

    if not _has_table(con, "release", "activation"):
        return
    for week, shown, last in held_issues(con):
        how = f"要再次发布，请运行 zhoubao release --week {week}。"
        console.print(f"[yellow]{week} 期第 {last} 次发布已退回，仍以第 {shown} 次示人；{how}[/]")
    for sentence in check_releases(con, settings.published):
        complain(sentence)


def _places(settings: Settings, report: RunReport, week: str) -> None:
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
    console.print(
        f"检查 {report.checks_passed + len(report.checks_failed)} 项，未通过 {len(report.checks_failed)} 项；"
        f"用时 {report.seconds:.0f} 秒；在 make dev 中可见，运行编号 {report.run_id[:8]}"
    )


def _has_table(con: DuckDBPyConnection, schema: str, name: str) -> bool:
    found = con.execute(
        "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = ?", [schema, name]
    ).fetchone()
    return found is not None


@contextmanager
def sample_progress(folder: Path, scale: float) -> Iterator[Callable[[str, int], None]]:
    """A line per sample file as it is written."""
    console.print(f"[bold]模拟数据[/]（非真实数据，规模 {scale:g}）写入 {folder}")
    began = time.monotonic()

    def on_progress(name: str, rows: int) -> None:
        console.print(f"[dim]{time.monotonic() - began:6.1f} 秒[/]  {escape(name)}  {rows:>9,} 行")

    yield on_progress


def sample_written(report: SampleReport, folder: Path) -> None:
    """How much was written."""
    console.print(f"已写 {len(report.files)} 个文件、{report.rows:,} 行，用时 {report.seconds:.0f} 秒：{folder}")


def status(settings: Settings, calendar: ReportingCalendar) -> None:
    """What waits in the inbox, which weeks are loaded and released, and what is open."""
    import duckdb

    from pipeline.contracts import load_contracts
    from pipeline.ingest.inbox.run import inbox_files, pending_weeks

    waiting = inbox_files(settings)
    weeks = pending_weeks(settings, calendar, load_contracts(settings.contracts_dir)) if waiting else []
    console.print(
        f"收件夹 {settings.inbox}：{len(waiting)} 个文件" + (f"，属于 {'、'.join(weeks)} 期" if weeks else "")
    )
    if not settings.warehouse_path.exists():
        console.print("还没有装载过任何报送。请把导出放入收件夹，再运行 zhoubao run --week 期号。")
        return
    try:
        con = duckdb.connect(str(settings.warehouse_path), read_only=True)
    except duckdb.IOException:
        console.print("另一个运行正在写入；请等它结束后再看，或直接查看已发布的文件。")
        return
    with con:
        _week_states(con)
        _desk(con)
        _released(con, settings)


def _desk(con: DuckDBPyConnection) -> None:
    from zhoubao.shown_desk import desk

    desk(con)


def _week_states(con: DuckDBPyConnection) -> None:
    table = Table(title="各期状态", title_justify="left", header_style="bold")
    for heading in ("期号", "报送", "装载行数", "发布", "未处理：严重", "未处理：提醒"):
        table.add_column(heading, justify="left" if heading == "期号" else "right")
    released = "SELECT week_id, max(revision) AS revision FROM release.issue GROUP BY week_id"
    if not _has_table(con, "release", "issue"):
        released = "SELECT NULL AS week_id, NULL AS revision LIMIT 0"
    open_findings = (
        "SELECT w.week_id, count(*) FILTER (f.severity = 'critical') AS critical, "
        "count(*) FILTER (f.severity = 'warning') AS warning FROM quality.finding_week w "
        "JOIN quality.finding f USING (finding_id) WHERE f.status IN ('open', 'expired') GROUP BY w.week_id"
    )
    if not _has_table(con, "quality", "finding_week"):
        open_findings = "SELECT NULL AS week_id, 0 AS critical, 0 AS warning LIMIT 0"
    rows = con.execute(
        f"""
        SELECT d.week_id, count(DISTINCT d.delivery_id), sum(a.row_count) FILTER (a.disposition = 'loaded'),
            max(r.revision), max(f.critical), max(f.warning)
        FROM ledger.current_delivery d
        LEFT JOIN ledger.row_account a USING (delivery_id)
        LEFT JOIN ({released}) r USING (week_id)
        LEFT JOIN ({open_findings}) f USING (week_id)
        GROUP BY d.week_id ORDER BY d.week_id
        """
    ).fetchall()
    for week, deliveries, loaded, revision, critical, warning in rows:
        table.add_row(
            week, str(deliveries), _number(int(loaded or 0)), f"第 {revision} 次" if revision else "未发布",
            str(critical or 0), str(warning or 0),
        )  # fmt: skip
    console.print(table)


def sent_back(week: str, copies: Sequence[Path], left_out: Sequence[str]) -> None:
    """Where the copies are that go back to their departments, and of which deliveries there is none."""
    if not copies and not left_out:
        console.print(f"{week} 期没有需要退回的报送。")
    for copy in copies:
        console.print(f"退回副本：{copy}")
    for sentence in left_out:
        complain(sentence)
