"""The order in which findings are read: worst first, then by what they move in print.

In: severity, state, figures and failing rows of findings. Out: sort keys. Pages, workbook, terminal and Dagster all
order by them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from pipeline.quality.codes import UNSETTLED

# The figures of a finding that say how much it moves, the first that is there counts: see expectations/README.md.
SIZE_FIGURES: Final = ("moved", "difference")


class Rank(NamedTuple):
    """A sort key: what waits for somebody, critical before warning, the largest first."""

    is_settled: bool
    is_warning: bool
    minus_size: float


def rank(severity: str, status: str, figures: str | None, failing_rows: int) -> Rank:
    """Returns the place of a finding among others; `severity` and `status` are codes, `figures` is its JSON object.

    A finding whose figures say no size is as large as the number of its failing rows: each is a case, or a line.
    """
    size = _size(figures, failing_rows)
    return Rank(status not in UNSETTLED, severity != "critical", -size)


def rank_of(finding: Mapping[str, Any]) -> Rank:
    """Returns the rank of a finding that was read as columns; figures and failing rows may be missing among them."""
    return rank(finding["severity"], finding["status"], finding.get("figures"), finding.get("unexpected_count") or 0)


def _size(figures: str | None, failing_rows: int) -> float:
    values = json.loads(figures or "{}")
    for name in SIZE_FIGURES:
        if values.get(name) is not None:
            return abs(float(values[name]))
    return float(failing_rows)
