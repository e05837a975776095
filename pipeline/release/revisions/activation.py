"""Keeps which revision of each issue readers see, and since when; what a revision holds is in `figures`.

`release.activation` is append-only: a release and a rollback each add a row, and nothing that was frozen goes.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from pipeline.common.tables import has_table, single_number

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Kind = Literal["released", "rolled_back", "withdrawn"]
# SQL of a table: (week_id, revision) that readers see, one row a released issue; of an issue whose shown revision was
# withdrawn they see none until it is released again.
SHOWN: Final = (
    "(SELECT week_id, arg_max(revision, activation_no) AS revision FROM release.activation GROUP BY week_id"
    " HAVING arg_max(kind, activation_no) <> 'withdrawn')"
)


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
    """Returns the revision of the issue that readers see, or None where it was never released."""
    return shown_revisions(con).get(week_id)


def shown_revisions(con: DuckDBPyConnection) -> dict[str, int]:
    """Returns every released issue → the revision that readers see."""
    return dict(con.execute(f"SELECT week_id, revision FROM {SHOWN} ORDER BY week_id").fetchall())


def held_issues(con: DuckDBPyConnection) -> list[tuple[str, int, int]]:
    """Returns (week_id, revision shown, last revision) of the issues whose last revision is not what is shown.

    Revisions that were withdrawn are none that could be shown.
    """
    gone = set(withdrawn(con))
    rows = con.execute(
        f"SELECT s.week_id, s.revision, i.revision FROM {SHOWN} AS s JOIN release.issue AS i"
        " ON i.week_id = s.week_id AND i.revision > s.revision ORDER BY ALL"
    ).fetchall()
    last = {(week_id, shown): revision for week_id, shown, revision in rows if (week_id, revision) not in gone}
    return [(week_id, shown, revision) for (week_id, shown), revision in last.items()]


def withdrawn(con: DuckDBPyConnection) -> dict[tuple[str, int], str]:
    """Returns the releases that were withdrawn: (week_id, revision) → why; none in a home of before withdrawals."""
    if not has_table(con, "release", "withdrawal"):
        return {}
    rows = con.execute("SELECT week_id, revision, reason FROM release.withdrawal ORDER BY ALL").fetchall()
    return {(week_id, revision): reason for week_id, revision, reason in rows}


def activate(
    con: DuckDBPyConnection,
    week_id: str,
    revision: int,
    kind: Kind,
    moment: datetime,
    reason: str,
    decided_by: str | None = None,
) -> Activation:
    """Shows this revision from `moment` (Beijing time) on; returns the row added."""
    last_no = single_number(
        con, "SELECT coalesce(max(activation_no), 0) FROM release.activation WHERE week_id = ?", [week_id]
    )
    activation = Activation(
        week_id=week_id,
        activation_no=last_no + 1,
        revision=revision,
        kind=kind,
        activated_at=moment,
        decided_by=decided_by,
        reason=reason,
    )
    insert_activation(con, activation)
    return activation


def insert_activation(con: DuckDBPyConnection, activation: Activation) -> None:
    """Inserts one row of `release.activation` as it is."""
    con.execute(
        "INSERT INTO release.activation"
        " (week_id, activation_no, revision, kind, activated_at, decided_by, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
        list(astuple(activation)),
    )


def activate_unrecorded(con: DuckDBPyConnection) -> None:
    """Counts revisions of before there were activations as shown since their release."""
    con.execute(
        """
        INSERT INTO release.activation (week_id, activation_no, revision, kind, activated_at, decided_by, reason)
        WITH recorded AS (
            SELECT week_id, max(activation_no) AS last_no, max(revision) AS last_revision
            FROM release.activation
            GROUP BY week_id
        )
        SELECT
            i.week_id,
            coalesce(r.last_no, 0) + row_number() OVER (PARTITION BY i.week_id ORDER BY i.revision),
            i.revision,
            'released',
            i.released_at,
            NULL,
            i.reason
        FROM release.issue AS i
        LEFT JOIN recorded AS r ON r.week_id = i.week_id
        WHERE i.revision > coalesce(r.last_revision, 0)
        """
    )
