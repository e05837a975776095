"""Decisions as they are recorded in quality.decision: append-only, each once.

What a decision means for its finding is in `pipeline.quality.findings.states`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from pipeline.common.tables import insert_rows
from pipeline.quality.codes import KIND_LABELS, Kind
from pipeline.quality.findings.settling import weeks_of
from pipeline.quality.findings.states import basis_of

if TYPE_CHECKING:
    import duckdb

# A decision that nobody need take again within a year is no decision any more but a rule: it belongs in the check.
LONGEST_DAYS: Final = 366


class DecisionError(ValueError):
    """A decision that cannot be taken; its text is the answer to whoever wrote it."""


@dataclass(frozen=True)
class Decision:
    """What a steward decided on one finding. Key: decision_id, the same for the same decision on the same facts."""

    decision_id: str
    finding_id: str
    kind: Kind
    reason: str
    value: str | None
    until: date | None
    decided_by: str
    decided_at: datetime
    correction_id: str | None
    origin: str
    week_id: str
    basis: str
    approved_by: str | None = None


def decision_key(*parts: object) -> str:
    """Returns sixteen hex digits that stay the same for the same decision, so that it is recorded once."""
    text = json.dumps(list(map(str, parts)), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def recorded_at(con: duckdb.DuckDBPyConnection, decision_id: str) -> datetime | None:
    """Returns when a decision was recorded (Beijing time), or None."""
    row = con.execute("SELECT decided_at FROM quality.decision WHERE decision_id = ?", [decision_id]).fetchone()
    return row[0] if row else None


def check_terms(kind: Kind, reason: str | None, until: date | None, today: date) -> None:
    """Raises DecisionError where a decision lacks what its kind needs.

    That is a reason always, and to postpone or to release with a note a day within a year; `today` is Beijing's. A
    correction and a withdrawal have no day: the one holds as long as the source says what it said, the other at once.
    """
    label = KIND_LABELS[kind]
    if not reason:
        raise DecisionError(f"选了“{label}”但没有写理由；请写明理由后再放回")
    if kind in ("postpone", "note") and until is None:
        raise DecisionError(f"选了“{label}”但没有写截至日期；请写明日期后再放回")
    if until is None:
        return
    if kind in ("correct", "withdraw"):
        raise DecisionError(f"“{label}”不需要截至日期；请清空该格后再放回")
    if until < today:
        raise DecisionError(f"截至日期 {until} 已经过去；请写今天或以后的日期")
    if (until - today).days > LONGEST_DAYS:
        raise DecisionError(f"截至日期 {until} 超过一年；处理意见最长一年，请写近一些的日期")


def record(con: duckdb.DuckDBPyConnection, decision: Decision) -> None:
    """Appends a decision; belongs inside the caller's transaction, with `settling.settle` after it."""
    insert_rows(con, "quality.decision", Decision, [decision])


def basis_now(con: duckdb.DuckDBPyConnection, finding_id: str) -> str:
    """Returns what is known of a finding now, as a decision keeps it."""
    return basis_of(weeks_of(con, finding_id))
