"""Freezes issues as they are released, and their revisions; files are written by `pipeline.release.published`.

Releasing on a person's word is in `requested_release`, showing an earlier revision again in `rollback`.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipeline.common.clock import beijing_now
from pipeline.common.tables import single_number
from pipeline.common.transaction import transaction
from pipeline.release.freeze.issue_findings import freeze_findings
from pipeline.release.revisions.activation import activate, activate_unrecorded, shown_revision
from pipeline.release.revisions.causes import corrections_since, write_causes
from pipeline.release.revisions.delivery_changes import change_reason
from pipeline.release.revisions.figures import Figure, chart_grains, figures_hash, read_figures
from pipeline.release.revisions.masks import keep_withheld
from pipeline.release.revisions.release_folders import insert_issue
from pipeline.release.revisions.restored_releases import restore_releases
from pipeline.release.revisions.tables import columns_of, ensure_tables
from pipeline.release.revisions.versions import code_version, contract_versions, deliveries_behind
from pipeline.release.revisions.withdrawal_record import revision_withdrawn_with
from pipeline.release.revisions.withheld import read_masks

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings

ISSUE_COLUMNS = columns_of("issue")


@dataclass(frozen=True)
class ReleaseOutcome:
    """What freezing did for one issue; `revision` is None where there was nothing to freeze."""

    week_id: str
    revision: int | None
    is_new: bool
    figures: int
    differences: int
    message: str


@dataclass(frozen=True)
class Preview:
    """What freezing would do: the outcomes, and the rows of release.revision_diff that it would write, as dicts."""

    outcomes: tuple[ReleaseOutcome, ...]
    differences: tuple[dict[str, Any], ...]


def freeze(
    con: DuckDBPyConnection,
    settings: Settings,
    weeks: Sequence[str],
    *,
    grains: Mapping[str, Sequence[str]] | None = None,
    released_at: datetime | None = None,
    renew: Container[str] = (),
) -> list[ReleaseOutcome]:
    """Freezes the figures of these issues (week_ids) in `release.*`, all of them in one transaction.

    In: `charts.*` (grain: week_id and what the SQL file says; `grains` overrides that), `ledger.delivery`,
    `quality.*`. Out: `release.issue` (week_id, revision) with its figures, its findings as they stand, and, from
    revision 2 on, `release.revision_diff` (week_id, revision, metric, keys) against what was shown before. Figures
    equal to those shown make no new revision; those of a revision that was rolled back only for issues in `renew`.
    Everything but `released_at` depends on the warehouse and the definitions alone. An earlier warehouse's releases are
    taken over from the published folder first. Whether a release may go out is the gate's question, asked before.
    """
    ensure_tables(con)
    with transaction(con):
        return _freeze(con, settings, weeks, grains, released_at, renew)


def preview(
    con: DuckDBPyConnection,
    settings: Settings,
    weeks: Sequence[str],
    *,
    grains: Mapping[str, Sequence[str]] | None = None,
    renew: Container[str] = (),
) -> Preview:
    """Returns what `freeze` would do now, with every difference; nothing in the warehouse is changed."""
    ensure_tables(con)
    with _undone(con):
        outcomes = _freeze(con, settings, weeks, grains, None, renew)
        new = [f"{outcome.week_id}/{outcome.revision}" for outcome in outcomes if outcome.is_new]
        cursor = con.execute(
            "SELECT * FROM release.revision_diff WHERE list_contains(?, week_id || '/' || revision)"
            " ORDER BY week_id, metric, keys",
            [new],
        )
        names = [column[0] for column in cursor.description or ()]
        rows = tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchall())
    return Preview(tuple(outcomes), rows)


@contextmanager
def _undone(con: DuckDBPyConnection) -> Iterator[None]:
    con.execute("BEGIN TRANSACTION")
    try:
        yield
    finally:
        con.execute("ROLLBACK")


def _freeze(
    con: DuckDBPyConnection,
    settings: Settings,
    weeks: Sequence[str],
    grains: Mapping[str, Sequence[str]] | None,
    released_at: datetime | None,
    renew: Container[str],
) -> list[ReleaseOutcome]:
    grains = chart_grains(settings) if grains is None else grains
    restore_releases(con, settings.published)
    activate_unrecorded(con)
    masks = read_masks(con, settings)
    figures = read_figures(con, weeks, grains, masks=masks)
    made_from: dict[str, Any] = {
        "code_version": code_version(settings),
        "contracts": contract_versions(settings),
        "released_at": released_at or beijing_now(),
        "masks": masks,
    }
    return [_freeze_week(con, settings, week_id, figures[week_id], made_from, week_id in renew) for week_id in weeks]


def _freeze_week(
    con: DuckDBPyConnection,
    settings: Settings,
    week_id: str,
    figures: list[Figure],
    made_from: dict[str, Any],
    renew: bool,
) -> ReleaseOutcome:
    if not figures:
        return ReleaseOutcome(week_id, None, False, 0, 0, f"{week_id} 期没有可发布的数字，未发布。")
    last, shown = last_issue(con, week_id), shown_issue(con, week_id)
    digest = figures_hash(figures)
    same = revision_withdrawn_with(con, week_id, digest)
    if same is not None:
        message = (
            f"{week_id} 期与已收回的第 {same} 次发布内容相同，没有发布：请先在来源中改正，重新报送后再运行这一期。"
        )
        return ReleaseOutcome(week_id, shown["revision"] if shown else None, False, len(figures), 0, message)
    if shown and shown["figures_hash"] == digest:
        message = f"{week_id} 期与第 {shown['revision']} 次发布的数字完全相同，不产生新的修订。"
        return ReleaseOutcome(week_id, shown["revision"], False, len(figures), 0, message)
    if last and last["figures_hash"] == digest and not renew:
        # It was rolled back, and what was shown in its place may have been withdrawn since.
        revision = shown["revision"] if shown else None
        now = f"仍以第 {revision} 次示人" if shown else "现在没有示人的发布"
        how = f"要再次发布，请运行 zhoubao release --week {week_id}"
        message = f"{week_id} 期第 {last['revision']} 次发布已退回，{now}；{how}。"
        return ReleaseOutcome(week_id, revision, False, len(figures), 0, message)
    issue = _new_issue(con, week_id, last, shown, made_from)
    issue |= {"figures_hash": digest, "figure_count": len(figures)}
    return _write_issue(con, settings, issue, figures, shown)


def last_issue(con: DuckDBPyConnection, week_id: str) -> dict[str, Any] | None:
    """Returns the row of `release.issue` with the highest revision of this issue, or None."""
    row = con.execute(
        f"SELECT {', '.join(ISSUE_COLUMNS)} FROM release.issue WHERE week_id = ? ORDER BY revision DESC LIMIT 1",
        [week_id],
    ).fetchone()
    return dict(zip(ISSUE_COLUMNS, row, strict=True)) if row else None


def shown_issue(con: DuckDBPyConnection, week_id: str) -> dict[str, Any] | None:
    """Returns the row of `release.issue` that readers see, or None."""
    row = con.execute(
        f"SELECT {', '.join(ISSUE_COLUMNS)} FROM release.issue WHERE week_id = ? AND revision = ?",
        [week_id, shown_revision(con, week_id)],
    ).fetchone()
    return dict(zip(ISSUE_COLUMNS, row, strict=True)) if row else None


def _new_issue(
    con: DuckDBPyConnection,
    week_id: str,
    last: dict[str, Any] | None,
    shown: dict[str, Any] | None,
    made_from: dict[str, Any],
) -> dict[str, Any]:
    deliveries = deliveries_behind(con, week_id)
    exported = [delivery["as_of"] for delivery in deliveries if delivery["as_of"]]
    issue: dict[str, Any] = {
        "week_id": week_id,
        "revision": last["revision"] + 1 if last else 1,
        "base_revision": shown["revision"] if shown else None,
        "as_of": max(exported, default=None),
        "deliveries": json.dumps(deliveries, ensure_ascii=False),
        **made_from,
    }
    corrected = len(corrections_since(con, shown)) if shown else 0
    issue["reason"] = change_reason(shown, issue, corrected)
    if shown is None and last is not None:
        issue["reason"] = f"第 {last['revision']} 次发布已收回，重新发布"
    if made_from["masks"].of_week(week_id):
        issue["reason"] += "；有数字待核实，未印"
    return issue


def _write_issue(
    con: DuckDBPyConnection,
    settings: Settings,
    issue: dict[str, Any],
    figures: list[Figure],
    shown: dict[str, Any] | None,
) -> ReleaseOutcome:
    week_id, revision = issue["week_id"], issue["revision"]
    insert_issue(con, issue, figures)
    freeze_findings(con, week_id, revision)
    keep_withheld(con, week_id, revision, issue["masks"])
    activate(con, week_id, revision, "released", issue["released_at"], issue["reason"])
    if shown is None:
        how = "首次发布" if revision == 1 else f"第 {revision} 次发布（此前的已收回）"
        message = f"{week_id} 期{how}，{len(figures)} 个数字。"
        return ReleaseOutcome(week_id, revision, True, len(figures), 0, message)
    from pipeline.warehouse.measures import hall_models

    differences = _write_differences(con, week_id, revision, shown["revision"])
    write_causes(con, hall_models(settings), shown, issue)
    message = f"{week_id} 期第 {revision} 次发布（修订），{differences} 个数字有变：{issue['reason']}。"
    return ReleaseOutcome(week_id, revision, True, len(figures), differences, message)


def _write_differences(con: DuckDBPyConnection, week_id: str, revision: int, base: int) -> int:
    con.execute(
        """
        INSERT INTO release.revision_diff BY NAME
        WITH old AS (SELECT * FROM release.figure WHERE week_id = $week AND revision = $base),
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
        {"week": week_id, "revision": revision, "base": base},
    )
    return single_number(
        con, "SELECT count(*) FROM release.revision_diff WHERE week_id = ? AND revision = ?", [week_id, revision]
    )
