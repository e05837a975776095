"""From failures to findings: which weeks share a cause, what is explained, what is gone; no expectation is run here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pipeline.quality.results import insert_rows
from pipeline.quality.suites import Check, TableSuite
from pipeline.quality.wording import Row, display_columns, finding_id, sentence, shown_keys

if TYPE_CHECKING:
    import duckdb

Status = Literal["open", "explained", "fixed_at_source"]
MOST_CAUSES_PER_WEEK = 50


@dataclass(frozen=True)
class FindingWeek:
    """One finding in one week. Key: finding_id, week_id; `explanation` is None where no rule explains every row."""

    finding_id: str
    week_id: str
    table_name: str
    check_name: str
    unexpected_count: int
    keys: str
    evidence: str
    explanation: str | None


@dataclass(frozen=True)
class Finding:
    """A failure with one cause over its weeks. Key: finding_id; counts and words are the last week's."""

    finding_id: str
    table_name: str
    check_name: str
    title: str
    severity: str
    status: Status
    owner: str
    first_seen: str
    last_seen: str
    weeks: int
    unexpected_count: int
    keys: str
    evidence: str
    explanation: str | None
    action: str


def causes_sql(check: Check, failing: str) -> str:
    """SELECT with one row per week and cause: week_id, number of rows, whether a rule explains all, an example row."""
    group = ", ".join(dict.fromkeys(("week_id", *check.meta.cause)))
    rule = check.meta.explained_when
    explained = f"coalesce(bool_and({rule.sql}), false)" if rule else "false"
    order = ", ".join(display_columns(check))
    return (
        f"SELECT week_id, count(*) AS rows_failing, {explained} AS is_explained, "
        f"arg_min(failing, row({order})) AS example FROM ({failing}) AS failing GROUP BY {group} ORDER BY week_id"
    )


def findings_of_check(suite: TableSuite, check: Check, causes: Sequence[tuple[Any, ...]]) -> list[FindingWeek]:
    """A finding per week and cause from the rows of `causes_sql`.

    More causes than people can settle one by one become one finding of that week, without keys of its own.
    """
    by_week: dict[str, list[tuple[Any, ...]]] = {}
    for cause in causes:
        by_week.setdefault(cause[0], []).append(cause)
    found = []
    for week, in_week in by_week.items():
        if len(in_week) > MOST_CAUSES_PER_WEEK:
            found.append(_merged(suite, check, week, in_week))
        else:
            found.extend(_single(suite, check, *cause) for cause in in_week)
    return sorted(found, key=lambda row: (row.week_id, row.finding_id))


def replace_findings(
    con: duckdb.DuckDBPyConnection, weeks: Sequence[str], suites: Sequence[TableSuite], seen: Sequence[FindingWeek]
) -> None:
    """Put `seen` in the place of what `suites` said about `weeks` and bring quality.finding up to date.

    Belongs inside the caller's transaction. Weeks outside `weeks` keep what is known of them; a finding that no week
    shows any more becomes fixed_at_source.
    """
    tables = [suite.table for suite in suites]
    checks = {(suite.table, check.name): check for suite in suites for check in suite.expectations}
    con.execute(
        "DELETE FROM quality.finding_week WHERE list_contains(?, table_name) "
        "AND (list_contains(?, week_id) OR NOT list_contains(?, table_name || '/' || check_name))",
        [tables, list(weeks), [f"{table}/{name}" for table, name in checks]],
    )
    insert_rows(con, "quality.finding_week", FindingWeek, seen)
    con.execute(
        "UPDATE quality.finding SET status = 'fixed_at_source' WHERE list_contains(?, table_name) "
        "AND finding_id NOT IN (SELECT finding_id FROM quality.finding_week)",
        [tables],
    )
    current = _current(con, tables, checks)
    con.execute(
        "DELETE FROM quality.finding WHERE finding_id IN (SELECT finding_id FROM quality.finding_week) "
        "AND list_contains(?, table_name)",
        [tables],
    )
    insert_rows(con, "quality.finding", Finding, current)


def _current(
    con: duckdb.DuckDBPyConnection, tables: Sequence[str], checks: Mapping[tuple[str, str], Check]
) -> list[Finding]:
    rows = con.execute(
        "SELECT finding_id, table_name, check_name, min(week_id), max(week_id), count(*), "
        "arg_max(unexpected_count, week_id), arg_max(keys, week_id), arg_max(evidence, week_id), "
        "bool_and(explanation IS NOT NULL), max_by(explanation, week_id) FROM quality.finding_week "
        "WHERE list_contains(?, table_name) GROUP BY finding_id, table_name, check_name ORDER BY finding_id",
        [list(tables)],
    ).fetchall()
    return [_finding(checks[row[1], row[2]], row) for row in rows]


def _finding(check: Check, row: tuple[Any, ...]) -> Finding:
    identity, table, name, first, last, weeks, count, keys, words, is_explained, explanation = row
    return Finding(
        finding_id=identity,
        table_name=table,
        check_name=name,
        title=check.meta.title_zh,
        severity=check.meta.severity,
        status="explained" if is_explained else "open",
        owner=check.meta.owner,
        first_seen=first,
        last_seen=last,
        weeks=weeks,
        unexpected_count=count,
        keys=keys,
        evidence=words,
        explanation=explanation if is_explained else None,
        action=check.meta.fix_zh,
    )


def _single(suite: TableSuite, check: Check, week: str, count: int, is_explained: bool, example: Row) -> FindingWeek:
    words = sentence(check.meta.evidence_zh, example)
    rule = check.meta.explained_when
    return FindingWeek(
        finding_id=finding_id(suite.table, check.name, {name: example[name] for name in check.meta.cause}),
        week_id=week,
        table_name=suite.table,
        check_name=check.name,
        unexpected_count=count,
        keys=shown_keys(check.meta.keys, [example]),
        evidence=words if count == 1 else f"共 {count} 处，如：{words}",
        explanation=sentence(rule.how_zh, example) if rule and is_explained else None,
    )


def _merged(suite: TableSuite, check: Check, week: str, causes: Sequence[tuple[Any, ...]]) -> FindingWeek:
    total = sum(int(count) for _, count, _, _ in causes)
    examples = [example for _, _, _, example in causes]
    return FindingWeek(
        finding_id=finding_id(suite.table, check.name, {"week_id": week, "merged": True}),
        week_id=week,
        table_name=suite.table,
        check_name=check.name,
        unexpected_count=total,
        keys=shown_keys(check.meta.keys, examples),
        evidence=f"共 {total} 处，分属 {len(causes)} 个原因，如：{sentence(check.meta.evidence_zh, examples[0])}",
        explanation=None,
    )
