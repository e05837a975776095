"""Declares what of the schema `quality` is published, with keys and words; `pipeline.quality` makes the tables."""

from __future__ import annotations

from typing import Final

# Table → (comment 中文\nEnglish, key columns, words for the columns that mean something of their own there).
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
            "status": "open 待处理、explained 已解释、waived 已接受、noted 带说明发布、"
            "withheld 待核实发布、postponed 已暂缓、corrected 已更正、sent_back 已退回、"
            "fixed_at_source 来源已改、expired 已到期 | state",
            "first_seen": "首次出现的期 | first week seen",
            "last_seen": "最近出现的期 | last week seen",
            "weeks": "出现的期数 | number of weeks",
            "action": "怎样处理 | what to do",
            "category": "类别 | category",
            "cell": "可更正的一格（JSON） | the cell that can be corrected, as JSON",
            "owner_department": "责任单位 | department that answers for it",
        },
    ),
    "finding_week": (
        "各期的问题\nFindings by week",
        ("finding_id", "week_id"),
        {"owner_department": "责任单位 | department that answers for it"},
    ),
    "decision": (
        "数据专员的处理决定\nDecisions of the steward",
        ("decision_id",),
        {
            "kind": "accept 接受并说明、correct 更正、name 登记名称、send_back 退回、postpone 暂缓、note 带说明发布、"
            "withhold 待核实发布、withdraw 撤回 | kind of decision",
            "approved_by": "由谁复核：不对外，空 | who approved it: stays with the hall, null here",
            "value": "更正后的值，或登记的名称 | corrected value, or name that was accepted",
            "origin": "由哪份文件或命令行而来 | workbook or command line",
            "basis": "决定时所见的数（摘要） | digest of what was seen when it was decided",
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
        "对来源数据的更正：哪一格、由何值改为何值、为什么\n"
        "Corrections of delivered data: which cell, from what to what, and why",
        ("correction_id",),
        {
            "keys": "所改的行的键（JSON），办件编号略去 | key of the row, without case numbers",
            "from_value": "更正前 | value before",
            "to_value": "更正后 | value after",
            "observed": "来源现在的值 | what the source says now",
            "note": "备注 | note",
            "status": "active 有效、obsolete 来源已改、failed 未能套用、superseded 文件已重报、withdrawn 已撤回、"
            "replaced 已被代替 | state",
            "delivery_id": "读不懂的一格在哪份交付，其他为空 | delivery of a cell that could not be read, else null",
            "sheet": "读不懂的一格所在的工作表 | sheet of a cell that could not be read",
            "row_no": "读不懂的一格所在的行 | row of a cell that could not be read",
        },
    ),
    "check_rule": (
        "每项检查的内容：期望什么、阈值多少\nWhat each check expects, with its thresholds",
        ("table_name", "check_name"),
        {
            "title": "名称 | title",
            "description": "说明 | description",
            "category": "类别 | category",
            "action": "怎样处理 | what to do",
            "expectation": "Great Expectations 的种类 | type in Great Expectations",
            "rule": "内容：一句话或查不符行的 SQL | the rule: a sentence, or the query for failing rows",
            "thresholds": "阈值及其由来（JSON） | thresholds with their reasons, as JSON",
            "dimension": "质量维度（GB/T 36344） | dimension of quality, GB/T 36344",
            "validation_level": "验证级别 0—5（ESS） | validation level of the ESS, 0 to 5",
        },
    ),
    "word": (
        "不符行的键里各列的代码怎样称呼\nWhat the codes in keys of failing rows are called",
        ("column_name", "source", "code"),
        {
            "column_name": "代码所在的列 | column of the code",
            "source": "来源或表，只在叫法因它而异时 | source or table, where it decides",
            "code": "代码 | code",
            "words": "称呼 | what it is called",
        },
    ),
}
# What a column means in every table that has it.
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
    "decided_by": "由谁决定：不对外，空 | who decided: stays with the hall, null here",
    "decided_at": "决定时间（北京时间） | time of the decision, Beijing time",
    "source": "来源 | source",
    "column_name": "列 | column",
}


def words_of(table: str, column: str) -> str | None:
    """Returns the meaning of a column as 中文 | English, or None where it is not known."""
    common_words = WORDS.get(column)
    if table not in TABLES:
        return common_words
    own_words = TABLES[table][2]
    return own_words.get(column, common_words)
