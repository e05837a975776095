"""What people call the columns and codes that the warehouse itself gives: keys that every table shares, bookkeeping.

Words of one table only are in the suite that shows them (`words:` in expectations/*.yaml), words of a hall in its code
lists and contracts; `pipeline.quality.checks.vocabulary` puts them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.ingest.reasons import WORDS

OWN_COLUMNS: Final[Mapping[str, str]] = {
    # The time and the dimensions of core.*, under whatever name a failing row carries them.
    "week_id": "期号",
    "department_id": "部门",
    "department_name": "部门",
    "department": "部门",
    "power_type": "事项类型",
    "power_group": "事项组",
    "channel": "办理形式",
    "metric": "指标",
    # The ledger and the quarantine: where a row came from, and what became of it.
    "delivery_id": "报送编号",
    "source": "来源",
    "file_name": "文件",
    "sheet": "工作表",
    "row_no": "行",
    "column_name": "列",
    "reason": "原因",
    # How much the fault moves in print, in the unit of the figure: findings of one severity are ordered by it.
    "moved": "影响的数",
    # What a check of a whole week gives instead of rows.
    "observed": "观测值",
    "unexpected_count": "不符的数",
}
# Codes that the models in sql/ put where a hall's code list has none: all together, not recognised, no business.
OWN_CODES: Final[Mapping[str, Mapping[str, str]]] = {
    # ledger.row_account.reason and quarantine.cell.reason: why a row or a cell went where it did.
    "reason": WORDS,
    "power_type": {"ALL": "全部类型", "UNKNOWN": "未识别", "NONE": "无业务"},
    "department_id": {"ALL": "全部部门", "UNKNOWN": "未识别"},
    "channel": {"ALL": "全部形式", "UNKNOWN": "未识别"},
    "case_kind": {"UNKNOWN": "未识别"},
}
