"""The planted defects as data: what is wrong where, and what the pipeline should say; planting them belongs elsewhere.

Each can be left out by itself. None changes a published figure: what is counted stays, what is extra is not counted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Defect:
    """One planted defect: its id, source and issue, what is planted, and what the pipeline should say."""

    defect_id: str
    source: str
    week_id: str
    planted: str
    expected: str


DEFECTS: Final = (
    Defect(
        "impossible_date",
        "case_detail",
        "2023-07",
        "多出一行，受理时间为 2023-02-30 10:15:00",
        "row quarantined, column 受理时间, reason: not a date; nothing else in the file is lost",
    ),
    Defect(
        "slash_timestamps",
        "case_detail",
        "2023-15",
        "一行的各时间写成 2023/4/17 9:05",
        "row loaded by the slow path; as_written keeps the original text",
    ),
    Defect(
        "repeated_line",
        "case_detail",
        "2023-09",
        "一行原样重复",
        "second line set aside, reason duplicate_row",
    ),
    Defect(
        "delivered_twice",
        "case_detail",
        "2023-13",
        "同一文件另以“办件明细_2023-13(1).csv”报送",
        "delivery of status duplicate, not loaded",
    ),
    Defect(
        "completed_before_accepted",
        "case_detail",
        "2023-10",
        "两件的办结时间早于受理时间一小时（同一天）",
        "both counted; the check of the order of dates warns with two case numbers",
    ),
    Defect(
        "unknown_channel",
        "case_detail",
        "2023-13",
        "五行的办理形式为“自助终端”，不在代码表内",
        "rows loaded and counted without a channel; five cells quarantined, reason: unknown code",
    ),
    Defect(
        "withdrawn_cases",
        "case_detail",
        "2023-11",
        "第 9 期多出三件（水利厅、行政许可），第 11 期以数据状态 D 撤销",
        "three accepted cases in what was known of issue 9, taken back by a restatement exported with issue 11",
    ),
    Defect(
        "volume_reexported",
        "item_volume",
        "2023-08",
        "首次导出时公安厅公共服务本周受理多报，次日重报更正",
        "first delivery superseded by the later export time; only the corrected figures count",
    ),
    Defect(
        "printed_total_wrong",
        "item_volume",
        "2023-11",
        "合计行本周受理比各行之和多 10",
        "control total differs by 10; the check parts = printed totals fails, no row is changed",
    ),
    Defect(
        "volume_disagrees",
        "item_volume",
        "2023-12",
        "交通运输厅行政许可本周办结比办件明细多 7（累计不差）",
        "comparison of the statistics with the cases warns: one cell, reported less counted = 7",
    ),
    Defect(
        "department_missing",
        "item_volume",
        "2023-06",
        "省地震局既无数据行，也无“无业务”行",
        "check that each known department reported or said 无业务 fails with this one",
    ),
    Defect(
        "former_name",
        "item_volume",
        "2023-05",
        "应急厅写作“应急管理厅”",
        "resolved by the alias table; no finding",
    ),
    Defect(
        "item_code_repeated",
        "item_catalogue",
        "2023-01",
        "一个实施编码出现两次，第二次事项名称带“（停用）”",
        "check that item codes are unique fails with this code; cases are not counted twice",
    ),
    Defect(
        "mobile_in_text",
        "activity_log",
        "2023-12",
        "一条动态的内容里写有手机号码",
        "number masked before the first write; the check for personal data in free text warns",
    ),
    Defect(
        "lock_file",
        "item_volume",
        "2023-15",
        "目录中有 Excel 的锁文件 ~$事项受理办结统计_2023-15.xlsx",
        "file passed over as a lock file, not a failure",
    ),
)


def chosen_defects(defects: bool | Collection[str]) -> frozenset[str]:
    """The ids to plant: all, none, or those named. Raises ValueError for a name that is not in the list."""
    known = frozenset(defect.defect_id for defect in DEFECTS)
    if isinstance(defects, bool):
        return known if defects else frozenset()
    unknown = sorted(set(defects) - known)
    if unknown:
        raise ValueError(f"没有名为 {'、'.join(unknown)} 的缺陷；可选：{'、'.join(sorted(known))}。")
    return frozenset(defects)
