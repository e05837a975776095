"""By which scale the numbers of a column count: its own header says so, else the line above the table."""

from __future__ import annotations

import pytest

from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.load.sheet_tables.scales import scales_of, unit_above
from pipeline.ingest.refusals.load import LoadRefusal
from pipeline.ingest.tables.headers.header import Header, Table, find_header
from tests.unit.ingest.demo_form import DEMO, HEADER, Cell


def header_of(accepted: str) -> Header:
    header = find_header([[accepted if label == "受理" else label for label in HEADER]], DEMO)
    assert header is not None
    return header


def test_the_unit_is_read_from_the_title_lines_of_the_table_and_not_from_those_of_another() -> None:
    rows: list[list[Cell]] = [["单位：万件"], HEADER, ["公安厅"], ["单位：千件", None], HEADER]
    header = find_header(rows, DEMO)
    assert header is not None
    assert unit_above(rows, Table(header, 0, 3)) == "万件"
    assert unit_above(rows, Table(header, 1, 3)) == ""


@pytest.mark.parametrize(
    ("label", "unit", "scales"),
    [
        ("受理", "", {}),
        ("受理", "件", {}),
        ("受理", "万件", {"accepted": "万"}),
        ("受理（件）", "万件", {}),
        ("受理（万件）", "", {"accepted": "万"}),
        ("受理（千件）", "万件", {"accepted": "千"}),
    ],
)
def test_a_header_with_a_unit_of_its_own_outweighs_the_line_above(
    label: str, unit: str, scales: dict[str, str]
) -> None:
    assert scales_of(header_of(label), DEMO, unit) == scales


def test_a_unit_in_a_header_that_nobody_can_convert_is_refused_with_its_place() -> None:
    with pytest.raises(RefusedFileError) as caught:
        scales_of(header_of("受理（万余件）"), DEMO, "", "表一")
    assert caught.value.refusal is LoadRefusal.HEADER_UNIT_UNCLEAR
    assert caught.value.place == RefusalPlace(sheet="表一", column="受理（万余件）")


def test_a_scale_above_the_table_that_counts_something_else_is_refused_with_the_column() -> None:
    with pytest.raises(RefusedFileError) as caught:
        scales_of(header_of("受理"), DEMO, "万人次", "表一")
    assert caught.value.refusal is LoadRefusal.TITLE_UNIT_OF_OTHER_MEASURE
    assert (caught.value.place.column, caught.value.expected, caught.value.found) == ("受理", "件", "万人次")
