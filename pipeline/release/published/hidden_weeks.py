"""Which weeks the published file says nothing of: those whose release was withdrawn, and those with personal data.

A week that is shown is shown as it was released, whatever is known of it now. Of a week that is not, the charts of the
warehouse would go out with the next publication of any other week.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.common.tables import has_table
from pipeline.quality.codes import PERSONAL
from pipeline.release.revisions.activation import shown_revisions

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_WITHDRAWN: Final = "SELECT DISTINCT week_id FROM release.withdrawal"
_PERSONAL: Final = f"""
SELECT DISTINCT w.week_id FROM quality.finding_week AS w
JOIN quality.finding AS f ON f.finding_id = w.finding_id
WHERE f.category = '{PERSONAL}' AND f.status <> 'fixed_at_source'
"""


def hidden_weeks(con: DuckDBPyConnection) -> tuple[str, ...]:
    """Returns the weeks of which charts and marts are not published, in order; a week that is shown is none."""
    rows = con.execute(_WITHDRAWN).fetchall()
    if has_table(con, "quality", "finding_week"):
        rows += con.execute(_PERSONAL).fetchall()
    weeks = {week for (week,) in rows}
    return tuple(sorted(weeks - shown_revisions(con).keys()))
