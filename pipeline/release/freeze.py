"""Issues frozen as they are released, and the revisions of them; files and the published database are in publish."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from pipeline.release.archive import insert_issue, restore_releases
from pipeline.release.figures import Figure, chart_grains, figures_hash, read_figures
from pipeline.release.tables import TABLES, ensure_tables
from pipeline.release.versions import change_reason, code_version, deliveries_behind
from pipeline.transaction import transaction

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings

BEIJING = timezone(timedelta(hours=8))
ISSUE_COLUMNS = tuple(TABLES["issue"][2])


@dataclass(frozen=True)
class ReleaseOutcome:
    """What freezing did for one issue; `revision` is None where there was nothing to freeze."""

    week_id: str
    revision: int | None
    is_new: bool
    figures: int
    differences: int
    message: str


def freeze(
    con: DuckDBPyConnection,
    settings: Settings,
    weeks: Sequence[str],
    *,
    grains: Mapping[str, Sequence[str]] | None = None,
    released_at: datetime | None = None,
) -> list[ReleaseOutcome]:
    """Freeze the figures of these issues (week_ids) in `release.*`, all of them in one transaction.

    In: `charts.*` (grain: week_id and what the SQL file says; `grains` overrides that), `ledger.delivery`.
    Out: `release.issue` (week_id, revision), `release.figure` and, from revision 2 on, `release.revision_diff`
    (week_id, revision, metric, keys). Figures equal to those of the last revision make no new one. Everything but
    `released_at` depends on the warehouse and the definitions alone. An earlier warehouse's releases are taken over
    from the published folder first. Whether a release may go out at all is the gate's question, asked before.
    """
    grains = chart_grains(settings) if grains is None else grains
    moment = released_at or datetime.now(BEIJING).replace(tzinfo=None, microsecond=0)
    version = code_version(settings)
    ensure_tables(con)
    with transaction(con):
        restore_releases(con, settings.published)
        return [_freeze_week(con, week_id, read_figures(con, week_id, grains), version, moment) for week_id in weeks]


def _freeze_week(
    con: DuckDBPyConnection, week_id: str, figures: list[Figure], version: str, moment: datetime
) -> ReleaseOutcome:
    if not figures:
        return ReleaseOutcome(week_id, None, False, 0, 0, f"{week_id} 期没有可发布的数字，未发布。")
    last = last_issue(con, week_id)
    digest = figures_hash(figures)
    if last and last["figures_hash"] == digest:
        message = f"{week_id} 期与第 {last['revision']} 次发布的数字完全相同，不产生新的修订。"
        return ReleaseOutcome(week_id, last["revision"], False, len(figures), 0, message)
    issue = _new_issue(con, week_id, last, version)
    issue |= {"released_at": moment, "figures_hash": digest, "figure_count": len(figures)}
    return _write_issue(con, issue, figures, last)


def last_issue(con: DuckDBPyConnection, week_id: str) -> dict[str, Any] | None:
    """The row of `release.issue` with the highest revision of this issue, or None."""
    row = con.execute(
        f"SELECT {', '.join(ISSUE_COLUMNS)} FROM release.issue WHERE week_id = ? ORDER BY revision DESC LIMIT 1",
        [week_id],
    ).fetchone()
    return dict(zip(ISSUE_COLUMNS, row, strict=True)) if row else None


def _new_issue(con: DuckDBPyConnection, week_id: str, last: dict[str, Any] | None, version: str) -> dict[str, Any]:
    deliveries = deliveries_behind(con, week_id)
    issue: dict[str, Any] = {
        "week_id": week_id,
        "revision": last["revision"] + 1 if last else 1,
        "as_of": max((entry["as_of"] for entry in deliveries if entry["as_of"]), default=None),
        "code_version": version,
        "deliveries": json.dumps(deliveries, ensure_ascii=False),
    }
    issue["reason"] = change_reason(last, issue)
    return issue


def _write_issue(
    con: DuckDBPyConnection, issue: dict[str, Any], figures: list[Figure], last: dict[str, Any] | None
) -> ReleaseOutcome:
    week_id, revision = issue["week_id"], issue["revision"]
    insert_issue(con, issue, figures)
    if last is None:
        message = f"{week_id} 期首次发布，{len(figures)} 个数字。"
        return ReleaseOutcome(week_id, revision, True, len(figures), 0, message)
    differences = _write_differences(con, week_id, revision)
    message = f"{week_id} 期第 {revision} 次发布（修订），{differences} 个数字有变：{issue['reason']}。"
    return ReleaseOutcome(week_id, revision, True, len(figures), differences, message)


def _write_differences(con: DuckDBPyConnection, week_id: str, revision: int) -> int:
    con.execute(
        """
        INSERT INTO release.revision_diff BY NAME
        WITH old AS (SELECT * FROM release.figure WHERE week_id = $week AND revision = $revision - 1),
        new AS (SELECT * FROM release.figure WHERE week_id = $week AND revision = $revision)
        SELECT
            $week AS week_id,
            $revision AS revision,
            coalesce(new.metric, old.metric) AS metric,
            coalesce(new.keys, old.keys) AS keys,
            CASE WHEN old.metric IS NULL THEN 'added' WHEN new.metric IS NULL THEN 'removed' ELSE 'changed' END AS kind,
            old.value AS before,
            new.value AS after,
            new.value - old.value AS difference,
            old.value_ytd AS before_ytd,
            new.value_ytd AS after_ytd,
            new.value_ytd - old.value_ytd AS difference_ytd,
            old.text_value AS before_text,
            new.text_value AS after_text
        FROM old
        FULL JOIN new ON old.metric = new.metric AND old.keys = new.keys
        WHERE old.metric IS NULL
            OR new.metric IS NULL
            OR old.value IS DISTINCT FROM new.value
            OR old.value_ytd IS DISTINCT FROM new.value_ytd
            OR old.text_value IS DISTINCT FROM new.text_value
        """,
        {"week": week_id, "revision": revision},
    )
    found = con.execute(
        "SELECT count(*) FROM release.revision_diff WHERE week_id = ? AND revision = ?", [week_id, revision]
    ).fetchone()
    return int(found[0]) if found else 0
