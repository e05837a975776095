"""The closed lists of the schema `quality`: every code that its tables hold, and what people call it.

This module holds codes and labels only. What a status follows from is decided in `pipeline.quality.findings.states`,
what a decision needs in `pipeline.quality.desk.decisions`. What people call columns of the warehouse and codes of the
hall's lists is in `pipeline.quality.checks.vocabulary`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

# ── Checks ──────────────────────────────────────────────────────────────────────────────────────────────────────────
# A critical finding that nobody has decided on stops the release; a warning travels with it.
Severity = Literal["critical", "warning"]
SEVERITY_LABELS: Final[Mapping[str, str]] = {"critical": "严重", "warning": "提醒"}

# A sheet of the steward's workbook each, in this order.
Category = Literal[
    "个人信息",
    "文件与合计",
    "来源数据",
    "办件",
    "指标与图表",
    "报表与办件核对",
    "数量异常",
    "基础数据",
    "报送完整性",
    "平台",
]
CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
PLATFORM: Final[Category] = "平台"
# Nothing settles such a finding but a delivery without what it found: no decision, no waiver, no correction.
PERSONAL: Final[Category] = "个人信息"

ResultStatus = Literal["passed", "failed"]

# ── Findings ────────────────────────────────────────────────────────────────────────────────────────────────────────
Status = Literal[
    "open",
    "explained",
    "waived",
    "noted",
    "withheld",
    "postponed",
    "corrected",
    "sent_back",
    "fixed_at_source",
    "expired",
]
STATUS_LABELS: Final[Mapping[str, str]] = {
    "open": "待处理",
    "explained": "已解释",
    "waived": "已接受",
    "noted": "带说明发布",
    "withheld": "待核实",
    "postponed": "已暂缓",
    "corrected": "已更正",
    "sent_back": "已退回",
    "fixed_at_source": "来源已改",
    "expired": "已到期",
}
# The first of these that a finding of a week has is the state of its check in that week.
URGENCY: Final[tuple[Status, ...]] = (
    "open",
    "expired",
    "sent_back",
    "postponed",
    "withheld",
    "noted",
    "waived",
    "corrected",
    "explained",
    "fixed_at_source",
)
# Somebody still has to decide.
UNSETTLED: Final[frozenset[Status]] = frozenset({"open", "expired"})
# The same as a list for SQL: `status IN {UNSETTLED_SQL}`.
UNSETTLED_SQL: Final = "('open', 'expired')"
# These can have a last day after which the finding is `expired`.
DATED_SQL: Final = "('sent_back', 'postponed', 'withheld', 'noted', 'waived')"
# The same as a list for SQL, with what was put off or sent back: what still waits for a decision or a delivery.
WAITING_SQL: Final = "('open', 'expired', 'sent_back', 'postponed')"
# A critical finding in one of these states stops the release.
STOPPING: Final[frozenset[Status]] = UNSETTLED | {"postponed"}


def stops_release(severity: str, status: str, kind: str | None, category: str | None) -> bool:
    """Whether a finding keeps its weeks from being released; `kind` is that of the decision that it rests on.

    Personal data does until it is gone. What somebody sent back does, whatever its severity, until a corrected
    delivery comes or somebody decides otherwise: the day of the decision only brings it up again. Any other critical
    finding does while nobody has decided on it, and while it is put off.
    """
    if category == PERSONAL:
        return status != "fixed_at_source"
    if status == "sent_back":
        return True
    if status == "expired" and kind == "send_back":
        return True
    return severity == "critical" and status in STOPPING


# The same as SQL over severity, status and category of a finding f, and the kind of its decision d.
STOPS_RELEASE_SQL: Final = f"""
    CASE WHEN f.category = '{PERSONAL}' THEN f.status <> 'fixed_at_source'
        WHEN f.status = 'sent_back' THEN true
        WHEN f.status = 'expired' AND d.kind = 'send_back' THEN true
        ELSE f.severity = 'critical' AND f.status IN ('open', 'expired', 'postponed') END
"""

# ── Decisions ───────────────────────────────────────────────────────────────────────────────────────────────────────
Kind = Literal["accept", "correct", "name", "send_back", "postpone", "note", "withhold", "withdraw"]
# The choices in the steward's workbook; 暂缓至 is followed by a day there.
KIND_LABELS: Final[Mapping[Kind, str]] = {
    "accept": "接受并说明",
    "correct": "更正",
    "name": "登记名称",
    "send_back": "退回",
    "postpone": "暂缓至",
    "note": "带说明发布",
    "withhold": "待核实发布",
    "withdraw": "撤回",
}
# The same where the day stands elsewhere in the sentence: 暂缓.
WORDS_OF_KIND: Final[Mapping[str, str]] = {kind: label.removesuffix("至") for kind, label in KIND_LABELS.items()}

# What became of a row of a workbook that came back.
Outcome = Literal["applied", "blank", "repeated", "incomplete", "tampered", "outdated", "unknown"]
OUTCOME_LABELS: Final[Mapping[Outcome, str]] = {
    "applied": "已登记",
    "blank": "未填写",
    "repeated": "已登记过",
    "incomplete": "未登记，请补正",
    "tampered": "未登记，行已改动",
    "outdated": "未登记，问题已变化",
    "unknown": "未登记，编号不符",
}

# ── Corrections ─────────────────────────────────────────────────────────────────────────────────────────────────────
# `active` acts on its cell; the others are kept on record and act no more.
CorrectionStatus = Literal["active", "obsolete", "failed", "superseded", "replaced", "withdrawn"]
CORRECTION_LABELS: Final[Mapping[str, str]] = {
    "active": "有效",
    "obsolete": "来源已改，不再需要",
    "failed": "来源又有变化，不再适用",
    "superseded": "文件已重新报送，不再适用",
    "replaced": "已由新的更正代替",
    "withdrawn": "已撤回",
}
