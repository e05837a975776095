"""The published figures and the shape of the weeks that the sample is calibrated to; no random number is drawn here.

`scaled` is the rule by which totals of cases shrink with `--scale`; counts of the hall itself (windows, training,
departments) are small and stay as published.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

YEAR: Final = 2023
FIRST_WEEK: Final = "2023-01"
LAST_WEEK: Final = "2023-15"
WEEKS: Final = 15
SMALLEST_SCALE: Final = 0.001
LARGEST_SCALE: Final = 4.0
LABEL: Final = "模拟数据（非真实数据）"


def scaled(total: int, scale: float) -> int:
    """A total at this scale: rounded half up, and at least 1. Applied to each total by itself, never to a sum."""
    return max(1, rounded(total, scale))


def rounded(total: int, scale: float) -> int:
    """A total that may vanish at a small scale (withdrawn cases): rounded half up."""
    return math.floor(total * scale + 0.5)


@dataclass(frozen=True)
class GroupTotals:
    """One power group: cases accepted and completed in 2023 up to the end of issue 15 (published), cases of 2022
    still open on 1 January and cases withdrawn (作废、删除) since then (both chosen). Unit: cases.
    """

    power_group: str
    accepted: int
    completed: int
    backlog: int
    withdrawn: int

    def at(self, scale: float) -> GroupTotals:
        """The same at a scale."""
        return GroupTotals(
            self.power_group,
            scaled(self.accepted, scale),
            scaled(self.completed, scale),
            scaled(self.backlog, scale),
            rounded(self.withdrawn, scale),
        )


GROUPS: Final = (
    GroupTotals("licensing", 141_039, 139_562, 9_800, 620),
    GroupTotals("public_service", 2_147_603, 2_032_567, 24_000, 3_100),
    GroupTotals("other_nine", 12_745, 12_969, 1_400, 58),
)

# Volume per working day of each issue, relative to the mean: so uneven that no week stands out.
WEEK_RATES: Final[dict[str, tuple[float, ...]]] = {
    "licensing": (1.11, 0.88, 1.13, 0.90, 1.01, 1.11, 0.97, 1.05, 1.05, 1.00, 0.95, 0.97, 1.05, 1.06, 1.11),
    "public_service": (0.89, 0.99, 1.09, 1.09, 0.99, 0.88, 1.09, 0.93, 1.03, 1.03, 0.94, 0.92, 0.92, 1.07, 1.03),
    "other_nine": (1.08, 0.85, 0.87, 1.10, 1.01, 1.02, 0.93, 1.07, 0.87, 1.08, 0.96, 0.92, 1.13, 0.94, 0.99),
}

# Window counters of issues 1 … 15; the last and the sums are published, of the others only 咨询 of issue 15 stands out.
WINDOW_WEEKS: Final[dict[str, tuple[int, ...]]] = {
    "consulted": (441, 620, 499, 987, 619, 713, 706, 535, 660, 541, 682, 637, 542, 647, 2380),
    "accepted": (84, 177, 256, 98, 181, 94, 175, 272, 152, 275, 187, 206, 75, 290, 319),
    "issued": (1875, 559, 2709, 1063, 3293, 1607, 3538, 897, 3873, 2290, 1148, 3349, 2485, 1285, 4475),
    "transferred": (3582, 5425, 6253, 6097, 5419, 5900, 5545, 5848, 5059, 5211, 5206, 5602, 4113, 5727, 5250),
}

# Snapshot week → departments not yet stationed, and stationed ones not yet authorised (department ids).
REGISTER: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "2023-01": (frozenset({"dangan"}), frozenset({"zhujian", "haiguan", "maocu", "yancao", "renfang", "xinwen"})),
    "2023-05": (frozenset(), frozenset({"zhujian", "haiguan", "maocu", "yancao", "dangan"})),
    "2023-10": (frozenset(), frozenset({"zhujian", "haiguan", "maocu", "dangan"})),
    "2023-15": (frozenset(), frozenset({"zhujian", "haiguan", "maocu"})),
}
REGISTER_REMARKS: Final = {"zhujian": "已主动对接并积极推进相关工作", "maocu": "已主动对接并积极推进相关工作"}

# Sessions of the issue: (teaching department, main items, trainees). Issue 15: 14 trainees, 14 items, 5 times.
TRAINING_LAST_WEEK: Final = (
    ("sifa", 3, range(0, 5)),
    ("jiaotong", 3, range(4, 9)),
    ("guangdian", 3, range(8, 12)),
    ("sifa", 3, range(0, 4)),
    ("jiaotong", 2, range(10, 14)),
)
TRAINING_SESSIONS: Final = (0, 1, 2, 0, 2, 1, 3, 0, 2, 4, 1, 2, 0, 3)
