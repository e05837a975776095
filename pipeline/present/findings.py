"""The findings of a week in words that people read; which rows fail and what blocks is decided in quality."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from pipeline.present.rows import Row, fetch
from pipeline.quality.lights import FINDINGS, why_words
from pipeline.quality.wording import STATUS_LABELS
from pipeline.release.versions import has_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SEVERITIES: Final = {"critical": "严重", "warning": "提醒"}
STATES: Final = STATUS_LABELS
CORRECTION_STATES: Final = {"active": "有效", "obsolete": "来源已改，不再需要", "failed": "来源又有变化，不再适用"}
# Columns that failing rows are named by, and figures that they are about; any other goes by its own name.
_COLUMN_WORDS: Final = {
    "week_id": "期号",
    "department": "部门",
    "department_id": "部门代号",
    "department_name": "部门",
    "power_type": "事项类型",
    "power_group": "事项组",
    "item_code": "事项编码",
    "item_name": "事项",
    "case_no": "办件编号",
    "channel": "办理形式",
    "metric": "指标",
    "measure": "项目",
    "source": "来源",
    "file_name": "文件",
    "sheet": "工作表",
    "row_no": "行",
    "column_name": "列",
    "label": "行名",
    "reason": "原因",
    "report_date": "日期",
    "window_name": "窗口",
    "value": "本周",
    "value_ytd": "今年累计",
    "accepted": "受理",
    "completed": "办结",
    "accepted_ytd": "累计受理",
    "completed_ytd": "累计办结",
    "excess_over_accepted": "办结超出受理",
    "carried_over": "上年结转",
    "authorization_status": "授权状态",
    "missing_week_id": "缺少的期号",
    "calendar_week_id": "日期所在的期",
    "seq": "序号",
    "session_no": "场次",
    "inspection_item": "巡查项目",
    "inspected_on": "巡查日期",
    "change_mark": "数据状态",
    "status": "状态",
    "correction_id": "更正编号",
}


def week_findings(con: DuckDBPyConnection, week_id: str) -> list[Row]:
    """The findings of an issue: critical ones first, then by owner, check and id.

    In: `quality.finding` (finding_id) and `quality.finding_week` (finding_id, week_id), whose evidence and explanation
    are those of this week, `quality.decision` and `quality.finding_event`. Out: the columns of FINDINGS, with
    severity, status and keys in Chinese words; `is_critical`, `key_rows` (the keys as published) and `why` (what put it
    into its state) beside them.
    """
    if not has_table(con, "quality", "finding") or not has_table(con, "quality", "finding_week"):
        return []
    rows = fetch(
        con,
        "SELECT *, keys AS key_rows, severity = 'critical' AS is_critical"
        f" FROM ({FINDINGS}) AS found WHERE week_id = ?"
        " ORDER BY is_critical DESC, owner, check_name, finding_id",
        [week_id],
    )
    return [
        row
        | {
            "severity": SEVERITIES.get(row["severity"], row["severity"]),
            "status": STATES.get(row["status"], row["status"]),
            "keys": keys_text(row["keys"]),
            "why": why_words(row),
        }
        for row in rows
    ]


def words_of_column(name: str) -> str:
    """A column as readers call it; its own name where nothing better is known."""
    return _COLUMN_WORDS.get(name, name)


def check_counts(con: DuckDBPyConnection, week_id: str) -> dict[str, int]:
    """How many checks of the issue passed and failed; empty where it was not checked."""
    if not has_table(con, "quality", "check_result"):
        return {}
    rows = fetch(
        con, "SELECT status, count(*) AS n FROM quality.check_result WHERE week_id = ? GROUP BY ALL", [week_id]
    )
    return {row["status"]: row["n"] for row in rows}


def keys_text(keys: str | None) -> str | None:
    """Failing keys as a person reads them: `power_group=other_nine；…`; text that is no JSON stays as it is."""
    if not keys:
        return None
    try:
        entries = json.loads(keys)
    except ValueError:
        return keys
    entries = entries if isinstance(entries, list) else [entries]
    return "；".join(
        "，".join(f"{name}={value}" for name, value in entry.items()) if isinstance(entry, dict) else str(entry)
        for entry in entries
    )
