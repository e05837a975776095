"""The checks of a week as the quality pages show them: rule, state, findings, corrections, trend, all in words.

The pages themselves are in `pipeline.present.site.pages.quality`; findings and states are made in `pipeline.quality`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.present.shared.findings import CORRECTION_STATES, SEVERITIES, STATES, read_keys
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.shared.svg import trend
from pipeline.quality.checks.standards import LEVEL_MEANINGS
from pipeline.quality.checks.vocabulary import Vocabulary
from pipeline.quality.codes import WORDS_OF_KIND
from pipeline.quality.findings.faults import parted
from pipeline.quality.findings.lights import FINDINGS, Light, is_stopping, why_words
from pipeline.quality.findings.order import rank_of
from pipeline.quality.findings.places import read_places

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from markupsafe import Markup

# A check: its table and its name.
CheckKey = tuple[str, str]
BLOCKING: Final = "阻止发布"
PASSED: Final = "通过"
TREND_WEEKS: Final = 52
# Of the weeks in which a check failed, so many are read out to somebody who cannot see the trend.
WEEKS_IN_WORDS: Final = 8


def state_words(light: Light) -> str:
    """Returns what a light says: `阻止发布`, `通过`, or the state of its most urgent finding."""
    if light.colour == "red":
        return BLOCKING
    if light.state == "passed":
        return PASSED
    return STATES.get(light.state, light.state)


def lights_by_check(lights: Sequence[Light]) -> dict[CheckKey, list[Light]]:
    """Groups lights by check; the weeks keep their order."""
    history: dict[CheckKey, list[Light]] = defaultdict(list)
    for light in lights:
        history[light.table_name, light.check_name].append(light)
    return history


def read_rules(con: DuckDBPyConnection) -> dict[CheckKey, Row]:
    """Reads the rules of checks by their key. In: `quality.check_rule` (table_name, check_name)."""
    if not has_table(con, "quality", "check_rule"):
        return {}
    rows = fetch(con, "SELECT * FROM quality.check_rule")
    return {(row["table_name"], row["check_name"]): row for row in rows}


def check_row(
    light: Light, rule: Mapping[str, Any], history: Sequence[Light], findings: Sequence[Row]
) -> dict[str, Any]:
    """Returns a check of a week as plain values.

    `history` are its lights of all weeks, oldest first, `findings` those of the week.
    """
    until_now = [earlier for earlier in history if earlier.week_id <= light.week_id]
    return {
        "id": anchor(light.table_name, light.check_name),
        "table": light.table_name,
        "name": light.check_name,
        "title": rule.get("title", light.check_name),
        "fault": _fault_words(light, findings),
        "description": rule.get("description", ""),
        "category": rule.get("category", "平台"),
        "owner": rule.get("owner", ""),
        "action": rule.get("action", ""),
        "severity": SEVERITIES.get(rule.get("severity", ""), ""),
        "dimension": rule.get("dimension") or "",
        "level": _level_words(rule.get("validation_level")),
        "expectation": rule.get("expectation", ""),
        "rule": rule.get("rule", ""),
        "thresholds": json.loads(rule.get("thresholds", "[]")),
        "colour": light.colour,
        "state": state_words(light),
        "elements": light.element_count,
        "unexpected": light.unexpected_count,
        "evidence": light.evidence,
        "findings": findings,
        "trend": trend_picture(until_now),
        "weeks_known": min(len(until_now), TREND_WEEKS),
    }


def _level_words(level: int | None) -> str:
    """Returns `1 同一份数据之内`; nothing for a check of before checks had levels."""
    return "" if level is None else f"{level} {LEVEL_MEANINGS[level]}"


def _fault_words(light: Light, findings: Sequence[Row]) -> str:
    """What is wrong, in one line: the worst finding, and how many there are beside it."""
    fault, _ = parted(light.evidence)
    if not findings:
        return fault
    fault = findings[0]["fault"]
    others = len(findings) - 1
    return f"{fault}（另有 {others} 个问题）" if others else str(fault)


def anchor(table: str, check: str) -> str:
    """Returns the name of a check on its page: `c-core-case_version-dates_in_order`."""
    return f"c-{table.replace('.', '-')}-{check}"


def trend_picture(history: Sequence[Light]) -> Markup:
    """Draws how often a check failed in its last weeks, as SVG."""
    from markupsafe import Markup

    recent = history[-TREND_WEEKS:]
    bars = [(light.week_id, light.unexpected_count, light.colour) for light in recent]
    return Markup(trend(bars, _trend_words(recent)))  # noqa: S704


def _trend_words(recent: Sequence[Light]) -> str:
    failures = []
    for light in recent:
        if light.unexpected_count:
            failures.append(f"{light.week_id} 不符 {light.unexpected_count} 处")
    words = "、".join(failures[-WEEKS_IN_WORDS:])
    return f"近 {len(recent)} 期：{words or '都通过'}"


def findings_by_check(con: DuckDBPyConnection, week: str, words: Vocabulary) -> dict[CheckKey, list[Row]]:
    """Reads the findings of a week in words, each with its trail, by check.

    In: `quality.finding_week` (finding_id, week_id), `quality.finding`, `quality.decision`, `quality.finding_event`.
    """
    trails = _trails(con, week)
    findings: dict[CheckKey, list[Row]] = defaultdict(list)
    for row in fetch(con, f"SELECT * FROM ({FINDINGS}) WHERE week_id = ? ORDER BY finding_id", [week]):
        finding = _finding(row, words) | {"trail": trails[row["finding_id"]]}
        findings[row["table_name"], row["check_name"]].append(finding)
    for of_check in findings.values():
        of_check.sort(key=itemgetter("rank"))
    return findings


def _finding(row: Row, words: Vocabulary) -> Row:
    return row | {
        "rank": rank_of(row),
        "fault": parted(row["evidence"])[0],
        "label": STATES.get(row["status"], row["status"]),
        "colour": "red" if is_stopping(row) else "yellow",
        "why": why_words(row),
        "decision": WORDS_OF_KIND.get(row["kind"], row["kind"]),
        "failing": _keys_table(row["keys"], words),
        "figures": _figures(row["figures"], words),
        "places": [place.words for place in read_places(row["places"])],
    }


def _trails(con: DuckDBPyConnection, week: str) -> dict[str, list[Row]]:
    """What became of each finding of the week, from the first day on: when, into which state, why."""
    rows = fetch(
        con,
        "SELECT finding_id, happened_at, to_status, words FROM quality.finding_event WHERE finding_id IN "
        "(SELECT finding_id FROM quality.finding_week WHERE week_id = ?) ORDER BY finding_id, event_no",
        [week],
    )
    trails: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        state = STATES.get(row["to_status"], row["to_status"])
        trails[row["finding_id"]].append(row | {"state": state})
    return trails


def _keys_table(keys: str | None, words: Vocabulary) -> dict[str, Any] | None:
    """Failing keys in words as a table: its columns and rows; None where none may be shown."""
    entries = read_keys(keys)
    names: dict[str, None] = {}
    for entry in entries:
        names |= dict.fromkeys(entry)
    if not names:
        return None
    rows = []
    for entry in entries:
        rows.append([words.value(name, entry.get(name), entry) for name in names])
    return {"columns": list(map(words.column, names)), "rows": rows}


def _figures(figures: str | None, words: Vocabulary) -> list[tuple[str, Any]]:
    """The figures involved as (words, value): `{"value": 12}` gives [("本期数", 12)]."""
    values = json.loads(figures or "{}")
    return [(words.column(name), value) for name, value in values.items()]


def read_corrections(con: DuckDBPyConnection, week: str, words: Vocabulary) -> list[Row]:
    """Reads what was corrected in the week: the cell, from, to, why, and whether it still acts; the oldest first.

    In: `quality.correction` (correction_id). Added in words: source, `where` (the row's keys), `cell`, `state`.
    """
    if not has_table(con, "quality", "correction"):
        return []
    rows = fetch(con, "SELECT * FROM quality.correction WHERE week_id = ? ORDER BY decided_at, correction_id", [week])
    return [_correction(row, words) for row in rows]


def _correction(row: Row, words: Vocabulary) -> Row:
    source = row["source"]
    keys = json.loads(row["keys"])
    return row | {
        "where": "，".join(f"{words.field(source, name)} {value}" for name, value in keys.items()),
        "source": words.value("source", source, row),
        "cell": words.field(source, row["column_name"]),
        "state": CORRECTION_STATES.get(row["status"], row["status"]),
    }
