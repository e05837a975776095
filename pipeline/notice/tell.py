"""Tells each channel what it has not been told yet, and remembers it; what there is to tell comes from events and due.

Nothing here raises for a message that cannot be sent: a run must not fail for it, and its report says so instead.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from pipeline.common.atomic_files import write_text
from pipeline.notice.channels import Channel, Outcome, open_channels, send
from pipeline.notice.due import BEIJING, DueError, missing_events, now_in_beijing
from pipeline.notice.events import Event, as_asked, run_events, waiver_events
from pipeline.notice.known import known_of, read_known, write_known
from pipeline.notice.message import message_of, trial_message

if TYPE_CHECKING:
    import duckdb

    from pipeline.contracts import Contract
    from pipeline.reporting_calendar import ReportingCalendar
    from pipeline.settings import Settings

SENT: Final = "sent.json"
REMEMBERED_DAYS: Final = 800
WAIT_SECONDS: Final = 120.0
Sent = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Told:
    """What became of a round of telling: events that were new to some channel, and one outcome per message sent."""

    events: tuple[Event, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    problem: str = ""

    @property
    def failures(self) -> tuple[str, ...]:
        """A sentence for each channel that was not reached, and for whatever kept the round from happening."""
        failed = [f"{one.channel} 发送失败：{one.reason}" for one in self.outcomes if not one.is_sent]
        return (*([self.problem] if self.problem else []), *failed)

    @property
    def message(self) -> str:
        """The round in one sentence."""
        sent = "、".join(one.channel for one in self.outcomes if one.is_sent)
        words = [f"已通知 {len(self.events)} 件事：{sent}"] if sent else []
        return "；".join([*words, *self.failures]) or "没有新的事情要通知"


def tell_of_run(con: duckdb.DuckDBPyConnection, settings: Settings, weeks: Sequence[str]) -> Told:
    """Tell what the checks of `weeks` found and which waivers end soon; leaves what a later look needs to know."""
    known = known_of(con)
    write_known(settings, known)
    if not settings.notice.urls:
        return Told()
    waivers = waiver_events(known.waivers, _today(), settings.notice.waiver_days)
    return tell(settings, [*run_events(con, weeks), *waivers], _places(weeks))


def tell_between_runs(
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
    now: datetime | None = None,
) -> Told:
    """Tell which exports are late and which waivers end soon, without opening the warehouse.

    An export that waits in the inbox has arrived.
    """
    known = read_known(settings)
    if not settings.notice.urls or known is None:
        return Told(problem="" if known else "还不知道哪些报送已到：请先运行一期，再看是否逾期")
    moment = now or now_in_beijing()
    try:
        late = missing_events(settings.notice, calendar, contracts, known.arrived, moment)
    except DueError as error:
        return Told(problem=str(error))
    waiting = _waiting(settings, calendar, contracts) if late else set()
    events = [event for key, event in late.items() if key not in waiting]
    waivers = waiver_events(known.waivers, moment.astimezone(BEIJING).date(), settings.notice.waiver_days)
    return tell(settings, [*events, *waivers])


def tell(settings: Settings, events: Sequence[Event], places: Sequence[str] = ()) -> Told:
    """Send each channel one message about those `events` that the settings ask for and that it has not been told."""
    from filelock import FileLock, Timeout

    wanted = [asked for event in events if (asked := as_asked(event, settings.notice.events))]
    if not wanted or not settings.notice.urls:
        return Told()
    try:
        settings.notices.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(settings.notices / "lock", timeout=WAIT_SECONDS):
            return _tell(settings, wanted, places)
    except Timeout:
        return Told(problem="另一个进程正在发送通知，这一次没有发送")
    except OSError as error:
        return Told(problem=f"通知的记录写不进 {settings.notices}：{error.strerror}；下一次可能会重复通知")


def try_channels(settings: Settings) -> list[Outcome]:
    """Send a trial message to every channel; remembers nothing."""
    return [send(channel, trial_message()) for channel in open_channels(settings.notice)]


def _tell(settings: Settings, events: Sequence[Event], places: Sequence[str]) -> Told:
    sent = _read_sent(settings)
    outcomes: list[Outcome] = []
    told: dict[str, Event] = {}
    for channel in open_channels(settings.notice):
        news = [event for event in events if channel.identity not in sent.get(event.key, {})]
        if news:
            told.update({event.key: event for event in news})
            outcomes.append(_tell_channel(settings, channel, sent, news, (len(events) - len(news), places)))
    return Told(tuple(told.values()), tuple(outcomes))


def _tell_channel(
    settings: Settings, channel: Channel, sent: Sent, news: Sequence[Event], rest: tuple[int, Sequence[str]]
) -> Outcome:
    told_before, places = rest
    outcome = send(channel, message_of(news, places, told_before))
    if outcome.is_sent:
        for event in news:
            sent.setdefault(event.key, {})[channel.identity] = _today().isoformat()
        write_text(settings.notices / SENT, json.dumps(_recent(sent), ensure_ascii=False, indent=1) + "\n")
    return outcome


def _read_sent(settings: Settings) -> Sent:
    """What each channel has been told: event key → channel → day; nothing where the file is gone or damaged."""
    try:
        sent: Sent = json.loads((settings.notices / SENT).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return sent


def _recent(sent: Sent) -> Sent:
    oldest = (_today() - timedelta(days=REMEMBERED_DAYS)).isoformat()
    return {key: channels for key, channels in sorted(sent.items()) if max(channels.values()) >= oldest}


def _waiting(
    settings: Settings, calendar: ReportingCalendar, contracts: Mapping[str, Contract]
) -> set[tuple[str, str]]:
    from pipeline.ingest.errors import RefusedFileError
    from pipeline.ingest.inbox.run import inbox_files
    from pipeline.ingest.recognise.match import recognise

    found: set[tuple[str, str]] = set()
    for path in inbox_files(settings):
        try:
            exports = recognise(path, settings, calendar, contracts)
        except (RefusedFileError, FileNotFoundError):
            continue
        found.update((one.contract.name, one.week.week_id) for one in exports)
    return found


def _places(weeks: Sequence[str]) -> list[str]:
    """Where a week that may not be released is shown too: the steward's folder, not the site."""
    folders = " 至 ".join(f"review/{week}/" for week in dict.fromkeys((weeks[0], weeks[-1])))
    return [f"在哪里看：{folders} 中的处理单 findings.xlsx 和质量页 quality.html（可离线打开）。"]


def _today() -> date:
    return now_in_beijing().date()
