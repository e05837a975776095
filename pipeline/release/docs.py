"""The schema `docs` of the published file: what the publication is, its dictionary, its deliveries; no figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.release.tables import identifier, quoted
from pipeline.release.versions import code_version, has_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings

SYNTHETIC_MARK: Final = "模拟数据"

DOCS: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "publication": ("本发布文件的说明（grain: name）", {"name": "项目", "value": "内容"}),
    "table": (
        "数据字典：表（grain: schema_name, table_name）",
        {"schema_name": "模式", "table_name": "表名", "description": "说明", "row_count": "行数"},
    ),
    "column": (
        "数据字典：列（grain: schema_name, table_name, column_name）",
        {
            "schema_name": "模式",
            "table_name": "表名",
            "position": "第几列",
            "column_name": "列名",
            "data_type": "类型",
            "description": "说明",
        },
    ),
    "delivery": (
        "交付的文件及其行数去向（grain: delivery_id）",
        {
            "delivery_id": "交付编号",
            "source": "来源",
            "file_name": "文件名",
            "week_id": "期",
            "as_of": "导出时间",
            "status": "状态",
            "rows_physical": "物理行数",
            "rows_loaded": "载入行数",
            "rows_quarantined": "隔离行数",
            "rows_set_aside": "搁置行数",
        },
    ),
}


def write_docs(con: DuckDBPyConnection, database: str, about: dict[str, str]) -> None:
    """Create `docs.publication|delivery|table|column` in the attached `database`, last of all
    tables, so that the dictionary describes every one of them, itself included.
    """
    con.execute(f"CREATE TABLE {database}.docs.publication (name VARCHAR, value VARCHAR)")
    con.executemany(f"INSERT INTO {database}.docs.publication VALUES (?, ?)", sorted(about.items()))
    con.execute(f"CREATE TABLE {database}.docs.delivery AS {_deliveries(con)} ORDER BY ALL")
    con.execute(
        f'CREATE TABLE {database}.docs."table"'
        " (schema_name VARCHAR, table_name VARCHAR, description VARCHAR, row_count BIGINT)"
    )
    con.execute(
        f'CREATE TABLE {database}.docs."column" (schema_name VARCHAR, table_name VARCHAR, position INTEGER,'
        " column_name VARCHAR, data_type VARCHAR, description VARCHAR)"
    )
    _comment_docs(con, database)
    _describe_tables(con, database)


def _comment_docs(con: DuckDBPyConnection, database: str) -> None:
    present = set(
        con.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = ? AND schema_name = 'docs'",
            [database],
        ).fetchall()
    )
    for table, (comment, columns) in DOCS.items():
        target = f'{database}.docs."{table}"'
        con.execute(f"COMMENT ON TABLE {target} IS {quoted(comment)}")
        for column, meaning in columns.items():
            if (table, column) in present:
                con.execute(f"COMMENT ON COLUMN {target}.{column} IS {quoted(meaning)}")


def _describe_tables(con: DuckDBPyConnection, database: str) -> None:
    names = con.execute(
        "SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE database_name = ? ORDER BY ALL", [database]
    ).fetchall()
    con.execute(
        f'INSERT INTO {database}.docs."column"'
        " SELECT schema_name, table_name, column_index, column_name, data_type, comment FROM duckdb_columns()"
        " WHERE database_name = ? ORDER BY ALL",
        [database],
    )
    for schema, name, comment in names:
        con.execute(
            f'INSERT INTO {database}.docs."table" SELECT ?, ?, ?, count(*) FROM {database}.{schema}.{identifier(name)}',
            [schema, name, comment],
        )


def about_publication(
    con: DuckDBPyConnection, settings: Settings, content: str, storage_version: str
) -> dict[str, str]:
    """What the publication says about itself; equal for equal content, so it also decides whether it is new."""
    about = {
        "content_hash": content,
        "code_version": code_version(settings),
        "storage_version": storage_version,
        "deliveries_hash": _deliveries_hash(con),
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
        return "SELECT NULL::VARCHAR AS delivery_id WHERE false"
    columns = "delivery_id, source, file_name, week_id, as_of, status, rows_physical"
    if not has_table(con, "ledger", "row_account"):
        return f"SELECT {columns} FROM ledger.delivery"
    counts = ", ".join(
        f"CAST(coalesce(sum(row_count) FILTER (disposition = '{name}'), 0) AS BIGINT) AS rows_{name}"
        for name in ("loaded", "quarantined", "set_aside")
    )
    return (
        f"SELECT {columns}, {counts} FROM ledger.delivery LEFT JOIN ledger.row_account USING (delivery_id) GROUP BY ALL"
    )
