"""What the published file holds of each week, as a digest: a page is made again only when its weeks have changed.

What else a page is made from is in its `made_from`, in `pipeline.present.site.page`.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.quoting import identifier
from pipeline.common.tables import has_table
from pipeline.release.published.published_tables import VOLATILE_COLUMNS
from pipeline.release.revisions.masks import PENDING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PRESENT: Final = Path(__file__).resolve().parents[1]
# Besides all of `charts`: the tables with a column week_id that pages show.
WEEKLY: Final = (
    ("marts", "provenance"),
    ("marts", "weekly_metric"),
    ("docs", "delivery"),
    ("docs", "report_week"),
    ("quality", "check_result"),
    ("quality", "correction"),
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
# What became of a finding stands on the quality pages of all its weeks.
EVENTS: Final = (
    "SELECT w.week_id, hash(e.finding_id, e.event_no, e.to_status, e.words) AS digest"
    " FROM quality.finding_event AS e JOIN quality.finding_week AS w ON w.finding_id = e.finding_id"
)
# Tables of which pages show some rows alone: a department that begins in week 17 gets rows of nothing before it too.
SHOWN_ROWS: Final = {"marts.weekly_metric": "department_id = 'ALL' AND power_type = 'ALL' AND channel = 'ALL'"}


@cache
def program_digest() -> str:
    """Returns a digest of what turns figures into pages: the modules and templates of this floor."""
    digest = hashlib.sha256()
    for path in sorted(PRESENT.rglob("*")):
        if path.suffix in {".py", ".j2"}:
            digest.update(path.relative_to(PRESENT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def digest_of(*parts: object) -> str:
    """Returns a digest of plain values, such as texts, numbers and lists of them."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def week_digests(con: DuckDBPyConnection) -> dict[str, str]:
    """Returns week_id -> digest of all rows that pages show of that week; lists without weeks count for every week."""
    lists = [list_digest(con, *table) for table in LISTS if has_table(con, *table)]
    parts: dict[str, list[str]] = {}
    for schema, name in (*_chart_tables(con), *WEEKLY):
        if has_table(con, schema, name):
            _add(con, parts, f"{schema}.{name}", _rows(con, schema, name))
    if has_table(con, "quality", "finding_week") and has_table(con, "quality", "finding"):
        _add(con, parts, "quality.finding", FINDINGS)
    if has_table(con, "quality", "finding_week") and has_table(con, "quality", "finding_event"):
        _add(con, parts, "quality.finding_event", EVENTS)
    digests = {}
    for week, digests_of_tables in parts.items():
        digests[week] = digest_of(lists, sorted(digests_of_tables))
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


def list_digest(con: DuckDBPyConnection, schema: str, name: str) -> str:
    """Returns what a table without weeks holds, as text; that a file has no such table is told as well."""
    if not has_table(con, schema, name):
        return f"{schema}.{name} is not there"
    query = f"SELECT count(*), bit_xor(hash(t)) FROM {schema}.{identifier(name)} AS t"
    return f"{schema}.{name} {con.execute(query).fetchone()}"
