"""Rows of a large sheet come out as they went in, whether one by one, by the slice or from top to bottom."""

from __future__ import annotations

from pipeline.ingest.sheets.bulk_rows import in_columns
from pipeline.ingest.tables.header_paths import rows_between

ROWS = [[str(at), None if at % 7 else "x"] for at in range(3_000)]


def test_a_row_is_the_same_however_it_is_asked_for() -> None:
    bulk = in_columns(ROWS)
    assert list(bulk) == ROWS
    for at in (0, 299, 300, 301, 2_500, 1_000, 2_999, -1, 449, 450, 451):
        assert bulk[at] == ROWS[at]
    for first, last in ((298, 302), (1_000, 1_004), (10, 900), (2_998, 3_005), (700, 700), (950, 1_049)):
        assert bulk[first:last] == ROWS[first:last]
    assert bulk[1_000:1_010:3] == ROWS[1_000:1_010:3]


def test_rows_between_two_places_are_those_of_the_slice() -> None:
    bulk = in_columns(ROWS)
    for first, last in ((0, 3_000), (5, 2_003), (2_990, 4_000), (7, 7)):
        assert list(rows_between(bulk, first, last)) == ROWS[first:last]
        assert list(rows_between(ROWS, first, last)) == ROWS[first:last]
