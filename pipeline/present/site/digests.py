"""What the published file holds of each week, as a digest: a page is made again only when its weeks have changed.

What else a page is made from is in its `made_from`, in `pipeline.present.site.page`.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from pipeline.common.quoting import identifier
from pipeline.common.tables import has_table
from pipeline.release.published.published_tables import VOLATILE_COLUMNS
from pipeline.release.revisions.masks import PENDING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Besides all of `charts`: the tables with a column week_id that pages show.
WEEKLY: Final = (
    ("marts", "provenance"),
    ("marts", "weekly_metric"),
    ("docs", "delivery"),
    ("docs", "report_week"),
    ("quality", "check_result"),
    ("release", "issue"),
    ("release", "figure"),
    ("release", "withheld"),
    ("release", "revision_diff"),
    ("release", "activation"),
    ("release", "issue_finding"),
)
# Tables without weeks: a change of one concerns the pages of every week.
LISTS: Final = (
    ("docs", "metric"),
    ("docs", "power_type"),
    ("docs", "model"),
    ("docs", "figure_basis"),
    ("docs", "figure_step"),
    ("docs", "lineage"),
    ("docs", "source"),
)
# The moment of a release is printed on its pages and never moves.
VOLATILE: Final = VOLATILE_COLUMNS - {"released_at"}
# A finding's title is what its last week says: a page shows it only where its own week has no words of its own.
FINDINGS: Final = (
    "SELECT t.week_id, hash(t) AS digest FROM (SELECT w.*, f.status, f.severity, f.owner, f.action, f.until,"
    f" f.decision_id, CASE WHEN coalesce(w.evidence, '') IN ('', '{PENDING}') THEN f.title END AS title"
    " FROM quality.finding_week AS w JOIN quality.finding AS f ON f.finding_id = w.finding_id) AS t"
)
# Tables of which pages show some rows alone: a department that begins in week 17 gets rows of nothing before it too.
SHOWN_ROWS: Final = {"marts.weekly_metric": "department_id = 'ALL' AND power_type = 'ALL' AND channel = 'ALL'"}


def week_digests(con: DuckDBPyConnection) -> dict[str, str]:
    """Returns week_id -> digest of all rows that pages show of that week; lists without weeks count for every week."""
    lists = [_list_digest(con, *table) for table in LISTS if has_table(con, *table)]
    parts: dict[str, list[str]] = {}
    for schema, name in (*_chart_tables(con), *WEEKLY):
        if has_table(con, schema, name):
            _add(con, parts, f"{schema}.{name}", _rows(con, schema, name))
    if has_table(con, "quality", "finding_week") and has_table(con, "quality", "finding"):
        _add(con, parts, "quality.finding", FINDINGS)
    digests = {}
    for week, digests_of_tables in parts.items():
        content = repr((lists, sorted(digests_of_tables)))
        digests[week] = hashlib.sha256(content.encode()).hexdigest()
    return digests


def _chart_tables(con: DuckDBPyConnection) -> list[tuple[str, str]]:
    return con.execute(
        "SELECT schema_name, table_name FROM duckdb_tables()"
        " WHERE database_name = current_database() AND schema_name = 'charts' ORDER BY table_name"
    ).fetchall()


def _columns(con: DuckDBPyConnection, schema: str, name: str) -> str:
    rows = con.execute(
        "SELECT column_name FROM duckdb_columns()"
        " WHERE database_name = current_database() AND schema_name = ? AND table_name = ? ORDER BY column_index",
        [schema, name],
    ).fetchall()
    return ", ".join(identifier(column) for (column,) in rows if column not in VOLATILE)


def _rows(con: DuckDBPyConnection, schema: str, name: str) -> str:
    shown = SHOWN_ROWS.get(f"{schema}.{name}", "true")
    return (
        f"SELECT t.week_id, hash(t) AS digest FROM"
        f" (SELECT {_columns(con, schema, name)} FROM {schema}.{identifier(name)} WHERE {shown}) AS t"
    )


def _add(con: DuckDBPyConnection, parts: dict[str, list[str]], table: str, rows: str) -> None:
    """Adds one digest a week of the SELECT `rows`; sum and xor do not depend on the order of the rows."""
    query = (
        f"SELECT week_id, count(*), bit_xor(digest), sum(CAST(digest AS HUGEINT)) FROM ({rows})"
        " WHERE week_id IS NOT NULL GROUP BY week_id"
    )
    for week_id, *digest in con.execute(query).fetchall():
        parts.setdefault(week_id, []).append(f"{table} {digest}")


def _list_digest(con: DuckDBPyConnection, schema: str, name: str) -> str:
    query = f"SELECT count(*), bit_xor(hash(t)) FROM {schema}.{identifier(name)} AS t"
    return f"{schema}.{name} {con.execute(query).fetchone()}"
