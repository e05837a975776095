"""From failing rows to findings: which weeks share a cause, with what figures and words.

Where the rows stand in the files is in `pipeline.quality.findings.places`, what state a finding is in
`pipeline.quality.findings.states`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import insert_rows
from pipeline.quality.checks.model import Check, TableSuite, category_of, each_check
from pipeline.quality.checks.vocabulary import Vocabulary
from pipeline.quality.codes import Severity, Status
from pipeline.quality.findings.faults import observation, parted
from pipeline.quality.findings.places import Cause, Place, cause_columns, cause_key, merged_places, places_json
from pipeline.quality.findings.wording import (
    Row,
    display_columns,
    figures_json,
    finding_id,
    sentence,
    shown_keys,
    spoken_value,
)

if TYPE_CHECKING:
    import duckdb

MOST_CAUSES_PER_WEEK: Final = 50
# More causes than this are one where they are most of a week's rows: forty shares that do not fit have one wrong total.
FEW_CAUSES: Final = 5
# What a finding is before anything is known of its past; `pipeline.quality.findings.settling` says what it really is.
NEW: Final[Status] = "open"


@dataclass(frozen=True)
class FailingCause:
    """The failing rows of one check that share a cause in a week. Key: week_id and the values of the cause columns.

    `example` is one of the rows; `is_explained` says whether a rule explains all of them. `causes_in_week` and
    `rows_in_week` count the causes of the week that are explained as this one is, or not explained as this one is, of
    which only the first MOST_CAUSES_PER_WEEK are read.
    """

    week_id: str
    rows: int
    is_explained: bool
    example: Row
    causes_in_week: int
    rows_in_week: int


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
    """A failure with one cause over its weeks. Key: finding_id; counts, words and places are the last week's.

    `title` says what is wrong, the first sentence of `evidence`; the rule that it broke is named in quality.check_rule.
    """

    finding_id: str
    table_name: str
    check_name: str
    title: str
    severity: Severity
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
    category: str | None
    owner_department: str | None
    figures: str | None
    places: str | None
    cell: str | None


def failing_causes(con: duckdb.DuckDBPyConnection, check: Check, failing: str) -> list[FailingCause]:
    """Returns the causes among the rows of `failing`, a SELECT, by week and cause.

    Of a week with more causes than people can settle one by one, only the first come back, of the explained ones and
    of the others.
    """
    group = ", ".join(cause_columns(check))
    rule = check.meta.explained_when
    is_explained = f"coalesce(bool_and({rule.sql}), false)" if rule else "false"
    order = ", ".join(display_columns(check))
    rows = con.execute(
        "SELECT week_id, rows_failing, is_explained, example, count(*) OVER in_week AS causes, "
        "CAST(sum(rows_failing) OVER in_week AS BIGINT) AS rows_in_week FROM ("
        f"SELECT {group}, count(*) AS rows_failing, {is_explained} AS is_explained, "
        f"arg_min(failing, row({order})) AS example FROM ({failing}) AS failing GROUP BY {group}) "
        "WINDOW in_week AS (PARTITION BY week_id, is_explained) "
        f"QUALIFY row_number() OVER (PARTITION BY week_id, is_explained ORDER BY {group}) <= {MOST_CAUSES_PER_WEEK} "
        f"ORDER BY {group}"
    ).fetchall()
    return [FailingCause(*row) for row in rows]


def findings_of_check(
    suite: TableSuite,
    check: Check,
    causes: Sequence[FailingCause],
    places: Mapping[Cause, Sequence[Place]],
    words: Vocabulary,
    rows_by_week: Mapping[str, int],
) -> list[FindingWeek]:
    """Makes a finding per week and cause, with its places by (week_id, cause); ordered by week and finding.

    More causes than people can settle one by one become one finding of that week, without keys of its own; so does what
    most rows of a week break, of which `rows_by_week` says how many were checked. What a rule explains stays apart:
    nine rows that their stock explains are no open finding, and do not hide the tenth that nothing explains.
    """
    alike: dict[tuple[str, bool], list[FailingCause]] = {}
    for cause in causes:
        alike.setdefault((cause.week_id, cause.is_explained), []).append(cause)
    findings = []
    for (week, _), folded in alike.items():
        if _is_one_cause(folded[0], rows_by_week.get(week, 0)):
            findings.append(_merged(suite, check, folded, places, words))
            continue
        for cause in folded:
            findings.append(_single(suite, check, cause, places, words))
    return sorted(findings, key=lambda finding: (finding.week_id, finding.finding_id))


def _is_one_cause(cause: FailingCause, rows_checked: int) -> bool:
    """Whether causes like this one are too many in a week to be told apart, or so many that one thing is behind them.

    A query may show more rows than the table has, such as each export that a week lacks: they are no share of those.
    """
    are_most_rows = cause.rows_in_week <= rows_checked < cause.rows_in_week * 2
    most_causes = FEW_CAUSES if are_most_rows else MOST_CAUSES_PER_WEEK
    return cause.causes_in_week > most_causes


def _single(
    suite: TableSuite,
    check: Check,
    cause: FailingCause,
    places: Mapping[Cause, Sequence[Place]],
    words: Vocabulary,
) -> FindingWeek:
    meta = check.meta
    example = cause.example
    text = observation(check, example, words)
    return FindingWeek(
        finding_id=finding_id(suite.table, check.name, {name: example[name] for name in meta.cause}),
        week_id=cause.week_id,
        table_name=suite.table,
        check_name=check.name,
        unexpected_count=cause.rows,
        keys=shown_keys(meta.keys, [example]),
        evidence=text if cause.rows == 1 else f"共 {cause.rows} 处，如：{text}",
        explanation=_explanation(check, cause, words),
        owner_department=_department(check, example, words),
        figures=figures_json(meta.figures, example),
        places=places_json(places.get(_key(check, cause), ())),
    )


def _merged(
    suite: TableSuite,
    check: Check,
    causes: Sequence[FailingCause],
    places: Mapping[Cause, Sequence[Place]],
    words: Vocabulary,
) -> FindingWeek:
    """One finding for all causes of a week that are too many, all of them explained or none."""
    first = causes[0]
    example = observation(check, first.example, words)
    identity: dict[str, object] = {"week_id": first.week_id, "merged": True}
    explanation = _explanation(check, first, words)
    if explanation is not None:
        identity["explained"] = True
        explanation = f"每一处都有说明，如：{explanation}"
    return FindingWeek(
        finding_id=finding_id(suite.table, check.name, identity),
        week_id=first.week_id,
        table_name=suite.table,
        check_name=check.name,
        unexpected_count=first.rows_in_week,
        keys=shown_keys(check.meta.keys, [cause.example for cause in causes]),
        evidence=f"共 {first.rows_in_week} 处，分属 {first.causes_in_week} 个原因，如：{example}",
        explanation=explanation,
        owner_department=None,
        figures=None,
        places=places_json(merged_places(places, [_key(check, cause) for cause in causes])),
    )


def _explanation(check: Check, cause: FailingCause, words: Vocabulary) -> str | None:
    """What explains all rows of a cause, in words; None where nothing does."""
    rule = check.meta.explained_when
    if rule is None or not cause.is_explained:
        return None
    return sentence(rule.how_zh, cause.example, words)


def _key(check: Check, cause: FailingCause) -> Cause:
    """What the places of a cause are found by."""
    return cause_key(cause.example[name] for name in cause_columns(check))


def _department(check: Check, example: Row, words: Vocabulary) -> str | None:
    """The department that a failing row names, as people read it."""
    if check.meta.department is None:
        return None
    value = spoken_value(check.meta.department, example, words)
    return None if value is None else str(value)


def replace_findings(
    con: duckdb.DuckDBPyConnection, weeks: Sequence[str], suites: Sequence[TableSuite], findings: Sequence[FindingWeek]
) -> None:
    """Puts `findings` in the place of what `suites` said about `weeks` and brings quality.finding up to date.

    Belongs inside the caller's transaction, with `settling.settle` after it. Weeks outside `weeks` keep what is known
    of them; a finding that no week shows any more keeps its last words.
    """
    tables = [suite.table for suite in suites]
    checks = {(suite.table, check.name): check for suite, check in each_check(suites)}
    con.execute(
        "DELETE FROM quality.finding_week WHERE list_contains(?, table_name) "
        "AND (list_contains(?, week_id) OR NOT list_contains(?, table_name || '/' || check_name))",
        [tables, list(weeks), [f"{table}/{name}" for table, name in checks]],
    )
    insert_rows(con, "quality.finding_week", FindingWeek, findings)
    current = _current(con, tables, checks)
    identities = [finding.finding_id for finding in current]
    con.execute(
        "CREATE OR REPLACE TEMP TABLE known_state AS SELECT finding_id, status, until, decision_id "
        "FROM quality.finding WHERE list_contains(?, finding_id)",
        [identities],
    )
    con.execute("DELETE FROM quality.finding WHERE list_contains(?, finding_id)", [identities])
    insert_rows(con, "quality.finding", Finding, current)
    con.execute(
        "UPDATE quality.finding AS f SET status = k.status, until = k.until, decision_id = k.decision_id "
        "FROM known_state AS k WHERE k.finding_id = f.finding_id"
    )


def _current(
    con: duckdb.DuckDBPyConnection, tables: Sequence[str], checks: Mapping[tuple[str, str], Check]
) -> list[Finding]:
    """The findings that weeks of `tables` show, each with the words of its last week."""
    rows = con.execute(
        "SELECT finding_id, table_name, check_name, min(week_id), max(week_id), count(*), "
        "arg_max(unexpected_count, week_id), arg_max(keys, week_id), arg_max(evidence, week_id), "
        "CASE WHEN bool_and(explanation IS NOT NULL) THEN max_by(explanation, week_id) END, "
        "arg_max(struct_pack(d := owner_department, f := figures, p := places), week_id) FROM quality.finding_week "
        "WHERE list_contains(?, table_name) GROUP BY finding_id, table_name, check_name ORDER BY finding_id",
        [list(tables)],
    ).fetchall()
    return [_finding(checks[row[1], row[2]], row) for row in rows]


def _finding(check: Check, row: tuple[Any, ...]) -> Finding:
    identity, table, name, first, last, weeks, count, keys, evidence, explanation, last_week = row
    return Finding(
        finding_id=identity,
        table_name=table,
        check_name=name,
        title=parted(evidence)[0],
        severity=check.meta.severity,
        status=NEW,
        owner=check.meta.owner,
        first_seen=first,
        last_seen=last,
        weeks=weeks,
        unexpected_count=count,
        keys=keys,
        evidence=evidence,
        explanation=explanation,
        action=check.meta.fix_zh,
        category=category_of(table, check.meta),
        owner_department=last_week["d"],
        figures=last_week["f"],
        places=last_week["p"],
        cell=check.cell,
    )
