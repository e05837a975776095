"""Which revision of an issue is shown, and since when; what a revision holds is in freeze, what is written in publish.

`release.activation` is append-only: a release and a rollback each add a row, and nothing that was frozen goes.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BEIJING = timezone(timedelta(hours=8))
Kind = Literal["released", "rolled_back"]
# SQL: (week_id, revision) that readers see, one row a released issue.
SHOWN: Final = "(SELECT week_id, arg_max(revision, activation_no) AS revision FROM release.activation GROUP BY week_id)"


def now_in_beijing() -> datetime:
    """The present moment as the warehouse keeps it: Beijing time without a zone, whole seconds."""
    return datetime.now(BEIJING).replace(tzinfo=None, microsecond=0)


@dataclass(frozen=True)
class Activation:
    """One change of what is shown. Key: week_id, activation_no."""

    week_id: str
    activation_no: int
    revision: int
    kind: Kind
    activated_at: datetime
    decided_by: str | None
    reason: str


def shown_revision(con: DuckDBPyConnection, week_id: str) -> int | None:
    """The revision of the issue that readers see, or None where it was never released."""
    return shown_revisions(con).get(week_id)


def shown_revisions(con: DuckDBPyConnection) -> dict[str, int]:
    """Every released issue → the revision that readers see."""
    return dict(con.execute(f"SELECT week_id, revision FROM {SHOWN} ORDER BY week_id").fetchall())


def held_issues(con: DuckDBPyConnection) -> list[tuple[str, int, int]]:
    """(week_id, revision shown, last revision) of the issues whose last revision is not what is shown."""
    return con.execute(
        f"SELECT s.week_id, s.revision, max(i.revision) FROM {SHOWN} AS s JOIN release.issue AS i"
        " ON i.week_id = s.week_id GROUP BY ALL HAVING max(i.revision) > s.revision ORDER BY s.week_id"
    ).fetchall()


def activate(
    con: DuckDBPyConnection,
    week_id: str,
    revision: int,
    kind: Kind,
    moment: datetime,
    reason: str,
    decided_by: str | None = None,
) -> Activation:
    """Show this revision from `moment` on; returns the row added."""
    row = con.execute(
        "SELECT coalesce(max(activation_no), 0) + 1 FROM release.activation WHERE week_id = ?", [week_id]
    ).fetchone()
    added = Activation(week_id, int(row[0]) if row else 1, revision, kind, moment, decided_by, reason)
    insert_activation(con, added)
    return added


def insert_activation(con: DuckDBPyConnection, added: Activation) -> None:
    """Insert one row as it is."""
    con.execute("INSERT INTO release.activation VALUES (?, ?, ?, ?, ?, ?, ?)", list(astuple(added)))


def activate_unrecorded(con: DuckDBPyConnection) -> None:
    """Revisions of before there were activations count as shown since their release."""
    con.execute(
        "INSERT INTO release.activation SELECT i.week_id, coalesce(a.last_no, 0) + row_number() OVER"
        " (PARTITION BY i.week_id ORDER BY i.revision), i.revision, 'released', i.released_at, NULL, i.reason"
        " FROM release.issue AS i LEFT JOIN (SELECT week_id, max(activation_no) AS last_no, max(revision) AS revision"
        " FROM release.activation GROUP BY week_id) AS a ON a.week_id = i.week_id"
        " WHERE i.revision > coalesce(a.revision, 0)"
    )
