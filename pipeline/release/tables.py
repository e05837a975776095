"""The tables of the schema `release` and their meaning; who fills them is in freeze."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TABLES: Final[dict[str, tuple[str, str, dict[str, tuple[str, str]]]]] = {
    "issue": (
        "已发布的各期及其修订（grain: week_id, revision）",
        "week_id, revision",
        {
            "week_id": ("VARCHAR NOT NULL", "期：年份与期号"),
            "revision": ("INTEGER NOT NULL", "第几次发布；1 为首次发布，之后为修订"),
            "released_at": ("TIMESTAMP NOT NULL", "发布时间（北京时间）"),
            "as_of": ("TIMESTAMP", "本期各来源导出时间中最晚的一个"),
            "figures_hash": ("VARCHAR NOT NULL", "全部数字的 SHA-256"),
            "code_version": ("VARCHAR NOT NULL", "程序版本与口径（SQL、数据约定、代码表）的摘要"),
            "deliveries": ("VARCHAR NOT NULL", "数字所依据的交付文件（JSON）"),
            "figure_count": ("INTEGER NOT NULL", "数字个数"),
            "reason": ("VARCHAR NOT NULL", "本次发布或修订的原因"),
        },
    ),
    "figure": (
        "每次发布时冻结的数字，此后不再改动（grain: week_id, revision, metric, keys）",
        "week_id, revision, metric, keys",
        {
            "week_id": ("VARCHAR NOT NULL", "期"),
            "revision": ("INTEGER NOT NULL", "第几次发布"),
            "metric": ("VARCHAR NOT NULL", "图表表名.列名，如 window_weekly.value"),
            "keys": ("VARCHAR NOT NULL", "行的键（JSON）"),
            "value": ("DECIMAL(38, 6)", "本期值"),
            "value_ytd": ("DECIMAL(38, 6)", "今年累计值"),
            "text_value": ("VARCHAR", "文字内容（名单、结论、提示）"),
        },
    ),
    "revision_diff": (
        "修订与上一次发布的差异（grain: week_id, revision, metric, keys）",
        "week_id, revision, metric, keys",
        {
            "week_id": ("VARCHAR NOT NULL", "期"),
            "revision": ("INTEGER NOT NULL", "第几次发布"),
            "metric": ("VARCHAR NOT NULL", "图表表名.列名"),
            "keys": ("VARCHAR NOT NULL", "行的键（JSON）"),
            "kind": ("VARCHAR NOT NULL", "changed 改动，added 新增，removed 去掉"),
            "before": ("DECIMAL(38, 6)", "修订前的本期值"),
            "after": ("DECIMAL(38, 6)", "修订后的本期值"),
            "difference": ("DECIMAL(38, 6)", "本期值之差"),
            "before_ytd": ("DECIMAL(38, 6)", "修订前的累计值"),
            "after_ytd": ("DECIMAL(38, 6)", "修订后的累计值"),
            "difference_ytd": ("DECIMAL(38, 6)", "累计值之差"),
            "before_text": ("VARCHAR", "修订前的文字"),
            "after_text": ("VARCHAR", "修订后的文字"),
        },
    ),
}


def ensure_tables(con: DuckDBPyConnection) -> None:
    """Create the schema `release` and its three tables where they are missing; keeps what is in them."""
    con.execute("CREATE SCHEMA IF NOT EXISTS release")
    for name, (comment, key, columns) in TABLES.items():
        body = ", ".join(f"{column} {kind}" for column, (kind, _) in columns.items())
        con.execute(f"CREATE TABLE IF NOT EXISTS release.{name} ({body}, PRIMARY KEY ({key}))")
        con.execute(f"COMMENT ON TABLE release.{name} IS {quoted(comment)}")
        for column, (_, meaning) in columns.items():
            con.execute(f"COMMENT ON COLUMN release.{name}.{column} IS {quoted(meaning)}")


def quoted(text: str) -> str:
    """`text` as an SQL string, for the statements that take no parameters (COMMENT ON, ATTACH, COPY)."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
