"""What of the schema `quality` is published, with its keys and words; the desk's own tables are made in quality."""

from __future__ import annotations

from typing import Final

TABLES: Final[dict[str, tuple[str, tuple[str, ...], dict[str, str]]]] = {
    "check_result": (
        "每期每项检查的结果\nThe result of each check in each week",
        ("week_id", "table_name", "check_name"),
        {
            "status": "passed 通过、failed 未通过 | passed or failed",
            "unexpected_count": "不符的行数 | rows that fail",
            "element_count": "检查的行数 | rows checked",
            "observed": "实际看到的 | what was observed",
            "checked_at": "检查时间（北京时间） | time of the check, Beijing time",
        },
    ),
    "finding": (
        "发现的问题：同一原因在各期是同一个问题\nFindings: the same cause is the same finding in every week",
        ("finding_id",),
        {
            "title": "问题名称 | title",
            "status": "open 待处理、explained 已解释、waived 已接受、corrected 已更正、sent_back 已退回、"
            "fixed_at_source 来源已改、expired 已到期 | state",
            "first_seen": "首次出现的期 | first week seen",
            "last_seen": "最近出现的期 | last week seen",
            "weeks": "出现的期数 | number of weeks",
            "action": "怎样处理 | what to do",
            "category": "类别 | category",
            "owner_department": "责任部门 | department that answers for it",
        },
    ),
    "finding_week": (
        "各期的问题\nFindings by week",
        ("finding_id", "week_id"),
        {"owner_department": "责任部门 | department that answers for it"},
    ),
    "decision": (
        "数据专员的处理决定\nDecisions of the steward",
        ("decision_id",),
        {
            "kind": "accept 接受并说明、correct 更正、send_back 退回、postpone 暂缓、withdraw 撤回 | kind of decision",
            "value": "更正后的值 | corrected value",
            "origin": "由哪份文件或命令行而来 | workbook or command line",
        },
    ),
    "finding_event": (
        "问题的处理经过，只增不改\nWhat became of each finding, append-only",
        ("finding_id", "event_no"),
        {
            "event_no": "第几次变化 | number of the event",
            "happened_at": "时间（北京时间） | time, Beijing time",
            "from_status": "原状态 | state before",
            "to_status": "新状态 | state after",
            "words": "说明 | in words",
            "origin": "由运行或决定而来 | run or decision that it comes from",
        },
    ),
    "correction": (
        "对来源数据的更正：改的是哪一列、为什么\nCorrections of delivered data: which column and why",
        ("correction_id",),
        {"status": "active 有效、obsolete 不再需要、failed 未能套用 | state"},
    ),
}
# Of a corrected row neither the case it is about nor its values are for readers.
LEFT_OUT: Final = {"correction": frozenset({"keys", "from_value", "to_value", "observed"})}
WORDS: Final[dict[str, str]] = {
    "week_id": "期 | week",
    "table_name": "所查的表 | table checked",
    "check_name": "检查，见 docs.check | check, see docs.check",
    "severity": "critical 停止发布、warning 随期发布 | critical or warning",
    "owner": "谁处理 | who settles it",
    "keys": "不符行的键（JSON），办件编号略去 | keys of failing rows, without case numbers",
    "evidence": "证据 | evidence in words",
    "explanation": "解释，空为未解释 | explanation, null where there is none",
    "unexpected_count": "不符的行数 | rows that fail",
    "finding_id": "问题编号 | finding",
    "decision_id": "决定编号 | decision",
    "correction_id": "更正编号 | correction",
    "figures": "涉及的数（JSON） | figures involved",
    "places": "所在的文件、表、行（JSON） | files, sheets and rows",
    "until": "有效至 | until",
    "reason": "理由 | reason",
    "decided_by": "由谁决定 | who decided",
    "decided_at": "决定时间（北京时间） | time of the decision, Beijing time",
    "source": "来源 | source",
    "column_name": "列 | column",
}


def words_of(table: str, column: str) -> str | None:
    """The meaning of a column as 中文 | English, or None where it is not known."""
    own = TABLES[table][2] if table in TABLES else {}
    return own.get(column) or WORDS.get(column)
