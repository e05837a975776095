"""Showing an earlier revision of an issue again; nothing that was frozen is deleted, and the next release goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.common.transaction import transaction
from pipeline.release.revisions.activation import Activation, activate, now_in_beijing, shown_revision
from pipeline.release.revisions.frozen_rows import FOLDER
from pipeline.release.revisions.release_folders import check_releases, release_folder, write_rollback
from pipeline.release.revisions.tables import ensure_tables

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings


class RollbackError(ValueError):
    """A rollback that cannot be done; the message says which revisions there are."""


def roll_back(
    con: DuckDBPyConnection,
    settings: Settings,
    week_id: str,
    *,
    revision: int | None = None,
    decided_by: str | None = None,
    reason: str = "",
    moment: datetime | None = None,
) -> Activation:
    """Show this revision of the issue, by default the one before that which is shown; publishing comes after.

    Adds a row to `release.activation` and a file beside the releases. Raises RollbackError where there is no such
    revision, where it is already shown, or where its folder cannot give its rows.
    """
    ensure_tables(con)
    shown = shown_revision(con, week_id)
    if shown is None:
        raise RollbackError(f"{week_id} 期还没有发布过，没有可退回的。")
    target = shown - 1 if revision is None else revision
    _require_usable(con, settings, week_id, shown, target)
    with transaction(con):
        words = reason or "未写原因"
        activation = activate(con, week_id, target, "rolled_back", moment or now_in_beijing(), words, decided_by)
        write_rollback(settings.published, activation)
    return activation


def _require_usable(con: DuckDBPyConnection, settings: Settings, week_id: str, shown: int, target: int) -> None:
    rows = con.execute("SELECT revision FROM release.issue WHERE week_id = ? ORDER BY 1", [week_id]).fetchall()
    revisions = [int(row[0]) for row in rows]
    if target == shown or target not in revisions:
        others = "、".join(f"第 {one} 次" for one in revisions if one != shown) or "没有别的"
        raise RollbackError(f"{week_id} 期现以第 {shown} 次发布示人，不能退回到第 {target} 次；可退回的：{others}。")
    folder = release_folder(settings.published, week_id, target)
    if not (folder / FOLDER).is_dir():
        raise RollbackError(f"{folder} 里没有当时各表的行（{FOLDER}/），不能再次示人。")
    tampered = [words for words in check_releases(con, settings.published) if str(folder) in words]
    if tampered:
        raise RollbackError(tampered[0])
