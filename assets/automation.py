"""Starts runs without a person: a sensor on the inbox and a Friday schedule, both off until someone turns them on."""

import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import dagster as dg

from assets.inbox_watch import FileLook, Watch
from assets.partitions import range_tags
from assets.week_partitions import settle_partitions
from assets.weeks_to_run import LoadedWeeks, RunWeeks, loaded_weeks, range_of
from pipeline.common.clock import beijing_now, epoch_seconds
from pipeline.contracts import Contract
from pipeline.reporting_calendar import ReportingCalendar, ReportWeek
from pipeline.settings import Settings

# Stands among the names of files for weeks that an earlier run did not finish; no file can have this name.
UNFINISHED_WEEKS = "/"
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")
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
    """Asks for one run over the weeks of files that have come to rest, and over weeks that a run did not finish.

    What was asked for is remembered in `inbox_watch`: once is enough, unless the run did not take the file.
    """

    @dg.sensor(
        name="inbox",
        job_name=job_name,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="收件目录有新文件、且写完之后，运行它们所属的各期\n\nRuns the weeks of new files in the inbox",
    )
    def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        now = epoch_seconds()
        loaded = loaded_weeks(source.settings, source.contracts).of_years(source.settings.calendar_years)
        present = {**inbox_looks(source.settings.inbox), **_unfinished_look(source, loaded)}
        watch = Watch.from_cursor(context.cursor).look(present, now)
        due = watch.due(present, now)
        if not due:
            return dg.SensorResult(skip_reason=_nothing_due_words(watch), cursor=watch.to_cursor())
        if _is_running(context.instance, job_name):
            return dg.SensorResult(skip_reason="上一次运行还没有结束", cursor=watch.to_cursor())
        watch = watch.ask(due, now)
        runs = runs_to_ask_for(weeks_of_files(source, due), loaded, source)
        for sentence in _apart_words(runs):
            context.log.info(sentence)
        asked = [week for run in runs for week in (run.first, run.last)]
        settle_partitions(context.instance, source.settings, source.calendar, asked)
        key = f"inbox-{watch.asked_for}-{int(now)}"
        requests = [dg.RunRequest(f"{key}-{run.last}", tags=range_tags(run.first, run.last)) for run in runs]
        return dg.SensorResult(run_requests=requests, cursor=watch.to_cursor())

    return inbox


def _nothing_due_words(watch: Watch) -> str:
    """Says why no run is asked for, and how many files a run was asked for that still lie there."""
    words = "收件目录没有新的、已写完的文件"
    asked = [name for name, file in watch.files.items() if file.times_asked and name != UNFINISHED_WEEKS]
    return f"{words}；另有 {len(asked)} 个已请求过运行而仍在收件目录，稍后再请求" if asked else words


def _apart_words(runs: Sequence[RunWeeks]) -> list[str]:
    """Says of each run beside the first that it is one of its own, and why."""
    return [f"{run.first} 至 {run.last} 期与 {runs[0].last} 期隔着没有报送的年份，另请求一次运行" for run in runs[1:]]


def _is_running(instance: dg.DagsterInstance, job_name: str) -> bool:
    """Whether a run of this job is waiting or working: what it takes need not be asked for."""
    unfinished = [
        dg.DagsterRunStatus.QUEUED,
        dg.DagsterRunStatus.NOT_STARTED,
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
    ]
    return bool(instance.get_run_records(dg.RunsFilter(job_name=job_name, statuses=unfinished), limit=1))


def _unfinished_look(source: Source, loaded: LoadedWeeks) -> dict[str, FileLook]:
    """Returns the weeks that a run has to finish as if they were a file; nothing where a person has to decide first."""
    weeks = [*loaded.resumable, *loaded.read_otherwise]
    if not weeks:
        return {}
    return {UNFINISHED_WEEKS: FileLook(mark="、".join(weeks), last_change=0.0)}


def friday_schedule(source: Source, job_name: str) -> dg.ScheduleDefinition:
    """Asks every Friday morning for the issue that ended a week ago.

    Not where that Friday's issue is still open, nor where nothing has come for so long that nobody waits for it.
    """

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
        week = source.calendar.week_of(today - timedelta(days=7))
        if week.coverage_end >= today:
            return dg.SkipReason(f"上周五在假期中，{week.week_id} 期到 {week.coverage_end} 才结束")
        in_use = settle_partitions(context.instance, source.settings, source.calendar)
        if week.week_id not in in_use:
            return dg.SkipReason(f"{week.week_id} 期不在使用中的各期（{in_use[0]} 至 {in_use[-1]}）之内，没有可运行的")
        return dg.RunRequest(run_key=week.week_id, partition_key=week.week_id)

    return friday


def inbox_looks(inbox: Path) -> dict[str, FileLook]:
    """Returns key → size and times of the files in the inbox; the key is the name, as `_key_in_cursor` gives it.

    Copies under way (`a.csv.part`), empty files, folders, hidden files and lock files are left out.
    """
    if not inbox.is_dir():
        return {}
    looks: dict[str, FileLook] = {}
    for path in sorted(inbox.iterdir()):
        if _is_unfinished(path.name):
            continue
        try:
            # A link itself, not the file behind it: a run refuses it.
            found = path.lstat()
        except FileNotFoundError:
            # A run took it, or a person moved it, since the inbox was listed.
            continue
        is_folder = stat.S_ISDIR(found.st_mode)
        is_empty = stat.S_ISREG(found.st_mode) and not found.st_size
        if not is_empty and not is_folder:
            mark = f"{found.st_size}:{found.st_mtime_ns}"
            looks[_key_in_cursor(path)] = FileLook(mark, max(found.st_mtime, found.st_ctime))
    return looks


def _key_in_cursor(path: Path) -> str:
    """Returns a file's name; of one that names a person, which Dagster must not store, what is left and the inode."""
    from pipeline.privacy.masking import mask_name

    masked = mask_name(path.name)
    return path.name if masked == path.name else f"{masked} #{path.lstat().st_ino}"


def weeks_of_files(source: Source, names: Iterable[str]) -> list[str]:
    """Returns the weeks that these files report; a file that no contract fits names none, and the run refuses it."""
    from pipeline.ingest.errors import RefusedFileError
    from pipeline.ingest.inbox.entries import inbox_files, recognise_in_inbox

    weeks: set[ReportWeek] = set()
    wanted = set(names)
    for path in inbox_files(source.settings):
        try:
            if _key_in_cursor(path) not in wanted:
                continue
            exports = recognise_in_inbox(path, source.settings, source.calendar, source.contracts)
            weeks.update(export.week for export in exports)
        except (RefusedFileError, FileNotFoundError):
            continue
    return [week.week_id for week in sorted(weeks, key=lambda week: week.coverage_start)]


def runs_to_ask_for(weeks: list[str], loaded: LoadedWeeks, source: Source) -> list[RunWeeks]:
    """Returns the run of new files, unfinished weeks and what moves with them; then one for each lot behind a gap.

    Files that name no week are refused by a run of the last week known. Weeks behind a gap of whole years have a run
    only where one can do something: where their gate is closed, a person has to decide first.
    """
    known = [*weeks, *loaded.delivered]
    of_today = source.calendar.week_of(beijing_now().date()).week_id
    target = max(weeks or known, default=of_today)
    run = range_of(weeks, target, loaded)
    waiting = {*weeks, *loaded.resumable, *loaded.read_otherwise}
    lots = [lot for lot in run.left if waiting.intersection(lot)]
    return [run, *(range_of(lot, lot[-1], loaded) for lot in lots)]


def _is_unfinished(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower().endswith(UNFINISHED)
