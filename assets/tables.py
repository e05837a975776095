"""Which asset stands for which table, and the groups of the graph; what is in a table belongs in sql/ and contracts."""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg

from pipeline.ingest.load.printed_lines import source_of_view

REFERENCE = dg.AssetKey(["raw", "reference"])
CORRECTION = dg.AssetKey(["quality", "correction"])
LEDGER: Mapping[str, str] = {
    "ledger.delivery": "报送台账：每份报送一行，以内容的 SHA-256 为准\n\nOne row per delivery, known by its content",
    "ledger.row_account": "行账：每份报送的每一行是装载、隔离还是搁置\n\nWhat became of every physical row",
    "ledger.control_total": "控制合计：原表打印的合计与逐行相加之比较\n\nPrinted totals beside the sum of their rows",
    "quality.decision": "处理意见：谁、何时、为何、到何时，只增不改\n\nThe steward's decisions, append-only",
    "quality.correction": "更正：来源的哪一格读作什么，来源一变就提示\n\nValues of raw that are read as others",
    "quarantine.cell": "隔离：读不进的单元格，文件、表、行、列和原因\n\nCells that could not be read, and why",
}
_PART_OF = dict.fromkeys(
    (
        "ledger.current_delivery",
        "ledger.known_delivery",
        "ledger.arrival",
        "ledger.replaced_key",
        "ledger.delivery_sum",
    ),
    "ledger.delivery",
)
# What the steward decides comes in before everything else; the desk is where findings lie for him.
_GROUPS = {"quality.decision": "decisions", "quality.correction": "decisions", "quality.desk": "review"}
_CALENDAR = frozenset({"raw.report_week", "raw.report_period", "raw.calendar_day"})


def key_of(table: str) -> dg.AssetKey:
    """Returns the asset that writes `schema.table`: code lists and calendar are one, a view belongs to its table.

    The lines of an export (`ledger.window_weekly_line`) belong to its rows, `raw.window_weekly`.
    """
    if table in _CALENDAR or table.startswith("raw.ref_"):
        return REFERENCE
    source = source_of_view(table)
    if source is not None:
        return dg.AssetKey(["raw", source])
    return dg.AssetKey(_PART_OF.get(table, table).split("."))


def table_of(key: dg.AssetKey) -> str:
    """Returns `schema.table` of an asset that is one table."""
    return ".".join(key.path)


def group_of(table: str) -> str:
    """Returns the floor a table stands on: its schema, but where the graph of floors would run in a circle."""
    return _GROUPS.get(table, table.split(".", maxsplit=1)[0])
