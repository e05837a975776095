"""Reads the state of a hall: files waiting, weeks loaded and released, files refused, findings that block a release.

How it looks on the terminal belongs in `zhoubao.commands.status`; whether the machine is fit, in `pipeline.doctor`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.file_names import shown_name
from pipeline.common.package_version import package_version
from pipeline.common.tables import has_table
from pipeline.ingest.errors import RefusalPlace, RefusedFileError, WaitingFileError
from pipeline.ingest.inbox.entries import inbox_files, recognise_in_inbox
from pipeline.ingest.inbox.loader import LOCK_PREFIX
from pipeline.notice.refusal_codes import refusal_codes
from pipeline.privacy.masking import mask_name
from pipeline.quality.desk.gate import gate
from pipeline.release.revisions.activation import held_issues
from pipeline.warehouse.database import read_warehouse
from pipeline.warehouse.errors import WarehouseBusyError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.contracts import Contract
    from pipeline.reporting_calendar import ReportingCalendar
    from pipeline.settings import Settings

# Stands for a table that an unfinished run has not made yet: its columns, no row.
_NO_RELEASES: Final = "SELECT NULL AS week_id, NULL AS revision LIMIT 0"
_RELEASES: Final = "SELECT week_id, max(revision) AS revision FROM release.issue GROUP BY week_id"
_RELEASES_KEPT: Final = (
    "SELECT week_id, max(revision) AS revision FROM release.issue WHERE (week_id, revision) NOT IN"
    " (SELECT (week_id, revision) FROM release.withdrawal) GROUP BY week_id"
)
_WITHDRAWN: Final = "SELECT week_id, revision, withdrawn_at, reason FROM release.withdrawal ORDER BY week_id, revision"
_NO_FINDINGS: Final = "SELECT NULL AS week_id, 0 AS critical, 0 AS warning LIMIT 0"
_OPEN_FINDINGS: Final = """
SELECT w.week_id, count(*) FILTER (f.severity = 'critical') AS critical,
    count(*) FILTER (f.severity = 'warning') AS warning
FROM quality.finding_week w JOIN quality.finding f USING (finding_id)
WHERE f.status IN ('open', 'expired') GROUP BY w.week_id
"""
_WEEKS: Final = """
SELECT d.week_id, count(DISTINCT d.delivery_id), sum(a.row_count) FILTER (a.disposition = 'loaded'),
    max(r.revision), max(f.critical), max(f.warning)
