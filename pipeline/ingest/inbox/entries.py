"""Lists what lies in the inbox, and refuses what is no plain file; what is in a file, `recognise` says.

Only plain files are opened: to open a pipe would wait for its writer for ever, a link leads to a file that is not ours.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from itertools import filterfalse
from pathlib import Path

from pipeline.common.file_names import shown_name
from pipeline.contracts import Contract
from pipeline.ingest.containers.identity import FileStamp
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.inbox.unforeseen import recognise_or_refuse
from pipeline.ingest.recognise.match import Recognised
from pipeline.ingest.refusals.inbox import InboxRefusal
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings

NOT_OPENED = frozenset({InboxRefusal.LINK, InboxRefusal.NO_PLAIN_FILE})
"""The refusals of what is no plain file: it is neither read nor moved."""
# Who gives a folder such an ending takes it for an export; a folder `旧文件` is somebody's own.
_ENDINGS = frozenset(
    {".csv", ".et", ".gz", ".htm", ".html", ".mht", ".ods", ".txt", ".xls", ".xlsb", ".xlsm", ".xlsx", ".xml", ".zip"}
)
_SPECIAL_KINDS = {
    stat.S_IFDIR: "文件夹",
    stat.S_IFIFO: "管道（FIFO）",
    stat.S_IFSOCK: "套接字",
    stat.S_IFCHR: "设备",
    stat.S_IFBLK: "设备",
}


def inbox_files(settings: Settings) -> list[Path]:
    """What lies in the inbox, by name; hidden files and folders are not deliveries.

    Links, pipes and folders named as files are among them: `refuse_no_plain_file` says why they are not taken.
    """
    if not settings.inbox.is_dir():
        return []
    return sorted(filterfalse(_is_passed_over, settings.inbox.iterdir()))


def _is_passed_over(path: Path) -> bool:
    if path.name.startswith("."):
        return True
    is_folder = path.is_dir() and not path.is_symlink()
    return is_folder and path.suffix.lower() not in _ENDINGS


def refuse_no_plain_file(path: Path) -> None:
    """Raises RefusedFileError for a link and for what is no file; nothing is opened, and no link is followed.

    Raises FileNotFoundError where nothing is there any more.
    """
    kind = stat.S_IFMT(path.lstat().st_mode)
    place = RefusalPlace(shown_name(path.name))
    if kind == stat.S_IFLNK:
        raise RefusedFileError(InboxRefusal.LINK, place=place, expected="file", found="link")
    if kind == stat.S_IFREG:
        return
    word = _SPECIAL_KINDS.get(kind, "特殊文件")
    raise RefusedFileError(InboxRefusal.NO_PLAIN_FILE, place=place, expected="file", found=oct(kind), kind=word)


def recognise_in_inbox(
    path: Path,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
) -> tuple[Recognised, ...]:
    """The exports in a file of the inbox; raises RefusedFileError for whatever they cannot be read from.

    That is also a link, a folder, a fault that nobody foresaw; a file that is gone raises WaitingFileError.
    """
    if path.is_symlink() or path.exists():
        refuse_no_plain_file(path)
    return recognise_or_refuse(path, settings, calendar, contracts)


def stamp_of_unopened(path: Path, code: str) -> FileStamp:
    """What identifies a link or a folder in the ledger: nothing of its content, for it was not read.

    The same name refused again has the same stamp.
    """
    told = f"{code} {os.fsencode(path.name)!r}"
    sha256 = hashlib.sha256(told.encode()).hexdigest()
    return FileStamp(sha256, 0, sha256[:16])
