"""Writes the outer edition: the charts of the issue's year with every cell left out that points at one person.

Which columns there are is in `rules`, what adds up to what in `counts`, which cells are left out in
`pipeline.privacy.small_cells`.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.csv_text import ENCODING, csv_text
from pipeline.common.quoting import identifier
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.site.files import write_if_new
from pipeline.present.site.outer.counts import Counted, CountedCell, counted_cells, sums
from pipeline.present.site.outer.rules import HIDDEN_CHARTS, RULES, SHOWN_OF_EVERY_CHART, ChartRule
from pipeline.privacy.small_cells import Editions, add_equations, no_editions, suppressed_cells
from pipeline.release.published.chart_sheets import row_order
from pipeline.reporting_calendar.week_ids import year_bounds

if TYPE_CHECKING:
    from pipeline.present.site.published import Published

FOLDER: Final = "outer"
INDEX: Final = "index.json"
SUPPRESSED: Final = "suppressed"
Charts = Mapping[str, list[dict[str, Any]]]
# A row of a chart: its week, and the rest of its key.
CountedRow = tuple[str, tuple[Any, ...]]


def write_outer_edition(published: Published, program: str, threshold: int) -> Path:
    """Brings `published/outer/` to the state of the published file; returns the folder.

    Out: `<chart>.csv`, `.json` and `.metadata.json` of each chart that RULES shows, with the weeks of the latest
    issue's year up to it, and `index.json`. A count of 1 to `threshold` - 1 is empty, so is what would give it away,
    and the column `suppressed` names both. Where nothing was published since, nothing is done.
    """
    folder = published.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    inputs = (program, published.content, published.week_id, published.issues[0]["revision"], threshold)
    made_from = hashlib.sha256(repr(inputs).encode()).hexdigest()
    index = folder / INDEX
    if _made_from(index) == made_from:
        return folder
    charts = _rows_of_year(published)
    left_out = cells_left_out(charts, threshold)
    written = {index}
    for chart, rows in charts.items():
        written |= _write_chart(published, folder, chart, _shown_rows(published, chart, rows, left_out))
    for path in sorted(set(folder.iterdir()) - written):
        path.unlink()
    write_if_new(index, _json_bytes({"charts": list(charts), "threshold": threshold, "madeFrom": made_from}))
    return folder


def remove_outer_edition(published_folder: Path) -> None:
    """Removes the edition: where it is switched off, or nothing is shown."""
    folder = published_folder / FOLDER
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            path.unlink()
        folder.rmdir()


def _made_from(index: Path) -> str | None:
    if not index.is_file():
        return None
    digest = json.loads(index.read_text(encoding="utf-8")).get("madeFrom")
    return str(digest) if digest else None


def _rows_of_year(published: Published) -> Charts:
    """Reads the charts that have a rule, with the rows of the issue's year up to it."""
    first_week, _ = year_bounds(published.week_id)
    charts = {}
    for table in fetch(published.con, "SELECT table_name FROM docs.\"table\" WHERE schema_name = 'charts' ORDER BY 1"):
        chart = table["table_name"]
        if chart in RULES and chart not in HIDDEN_CHARTS:
            columns = [column["column_name"] for column in _columns(published, chart)]
            order = row_order(published.con, _database(published), chart, columns)
            query = f"SELECT * FROM charts.{identifier(chart)} WHERE week_id BETWEEN ? AND ? ORDER BY {order}"
            charts[chart] = fetch(published.con, query, [first_week, published.week_id])
    return charts


def _database(published: Published) -> str:
    row = published.con.execute("SELECT current_database()").fetchone()
    return identifier(str(row[0])) if row else "memory"


def _columns(published: Published, chart: str) -> list[Row]:
    return fetch(
        published.con,
        'SELECT column_name, label_zh, label_en, unit FROM docs."column"'
        " WHERE schema_name = 'charts' AND table_name = ? ORDER BY position",
        [chart],
    )


def cells_left_out(charts: Charts, threshold: int) -> set[CountedCell]:
    """Returns the cells to leave out, week after week: an edition that was mailed cannot be taken back.

    A week leaves out what would give away a cell of its own or, by the year to date, one of an earlier edition.
    """
    values, counts = counted_cells({chart: rows for chart, rows in charts.items() if RULES[chart].counts})
    by_week: dict[str, dict[Counted, int]] = defaultdict(dict)
    for counted, value in values.items():
        by_week[counted.week_id][counted] = value
    before: Editions[Counted] = no_editions()
    week_before = None
    for week_id in sorted(by_week):
        of_week = by_week[week_id]
        equations = list(sums(values, week_id, week_before))
        left_out = suppressed_cells(of_week, equations, threshold, _worth(before.left_out, week_before), before)
        before = _with_edition(before, of_week, equations, left_out)
        week_before = week_id
    return {cell for cell, counted in counts.items() if counted in before.left_out}


