"""A figure with its way home: rows of files, tables and SQL on the way, releases and findings; no layout."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.present.shared.findings import read_keys
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.trace.figure import Chosen, ColumnWords, TraceError, choose
from pipeline.present.trace.places import Span, metric_places, source_places
from pipeline.present.trace.steps import Step, fitting, steps_of
from pipeline.release.published.publish import DATABASE
from pipeline.release.revisions.activation import SHOWN

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings

# Stocks have no rows of their own: they are what was accepted less what was closed, in the spans of weeks named here.
STOCKS: Final[dict[tuple[str, str], Span]] = {
    ("case_closing", "week"): "ever",
    ("case_opening", "week"): "before",
    ("case_opening", "ytd"): "before_year",
}
STOCK_PARTS: Final = (("case_accepted", 1), ("case_closed", -1))
SPAN_WORDS: Final[dict[Span, str]] = {
    "week": "本期",
    "ytd": "今年累计",
    "ever": "历来至本期",
    "before": "本期之前",
    "before_year": "往年",
}


@dataclass(frozen=True)
class Contribution:
    """What one metric, or the sources without one, give to a figure: `rows` as in `metric_places`.

    `total` is the sum of the rows with its sign, None for sources.
    """

    label: str
    total: int | None
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Figure:
    """One column of the chosen row. `is_sum` says that the contributions add up to the value that is shown."""

    column: ColumnWords
    value: Any
    unit: str
    contributions: tuple[Contribution, ...]
    is_sum: bool
    released: tuple[Row, ...]


@dataclass(frozen=True)
class Trace:
    """The answer: the row, its figures, the steps, and the week's findings on the tables and keys of the row."""

    chosen: Chosen
    figures: tuple[Figure, ...]
    steps: tuple[Step, ...]
    findings: tuple[Row, ...]
    revision: Row | None


def trace_published(settings: Settings, table: str, week_id: str, words: Sequence[str]) -> Trace:
    """`trace` in the published file, which a run that is writing does not close; TraceError where there is none."""
    import duckdb

    database = settings.published / DATABASE
    if not database.is_file():
        raise TraceError("还没有发布过任何一期；请先运行 zhoubao run --week 期号。")
    with duckdb.connect(
        str(database), read_only=True, config={"memory_limit": settings.memory_limit, "threads": settings.threads}
    ) as con:
        return trace(con, table, week_id, words)


def trace(con: DuckDBPyConnection, table: str, week_id: str, words: Sequence[str]) -> Trace:
    """Walk from a figure of a chart to the rows behind it; `con` has the schemas of the published file.

    `table` and `words` as in `choose`. Raises TraceError where they name no figure.
    """
    chosen = choose(con, table, week_id, words)
    figures = tuple(_figure(con, chosen, column) for column in chosen.columns)
    steps = steps_of(con, chosen.table, [column.name for column in chosen.columns], chosen.keys)
    return Trace(chosen, figures, steps, _findings(con, chosen, steps), _revision(con, week_id))


def _figure(con: DuckDBPyConnection, chosen: Chosen, column: ColumnWords) -> Figure:
    rows = fetch(
        con,
        "SELECT keys, kind, basis, part FROM docs.figure_basis WHERE table_name = ? AND column_name = ?",
        [chosen.table, column.name],
    )
    bases = fitting(rows, chosen.keys)
    parts = [part for basis in bases if basis["kind"] == "metric" for part in _metric_parts(con, chosen, basis)]
    sources = [basis["basis"] for basis in bases if basis["kind"] == "source"]
    if sources:
        parts.append(Contribution("来源", None, tuple(source_places(con, chosen.week_id, sources))))
    value = chosen.row[column.name]
    totals = [part.total for part in parts]
    is_sum = bool(totals) and None not in totals and sum(total or 0 for total in totals) == value
    unit = column.unit or (_unit(con, bases) if is_sum else "")
    return Figure(column, value, unit, tuple(parts), is_sum, _released(con, chosen, column.name))


