"""Writes the schema `docs` of the published file: what the publication is, its dictionary, its deliveries.

The other tables of `docs` are in `figure_origins`, `definitions` and `macros`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from pipeline.common.quoting import identifier, quoted
from pipeline.common.tables import has_table
from pipeline.release.published.docs import definitions, figure_origins
from pipeline.release.published.docs.docs_table import DocsTable
from pipeline.release.published.docs.macros import MACRO, write_macros
from pipeline.release.published.quality_charts import quality_models
from pipeline.release.revisions.versions import catalogue_hash, code_version, layout_version

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings
    from pipeline.warehouse.models import ModelGraph

SYNTHETIC_MARK: Final = "模拟数据"

PUBLICATION: Final = DocsTable(
    "publication",
    "本发布文件的说明\nWhat this file says of itself",
    1,
    {"name": ("VARCHAR", "项目 | item"), "value": ("VARCHAR", "内容 | content")},
)
TABLE: Final = DocsTable(
    "table",
    "数据字典：表\nData dictionary: tables",
    2,
    {
        "schema_name": ("VARCHAR", "模式 | schema"),
        "table_name": ("VARCHAR", "表名 | table"),
        "description": ("VARCHAR", "说明，中文一行、英文一行 | description in Chinese and English"),
        "row_count": ("BIGINT", "行数 | rows"),
    },
)
COLUMN: Final = DocsTable(
    "column",
    "数据字典：列\nData dictionary: columns",
    3,
    {
        "schema_name": ("VARCHAR", "模式 | schema"),
        "table_name": ("VARCHAR", "表名 | table"),
        "column_name": ("VARCHAR", "列名 | column"),
        "position": ("INTEGER", "第几列 | place in the table"),
        "data_type": ("VARCHAR", "类型 | type"),
        "description": ("VARCHAR", "说明：中文 | English"),
        "label_zh": ("VARCHAR", "中文名 | label in Chinese"),
        "label_en": ("VARCHAR", "英文名 | label in English"),
        "unit": ("VARCHAR", "单位，写在说明里的 | unit where the description names one"),
    },
)
DELIVERY: Final = DocsTable(
    "delivery",
    "交付的文件及其行数去向\nThe files delivered, and what became of their rows",
    1,
    {
        "delivery_id": ("VARCHAR", "交付编号 | delivery"),
        "source": ("VARCHAR", "来源 | source"),
        "file_name": ("VARCHAR", "文件名 | file"),
        "week_id": ("VARCHAR", "期 | week"),
        "as_of": ("TIMESTAMP", "导出时间（北京时间） | exported, Beijing time"),
        "status": ("VARCHAR", "current 有效、superseded 已被更新的取代、其余未采用 | state"),
        "rows_physical": ("BIGINT", "物理行数 | physical rows"),
        "rows_loaded": ("BIGINT", "载入行数 | rows loaded"),
        "rows_quarantined": ("BIGINT", "隔离行数 | rows quarantined"),
        "rows_set_aside": ("BIGINT", "搁置行数 | rows set aside"),
    },
)
OWN: Final = (PUBLICATION, TABLE, COLUMN, DELIVERY, MACRO, *figure_origins.TABLES, *definitions.TABLES)
# Units that a description may name: 受理件数（件）.
UNITS: Final = ("人次", "工作日", "件", "个", "名", "次", "行", "%", "天")


def write_docs(
    con: DuckDBPyConnection,
    database: str,
    settings: Settings,
    graph: ModelGraph,
    about: dict[str, str],
    keys: Iterable[tuple[str, str, Sequence[str]]],
) -> None:
    """Creates the tables of `docs` in the attached `database`, the dictionary last so that it describes all of them.

    `keys` are (schema, table, key columns) of the tables copied before.
    """
    PUBLICATION.write(con, database, sorted(about.items()))
    DELIVERY.write(con, database, con.execute(f"SELECT * FROM ({_deliveries(con)}) ORDER BY ALL").fetchall())
    figure_origins.write_origins(con, database, graph, quality_models(settings))
    own = [("docs", table.name, table.key_columns) for table in OWN]
    definitions.write_definitions(con, database, settings, [*keys, *own])
    write_macros(con, database)
    for table in (TABLE, COLUMN):
        table.write(con, database, [])
    _describe(con, database)


def _describe(con: DuckDBPyConnection, database: str) -> None:
    con.execute(
        f'INSERT INTO {database}.docs."column" (schema_name, table_name, column_name, position, data_type, description,'
        " label_zh, label_en, unit) SELECT schema_name, table_name, column_name, column_index, data_type, comment,"
        " trim(split_part(comment, ' | ', 1)), nullif(trim(split_part(comment, ' | ', 2)), ''),"
        f" nullif(regexp_extract(comment, '[（(]({'|'.join(UNITS)})[）)]', 1), '')"
        " FROM duckdb_columns() WHERE database_name = ? ORDER BY schema_name, table_name, column_index",
        [database],
    )
    names = con.execute(
        "SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE database_name = ? ORDER BY ALL", [database]
    ).fetchall()
    for schema, name, comment in names:
        con.execute(
            f'INSERT INTO {database}.docs."table" (schema_name, table_name, description, row_count)'
            f" SELECT ?, ?, ?, count(*) FROM {database}.{schema}.{identifier(name)}",
            [schema, name, comment],
        )


def about_publication(
    con: DuckDBPyConnection, settings: Settings, content: str, storage_version: str
) -> dict[str, str]:
    """Returns what the publication says about itself; equal for equal content, so it also decides whether it is new."""
    about = {
        "content_hash": content,
        "code_version": code_version(settings),
        "layout_version": layout_version(settings),
        "storage_version": storage_version,
        "deliveries_hash": _deliveries_hash(con),
        "catalogue_hash": catalogue_hash(settings),
    }
    if is_synthetic(con):
        about["data_label"] = SYNTHETIC_MARK
    return about


def is_synthetic(con: DuckDBPyConnection) -> bool:
    """Whether a delivery that counts said so in its title."""
    row = con.execute(
        f"SELECT coalesce(bool_or(contains(title, {quoted(SYNTHETIC_MARK)})), false) "
        "FROM ledger.delivery WHERE status = 'current'"
    ).fetchone()
    return bool(row and row[0])


def _deliveries_hash(con: DuckDBPyConnection) -> str:
    every_row = "string_agg(CAST(t AS VARCHAR), '|' ORDER BY delivery_id)"
    row = con.execute(f"SELECT md5(coalesce({every_row}, '')) FROM ({_deliveries(con)}) AS t").fetchone()
    return str(row[0]) if row else ""


def _deliveries(con: DuckDBPyConnection) -> str:
    """The SELECT of `docs.delivery` (delivery_id): every file that was taken in, with its rows by disposition."""
    if not has_table(con, "ledger", "delivery"):
        return f"SELECT {', '.join(f'NULL AS {column}' for column in DELIVERY.columns)} WHERE false"
    counts = ", ".join(
        f"CAST(coalesce(sum(a.row_count) FILTER (a.disposition = '{name}'), 0) AS BIGINT) AS rows_{name}"
        for name in ("loaded", "quarantined", "set_aside")
    )
    account = "ledger.row_account"
    if not has_table(con, "ledger", "row_account"):
        account = "(SELECT NULL AS delivery_id, NULL AS disposition, 0 AS row_count WHERE false)"
    return (
        "SELECT d.delivery_id, d.source, d.file_name, d.week_id, d.as_of, d.status, d.rows_physical,"
        f" {counts} FROM ledger.delivery AS d LEFT JOIN {account} AS a ON a.delivery_id = d.delivery_id GROUP BY ALL"
    )
