"""The wording of activities and inspections belongs here, as data; sheets and dates do not.

Issue 15 carries the paragraphs of the seed report (seed_activities.csv); those of the other issues are made up.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

PROGRESS: Final = "推进情况"
ENVIRONMENT: Final = "优化营商环境"
SERVICE: Final = "服务效能提升"
LEADER: Final = "厅（局）长进大厅"
CENTRE: Final = "省政务服务和公共资源交易中心"

INSPECTION_ITEMS: Final = (
    "按时到岗情况", "工作区域标准化执行情况", "着装情况", "工作牌佩戴情况", "纪律秩序", "大厅防控情况",
)  # fmt: skip
ALL_GOOD: Final = "总体情况良好"
PREVENTION_NOTE: Final = "大厅人员管控到位，物业对大厅各点位消杀落实到位，大厅运行保障有序。"
INSPECTION_ISSUES: Final = (
    ("按时到岗情况", "个别窗口人员到岗较晚，已提醒。"),
    ("工作牌佩戴情况", "1名窗口人员未佩戴工作牌，已当场整改。"),
    ("工作区域标准化执行情况", "部分窗口台面物品摆放不整齐，已整改。"),
)

MADE_UP: Final[tuple[tuple[str, str], ...]] = (
    (PROGRESS, "（模拟）组织{department}梳理进驻事项清单，更新办事指南，完善无差别综合窗口收件标准。"),
    (PROGRESS, "（模拟）会同{department}对“一件事一次办”事项流程开展联调测试。"),
    (PROGRESS, "（模拟）督促{department}落实省内通办事项受理规范，核对材料清单。"),
    (ENVIRONMENT, "（模拟）{department}窗口召开企业座谈会，听取办事企业意见建议。"),
    (ENVIRONMENT, "（模拟）{department}窗口压减申报材料，推行容缺受理。"),
    (SERVICE, "（模拟）{department}窗口开展延时服务，为群众办理急需事项。"),
    (SERVICE, "（模拟）{department}窗口对综合窗口工作人员进行业务交流。"),
    (LEADER, "（模拟）{department}负责同志到省政务服务大厅该单位窗口调研。"),
)
MOBILE_SENTENCE: Final = "联系人手机{mobile}。"


def seed_activities() -> list[tuple[int | None, str, str, str]]:
    """The seed's paragraphs: day of April (None for 近日), category, department, text."""
    path = Path(__file__).with_name("seed_activities.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return [(int(r["day"]) if r["day"] else None, r["category"], r["department"], r["content"]) for r in rows]
