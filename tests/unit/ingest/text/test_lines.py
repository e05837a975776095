"""Line feeds of a block of bytes, counted as Python counts them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.text.lines import count_feeds


@given(content=st.text(st.sampled_from('a"\n\r'), max_size=40).map(str.encode))
def test_line_feeds_are_counted_whatever_stands_around_them(content: bytes) -> None:
    assert count_feeds(content) == content.count(b"\n")


def test_feeds_are_counted_across_all_slices_of_a_large_block() -> None:
    assert count_feeds(b"a\r\n" * 200_000 + b"a") == 200_000
