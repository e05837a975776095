"""Answers the usual questions with macros of the published file: a week, a span, year on year, as published.

They are table macros: `SELECT * FROM week_figures('2023-15')`. DuckDB 1.0 reads them. They name tables without a
database, so they answer where the published file is the database in use (`USE metrics` after ATTACH).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.common.quoting import identifier, quoted
from pipeline.release.published.docs.docs_table import DocsTable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TOTAL: Final = "m.department_id = 'ALL' AND m.power_type = 'ALL' AND m.channel = 'ALL'"
# A metric of whole numbers has its rows in the one table, any other that a contract declares in the other.
VALUES: Final = (
    "SELECT week_id, metric, CAST(value AS DECIMAL(38, 6)) AS value FROM marts.weekly_metric"
    " WHERE department_id = 'ALL' AND power_type = 'ALL' AND channel = 'ALL'"
    " UNION ALL SELECT week_id, metric, CAST(value AS DECIMAL(38, 6)) FROM marts.measure_value"
    " WHERE split = 'ALL' AND NOT is_whole"
)
REFUSED: Final = (
    "error('指标“' || d.label_zh || '”不能把各期加起来：' || CASE d.basis WHEN 'stock' THEN '它是时点数，请看末一期'"
    " WHEN 'distinct' THEN '同一个会重复计，请看各期' ELSE '它是比率或平均，请看累计' END)"
)
FIGURE: Final = "f.week_id, f.revision, f.metric, f.keys, f.value, f.value_ytd, f.text_value"


@dataclass(frozen=True)
class Macro:
    """A table macro: its name with parameters, what it answers, the SELECT, and the tables that it needs."""

    name: str
    parameters: str
    comment: str
    sql: str
    needs: tuple[str, ...]


MACROS: Final = (
    Macro(
        "week_figures",
        "week",
        "某一期的全部指标（不分部门、类型）\nAll metrics of a week, not split: SELECT * FROM week_figures('2023-15')",
        "SELECT m.week_id, m.metric, d.label_zh, d.label_en, m.value, m.value_ytd, m.unit, m.basis, m.as_of"
        " FROM marts.weekly_metric AS m JOIN docs.metric AS d ON d.metric = m.metric"
        f" WHERE m.week_id = week AND {TOTAL} ORDER BY m.metric",
        ("marts.weekly_metric", "docs.metric"),
    ),
    Macro(
        "span_figures",
        "first_week, last_week",
        "若干期合计：流量相加，时点取末一期，去重的不相加（空）\n"
        "Several weeks together: flows are added, stocks are the last week's, distinct counts are null",
        "SELECT m.metric, d.label_zh, d.label_en, m.unit, m.basis, count(*) AS weeks,"
        " CASE WHEN m.basis IN ('flow', 'cohort') THEN sum(m.value)"
        " WHEN m.metric = 'case_opening' THEN arg_min(m.value, m.week_id)"
        " WHEN m.basis = 'stock' THEN arg_max(m.value, m.week_id) END AS value"
        " FROM marts.weekly_metric AS m JOIN docs.metric AS d ON d.metric = m.metric"
        f" WHERE m.week_id BETWEEN first_week AND last_week AND {TOTAL}"
        " GROUP BY m.metric, d.label_zh, d.label_en, m.unit, m.basis ORDER BY m.metric",
        ("marts.weekly_metric", "docs.metric"),
    ),
    Macro(
        "sum_of",
        "code, first_week, last_week",
        "一个指标若干期之和；时点、去重、比率不能相加，会说明该看什么\n"
        "One metric over several weeks; stocks, distinct counts and rates are refused with a sentence:"
        " SELECT * FROM sum_of('case_accepted', '2023-01', '2023-15')",
        f"SELECT d.metric, d.label_zh, d.unit, CASE WHEN d.basis IN ('flow', 'cohort') THEN sum(v.value) ELSE"
        f" {REFUSED} END AS value FROM docs.metric AS d JOIN ({VALUES}) AS v ON v.metric = d.metric"
        " WHERE d.metric = code AND v.week_id BETWEEN first_week AND last_week"
        " GROUP BY d.metric, d.label_zh, d.unit, d.basis",
        ("marts.weekly_metric", "marts.measure_value", "docs.metric"),
    ),
    Macro(
        "year_on_year",
        "week",
        "与上年同一期号相比：本期与累计\nAgainst the issue of the same number a year before: week and year to date",
        "SELECT m.metric, d.label_zh, d.label_en, m.unit, m.value, p.value AS value_year_before,"
        " m.value - p.value AS change, m.value_ytd, p.value_ytd AS value_ytd_year_before,"
        " m.value_ytd - p.value_ytd AS change_ytd"
        " FROM marts.weekly_metric AS m JOIN docs.metric AS d ON d.metric = m.metric"
        " LEFT JOIN docs.report_week AS w ON w.week_id = m.week_id"
        " LEFT JOIN docs.report_week AS y ON y.year = w.year - 1 AND y.issue_no = w.issue_no"
        " LEFT JOIN marts.weekly_metric AS p ON p.metric = m.metric AND p.department_id = m.department_id"
        " AND p.power_type = m.power_type AND p.channel = m.channel"
        " AND p.week_id = y.week_id"
        f" WHERE m.week_id = week AND {TOTAL} ORDER BY m.metric",
        ("marts.weekly_metric", "docs.metric", "docs.report_week"),
    ),
    Macro(
        "first_published",
        "week",
        "首次发布时的数字\nFigures as first published",
        f"SELECT {FIGURE} FROM release.figure AS f WHERE f.week_id = week AND f.revision = 1 ORDER BY f.metric, f.keys",
        ("release.figure",),
    ),
    Macro(
        "published_on",
        "week, day",
        "某一天对外的数字（当天发布的算在内；退回过的按退回后的）\n"
        "Figures as they were shown at the end of a day: SELECT * FROM published_on('2023-15', '2023-05-01')",
        f"SELECT {FIGURE} FROM release.figure AS f JOIN (SELECT a.week_id, a.revision FROM release.activation AS a"
        " WHERE a.week_id = week AND CAST(a.activated_at AS DATE) <= CAST(day AS DATE)"
        " ORDER BY a.activation_no DESC LIMIT 1) AS s ON s.week_id = f.week_id AND s.revision = f.revision"
        " ORDER BY f.metric, f.keys",
        ("release.figure", "release.activation"),
    ),
    Macro(
        "known_now",
        "week",
        "按现有记录计算的数字\nFigures as known now",
        "SELECT f.week_id, f.metric, f.keys, f.value, f.value_ytd, f.text_value FROM release.current_figure AS f"
        " WHERE f.week_id = week ORDER BY f.metric, f.keys",
        ("release.current_figure",),
    ),
    Macro(
        "revisions",
        "week",
        "某一期历次修订改了什么、因何而改\nWhat each revision of a week changed, and why",
        "SELECT i.revision, i.released_at, d.metric, d.keys, d.kind, d.before, d.after, d.difference, d.before_ytd,"
        " d.after_ytd, d.difference_ytd, d.before_text, d.after_text, d.cause"
        " FROM release.issue AS i JOIN release.revision_diff AS d ON d.week_id = i.week_id AND d.revision = i.revision"
        " WHERE i.week_id = week ORDER BY i.revision, d.metric, d.keys",
        ("release.issue", "release.revision_diff"),
    ),
    Macro(
        "figure_places",
        "week, chart, chart_column",
        "一列图表数字所依据的文件、表、行：本期\n"
        "Files, sheets and rows behind a chart column in a week: figure_places('2023-15', 'item_ytd', 'value')",
        "SELECT b.keys, p.metric, p.department_id, p.power_type, p.channel, d.file_name, p.sheet, p.value, p.row_count,"
        " p.first_row_no, p.last_row_no FROM docs.figure_basis AS b"
        " JOIN marts.provenance AS p ON b.kind = 'metric' AND p.metric = b.basis"
        " JOIN docs.delivery AS d ON d.delivery_id = p.delivery_id"
        " WHERE b.table_name = chart AND b.column_name = chart_column AND p.week_id = week"
        " ORDER BY b.keys, p.metric, p.department_id, p.power_type, p.channel, d.file_name, p.sheet",
        ("docs.figure_basis", "marts.provenance", "docs.delivery"),
    ),
    Macro(
        "finding_state_on",
        "day",
        "各问题在某一天的状态\nThe state of each finding on a day",
        "SELECT e.finding_id, CASE WHEN e.until < CAST(day AS DATE) THEN 'expired' ELSE e.to_status END AS status,"
        " e.until, e.decision_id, e.happened_at AS since FROM quality.finding_event AS e"
        " WHERE CAST(e.happened_at AS DATE) <= CAST(day AS DATE)"
        " QUALIFY row_number() OVER (PARTITION BY e.finding_id ORDER BY e.event_no DESC) = 1",
        ("quality.finding_event",),
    ),
)


MACRO: Final = DocsTable(
    "macro",
    "常用查询：SELECT * FROM 名称(参数)\nThe usual questions: SELECT * FROM name(parameters)",
    1,
    {
        "name": ("VARCHAR", "名称 | name"),
        "parameters": ("VARCHAR", "参数 | parameters"),
        "description": ("VARCHAR", "回答什么 | what it answers"),
    },
)


def write_macros(con: DuckDBPyConnection, database: str) -> None:
    """Creates the macros whose tables stand in the attached database, with their words, and lists them in `docs`."""
    rows = con.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = ?", [database]
    ).fetchall()
    present = {name for (name,) in rows}
    usable = [macro for macro in MACROS if present.issuperset(macro.needs)]
    with _database_in_use(con, database):
        for macro in usable:
            con.execute(f"CREATE MACRO main.{macro.name}({macro.parameters}) AS TABLE {macro.sql}")
            con.execute(f"COMMENT ON MACRO TABLE main.{macro.name} IS {quoted(macro.comment)}")
    MACRO.write(con, database, [(macro.name, macro.parameters, macro.comment) for macro in usable])


@contextmanager
def _database_in_use(con: DuckDBPyConnection, database: str) -> Iterator[None]:
    """Makes `database` the one that names without a database mean; a macro binds the tables that it names then."""
    row = con.execute("SELECT current_database()").fetchone()
    before = row[0] if row else "memory"
    con.execute(f"USE {identifier(database)}")
    try:
        yield
    finally:
        con.execute(f"USE {identifier(before)}")
