"""The findings of a week in words that people read.

Which rows fail is decided in `pipeline.quality.checks`, what blocks a release in `pipeline.quality.findings`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from pipeline.common.tables import has_table
from pipeline.present.shared.rows import Row, fetch
from pipeline.quality.checks.vocabulary import Vocabulary, read_words
from pipeline.quality.codes import CORRECTION_LABELS, SEVERITY_LABELS, STATUS_LABELS, UNSETTLED
from pipeline.quality.findings.faults import parted
from pipeline.quality.findings.lights import FINDINGS, why_words
from pipeline.quality.findings.order import rank_of
from pipeline.release.revisions.masks import PENDING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# The labels of `pipeline.quality.codes`, by the names that the pages use.
SEVERITIES: Final = SEVERITY_LABELS
STATES: Final = STATUS_LABELS
CORRECTION_STATES: Final = CORRECTION_LABELS


def week_findings(con: DuckDBPyConnection, week_id: str) -> list[Row]:
    """Returns the findings of an issue: worst first, then by what they move in print, see `findings.order`.

    In: `quality.finding` (finding_id) and `quality.finding_week` (finding_id, week_id), whose evidence and explanation
    are those of this week, `quality.decision` and `quality.finding_event`. Out: the columns of FINDINGS, with
    severity, status and keys in Chinese words; `is_critical`, `is_settled`, `key_rows` (the keys as published), `rest`
    (what this week showed besides its title) and `why` (what put it into its state) beside them.
    """
    if not has_table(con, "quality", "finding") or not has_table(con, "quality", "finding_week"):
        return []
    words = read_words(con)
    rows = fetch(
        con,
        "SELECT *, keys AS key_rows, severity = 'critical' AS is_critical"
        f" FROM ({FINDINGS}) AS found WHERE week_id = ?"
        " ORDER BY owner, check_name, finding_id",
        [week_id],
    )
    rows.sort(key=rank_of)
    for row in rows:
        row["why"] = why_words(row)
        row["title"], row["rest"] = _title_and_rest(row)
        row["is_settled"] = row["status"] not in UNSETTLED
        row["keys"] = keys_text(row["keys"], words.of(row["table_name"]))
        row["severity"] = SEVERITIES.get(row["severity"], row["severity"])
        row["status"] = STATES.get(row["status"], row["status"])
    return rows


def _title_and_rest(row: Row) -> tuple[str, str]:
    """Returns what was wrong in this week and what else was seen.

    The title of a finding is that of its last week; this one may have seen another figure. Of a withheld one only the
    rule is told.
    """
    if row["evidence"] == PENDING:
        return row["title"], PENDING
    return parted(row["evidence"] or row["title"])


def read_keys(keys: str | None) -> list[Row]:
    """Reads the failing keys of a finding as published: `[{"measure": "consulted"}]` gives one dict.

    Text that is no list of objects gives none.
    """
    try:
        entries = json.loads(keys or "[]")
    except ValueError:
        return []
    if not isinstance(entries, list):
        return []
    # Only objects name keys; a bare number or text among them names none.
    return [entry for entry in entries if isinstance(entry, dict)]


def check_counts(con: DuckDBPyConnection, week_id: str) -> dict[str, int]:
    """Counts the checks of the issue by status: `passed`, `failed`. Empty where it was not checked."""
    if not has_table(con, "quality", "check_result"):
        return {}
    rows = fetch(
        con, "SELECT status, count(*) AS n FROM quality.check_result WHERE week_id = ? GROUP BY ALL", [week_id]
    )
    return {row["status"]: row["n"] for row in rows}


def keys_text(keys: str | None, words: Vocabulary) -> str | None:
    """Writes failing keys as a person reads them: `事项组 其它9类行权事项；…`; text that is no JSON stays as it is."""
    if not keys:
        return None
    try:
        entries = json.loads(keys)
    except ValueError:
        return keys
    if not isinstance(entries, list):
        entries = [entries]
    return "；".join(_entry_words(entry, words) for entry in entries)


def _entry_words(entry: object, words: Vocabulary) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    parts = []
    for name, value in entry.items():
        parts.append(f"{words.column(name)} {words.value(name, value, entry)}")
    return "，".join(parts)
