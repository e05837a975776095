"""Shows an earlier revision of an issue again; nothing that was frozen is deleted, and the next release goes on.

The published files follow in `pipeline.release.published`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.common.clock import beijing_now
from pipeline.common.transaction import transaction
from pipeline.release.freeze.withdrawal import last_revision, other_revisions
from pipeline.release.revisions.activation import Activation, activate, shown_revision, withdrawn
from pipeline.release.revisions.frozen_rows import FOLDER
from pipeline.release.revisions.release_folders import check_releases, release_folder, write_rollback
from pipeline.release.revisions.tables import ensure_tables

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

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
    """Shows this revision of the issue, by default the one before that which is shown; publishing comes after.

    Adds a row to `release.activation` and a file beside the releases. Raises RollbackError where there is no such
    revision, where it was withdrawn or is already shown, or where its folder cannot give its rows.
    """
    ensure_tables(con)
    shown = shown_revision(con, week_id)
    last = last_revision(con, week_id)
    if last is None:
        raise RollbackError(f"{week_id} 期还没有发布过，没有可退回的。")
    target = (shown or last) - 1 if revision is None else revision
    _require_usable(con, settings, week_id, shown, target)
    since = moment or beijing_now()
    with transaction(con):
        activation = activate(con, week_id, target, "rolled_back", since, reason or "未写原因", decided_by)
        write_rollback(settings.published, activation)
    return activation


def _require_usable(con: DuckDBPyConnection, settings: Settings, week_id: str, shown: int | None, target: int) -> None:
    """Raises RollbackError where the revision is not there, withdrawn, already shown, or its folder is not whole."""
    others = [revision for revision in other_revisions(con, week_id) if revision != shown]
    choices = "、".join(f"第 {revision} 次" for revision in others) or "没有别的"
    why = withdrawn(con).get((week_id, target))
    if why is not None:
        raise RollbackError(
            f"{week_id} 期第 {target} 次发布已收回（{why}），内容已去掉，不能再次示人；可退回的：{choices}。"
        )
    if target not in others:
        now = f"现以第 {shown} 次发布示人" if shown else "现在没有示人的发布"
        raise RollbackError(f"{week_id} 期{now}，不能退回到第 {target} 次；可退回的：{choices}。")
    _require_whole(con, settings, release_folder(settings.published, week_id, target))


def _require_whole(con: DuckDBPyConnection, settings: Settings, folder: Path) -> None:
    """Raises RollbackError where a release's folder has no rows of its tables, or is not as it was written."""
    if not (folder / FOLDER).is_dir():
        raise RollbackError(f"{folder} 里没有当时各表的行（{FOLDER}/），不能再次示人。")
    for problem in check_releases(con, settings.published):
        if str(folder) in problem:
            raise RollbackError(problem)
