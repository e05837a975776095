"""The contract of the published file in the Open Data Contract Standard: what readers may count on.

The contracts of the sources are turned into the same words by `pipeline.contracts.odcs`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from pipeline.contracts.odcs import API_VERSION
from pipeline.release.published.papers.described_tables import DescribedColumn, DescribedTable
from pipeline.release.published.papers.field_types import contract_type

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# What the promises of 1.x (CHANGELOG.md) are made of; the other schemas explain these.
PROMISED_SCHEMAS: Final = ("charts", "marts")
PURPOSE: Final = "窗口工作周报的图表和指标：每一期本期数、今年累计，供大屏、报表和分析使用。"
LIMITATIONS: Final = (
    "没有办件明细和个人信息。待核实的数为空，见 release.withheld；率、平均、名次不能相加，时点数不能跨期相加。"
)
USAGE: Final = "只读打开。表和列只增不减，列加在末尾，单位和含义不变；已发布的一期不改，更正另发一次修订。"
SEVERITIES: Final = {"critical": "error", "warning": "warning"}
# A check: (name, title, description, severity).
Checks = Mapping[str, list[tuple[str, str, str, str]]]


def published_contract(con: DuckDBPyConnection, database: str, tables: list[DescribedTable]) -> dict[str, Any]:
    """Returns the ODCS document of the attached published file: an object a table of charts and marts.

    In: `docs.publication`, `docs."check"`. A check becomes a quality rule in words: its SQL reads the warehouse.
    """
    about = dict(con.execute(f"SELECT name, value FROM {database}.docs.publication").fetchall())
    checks = _checks(con, database)
    promised = [table for table in tables if table.schema in PROMISED_SCHEMAS]
    return {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": "zhoubao.published",
        "name": "窗口工作周报：发布的数据",
        "version": about["code_version"],
        "status": "active",
        "description": {"purpose": PURPOSE, "limitations": LIMITATIONS, "usage": USAGE},
        "servers": [
            {
                "server": "metrics",
                "type": "duckdb",
                "database": "metrics.duckdb",
                "description": "只读打开；发布时整体替换。Open read-only; a release replaces it as a whole.",
            }
        ],
        "schema": [_object(table, checks[table.full_name]) for table in promised],
        "slaProperties": [
            {"property": "frequency", "value": 1, "unit": "w", "description": "每周一期。One issue a week."},
        ],
    }


def _checks(con: DuckDBPyConnection, database: str) -> Checks:
    rows = con.execute(
        "SELECT table_name, check_name, title_zh, coalesce(description_zh, ''), severity"
        f' FROM {database}.docs."check" ORDER BY table_name, check_name'
    ).fetchall()
    checks: dict[str, list[tuple[str, str, str, str]]] = defaultdict(list)
    for table, *check in rows:
        name, title, description, severity = check
        checks[table].append((name, title, description, severity))
    return checks


def _object(table: DescribedTable, checks: list[tuple[str, str, str, str]]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": table.name,
        "logicalType": "object",
        "physicalType": "table",
        "physicalName": table.full_name,
        "businessName": table.description_zh,
        "description": table.description_en,
        "dataGranularityDescription": f"一行是 {', '.join(table.key)}",
        "properties": [_property(column, table.key) for column in table.columns],
    }
    if checks:
        described["quality"] = [_quality(*check) for check in checks]
    return described


def _property(column: DescribedColumn, key: tuple[str, ...]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": column.name,
        "businessName": column.meaning_zh,
        "description": column.meaning_en,
        "logicalType": contract_type(column.sql_type),
        "physicalType": column.sql_type,
    }
    if column.name in key:
        described |= {"required": True, "primaryKey": True, "primaryKeyPosition": key.index(column.name) + 1}
    if column.unit:
        described["customProperties"] = [{"property": "unit", "value": column.unit}]
    return described


def _quality(name: str, title: str, description: str, severity: str) -> dict[str, Any]:
    words = f"{title}：{description}" if description else title
    return {"name": name, "type": "text", "description": words, "severity": SEVERITIES[severity]}
