"""Goes through the inbox, file by file, and says which weeks wait; deliver says what happens to one file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from pipeline.contracts import Contract
from pipeline.ingest.errors import RefusedFileError, UnclearSuccessionError
from pipeline.ingest.inbox.archive import empty_folder
from pipeline.ingest.inbox.deliver import take_file
from pipeline.ingest.inbox.entries import inbox_files, recognise_in_inbox
from pipeline.ingest.inbox.loader import LOCK_PREFIX, FileEvent, Loader, LoadReport
from pipeline.ingest.inbox.reread import reread_changed
from pipeline.ingest.inbox.retention import remove_expired
from pipeline.ingest.inbox.retype import rebuild_retyped
from pipeline.ingest.inbox.stability import FirstLooks
from pipeline.ingest.reasons import FileOutcome
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings

# In the place of a file name, where a remark is about all originals.
_ARCHIVE = "归档"


def load_inbox(
    loader: Loader,
    week_ids: Collection[str] | None = None,
    on_progress: Callable[[FileEvent], None] | None = None,
    before_questions: Callable[[], None] | None = None,
) -> LoadReport:
    """Load every file of the inbox that reports one of `week_ids` (all weeks where None), oldest name first.

    A file that cannot be loaded is refused with a sentence and the rest goes on, also where nobody foresaw its fault;
    files of other weeks stay where they are. Deliveries whose contract or code lists changed since are read again
    from the archive. Files of which it is not clear whether they are the newer ones come last, after `before_questions`
    has taken the decisions that lie among the files: one of them may have asked for just such a file.
    """
    report = LoadReport()
    empty_folder(loader.settings.work)
    try:
        for event in _events(loader, week_ids, before_questions):
            report.events.append(event)
            if on_progress:
                on_progress(event)
    finally:
        empty_folder(loader.settings.work)
    return report


def _events(
    loader: Loader, week_ids: Collection[str] | None, before_questions: Callable[[], None] | None
) -> Iterator[FileEvent]:
    for sentence in remove_expired(loader.con, loader.settings):
        yield FileEvent(_ARCHIVE, FileOutcome.REMARK, message=sentence)
    yield from rebuild_retyped(loader)
    yield from reread_changed(loader)
    paths = inbox_files(loader.settings)
    looks = FirstLooks(paths)
    asked = []
    for path in paths:
        try:
            yield from take_file(loader, path, week_ids, looks, is_asking_later=before_questions is not None)
        except UnclearSuccessionError:
            asked.append(path)
    if asked and before_questions is not None:
        before_questions()
    for path in asked:
        yield from take_file(loader, path, week_ids, looks)


def load_file(loader: Loader, path: Path) -> list[FileEvent]:
    """Load one file from wherever it is, as if it lay in the inbox; it moves to the archive, so give a copy.

    One event for each export that the file holds; none for a lock file that was seen before.
    """
    return take_file(loader, path, None, FirstLooks([path]))


def pending_weeks(settings: Settings, calendar: ReportingCalendar, contracts: Mapping[str, Contract]) -> list[str]:
    """Weeks that have readable files waiting in the inbox, in order; nothing is loaded or changed."""
    weeks: set[str] = set()
    for path in inbox_files(settings):
        if path.name.startswith(LOCK_PREFIX):
            continue
        try:
            exports = recognise_in_inbox(path, settings, calendar, contracts)
        except RefusedFileError:
            continue
        weeks.update(export.week.week_id for export in exports)
    return sorted(weeks)