def _with_edition(
    before: Editions[Counted],
    values: Mapping[Counted, int],
    equations: Sequence[Mapping[Counted, int]],
    left_out: set[Counted],
) -> Editions[Counted]:
    """Returns what is known when the edition of one week more is out."""
    shown = {counted: value for counted, value in values.items() if counted not in left_out}
    all_left_out = before.left_out | left_out
    return Editions({**before.shown, **shown}, all_left_out, add_equations(equations, set(all_left_out), before.solved))


def _worth(left_out: frozenset[Counted], week_before: str | None) -> Callable[[Counted], int]:
    """Says what a count is worth to readers: the whole most, a part of a part least.

    What was left out a week ago is worth little: a year to date with a gap tells nothing of the week.
    """

    def worth(counted: Counted) -> int:
        was_left_out = week_before is not None and counted._replace(week_id=week_before) in left_out
        return -2 * len(counted.part) - was_left_out

    return worth


def _shown_rows(
    published: Published, chart: str, rows: list[dict[str, Any]], left_out: set[CountedCell]
) -> list[dict[str, Any]]:
    """Returns the rows as the outer edition has them: without hidden columns and left out cells."""
    rule = RULES[chart]
    key = [name for name in _key(published, chart) if name != "week_id"]
    empty: dict[CountedRow, list[str]] = {}
    for row_no, row in enumerate(rows):
        place = (row["week_id"], tuple(row[name] for name in key))
        empty[place] = [column for column in rule.counts if CountedCell(chart, row_no, column) in left_out]
    weeks = sorted({row["week_id"] for row in rows})
    week_before = dict(zip(weeks[1:], weeks, strict=False))
    shown = []
    for row, (place, names) in zip(rows, empty.items(), strict=True):
        week_id, part = place
        before = (week_before.get(week_id, ""), part)
        # A change on the week before tells the number of that week too.
        is_derived_shown = not names and not empty.get(before)
        left_out_columns = names if is_derived_shown else [*names, *rule.derived]
        shown.append(_shown_row(rule, row, left_out_columns))
    return shown


def _shown_row(rule: ChartRule, row: dict[str, Any], left_out: list[str]) -> dict[str, Any]:
    """Returns a row with `suppressed` behind the week; what is left out is empty."""
    visible = {*SHOWN_OF_EVERY_CHART, *rule.shown, *rule.counts, *rule.derived}
    week_id, *columns = [name for name in row if name in visible]
    names = " ".join(name for name in left_out if name in row)
    shown = {week_id: row[week_id], SUPPRESSED: names or None}
    return shown | {name: None if name in left_out else row[name] for name in columns}


def _key(published: Published, chart: str) -> list[str]:
    rows = fetch(
        published.con,
        "SELECT column_name FROM docs.\"key\" WHERE schema_name = 'charts' AND table_name = ? ORDER BY position",
        [chart],
    )
    return [row["column_name"] for row in rows]


def _write_chart(published: Published, folder: Path, chart: str, rows: list[dict[str, Any]]) -> set[Path]:
    """Writes the three files of a chart and returns them."""
    csv_path, json_path = folder / f"{chart}.csv", folder / f"{chart}.json"
    metadata_path = folder / f"{chart}.metadata.json"
    words = {column["column_name"]: column for column in _columns(published, chart)}
    header = list(rows[0]) if rows else ["week_id", SUPPRESSED]
    lines = [[_in_one_line(value) for value in row.values()] for row in rows]
    write_if_new(csv_path, csv_text(header, lines).encode(ENCODING))
    write_if_new(json_path, (json.dumps(rows, ensure_ascii=False, default=str) + "\n").encode())
    columns = [_column_words(name, words.get(name)) for name in header]
    metadata = {"name": chart, "dataLabel": published.label, "rows": len(rows), "columns": columns}
    write_if_new(metadata_path, _json_bytes(metadata))
    return {csv_path, json_path, metadata_path}


def _column_words(name: str, words: Row | None) -> dict[str, Any]:
    if words is None:
        return {
            "name": name,
            "title": "为保护个人而不列的列，空格分开",
            "titleEn": "columns left out to protect persons",
        }
    return {"name": name, "title": words["label_zh"], "titleEn": words["label_en"], "unit": words["unit"]}


def _in_one_line(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


def _json_bytes(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
