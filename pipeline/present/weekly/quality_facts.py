"""What the quarterly report on data quality tells, read from the published file; `quality_report` writes it as Word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from pipeline.common.sentences import SentenceError
from pipeline.present.shared.quality_figures import (
    Revisions,
    Triangle,
    has_quality_charts,
    punctuality,
    revision_sizes,
    revisions,
    scores_by_department,
    scores_by_dimension,
    settlements,
    triangle,
)
from pipeline.present.shared.rows import Row, fetch
from pipeline.quality.codes import SEVERITY_LABELS, STATUS_LABELS, WAITING_SQL
from pipeline.release.revisions.activation import SHOWN

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# 2023Q2
_QUARTER: Final = re.compile(r"(\d{4})[Qq]([1-4])")
_ORDINALS: Final = ("一", "二", "三", "四")
_RELEASED: Final = f"week_id IN (SELECT week_id FROM {SHOWN})"
# The calendar goes on where nothing was delivered yet.
_UNRELEASED: Final = (
    f"NOT {_RELEASED} AND week_id BETWEEN (SELECT min(week_id) FROM docs.delivery WHERE status = 'current')"
    " AND (SELECT max(week_id) FROM docs.delivery WHERE status = 'current')"
)
MOST_FIGURES: Final = 40
MOST_OPEN: Final = 60


class ReportError(SentenceError):
    """A quarter that nothing can be reported of; the text is a sentence."""


@dataclass(frozen=True)
class Quarter:
    """A quarter of a year; an issue belongs to the one in which its last printed day lies."""

    year: int
    number: int

    @property
    def code(self) -> str:
        """As a person types it: `2023Q2`."""
        return f"{self.year}Q{self.number}"

    @property
    def words(self) -> str:
        """`2023年第二季度`."""
        return f"{self.year}年第{_ORDINALS[self.number - 1]}季度"

    @property
    def first_day(self) -> date:
        """1 April for the second quarter."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        """30 June for the second quarter."""
        next_month = date(self.year, 3 * self.number, 28) + timedelta(days=4)
        return next_month.replace(day=1) - timedelta(days=1)


@dataclass(frozen=True)
class QualityFacts:
    """Everything that the report of a quarter says. Rows have the columns that their reader names.

    A finding belongs to the quarter in which it first appeared: those of `causes` are the ones that `settlements` tells
    of, and those that waited for nobody. `as_of` (Beijing time) is the last moment that the published file knows of.
    """

    quarter: Quarter
    weeks: tuple[str, ...]
    unreleased: tuple[str, ...]
    unscored: tuple[str, ...]
    as_of: datetime
    label: str | None
    sources: list[Row]
    checks: list[Row]
    by_dimension: list[Row]
    by_department: list[Row]
    causes: list[Row]
    settlements: list[Row]
    open_findings: list[Row]
    revisions: Revisions
    sizes: list[Row]
    triangle: Triangle
    punctuality: list[Row]


def read_quarter(text: str) -> Quarter:
    """Reads a quarter as people write it: 2023Q2. Raises ReportError for any other way of writing."""
    match = _QUARTER.fullmatch(text.strip())
    if match is None:
        raise ReportError(f"季度应写作 2023Q2 的样子，得到的是“{text}”。")
    return Quarter(int(match[1]), int(match[2]))


def quality_facts(con: DuckDBPyConnection, quarter: Quarter) -> QualityFacts:
    """Reads what is published of a quarter.

    In: charts of quality, `quality.*`, `docs.*`, `release.activation`. Raises ReportError where the quarter has no
    released issue, or the file was published before quality was scored.
    """
    if not has_quality_charts(con):
        raise ReportError("已发布的数据还没有质量得分（由早先的版本发布）：请先运行 zhoubao run，再写报告。")
    weeks = _weeks(con, quarter, _RELEASED)
    if not weeks:
        raise ReportError(
            f"{quarter.words}没有已发布的期，没有可以评估的：请先发布（zhoubao run --week 期号），再写报告。"
        )
    scored = {row["week_id"] for row in fetch(con, "SELECT DISTINCT week_id FROM charts.quality_score")}
    return QualityFacts(
        quarter=quarter,
        weeks=weeks,
        unreleased=_weeks(con, quarter, _UNRELEASED),
        unscored=tuple(week for week in weeks if week not in scored),
        as_of=_as_of(con),
        label=_label(con),
        sources=_sources(con, weeks),
        checks=_checks(con),
        by_dimension=scores_by_dimension(con, weeks),
        by_department=scores_by_department(con, weeks),
        causes=_causes(con, weeks),
        settlements=settlements(con, weeks),
        open_findings=_open_findings(con, weeks),
        revisions=revisions(con, weeks),
        sizes=revision_sizes(con, weeks),
        triangle=triangle(con, weeks, MOST_FIGURES),
        punctuality=punctuality(con, weeks),
    )


def _weeks(con: DuckDBPyConnection, quarter: Quarter, condition: str) -> tuple[str, ...]:
    rows = con.execute(
        f"SELECT week_id FROM docs.report_week WHERE period_end BETWEEN ? AND ? AND {condition} ORDER BY week_id",
        [quarter.first_day, quarter.last_day],
    ).fetchall()
    return tuple(str(week) for (week,) in rows)


def _as_of(con: DuckDBPyConnection) -> datetime:
    """Returns the last moment that the file knows of: of a release, a decision, or a change of a finding."""
    rows = con.execute(
        "SELECT max(moment) FROM (SELECT max(activated_at) AS moment FROM release.activation"
        " UNION ALL SELECT max(decided_at) FROM quality.decision"
        " UNION ALL SELECT max(happened_at) FROM quality.finding_event)"
    ).fetchall()
    # A quarter with a released issue has an activation at least.
    moment: datetime = rows[0][0]
    return moment


def _label(con: DuckDBPyConnection) -> str | None:
    row = con.execute("SELECT value FROM docs.publication WHERE name = 'data_label'").fetchone()
    return str(row[0]) if row else None


def _sources(con: DuckDBPyConnection, weeks: Sequence[str]) -> list[Row]:
    """What was delivered for these weeks. Columns: title, files, superseded, rows_loaded, rows_quarantined."""
    return fetch(
        con,
        "SELECT coalesce(s.title, d.source) AS title, count(*) FILTER (d.status = 'current') AS files,"
        " count(*) FILTER (d.status = 'superseded') AS superseded,"
        " CAST(coalesce(sum(d.rows_loaded) FILTER (d.status = 'current'), 0) AS BIGINT) AS rows_loaded,"
        " CAST(coalesce(sum(d.rows_quarantined) FILTER (d.status = 'current'), 0) AS BIGINT) AS rows_quarantined"
        " FROM docs.delivery AS d LEFT JOIN docs.source AS s ON s.source = d.source"
        " WHERE list_contains(?, d.week_id) AND d.status IN ('current', 'superseded')"
        " GROUP BY ALL ORDER BY rows_loaded DESC, title",
        [list(weeks)],
    )


def _checks(con: DuckDBPyConnection) -> list[Row]:
    """The checks in force. Columns: dimension, checks, stopping (those that stop a release)."""
    return fetch(
        con,
        "SELECT dimension, count(*) AS checks, count(*) FILTER (severity = 'critical') AS stopping"
        " FROM quality.check_rule WHERE dimension IS NOT NULL GROUP BY dimension ORDER BY checks DESC, dimension",
    )


def _causes(con: DuckDBPyConnection, weeks: Sequence[str]) -> list[Row]:
    """The findings that first appeared in these weeks by what caused them, the most first, and what became of them.

    What a later delivery mended is among them, though no check shows it any more.

    Columns: title (of the check), dimension, severity (in words), findings, weeks, outcome (`已接受 2、待处理 1`).
    """
    rows = fetch(
        con,
        "SELECT coalesce(r.title, f.check_name) AS title, coalesce(r.dimension, '—') AS dimension, f.severity,"
        " f.status, count(DISTINCT f.finding_id) AS findings,"
        " list(DISTINCT coalesce(w.week_id, f.first_seen)) AS week_ids FROM quality.finding AS f"
        " LEFT JOIN quality.finding_week AS w ON w.finding_id = f.finding_id AND list_contains($weeks, w.week_id)"
        " LEFT JOIN quality.check_rule AS r ON r.table_name = f.table_name AND r.check_name = f.check_name"
        " WHERE list_contains($weeks, f.first_seen) GROUP BY f.table_name, f.check_name, r.title, r.dimension,"
        " f.severity, f.status ORDER BY ALL",
        {"weeks": list(weeks)},
    )
    states: dict[tuple[str, str, str], Counter[str]] = {}
    seen: dict[tuple[str, str, str], set[str]] = {}
    for row in rows:
        cause = (row["title"], row["dimension"], SEVERITY_LABELS[row["severity"]])
        states.setdefault(cause, Counter())[row["status"]] += row["findings"]
        seen.setdefault(cause, set()).update(row["week_ids"])
    causes = []
    for cause, counted in states.items():
        title, dimension, severity = cause
        outcome = "、".join(f"{STATUS_LABELS.get(status, status)} {number}" for status, number in counted.most_common())
        causes.append(
            {
                "title": title,
                "dimension": dimension,
                "severity": severity,
                "findings": counted.total(),
                "weeks": len(seen[cause]),
                "outcome": outcome,
            }
        )
    return sorted(causes, key=lambda cause: (-cause["findings"], cause["title"]))


def _open_findings(con: DuckDBPyConnection, weeks: Sequence[str]) -> list[Row]:
    """The findings that still wait for somebody: those that first appeared in these weeks, and older ones seen in them.

    Columns: first_seen, title, severity, department, state.
    """
    rows = fetch(
        con,
        "SELECT f.first_seen, f.title, f.severity, f.status, coalesce(f.owner_department, f.owner) AS department"
        " FROM quality.finding AS f WHERE (list_contains($weeks, f.first_seen) OR f.finding_id IN ("
        " SELECT w.finding_id FROM quality.finding_week AS w WHERE list_contains($weeks, w.week_id)))"
        f" AND f.status IN {WAITING_SQL} ORDER BY f.severity, f.first_seen, f.title, f.finding_id",
        {"weeks": list(weeks)},
    )
    return [row | {"severity": SEVERITY_LABELS[row["severity"]], "state": STATUS_LABELS[row["status"]]} for row in rows]
