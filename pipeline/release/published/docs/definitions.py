"""Writes words and definitions for readers into `docs`: sources, sheets, checks, keys, glossary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from pipeline.common.tables import has_table
from pipeline.release.published.docs.docs_table import DocsTable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings

SOURCE: Final = DocsTable(
    "source",
    "各种导出：是什么、怎样报送\nThe kinds of exports, and how they are delivered",
    1,
    {
        "source": ("VARCHAR", "来源 | source"),
        "title": ("VARCHAR", "名称 | name"),
        "kind": (
            "VARCHAR",
            "weekly 每期一份、restating 会改动已过去的期、snapshot 每次为全部现状 | weekly, restating or snapshot",
        ),
        "description": ("VARCHAR", "说明 | description"),
        "contract_version": ("INTEGER", "数据约定的版本 | version of its contract"),
        "expected": (
            "VARCHAR",
            "多久报一次：weekly 每期、monthly 每月、quarterly 每季、occasional 不定期、never 本厅没有 | how often it "
            "comes; never: the hall does not have it",
        ),
    },
)
SHEET: Final = DocsTable(
    "sheet",
    "每份交付的每张表：各类行数与装载的行在文件中的位置\n"
    "Each sheet of each delivery: its rows by what became of them, and where the loaded ones stand",
    2,
    {
        "delivery_id": ("VARCHAR", "交付编号 | delivery"),
        "sheet": ("VARCHAR", "表名，CSV 为空 | sheet, empty for CSV"),
        "rows_loaded": ("BIGINT", "载入行数 | rows loaded"),
        "rows_quarantined": ("BIGINT", "隔离行数 | rows quarantined"),
        "rows_set_aside": ("BIGINT", "搁置行数 | rows set aside"),
        "first_row_no": ("BIGINT", "载入的最前一行 | first row loaded"),
        "last_row_no": ("BIGINT", "载入的最后一行 | last row loaded"),
    },
)
CHECK: Final = DocsTable(
    "check",
    "检查的定义：查什么、谁处理、是否停止发布\nWhat is checked, who settles it, and whether it stops a release",
    2,
    {
        "table_name": ("VARCHAR", "表 | table"),
        "check_name": ("VARCHAR", "检查 | check"),
        "severity": ("VARCHAR", "critical 停止发布、warning 随期发布 | critical stops a release, a warning does not"),
        "owner": ("VARCHAR", "谁处理 | who settles it"),
        "title_zh": ("VARCHAR", "名称 | title in Chinese"),
        "title_en": ("VARCHAR", "英文名称 | title in English"),
        "description_zh": ("VARCHAR", "说明 | description in Chinese"),
        "description_en": ("VARCHAR", "英文说明 | description in English"),
        "fix_zh": ("VARCHAR", "怎样处理 | what to do"),
        "dimension": (
            "VARCHAR",
            "质量维度（GB/T 36344）：规范性、完整性、准确性、一致性、时效性、可访问性 | dimension of "
            "quality, GB/T 36344",
        ),
        "validation_level": (
            "INTEGER",
            "验证级别（ESS）：0 文件结构、1 同一份数据、2 同一来源的其他期、3 同一领域的其他来源、"
            "4 同一机构的其他领域、5 其他机构 | how far the rule looks, in the levels of the European "
            "Statistical System",
        ),
    },
)
GLOSSARY: Final = DocsTable(
    "glossary",
    "术语与口径：流量与同期、在办、进位、分母、哪些不能相加\n"
    "Terms: flow and cohort, stock, rounding, denominators, and what must not be added up",
    1,
    {
        "term": ("VARCHAR", "术语 | term"),
        "term_en": ("VARCHAR", "英文 | in English"),
        "meaning_zh": ("VARCHAR", "含义 | meaning in Chinese"),
        "meaning_en": ("VARCHAR", "英文含义 | meaning in English"),
    },
)
KEY: Final = DocsTable(
    "key",
    "各表的键：这些列合起来不重复、不为空\nThe key of each table: together these columns are unique and never null",
    3,
    {
        "schema_name": ("VARCHAR", "模式 | schema"),
        "table_name": ("VARCHAR", "表名 | table"),
        "column_name": ("VARCHAR", "键的列 | column of the key"),
        "position": ("INTEGER", "第几列 | place in the key"),
    },
)
TABLES: Final = (SOURCE, SHEET, CHECK, GLOSSARY, KEY)
TERMS: Final = (
    (
        "期（week_id）", "reporting week",
        "年份与期号，如 2023-15。刊印周一至周五；统计自上一期截止日的次日起，到本期截止日为止，每一天恰属一期。",
        "Year and issue number. Printed Monday to Friday; it counts every day since the previous issue's end, so that "
        "each day belongs to exactly one week.",
    ),
    (
        "今年累计（value_ytd）", "year to date",
        "自 1 月 1 日到本期截止日。各期本期数之和等于累计数。",
        "From 1 January to the end of the week. The weeks add up to it.",
    ),
    (
        "流量（flow）", "flow",
        "按事情发生的时间计入：受理按受理时间，办结按办结时间。往年受理、今年办结的计入今年办结，因此办结可以多于受理。",
        "Counted when it happened. What was accepted last year and completed this year is in this year's completed, "
        "which may therefore exceed accepted.",
    ),
    (
        "同期（cohort）", "cohort",
        "只在当年受理的件中数办结的。不会多于受理，但补报后会变。",
        "Completed among those accepted in the same year. It never exceeds accepted, and moves with late reports.",
    ),
    (
        "时点（stock）", "stock",
        "某一时刻的数，如期末在办、进驻部门。各期不能相加。上年结转 + 受理 = 结束（含作废、删除）+ 期末在办。",
        "The state at a moment: open cases, departments. Weeks must not be added. Opening + accepted = closed "
        "(with any result) + closing.",
    ),
    (
        "去重（distinct）", "distinct",
        "同一人、同一主项在一期内只算一次，如培训人数。各期、各部分不能相加。",
        "A person or an item counts once in a week. Neither weeks nor parts may be added.",
    ),
    (
        "进位", "rounding",
        "件数不进位。率与平均由分子、分母一次算出后四舍五入：率两位小数，较上期增减与平均一位小数。",
        "Counts are exact. Rates and means are computed once from numerator and denominator and rounded half up: rates "
        "to two decimals, changes and means to one.",
    ),
    (
        "办结率", "completion rate",
        "累计办结 ÷ 累计受理。分子含往年结转，可超过 100%。分子、分母在同一行。",
        "Completed over accepted, year to date. The numerator includes the carry-over: it may exceed 100 %. Both stand "
        "in the same row.",
    ),
    (
        "零与空", "zero and null",
        "零是报了零或没有发生；空是没有报送或不适用。",
        "Zero: nothing happened. Null: nothing was reported, or it does not apply.",
    ),
    (
        "修订（revision）", "revision",
        "一期发布后，数字有变时再发布一次，并列出差异。已发布的不改动；往期的累计仍是当时刊印的数。",
        "A released issue whose figures changed is released again with its differences. What was released stays.",
    ),
)  # fmt: skip


def write_definitions(
    con: DuckDBPyConnection, database: str, settings: Settings, keys: Iterable[tuple[str, str, Sequence[str]]]
) -> None:
    """Writes the five tables. `keys` are (schema, table, key columns) of every published table."""
    SOURCE.write(con, database, _sources(settings))
    SHEET.write(con, database, _sheets(con))
    CHECK.write(con, database, _checks(settings))
    GLOSSARY.write(con, database, TERMS)
    key_rows: list[tuple[object, ...]] = []
    for schema, table, columns in keys:
        for position, column in enumerate(columns, start=1):
            key_rows.append((schema, table, column, position))
    KEY.write(con, database, key_rows)


def _sources(settings: Settings) -> list[tuple[object, ...]]:
    from pipeline.contracts import load_contracts
    from pipeline.contracts.expected import expected_exports

    contracts = load_contracts(settings.contracts)
    expected = expected_exports(contracts, settings.exports)
    rows: list[tuple[object, ...]] = []
    for contract in contracts.values():
        about = (contract.name, contract.title, contract.delivery.kind, contract.description, contract.version)
        rows.append((*about, expected[contract.name].expected))
    return rows


def _checks(settings: Settings) -> list[tuple[object, ...]]:
    from pipeline.quality.contract_checks.suites import hall_suites

    rows: list[tuple[object, ...]] = []
    for suite in hall_suites(settings):
        for check in suite.expectations:
            meta = check.meta
            words = (meta.title_zh, meta.title_en, meta.description_zh, meta.description_en, meta.fix_zh)
            rows.append((suite.table, check.name, meta.severity, meta.owner, *words, check.dimension, check.level))
    return rows


def _sheets(con: DuckDBPyConnection) -> list[tuple[object, ...]]:
    if not has_table(con, "ledger", "row_account"):
        return []
    spans = " UNION ALL ".join(
        "SELECT delivery_id, sheet, min(row_no) AS first_row_no, max(row_no) AS last_row_no"
        f" FROM raw.{table} GROUP BY ALL"
        for table in _raw_tables(con)
    )
    span = spans or "SELECT NULL AS delivery_id, NULL AS sheet, NULL AS first_row_no, NULL AS last_row_no WHERE false"
    counts = ", ".join(
        f"CAST(coalesce(sum(a.row_count) FILTER (a.disposition = '{name}'), 0) AS BIGINT)"
        for name in ("loaded", "quarantined", "set_aside")
    )
    return con.execute(
        f"SELECT a.delivery_id, coalesce(a.sheet, ''), {counts}, min(s.first_row_no), min(s.last_row_no)"
        f" FROM ledger.row_account AS a LEFT JOIN ({span}) AS s"
        " ON s.delivery_id = a.delivery_id AND s.sheet = a.sheet GROUP BY ALL ORDER BY ALL"
    ).fetchall()


def _raw_tables(con: DuckDBPyConnection) -> list[str]:
    rows = con.execute(
        "SELECT table_name FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = 'raw'"
        " AND column_name IN ('delivery_id', 'sheet', 'row_no') GROUP BY ALL HAVING count(*) = 3 ORDER BY 1"
    ).fetchall()
    return [str(name) for (name,) in rows]
