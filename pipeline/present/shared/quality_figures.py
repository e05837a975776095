"""What is told of quality over several weeks, for the site and the report: scores, waits, revisions, punctuality.

In: `charts.quality_score`, `quality_settlement`, `revision_size`, `revision_triangle`, `punctuality` of the published
file. Scores of several weeks are those of their rows together, never a mean of scores.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.present.shared.labels import with_words
from pipeline.present.shared.rows import Row, fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CHARTS: Final = ("quality_score", "quality_settlement", "revision_size", "revision_triangle", "punctuality")
PARTS: Final = {"week": "本期", "ytd": "今年累计", "ALL": "全部"}
FORMULA: Final = "得分（%）=（检查的行 − 有问题的行）÷ 检查的行 × 100，第三位小数起舍去，所以有一行有问题就不到 100"
ROW_RULES: Final = (
    "以行数加权，不以检查的项数加权：一项检查看一张表在一期里的全部行；同一维度的几项检查看同一张表，行只算一次。",
    "一张表的一行有几个问题，在同一维度里也只算一次；不同维度各算各的，“全部维度”是各维度的行相加。",
    "看整份文件的检查，以文件的行数计，一份文件有几处不符也只算一次：迟报的文件全部行都算有问题；没有收到的，按该来源上一份文件的行数计。",
    "有问题的行按报送的数据计：已经接受说明、更正的仍计在内，重新报送并通过检查的不计，被替代的文件不计。",
    "只说明重新报送改了什么的检查，不计入得分。",
    "查平台自身计算的检查（由平台维护处理）不计入；没有查过的维度没有得分，不作 100。",
    "部门的得分只计报送的文件里写明部门的行；不分部门的（如整份文件、合计行、按部门算出的表）和被隔离、读不出部门的行，"
    "只在“全部部门”里。",
)
_SCORE: Final = (
    "CAST(sum(rows_checked) AS BIGINT) AS rows_checked, CAST(sum(rows_held) AS BIGINT) AS rows_held, CASE WHEN "
    "sum(rows_checked) > 0 THEN CAST(CAST(10000 * (sum(rows_checked) - sum(rows_held)) // sum(rows_checked)"
    " AS DECIMAL(18, 2)) * 0.01 AS DECIMAL(18, 2)) END AS score_pct"
)
_IN_WEEKS: Final = "list_contains(?, week_id)"


def has_quality_charts(con: DuckDBPyConnection) -> bool:
    """Whether the published file tells of quality: one of an earlier version does not."""
    return all(has_table(con, "charts", chart) for chart in CHARTS)


def scores_by_dimension(con: DuckDBPyConnection, weeks: Sequence[str]) -> list[Row]:
    """Returns the score of each dimension over these weeks, all dimensions together first.

    Columns: dimension_label, rows_checked, rows_held, score_pct (null where nothing was checked).
    """
    return fetch(
        con,
        f"SELECT dimension, any_value(dimension_label) AS dimension_label, {_SCORE} FROM charts.quality_score"
        f" WHERE department_id = 'ALL' AND {_IN_WEEKS} GROUP BY dimension, sort_order ORDER BY sort_order",
        [list(weeks)],
    )


def scores_by_department(con: DuckDBPyConnection, weeks: Sequence[str]) -> list[Row]:
    """Returns a row a department, the lowest score first: rows and score of all dimensions, `by_dimension` the others.

    Columns: department_name, rows_checked, rows_held, score_pct, by_dimension (dimension → score).
    """
    rows = fetch(
        con,
        f"SELECT department_id, any_value(department_name) AS department_name, dimension, {_SCORE}"
        f" FROM charts.quality_score WHERE department_id <> 'ALL' AND {_IN_WEEKS} GROUP BY department_id, dimension",
        [list(weeks)],
    )
    by_dimension: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        by_dimension[row["department_id"]][row["dimension"]] = row["score_pct"]
    wholes = [row for row in rows if row["dimension"] == "ALL" and row["score_pct"] is not None]
    departments = [row | {"by_dimension": by_dimension[row["department_id"]]} for row in wholes]
    return sorted(departments, key=lambda row: (row["score_pct"], row["department_name"]))


def settlements(con: DuckDBPyConnection, weeks: Sequence[str]) -> list[Row]:
    """Returns how long the findings that appeared in these weeks waited, a row a department, most still open first.

    Columns: department, findings, answered, settled, still_open, median_days_to_answer, median_days_to_settle.
    """
    return fetch(
        con,
        "SELECT department, count(*) AS findings, count(answered_on) AS answered, count(settled_on) AS settled,"
        " count(*) FILTER (is_open) AS still_open,"
        " CAST(median(CAST(days_to_answer AS DECIMAL(18, 1))) AS DECIMAL(18, 1)) AS median_days_to_answer,"
        " CAST(median(CAST(days_to_settle AS DECIMAL(18, 1))) AS DECIMAL(18, 1)) AS median_days_to_settle"
        f" FROM charts.quality_settlement WHERE {_IN_WEEKS} GROUP BY department"
        " ORDER BY still_open DESC, findings DESC, department",
        [list(weeks)],
    )


@dataclass(frozen=True)
class Revisions:
    """How much of what was released moved later: the last release of each issue beside its first."""

    issues: int
    revised_issues: int
    figures: int
    figures_revised: int

    @property
    def revised_pct(self) -> str:
        """Share of figures revised with two decimals, half up; a dash where nothing was released."""
        if not self.figures:
            return "—"
        hundredths = (20000 * self.figures_revised + self.figures) // (2 * self.figures)
        return f"{hundredths // 100}.{hundredths % 100:02d}%"


# The last release of each issue.
_LAST: Final = "revision = max(revision) OVER (PARTITION BY week_id)"


def revisions(con: DuckDBPyConnection, weeks: Sequence[str]) -> Revisions:
    """Returns the share of figures that moved between the first and the last release of these issues."""
    (row,) = fetch(
        con,
        "SELECT count(*) AS issues, count(*) FILTER (revision > 1) AS revised_issues,"
        " CAST(coalesce(sum(figures), 0) AS BIGINT) AS figures,"
        " CAST(coalesce(sum(figures_revised), 0) AS BIGINT) AS figures_revised FROM (SELECT * FROM charts.revision_size"
        f" WHERE metric = 'ALL' AND {_IN_WEEKS} QUALIFY {_LAST})",
        [list(weeks)],
    )
    return Revisions(**row)


def revision_sizes(con: DuckDBPyConnection, weeks: Sequence[str]) -> list[Row]:
    """Returns how much the figures of each metric moved, of the last release of each issue; only those that moved.

    Columns: week_id, revision, figure (in words), part, figures, figures_revised, revised_pct, mean_absolute_revision,
    relative_revision_pct.
    """
    rows = fetch(
        con,
        "SELECT *, '{}' AS keys FROM (SELECT * FROM charts.revision_size"
        f" WHERE metric <> 'ALL' AND {_IN_WEEKS} QUALIFY {_LAST}) WHERE figures_revised > 0"
        " ORDER BY week_id DESC, metric, part",
        [list(weeks)],
    )
    return [
        row | {"figure": _figure_words(row["figure"], row["part"]), "part": PARTS[row["part"]]}
        for row in with_words(con, rows)
    ]


def _figure_words(figure: str, part: str) -> str:
    """Returns what a figure is called: `综窗办件：本期数`, and its year to date `综窗办件：今年累计`."""
    chart, _, _ = figure.partition("：")
    return f"{chart}：{PARTS[part]}" if part == "ytd" else figure


@dataclass(frozen=True)
class Triangle:
    """Figures that moved: `rows` are (week, figure, row, part) with a number for each of `revisions`, or None."""

    revisions: tuple[int, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[Any, ...]], ...]
    left_out: int


def triangle(con: DuckDBPyConnection, weeks: Sequence[str], most: int) -> Triangle:
    """Returns the revision triangle of these weeks, the latest first, with no more than `most` figures."""
    numbers = fetch(
        con,
        f"SELECT * FROM charts.revision_triangle WHERE {_IN_WEEKS} ORDER BY week_id DESC, metric, keys, part, revision",
        [list(weeks)],
    )
    known = tuple(sorted({row["revision"] for row in numbers}))
    values: dict[tuple[str, str, str, str], dict[int, Any]] = {}
    for row in numbers:
        figure = (row["week_id"], row["metric"], row["keys"], row["part"])
        values.setdefault(figure, {})[row["revision"]] = row["value"]
    shown = list(values)[:most]
    words = with_words(con, [{"metric": metric, "keys": keys} for _, metric, keys, _ in shown])
    rows = []
    for figure, spoken in zip(shown, words, strict=True):
        label = (figure[0], _figure_words(spoken["figure"], figure[3]), str(spoken["row"]), PARTS[figure[3]])
        rows.append((label, tuple(values[figure].get(revision) for revision in known)))
    return Triangle(known, tuple(rows), len(values) - len(shown))


def punctuality(con: DuckDBPyConnection, weeks: Sequence[str]) -> list[Row]:
    """Returns when these issues came out and when they were due, the latest first."""
    return fetch(con, f"SELECT * FROM charts.punctuality WHERE {_IN_WEEKS} ORDER BY week_id DESC", [list(weeks)])
