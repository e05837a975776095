"""From failures to findings: which weeks share a cause, with what figures and where; their states are in states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.common.tables import insert_rows
from pipeline.quality.checks.suites import Check, TableSuite, category_of
from pipeline.quality.checks.vocabulary import Vocabulary
from pipeline.quality.findings.places import Cause, Place, cause_key, merged_places, places_json
from pipeline.quality.findings.wording import Row, display_columns, figures_json, finding_id, said, sentence, shown_keys

if TYPE_CHECKING:
    import duckdb

MOST_CAUSES_PER_WEEK = 50
# Where the row of `causes_sql` says how many causes its week has.
CAUSES = 4
# What a finding is before anything is known of its past; pipeline.quality.findings.states says what it really is.
NEW = "open"


@dataclass(frozen=True)
class FindingWeek:
    """One finding in one week. Key: finding_id, week_id; `explanation` is None where no rule explains every row.

    `figures` is a JSON object, `places` a JSON list of file_name, sheet, first_row_no, last_row_no and delivery_id.
    """

    finding_id: str
    week_id: str
    table_name: str
    check_name: str
    unexpected_count: int
    keys: str
    evidence: str
    explanation: str | None
    owner_department: str | None
    figures: str | None
    places: str


@dataclass(frozen=True)
class Finding:
    """A failure with one cause over its weeks. Key: finding_id; counts, words and places are the last week's."""

    finding_id: str
    table_name: str
    check_name: str
    title: str
    severity: str
    status: str
    owner: str
    first_seen: str
    last_seen: str
    weeks: int
    unexpected_count: int
    keys: str
    evidence: str
    explanation: str | None
    action: str
    category: str | None
    owner_department: str | None
    figures: str | None
    places: str | None
    cell: str | None


def causes_sql(check: Check, failing: str) -> str:
    """SELECT with one row per week and cause: week_id, number of rows, whether a rule explains all, an example row.

    Behind them stand how many causes and failing rows the week has in all: of a week with more causes than people can
    settle one by one, only the first come back.
    """
    group = ", ".join(dict.fromkeys(("week_id", *check.meta.cause)))
    rule = check.meta.explained_when
    explained = f"coalesce(bool_and({rule.sql}), false)" if rule else "false"
    order = ", ".join(display_columns(check))
    return (
        "SELECT week_id, rows_failing, is_explained, example, count(*) OVER in_week AS causes, "
        "CAST(sum(rows_failing) OVER in_week AS BIGINT) AS rows_in_week FROM ("
        f"SELECT {group}, count(*) AS rows_failing, {explained} AS is_explained, "
        f"arg_min(failing, row({order})) AS example FROM ({failing}) AS failing GROUP BY {group}) "
        f"WINDOW in_week AS (PARTITION BY week_id) QUALIFY row_number() OVER (PARTITION BY week_id ORDER BY {group}) "
        f"<= {MOST_CAUSES_PER_WEEK} ORDER BY {group}"
    )


def findings_of_check(
    suite: TableSuite,
    check: Check,
    causes: Sequence[tuple[Any, ...]],
    places: Mapping[Cause, Sequence[Place]],
    words: Vocabulary,
) -> list[FindingWeek]:
    """A finding per week and cause from the rows of `causes_sql`, with its places by (week_id, cause).

    More causes than people can settle one by one become one finding of that week, without keys of its own.
    """
    by_week: dict[str, list[tuple[Any, ...]]] = {}
    for cause in causes:
        by_week.setdefault(cause[0], []).append(cause)
    found = []
    for week, in_week in by_week.items():
        if in_week[0][CAUSES] > MOST_CAUSES_PER_WEEK:
            found.append(_merged(suite, check, week, in_week, merged_places(places, week), words))
        else:
            found.extend(_single(suite, check, cause, places, words) for cause in in_week)
    return sorted(found, key=lambda row: (row.week_id, row.finding_id))


