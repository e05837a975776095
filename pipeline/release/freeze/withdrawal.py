"""Calls a release back: its content leaves everything that is published, the record that it existed stays.

A rollback shows an earlier revision and deletes nothing; a withdrawal is for what must not be public at all. How the
content goes is in `pipeline.release.revisions.withdrawal_record`; the published files follow in
`pipeline.release.published`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.common.clock import beijing_now
from pipeline.common.transaction import transaction
from pipeline.privacy.masking import mask_free_text
from pipeline.release.revisions.activation import activate, shown_revision, withdrawn
from pipeline.release.revisions.tables import ensure_tables
from pipeline.release.revisions.withdrawal_record import Withdrawal, insert_withdrawal

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection


class WithdrawalError(ValueError):
    """A release that cannot be withdrawn; the message says which ones there are, or what is missing."""


def withdraw(
    con: DuckDBPyConnection,
    week_id: str,
    revision: int,
    *,
    reason: str,
    withdrawn_by: str,
    moment: datetime | None = None,
) -> Withdrawal:
    """Withdraws a revision of an issue; publishing comes after and takes its content out of every file.

    Where readers see it now they see no revision of the issue until it is released again, or an earlier one is shown by
    a rollback: that one may hold the same. Raises WithdrawalError where there is no such revision, where it is
    withdrawn already, or where the reason names a person.
    """
    ensure_tables(con)
    if mask_free_text(reason) != reason:
        raise WithdrawalError("收回的原因里有身份证号、手机号或姓名；原因会公布，请写成“动态中有个人信息”这样的话。")
    figures_hash = _hash_of(con, week_id, revision)
    since = moment or beijing_now()
    with transaction(con):
        activation_no = None
        if shown_revision(con, week_id) == revision:
            activation = activate(con, week_id, revision, "withdrawn", since, reason, withdrawn_by)
            activation_no = activation.activation_no
        withdrawal = Withdrawal(week_id, revision, since, withdrawn_by, reason, figures_hash, activation_no)
        insert_withdrawal(con, withdrawal)
    return withdrawal


def _hash_of(con: DuckDBPyConnection, week_id: str, revision: int) -> str:
    """Returns the hash of a revision that can be withdrawn; raises WithdrawalError for any other."""
    rows = con.execute(
        "SELECT revision, figures_hash FROM release.issue WHERE week_id = ? ORDER BY revision", [week_id]
    ).fetchall()
    hashes = dict(rows)
    gone = [known for known in hashes if (week_id, known) in withdrawn(con)]
    if revision in gone:
        raise WithdrawalError(f"{week_id} 期第 {revision} 次发布已经收回。")
    if revision not in hashes:
        choices = "、".join(f"第 {known} 次" for known in hashes if known not in gone) or "没有"
        raise WithdrawalError(f"{week_id} 期没有第 {revision} 次发布，没有收回任何东西；可收回的：{choices}。")
    return str(hashes[revision])


def other_revisions(con: DuckDBPyConnection, week_id: str) -> list[int]:
    """Returns the revisions of an issue that still have their content: they may hold the same."""
    rows = con.execute("SELECT revision FROM release.issue WHERE week_id = ? ORDER BY 1", [week_id]).fetchall()
    gone = withdrawn(con)
    return [revision for (revision,) in rows if (week_id, revision) not in gone]


def last_revision(con: DuckDBPyConnection, week_id: str) -> int | None:
    """Returns the highest revision of an issue, withdrawn or not; None where it was never released."""
    row = con.execute("SELECT max(revision) FROM release.issue WHERE week_id = ?", [week_id]).fetchone()
    return row[0] if row else None
