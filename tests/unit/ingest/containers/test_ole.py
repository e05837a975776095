"""A table of sectors that leads in a circle is refused before calamine follows it for ever."""

from __future__ import annotations

from array import array

import pytest

from pipeline.ingest.containers.ole import BrokenOleError, _refuse_circles

END, FREE = 0xFFFFFFFE, 0xFFFFFFFF


@pytest.mark.parametrize("table", [[0], [1, 2, 0], [END, 2, 1], [1, 2, 3, 4, 2, END], [0] * 18])
def test_a_circle_is_refused(table: list[int]) -> None:
    with pytest.raises(BrokenOleError, match="circle"):
        _refuse_circles(array("I", table))


@pytest.mark.parametrize(
    "table", [[], [END], [1, 2, END], [2, END, 1, FREE], [3, 3, 3, END], [9, 0], list(range(1, 90_001))]
)
def test_chains_that_end_are_no_circles(table: list[int]) -> None:
    _refuse_circles(array("I", table))