FROM ledger.current_delivery d
LEFT JOIN ledger.row_account a USING (delivery_id)
LEFT JOIN ({releases}) r USING (week_id)
LEFT JOIN ({findings}) f USING (week_id)
GROUP BY d.week_id ORDER BY d.week_id
"""
_REFUSED: Final = """
SELECT delivery_id, file_name, message, received_at
FROM ledger.delivery WHERE status = 'refused' ORDER BY received_at DESC, file_name
"""


@dataclass(frozen=True)
class Refusal:
    """Why a file is not loaded: a code for programs (None for files refused before there were codes), a sentence."""

    file: str
    code: str | None
    sentence: str
    place: RefusalPlace
    seen_at: datetime | None = None


@dataclass(frozen=True)
class WaitingFile:
    """A file of the inbox: the weeks that it reports, or why the next run will refuse it.

    Neither is known of a file that is still being written or that only marks another one as open.
    """

    file: str
    weeks: tuple[str, ...]
    refusal: Refusal | None = None


@dataclass(frozen=True)
class WeekState:
    """What is known of one week. Key: week_id; `revision` is None where the week is not released."""

    week_id: str
    deliveries: int
    rows: int
    revision: int | None
    open_critical: int
    open_warning: int


@dataclass(frozen=True)
class Blocker:
    """An undecided critical finding: it keeps the weeks that it was seen in from being released."""

    finding_id: str
    title: str
    first_week: str
    last_week: str
    owner: str
    evidence: str
    action: str


@dataclass(frozen=True)
class WithdrawnRelease:
    """A release whose content was taken back. Key: week_id, revision; `withdrawn_at` is Beijing time."""

    week_id: str
    revision: int
    withdrawn_at: datetime
    reason: str


@dataclass(frozen=True)
class LedgerState:
    """What the warehouse knows. `shown` holds week_id → revision where readers see an earlier one than the last."""

    weeks: tuple[WeekState, ...] = ()
    refused: tuple[Refusal, ...] = ()
    shown: Mapping[str, int] | None = None
    blocking: tuple[Blocker, ...] = ()
    unchecked_weeks: tuple[str, ...] = ()
    withdrawn: tuple[WithdrawnRelease, ...] = ()


def waiting_files(
    settings: Settings, calendar: ReportingCalendar, contracts: Mapping[str, Contract]
) -> list[WaitingFile]:
    """Returns every file of the inbox by name; nothing is loaded or changed."""
    return [_waiting_file(path, settings, calendar, contracts) for path in inbox_files(settings)]


def _waiting_file(
    path: Path, settings: Settings, calendar: ReportingCalendar, contracts: Mapping[str, Contract]
) -> WaitingFile:
    name = mask_name(shown_name(path.name))
    if path.name.startswith(LOCK_PREFIX):
        # `~$周报.xlsx` is what a spreadsheet program leaves beside a file that is open; a run sets it aside.
        return WaitingFile(name, ())
    try:
        exports = recognise_in_inbox(path, settings, calendar, contracts)
    except WaitingFileError:
        return WaitingFile(name, ())
    except RefusedFileError as error:
        return WaitingFile(name, (), Refusal(name, error.code, str(error), error.place))
    except FileNotFoundError:
        # A run took it, or a person moved it, since the inbox was listed.
        return WaitingFile(name, ())
    weeks = {export.week.week_id for export in exports}
    return WaitingFile(name, tuple(sorted(weeks)))


def ledger_state(con: DuckDBPyConnection) -> LedgerState:
    """Reads weeks, refusals, releases and blocking findings from a warehouse; any of its tables may be missing."""
    if not has_table(con, "ledger", "current_delivery"):
        return LedgerState()
    weeks = week_states(con)
    blocking, unchecked = _blockers(con, [week.week_id for week in weeks])
    return LedgerState(
        weeks=weeks,
        refused=refusals(con),
        shown=_shown_revisions(con),
        blocking=blocking,
        unchecked_weeks=unchecked,
        withdrawn=withdrawn_releases(con),
    )


def week_states(con: DuckDBPyConnection) -> tuple[WeekState, ...]:
    """Returns one row per week with a delivery that counts, in order of weeks."""
    releases = _releases_query(con)
    findings = _OPEN_FINDINGS if has_table(con, "quality", "finding_week") else _NO_FINDINGS
    rows = con.execute(_WEEKS.format(releases=releases, findings=findings)).fetchall()
    return tuple(
        WeekState(
            week_id=week_id,
            deliveries=deliveries,
            rows=int(rows_loaded or 0),
            revision=revision,
            open_critical=critical or 0,
            open_warning=warning or 0,
        )
        for week_id, deliveries, rows_loaded, revision, critical, warning in rows
    )


def _releases_query(con: DuckDBPyConnection) -> str:
    """Returns the query of the last revision of each week that is not withdrawn; homes of before know no withdrawal."""
    if has_table(con, "release", "withdrawal"):
        return _RELEASES_KEPT
    return _RELEASES if has_table(con, "release", "issue") else _NO_RELEASES


def withdrawn_releases(con: DuckDBPyConnection) -> tuple[WithdrawnRelease, ...]:
    """Returns the releases that were withdrawn, by week and revision."""
    if not has_table(con, "release", "withdrawal"):
        return ()
    return tuple(WithdrawnRelease(*row) for row in con.execute(_WITHDRAWN).fetchall())


def refusals(con: DuckDBPyConnection) -> tuple[Refusal, ...]:
    """Returns the refused files of the ledger, the newest first. Warehouses of earlier versions keep no code."""
    codes = refusal_codes(con)
    rows = con.execute(_REFUSED).fetchall()
    return tuple(
        Refusal(file_name, codes.get(delivery_id), sentence or "", RefusalPlace(file=file_name), received_at)
        for delivery_id, file_name, sentence, received_at in rows
    )


def _shown_revisions(con: DuckDBPyConnection) -> dict[str, int]:
    if not has_table(con, "release", "activation"):
        return {}
    return {week_id: shown for week_id, shown, _ in held_issues(con)}


def _blockers(con: DuckDBPyConnection, weeks: list[str]) -> tuple[tuple[Blocker, ...], tuple[str, ...]]:
    """Returns the findings that close the gate of any of the weeks, and the weeks that nobody has checked."""
    if not has_table(con, "quality", "finding_week"):
        return (), tuple(weeks)
    verdict = gate(con, weeks)
    blockers = tuple(
        Blocker(
            finding_id=finding.finding_id,
            title=finding.title,
            first_week=finding.first_seen,
            last_week=finding.last_seen,
            owner=finding.owner_department or finding.owner,
            evidence=finding.evidence,
            action=finding.action,
        )
        for finding in verdict.blocking
    )
    return blockers, verdict.unchecked_weeks


def status_json(settings: Settings, calendar: ReportingCalendar, contracts: Mapping[str, Contract]) -> dict[str, Any]:
    """Returns the whole state as plain values for JSON. The keys are stable: a new version adds, it renames none.

    version, home            the program and the home that were asked
    is_busy                  a run is writing: loaded, refused, released and blocking are null then
    waiting                  files in the inbox: file, weeks, refusal (code, sentence, place) or null
    loaded                   weeks: week_id, deliveries, rows, open_critical, open_warning
    refused                  files that were refused: file, code or null, sentence, place, seen_at (UTC)
    released                 weeks: week_id, revision, shown_revision (differs after a rollback)
    blocking                 undecided critical findings: finding_id, title, first_week, last_week, owner, evidence,
                             action
    unchecked_weeks          loaded weeks that no run has checked
    withdrawn                releases whose content was taken back: week_id, revision, withdrawn_at (Beijing), reason
    place                    file, sheet, row (from 1), column; null where it is not known
    """
    waiting = [_waiting_json(file) for file in waiting_files(settings, calendar, contracts)]
    state: LedgerState | None = LedgerState()
    if settings.warehouse_path.exists():
        try:
            with read_warehouse(settings) as con:
                state = ledger_state(con)
        except WarehouseBusyError:
            state = None
    return {
        "version": package_version(),
        "home": str(settings.home),
        "is_busy": state is None,
        "waiting": waiting,
        **(_ledger_json(state) if state else dict.fromkeys(LEDGER_KEYS)),
    }


LEDGER_KEYS: Final = ("loaded", "refused", "released", "blocking", "unchecked_weeks", "withdrawn")


def _ledger_json(state: LedgerState) -> dict[str, Any]:
    shown = state.shown or {}
    released = [
        {
            "week_id": week.week_id,
            "revision": week.revision,
            "shown_revision": shown.get(week.week_id, week.revision),
        }
        for week in state.weeks
        if week.revision
    ]
    return {
        "loaded": [_week_json(week) for week in state.weeks],
        "refused": [
            {**_refusal_json(refusal), "seen_at": refusal.seen_at and refusal.seen_at.isoformat(timespec="seconds")}
            for refusal in state.refused
        ],
        "released": released,
        "blocking": [vars(blocker) for blocker in state.blocking],
        "unchecked_weeks": list(state.unchecked_weeks),
        "withdrawn": [
            {**vars(release), "withdrawn_at": release.withdrawn_at.isoformat(timespec="seconds")}
            for release in state.withdrawn
        ],
    }


def _week_json(week: WeekState) -> dict[str, Any]:
    values = dict(vars(week))
    del values["revision"]
    return values


def _waiting_json(waiting: WaitingFile) -> dict[str, Any]:
    return {
        "file": waiting.file,
        "weeks": list(waiting.weeks),
        "refusal": _refusal_json(waiting.refusal) if waiting.refusal else None,
    }


def _refusal_json(refusal: Refusal) -> dict[str, Any]:
    place = {**vars(refusal.place), "file": refusal.place.file or refusal.file}
    return {"file": refusal.file, "code": refusal.code, "sentence": refusal.sentence, "place": place}
