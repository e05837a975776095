"""Units beside labels: what scales, what does not, and what nobody understands."""

import pytest

from pipeline.ingest.cells.units import Unit, may_scale, read_remark, read_unit, scale_for, units_of_line
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.cells import CellRefusal


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("万件", Unit("万", "件")),
        ("单位：件", Unit("", "件")),
        ("万", Unit("万", "")),
        ("单位", None),
        ("含网上", None),
    ],
)
def test_a_whole_text_is_a_unit_or_none(text: str, unit: Unit | None) -> None:
    assert read_unit(text) == unit


def test_among_remarks_one_unit_counts_and_two_scales_are_unclear() -> None:
    assert read_remark("含网上，万件") == Unit("万", "件")
    assert read_remark("含网上") is None
    assert read_remark("万件、件") == Unit("", "", "万件、件")
    assert read_remark("万余件") == Unit("", "", "万余件")


def test_a_place_or_people_is_no_scale() -> None:
    assert may_scale("万余件")
    assert not any(map(may_scale, ("百姓", "万州区", "千岛湖")))


def test_a_line_of_units_that_nobody_understands_refuses_the_file_with_a_code() -> None:
    assert units_of_line("件、人次") == (Unit("", "件"), Unit("", "人次"))
    with pytest.raises(RefusedFileError, match="“万余件”看不出如何换算") as caught:
        units_of_line("万余件")
    assert caught.value.refusal is CellRefusal.UNIT_UNCLEAR
    assert caught.value.found == "万余件"


def test_a_title_scales_what_it_counts_and_nothing_else() -> None:
    units = (Unit("万", "件"), Unit("", "人次"))
    assert scale_for(units, "件") == "万"
    assert scale_for(units, "人次") == ""
    assert scale_for(units, "工作日") == ""
    assert scale_for(units, "户") is None
    assert Unit("万", "").counts("户")
