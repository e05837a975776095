"""The shapes that figures are drawn in."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.present.charts.shapes import (
    BLUE,
    PARTS,
    Series,
    bars,
    frame,
    lines,
    lying_bars,
    part_series,
    plain_number,
    plot_text,
    value_range,
)


def test_parts_of_a_whole_take_the_colours_in_turn():
    series = part_series({str(number): [number] for number in range(7)})
    assert [part.colour for part in series] == [*PARTS, PARTS[0]]


@pytest.mark.parametrize("draw", [bars, lines])
def test_upright_figures_show_a_value_a_tick_and_a_gap_where_there_is_none(draw):
    figure = draw([Series("受理", [Decimal("1.5"), None], BLUE)], ["1期", "2期"], "件")
    assert (list(figure.data[0].x), list(figure.data[0].y)) == (["1期", "2期"], [1.5, None])
    assert figure.layout.showlegend is False


def test_lying_bars_have_the_first_name_on_top():
    figure = lying_bars([Series("在办", [3, 2], BLUE)], ["甲", "乙"], "件", height=100)
    assert (list(figure.data[0].y), figure.layout.yaxis.autorange) == (["甲", "乙"], "reversed")


def test_a_frame_has_the_height_that_the_page_keeps_free():
    assert frame([], 180).layout.height == 180


def test_text_of_a_file_has_no_tags_and_no_fields():
    assert plot_text("<b>%{x}</b>&\n") == "＜b＞%｛x}＜/b＞＆<br>"


def test_a_decimal_becomes_a_number_that_json_has():
    assert [plain_number(value) for value in (None, 3, Decimal("2.5"))] == [None, 3, 2.5]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([92.3, 96.1], (91, 97)), ([99.51, 99.52, None], (99.509, 99.521)), ([3, 900], (0, 1000)), ([], (0, 1))],
)
def test_a_cut_axis_begins_just_below_the_lowest_value(values: list[float | None], expected: tuple[float, float]):
    assert value_range(values) == pytest.approx(expected)


def test_a_cut_axis_says_so_and_any_other_says_that_it_begins_at_nothing():
    rates = [Series("办结率", [92.3, 96.1], BLUE)]
    assert lines(rates, ["1期", "2期"], "%").layout.meta["axis"] == "单位：%，纵轴截断，从 91 起"
    assert lines(rates, ["1期", "2期"], "%", from_zero=True).layout.meta["axis"] == "单位：%，从 0 起"
    assert bars(rates, ["1期", "2期"], "").layout.meta["axis"] == "单位见图例，从 0 起"
