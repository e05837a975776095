"""A figure with its way home: rows of files, tables and SQL on the way, releases and findings.

Which figure is meant is worked out in `pipeline.present.trace.figure`; how it is printed is in
`zhoubao/shown_trace.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.present.shared.findings import read_keys
from pipeline.present.shared.metrics import STOCK_PARTS, STOCK_SPANS, Span
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.trace.bases import Basis, bases_of, metric_of
from pipeline.present.trace.figure import Chosen, ColumnWords, TraceError, choose
from pipeline.present.trace.file_rows import metric_file_rows, source_file_rows
from pipeline.present.trace.steps import Step, steps_of
from pipeline.quality.findings.order import rank_of
from pipeline.release.published.publish import DATABASE
from pipeline.release.revisions.activation import SHOWN

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings

SPAN_WORDS: Final[dict[Span, str]] = {
    "week": "本期",
    "ytd": "今年累计",
    "ever": "历来至本期",
    "before": "本期之前",
    "before_year": "往年",
}
# `part` of docs.figure_basis -> weeks
PART_SPANS: Final[dict[str, Span]] = {"week": "week", "ytd": "ytd"}


@dataclass(frozen=True)
class Contribution:
    """What one metric, or the sources without one, give to a figure: `rows` as in `metric_file_rows`.

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
    """Traces in the published file, which a run that is writing does not close; TraceError where there is none."""
    import duckdb

    database = settings.published / DATABASE
    if not database.is_file():
        raise TraceError("还没有发布过任何一期；请先运行 zhoubao run --week 期号。")
    with duckdb.connect(
        str(database), read_only=True, config={"memory_limit": settings.memory_limit, "threads": settings.threads}
    ) as con:
        return trace(con, table, week_id, words)


def trace(con: DuckDBPyConnection, table: str, week_id: str, words: Sequence[str]) -> Trace:
    """Walks from a figure of a chart to the rows behind it; `con` has the schemas of the published file.

    `table` and `words` as in `choose`. Raises TraceError where they name no figure.
    """
    chosen = choose(con, table, week_id, words)
    columns = [column.name for column in chosen.columns]
    steps = steps_of(con, chosen.table, columns, chosen.keys)
    return Trace(
        chosen=chosen,
        figures=tuple(_figure(con, chosen, column) for column in chosen.columns),
        steps=steps,
        findings=_findings(con, chosen, steps),
        revision=_revision(con, week_id),
    )


def _figure(con: DuckDBPyConnection, chosen: Chosen, column: ColumnWords) -> Figure:
    bases = bases_of(con, chosen.table, column.name, chosen.keys)
    metrics = _of_kind(bases, "metric")
    contributions: list[Contribution] = []
    for basis in metrics:
        contributions += _metric_contributions(con, chosen, basis)
    contributions += _source_contributions(con, chosen, _of_kind(bases, "source"))
    value = chosen.row[column.name]
    is_sum = _add_up(contributions, value)
    unit = column.unit or ""
    if is_sum and not unit:
        # What is no sum of the metric, as a rate, does not have its unit.
        unit = _unit(con, metrics)
    return Figure(
        column=column,
        value=value,
        unit=unit,
        contributions=tuple(contributions),
        is_sum=is_sum,
        released=_released(con, chosen, column.name),
    )


def _of_kind(bases: Sequence[Basis], kind: str) -> list[Basis]:
    return [basis for basis in bases if basis.kind == kind]


def _add_up(contributions: Sequence[Contribution], value: Any) -> bool:
    """Whether the totals of the contributions are the value; what has no total does not add up to anything."""
    if not contributions:
        return False
    total = 0
    for contribution in contributions:
        if contribution.total is None:
            return False
        total += contribution.total
    return bool(total == value)


def _metric_contributions(con: DuckDBPyConnection, chosen: Chosen, basis: Basis) -> list[Contribution]:
    """A metric with rows of its own gives one contribution; a stock gives what was accepted less what was closed."""
    stock_span = STOCK_SPANS.get((basis.name, basis.part))
    if stock_span is None:
        return [_contribution(con, chosen, basis.name, 1, PART_SPANS[basis.part])]
    return [_contribution(con, chosen, metric, sign, stock_span) for metric, sign in STOCK_PARTS]


def _contribution(con: DuckDBPyConnection, chosen: Chosen, code: str, sign: int, span: Span) -> Contribution:
    rows = metric_file_rows(con, chosen.week_id, code, span, chosen.keys)
    words = SPAN_WORDS[span] + metric_of(con, code).label
    if sign < 0:
        words = f"减 {words}"
    total = sign * sum(row["value"] or 0 for row in rows)
    return Contribution(words, total, tuple(rows))


def _source_contributions(con: DuckDBPyConnection, chosen: Chosen, sources: Sequence[Basis]) -> list[Contribution]:
    """The sheets that the sources of words delivered, together as one contribution without a total."""
    if not sources:
        return []
    names = [basis.name for basis in sources]
    rows = source_file_rows(con, chosen.week_id, names)
    return [Contribution("来源", None, tuple(rows))]


def _unit(con: DuckDBPyConnection, metrics: Sequence[Basis]) -> str:
    """The unit of the metric behind a figure; empty where several metrics are, which need not share one."""
    codes = {basis.name for basis in metrics}
    if len(codes) != 1:
        return ""
    return metric_of(con, codes.pop()).unit


def _released(con: DuckDBPyConnection, chosen: Chosen, column: str) -> tuple[Row, ...]:
    """The figure in each release: revision, released_at, value, text_value; the year to date is that of its figure."""
    keys = json.dumps(dict(sorted(chosen.keys.items())), ensure_ascii=False, separators=(",", ":"))
    # release.figure has `value` and its `value_ytd` in one row, under the name without `_ytd`.
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
        " w.keys, w.figures, w.unexpected_count"
        " FROM quality.finding_week AS w JOIN quality.finding AS f ON f.finding_id = w.finding_id"
        " WHERE w.week_id = ? AND list_contains(?, w.table_name) ORDER BY f.finding_id",
        [chosen.week_id, [step.table for step in steps]],
    )
    concerned = [row for row in rows if _concerns(row["keys"], chosen.keys)]
    return tuple(sorted(concerned, key=rank_of))


def _concerns(text: str | None, keys: Mapping[str, str]) -> bool:
    """Whether a failing row of the finding can be the figure's: no key that both name differs.

    A finding without keys is of the whole table.
    """
    failing = read_keys(text)
    if not failing:
        return True
    return any(_agree(row, keys) for row in failing)


def _agree(row: Row, keys: Mapping[str, str]) -> bool:
    common = row.keys() & keys.keys()
    return all(str(row[name]) == keys[name] for name in common)


def _revision(con: DuckDBPyConnection, week_id: str) -> Row | None:
    """The shown revision of the issue: revision, released_at, as_of, code_version; `is_held` where there is a later."""
    shown = fetch(
        con,
        "SELECT i.revision, i.released_at, i.as_of, i.code_version, i.revision < (SELECT max(revision)"
        f" FROM release.issue WHERE week_id = i.week_id) AS is_held FROM release.issue AS i JOIN {SHOWN} AS s"
        " ON s.week_id = i.week_id AND s.revision = i.revision WHERE i.week_id = ?",
        [week_id],
    )
    return shown[0] if shown else None
