"""What lies on the steward's desk, in numbers: unsettled findings by owner and age, and what runs out soon.

The findings are made in `pipeline.quality.findings`; whether they stop a release is said in
`pipeline.quality.desk.gate`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from pipeline.common.clock import beijing_now
from pipeline.quality.codes import DATED_SQL, UNSETTLED_SQL

if TYPE_CHECKING:
    import duckdb

# A finding's age in issues, from the first that showed it to the latest that was checked.
AGES: Final = ("本期新增", "2–3 期", "4–8 期", "9 期以上")
# A waiver that runs out within so many days is told of beforehand.
SOON_DAYS: Final = 7
_BACKLOG: Final = f"""
WITH checked AS (
    SELECT week_id, row_number() OVER (ORDER BY week_id) AS position
    FROM (SELECT DISTINCT week_id FROM quality.check_result)
),
aged AS (
    SELECT coalesce(f.owner_department, f.owner) AS owner, f.severity,
        (SELECT max(position) FROM checked) - c.position + 1 AS age
    FROM quality.finding AS f JOIN checked AS c ON c.week_id = f.first_seen
    WHERE f.status IN {UNSETTLED_SQL}
)
SELECT owner, CASE WHEN age <= 1 THEN 0 WHEN age <= 3 THEN 1 WHEN age <= 8 THEN 2 ELSE 3 END AS band,
    count(*) FILTER (severity = 'critical'), count(*) FILTER (severity <> 'critical')
FROM aged GROUP BY ALL ORDER BY ALL
"""
_OPEN_BY_OWNER: Final = f"""
SELECT coalesce(owner_department, owner) AS who, count(*) FILTER (severity = 'critical'),
    count(*) FILTER (severity <> 'critical'), min(first_seen)
FROM quality.finding WHERE status IN {UNSETTLED_SQL} GROUP BY who ORDER BY min(first_seen), who
"""
_RUNNING_OUT: Final = f"""
SELECT count(*) FROM quality.finding
WHERE status IN {DATED_SQL} AND date_diff('day', CAST(? AS DATE), until) BETWEEN 0 AND ?
"""
_CORRECTIONS: Final = """
SELECT count(*) FILTER (status = 'active'), count(*) FILTER (status IN ('obsolete', 'failed')) FROM quality.correction
"""


@dataclass(frozen=True)
class Pile:
    """Unsettled findings of one owner and one age. Key: owner, age."""

    owner: str
    age: str
    critical: int
    warning: int

    @property
    def findings(self) -> int:
        """All of them."""
        return self.critical + self.warning


@dataclass(frozen=True)
class OwnerLoad:
    """What one owner has open: critical and other findings, and the first week of the oldest."""

    owner: str
    critical: int
    warning: int
    oldest: str


@dataclass(frozen=True)
class DeskState:
    """The desk in short: open by owner, decisions that run out soon, corrections that no longer act."""

    open_by_owner: tuple[OwnerLoad, ...]
    running_out: int
    corrections_active: int
    corrections_broken: int


def backlog(con: duckdb.DuckDBPyConnection) -> list[Pile]:
    """Counts findings that are open or whose waiver ran out, by owner (the department where it is known) and age."""
    rows = con.execute(_BACKLOG).fetchall()
    return [Pile(owner, AGES[band], int(critical), int(warning)) for owner, band, critical, warning in rows]


def state_counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Counts the findings in each state."""
    return dict(con.execute("SELECT status, count(*) FROM quality.finding GROUP BY status ORDER BY status").fetchall())


def desk_state(con: duckdb.DuckDBPyConnection, today: date | None = None) -> DeskState:
    """Says what is open by owner, oldest first, and what runs out within a week; `today` is Beijing's."""
    day = today or beijing_now().date()
    owners = [OwnerLoad(*row) for row in con.execute(_OPEN_BY_OWNER).fetchall()]
    ((running_out,),) = con.execute(_RUNNING_OUT, [day, SOON_DAYS]).fetchall()
    ((active, broken),) = con.execute(_CORRECTIONS).fetchall()
    return DeskState(tuple(owners), running_out, active, broken)
