"""The quality pages: what each check expected of a week, saw and became; findings and states are made in quality.

Great Expectations' own Data Docs cannot be made so. Rendered with its page renderer and view (1.24), the page of one
validation takes styles, fonts, scripts and a picture from seven hosts (unpkg, cdnjs, jsDelivr, two of bootstrapcdn,
jquery and a bucket of S3), written into the package's templates; without a network neither its layout nor its tables
work. It speaks English, shows one run and not the weeks, and cannot know of findings, owners and decisions. Here every
page is whole without a network and shows the same and more.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.present.shared.findings import CORRECTION_STATES, SEVERITIES, STATES
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.shared.svg import trend
from pipeline.present.site.files import write_frame_files, write_if_new
from pipeline.present.site.page import Frame, Page, render
from pipeline.present.site.published import Published
from pipeline.quality.checks.vocabulary import Vocabulary, read_words
from pipeline.quality.findings.lights import FINDINGS, URGENCY, Light, lights, why_words
from pipeline.quality.findings.places import read_places
from pipeline.quality.findings.states import WORDS_OF_KIND
from pipeline.release.published.docs.write import SYNTHETIC_MARK, is_synthetic

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from markupsafe import Markup

    from pipeline.settings import Settings

REVIEW_PAGE: Final = "quality.html"
BLOCKING: Final = "阻止发布"
PASSED: Final = "通过"
TREND_WEEKS: Final = 52
_TEMPLATE: Final = "quality.html.j2"
_ORDER: Final = {"red": 0, "yellow": 1, "green": 2}


def quality_pages(published: Published) -> Iterator[Page]:
    """A page per week that was checked, the newest first, and the list of all weeks."""
    con = published.con
    if not has_table(con, "quality", "check_result"):
        return
    seen = lights(con)
    weeks = sorted({light.week_id for light in seen}, reverse=True)
    made_from = [published.content]
    yield Page("quality/index.html", "quality_index.html.j2", "quality", "数据质量", made_from,
               lambda: index_content(con, seen))  # fmt: skip
    for week in weeks:
        yield Page(f"quality/{week}.html", _TEMPLATE, "quality", f"数据质量 {week}", made_from,
                   lambda week=week: week_content(con, seen, week, weeks))  # type: ignore[misc]  # fmt: skip


def write_review_pages(con: DuckDBPyConnection, settings: Settings, weeks: Sequence[str]) -> list[Path]:
    """The same page for the steward, from the open warehouse, as `review/<week>/quality.html`.

    A week that may not be released has no page on the site, and it is the one that a steward needs.
    """
    seen = lights(con)
    files = write_frame_files(settings.review)
    frame = Frame((), SYNTHETIC_MARK if is_synthetic(con) else None, files)
    paths = []
    for week in weeks:
        content = week_content(con, seen, week, [])
        page = Page(f"{week}/{REVIEW_PAGE}", _TEMPLATE, "quality", f"数据质量 {week}", [], lambda shown=content: shown)  # type: ignore[misc]
        paths.append(settings.review / page.path)
        write_if_new(paths[-1], render(page, frame, "0" * 64).encode())
    return paths


def week_content(con: DuckDBPyConnection, seen: Sequence[Light], week: str, weeks: Sequence[str]) -> dict[str, Any]:
    """Everything the page of a week shows; `weeks` are those that have a page too, the newest first."""
    rules = _rules(con)
    history = _by_check(seen)
    words = read_words(con)
    findings, trails = defaultdict(list), _trails(con, week)
    for row in fetch(con, f"SELECT * FROM ({FINDINGS}) WHERE week_id = ? ORDER BY finding_id", [week]):
        shown = _finding(row, words) | {"trail": trails[row["finding_id"]]}
        findings[row["table_name"], row["check_name"]].append(shown)
    checks = [
        _check(light, rules.get((light.table_name, light.check_name), {}), history, findings)
        for light in seen
        if light.week_id == week
    ]
    checks.sort(key=lambda check: (_ORDER[check["colour"]], check["category"], check["title"], check["id"]))
    passed: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for check in checks:
        if check["colour"] == "green":
            passed[check["category"]].append(check)
    return {
        "week": week,
        "weeks": weeks,
        "attention": [check for check in checks if check["colour"] != "green"],
        "passed": dict(sorted(passed.items())),
        "corrections": _corrections(con, week, words),
        "counts": _counts(checks),
        "choices": {name: _choices(checks, name) for name in ("state", "owner", "category")},
        "total": len(checks),
    }


def index_content(con: DuckDBPyConnection, seen: Sequence[Light]) -> dict[str, Any]:
    """The list of weeks with their counts, and every check that ever failed with its trend."""
    rules = _rules(con)
    by_week: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for light in seen:
        by_week[light.week_id].append({"colour": light.colour, "state": _label(light)})
    failing = [
        _failing(rules.get(key, {}), key, known)
        for key, known in _by_check(seen).items()
        if any(light.colour != "green" for light in known)
    ]
    return {
        "weeks": [(week, _counts(checks)) for week, checks in sorted(by_week.items(), reverse=True)],
        "failing": sorted(failing, key=lambda row: (row["last"], row["times"], row["title"]), reverse=True),
    }


def _failing(rule: Mapping[str, Any], key: tuple[str, str], known: Sequence[Light]) -> dict[str, Any]:
    failed = [light for light in known if light.colour != "green"]
    return {
        "title": rule.get("title", key[1]),
        "category": rule.get("category", ""),
        "owner": rule.get("owner", ""),
        "times": len(failed),
        "last": failed[-1].week_id,
        "colour": failed[-1].colour,
        "state": _label(failed[-1]),
        "id": _anchor(*key),
        "trend": _trend(known),
    }


def _check(
    light: Light,
    rule: Mapping[str, Any],
    history: Mapping[tuple[str, str], Sequence[Light]],
    findings: Mapping[tuple[str, str], Sequence[Row]],
) -> dict[str, Any]:
    key = (light.table_name, light.check_name)
    until_now = [one for one in history[key] if one.week_id <= light.week_id]
    return {
        "id": _anchor(*key),
        "table": light.table_name,
        "name": light.check_name,
        "title": rule.get("title", light.check_name),
        "description": rule.get("description", ""),
        "category": rule.get("category", "平台"),
        "owner": rule.get("owner", ""),
        "action": rule.get("action", ""),
        "severity": SEVERITIES.get(rule.get("severity", ""), ""),
        "expectation": rule.get("expectation", ""),
        "rule": rule.get("rule", ""),
        "thresholds": json.loads(rule.get("thresholds", "[]")),
        "colour": light.colour,
        "state": _label(light),
        "elements": light.element_count,
        "unexpected": light.unexpected_count,
        "evidence": light.evidence,
        "findings": findings.get(key, ()),
        "trend": _trend(until_now),
        "weeks_known": min(len(until_now), TREND_WEEKS),
    }


def _finding(row: Row, words: Vocabulary) -> Row:
    return row | {
        "label": STATES.get(row["status"], row["status"]),
        "colour": "red" if row["severity"] == "critical" and row["status"] in ("open", "expired") else "yellow",
        "why": why_words(row),
        "decision": WORDS_OF_KIND.get(row["kind"], row["kind"]),
        "failing": _table(row["keys"], words),
        "figures": _figures(row["figures"], words),
        "places": [place.words for place in read_places(row["places"])],
    }


def _trails(con: DuckDBPyConnection, week: str) -> dict[str, list[Row]]:
    """What became of each finding of the week, from the first day on: when, into which state, why."""
    trails: dict[str, list[Row]] = defaultdict(list)
    for row in fetch(
        con,
        "SELECT finding_id, happened_at, to_status, words FROM quality.finding_event WHERE finding_id IN "
        "(SELECT finding_id FROM quality.finding_week WHERE week_id = ?) ORDER BY finding_id, event_no",
        [week],
    ):
        trails[row["finding_id"]].append(row | {"state": STATES.get(row["to_status"], row["to_status"])})
    return trails


def _table(keys: str, words: Vocabulary) -> dict[str, Any] | None:
    """Failing keys in words as a table: its columns and rows; None where none may be shown."""
    rows = [row for row in json.loads(keys or "[]") if isinstance(row, dict)]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    if not columns:
        return None
    cells = [[words.value(name, row.get(name), row) for name in columns] for row in rows]
    return {"columns": [words.column(name) for name in columns], "rows": cells}


def _figures(figures: str | None, words: Vocabulary) -> list[tuple[str, Any]]:
    """The figures involved as (words, value)."""
    return [(words.column(name), value) for name, value in json.loads(figures or "{}").items()]


def _corrections(con: DuckDBPyConnection, week: str, words: Vocabulary) -> list[Row]:
    """What was corrected in the week: the cell, from, to, why, and whether it still acts; the oldest first."""
    if not has_table(con, "quality", "correction"):
        return []
    rows = fetch(con, "SELECT * FROM quality.correction WHERE week_id = ? ORDER BY decided_at, correction_id", [week])
    return [
        row
        | {
            "where": "，".join(
                f"{words.field(row['source'], name)} {value}" for name, value in json.loads(row["keys"]).items()
            ),
            "source": words.value("source", row["source"], row),
            "cell": words.field(row["source"], row["column_name"]),
            "state": CORRECTION_STATES.get(row["status"], row["status"]),
        }
        for row in rows
    ]


def _rules(con: DuckDBPyConnection) -> dict[tuple[str, str], Row]:
    if not has_table(con, "quality", "check_rule"):
        return {}
    return {(row["table_name"], row["check_name"]): row for row in fetch(con, "SELECT * FROM quality.check_rule")}


def _by_check(seen: Sequence[Light]) -> dict[tuple[str, str], list[Light]]:
    history: dict[tuple[str, str], list[Light]] = defaultdict(list)
    for light in seen:
        history[light.table_name, light.check_name].append(light)
    return history


def _label(light: Light) -> str:
    if light.colour == "red":
        return BLOCKING
    return PASSED if light.state == "passed" else STATES.get(light.state, light.state)


def _counts(checks: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Checks by their words, the most urgent first; those that block and those that passed are always among them."""
    words = (BLOCKING, *(STATES[state] for state in URGENCY), PASSED)
    found = Counter(check["state"] for check in checks)
    return {name: found[name] for name in words if found[name] or name in (BLOCKING, PASSED)}


def _choices(checks: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    return sorted({check[name] for check in checks if check[name]})


def _trend(known: Sequence[Light]) -> Markup:
    from markupsafe import Markup

    shown = known[-TREND_WEEKS:]
    failed = [light for light in shown if light.unexpected_count]
    words = f"近 {len(shown)} 期：" + (
        "、".join(f"{light.week_id} 不符 {light.unexpected_count} 处" for light in failed[-8:]) or "都通过"
    )
    return Markup(trend([(light.week_id, light.unexpected_count, light.colour) for light in shown], words))  # noqa: S704


def _anchor(table: str, check: str) -> str:
    return f"c-{table.replace('.', '-')}-{check}"
