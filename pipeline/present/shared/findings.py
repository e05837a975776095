"""The findings of a week in words that people read; which rows fail and what blocks is decided in quality."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from pipeline.common.tables import has_table
from pipeline.present.shared.rows import Row, fetch
from pipeline.quality.checks.vocabulary import Vocabulary, read_words
from pipeline.quality.findings.lights import FINDINGS, why_words
from pipeline.quality.findings.wording import STATUS_LABELS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SEVERITIES: Final = {"critical": "严重", "warning": "提醒"}
STATES: Final = STATUS_LABELS
CORRECTION_STATES: Final = {"active": "有效", "obsolete": "来源已改，不再需要", "failed": "来源又有变化，不再适用"}


def week_findings(con: DuckDBPyConnection, week_id: str) -> list[Row]:
    """The findings of an issue: critical ones first, then by owner, check and id.

    In: `quality.finding` (finding_id) and `quality.finding_week` (finding_id, week_id), whose evidence and explanation
    are those of this week, `quality.decision` and `quality.finding_event`. Out: the columns of FINDINGS, with
    severity, status and keys in Chinese words; `is_critical`, `key_rows` (the keys as published) and `why` (what put it
    into its state) beside them.
    """
    if not has_table(con, "quality", "finding") or not has_table(con, "quality", "finding_week"):
        return []
    words = read_words(con)
    rows = fetch(
        con,
        "SELECT *, keys AS key_rows, severity = 'critical' AS is_critical"
        f" FROM ({FINDINGS}) AS found WHERE week_id = ?"
        " ORDER BY is_critical DESC, owner, check_name, finding_id",
        [week_id],
    )
    return [
        row
        | {
            "severity": SEVERITIES.get(row["severity"], row["severity"]),
            "status": STATES.get(row["status"], row["status"]),
            "keys": keys_text(row["keys"], words),
            "why": why_words(row),
        }
        for row in rows
    ]


def read_keys(keys: str | None) -> list[Row]:
    """The failing keys of a finding as published; text that is no list of objects gives none."""
    try:
        rows = json.loads(keys or "[]")
    except ValueError:
        return []
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def check_counts(con: DuckDBPyConnection, week_id: str) -> dict[str, int]:
    """How many checks of the issue passed and failed; empty where it was not checked."""
    if not has_table(con, "quality", "check_result"):
        return {}
    rows = fetch(
        con, "SELECT status, count(*) AS n FROM quality.check_result WHERE week_id = ? GROUP BY ALL", [week_id]
    )
    return {row["status"]: row["n"] for row in rows}


def keys_text(keys: str | None, words: Vocabulary) -> str | None:
    """Failing keys as a person reads them: `事项组 其它9类行权事项；…`; text that is no JSON stays as it is."""
    if not keys:
        return None
    try:
        entries = json.loads(keys)
    except ValueError:
        return keys
    entries = entries if isinstance(entries, list) else [entries]
    return "；".join(_key_words(entry, words) if isinstance(entry, dict) else str(entry) for entry in entries)


def _key_words(entry: Row, words: Vocabulary) -> str:
    return "，".join(f"{words.column(name)} {words.value(name, value, entry)}" for name, value in entry.items())
