"""Takes the content of a withdrawn release out of the warehouse and out of its folder; the record stays.

`releases/2023-15/r2/withdrawn.json` is all that is left of the folder: that there was such a release, when, with which
hashes, and why it was withdrawn. Each step can be repeated, so that whatever a kill left behind the next publication
takes away. Who may withdraw and what follows is in `pipeline.release.freeze.withdrawal`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.atomic_files import sha256_of, sweep, sync_file, write_text
from pipeline.common.private_files import shared_files
from pipeline.release.revisions.release_folders import ISSUE, TIME_FORMAT, WITHDRAWN, insert, release_folder
from pipeline.release.revisions.tables import STEWARDS_OWN, columns_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Where the printed weekly of a revision lies: weekly/2023-15/r2.
_WEEKLY: Final = "weekly"


@dataclass(frozen=True)
class Withdrawal:
    """One release that was withdrawn. Key: week_id, revision; `activation_no` where readers saw it then."""

    week_id: str
    revision: int
    withdrawn_at: datetime
    withdrawn_by: str | None
    reason: str
    figures_hash: str
    activation_no: int | None


_COLUMNS: Final = ", ".join(field.name for field in fields(Withdrawal))


def withdrawals(con: DuckDBPyConnection) -> list[Withdrawal]:
    """Returns all withdrawals by week and revision."""
    rows = con.execute(f"SELECT {_COLUMNS} FROM release.withdrawal ORDER BY week_id, revision").fetchall()
    return [Withdrawal(*row) for row in rows]


def insert_withdrawal(con: DuckDBPyConnection, withdrawal: Withdrawal) -> None:
    """Keeps the withdrawal and deletes the content of the release; inside the caller's transaction.

    Differences against it go too: the values and texts before them were its own. `release.issue` and `release.file`
    stay: that it existed, and its hashes.
    """
    con.execute(f"INSERT INTO release.withdrawal ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", list(astuple(withdrawal)))
    key = [withdrawal.week_id, withdrawal.revision]
    for table in ("figure", "issue_finding", "withheld", "revision_diff"):
        con.execute(f"DELETE FROM release.{table} WHERE week_id = ? AND revision = ?", key)
    con.execute(
        "DELETE FROM release.revision_diff WHERE week_id = ? AND revision IN"
        " (SELECT i.revision FROM release.issue AS i WHERE i.week_id = ? AND i.base_revision = ?)",
        [withdrawal.week_id, *key],
    )


@shared_files()
def clear_withdrawn(con: DuckDBPyConnection, published: Path) -> None:
    """Brings the folders of all withdrawn releases to where they hold their record alone, and removes their weeklies.

    The folders of revisions that differ from a withdrawn one hold values of it: their differences go as well.
    """
    for withdrawal in withdrawals(con):
        folder = release_folder(published, withdrawal.week_id, withdrawal.revision)
        _leave_record(folder, _record(con, withdrawal))
        shutil.rmtree(published / _WEEKLY / withdrawal.week_id / f"r{withdrawal.revision}", ignore_errors=True)
        for revision in _differing_from(con, withdrawal):
            _drop_differences(con, published, withdrawal.week_id, revision)


def _leave_record(folder: Path, record: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # A killed process may have left a copy under a hidden name beside it.
    sweep(folder.parent, folder.name)
    path = folder / WITHDRAWN
    # The record first: a folder that has it is withdrawn, whatever else is still in it.
    if not path.is_file() or path.read_text("utf-8") != record:
        write_text(path, record)
    for leftover in sorted(folder.iterdir()):
        if leftover.is_dir():
            shutil.rmtree(leftover)
        elif leftover != path:
            leftover.unlink()
    sync_file(folder)


def _record(con: DuckDBPyConnection, withdrawal: Withdrawal) -> str:
    """Returns the record as JSON: the issue's row, the hashes of its files, when and why it was withdrawn."""
    columns = columns_of("issue")
    key = [withdrawal.week_id, withdrawal.revision]
    row = con.execute(
        f"SELECT {', '.join(columns)} FROM release.issue WHERE week_id = ? AND revision = ?", key
    ).fetchone()
    files = con.execute(
        "SELECT file_name, sha256, size_bytes FROM release.file WHERE week_id = ? AND revision = ? ORDER BY file_name",
        key,
    ).fetchall()
    record: dict[str, Any] = dict(zip(columns, map(_plain, row or ()), strict=True))
    record["files"] = [list(file) for file in files]
    record["withdrawal"] = {name: _plain(value) for name, value in vars(withdrawal).items() if name not in STEWARDS_OWN}
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def _plain(value: Any) -> Any:
    return value.strftime(TIME_FORMAT) if isinstance(value, datetime) else value


def read_record(path: Path) -> tuple[dict[str, Any], list[tuple[Any, ...]], Withdrawal]:
    """Reads a record back: the row of `release.issue`, the files as (name, SHA-256, bytes), the withdrawal."""
    issue: dict[str, Any] = json.loads(path.read_text("utf-8"))
    files = [tuple(file) for file in issue.pop("files")]
    return issue, files, withdrawal_of(issue.pop("withdrawal"))


def withdrawal_of(record: Mapping[str, Any]) -> Withdrawal:
    """Returns the withdrawal that a row of the journal or of a record holds, its moment as text."""
    values: dict[str, Any] = {field.name: record.get(field.name) for field in fields(Withdrawal)}
    values["withdrawn_at"] = datetime.fromisoformat(str(values["withdrawn_at"]))
    return Withdrawal(**values)


def restore_record(con: DuckDBPyConnection, path: Path) -> Withdrawal:
    """Takes over into `release.*` the release that a record says was withdrawn; returns the withdrawal."""
    issue, files, withdrawal = read_record(path)
    key = (withdrawal.week_id, withdrawal.revision)
    insert(con, "issue", [tuple(map(issue.get, columns_of("issue")))])
    insert(con, "file", [(*key, *file) for file in files])
    insert_withdrawal(con, withdrawal)
    return withdrawal


def _differing_from(con: DuckDBPyConnection, withdrawal: Withdrawal) -> list[int]:
    rows = con.execute(
        "SELECT revision FROM release.issue WHERE week_id = ? AND base_revision = ? AND (week_id, revision) NOT IN"
        " (SELECT (week_id, revision) FROM release.withdrawal)",
        [withdrawal.week_id, withdrawal.revision],
    ).fetchall()
    return [revision for (revision,) in rows]


def _drop_differences(con: DuckDBPyConnection, published: Path, week_id: str, revision: int) -> None:
    """Empties the differences in the record of a revision that was compared with a withdrawn one; keeps the hash."""
    path = release_folder(published, week_id, revision) / ISSUE
    if not path.is_file():
        return
    record = json.loads(path.read_text("utf-8"))
    if record["differences"]:
        record["differences"] = []
        write_text(path, json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    con.execute(
        "UPDATE release.file SET sha256 = $digest, size_bytes = $size WHERE week_id = $week AND revision = $revision"
        " AND file_name = $name AND sha256 <> $digest",
        {
            "digest": sha256_of(path),
            "size": path.stat().st_size,
            "week": week_id,
            "revision": revision,
            "name": path.name,
        },
    )


def revision_withdrawn_with(con: DuckDBPyConnection, week_id: str, figures_hash: str) -> int | None:
    """Returns the revision of an issue that was withdrawn with just these figures and texts; None where none was."""
    row = con.execute(
        "SELECT max(revision) FROM release.withdrawal WHERE week_id = ? AND figures_hash = ?", [week_id, figures_hash]
    ).fetchone()
    return row[0] if row else None
