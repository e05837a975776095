"""Starts runs without a person: a sensor on the inbox and a Friday schedule, both off until someone turns them on."""

import hashlib
import json
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import dagster as dg

from assets.partitions import range_tags
from pipeline.common.clock import epoch_seconds
from pipeline.contracts import Contract
from pipeline.reporting_calendar import ReportingCalendar, ReportWeek
from pipeline.settings import Settings

DELIVERY = dg.AssetKey(["ledger", "delivery"])
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")
SETTLED_SECONDS = 30
INTERVAL_SECONDS = 60
TIMEZONE = "Asia/Shanghai"
WEEKLY_CRON = "0 9 * * 5"


@dataclass(frozen=True)
class Source:
    """What telling a file's week needs."""

    settings: Settings
    calendar: ReportingCalendar
    contracts: Mapping[str, Contract]


def inbox_sensor(source: Source, job_name: str) -> dg.SensorDefinition:
    """Asks for one run over the weeks of files that are new and have come to rest.

    The cursor holds the size and time of every file already asked for, so that a file is asked for once: also when
    its run refuses it, and again when its bytes change.
    """

    @dg.sensor(
        name="inbox",
        job_name=job_name,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="收件目录有新文件、且写完之后，运行它们所属的各期\n\nRuns the weeks of new files in the inbox",
    )
    def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        present = resting_files(source.settings.inbox, epoch_seconds())
        asked: dict[str, str] = json.loads(context.cursor or "{}")
        new = {name: mark for name, mark in present.items() if asked.get(name) != mark}
        if not new:
            return dg.SkipReason("收件目录没有新的、已写完的文件")
        delivered = context.instance.get_materialized_partitions(DELIVERY)
        first, last = run_range(weeks_of_files(source, new), delivered, source)
        request = dg.RunRequest(run_key=_digest(new), tags=range_tags(first, last))
        # Names that are no UTF-8 can only be kept escaped.
        return dg.SensorResult(run_requests=[request], cursor=json.dumps(present, sort_keys=True))

    return inbox


def friday_schedule(calendar: ReportingCalendar, job_name: str) -> dg.ScheduleDefinition:
    """Asks every Friday morning for the issue that ended a week ago; not where that Friday's issue is still open."""

    @dg.schedule(
        name="friday",
        job_name=job_name,
        cron_schedule=WEEKLY_CRON,
        execution_timezone=TIMEZONE,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="每周五 9 时运行上周五结束的那一期\n\nEvery Friday the issue that ended the Friday before",
    )
    def friday(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        today = context.scheduled_execution_time.date()
        week = calendar.week_of(today - timedelta(days=7))
        if week.coverage_end >= today:
            return dg.SkipReason(f"上周五在假期中，{week.week_id} 期到 {week.coverage_end} 才结束")
        return dg.RunRequest(run_key=week.week_id, partition_key=week.week_id)

    return friday


def resting_files(inbox: Path, now: float) -> dict[str, str]:
    """Returns name → size and time of what lies in the inbox and nobody has written to for a moment.

    Copies under way (`a.csv.part`), folders, hidden files and lock files are left out.
    """
    if not inbox.is_dir():
        return {}
    marks: dict[str, str] = {}
    for path in sorted(inbox.iterdir()):
        if _is_unfinished(path.name):
            continue
        try:
            # A link itself, not the file behind it: a run refuses it.
            found = path.lstat()
        except FileNotFoundError:
            # A run took it, or a person moved it, since the inbox was listed.
            continue
        last_change = max(found.st_mtime, found.st_ctime)
        is_at_rest = now - last_change >= SETTLED_SECONDS
        is_folder = stat.S_ISDIR(found.st_mode)
        is_empty = stat.S_ISREG(found.st_mode) and not found.st_size
        if is_at_rest and not is_empty and not is_folder:
            marks[path.name] = f"{found.st_size}:{found.st_mtime_ns}"
    return marks


def weeks_of_files(source: Source, names: Iterable[str]) -> list[str]:
    """Returns the weeks that these files report; a file that no contract fits names none, and the run refuses it."""
    from pipeline.ingest.errors import RefusedFileError
    from pipeline.ingest.inbox.entries import recognise_in_inbox

    weeks: set[ReportWeek] = set()
    for name in names:
        path = source.settings.inbox / name
        try:
            exports = recognise_in_inbox(path, source.settings, source.calendar, source.contracts)
            weeks.update(export.week for export in exports)
        except (RefusedFileError, FileNotFoundError):
            continue
    return [week.week_id for week in sorted(weeks, key=lambda week: week.coverage_start)]


def run_range(weeks: list[str], delivered: Iterable[str], source: Source) -> tuple[str, str]:
    """Returns the first week with something new and the last week known: years to date in between move with it."""
    known = {*weeks, *delivered} or {source.calendar.weeks(source.settings.first_year)[0].week_id}
    in_time = sorted(known, key=lambda week_id: source.calendar.week(week_id).coverage_start)
    return (weeks[0] if weeks else in_time[-1]), in_time[-1]


def _is_unfinished(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower().endswith(UNFINISHED)


def _digest(files: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:16]
