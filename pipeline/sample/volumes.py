"""What the statistics say, counted from the very cases; how that looks on a sheet belongs in `volume_files`."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.sample.calibration import WEEKS
from pipeline.sample.cases import WITHDRAWN, CaseTable
from pipeline.sample.catalogue import Catalogue

Array = npt.NDArray[Any]


def count_volumes(cases: CaseTable, catalogue: Catalogue) -> Array:
    """Cases by (week, department, power type, measure); measures: accepted and completed in the week, flow basis."""
    of_this_year = cases.ymd // 10_000 == cases.ymd[-1] // 10_000
    accepted = _count(cases, catalogue, cases.first_week, of_this_year, WEEKS)
    completed = _count(cases, catalogue, cases.closed_week, cases.is_completed, WEEKS)
    return np.stack([accepted, completed], axis=-1)


def count_week(touched: CaseTable, catalogue: Catalogue, year: int, position: int) -> Array:
    """Of the cases that a week touched, those accepted and completed in it, by (department, power type, measure)."""
    is_accepted = (touched.first_week == position) & (touched.ymd // 10_000 == year)
    is_completed = (touched.closed_week == position) & ~np.isin(touched.result, WITHDRAWN)
    one_week = np.zeros(len(touched), dtype=np.int64)
    counts = [_count(touched, catalogue, one_week, mask, 1)[0] for mask in (is_accepted, is_completed)]
    return np.stack(counts, axis=-1)


def _count(cases: CaseTable, catalogue: Catalogue, week: Array, mask: Array, weeks: int) -> Array:
    """Counts the cases of a mask by (week, department, power type)."""
    departments = np.array([item.department for item in catalogue.items])
    codes = [code for code, _, _ in catalogue.power_types]
    types = np.array([codes.index(item.power_type) for item in catalogue.items])
    place = (departments * len(codes) + types)[cases.item]
    places = len(catalogue.departments) * len(codes)
    cells = week[mask].astype(np.int64) * places + place[mask]
    counted = np.bincount(cells, minlength=weeks * places)
    return counted.reshape(weeks, len(catalogue.departments), len(codes))
