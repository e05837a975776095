"""Which finding belongs to which printed figure, and what its note says; findings are made in quality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.present.shared.findings import STATES, read_keys
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.weekly.marks import clean, noted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# A table of the warehouse and the keys that a figure has in it.
Place = tuple[str, Mapping[str, str]]
SENTENCE_ENDS: Final = "。！？"
WITHDRAWN: Final = "withdraw"


@dataclass(frozen=True)
class Finding:
    """What a finding says of a week: the table, the keys of the rows that fail, and the words of its note."""

    table: str
    keys: tuple[Mapping[str, Any], ...]
    words: str

    def concerns(self, place: Place) -> bool:
        """Whether a failing row can be the figure of this place: no key that both name differs.

        A finding without keys is of its whole table.
        """
        table, wanted = place
        if table != self.table:
            return False
        if not self.keys:
            return True
        return any(_agrees(row, wanted) for row in self.keys)


def _agrees(row: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    """Whether no key that both name differs; {"measure": "accepted", "week": 3} agrees with {"measure": "accepted"}."""
    return all(str(row.get(name, value)) == value for name, value in wanted.items())


@dataclass
class Notes:
    """The findings of a week, and those of them that a printed figure carries, by the number of their mark."""

    findings: Sequence[Finding]
    used: list[Finding] = field(default_factory=list)

    def mark(self, text: str, *places: Place) -> str:
        """`text` with a mark for each finding that concerns one of the places; each finding is noted once only."""
        for finding in self.findings:
            if finding in self.used:
                continue
            if any(map(finding.concerns, places)):
                self.used.append(finding)
                text = noted(text, len(self.used) - 1)
        return text

    def mark_words(self, text: str, words: str) -> str:
        """`text` with a mark for a note of these words; each words are noted once only, as a finding is."""
        finding = Finding("", (), _sentence(words))
        if finding in self.used:
            return text
        self.used.append(finding)
        return noted(text, len(self.used) - 1)

    @property
    def texts(self) -> list[str]:
        """The words of each note, by its number."""
        return [finding.words for finding in self.used]


def week_notes(con: DuckDBPyConnection, week_id: str) -> Notes:
    """The findings of an issue, none of them noted yet, ordered by table, check and id.

    In: `quality.finding` (finding_id), `quality.finding_week` (finding_id, week_id), whose words are those of the week,
    and `quality.decision` where it is there. Empty where the file has no findings.
    """
    for table in ("finding", "finding_week"):
        if not has_table(con, "quality", table):
            return Notes([])
    rows = fetch(
        con,
        "SELECT f.*, w.* FROM quality.finding_week AS w JOIN quality.finding AS f ON f.finding_id = w.finding_id"
        " WHERE w.week_id = ? ORDER BY w.table_name, w.check_name, w.finding_id",
        [week_id],
    )
    decisions = _decisions(con)
    return Notes([_finding(row, decisions) for row in rows])


def _decisions(con: DuckDBPyConnection) -> dict[str, Row]:
    """The last decision on each finding that has not been withdrawn."""
    if not has_table(con, "quality", "decision"):
        return {}
    rows = fetch(con, "SELECT * FROM quality.decision")
    rows.sort(key=lambda row: (str(row.get("decided_at")), str(row.get("decision_id"))))
    # In this order the last decision on a finding takes the place of those before it.
    last: dict[str, Row] = {}
    for row in rows:
        if row.get("finding_id"):
            last[str(row["finding_id"])] = row
    return {finding_id: row for finding_id, row in last.items() if row.get("kind") != WITHDRAWN}


def _finding(row: Row, decisions: Mapping[str, Row]) -> Finding:
    decision = decisions.get(row["finding_id"], {})
    state = str(STATES.get(row["status"], row["status"]))
    until = row.get("until") or decision.get("until")
    if isinstance(until, date):
        state += f"至{until.year}年{until.month}月{until.day}日"
    reason = decision.get("reason") or row.get("explanation")
    words = _sentence(str(row.get("evidence") or row.get("title") or ""))
    words += f"{state}：{_sentence(reason)}" if reason else f"（{state}）"
    return Finding(row["table_name"], _keys(row.get("keys")), words)


def _sentence(text: str) -> str:
    words = clean(text)
    return words if words.endswith(tuple(SENTENCE_ENDS)) else f"{words}。"


def _keys(text: str | None) -> tuple[Mapping[str, Any], ...]:
    return tuple(read_keys(text))
