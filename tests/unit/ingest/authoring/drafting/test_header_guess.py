"""A header is found without any contract."""

from __future__ import annotations

from pipeline.ingest.authoring.drafting.header_guess import locate_header
from tests.unit.ingest.authoring.unknown_exports import ROWS


def test_the_header_is_found_below_titles_and_through_its_levels() -> None:
    texts = [[None if cell is None else str(cell) for cell in row] for row in ROWS]
    assert locate_header(texts) == (2, 2)
    assert locate_header([["只有一个标题"], []]) is None
