"""Which stream of a compound file holds the sheets, and that no circle of sectors is followed for ever."""

from __future__ import annotations

from array import array

import pytest

from pipeline.ingest.containers.ole import BrokenOleError, CompoundFile, _refuse_circles, workbook_stream
from tests.unit.ingest.compound_files import compound_file

END, FREE = 0xFFFFFFFE, 0xFFFFFFFF


def stream_of(**streams: bytes) -> bytes | None:
    stream = workbook_stream(CompoundFile(compound_file(**streams)))
    return None if stream is None else stream.rstrip(b"\0")


def test_the_sheets_stand_in_the_stream_workbook_or_before_excel_97_in_book() -> None:
    assert stream_of(Summary=b"x", Workbook=b"new") == b"new"
    assert stream_of(Book=b"old", Summary=b"x") == b"old"
    assert stream_of(WORKBOOK=b"loud") == b"loud"


def test_of_a_workbook_in_both_versions_the_newer_is_read() -> None:
    assert stream_of(Book=b"old", Workbook=b"new") == b"new"


def test_a_file_without_sheets_has_no_such_stream() -> None:
    assert stream_of(WordDocument=b"x") is None


def test_a_stream_that_is_cut_off_is_never_half_read() -> None:
    with pytest.raises(BrokenOleError, match="stream Workbook has"):
        workbook_stream(CompoundFile(compound_file(Workbook=b"x" * 8192)[:-4096]))


@pytest.mark.parametrize("table", [[0], [1, 2, 0], [END, 2, 1], [1, 2, 3, 4, 2, END], [0] * 18])
def test_a_circle_is_refused(table: list[int]) -> None:
    with pytest.raises(BrokenOleError, match="circle"):
        _refuse_circles(array("I", table))


@pytest.mark.parametrize(
    "table", [[], [END], [1, 2, END], [2, END, 1, FREE], [3, 3, 3, END], [9, 0], list(range(1, 90_001))]
)
def test_chains_that_end_are_no_circles(table: list[int]) -> None:
    _refuse_circles(array("I", table))
