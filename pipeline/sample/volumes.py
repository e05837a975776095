"""What the statistics say, counted from the very cases; how that looks on a sheet belongs in `volume_files`."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.sample.calibration import WEEKS
from pipeline.sample.cases import CaseTable
from pipeline.sample.catalogue import Catalogue

Array = npt.NDArray[Any]


def count_volumes(cases: CaseTable, catalogue: Catalogue) -> Array:
    """Cases by (week, department, power type, measure); measures: accepted and completed in the week, flow basis."""
    departments = np.array([item.department for item in catalogue.items])
    codes = [code for code, _, _ in catalogue.power_types]
    types = np.array([codes.index(item.power_type) for item in catalogue.items])
    place = departments * len(codes) + types
    of_this_year = cases.ymd // 10_000 == cases.ymd[-1] // 10_000
    places = len(catalogue.departments) * len(codes)
    accepted = _count(cases.first_week, place[cases.item], of_this_year, places)
    completed = _count(cases.closed_week, place[cases.item], cases.is_completed, places)
    shape = (WEEKS, len(catalogue.departments), len(codes))
    return np.stack([accepted.reshape(shape), completed.reshape(shape)], axis=-1)


def _count(week: Array, place: Array, mask: Array, places: int) -> Array:
    cells = week[mask].astype(np.int64) * places + place[mask]
    return np.bincount(cells, minlength=WEEKS * places)
