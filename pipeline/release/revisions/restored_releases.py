"""Takes over into the warehouse the releases that the published folder has and the warehouse has not.

A warehouse that is built anew goes on from them, so that a released issue never starts over. The folders are written
by `release_folders`; which revision readers see is kept by `activation`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.release.revisions.activation import Activation, activate, insert_activation
from pipeline.release.revisions.figures import Figure, figures_hash
from pipeline.release.revisions.release_folders import (
    DIFF_COLUMNS,
    FINDING_COLUMNS,
    ISSUE,
    RELEASES,
    ROLLBACK,
    WITHDRAWN,
    insert,
    insert_issue,
)
from pipeline.release.revisions.tables import ensure_tables
from pipeline.release.revisions.withdrawal_record import (
    Withdrawal,
    insert_withdrawal,
    restore_record,
    withdrawal_of,
    withdrawals,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def restore_releases(con: DuckDBPyConnection, published: Path) -> list[tuple[str, int]]:
    """Takes over into `release.*` the revisions and rollbacks that only the published folder has.

    Returns the (week_id, revision) taken over. Raises ValueError where a folder's figures no longer give the hash that
    was released: somebody changed what must not change, and a revision against it would be worthless.
    """
    ensure_tables(con)
    known = set(con.execute("SELECT week_id, revision FROM release.issue").fetchall())
    restored = []
    for folder in sorted((published / RELEASES).glob("*/r[0-9]*")):
        # releases/2023-15/r2
        key = (folder.parent.name, int(folder.name.removeprefix("r")))
        if key not in known and _restore_folder(con, folder):
            restored.append(key)
    for week_id in sorted({week_id for week_id, _ in restored}):
        _restore_activations(con, published / RELEASES / week_id, week_id)
    return restored


def _restore_folder(con: DuckDBPyConnection, folder: Path) -> bool:
    """Takes over one folder; of a withdrawn release its record only, whatever else is still there."""
    withdrawn, issue = folder / WITHDRAWN, folder / ISSUE
    if withdrawn.is_file():
        restore_record(con, withdrawn)
    elif issue.is_file():
        _restore(con, issue)
    else:
        return False
    return True


def _restore(con: DuckDBPyConnection, path: Path) -> None:
    record = _read_json(path)
    figures = list(map(_figure, record.pop("figures")))
    if figures_hash(figures) != record["figures_hash"]:
        raise ValueError(
            f"{path}: the figures are not those that were released (their hash differs). Put back the original folder."
        )
    key = (record["week_id"], record["revision"])
    # A folder of an earlier version of this program has fewer columns at the end, and no findings.
    differences = [(*key, *_filled_up(row, len(DIFF_COLUMNS))) for row in record.pop("differences")]
    findings = [(*key, *map(finding.get, FINDING_COLUMNS)) for finding in record.pop("findings", [])]
    withheld = [(*key, *row) for row in record.pop("withheld", [])]
    record["deliveries"] = json.dumps(record["deliveries"], ensure_ascii=False)
    record["contracts"] = json.dumps(record.get("contracts", {}))
    insert_issue(con, record, figures)
    insert(con, "revision_diff", differences)
    insert(con, "issue_finding", findings)
    insert(con, "withheld", withheld)


def _figure(row: Iterable[str | None]) -> Figure:
    """["overdue.cases", "{}", "42.5", null, null] → a figure with exact numbers."""
    metric, keys, value, value_ytd, text = row
    return str(metric), str(keys), _decimal(value), _decimal(value_ytd), text


def _decimal(text: str | None) -> Decimal | None:
    if text is None:
        return None
    return Decimal(text)


def _filled_up(row: list[Any], width: int) -> list[Any]:
    return [*row, *[None] * (width - len(row))]


def _restore_activations(con: DuckDBPyConnection, folder: Path, week_id: str) -> None:
    """Restores what was shown when: releases by their time, rollbacks and withdrawals by their numbers."""
    con.execute("DELETE FROM release.activation WHERE week_id = ?", [week_id])
    releases = con.execute(
        "SELECT revision, released_at, reason FROM release.issue WHERE week_id = ? ORDER BY revision", [week_id]
    ).fetchall()
    rollbacks = {**_rollbacks(folder), **_withdrawals_shown(con, week_id)}
    for number in range(1, len(releases) + len(rollbacks) + 1):
        if number in rollbacks:
            activation = Activation(decided_by=None, **rollbacks[number])
        else:
            revision, moment, reason = releases.pop(0)
            activation = Activation(week_id, number, revision, "released", moment, None, reason)
        insert_activation(con, activation)


def _withdrawals_shown(con: DuckDBPyConnection, week_id: str) -> dict[int, Mapping[str, Any]]:
    """Returns the withdrawals of what was shown then, as activations by their number."""
    activations: dict[int, Mapping[str, Any]] = {}
    for withdrawal in withdrawals(con):
        if withdrawal.week_id == week_id and withdrawal.activation_no is not None:
            activations[withdrawal.activation_no] = {
                "week_id": week_id,
                "activation_no": withdrawal.activation_no,
                "revision": withdrawal.revision,
                "kind": "withdrawn",
                "activated_at": withdrawal.withdrawn_at,
                "reason": withdrawal.reason,
            }
    return activations


def _rollbacks(folder: Path) -> dict[int, Mapping[str, Any]]:
    """Returns the rollbacks of an issue by their number among its activations."""
    rollbacks: dict[int, Mapping[str, Any]] = {}
    for path in folder.glob(ROLLBACK.format(number="*")):
        record = _read_json(path)
        rollbacks[record["activation_no"]] = record
    return rollbacks


def _read_json(path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


def restore_withdrawals(con: DuckDBPyConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Withdraws again what the journal says was withdrawn, whatever the folders say; `rows` are those of the journal.

    A run that was killed may have left a folder with its content. Who withdrew stays with the hall: the records in the
    folders have no name.
    """
    known = {(withdrawal.week_id, withdrawal.revision) for withdrawal in withdrawals(con)}
    for row in rows:
        withdrawal = withdrawal_of(row)
        if (withdrawal.week_id, withdrawal.revision) not in known:
            _withdraw_again(con, withdrawal)
        con.execute(
            "UPDATE release.withdrawal SET withdrawn_by = ? WHERE week_id = ? AND revision = ?",
            [withdrawal.withdrawn_by, withdrawal.week_id, withdrawal.revision],
        )


def _withdraw_again(con: DuckDBPyConnection, withdrawal: Withdrawal) -> None:
    insert_withdrawal(con, withdrawal)
    if withdrawal.activation_no is not None:
        activate(con, withdrawal.week_id, withdrawal.revision, "withdrawn", withdrawal.withdrawn_at, withdrawal.reason)
