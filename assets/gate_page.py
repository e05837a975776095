"""What the gate shows in Dagster on one screen: what stops the release, whose it is, what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from assets.metadata import markdown_table, page_links
from pipeline.quality.desk.gate import GateVerdict
from pipeline.quality.findings.faults import rest_of
from pipeline.quality.findings.findings import Finding
from pipeline.reporting_calendar.week_ids import weeks_in_words
from pipeline.settings import Settings

# As many as a screen has room for; the worst come first, and the workbook has them all.
MOST_SHOWN: Final = 8
_STATES: Final = {"sent_back": "（已退回，等更正的报送）", "postponed": "（已暂缓）"}


def gate_metadata(settings: Settings, verdict: GateVerdict, weeks: Sequence[str]) -> dict[str, Any]:
    """Returns the verdict in a sentence, then the findings that block as a table, then where the rest is read."""
    return {
        "结论": verdict.message.splitlines()[0],
        "什么挡住了发布": markdown_table(blocking_rows(verdict.blocking), is_whole=True),
        "阻止发布的问题数": len(verdict.blocking),
        "还没有检查的期": "、".join(verdict.unchecked_weeks) or "（无）",
        **page_links(settings, weeks[-1]),
    }


def blocking_rows(blocking: Sequence[Finding]) -> list[dict[str, object]]:
    """Returns a row a finding, the worst first, and one that counts those for which there is no room."""
    rows: list[dict[str, object]] = [_row(finding) for finding in blocking[:MOST_SHOWN]]
    left = len(blocking) - MOST_SHOWN
    if left > 0:
        rows.append({"归谁": "", "问题": f"另有 {left} 项，见处理单", "怎么处理": "", "期": ""})
    return rows


def _row(finding: Finding) -> dict[str, object]:
    rest = rest_of(finding.title, finding.evidence)
    fault = f"{finding.title}{_STATES.get(finding.status, '')}"
    return {
        "归谁": _owner_in_words(finding),
        "问题": f"{fault}。{rest}" if rest else fault,
        "怎么处理": finding.action,
        "期": weeks_in_words(finding.first_seen, finding.last_seen),
    }


def _owner_in_words(finding: Finding) -> str:
    """The department that a finding is about before the role that settles it: 公安厅（报送部门）."""
    if not finding.owner_department or finding.owner_department == finding.owner:
        return finding.owner
    return f"{finding.owner_department}（{finding.owner}）"
