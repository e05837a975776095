"""The quality pages: what each check expected of a week, saw and became.

How one check is shown is in `pipeline.present.site.pages.quality_checks`; findings and states are made in
`pipeline.quality`.

Great Expectations' own Data Docs speak English, show one run and not the weeks, and cannot know of findings, owners and
decisions. Where somebody made them (`zhoubao checks docs`, see `pipeline.quality.export`), the pages here lead to them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.present.shared.findings import STATES
from pipeline.present.site.digests import list_digest
from pipeline.present.site.files import write_frame_files, write_if_new
from pipeline.present.site.page import Frame, Page, render
from pipeline.present.site.pages.quality_checks import (
    BLOCKING,
    PASSED,
    TREND_WEEKS,
    CheckKey,
    anchor,
    check_row,
    findings_by_check,
    lights_by_check,
    read_corrections,
    read_rules,
    state_words,
    trend_picture,
)
from pipeline.present.site.pages.quality_scores import score_pages
from pipeline.present.site.published import Published
from pipeline.quality.checks.vocabulary import read_words
from pipeline.quality.codes import URGENCY
from pipeline.quality.export.data_docs import FOLDER as DATA_DOCS
from pipeline.quality.findings.lights import Light, lights
from pipeline.release.published.docs.schema import SYNTHETIC_MARK, is_synthetic

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings

# So many weeks a page leads to, itself and those before it.
WEEKS_BEFORE: Final = 15
REVIEW_PAGE: Final = "quality.html"
# The mark of a page outside the site, which is compared by its bytes.
NO_MARK: Final = "0" * 64
_URGENCY_OF_COLOUR: Final = {"red": 0, "yellow": 1, "green": 2}


def quality_pages(published: Published) -> Iterator[Page]:
    """Makes a page per week that was checked, the newest first, and the list of all weeks."""
    con = published.con
    if not has_table(con, "quality", "check_result"):
        return
    all_lights = lights(con)
    weeks = sorted({light.week_id for light in all_lights}, reverse=True)
    has_data_docs = (published.folder / DATA_DOCS / "index.html").is_file()
    has_scores = any(score_pages(published))
    yield Page(
        path="quality/index.html",
        template="quality_index.html.j2",
        section="quality",
        title="数据质量",
        made_from=[published.content, has_data_docs],
        content=lambda: index_content(con, all_lights) | {"has_data_docs": has_data_docs, "has_scores": has_scores},
    )
    words_and_rules = [list_digest(con, "quality", "check_rule"), list_digest(con, "quality", "word")]
    for place, week in enumerate(weeks):
        up_to_now = weeks[place : place + TREND_WEEKS]
        # The page leads to the week behind it and to those before it: another new week leaves it as it is.
        near = weeks[max(place - 1, 0) : place + WEEKS_BEFORE]
        digests = [(known, published.digests.get(known)) for known in up_to_now]
        made_from = [digests, words_and_rules, near, has_data_docs]
        yield _week_page(con, f"quality/{week}.html", made_from, all_lights, week, near, has_data_docs=has_data_docs)


def _week_page(
    con: DuckDBPyConnection,
    path: str,
    made_from: Sequence[object],
    all_lights: Sequence[Light],
    week: str,
    weeks: Sequence[str],
    *,
    has_data_docs: bool = False,
) -> Page:
    return Page(
        path=path,
        template="quality.html.j2",
        section="quality",
        title=f"数据质量 {week}",
        made_from=made_from,
        content=lambda: week_content(con, all_lights, week, weeks) | {"has_data_docs": has_data_docs},
    )


def write_review_pages(con: DuckDBPyConnection, settings: Settings, weeks: Sequence[str]) -> list[Path]:
    """Writes the same page for the steward, from the open warehouse, as `review/<week>/quality.html`.

    A week that may not be released has no page on the site, and it is the one that a steward needs.
    """
    all_lights = lights(con)
    files = write_frame_files(settings.review)
    label = SYNTHETIC_MARK if is_synthetic(con) else None
    frame = Frame((), label, files)
    paths = []
    for week in weeks:
        page = _week_page(con, f"{week}/{REVIEW_PAGE}", [], all_lights, week, [])
        path = settings.review / page.path
        write_if_new(path, render(page, frame, NO_MARK).encode())
        paths.append(path)
    return paths


def week_content(
    con: DuckDBPyConnection, all_lights: Sequence[Light], week: str, weeks: Sequence[str]
) -> dict[str, Any]:
    """Returns everything the page of a week shows; `weeks` are those that it leads to, the newest first."""
    words = read_words(con)
    checks = _week_checks(con, all_lights, week, findings_by_check(con, week, words))
    attention = [check for check in checks if check["colour"] != "green"]
    passed: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for check in checks:
        if check["colour"] == "green":
            passed[check["category"]].append(check)
    return {
        "week": week,
        "weeks": weeks,
        "attention": attention,
        "passed": dict(sorted(passed.items())),
        "corrections": read_corrections(con, week, words),
        "counts": _counts([check["state"] for check in checks]),
        "choices": {name: _choices(checks, name) for name in ("state", "owner", "category", "dimension")},
        "total": len(checks),
    }


def _week_checks(
    con: DuckDBPyConnection, all_lights: Sequence[Light], week: str, findings: Mapping[CheckKey, Sequence[Any]]
) -> list[dict[str, Any]]:
    """The checks of a week: red before yellow before green, of one colour the one whose worst finding moves most."""
    rules = read_rules(con)
    checks = []
    for key, history in lights_by_check(all_lights).items():
        of_week = [light for light in history if light.week_id == week]
        for light in of_week:
            checks.append(check_row(light, rules.get(key, {}), history, findings.get(key, ())))
    return sorted(checks, key=_urgency)


def _urgency(check: Mapping[str, Any]) -> tuple[object, ...]:
    ranks = [finding["rank"] for finding in check["findings"]]
    return _URGENCY_OF_COLOUR[check["colour"]], ranks[:1], check["category"], check["title"], check["id"]


def index_content(con: DuckDBPyConnection, all_lights: Sequence[Light]) -> dict[str, Any]:
    """Returns the list of weeks with their counts, and every check that ever failed with its trend."""
    states: dict[str, list[str]] = defaultdict(list)
    for light in all_lights:
        states[light.week_id].append(state_words(light))
    rules = read_rules(con)
    failing = []
    for key, history in lights_by_check(all_lights).items():
        failed = [light for light in history if light.colour != "green"]
        if failed:
            failing.append(_failing_row(rules.get(key, {}), key, history, failed))
    return {
        "weeks": [(week, _counts(states[week])) for week in sorted(states, reverse=True)],
        "failing": sorted(failing, key=lambda row: (row["last"], row["times"], row["title"]), reverse=True),
    }


def _failing_row(
    rule: Mapping[str, Any], key: CheckKey, history: Sequence[Light], failed: Sequence[Light]
) -> dict[str, Any]:
    last = failed[-1]
    return {
        "title": rule.get("title", last.check_name),
        "category": rule.get("category", ""),
        "owner": rule.get("owner", ""),
        "times": len(failed),
        "last": last.week_id,
        "colour": last.colour,
        "state": state_words(last),
        "id": anchor(*key),
        "trend": trend_picture(history),
    }


def _counts(states: Sequence[str]) -> dict[str, int]:
    """Checks by their words, the most urgent first; those that block and those that passed are always among them."""
    counted = Counter(states)
    counts = {BLOCKING: counted[BLOCKING]}
    for state in URGENCY:
        words = STATES[state]
        if counted[words]:
            counts[words] = counted[words]
    counts[PASSED] = counted[PASSED]
    return counts


def _choices(checks: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    """The different values of a field, for the list that the page can be narrowed by."""
    values = {check[name] for check in checks}
    return sorted(values - {""})