def replace_findings(
    con: duckdb.DuckDBPyConnection, weeks: Sequence[str], suites: Sequence[TableSuite], seen: Sequence[FindingWeek]
) -> None:
    """Put `seen` in the place of what `suites` said about `weeks` and bring the facts of quality.finding up to date.

    Belongs inside the caller's transaction, with `states.settle` after it. Weeks outside `weeks` keep what is known of
    them; a finding that no week shows any more keeps its last words.
    """
    tables = [suite.table for suite in suites]
    checks = {(suite.table, check.name): check for suite in suites for check in suite.expectations}
    con.execute(
        "DELETE FROM quality.finding_week WHERE list_contains(?, table_name) "
        "AND (list_contains(?, week_id) OR NOT list_contains(?, table_name || '/' || check_name))",
        [tables, list(weeks), [f"{table}/{name}" for table, name in checks]],
    )
    insert_rows(con, "quality.finding_week", FindingWeek, seen)
    current = _current(con, tables, checks)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE known_state AS SELECT finding_id, status, until, decision_id "
        "FROM quality.finding WHERE list_contains(?, finding_id)",
        [[finding.finding_id for finding in current]],
    )
    con.execute("DELETE FROM quality.finding WHERE list_contains(?, finding_id)", [[one.finding_id for one in current]])
    insert_rows(con, "quality.finding", Finding, current)
    con.execute(
        "UPDATE quality.finding AS f SET status = k.status, until = k.until, decision_id = k.decision_id "
        "FROM known_state AS k WHERE k.finding_id = f.finding_id"
    )


def _current(
    con: duckdb.DuckDBPyConnection, tables: Sequence[str], checks: Mapping[tuple[str, str], Check]
) -> list[Finding]:
    rows = con.execute(
        "SELECT finding_id, table_name, check_name, min(week_id), max(week_id), count(*), "
        "arg_max(unexpected_count, week_id), arg_max(keys, week_id), arg_max(evidence, week_id), "
        "bool_and(explanation IS NOT NULL), max_by(explanation, week_id), "
        "arg_max(struct_pack(d := owner_department, f := figures, p := places), week_id) FROM quality.finding_week "
        "WHERE list_contains(?, table_name) GROUP BY finding_id, table_name, check_name ORDER BY finding_id",
        [list(tables)],
    ).fetchall()
    return [_finding(checks[row[1], row[2]], row) for row in rows]


def _finding(check: Check, row: tuple[Any, ...]) -> Finding:
    identity, table, name, first, last, weeks, count, keys, words, is_explained, explanation, rest = row
    return Finding(
        finding_id=identity,
        table_name=table,
        check_name=name,
        title=check.meta.title_zh,
        severity=check.meta.severity,
        status=NEW,
        owner=check.meta.owner,
        first_seen=first,
        last_seen=last,
        weeks=weeks,
        unexpected_count=count,
        keys=keys,
        evidence=words,
        explanation=explanation if is_explained else None,
        action=check.meta.fix_zh,
        category=category_of(table, check.meta),
        owner_department=rest["d"],
        figures=rest["f"],
        places=rest["p"],
        cell=check.cell,
    )


def _single(
    suite: TableSuite,
    check: Check,
    cause: tuple[Any, ...],
    places: Mapping[Cause, Sequence[Place]],
    words: Vocabulary,
) -> FindingWeek:
    week, count, is_explained, example, *_ = cause
    text = sentence(check.meta.evidence_zh, example, words)
    rule = check.meta.explained_when
    named = {name: example[name] for name in check.meta.cause}
    key = cause_key((week, *(named[name] for name in dict.fromkeys(check.meta.cause) if name != "week_id")))
    return FindingWeek(
        finding_id=finding_id(suite.table, check.name, named),
        week_id=week,
        table_name=suite.table,
        check_name=check.name,
        unexpected_count=count,
        keys=shown_keys(check.meta.keys, [example]),
        evidence=text if count == 1 else f"共 {count} 处，如：{text}",
        explanation=sentence(rule.how_zh, example, words) if rule and is_explained else None,
        owner_department=_department(check, example, words),
        figures=figures_json(check.meta.figures, example),
        places=places_json(places.get(key, ())),
    )


def _merged(
    suite: TableSuite,
    check: Check,
    week: str,
    causes: Sequence[tuple[Any, ...]],
    places: Sequence[Place],
    words: Vocabulary,
) -> FindingWeek:
    *_, number, total = causes[0]
    examples = [cause[3] for cause in causes]
    return FindingWeek(
        finding_id=finding_id(suite.table, check.name, {"week_id": week, "merged": True}),
        week_id=week,
        table_name=suite.table,
        check_name=check.name,
        unexpected_count=total,
        keys=shown_keys(check.meta.keys, examples),
        evidence=f"共 {total} 处，分属 {number} 个原因，如：{sentence(check.meta.evidence_zh, examples[0], words)}",
        explanation=None,
        owner_department=None,
        figures=None,
        places=places_json(places),
    )


def _department(check: Check, example: Row, words: Vocabulary) -> str | None:
    """The department that a failing row names, as people read it."""
    value = said(check.meta.department, example, words) if check.meta.department else None
    return None if value is None else str(value)
