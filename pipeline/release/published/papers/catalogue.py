"""The charts as entries of a 政务信息资源目录 (xlsx), to be handed to the government's data-sharing platform.

The columns are the core metadata of 《政务信息资源目录编制指南（试行）》 (发改高技〔2017〕1272号): an entry a chart,
and its 信息项 once more on a sheet of their own. What only the hall can say (code, sharing, openness) comes from its
settings and is left empty where these are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.release.published.papers.described_tables import DescribedColumn, DescribedTable
from pipeline.release.published.papers.field_types import schema_type
from pipeline.release.published.spreadsheets import SAVED_AT, TEXT_STAYS_TEXT, Looks, write_table
from pipeline.release.revisions.activation import SHOWN

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings

ENTRIES: Final = "资源目录"
ITEMS: Final = "信息项"
ENTRY_HEADER: Final = (
    "信息资源分类",
    "信息资源名称",
    "信息资源代码",
    "信息资源提供方",
    "信息资源提供方代码",
    "信息资源摘要",
    "信息资源格式分类",
    "信息资源格式类型",
    "信息项",
    "共享类型",
    "共享条件",
    "共享方式",
    "是否向社会开放",
    "更新周期",
    "发布日期",
)
ITEM_HEADER: Final = ("信息资源名称", "信息项名称", "代码", "数据类型", "单位", "主键", "说明")
# The letters of the guide for the types of a 信息项.
ITEM_TYPES: Final = {
    "string": "字符型C",
    "integer": "整型I",
    "number": "数值型N",
    "date": "日期型D",
    "datetime": "日期时间型T",
    "boolean": "逻辑型L",
}
FORMAT_CLASS: Final = "电子表格"
FORMATS: Final = "csv、xlsx（另有 json、parquet）"
CYCLE: Final = "每周"
WAY: Final = "文件"
OPENNESS: Final = {True: "是", False: "否", None: ""}


def write_catalogue(path: Path, tables: Sequence[DescribedTable], settings: Settings, released_on: str) -> None:
    """Writes the workbook: an entry for each table of `charts`, and a row for each of their columns.

    `released_on` is the day of the latest release. Equal content gives equal bytes.
    """
    from xlsxwriter.workbook import Workbook

    charts = [table for table in tables if table.schema == "charts"]
    items = [_item(table, column) for table in charts for column in table.columns]
    with Workbook(str(path), TEXT_STAYS_TEXT) as book:
        book.set_properties({"created": SAVED_AT})
        looks = Looks(book)
        entries = [_entry(table, settings, released_on) for table in charts]
        write_table(book.add_worksheet(ENTRIES), looks, ENTRY_HEADER, entries)
        write_table(book.add_worksheet(ITEMS), looks, ITEM_HEADER, items)


def latest_release_day(con: DuckDBPyConnection) -> str:
    """Returns the day of the release that readers see of the latest issue, such as 2023-04-28; empty where none is."""
    row = con.execute(
        f"SELECT i.released_at FROM {SHOWN} AS s JOIN release.issue AS i"
        " ON i.week_id = s.week_id AND i.revision = s.revision ORDER BY s.week_id DESC LIMIT 1"
    ).fetchone()
    if row is None or row[0] is None:
        return ""
    return f"{row[0]:%Y-%m-%d}"


def _entry(table: DescribedTable, settings: Settings, released_on: str) -> tuple[str, ...]:
    """Returns the entry of a chart in the order of ENTRY_HEADER."""
    hall = settings.catalogue
    prefix = f"{hall.code_prefix}/" if hall.code_prefix else ""
    return (
        hall.category,
        _title(table),
        f"{prefix}{table.name}",
        hall.provider or settings.issuer,
        hall.provider_code,
        table.description_zh,
        FORMAT_CLASS,
        FORMATS,
        "、".join(_item_name(column) for column in table.columns),
        hall.sharing,
        hall.sharing_condition,
        WAY,
        OPENNESS[hall.is_open],
        CYCLE,
        released_on,
    )


def _item(table: DescribedTable, column: DescribedColumn) -> tuple[str, ...]:
    """Returns a column of a chart in the order of ITEM_HEADER."""
    is_key = column.name in table.key
    return (
        _title(table),
        _item_name(column),
        column.name,
        ITEM_TYPES[schema_type(column.sql_type)],
        column.unit,
        "是" if is_key else "",
        column.meaning_zh,
    )


def _title(table: DescribedTable) -> str:
    """窗口办件：咨询、受理，四项互不相比 → 窗口办件; a table without words is called by its name."""
    return table.description_zh.split("：")[0] or table.name


def _item_name(column: DescribedColumn) -> str:
    """本期受理（件），办件明细未报送为空 → 本期受理（件）."""
    return column.meaning_zh.split("，")[0].split("：")[0] or column.name