def _metric_parts(con: DuckDBPyConnection, chosen: Chosen, basis: Row) -> list[Contribution]:
    metric, part = basis["basis"], basis["part"]
    stock = STOCKS.get((metric, part))
    parts = [(one, sign, stock) for one, sign in STOCK_PARTS] if stock else [(metric, 1, part)]
    return [
        _contribution(con, one, sign, span, metric_places(con, chosen.week_id, one, span, chosen.keys))
        for one, sign, span in parts
    ]


def _contribution(con: DuckDBPyConnection, metric: str, sign: int, span: Span, rows: list[Row]) -> Contribution:
    label = fetch(con, "SELECT label_zh FROM docs.metric WHERE metric = ?", [metric])
    words = f"{'减 ' if sign < 0 else ''}{SPAN_WORDS[span]}{label[0]['label_zh'] if label else metric}"
    return Contribution(words, sign * sum(row["value"] for row in rows), tuple(rows))


def _unit(con: DuckDBPyConnection, bases: Sequence[Row]) -> str:
    metrics = [basis["basis"] for basis in bases if basis["kind"] == "metric"]
    found = fetch(con, "SELECT unit FROM docs.metric WHERE list_contains(?, metric)", [metrics])
    return str(found[0]["unit"]) if len(found) == 1 else ""


def _released(con: DuckDBPyConnection, chosen: Chosen, column: str) -> tuple[Row, ...]:
    """The figure in each release: revision, released_at, value, text_value; the year to date is that of its figure."""
    keys = json.dumps(dict(sorted(chosen.keys.items())), ensure_ascii=False, separators=(",", ":"))
    stem = column.removesuffix("_ytd")
    rows = fetch(
        con,
        "SELECT f.revision, i.released_at, f.metric, f.value, f.value_ytd, f.text_value FROM release.figure AS f"
        " JOIN release.issue AS i ON i.week_id = f.week_id AND i.revision = f.revision"
        " WHERE f.week_id = ? AND f.metric IN (?, ?) AND f.keys = ? ORDER BY f.revision",
        [chosen.week_id, f"{chosen.table}.{stem}", f"{chosen.table}.{column}", keys],
    )
    is_ytd = column != stem
    return tuple(
        {
            "revision": row["revision"],
            "released_at": row["released_at"],
            "value": row["value_ytd"] if is_ytd else row["value"],
            "text_value": row["text_value"],
        }
        for row in rows
    )


def _findings(con: DuckDBPyConnection, chosen: Chosen, steps: Sequence[Step]) -> tuple[Row, ...]:
    """The week's findings on the tables of the way whose failing keys do not contradict the row's."""
    if not has_table(con, "quality", "finding_week"):
        return ()
    rows = fetch(
        con,
        "SELECT f.title, f.severity, f.status, w.evidence, coalesce(w.explanation, f.explanation) AS explanation,"
        " w.keys FROM quality.finding_week AS w JOIN quality.finding AS f ON f.finding_id = w.finding_id"
        " WHERE w.week_id = ? AND list_contains(?, w.table_name) ORDER BY f.severity, f.title",
        [chosen.week_id, [step.table for step in steps]],
    )
    return tuple(row for row in rows if _concerns(row["keys"], chosen.keys))


def _concerns(text: str | None, keys: Mapping[str, str]) -> bool:
    failing = read_keys(text)
    return not failing or any(
        all(str(row[key]) == value for key, value in keys.items() if key in row) for row in failing
    )


def _revision(con: DuckDBPyConnection, week_id: str) -> Row | None:
    """The shown revision of the issue: revision, released_at, as_of, code_version; `is_held` where there is a later."""
    rows = fetch(
        con,
        "SELECT i.revision, i.released_at, i.as_of, i.code_version, i.revision < (SELECT max(revision)"
        f" FROM release.issue WHERE week_id = i.week_id) AS is_held FROM release.issue AS i JOIN {SHOWN} AS s"
        " ON s.week_id = i.week_id AND s.revision = i.revision WHERE i.week_id = ?",
        [week_id],
    )
    return rows[0] if rows else None
