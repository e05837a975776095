"""What lies on the steward's desk: unsettled findings by owner and age; the findings themselves are made elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import duckdb

# A finding's age in issues, from the first that showed it to the latest that was checked.
AGES: Final = ("本期新增", "2–3 期", "4–8 期", "9 期以上")
_BACKLOG: Final = """
WITH checked AS (
    SELECT week_id, row_number() OVER (ORDER BY week_id) AS place
    FROM (SELECT DISTINCT week_id FROM quality.check_result)
),
aged AS (
    SELECT coalesce(f.owner_department, f.owner) AS owner, f.severity,
        (SELECT max(place) FROM checked) - c.place + 1 AS age
    FROM quality.finding AS f JOIN checked AS c ON c.week_id = f.first_seen
    WHERE f.status IN ('open', 'expired')
)
SELECT owner, CASE WHEN age <= 1 THEN 0 WHEN age <= 3 THEN 1 WHEN age <= 8 THEN 2 ELSE 3 END AS band,
    count(*) FILTER (severity = 'critical'), count(*) FILTER (severity <> 'critical')
FROM aged GROUP BY ALL ORDER BY ALL
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


def backlog(con: duckdb.DuckDBPyConnection) -> list[Pile]:
    """Findings that are open or whose waiver ran out, by owner (the department where it is known) and age."""
    rows = con.execute(_BACKLOG).fetchall()
    return [Pile(owner, AGES[band], int(critical), int(warning)) for owner, band, critical, warning in rows]


def state_counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many findings are in each state."""
    return dict(con.execute("SELECT status, count(*) FROM quality.finding GROUP BY status ORDER BY status").fetchall())
