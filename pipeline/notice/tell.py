"""Tells each channel what it has not been told yet, and remembers it; what there is to tell comes from events and due.

Nothing here raises for a message that cannot be sent: a run must not fail for it, and its report says so instead.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from pipeline.common.atomic_files import write_text
from pipeline.common.clock import BEIJING, beijing_now, moment_in_beijing
from pipeline.common.file_names import shown_name
from pipeline.common.private_files import private_folder
from pipeline.common.system_errors import reason_of
from pipeline.notice.channels import Channel, Outcome, open_channels, send
from pipeline.notice.due import DueError, missing_events
from pipeline.notice.events import Event, as_asked, run_events, waiver_events
from pipeline.notice.known import known_of, read_known, write_known
from pipeline.notice.message import message_of, trial_message

if TYPE_CHECKING:
    import duckdb

    from pipeline.contracts import Contract
    from pipeline.reporting_calendar import ReportingCalendar
    from pipeline.settings import Settings

LOGGER = logging.getLogger(__name__)
SENT: Final = "sent.json"
# Longer than any finding stays open: two years and a bit.
REMEMBERED_DAYS: Final = 800
WAIT_SECONDS: Final = 120.0
# Key of an event → identity of a channel → day (ISO) on which it was told.
Sent = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Told:
    """What became of a round of telling: events that were new to some channel, and one outcome per message sent."""

    events: tuple[Event, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    problem: str = ""

    @property
    def failures(self) -> tuple[str, ...]:
        """Returns a sentence for whatever kept the round from happening, and for each channel that was not reached."""
        sentences = [self.problem] if self.problem else []
        for outcome in self.outcomes:
            if not outcome.is_sent:
                sentences.append(f"{outcome.channel} 发送失败：{outcome.reason}")
        return tuple(sentences)

    @property
    def message(self) -> str:
        """Returns the round in one sentence."""
        sentences = list(self.failures)
        reached = [outcome.channel for outcome in self.outcomes if outcome.is_sent]
        if reached:
            sentences.insert(0, f"已通知 {len(self.events)} 件事：{'、'.join(reached)}")
        if not sentences:
            return "没有新的事情要通知"
        return "；".join(sentences)


def tell_of_run(con: duckdb.DuckDBPyConnection, settings: Settings, weeks: Sequence[str]) -> Told:
    """Tells what the checks of `weeks` found and which waivers end soon; leaves what a later look needs to know."""
    known = known_of(con)
    write_known(settings, known)
    if not settings.notice.urls:
        return Told()
    waivers = waiver_events(known.waivers, _today(), settings.notice.waiver_days)
    return tell(settings, [*run_events(con, weeks), *waivers], _where_to_look(weeks))


def tell_between_runs(
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
    now: datetime | None = None,
) -> Told:
    """Tells which exports are late and which waivers end soon, without opening the warehouse.

    An export that waits in the inbox has arrived.
    """
    known = read_known(settings)
    if known is None:
        return Told(problem="还不知道哪些报送已到：请先运行一期，再看是否逾期")
    if not settings.notice.urls:
        return Told()
    moment = now or moment_in_beijing()
    try:
        late = missing_events(settings.notice, calendar, contracts, known.arrived, moment)
    except DueError as error:
        return Told(problem=str(error))
    waiting = _exports_in_inbox(settings, calendar, contracts) if late else set()
    events = [event for export_key, event in late.items() if export_key not in waiting]
    waivers = waiver_events(known.waivers, moment.astimezone(BEIJING).date(), settings.notice.waiver_days)
    return tell(settings, [*events, *waivers])


def tell(settings: Settings, events: Sequence[Event], places: Sequence[str] = ()) -> Told:
    """Sends each channel one message about those `events` that the settings ask for and that it has not been told."""
    as_told = (as_asked(event, settings.notice.events) for event in events)
    wanted = [event for event in as_told if event is not None]
    if not wanted or not settings.notice.urls:
        return Told()
    told = _tell_one_process_at_a_time(settings, wanted, places)
    LOGGER.info("%d events to tell: %s", len(wanted), told.message)
    return told


def _tell_one_process_at_a_time(settings: Settings, events: Sequence[Event], places: Sequence[str]) -> Told:
    """Waits for another process that is telling: both would send the same news, each before the other has noted it."""
    from filelock import FileLock, Timeout

    try:
        private_folder(settings.notices)
        with FileLock(settings.notices / "lock", timeout=WAIT_SECONDS):
            return _tell(settings, events, places)
    except Timeout:
        return Told(problem="另一个进程正在发送通知，这一次没有发送")
    except OSError as error:
        return Told(problem=f"通知的记录写不进 {settings.notices}：{reason_of(error)}；下一次可能会重复通知")


def try_channels(settings: Settings) -> list[Outcome]:
    """Sends a trial message to every channel; remembers nothing."""
    return [send(channel, trial_message()) for channel in open_channels(settings.notice)]


def _tell(settings: Settings, events: Sequence[Event], places: Sequence[str]) -> Told:
    sent = _read_sent(settings)
    outcomes: list[Outcome] = []
    told: dict[str, Event] = {}
    for channel in open_channels(settings.notice):
        news = _news_for(channel, events, sent)
        if not news:
            continue
        told.update({event.key: event for event in news})
        told_before = len(events) - len(news)
        outcome = send(channel, message_of(news, places, told_before))
        outcomes.append(outcome)
        if outcome.is_sent:
            _remember(settings, sent, channel, news)
    return Told(tuple(told.values()), tuple(outcomes))


def _news_for(channel: Channel, events: Sequence[Event], sent: Sent) -> list[Event]:
    """Returns the events that this channel has not been told yet."""
    return [event for event in events if channel.identity not in sent.get(event.key, {})]


def _remember(settings: Settings, sent: Sent, channel: Channel, news: Sequence[Event]) -> None:
    """Notes in `sent` and in its file that the channel was told the news.

    The file is written after each channel, so that a kill in between repeats a message to one channel at most.
    """
    today = _today().isoformat()
    for event in news:
        sent.setdefault(event.key, {})[channel.identity] = today
    write_text(settings.notices / SENT, json.dumps(_recent(sent), ensure_ascii=False, indent=1) + "\n")


def _read_sent(settings: Settings) -> Sent:
    """Reads what each channel has been told; nothing where the file is gone or damaged."""
    try:
        sent: Sent = json.loads((settings.notices / SENT).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return sent


def _recent(sent: Sent) -> Sent:
    """Returns the events that some channel was told within REMEMBERED_DAYS, in order of their keys."""
    oldest = (_today() - timedelta(days=REMEMBERED_DAYS)).isoformat()
    return {key: channels for key, channels in sorted(sent.items()) if max(channels.values()) >= oldest}


def _exports_in_inbox(
    settings: Settings, calendar: ReportingCalendar, contracts: Mapping[str, Contract]
) -> set[tuple[str, str]]:
    """Returns (source, week_id) of the exports that lie in the inbox and can be read."""
    from pipeline.ingest.errors import RefusedFileError
    from pipeline.ingest.inbox.entries import inbox_files, recognise_in_inbox

    export_keys: set[tuple[str, str]] = set()
    for path in inbox_files(settings):
        try:
            exports = recognise_in_inbox(path, settings, calendar, contracts)
        except RefusedFileError as error:
            LOGGER.info("%s in the inbox will be refused (%s): %s", shown_name(path.name), error.code, error)
            continue
        except FileNotFoundError:
            # Somebody moved it since the inbox was listed.
            continue
        export_keys.update((export.contract.name, export.week.week_id) for export in exports)
    return export_keys


def _where_to_look(weeks: Sequence[str]) -> list[str]:
    """Says where a week that may not be released is shown too: the steward's folder, not the site."""
    folders = " 至 ".join(f"review/{week}/" for week in dict.fromkeys((weeks[0], weeks[-1])))
    return [f"在哪里看：{folders} 中的处理单 findings.xlsx 和质量页 quality.html（可离线打开）。"]


def _today() -> date:
    return beijing_now().date()
