"""What holds of the calibration and of the cases as columns, at full scale where that matters."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reporting_calendar import load_calendar
from pipeline.sample.calibration import GROUPS, WINDOW_WEEKS, scaled
from pipeline.sample.cases import OPEN, CaseTable, build_cases
from pipeline.sample.catalogue import Catalogue, build_catalogue
from pipeline.sample.volumes import count_volumes

CALENDAR = load_calendar()
WEEKS = CALENDAR.weeks_between("2023-01", "2023-15")
WORKING_DAYS = [week.working_days for week in WEEKS]


def catalogue() -> Catalogue:
    return build_catalogue(np.random.Generator(np.random.PCG64([1, 1])))


def cases(seed: int, scale: float) -> CaseTable:
    return build_cases(seed, scale, CALENDAR, WEEKS, catalogue())


def outside(series: list[float], first: int = 4, width: float = 4.0) -> list[int]:
    """Positions that lie further from the median of the past than `width` times its median absolute deviation."""
    found = []
    for i in range(first, len(series)):
        middle = statistics.median(series[:i])
        spread = statistics.median(abs(value - middle) for value in series[:i])
        if abs(series[i] - middle) > width * spread:
            found.append(i)
    return found


@pytest.mark.parametrize(("total", "scale", "expected"), [(12745, 0.002, 25), (250, 0.01, 3), (3, 0.01, 1), (7, 1, 7)])
def test_totals_are_rounded_half_up_and_never_vanish(total: int, scale: float, expected: int) -> None:
    assert scaled(total, scale) == expected


@given(st.integers(1, 3_000_000))
def test_scale_one_leaves_a_total_alone(total: int) -> None:
    assert scaled(total, 1.0) == total


@pytest.mark.parametrize(
    ("measure", "expected"), [("consulted", [14]), ("accepted", []), ("issued", []), ("transferred", [])]
)
def test_only_the_consultations_of_issue_15_stand_out(measure: str, expected: list[int]) -> None:
    per_day = [value / days for value, days in zip(WINDOW_WEEKS[measure], WORKING_DAYS, strict=True)]
    assert outside(per_day) == expected


@given(st.integers(0, 2**32), st.sampled_from([0.001, 0.003, 0.01]))
def test_totals_are_exact_for_every_seed(seed: int, scale: float) -> None:
    table, items = cases(seed, scale), catalogue().items
    group = np.array([item.group for item in items])[table.item]
    is_new = table.ymd > 20230000
    for i, published in enumerate(GROUPS):
        wanted = published.at(scale)
        of_group = group == i
        assert int((of_group & is_new).sum()) == wanted.accepted
        assert int((of_group & ~is_new).sum()) == wanted.backlog
        assert int((of_group & table.is_completed).sum()) == wanted.completed
        assert int((of_group & (table.closed != OPEN)).sum()) == wanted.completed + wanted.withdrawn
    assert bool((table.closed[table.closed != OPEN] >= table.accepted[table.closed != OPEN]).all())


def test_another_seed_gives_other_cases() -> None:
    one, same, other = (cases(seed, 0.001) for seed in (1, 1, 2))
    assert np.array_equal(one.accepted, same.accepted)
    assert not np.array_equal(one.accepted, other.accepted)


@pytest.mark.slow
def test_at_full_scale_the_published_totals_come_out_and_no_week_stands_out() -> None:
    made = catalogue()
    volumes = count_volumes(cases(20230421, 1.0), made)
    for group in GROUPS:
        of_group = np.array([name == group.power_group for _, _, name in made.power_types])
        weekly = volumes[:, :, of_group].sum(axis=(1, 2))
        assert weekly.sum(axis=0).tolist() == [group.accepted, group.completed]
        for measure in (0, 1):
            assert outside([float(value) for value in weekly[:, measure] / WORKING_DAYS]) == []
